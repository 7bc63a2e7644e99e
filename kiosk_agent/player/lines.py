"""What the player and its VLC child say to each other: JSON lines over a socket pair, bounded both ways."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kiosk_agent.core.seal import Seal
from playlists.instant import Instant

MOST_LINE_BYTES = 16 << 10
SEND_TIMEOUT_S = 5.0


class LineUnsound(ValueError):
    """The other side sent what is no message: too long, not JSON, or of an unknown shape."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(_Line):
    """Child: what is on from this instant?"""

    say: Literal["ask"] = "ask"
    number: int
    at: Instant


class Planned(_Line):
    """Child: a second is about to be written. `number` is the cue's; `key` what really shows."""

    say: Literal["planned"] = "planned"
    number: int
    at: Instant
    key: str
    path: Path
    group: int
    error: str | None = None
    unsound: str | None = None


class Alive(_Line):
    """Child, twice a second: pictures VLC has shown and lost, and how long its clock is silent (None: not yet heard).

    `output` says whether VLC has a video output and its window, `window` which X window the panel's picture is in.
    """

    say: Literal["alive"] = "alive"
    frames: int
    lost: int = 0
    silent_ms: int | None
    output: bool = False
    window: int = 0


class Answer(_Line):
    """Parent: the cue that was asked for."""

    say: Literal["cue"] = "cue"
    number: int
    key: str
    path: Path | None
    starts_at: Instant
    ends_at: Instant
    seal: Seal | None = None


class Refresh(_Line):
    """Parent: ask again at the next whole second."""

    say: Literal["refresh"] = "refresh"


class Overlay(_Line):
    """Parent: lay this PNG over the stream, or take it away."""

    say: Literal["overlay"] = "overlay"
    path: Path | None


class Cut(_Line):
    """Parent: lay this PNG over the stream, and ask what is on; uncover when the stream shows the answer."""

    say: Literal["cut"] = "cut"
    cover: Path


class Uncovered(_Line):
    """Child: this cover has been taken away."""

    say: Literal["uncovered"] = "uncovered"
    cover: Path


class Begin(_Line):
    """Parent: show the windows, above all others or beneath them, and begin the stream."""

    say: Literal["begin"] = "begin"
    beneath: bool


class Raise(_Line):
    """Parent: bring the windows up from beneath another child's, at once or halfway between two whole seconds."""

    say: Literal["raise"] = "raise"
    at_once: bool


class Raised(_Line):
    """Child: the windows are up."""

    say: Literal["raised"] = "raised"


class Stop(_Line):
    """Parent: end."""

    say: Literal["stop"] = "stop"


Said = Ask | Planned | Alive | Answer | Refresh | Overlay | Cut | Uncovered | Begin | Raise | Raised | Stop
_MESSAGE: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="say")])


def read_message(line: bytes) -> Said:
    """Read one line.

    Raises:
        LineUnsound: it is longer than 16 KiB or no message.
    """
    if len(line) > MOST_LINE_BYTES:
        raise LineUnsound(f"a line is longer than {MOST_LINE_BYTES} bytes")
    try:
        return _MESSAGE.validate_json(line)
    except ValueError as error:
        raise LineUnsound(f"a line is no message: {error}") from error


class Wire:
    """One end of the socket pair. Any thread may send; one thread receives."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._sending = Lock()
        end.settimeout(None)
        # SO_SNDTIMEO bounds sending only; a socket timeout would also end the endless receive.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(SEND_TIMEOUT_S))

    def send(self, message: _Line) -> None:
        """Send one message.

        Raises:
            OSError: the other side has gone, or has not read for five seconds.
        """
        with self._sending:
            self._end.sendall(message.model_dump_json().encode() + b"\n")

    def messages(self) -> Iterator[Said]:
        """Yield messages until the other side closes.

        Raises:
            LineUnsound: the other side sent something else.
        """
        rest = b""
        while chunk := self._receive():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield read_message(line)
            if len(rest) > MOST_LINE_BYTES:
                raise LineUnsound(f"a line is longer than {MOST_LINE_BYTES} bytes")

    def close(self) -> None:
        """Close; a thread that receives comes to its end."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()

    def _receive(self) -> bytes:
        try:
            return self._end.recv(MOST_LINE_BYTES)
        except OSError:
            return b""


def _timeval(seconds: float) -> bytes:
    whole = int(seconds)
    return struct.pack("@ll", whole, int((seconds - whole) * 1_000_000))
