"""`timeline`: what it costs to ask what is on, for 10 to 5,000 schedule entries of one panel.

A year of seeded entries (dated campaigns in dayparts, weekly, daily and monthly rules, three priorities, weights,
agencies with and without a quota, three language rotations). `at` and `next_change` are asked at random times of a week
after a warm-up; `between7d` lists all airings of seven days with a plan that knows nothing yet. Against it: the same
spans of the same seven days with every rule expanded by python-dateutil, both sides in turn, with equal answers.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from dateutil.rrule import rrule, rrulestr

from bench.report import Aim, Figure, Measured
from playlists.daypart import use_pinned_zones, zone
from playlists.document import Content, Document
from playlists.plan import Active, Layer, Plan

SIZES = (10, 100, 1000, 5000)
DAYS = 7
TZ = "Asia/Ho_Chi_Minh"
YEAR = datetime.fromisoformat("2026-01-01")
WEEK = datetime(2026, 6, 8, tzinfo=UTC) - timedelta(hours=7)
"""A Monday's midnight in Vietnam."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYPARTS = (("early", 5, 8), ("morning", 7, 11), ("noon", 11, 14), ("afternoon", 13, 17), ("evening", 17, 22))


def make_document(entries: int, seed: int) -> dict[str, Any]:
    """Return a panel's year with so many entries."""
    draw = random.Random(seed)
    playlists = [
        {
            "id": f"p{number}",
            "rotation": ("per_item", "per_loop", "weighted")[number % 3],
            "items": [
                {"id": f"p{number}i{item}", "on_air_ms": draw.randint(6, 15) * 1000, "languages": ["vi", "en", "zh"]}
                for item in range(draw.randint(3, 8))
            ],
        }
        for number in range(20)
    ]
    dayparts = [
        {"id": name, "windows": [{"weekdays": list(range(1, 8)), "start": f"{start:02}:00", "end": f"{end:02}:00"}]}
        for name, start, end in _DAYPARTS
    ]
    made = [_entry(draw, number) for number in range(entries)]
    panel = {"id": "panel", "quotas": {"customs": 400, "tourism": 300}}
    return {"zone": TZ, "panel": panel, "playlists": playlists, "dayparts": dayparts, "entries": made, "default": "p0"}


def _entry(draw: random.Random, number: int) -> dict[str, Any]:
    first = YEAR + timedelta(days=draw.randrange(340))
    fields: dict[str, Any] = {
        "id": f"e{number}",
        "playlist_id": f"p{draw.randrange(20)}",
        "priority": draw.choice([40, 50, 60]),
        "weight": draw.randint(1, 5),
        "agency": ("customs", "tourism", "health", None)[number % 4],
        "valid_until": (first + timedelta(days=draw.randint(3, 28))).date().isoformat(),
    }
    kind = draw.choice(["daypart", "weekly", "daily", "monthly"])
    if kind == "daypart":
        return fields | {"daypart_id": draw.choice(_DAYPARTS)[0], "valid_from": first.date().isoformat()}
    start = first.replace(hour=draw.randint(5, 20), minute=draw.choice([0, 30]))
    if draw.random() < 0.2:
        start = start.replace(year=2021)
        del fields["valid_until"]
        if draw.random() < 0.9:
            fields["valid_until"] = "2024-12-31"
    days = sorted({start.weekday(), *draw.sample(range(7), 3)})
    rule = {
        "weekly": "FREQ=WEEKLY;BYDAY=" + ",".join(_WEEKDAYS[day] for day in days),
        "daily": f"FREQ=DAILY;INTERVAL={draw.randint(1, 3)}",
        "monthly": f"FREQ=MONTHLY;BYMONTHDAY={start.day}",
    }[kind]
    recurrence = {"dtstart": start.isoformat(), "rrule": rule}
    return fields | {"recurrence": recurrence, "duration_s": draw.choice([1800, 3600, 7200])}


class Expanded:
    """The other way: python-dateutil expands every rule over the whole span, and the instances are swept."""

    def __init__(self, document: Document) -> None:
        """Build the rules; that is not timed."""
        hours = {name: (start, end) for name, start, end in _DAYPARTS}
        self._rules: list[tuple[str, int, rrule, int]] = []
        for entry in document.entries:
            until = "" if entry.valid_until is None else f";UNTIL={entry.valid_until:%Y%m%d}T235959"
            if entry.daypart_id is not None and entry.valid_from is not None:
                start, end = hours[entry.daypart_id]
                text, length = "FREQ=DAILY", (end - start) * 3600
                begin = datetime.combine(entry.valid_from, datetime.min.time()).replace(hour=start)
            elif entry.recurrence is not None and isinstance(entry.recurrence.dtstart, datetime):
                text, length = str(entry.recurrence.rrule), entry.duration_s or 0
                begin = entry.recurrence.dtstart
            rule = rrulestr(text + until, dtstart=begin)
            if not isinstance(rule, rrule):
                raise TypeError("a bench entry has exactly one rule")
            self._rules.append((entry.id, entry.priority, rule, length))
        self._tz = zone(TZ)

    def spans(self, start: datetime, end: datetime) -> list[tuple[int, int, tuple[str, ...]]]:
        """Return when which entries share the panel, cut at midnight."""
        local = [moment.astimezone(self._tz).replace(tzinfo=None) for moment in (start, end)]
        edges: dict[int, list[tuple[int, int, str]]] = {}
        origin = local[0]
        for name, band, rule, length in self._rules:
            for begin in rule.between(local[0] - timedelta(days=1), local[1], inc=True):
                first = int((begin - origin).total_seconds())
                edges.setdefault(first, []).append((1, band, name))
                edges.setdefault(first + length, []).append((-1, band, name))
        return _sweep(edges, int((local[1] - origin).total_seconds()))


def _sweep(edges: dict[int, list[tuple[int, int, str]]], last: int) -> list[tuple[int, int, tuple[str, ...]]]:
    days = range(0, last + 1, 86_400)
    times = sorted({*edges, *days})
    live: dict[int, dict[str, int]] = {}
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for at, until in pairwise(times):
        for change, band, name in edges.get(at, ()):
            names = live.setdefault(band, {})
            names[name] = names.get(name, 0) + change
            if not names[name]:
                del names[name]
        if 0 <= at < last:
            top = max((band for band, names in live.items() if names), default=None)
            on = tuple(sorted(live[top])) if top is not None else ()
            if found and found[-1][2] == on and at % 86_400:
                found[-1] = found[-1][0], until, on
            else:
                found.append((at, until, on))
    return found


def planned_spans(plan: Plan[Content], start: datetime, end: datetime) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return the same from a plan."""
    origin = int(start.timestamp() * 1000)

    def ids(active: Active) -> tuple[str, ...]:
        return active.ids if active.layer is Layer.SCHEDULE else ()

    return [
        ((one.start_ms - origin) // 1000, (one.end_ms - origin) // 1000, ids(one.active))
        for one in plan.spans_between(start, end)
    ]


def _ms(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def growth(costs: dict[int, float]) -> float:
    """Return the exponent of cost over size: the slope of the straight line through both logarithms."""
    xs, ys = [math.log(size) for size in costs], [math.log(cost) for cost in costs.values()]
    return statistics.linear_regression(xs, ys).slope


class Costs:
    """What was measured, in milliseconds by size."""

    def __init__(self, asked: argparse.Namespace) -> None:
        """Measure all sizes."""
        self.at: dict[int, float] = {}
        self.next_change: dict[int, float] = {}
        self.between7d: dict[int, float] = {}
        self.first_at: dict[int, float] = {}
        self.spans7d: dict[int, float] = {}
        self.dateutil7d: dict[int, float] = {}
        self.airings = 0
        for size in SIZES:
            self._measure(size, asked)

    def _measure(self, size: int, asked: argparse.Namespace) -> None:
        document = Document.model_validate(make_document(size, asked.seed))
        end = WEEK + timedelta(days=DAYS)
        draw = random.Random(asked.seed)
        moments = [WEEK + timedelta(seconds=draw.randrange(DAYS * 86_400)) for _ in range(asked.questions)]
        warm = document.plan()
        self.first_at[size] = _ms(lambda: warm.at(WEEK))
        for _ in warm.between(WEEK, end):
            pass
        rounds = range(asked.rounds)
        self.at[size] = statistics.median(_ms(lambda: [warm.at(one) for one in moments]) for _ in rounds) / len(moments)
        changes = [_ms(lambda: [warm.at(one).end_ms for one in moments]) for _ in rounds]
        self.next_change[size] = statistics.median(changes) / len(moments)
        between, ours, theirs = [], [], []
        expanded = Expanded(document)
        for _ in rounds:
            cold = document.plan()
            between.append(_ms(partial(self._count, cold, end)))
            again = document.plan()
            ours.append(_ms(partial(planned_spans, again, WEEK, end)))
            theirs.append(_ms(lambda: expanded.spans(WEEK, end)))
        if planned_spans(warm, WEEK, end) != expanded.spans(WEEK, end):
            raise RuntimeError("the plan and python-dateutil differ; the comparison means nothing")
        self.between7d[size] = statistics.median(between)
        self.dateutil7d[size] = statistics.median(theirs)
        self.spans7d[size] = statistics.median(ours)

    def _count(self, plan: Plan[Content], end: datetime) -> None:
        self.airings = sum(1 for _ in plan.between(WEEK, end))

    @property
    def growth_exponent(self) -> float:
        """The steepest of all costs."""
        return max(growth(costs) for costs in (self.at, self.next_change, self.between7d, self.spans7d))

    def ratio(self, size: int) -> float:
        """How many times longer python-dateutil takes for the same spans."""
        return self.dateutil7d[size] / self.spans7d[size]


def measure(arguments: list[str]) -> Measured:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench timeline")
    parser.add_argument("--rounds", type=int, default=5, help="times that each side is measured (default: 5)")
    parser.add_argument("--questions", type=int, default=2_000, help="times of the week to ask for (default: 2000)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    use_pinned_zones()
    costs = Costs(asked)
    figures: dict[str, Figure] = {}
    for size in SIZES:
        figures[f"at_ms_{size}"] = round(costs.at[size], 5)
        figures[f"next_change_ms_{size}"] = round(costs.next_change[size], 5)
        figures[f"between7d_ms_{size}"] = round(costs.between7d[size], 1)
        figures[f"first_at_ms_{size}"] = round(costs.first_at[size], 2)
        figures[f"spans7d_ms_{size}"] = round(costs.spans7d[size], 2)
        figures[f"dateutil_spans7d_ms_{size}"] = round(costs.dateutil7d[size], 1)
        figures[f"ratio_to_dateutil_{size}"] = round(costs.ratio(size), 2)
    figures["growth_exponent"] = round(costs.growth_exponent, 3)
    figures["ratio_to_dateutil"] = round(costs.ratio(1000), 2)
    figures["airings7d"] = costs.airings
    aims = (Aim("growth_exponent", "<=", 1.1), Aim("at_ms_1000", "<=", 1.0))
    return Measured(figures, aims)
