"""The controller on a TCP port (one session), on a pseudo terminal, and its answer to discovery over UDP."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
import tty
from contextlib import suppress
from typing import Self

from simulator.led.frames import Listener, Request
from simulator.led.novastar import Controller
from simulator.led.wire import Piece, Wire

IDLE_S = 20.0
ASKED, ANSWERED = b"rqProMI:", b"rpProMI:App,0161"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Bus:
    """A controller behind its wire; its doors take turns."""

    def __init__(self, controller: Controller, wire: Wire | None = None) -> None:
        self.controller = controller
        self.wire = wire or Wire()
        self.lock = threading.RLock()
        """Held while hardware or wire is looked at or changed."""

    def pieces(self, request: Request) -> list[Piece]:
        """Return what goes out for a request."""
        with self.lock:
            answer = self.controller.answer(request)
            if answer is None:
                return []
            pieces = list(self.wire.send(answer.content))
        if pieces and answer.delay_s:
            pieces[0] = Piece(pieces[0].content, pieces[0].after_s + answer.delay_s)
        return pieces


class TcpDoor:
    """A TCP port that serves one session: whoever comes next cuts off who was there."""

    def __init__(self, bus: Bus, host: str = "127.0.0.1", port: int = 0, idle_s: float = IDLE_S) -> None:
        self._bus, self._idle_s = bus, idle_s
        self._door = socket.create_server((host, port))
        self.port: int = self._door.getsockname()[1]
        self.sessions = 0
        """Connections that were taken so far."""
        self._guest: socket.socket | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._welcome, name="led-tcp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the port and cut off whoever is there."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._cut(None)
        self._thread.join(5)

    def cut(self) -> None:
        """Cut off the session, as somebody who takes it over does."""
        self._cut(None)

    def _cut(self, successor: socket.socket | None) -> None:
        with self._lock:
            guest, self._guest = self._guest, successor
        if guest is not None:
            with suppress(OSError):
                guest.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            with suppress(OSError):
                guest.shutdown(socket.SHUT_RD)
            guest.close()

    def _welcome(self) -> None:
        while True:
            try:
                guest, _ = self._door.accept()
            except OSError:
                return
            guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            guest.settimeout(self._idle_s)
            self._cut(guest)
            self.sessions += 1
            threading.Thread(target=self._talk, args=(guest,), name="led-session", daemon=True).start()

    def _talk(self, guest: socket.socket) -> None:
        listener = Listener()
        with suppress(OSError):
            while piece := guest.recv(4096):
                for request in listener.hear(piece):
                    if not self._send(guest, request):
                        self._cut(None)
                        return
        with self._lock:
            if self._guest is guest:
                self._guest = None
        guest.close()

    def _send(self, guest: socket.socket, request: Request) -> bool:
        for piece in self._bus.pieces(request):
            time.sleep(piece.after_s)
            if piece.content is None:
                return False
            guest.sendall(piece.content)
        return True


class PtyDoor:
    """A pseudo terminal; `path` is what a program opens instead of a serial port."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._talk, name="led-pty", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        os.write(self._stop_write, b"x")
        self._thread.join(5)
        for number in (self._master, self._slave, self._stop_read, self._stop_write):
            os.close(number)

    def _talk(self) -> None:
        listener = Listener()
        while True:
            ready, _, _ = select.select([self._master, self._stop_read], [], [])
            if self._stop_read in ready:
                return
            for request in listener.hear(os.read(self._master, 4096)):
                for piece in self._bus.pieces(request):
                    time.sleep(piece.after_s)
                    os.write(self._master, piece.content or b"")


class Discovery:
    """Answers the broadcast by which vendor programs look for controllers (UDP 3800); the address is the identity."""

    def __init__(self, host: str = "127.0.0.1", port: int = 3800) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self.port: int = self._socket.getsockname()[1]
        self._closing = False
        self._thread = threading.Thread(target=self._answer, name="led-discovery", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._closing = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wake:
            wake.sendto(b"", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    def _answer(self) -> None:
        while not self._closing:
            asked, sender = self._socket.recvfrom(2048)
            if asked == ASKED:
                self._socket.sendto(ANSWERED, sender)


class Controllers:
    """A bus with the doors that were asked for; closes them all."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self._doors: list[TcpDoor | PtyDoor | Discovery] = []

    def tcp(self, host: str = "127.0.0.1", port: int = 0, idle_s: float = IDLE_S) -> TcpDoor:
        """Open a TCP port; 0 takes a free one."""
        door = TcpDoor(self.bus, host, port, idle_s)
        self._doors.append(door)
        return door

    def pty(self) -> PtyDoor:
        """Open a pseudo terminal."""
        door = PtyDoor(self.bus)
        self._doors.append(door)
        return door

    def discovery(self, host: str = "127.0.0.1", port: int = 3800) -> Discovery:
        """Answer discovery."""
        door = Discovery(host, port)
        self._doors.append(door)
        return door

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for door in self._doors:
            door.close()
