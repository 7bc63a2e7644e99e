"""The check's child without its start: this process loads the libraries once and forks for each file.

What runs in the fork is `server.media.check_child.main`, under the same ceilings; only the half second that a Python
needs to start and to load the libraries is spared. The server itself never does so: its threads forbid it.
"""

from __future__ import annotations

import io
import json
import os
import resource
import selectors
import signal
import sys
import time
from typing import Any

from server.media import check_child, clips, pictures  # noqa: F401  loaded before the fork, that is the point
from server.media.child import ChildFault, Line, Request

_MOST_BYTES = 1 << 20


class ForkingAsker:
    """Asks a forked child instead of a started one; `peak_kb` is the most memory that any of them had."""

    def __init__(self) -> None:
        self.peak_kb = 0

    def __call__(self, _module: str, request: Request, *, timeout_s: float, **_ignored: object) -> Line:
        """Return the child's answer; see `server.media.child.ask_child`."""
        written = request.model_copy(update={"parent": os.getpid()}).model_dump_json()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _be_the_child(written, writing)
        os.close(writing)
        said = self._heard(child, reading, timeout_s)
        status = self._ended(child)
        lines: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines() if line.startswith(b"{")]
        answers: list[Line] = [line for line in lines if "permille" not in line]
        if status != 0 or not answers:
            raise ChildFault(f"The forked child ended with wait status {status}.")
        return answers[-1]

    def _heard(self, child: int, reading: int, timeout_s: float) -> bytes:
        said, deadline = bytearray(), time.monotonic() + timeout_s
        with os.fdopen(reading, "rb", buffering=0) as pipe, selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while selector.select(max(0.0, deadline - time.monotonic())):
                piece = pipe.read(65536)
                if not piece:
                    return bytes(said)
                said += piece
                if len(said) > _MOST_BYTES:
                    break
        os.kill(child, signal.SIGKILL)
        self._ended(child)
        raise ChildFault("The child process did not end in time and was stopped.")

    def _ended(self, child: int) -> int:
        try:
            _, status, usage = os.wait4(child, 0)
        except ChildProcessError:
            return 1
        self.peak_kb = max(self.peak_kb, usage.ru_maxrss)
        return status


def _be_the_child(written: str, writing: int) -> None:
    """Answer one request as the started child would, and end without coming back."""
    status = 1
    try:
        os.dup2(writing, 1)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 2)
        sys.stdin = io.TextIOWrapper(io.BytesIO(written.encode()))
        sys.stdout = os.fdopen(1, "w", closefd=False)
        check_child.main()
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)


def own_peak_kb() -> int:
    """Return the most memory that this process had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
