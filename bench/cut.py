"""The second half of `overlay`: what may not stay is covered at once, and what is due is cut into the stream beneath.

Two notices take turns of a second; at a random moment they may not stay and a third is due. After a while the two come
back, again at once. Watched at 151 captures a second: how long until the new picture is up, whether the old one ever
comes back through, and when the stream itself takes over from the cover.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.eye import PURPLE, TEAL, Sample, Sight, draw, look
from bench.report import Aim, Figure, percentile
from bench.settle import settle
from bench.ways import PANEL
from kiosk_agent.player.encode import encode_still
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Cue
from kiosk_agent.player.vlc_player import VlcPlayer

ORDINARY, URGENT = frozenset({0, 2}), frozenset({1})
STAYS_S = (3.0, 4.0)
"""Long enough for the stream to take over from the cover; a random phase of the stream meets each command."""
NEVER_MS = 10_000.0
REPORT_EVERY_S = 0.05
AIMS = (
    Aim("cuts", ">=", 50),
    Aim("cut_shown_p99_ms", "<=", 100),
    Aim("cut_old_samples", "==", 0),
    Aim("cut_blank_samples", "==", 0),
    Aim("cut_wrong_size_samples", "==", 0),
    Aim("cut_never_uncovered", "==", 0),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """From a command on only these items may be seen: Unix time in seconds, of the command and of the uncovering."""

    at: float
    items: frozenset[int]
    uncovered_at: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen of one turn: how long until the first right picture, and wrong pictures after that."""

    shown_ms: float
    relapses: int


def outcomes(turns: list[Turn], samples: list[Sample]) -> list[Outcome]:
    """Hold each turn against what was seen until the next command."""
    times = [sample.at for sample in samples]
    ends = [*(turn.at for turn in turns[1:]), float("inf")]
    found = []
    for turn, end in zip(turns, ends, strict=True):
        seen = samples[bisect_left(times, turn.at) : bisect_left(times, end)]
        right = next((at for at, sample in enumerate(seen) if sample.item in turn.items), None)
        if right is None:
            found.append(Outcome(NEVER_MS, 0))
        else:
            later = (sample for sample in seen[right:] if sample.sight is Sight.WHOLE)
            relapses = sum(sample.item not in turn.items for sample in later)
            found.append(Outcome((seen[right].at - turn.at) * 1000, relapses))
    return found


class Programme:
    """Says what is due: the ordinary items in turns of a second, or the urgent one."""

    def __init__(self, segments: dict[int, Path]) -> None:
        self._segments = segments
        self.items = ORDINARY

    def next_cue(self, at: datetime) -> Cue:
        """Return what is on from an instant."""
        second = int(at.timestamp())
        item = sorted(self.items)[second % len(self.items)]
        starts_at = datetime.fromtimestamp(second, UTC)
        return Cue(f"item-{item}", self._segments[item], starts_at, starts_at + timedelta(seconds=1))


def run(folder: Path, cuts: int) -> tuple[list[Turn], list[Sample]]:
    """Cut in and back in turn, so many times together; return the turns and what was seen."""
    segments = {item: folder / f"cut-{item}.mp4" for item in ORDINARY | URGENT}
    for item, path in segments.items():
        encode_still(path, PANEL.profile, draw(item, PANEL.width, PANEL.height))
    programme = Programme(segments)
    player = VlcPlayer(folder / "own", own_display=True, backdrop=PURPLE, outside=TEAL)
    player.start(PANEL, programme.next_cue)
    stays = [random.uniform(*STAYS_S) for _ in range(cuts)]
    turns: list[Turn] = []
    try:
        settle(player)
        with ThreadPoolExecutor(1) as eye:
            watching = eye.submit(look, player.display or "", Placement.of(PANEL), sum(stays) + 2)
            time.sleep(1)
            for stay in stays:
                programme.items = URGENT if programme.items == ORDINARY else ORDINARY
                turns.append(_cut(player, programme.items, stay))
            samples = watching.result()
        error = player.report().error
    finally:
        player.stop()
    if error is not None:
        raise RuntimeError(f"the player had trouble during the measurement: {error}")
    return turns, samples


def _cut(player: VlcPlayer, items: frozenset[int], stay_s: float) -> Turn:
    """Cut in and report for so long; note when the cover was gone."""
    at, end, uncovered = datetime.now(UTC).timestamp(), time.monotonic() + stay_s, None
    player.cut_in()
    while time.monotonic() < end:
        player.report()
        if uncovered is None and not player.is_covered:
            uncovered = datetime.now(UTC).timestamp()
        time.sleep(REPORT_EVERY_S)
    return Turn(at, items, uncovered)


def figures(turns: list[Turn], samples: list[Sample]) -> dict[str, Figure]:
    """Return the figures of a run."""
    found = outcomes(turns, samples)
    shown = [one.shown_ms for one in found]
    uncovered = [(turn.uncovered_at - turn.at) * 1000 for turn in turns if turn.uncovered_at is not None]
    return {
        "cuts": len(found),
        "cut_shown_p50_ms": round(percentile(shown, 0.5), 1),
        "cut_shown_p99_ms": round(percentile(shown, 0.99), 1),
        "cut_shown_max_ms": round(max(shown), 1),
        "cut_old_samples": sum(one.relapses for one in found),
        "cut_blank_samples": _count(samples, Sight.BLANK),
        "cut_wrong_size_samples": _count(samples, Sight.WRONG_SIZE),
        "cut_stream_takes_over_p50_ms": round(percentile(uncovered, 0.5)) if uncovered else None,
        "cut_stream_takes_over_max_ms": round(max(uncovered)) if uncovered else None,
        "cut_never_uncovered": len(turns) - len(uncovered),
        "cut_samples": len(samples),
    }


def _count(samples: Iterable[Sample], sight: Sight) -> int:
    return sum(sample.sight is sight for sample in samples)
