"""Starts a confined child process, feeds it one request, listens to its lines and ends it.

The child is not trusted: its lines are bounded, its end is forced at the deadline, and whoever calls re-hashes the
files that it left. What the child does is the business of the module that it runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO

from pydantic import BaseModel, TypeAdapter, ValidationError

from server.media.nursery import Nursery
from server.media.process import ChildFault, Process, environment
from server.media.sandbox import Confinement

_MOST_LINE_BYTES = 64 * 1024
_MOST_ERROR_BYTES = 4 * 1024

__all__ = ["ChildFault", "Request", "ask_child"]

Line = dict[str, object]
_LINE = TypeAdapter(Line)


class Request(BaseModel):
    """What every media child is told first."""

    confinement: Confinement
    parent: int = 0


def ask_child(
    module: str,
    request: Request,
    *,
    timeout_s: float,
    progress: Callable[[int], object] | None = None,
    nursery: Nursery | None = None,
) -> Line:
    """Run `python -m module`, give it the request, and return the one line that is not progress.

    With a nursery the child is forked from its warm process, and `module` only names it. `progress` is called with
    thousandths, from the calling thread. What it raises ends the child.

    Raises:
        ChildFault: the child crashed, was killed, spoke nonsense or did not end in time.
    """
    deadline = time.monotonic() + timeout_s
    answer: Line | None = None
    with _started(module) if nursery is None else nursery.child(timeout_s) as process:
        parent = os.getpid() if isinstance(process, subprocess.Popen) else process.parent
        written = request.model_copy(update={"parent": parent}).model_dump_json().encode()
        with contextlib.suppress(BrokenPipeError):
            _pipe(process.stdin).write(written)
            _pipe(process.stdin).close()
        errors = bytearray()
        for raw in _lines(process, deadline, errors):
            line = _read(raw)
            permille = line.get("permille")
            if permille is None:
                answer = line
            elif progress is not None and isinstance(permille, int):
                progress(max(0, min(1000, permille)))
        status = _ended(process, deadline)
    if status != 0 or answer is None:
        raise ChildFault(_obituary(module, status, errors))
    return answer


@contextlib.contextmanager
def _started(module: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd="/",
        bufsize=0,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            _pipe(pipe).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ChildFault("The child has no pipes.")
    return pipe


def _lines(process: Process, deadline: float, errors: bytearray) -> Iterator[bytes]:
    """Yield the child's lines until it closes both pipes; the end of its error output gathers in `errors`."""
    said = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(_pipe(process.stdout), selectors.EVENT_READ, said)
        selector.register(_pipe(process.stderr), selectors.EVENT_READ, errors)
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise ChildFault("The child process did not end in time and was stopped.")
            for key, _ in ready:
                piece = os.read(key.fd, _MOST_LINE_BYTES)
                if not piece:
                    selector.unregister(key.fileobj)
                key.data.extend(piece)
            del errors[:-_MOST_ERROR_BYTES]
            *whole, rest = bytes(said).split(b"\n")
            said[:] = rest
            if len(rest) > _MOST_LINE_BYTES:
                raise ChildFault("The child process wrote a line without an end.")
            yield from whole


def _read(raw: bytes) -> Line:
    try:
        return _LINE.validate_json(raw)
    except ValidationError:
        raise ChildFault(f"The child process wrote a line that is no message: {raw[:80]!r}.") from None


def _ended(process: Process, deadline: float) -> int:
    try:
        return process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise ChildFault("The child process did not end in time and was stopped.") from None


def _obituary(module: str, status: int, errors: bytearray) -> str:
    if status < 0:
        end = f"was killed by {signal.Signals(-status).name}"
    elif status > 0:
        end = f"ended with status {status}"
    else:
        end = "ended without an answer"
    last = bytes(errors).decode("utf-8", "replace").strip().splitlines()[-1:]
    return f"The child process {module} {end}." + (f" Its last words: {json.dumps(last[0][:300])}." if last else "")
