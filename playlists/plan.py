"""A panel's plan, compiled: for each local day the spans in which the same parties share the panel.

A span is cut at local midnight, which is where its cycle is anchored anew. Everything is Unix milliseconds and text
ids; `playlists.timeline` and `playlists.document` put their own objects in and take them out again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from playlists.airtime import Cycle, Share, Turn, build_cycle
from playlists.daypart import Week, midnight_of
from playlists.instant import format_instant, from_millis, to_millis
from playlists.recurrence import Expansion, resolve
from playlists.schedule import Timing, bound_ms

MOST_DAYS_KEPT = 40
LEAST_REST_MS = 3_000
"""No piece starts with less than this left of its span; the one before is held instead."""
_DAY = timedelta(days=1)
_T = TypeVar("_T")
SpanMs = tuple[int, int]


class Layer(StrEnum):
    """Where a picture comes from."""

    DARK = "dark"
    OVERRIDE = "override"
    SCHEDULE = "schedule"
    DEFAULT = "default"
    SAFE_LOOP = "safe_loop"


class WeekSpans:
    """The instances of one week of windows by date, computed once for all entries that use it."""

    def __init__(self, week: Week, tz: ZoneInfo) -> None:
        """Take the windows and their zone."""
        self._week, self._tz = week, tz
        self._days: dict[date, list[SpanMs]] = {}

    def on(self, day: date) -> list[SpanMs]:
        """Return the spans that begin on a local date."""
        found = self._days.get(day)
        if found is None:
            found = [(to_millis(start), to_millis(end)) for start, end in self._week.on(day, self._tz)]
            for old in list(self._days)[: max(0, len(self._days) + 1 - 2 * MOST_DAYS_KEPT)]:
                self._days.pop(old, None)
            self._days[day] = found
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A schedule entry as the plan follows it."""

    id: str
    playlist: str
    timing: Timing
    week: WeekSpans | None
    expansion: Expansion | None
    tz: ZoneInfo
    valid_ms: tuple[int | None, int | None]

    @classmethod
    def of(cls, entry_id: str, playlist: str, timing: Timing, week: WeekSpans | None, tz: ZoneInfo) -> Rule:
        """Return an entry's rule in a zone."""
        expansion = Expansion(timing.recurrence, tz) if timing.recurrence is not None else None
        low = None if timing.valid_from is None else bound_ms(timing.valid_from, tz, is_end=False)
        high = None if timing.valid_until is None else bound_ms(timing.valid_until, tz, is_end=True)
        return cls(entry_id, playlist, timing, week, expansion, tz, (low, high))

    def spans(self, day: date, bounds: SpanMs) -> Iterator[SpanMs]:
        """Yield the instances that overlap a local day, from start to end, cut at the end of validity only."""
        low, high = self.valid_ms
        if (high is not None and high <= bounds[0]) or (low is not None and low >= bounds[1]):
            return
        for start, end in self._by_week(day) if self.week is not None else self._by_duration(day):
            if (low is None or start >= low) and (high is None or start < high):
                last = end if high is None else min(end, high)
                if start < bounds[1] and last > bounds[0]:
                    yield start, last

    def _by_week(self, day: date) -> Iterator[SpanMs]:
        if self.week is None:
            return
        for begun in (day - _DAY, day):
            spans = self.week.on(begun)
            if spans and self._names(begun):
                yield from spans

    def _names(self, day: date) -> bool:
        if self.expansion is None:
            return True
        midnight = datetime.combine(day, time())
        return bool(self.expansion.between(midnight, midnight + _DAY))

    def _by_duration(self, day: date) -> Iterator[SpanMs]:
        if self.expansion is None or self.timing.duration_s is None:
            return
        length = timedelta(seconds=self.timing.duration_s)
        first = datetime.combine(day, time()) - length - _DAY
        for start in self.expansion.between(first, datetime.combine(day + _DAY, time())):
            start_ms = to_millis(resolve(start, self.tz))
            yield start_ms, start_ms + self.timing.duration_s * 1000


@dataclass(frozen=True, slots=True)
class Urgent:
    """An override as the plan follows it."""

    id: str
    playlist: str
    priority: int
    start_ms: int
    end_ms: int

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: the first of several wins."""
        return -self.priority, -self.start_ms, self.id


@dataclass(frozen=True, slots=True)
class Active:
    """Who is on air in a span: the layer, and the entries or the override that share it."""

    layer: Layer
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanSpan:
    """A time in which the same parties share the panel, within one local day."""

    active: Active
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Piece(Generic[_T]):
    """One piece on air: its span, bounds and what it is; None where nothing is played."""

    span: PlanSpan
    start_ms: int
    end_ms: int
    content: _T | None
    owner: str | None


@dataclass(frozen=True)
class Plan(Generic[_T]):
    """All that a panel's picture depends on besides time."""

    tz: ZoneInfo
    hours: WeekSpans
    rules: tuple[Rule, ...]
    urgent: tuple[Urgent, ...]
    default: str | None
    turns: Mapping[str, tuple[Turn[_T], ...]]
    """For each playlist what can be played, in order."""
    clock_trusted: bool = True
    _by_id: dict[str, Rule] = field(init=False, repr=False)
    _days: dict[date, tuple[list[int], list[PlanSpan]]] = field(init=False, repr=False, default_factory=dict)
    _cycles: dict[int, Cycle[_T]] = field(init=False, repr=False, default_factory=dict)
    """By the start of a span."""
    _reasons: dict[tuple[int, str | None], str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the rules by id."""
        object.__setattr__(self, "_by_id", {rule.id: rule for rule in self.rules})

    def rule(self, entry_id: str) -> Rule:
        """Return the rule of an entry."""
        return self._by_id[entry_id]

    def at(self, instant: datetime) -> Piece[_T]:
        """Return what is on at an aware time."""
        return self._piece(self.span_at(instant), to_millis(instant))

    def span_at(self, instant: datetime) -> PlanSpan:
        """Return the span that holds an aware time."""
        at_ms = to_millis(instant)
        starts, spans = self._day(self._day_of(instant, at_ms))
        return spans[bisect_right(starts, at_ms) - 1]

    def between(self, start: datetime, end: datetime) -> Iterator[Piece[_T]]:
        """Yield the pieces that overlap [start, end), in order."""
        moment, end_ms = to_millis(start), to_millis(end)
        while moment < end_ms:
            span = self.span_at(from_millis(moment))
            while moment < min(end_ms, span.end_ms):
                piece = self._piece(span, moment)
                yield piece
                moment = piece.end_ms

    def spans_between(self, start: datetime, end: datetime) -> Iterator[PlanSpan]:
        """Yield the spans that overlap [start, end), in order."""
        moment, end_ms = to_millis(start), to_millis(end)
        while moment < end_ms:
            span = self.span_at(from_millis(moment))
            yield span
            moment = span.end_ms

    def standing(self, first_ms: int, end_ms: int) -> list[Active]:
        """Return all that asks for the panel at any time in [first, end) of one local day, highest first.

        Whether it can be played does not matter.
        """
        day = self._day_of(from_millis(first_ms), first_ms)
        bounds = self._bounds(day)
        urgent = sorted(self.urgent, key=lambda one: one.rank)
        asking = [
            Active(Layer.OVERRIDE, (one.id,)) for one in urgent if one.start_ms < end_ms and one.end_ms > first_ms
        ]
        bands: dict[int, list[str]] = {}
        for rule in self.rules:
            if any(start < end_ms and end > first_ms for start, end in rule.spans(day, bounds)):
                bands.setdefault(rule.timing.priority, []).append(rule.id)
        asking += [Active(Layer.SCHEDULE, tuple(sorted(bands[band]))) for band in sorted(bands, reverse=True)]
        if self.default is not None:
            asking.append(Active(Layer.DEFAULT, (self.default,)))
        return asking

    def displaced(self, first_ms: int, end_ms: int | None = None) -> list[Active]:
        """Return what asks for the panel in a span (or at one time) and is not on, highest first."""
        chosen = self.span_at(from_millis(first_ms)).active
        left = []
        for one in self.standing(first_ms, first_ms + 1 if end_ms is None else end_ms):
            ids = tuple(asking for asking in one.ids if one.layer is not chosen.layer or asking not in chosen.ids)
            if ids:
                left.append(Active(one.layer, ids))
        return left

    def why(self, piece: Piece[_T]) -> str:
        """Return in one line why a piece is on."""
        key = piece.span.start_ms, piece.owner
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = describe(self, piece.span.active, piece.owner)
        return found

    def playlist_of(self, active: Active, owner: str) -> str:
        """Return the playlist of an entry, an override, or of the default."""
        if active.layer is Layer.SCHEDULE:
            return self._by_id[owner].playlist
        if active.layer is Layer.OVERRIDE:
            return next(one.playlist for one in self.urgent if one.id == owner)
        return owner

    def can_play(self, playlist: str) -> bool:
        """Tell whether anything of a playlist can be played."""
        return bool(self.turns.get(playlist))

    def _urgent_at(self, at_ms: int) -> list[Urgent]:
        return sorted((one for one in self.urgent if one.start_ms <= at_ms < one.end_ms), key=lambda one: one.rank)

    def _day_of(self, instant: datetime, at_ms: int) -> date:
        day = instant.astimezone(self.tz).date()
        if day not in self._days:
            first, end = self._bounds(day)
            day = day - _DAY if at_ms < first else day + _DAY if at_ms >= end else day
        else:
            spans = self._days[day][1]
            day = day - _DAY if at_ms < spans[0].start_ms else day + _DAY if at_ms >= spans[-1].end_ms else day
        return day

    def _bounds(self, day: date) -> SpanMs:
        return to_millis(midnight_of(day, self.tz)), to_millis(midnight_of(day + _DAY, self.tz))

    def _day(self, day: date) -> tuple[list[int], list[PlanSpan]]:
        found = self._days.get(day)
        if found is None:
            spans = _merged(self._compile(day))
            found = [span.start_ms for span in spans], spans
            for old in list(self._days)[: max(0, len(self._days) + 1 - MOST_DAYS_KEPT)]:
                gone = self._days.pop(old, None)
                for span in gone[1] if gone else ():
                    self._cycles.pop(span.start_ms, None)
                    self._reasons.clear()
            self._days[day] = found
        return found

    def _compile(self, day: date) -> Iterator[PlanSpan]:
        bounds = self._bounds(day)
        if not self.clock_trusted:
            yield PlanSpan(self._below(), *bounds)
            return
        changes = _Changes(bounds)
        for begun in (day - _DAY, day):
            for start, end in self.hours.on(begun):
                changes.add(None, start, end)
        for rule in self.rules:
            for start, end in rule.spans(day, bounds):
                changes.add(rule, start, end)
        cuts = {one.start_ms for one in self.urgent} | {one.end_ms for one in self.urgent}
        for start, end, is_open, bands in changes.sweep(cuts):
            yield PlanSpan(self._resolve(start, bands) if is_open else Active(Layer.DARK), start, end)

    def _resolve(self, at_ms: int, bands: Mapping[int, Mapping[str, int]]) -> Active:
        for one in self._urgent_at(at_ms) if self.urgent else ():
            if self.can_play(one.playlist):
                return Active(Layer.OVERRIDE, (one.id,))
        for band in sorted(bands, reverse=True):
            ids = [entry for entry in bands[band] if self.can_play(self._by_id[entry].playlist)]
            if ids:
                return Active(Layer.SCHEDULE, tuple(sorted(ids)))
        return self._below()

    def _below(self) -> Active:
        if self.default is not None and self.can_play(self.default):
            return Active(Layer.DEFAULT, (self.default,))
        return Active(Layer.SAFE_LOOP)

    def _piece(self, span: PlanSpan, at_ms: int) -> Piece[_T]:
        if span.active.layer in (Layer.DARK, Layer.SAFE_LOOP):
            return Piece(span, span.start_ms, span.end_ms, None, None)
        cycle = self._cycles.get(span.start_ms)
        if cycle is None:
            cycle = self._cycles[span.start_ms] = build_cycle(self._shares(span), span.end_ms - span.start_ms)
        index, start, end = cycle.at(at_ms - span.start_ms)
        start, end = span.start_ms + start, span.start_ms + end
        if span.end_ms - start < LEAST_REST_MS and start > span.start_ms:
            index = index - 1 if index else len(cycle.pieces) - 1
            start -= cycle.ends_ms[index] - (cycle.ends_ms[index - 1] if index else 0)
            end = span.end_ms
        elif span.end_ms - end < LEAST_REST_MS:
            end = span.end_ms
        return Piece(span, start, end, cycle.pieces[index], span.active.ids[cycle.owners[index]])

    def _shares(self, span: PlanSpan) -> list[Share[_T]]:
        if span.active.layer is Layer.SCHEDULE:
            rules = [self._by_id[entry] for entry in span.active.ids]
            return [Share(rule.id, rule.timing.weight, self.turns[rule.playlist]) for rule in rules]
        if span.active.layer is Layer.OVERRIDE:
            chosen = next(one for one in self.urgent if one.id == span.active.ids[0])
            return [Share(chosen.id, 1, self.turns[chosen.playlist])]
        return [Share(span.active.ids[0], 1, self.turns[span.active.ids[0]])]


class _Changes:
    """Starts and ends within one day, swept in order of time."""

    def __init__(self, bounds: SpanMs) -> None:
        self._bounds = bounds
        self._events: list[tuple[int, int, Rule | None]] = []

    def add(self, rule: Rule | None, start: int, end: int) -> None:
        """Take one instance of a rule, or of the operating hours (None)."""
        start, end = max(start, self._bounds[0]), min(end, self._bounds[1])
        if start < end:
            self._events += [(start, 1, rule), (end, -1, rule)]

    def sweep(self, cuts: Iterable[int]) -> Iterator[tuple[int, int, bool, Mapping[int, Mapping[str, int]]]]:
        """Yield start, end, whether the panel is open, and for each priority band the live entries with a count."""
        first, end = self._bounds
        by_time: dict[int, list[tuple[int, Rule | None]]] = {first: []}
        for at, change, rule in self._events:
            by_time.setdefault(at, []).append((change, rule))
        for at in cuts:
            if first <= at < end:
                by_time.setdefault(at, [])
        times = sorted(at for at in by_time if at < end)
        opened, bands = 0, dict[int, dict[str, int]]()
        for at, until in zip(times, [*times[1:], end], strict=True):
            for change, rule in by_time[at]:
                if rule is None:
                    opened += change
                else:
                    _count(bands, rule, change)
            yield at, until, opened > 0, bands


def _count(bands: dict[int, dict[str, int]], rule: Rule, change: int) -> None:
    band = bands.setdefault(rule.timing.priority, {})
    band[rule.id] = band.get(rule.id, 0) + change
    if not band[rule.id]:
        del band[rule.id]
    if not band:
        del bands[rule.timing.priority]


def _merged(spans: Iterable[PlanSpan]) -> list[PlanSpan]:
    found: list[PlanSpan] = []
    for span in spans:
        if found and found[-1].active == span.active:
            found[-1] = PlanSpan(span.active, found[-1].start_ms, span.end_ms)
        else:
            found.append(span)
    return found


def turns_of(pieces: Sequence[tuple[str, _T, int]]) -> tuple[Turn[_T], ...]:
    """Return turns from pieces in order (item, content, milliseconds); neighbours of one item make one turn."""
    turns: list[Turn[_T]] = []
    for item, content, on_air_ms in pieces:
        if turns and turns[-1].item == item:
            turns[-1] = Turn(item, (*turns[-1].pieces, (content, on_air_ms)))
        else:
            turns.append(Turn(item, ((content, on_air_ms),)))
    return tuple(turns)


def describe(plan: Plan[_T], active: Active, owner: str | None = None) -> str:
    """Return in one line why something asks for the panel; `owner` is the one of several that is on air."""
    if active.layer is Layer.DARK:
        return "outside the panel's operating hours"
    if active.layer is Layer.SAFE_LOOP:
        return "safe loop: nothing that is planned can be played, nor a default playlist"
    if active.layer is Layer.DEFAULT:
        reason = "nothing is scheduled that can be played" if plan.clock_trusted else "the clock is not trusted"
        return f"default playlist: {reason}"
    if active.layer is Layer.OVERRIDE:
        return f"override {active.ids[0]} until {format_instant(from_millis(_end_of(plan, active)))}"
    rules = [plan.rule(one) for one in active.ids]
    band = rules[0].timing.priority
    if owner is None or len(rules) == 1:
        return f"scheduled by {', '.join(active.ids)}, priority {band}"
    weight, total = plan.rule(owner).timing.weight, sum(rule.timing.weight for rule in rules)
    return f"scheduled by {owner}, priority {band}, {weight} of {total} parts of the airtime"


def describe_displaced(plan: Plan[_T], active: Active) -> str:
    """Return in one line what asked for the panel in vain, and whether it could have been played."""
    said = "default playlist" if active.layer is Layer.DEFAULT else describe(plan, active)
    if not any(plan.can_play(plan.playlist_of(active, one)) for one in active.ids):
        said += "; nothing of it can be played"
    return said


def _end_of(plan: Plan[_T], active: Active) -> int:
    return next(one.end_ms for one in plan.urgent if one.id == active.ids[0])
