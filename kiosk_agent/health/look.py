"""What checks may read: the device tree, what programs answered, the time, and what was kept from earlier looks."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)
MOST_TEXT = 4096
MOST_KEPT_BYTES = 1 << 16
Answers = Callable[[str], str | None]
"""The newest answer of a program by its command line; None when it has not answered."""


def nothing(_command: str) -> str | None:
    """Answer as on a computer where none of the programs is installed."""
    return None


class Kept:
    """A few values that outlive the process, in one small file; one that cannot be read is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = self._read()

    def get(self, name: str) -> str | None:
        """Return a value."""
        return self._values.get(name)

    def put(self, name: str, value: str) -> None:
        """Keep a value; a disk that cannot be written is no reason to stop looking."""
        if self._values.get(name) == value:
            return
        self._values[name] = value
        part = self._path.with_suffix(".part")
        try:
            with part.open("w", encoding="utf-8") as file:
                json.dump(self._values, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            log.warning("what health checks keep cannot be written: %s", error)

    def _read(self) -> dict[str, str]:
        try:
            raw = self._path.read_bytes()[: MOST_KEPT_BYTES + 1]
            values = json.loads(raw) if len(raw) <= MOST_KEPT_BYTES else {}
        except (OSError, ValueError, RecursionError):
            return {}
        return (
            {key: value for key, value in values.items() if isinstance(value, str)} if isinstance(values, dict) else {}
        )


@dataclass(frozen=True, slots=True)
class Look:
    """One round. `root` is `/` or a tree that stands for it; `mono_s` counts seconds and never jumps."""

    root: Path
    wall: datetime
    mono_s: float
    kept: Kept
    answers: Answers = field(default=nothing)

    def text(self, path: str | Path) -> str | None:
        """Return a small file's text without the blanks around it, or None when it cannot be read."""
        try:
            with (self.root / path).open("rb") as file:
                return file.read(MOST_TEXT).decode("ascii", "replace").strip()
        except OSError:
            return None

    def number(self, path: str | Path) -> int | None:
        """Return a small file's whole number (0x… is hexadecimal), or None when it holds none."""
        return number(self.text(path))

    def folders(self, pattern: str) -> list[Path]:
        """Return what a pattern finds beneath the root, in order."""
        return sorted(self.root.glob(pattern))


def number(text: str | None) -> int | None:
    """Return the whole number that a text is; None for anything else."""
    if text is None or len(text) > 40:
        return None
    try:
        return int(text, 16 if text.lower().startswith("0x") else 10)
    except ValueError:
        return None
