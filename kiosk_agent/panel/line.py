"""The line to a controller: a TCP connection or a serial port. Whoever opens it closes it soon: it is the only one."""

from __future__ import annotations

import errno
import socket
from typing import Protocol

import serial

from kiosk_agent.panel.survey import Contended, Silent

CONNECT_S = 3.0
MOST_PIECE = 4096
_TAKEN = (errno.EBUSY, errno.EAGAIN, errno.EACCES)


class Line(Protocol):
    """Bytes both ways."""

    def send(self, content: bytes) -> None:
        """Send all of it.

        Raises:
            Contended, Silent: the line is gone.
        """

    def receive(self, wait_s: float) -> bytes:
        """Return what has come, or nothing when nothing came in time.

        Raises:
            Contended, Silent: the line is gone.
        """

    def close(self) -> None:
        """Let it go."""


class TcpLine:
    """A TCP connection. A controller holds one session and resets it when somebody else connects."""

    def __init__(self, host: str, port: int, connect_s: float = CONNECT_S) -> None:
        try:
            self._socket = socket.create_connection((host, port), connect_s)
        except OSError as error:
            raise Silent(f"{host}:{port} cannot be connected to: {error.strerror or error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, content: bytes) -> None:
        """Send all of it."""
        try:
            self._socket.sendall(content)
        except OSError as error:
            raise _lost(error) from error

    def receive(self, wait_s: float) -> bytes:
        """Return what has come."""
        self._socket.settimeout(max(0.001, wait_s))
        try:
            piece = self._socket.recv(MOST_PIECE)
        except TimeoutError:
            return b""
        except OSError as error:
            raise _lost(error) from error
        if not piece:
            raise Silent("the controller ended the connection")
        return piece

    def close(self) -> None:
        """Let it go."""
        self._socket.close()


class SerialLine:
    """A serial port, 8N1, locked against other programs."""

    def __init__(self, path: str, baud: int) -> None:
        try:
            self._port = serial.Serial(path, baud, timeout=0, write_timeout=CONNECT_S, exclusive=True)
            self._port.reset_input_buffer()
        except (serial.SerialException, OSError, ValueError) as error:
            if getattr(error, "errno", None) in _TAKEN:
                raise Contended(f"another program holds {path}") from error
            raise Silent(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}") from error

    def send(self, content: bytes) -> None:
        """Send all of it."""
        try:
            self._port.write(content)
        except (serial.SerialException, OSError) as error:
            raise Silent(f"the serial port is gone: {error}") from error

    def receive(self, wait_s: float) -> bytes:
        """Return what has come."""
        try:
            self._port.timeout = max(0.001, wait_s)
            first = self._port.read(1)
            return bytes(first + self._port.read(min(self._port.in_waiting, MOST_PIECE))) if first else b""
        except (serial.SerialException, OSError) as error:
            raise Silent(f"the serial port is gone: {error}") from error

    def close(self) -> None:
        """Let it go."""
        self._port.close()


def _lost(error: OSError) -> Contended | Silent:
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return Contended("another program took the controller's session")
    return Silent(f"the connection broke: {error.strerror or error}")
