"""A panel's plan, compiled: for each local day the spans in which the same parties share the panel.

A span is cut at local midnight, which is where its cycle is anchored anew. Everything is Unix milliseconds and text
ids; `playlists.timeline` and `playlists.document` put their own objects in and take them out again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from playlists.airtime import Cycle, Share, Turn, build_cycle
from playlists.daypart import midnight_of
from playlists.instant import format_instant, from_millis, to_millis
from playlists.rule import MOST_DAYS_KEPT, Hush, Rule, SpanMs, Urgent, WeekSpans
from playlists.schedule import WHOLE_PERMILLE

LEAST_REST_MS = 3_000
"""No piece starts with less than this left of its span; the one before is held instead."""
_DAY = timedelta(days=1)
_T = TypeVar("_T")


class Layer(StrEnum):
    """Where a picture comes from."""

    DARK = "dark"
    OVERRIDE = "override"
    SCHEDULE = "schedule"
    DEFAULT = "default"
    SAFE_LOOP = "safe_loop"


@dataclass(frozen=True, slots=True)
class Active:
    """Who is on air in a span: the layer, and the entries or the override that share it.

    `essential_only` is the id of the switch by which only essential notices are shown.
    """

    layer: Layer
    ids: tuple[str, ...] = ()
    essential_only: str | None = None


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
    essential: Mapping[str, tuple[Turn[_T], ...]] = field(default_factory=dict)
    """The same while only essential notices are shown."""
    hushes: tuple[Hush, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    """Agencies' parts of the airtime, in thousandths."""
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

    def can_play(self, playlist: str, essential_only: str | None = None) -> bool:
        """Tell whether anything of a playlist can be played, or remains while only essential notices are shown."""
        return bool((self.turns if essential_only is None else self.essential).get(playlist))

    def quota_of(self, entry_id: str) -> tuple[str, int]:
        """Return the group that an entry shares the airtime with, and the group's part in thousandths.

        Entries of agencies without a quota are one group ("") and have what the quotas leave.
        """
        agency = self._by_id[entry_id].timing.agency
        if agency is not None and agency in self.quotas:
            return agency, self.quotas[agency]
        return "", WHOLE_PERMILLE - sum(self.quotas.values())

    def _hush_at(self, at_ms: int) -> str | None:
        found = [(-one.end_ms, one.id) for one in self.hushes if one.start_ms <= at_ms < one.end_ms]
        return min(found)[1] if found else None

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
            # nobody knows whether the switch is over: the calmer picture
            yield PlanSpan(self._below(min((one.id for one in self.hushes), default=None)), *bounds)
            return
        changes = _Changes(bounds)
        for begun in (day - _DAY, day):
            for start, end in self.hours.on(begun):
                changes.add(None, start, end)
        for rule in self.rules:
            for start, end in rule.spans(day, bounds):
                changes.add(rule, start, end)
        cuts = {one.start_ms for one in self.urgent} | {one.end_ms for one in self.urgent}
        cuts |= {one.start_ms for one in self.hushes} | {one.end_ms for one in self.hushes}
        for start, end, is_open, bands in changes.sweep(cuts):
            yield PlanSpan(self._resolve(start, bands) if is_open else Active(Layer.DARK), start, end)

    def _resolve(self, at_ms: int, bands: Mapping[int, Mapping[str, int]]) -> Active:
        hush = self._hush_at(at_ms) if self.hushes else None
        for one in self._urgent_at(at_ms) if self.urgent else ():
            if self.can_play(one.playlist, hush):
                return Active(Layer.OVERRIDE, (one.id,), hush)
        for band in sorted(bands, reverse=True):
            ids = [entry for entry in bands[band] if self.can_play(self._by_id[entry].playlist, hush)]
            if ids:
                return Active(Layer.SCHEDULE, tuple(sorted(self._with_airtime(ids))), hush)
        return self._below(hush)

    def _with_airtime(self, ids: list[str]) -> list[str]:
        """Leave out those to whom the quotas of others leave nothing; where nobody has a quota all stay."""
        if sum(self.quotas.values()) < WHOLE_PERMILLE:
            return ids
        return [entry for entry in ids if self.quota_of(entry)[1]] or ids

    def _below(self, hush: str | None) -> Active:
        if self.default is not None and self.can_play(self.default, hush):
            return Active(Layer.DEFAULT, (self.default,), hush)
        return Active(Layer.SAFE_LOOP, (), hush)

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
        active = span.active
        turns = self.turns if active.essential_only is None else self.essential
        if active.layer is not Layer.SCHEDULE:
            return [Share(active.ids[0], 1, turns[self.playlist_of(active, active.ids[0])])]
        rules = [self._by_id[entry] for entry in active.ids]
        groups = [self.quota_of(rule.id) if self.quotas else ("", 1) for rule in rules]
        return [
            Share(rule.id, rule.timing.weight, turns[rule.playlist], group, max(1, part))
            for rule, (group, part) in zip(rules, groups, strict=True)
        ]


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


def describe(plan: Plan[_T], active: Active, owner: str | None = None) -> str:
    """Return in one line why something asks for the panel; `owner` is the one of several that is on air."""
    said = _describe(plan, active, owner)
    hush = next((one for one in plan.hushes if one.id == active.essential_only), None)
    if hush is None or active.layer is Layer.DARK:
        return said
    reason = f" ({hush.reason})" if hush.reason else ""
    return f"{said}; essential notices only until {format_instant(from_millis(hush.end_ms))}{reason}"


def _describe(plan: Plan[_T], active: Active, owner: str | None) -> str:
    if active.layer is Layer.DARK:
        return "outside the panel's operating hours"
    if active.layer is Layer.SAFE_LOOP:
        return "safe loop: nothing that is planned can be played, nor a default playlist"
    if active.layer is Layer.DEFAULT:
        reason = "nothing is scheduled that can be played" if plan.clock_trusted else "the clock is not trusted"
        return f"default playlist: {reason}"
    if active.layer is Layer.OVERRIDE:
        end_ms = next(one.end_ms for one in plan.urgent if one.id == active.ids[0])
        return f"override {active.ids[0]} until {format_instant(from_millis(end_ms))}"
    rules = [plan.rule(one) for one in active.ids]
    band = rules[0].timing.priority
    if owner is None or len(rules) == 1:
        return f"scheduled by {', '.join(active.ids)}, priority {band}"
    return f"scheduled by {owner}, priority {band}, {_describe_share(plan, rules, plan.rule(owner))}"


def _describe_share(plan: Plan[_T], rules: Sequence[Rule], own: Rule) -> str:
    groups = dict(plan.quota_of(rule.id) for rule in rules) if plan.quotas else {}
    if len(groups) < 2:
        return f"{own.timing.weight} of {sum(rule.timing.weight for rule in rules)} parts of the airtime"
    group, part = plan.quota_of(own.id)
    total = sum(rule.timing.weight for rule in rules if plan.quota_of(rule.id)[0] == group)
    whose = f"agency {group}" if group else "those without a quota"
    return f"{own.timing.weight} of {total} parts of the airtime of {whose}, {part} of {sum(groups.values())}"


def describe_displaced(plan: Plan[_T], active: Active, chosen: Active | None = None) -> str:
    """Return in one line what asked for the panel in vain while `chosen` is on, and whether it could be played."""
    said = "default playlist" if active.layer is Layer.DEFAULT else describe(plan, active)
    playlists = [plan.playlist_of(active, one) for one in active.ids]
    if not any(plan.can_play(one) for one in playlists):
        return f"{said}; nothing of it can be played"
    if chosen is None or chosen.layer is Layer.DARK:
        return said
    if chosen.essential_only is not None and not any(plan.can_play(one, chosen.essential_only) for one in playlists):
        return f"{said}; nothing of it is an essential notice"
    if active.layer is Layer.SCHEDULE is chosen.layer and _band(plan, active) == _band(plan, chosen):
        return f"{said}; the quotas of the others leave no airtime"
    return said


def _band(plan: Plan[_T], active: Active) -> int:
    return plan.rule(active.ids[0]).timing.priority
