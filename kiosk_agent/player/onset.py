"""In step: by how much a panel's item changes miss their planned whole second, measured from its pixels.

Around a change the panel is captured in quick succession on a thread of its own; the first capture that shows the new
item is when it came. Nothing here is needed for playing: a change that cannot be measured is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Thread

from PIL import Image

from kiosk_agent.player.expected import SAME_PERMILLE, Expectation, match_permille, thumbnail
from kiosk_agent.player.plan import Plan

MEASURE_EVERY_S = 60.0
FIRST_AFTER_S = 5.0
AROUND_S = 0.25
CAPTURE_EVERY_S = 0.008
MOST_GAP_S = 0.04
"""Captures further apart than this do not tell when the picture changed."""
LEAD_S = 0.2
_AROUND, _LEAD = timedelta(seconds=AROUND_S), timedelta(seconds=LEAD_S)
Capture = Callable[[], Image.Image | None]
OpenCapture = Callable[[], AbstractContextManager[Capture]]
"""Opens what captures, for the one thread that uses it."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A change of items that is about to come: when, and thumbnails of before and after."""

    at: datetime
    before: list[Image.Image]
    after: list[Image.Image]


def coming(plan: Plan, expectation: Expectation, now: datetime) -> Coming | None:
    """Return a change that the plan has soon and that can be seen; None where there is none."""
    rows = plan.between(now - timedelta(seconds=2), now + timedelta(seconds=2))
    for old, new in pairwise(rows):
        if new.cue == old.cue or new.at < now + _AROUND + timedelta(seconds=0.05):
            continue
        before, after = expectation.expected(new.at - _LEAD), expectation.expected(new.at + _LEAD)
        if before and after and match_permille(before[0], after[0]) < SAME_PERMILLE:
            return Coming(new.at, before, after)
    return None


def offset_ms(samples: Iterable[tuple[datetime, bool]], planned: datetime) -> int | None:
    """Return how long after its planned time the new picture came (negative: before), from (when, is new) in order.

    None when it was there from the first, never came, or came in a gap between captures.
    """
    before: datetime | None = None
    for at, is_new in samples:
        if is_new:
            if before is None or (at - before).total_seconds() > MOST_GAP_S:
                return None
            return round((at - planned).total_seconds() * 1000)
        before = at
    return None


class InStep:
    """Measures a change now and then; `offset_ms` is the newest result."""

    def __init__(self) -> None:
        self.offset_ms: int | None = None
        self._next_s = time.monotonic() + FIRST_AFTER_S
        self._thread: Thread | None = None

    def consider(self, plan: Plan, expectation: Expectation, capture: OpenCapture) -> None:
        """Measure the next change, if it is time to."""
        if time.monotonic() < self._next_s or (self._thread is not None and self._thread.is_alive()):
            return
        change = coming(plan, expectation, datetime.now(UTC))
        if change is not None:
            self._next_s = time.monotonic() + MEASURE_EVERY_S
            self._thread = Thread(target=self._measure, args=(change, capture), name="in-step", daemon=True)
            self._thread.start()

    def _measure(self, change: Coming, capture: OpenCapture) -> None:
        with suppress(OSError, RuntimeError), capture() as grab:
            found = offset_ms(_watch(change, grab), change.at)
            if found is not None:
                self.offset_ms = found


def _watch(change: Coming, grab: Capture) -> list[tuple[datetime, bool]]:
    """Capture around a change; return when, and whether the new item was up."""
    time.sleep(max(0.0, (change.at - _AROUND - datetime.now(UTC)).total_seconds()))
    samples: list[tuple[datetime, bool]] = []
    while datetime.now(UTC) < change.at + _AROUND:
        picture, at = grab(), datetime.now(UTC)
        if picture is not None:
            small = thumbnail(picture)
            samples.append((at, _best(small, change.after) > _best(small, change.before)))
        time.sleep(CAPTURE_EVERY_S)
    return samples


def _best(seen: Image.Image, expected: list[Image.Image]) -> int:
    return max(match_permille(seen, one) for one in expected)
