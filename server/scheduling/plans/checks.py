"""What a change would do, told before it is saved: when it is on, what it hides, and what its author may not mean."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from playlists import phrases
from playlists.change import Effect, EffectKind, effect_words, effects
from playlists.daypart import midnight_of, zone
from playlists.document import Content, Document
from playlists.instant import from_millis, to_millis
from playlists.language import Language
from playlists.plan import Plan
from playlists.recurrence import parse_rule
from server.accounts.permissions import Caller, Permission
from server.db import Session, new_id
from server.scheduling import repository as playlists
from server.scheduling.dayparts import repository as dayparts
from server.scheduling.entries import service as entries
from server.scheduling.entries.schemas import EntryChange, RecurrenceAsked
from server.scheduling.entries.words import said
from server.scheduling.overrides import service as overrides
from server.scheduling.overrides.schemas import OverrideNew
from server.scheduling.owning import playlist_owner
from server.scheduling.plans.repository import AS_SAVED, Instead, gather
from server.scheduling.plans.schemas import CheckShown, Conflict, EntryCheck, Hint, Occurrence
from server.scheduling.plans.service import document_of
from server.scheduling.special_days import repository as calendars
from server.scheduling.targets import repository as targets
from server.scheduling.targets.schemas import Targets
from server.tables import Panel, ScheduleEntryRow

LOOKED_AHEAD = timedelta(days=28)
AROUND = timedelta(hours=24)
"""So much before and after an override shows whether what it covers is on in another part of its time."""
MOST_PANELS = 20
MOST_CONFLICTS = 50
MOST_NEXT = 5
DAYS_SEARCHED = 800
_DAY = timedelta(days=1)


def check_entry(session: Session, caller: Caller, asked: EntryCheck, at: datetime) -> CheckShown:
    """Tell what an entry would do if it were saved now.

    Raises:
        Problem: as saving it would.
    """
    if asked.id is None:
        held, agency_id = (
            None,
            playlist_owner(session, caller, asked.agency_id, asked.playlist_id, Permission.EDIT_SCHEDULE).id,
        )
    else:
        held = entries.entry_of(session, caller, asked.id, Permission.EDIT_SCHEDULE)
        agency_id = held.agency_id
    timing = entries.accept(session, agency_id, asked, held=held)
    row = ScheduleEntryRow(id=asked.id or new_id(), agency_id=agency_id)
    entries.fill(row, asked, timing)
    panels = targets.panels_meant(session, agency_id, asked.targets)
    look = _Look(session, panels, at, Instead(entry=row))
    used = dayparts.by_ids(session, [row.daypart_id] if row.daypart_id is not None else [])
    return CheckShown(
        sentences=said(row, used, calendars.names(session), today=at.date()),
        next=list(look.occurrences(row.id)),
        conflicts=look.conflicts(row.id),
        hints=[*_hints(session, asked), *look.hidden(row.id)],
        panels=len(panels),
        panels_left_out=max(0, len(panels) - MOST_PANELS),
    )


def check_override(session: Session, caller: Caller, asked: OverrideNew, at: datetime) -> CheckShown:
    """Tell what an override would do if it were made now.

    Raises:
        Problem: as making it would.
    """
    row = overrides.accept(session, caller, asked, at)
    panels = targets.panels_meant(session, row.agency_id, Targets.model_validate(asked.targets))
    first_at = max(at, row.starts_at - AROUND)
    look = _Look(session, panels, first_at, Instead(override=row), row.ends_at + AROUND)
    tz = zone(playlists.site(session, panels[0].site_id).time_zone) if panels else zone("UTC")
    first, last = (one.astimezone(tz).replace(tzinfo=None) for one in (row.starts_at, row.ends_at))
    sentences = {
        language: phrases.capitalised(f"{phrases.moment(first, language)} – {phrases.moment(last, language)}")
        for language in Language
    }
    return CheckShown(
        sentences=sentences,
        next=[],
        conflicts=look.conflicts(row.id),
        hints=look.hidden(row.id),
        panels=len(panels),
        panels_left_out=max(0, len(panels) - MOST_PANELS),
    )


class _Look:
    """The plans of panels before and after a change."""

    def __init__(
        self, session: Session, panels: Sequence[Panel], start: datetime, instead: Instead, end: datetime | None = None
    ) -> None:
        self._start, self._end = start, min(start + LOOKED_AHEAD, end or start + LOOKED_AHEAD)
        self._panels = list(panels[:MOST_PANELS])
        self._after = [document_of(gather(session, panel, start, instead)) for panel in self._panels]
        self._before = [document_of(gather(session, panel, start, AS_SAVED)) for panel in self._panels]
        self._plans = [document.plan() for document in self._after]

    def occurrences(self, row_id: UUID) -> Iterator[Occurrence]:
        """Yield the next times of an entry on the first panel."""
        if not self._plans:
            return
        plan, panel = self._plans[0], self._panels[0]
        rule, tz = plan.rule(str(row_id)), plan.tz
        day, found, seen = self._start.astimezone(tz).date(), 0, set[tuple[int, int]]()
        for number in range(DAYS_SEARCHED):
            this = day + number * _DAY
            bounds = to_millis(midnight_of(this, tz)), to_millis(midnight_of(this + _DAY, tz))
            for start_ms, end_ms in sorted(rule.spans(this, bounds)):
                if found == MOST_NEXT:
                    return
                if end_ms > to_millis(self._start) and (start_ms, end_ms) not in seen:
                    seen.add((start_ms, end_ms))
                    found += 1
                    start, end = from_millis(start_ms), from_millis(end_ms)
                    yield Occurrence(
                        panel_id=panel.id,
                        starts_at=start,
                        ends_at=end,
                        local_start=start.astimezone(tz).isoformat(timespec="minutes"),
                        local_end=end.astimezone(tz).isoformat(timespec="minutes"),
                    )

    def conflicts(self, row_id: UUID) -> list[Conflict]:
        """Return what the change takes from others, at most so many."""
        found: list[Conflict] = []
        for panel, before, after in zip(self._panels, self._before, self._plans, strict=True):
            names = {one.id: one.name for one in before.playlists}
            cases: dict[tuple[str, EffectKind], list[Effect]] = {}
            for effect in effects(before.plan(), after, self._start, self._end, changed={str(row_id)}):
                cases.setdefault((effect.id, effect.kind), []).append(effect)
            found += [_conflict(panel, before, names, same) for same in cases.values()]
        return found[:MOST_CONFLICTS]

    def hidden(self, row_id: UUID) -> list[Hint]:
        """Return a hint for each panel on which the change would never be seen in the time looked at."""
        hints = []
        for panel, plan in zip(self._panels, self._plans, strict=True):
            asks = list(self._standing(plan, str(row_id)))
            if asks and not any(on for _, on in asks):
                hints.append(_hint("never-on", _NEVER_ON, name=panel.name))
        return hints

    def _standing(self, plan: Plan[Content], row_id: str) -> Iterator[tuple[int, bool]]:
        for span in plan.spans_between(self._start, self._end):
            if row_id in span.active.ids:
                yield span.start_ms, True
            elif any(row_id in one.ids for one in plan.displaced(span.start_ms, span.end_ms)):
                yield span.start_ms, False


def _conflict(panel: Panel, before: Document, names: dict[str, str], same: list[Effect]) -> Conflict:
    first = same[0]
    what, tz = names[first.playlist], zone(before.zone)
    return Conflict(
        kind=first.kind,
        panel_id=panel.id,
        panel_name=panel.name,
        id=UUID(first.id),
        playlist_id=UUID(first.playlist),
        playlist_name=what,
        starts_at=from_millis(first.start_ms),
        ends_at=from_millis(first.end_ms),
        count=len(same),
        sentences={
            language: effect_words(same, what=what, where=panel.name, tz=tz, language=language) for language in Language
        },
    )


def _hints(session: Session, asked: EntryChange) -> list[Hint]:
    hints = []
    if asked.recurrence is not None and (fix := _month_end(asked.recurrence)) is not None:
        hints.append(_hint("month-end", _MONTH_END, fix=fix))
    if not playlists.items(session, [asked.playlist_id])[asked.playlist_id]:
        hints.append(_hint("playlist-empty", _EMPTY))
    return hints


def _month_end(asked: RecurrenceAsked) -> dict[str, Any] | None:
    """Return the rule that means the last day of each month, for one that leaves shorter months out."""
    if asked.rrule is None:
        return None
    day = date.fromisoformat(asked.dtstart[:10])
    parts = parse_rule(asked.rrule, datetime.combine(day, time()))
    days = parts.get("BYMONTHDAY", str(day.day) if "BYDAY" not in parts else "")
    if parts["FREQ"] != "MONTHLY" or days not in ("29", "30", "31"):
        return None
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    rule = ";".join(f"{name}={value}" for name, value in {**parts, "BYMONTHDAY": "-1"}.items())
    moved = f"{last.isoformat()}{asked.dtstart[10:]}"
    return {"recurrence": {**asked.model_dump(), "dtstart": moved, "rrule": rule}}


_MONTH_END = (
    "Quy tắc này bỏ qua những tháng không có ngày đó. Nếu ý là cuối tháng, hãy chọn “ngày cuối cùng của tháng”.",
    "This rule leaves out months without that day. If you mean the end of the month, take “last day of the month”.",
    "该规则会跳过没有这一天的月份。如果指月末，请选择“每月最后一天”。",
)
_EMPTY = (
    "Danh sách phát này chưa có mục nào, nên lịch này chưa phát gì.",
    "This playlist has no items yet, so the entry shows nothing.",
    "该播放列表还没有内容，因此该条目不会播放任何内容。",
)
_NEVER_ON = (
    "Trên {name}, mục này luôn bị mục có mức ưu tiên cao hơn hoặc giờ tắt bảng che trong bốn tuần tới.",
    "On {name} it is always hidden in the next four weeks, by a higher priority or outside operating hours.",
    "在{name}上，未来四周内它始终被更高优先级的条目或关屏时段遮挡。",
)


def _hint(code: str, words: tuple[str, str, str], fix: dict[str, Any] | None = None, **values: str) -> Hint:
    return Hint(
        code=code,
        sentences={language: phrases.pick(words, language).format(**values) for language in Language},
        fix=fix,
    )
