"""What a media child is to its parent, however it was started."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Protocol

_ROOT = Path(__file__).resolve().parents[2]


class ChildFault(Exception):
    """The child gave no answer; the text is a sentence that says how it ended."""


class Process(Protocol):
    """The part of `subprocess.Popen` that talking with a child needs."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where it reads its request."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where it says its lines."""

    @property
    def stderr(self) -> IO[bytes] | None:
        """Where its last words go."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its status, or the negative number of the signal that killed it; subprocess.TimeoutExpired."""


def environment() -> dict[str, str]:
    """Return the few variables that a child sees."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), "MALLOC_ARENA_MAX": "2"}
