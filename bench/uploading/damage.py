"""Damaged files through the upload's check: what became of each."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench.uploading.damaged import damaged, originals
from bench.uploading.forking import ForkingAsker
from playlists.language import Language
from server.media.check import CheckLimits, check_upload
from server.media.refusal import Refusal, Refused

LIMITS = CheckLimits(image_timeout_s=20, clip_timeout_s=40, memory_bytes=1 << 30)
SLACK_S = 15.0
"""What a busy machine may add to the limit before it counts as a hang."""


@dataclass
class Outcomes:
    """What became of damaged files. `broken` are those that did what none may: with the reason in words."""

    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest_ms: int = 0
    peak_mb: int = 0

    def add(self, other: Outcomes) -> None:
        """Take in what another process counted."""
        self.taken += other.taken
        self.refused += other.refused
        self.broken += other.broken
        self.slowest_ms = max(self.slowest_ms, other.slowest_ms)
        self.peak_mb = max(self.peak_mb, other.peak_mb)

    @property
    def files(self) -> int:
        """How many files were tried."""
        return self.taken + self.refused.total() + len(self.broken)


def try_all(numbers: Sequence[int], workers: int = 2) -> Outcomes:
    """Check the damaged files of these numbers in several processes."""
    found = Outcomes()
    if workers == 1:
        return try_some(numbers)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for outcomes in pool.map(try_some, [numbers[start::workers] for start in range(workers)]):
            found.add(outcomes)
    return found


def try_some(numbers: Sequence[int]) -> Outcomes:
    """Check the damaged files of these numbers, one after another, each in a forked child."""
    found, ask = Outcomes(), ForkingAsker()
    with tempfile.TemporaryDirectory(prefix="bangtin-damage-") as name:
        folder = Path(name)
        sound = originals(folder)
        for number in numbers:
            file = damaged(number, sound)
            began = time.monotonic()
            try:
                _try(file.content, folder, found, ask)
            except Exception as error:  # noqa: BLE001  what may not happen is what is looked for
                found.broken.append(f"{number} ({file.kind}, {file.how}): {error!r}")
            took_s = time.monotonic() - began
            limit_s = LIMITS.clip_timeout_s if file.kind == "mp4" else LIMITS.image_timeout_s
            if took_s > limit_s + SLACK_S:
                found.broken.append(f"{number} ({file.kind}, {file.how}): {took_s:.0f} s")
            found.slowest_ms = max(found.slowest_ms, round(1000 * took_s))
    found.peak_mb = ask.peak_kb >> 10
    return found


def _try(content: bytes, folder: Path, found: Outcomes, ask: ForkingAsker) -> None:
    source, out = folder / "received", folder / "out"
    source.write_bytes(content)
    try:
        checked = check_upload(source, out=out, limits=LIMITS, ask=ask)
    except Refused as refused:
        if out.exists():
            raise AssertionError("a refused file left something behind") from refused
        if refused.reason not in Refusal or any("{" in refused.sentence(language) for language in Language):
            raise AssertionError("a refusal without a sentence") from refused
        found.refused[refused.reason] += 1
        return
    if checked.size <= 0 or checked.width < 1 or checked.height < 1:
        raise AssertionError(f"a file was taken that is none: {checked}")
    out.unlink()
    found.taken += 1
