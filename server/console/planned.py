"""Entries and overrides as the calendar shows them: bars with words, from the plan of each panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.daypart import Week, WeeklyWindow
from playlists.document import Content
from playlists.instant import from_millis, to_millis
from playlists.plan import Plan
from playlists.rule_words import rule_words, week_words
from server.console.day import bounds_of
from server.console.texts import Texts, mark
from server.db import Session
from server.scheduling.dayparts import repository as dayparts
from server.scheduling.entries.words import daypart_of, timing_of
from server.scheduling.targets.schemas import Targets
from server.tables import DaypartRow, ScheduleEntryRow

BANDS = {20: mark("low"), 50: mark("normal"), 80: mark("high")}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """An instance of an entry or override on panels, or a time in which these are dark by plan; wall times."""

    kind: str
    subject: str
    start: datetime
    end: datetime
    panels: tuple[str, ...]


def rules(session: Session, texts: Texts, rows: Iterable[ScheduleEntryRow]) -> dict[UUID, str]:
    """Return entries' rules as plain sentences."""
    every = list(rows)
    named = dayparts.by_ids(session, {row.daypart_id for row in every if row.daypart_id is not None})
    return {row.id: _rule(texts, row, named.get(row.daypart_id) if row.daypart_id else None) for row in every}


def _rule(texts: Texts, row: ScheduleEntryRow, daypart: DaypartRow | None) -> str:
    return rule_words(
        timing_of(row),
        texts.language,
        window=WeeklyWindow.model_validate(row.own_window) if row.own_window is not None else None,
        daypart=daypart.name if daypart is not None else None,
        week=daypart_of(daypart) if daypart is not None else None,
    )


def windows_words(texts: Texts, windows: Iterable[Mapping[str, Any]]) -> str:
    """Return weekly windows in words."""
    return week_words(Week.model_validate({"windows": list(windows)}), texts.language)


def where(texts: Texts, targets: Targets, names: dict[UUID, str]) -> str:
    """Return in words what an entry is meant for."""
    if targets.is_everywhere:
        return texts.say("On all panels")
    tags = [texts.say("panels with the tag %(tag)s", tag=tag) for tag in targets.tags]
    return texts.listed([*(names.get(one, "…") for one in (*targets.sites, *targets.panels)), *tags])


def standing(texts: Texts, priority: int, weight: int) -> str:
    """Return an entry's priority and share in words."""
    band = texts.say(BANDS[priority]) if priority in BANDS else str(priority)
    said = texts.say("Priority: %(band)s", band=band)
    return f"{said} · {texts.say('%(parts)s parts of the shared time', parts=weight)}" if weight != 1 else said


def bars(plans: Sequence[tuple[str, Plan[Content]]], first: date, end: date) -> list[Bar]:
    """Return what lies on panels between two local dates (the end excluded), each bar once for all of its panels."""
    panels: dict[tuple[str, str, datetime, datetime], list[str]] = {}
    for panel_id, plan in plans:
        for kind, subject, start, until in dict.fromkeys(_of_plan(plan, first, end)):
            panels.setdefault((kind, subject, start, until), []).append(panel_id)
    return [Bar(kind, subject, start, until, tuple(ids)) for (kind, subject, start, until), ids in panels.items()]


def _of_plan(plan: Plan[Content], first: date, end: date) -> Iterator[tuple[str, str, datetime, datetime]]:
    day = first
    low, high = bounds_of(first, plan.tz)[0], bounds_of(end, plan.tz)[0]
    while day < end:
        begins, ends = bounds_of(day, plan.tz)
        for rule in plan.rules:
            for start_ms, end_ms in rule.spans(day, (to_millis(begins), to_millis(ends))):
                yield "entry", rule.id, _wall(from_millis(start_ms), plan.tz), _wall(from_millis(end_ms), plan.tz)
        for start, until in _dark(plan, day, begins, ends):
            yield "dark", "", _wall(start, plan.tz), _wall(until, plan.tz)
        day += _DAY
    for one in plan.urgent:
        start, until = from_millis(one.start_ms), from_millis(one.end_ms)
        if start < high and until > low:
            yield "override", one.id, _wall(start, plan.tz), _wall(until, plan.tz)


def _dark(plan: Plan[Content], day: date, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    lit = sorted(span for begun in (day - _DAY, day) for span in plan.hours.on(begun))
    moment = begins
    for start_ms, end_ms in lit:
        start, until = from_millis(start_ms), from_millis(end_ms)
        if moment < min(start, ends):
            yield moment, min(start, ends)
        moment = max(moment, until)
    if moment < ends:
        yield moment, ends


def _wall(instant: datetime, tz: ZoneInfo) -> datetime:
    return instant.astimezone(tz).replace(tzinfo=None)


def written(bar: Bar, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bar as the calendar's script takes it; `said` is what the calendar says of its entry or override."""
    event: dict[str, Any] = {
        "id": f"{bar.subject or bar.panels[0]}@{bar.start.isoformat()}/{bar.end.isoformat()}",
        "resourceIds": list(bar.panels),
        "start": bar.start.isoformat(),
        "end": bar.end.isoformat(),
    }
    if bar.kind == "dark":
        return event | {"display": "background"}
    return event | {
        "title": said["title"],
        "classNames": [bar.kind],
        "startEditable": said["movable"],
        "durationEditable": said["movable"],
        "extendedProps": {"entry": bar.subject, "kind": bar.kind},
    }
