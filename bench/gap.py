"""`gap`: does the panel blink between two items? The endless stream against two ways of changing media in VLC.

All ways are watched at 151 captures a second through the same window under Xvfb, with the same VLC options, in turn,
several times: the real player; one MediaPlayer with `set_media`; a MediaListPlayer. The items are stills and clips of
mixed native sizes; the real player gets them as segments of the panel's profile, as the server would make them, the
others as they are. Then the endless stream is put through hardships: both cores busy, a feeder held up for four
seconds, the renewal of its timeline after twelve hours and after thirteen, the renewal of its process; and, to show
why, a renewal that comes too late and none at all before the wrap of its timestamps after 26.5 hours.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import vlc

from bench import ways
from bench.eye import Sample, Sight, changes
from bench.report import Aim, Figure, Measured, percentile
from bench.ways import NATIVE, Items

Part = Callable[[Items, float], list[Sample]]

HARDSHIPS: tuple[tuple[tuple[str, Part, float], ...], ...] = (
    (("busy", ways.busy, 22.0),),
    (
        ("starved", ways.starved, 18.0),
        ("renewed_12h", ways.renewed_12h, 14.0),
        ("renewed_process", ways.renewed_process, 18.0),
    ),
    (
        ("renewed_13h", ways.renewed_13h, 14.0),
        ("renewed_late", ways.renewed_late, 14.0),
        ("wrapped", ways.wrapped, 14.0),
    ),
)
"""Name, how, and for how many seconds; those of one row go on at the same time."""
FREEZING = ("renewed_late", "wrapped")
"""What the real player does not let it come to, because VLC 3 freezes: shown, and not counted."""
SLACK_S = 0.06
"""So close to a change both items are right."""


@dataclass(slots=True)
class Side:
    """What was seen of one way, all its rounds together. `blank` and `wrong_size` count changes of items."""

    blank: int = 0
    wrong_size: int = 0
    disturbed: int = 0
    old: int = 0
    """Captures of an item that was not due, a whole picture all the same."""
    longest_blank_ms: float = 0.0
    still_s: float = 0.0
    """For how long there was no change at the end."""
    onset_ms: list[float] = field(default_factory=list)
    gaps_ms: list[float] = field(default_factory=list)
    watched_s: float = 0.0

    def add(self, samples: Sequence[Sample]) -> None:
        """Count one round."""
        seen = changes(samples)
        self.disturbed += seen.disturbed
        self.watched_s += samples[-1].at - samples[0].at
        self.gaps_ms += [(b.at - a.at) * 1000 for a, b in pairwise(samples)]
        self.old += sum(sample.sight is Sight.WHOLE and not is_due(sample) for sample in samples)
        self.still_s = samples[-1].at - max((change.at for change in seen.changes), default=samples[0].at)
        for change in seen.changes:
            self.blank += change.blank_ms > 0
            self.wrong_size += change.wrong_size_ms > 0
            self.longest_blank_ms = max(self.longest_blank_ms, change.blank_ms)
            self.onset_ms.append(onset_error_ms(change.at, change.item))

    @property
    def transitions(self) -> int:
        """How many changes of items were seen."""
        return len(self.onset_ms)

    @property
    def capture_hz(self) -> float:
        """Captures per second over all rounds."""
        return round(len(self.gaps_ms) / self.watched_s, 1)

    def spread_ms(self, share: float = 0.01) -> float | None:
        """Return within how many milliseconds the onsets lie, the `share` at each end left out; None without one."""
        if not self.onset_ms:
            return None
        return round(percentile(self.onset_ms, 1 - share) - percentile(self.onset_ms, share), 1)


def onset_error_ms(at: float, item: int) -> float:
    """Return how long after its planned whole second an item was first seen (negative: before)."""
    count = len(NATIVE)
    second = round((at - item) / count) * count + item
    return (at - second) * 1000


def is_due(sample: Sample) -> bool:
    """Tell whether a sample shows what the plan has at its time, or had or will have within 60 ms."""
    return sample.item in {int(sample.at + slack) % len(NATIVE) for slack in (-SLACK_S, SLACK_S)}


def measure(arguments: list[str]) -> Measured:
    """Run all ways in turn, several times, then the hardships."""
    parser = argparse.ArgumentParser(prog="python -m bench gap", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how many turns each way has (2)")
    parser.add_argument("--transitions", type=int, default=134, help="changes of the undisturbed stream (134)")
    parser.add_argument("--baseline-seconds", type=float, default=7, help="of each baseline in a round (7)")
    parser.add_argument("--no-hardships", action="store_true", help="leave the hardships out")
    options = parser.parse_args(arguments)
    seconds = options.transitions / options.rounds + 1
    steady, single, listed = Side(), Side(), Side()
    hard: dict[str, Side] = {}
    with tempfile.TemporaryDirectory(prefix="bangtin-gap-", ignore_cleanup_errors=True) as kept:
        items = ways.make_items(Path(kept))
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            steady.add(ways.stream(items, seconds))
            single.add(ways.one_player(items, options.baseline_seconds))
            listed.add(ways.list_player(items, options.baseline_seconds))
        for row in () if options.no_hardships else HARDSHIPS:
            print(", ".join(name for name, _, _ in row), file=sys.stderr)
            hard |= put_through(items, row)
    return summed_up(steady, single, listed, hard)


def put_through(items: Items, row: Sequence[tuple[str, Part, float]]) -> dict[str, Side]:
    """Go through some hardships at the same time, each on a screen of its own."""
    with ThreadPoolExecutor(len(row)) as eyes:
        watching = {name: eyes.submit(part, items, seconds) for name, part, seconds in row}
    sides = {}
    for name, watched in watching.items():
        sides[name] = Side()
        sides[name].add(watched.result())
    return sides


def summed_up(steady: Side, single: Side, listed: Side, hard: dict[str, Side]) -> Measured:
    """Return the figures: all changes of the stream together, the undisturbed ones, the baselines, each hardship."""
    ours = [steady, *(side for name, side in hard.items() if name != "wrapped")]
    figures: dict[str, Figure] = {
        "transitions": sum(side.transitions for side in ours),
        "blank": sum(side.blank for side in ours),
        "wrong_size": sum(side.wrong_size for side in ours),
        "disturbed_within_item": sum(side.disturbed for side in ours),
        "longest_blank_ms": round(max(side.longest_blank_ms for side in ours), 1),
        "steady_transitions": steady.transitions,
        "steady_wrong_item_captures": steady.old,
        "onset_p50_ms": round(percentile(steady.onset_ms or [0.0], 0.5), 1),
        "onset_spread_ms": steady.spread_ms(),
        "onset_full_spread_ms": steady.spread_ms(0.0),
        "capture_hz": steady.capture_hz,
        "longest_capture_gap_ms": round(max(steady.gaps_ms), 1),
    }
    for name, side in (("baseline", single), ("list_player", listed)):
        figures |= {
            f"{name}_transitions": side.transitions,
            f"{name}_blank": side.blank,
            f"{name}_wrong_size": side.wrong_size,
            f"{name}_longest_blank_ms": round(side.longest_blank_ms, 1),
            f"{name}_onset_spread_ms": side.spread_ms(),
            f"{name}_capture_hz": side.capture_hz,
        }
    for name, side in hard.items():
        figures |= {
            f"{name}_transitions": side.transitions,
            f"{name}_blank": side.blank,
            f"{name}_wrong_size": side.wrong_size,
            f"{name}_still_at_end_s": round(side.still_s, 1),
            f"{name}_capture_hz": side.capture_hz,
        }
    aims = (
        Aim("transitions", ">=", 200),
        Aim("blank", "==", 0),
        Aim("wrong_size", "==", 0),
        Aim("disturbed_within_item", "==", 0),
        Aim("steady_wrong_item_captures", "==", 0),
        Aim("onset_spread_ms", "<=", 40),
        Aim("capture_hz", ">=", 100),
        *(Aim(f"{name}_still_at_end_s", "<=", 2) for name in hard if name not in FREEZING),
    )
    version = vlc.libvlc_get_version().decode(errors="replace")
    return Measured(figures, aims, {"libvlc": version})
