"""The pipe between feeder and reader: writes whole, without ever being stuck on a reader that hangs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import time

CAPACITY = 1 << 20
GIVE_UP_S = 10.0


class ReaderGone(OSError):
    """The stream's reader closed its end or has not read for ten seconds."""


class StreamPipe:
    """An OS pipe; `read_fd` belongs to the reader, which also closes it."""

    def __init__(self) -> None:
        self.read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._write_fd, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._write_fd, fcntl.F_SETPIPE_SZ, CAPACITY)

    def write(self, chunk: bytes) -> int:
        """Write all of a chunk and return its length; waits for the reader.

        Raises:
            ReaderGone: nobody reads any more.
        """
        rest = memoryview(chunk)
        deadline = time.monotonic() + GIVE_UP_S
        while rest:
            try:
                rest = rest[os.write(self._write_fd, rest) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ReaderGone(f"the stream was not read for {GIVE_UP_S:.0f} s") from None
                select.select([], [self._write_fd], [], 0.5)
            except OSError as error:
                raise ReaderGone("the stream's reader has gone") from error
        return len(chunk)

    def close(self) -> None:
        """End the stream: the reader comes to its end."""
        if self._write_fd >= 0:
            os.close(self._write_fd)
            self._write_fd = -1
