"""Simulated kiosks in processes of their own, so that they do not take the measuring process' time.

They run at the lowest priority: where they are simulated for, each has a processor of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

PROCESSES = 2
ENDED_WITHIN_S = 10.0
One = TypeVar("One")


def step_back() -> None:
    """Give this process the lowest priority; to be called by it, once, as it begins.

    Linux shares a processor between sessions first and looks at priorities inside of each: the process leaves the
    session of who measures, and its own one gets the least, where the kernel knows of that (sched(7), autogroup).
    """
    os.nice(19)
    try:
        os.setsid()
        Path("/proc/self/autogroup").write_text("19")
    except OSError:  # it leads a group already, or the kernel has no such groups
        return


def split(all_: Sequence[One]) -> list[list[One]]:
    """Return the parts that one process each runs."""
    return [list(all_[number::PROCESSES]) for number in range(PROCESSES)]


class Fleet:
    """Processes of bench.fleet, until the end of the block."""

    def __init__(self, folder: Path, configurations: Sequence[str]) -> None:
        self._files = []
        for number, text in enumerate(configurations):
            path = folder / f"fleet-{number}.json"
            path.write_text(text, "utf-8")
            self._files.append(path)
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Start them."""
        for path in self._files:
            command = [sys.executable, "-m", "bench.fleet", str(path)]
            with path.with_suffix(".log").open("wb") as log:
                self._running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log))
        return self

    def check(self) -> None:
        """Make sure that all still run.

        Raises:
            RuntimeError: one has ended.
        """
        for path, one in zip(self._files, self._running, strict=True):
            if one.poll() is not None:
                raise RuntimeError(f"simulated kiosks ended: {path.with_suffix('.log').read_text('utf-8')[-2000:]}")

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End them."""
        for one in self._running:
            if one.stdin is not None:
                one.stdin.close()
        for one in self._running:
            try:
                one.wait(ENDED_WITHIN_S)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
