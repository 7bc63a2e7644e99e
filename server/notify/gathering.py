"""What there is to be told now, read from the other features: each thing with its place and the words' fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.alarm.judge import Phase
from playlists.daypart import zone
from server.audit import service as audit
from server.db import Session
from server.notify import repository
from server.notify.plan import Cause, Kind, is_urgent
from server.roster import service as roster
from server.seen import EVERYTHING
from server.tables import Alarm, EmergencyRow, Site

HOME = "Asia/Ho_Chi_Minh"
HEAD_FROM = time(7, 0)
"""Local time from which a day's audit head is told."""


@dataclass(frozen=True)
class Thing:
    """A cause with what is said of it. `site_ids`: whose rosters are asked; the first one is its place."""

    cause: Cause
    kind: Kind
    severity: str
    site_ids: tuple[UUID, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    not_to: frozenset[UUID] = frozenset()

    def ended(self, at: datetime) -> Thing:
        """Return it, over."""
        return replace(self, cause=replace(self.cause, ended_at=at))


def things(session: Session, sites: dict[UUID, Site], at: datetime) -> list[Thing]:
    """Return everything that stands now, but nothing of training sites: nobody is called for what is practised."""
    training = {site.id for site in sites.values() if site.training}
    found = [
        *_alarms(session, sites, repository.alarms(session), at),
        *_approvals(session, sites),
        *_emergencies(session, sites),
        *_holds(session, sites),
        *_weekends(session, at),
        *_head(session, at),
    ]
    return [one for one in found if training.isdisjoint(one.site_ids)]


def place_zone(sites: dict[UUID, Site], thing: Thing) -> ZoneInfo:
    """Return the zone of a thing's place, or the home zone."""
    return zone(sites[thing.site_ids[0]].time_zone if thing.site_ids else HOME)


def _alarms(session: Session, sites: dict[UUID, Site], rows: Iterable[Alarm], at: datetime) -> list[Thing]:
    found = list(rows)
    panels = repository.panels(session, {row.panel_id for row in found if row.panel_id is not None})
    made = []
    for row in found:
        site, panel = sites.get(row.site_id), panels.get(row.panel_id) if row.panel_id is not None else None
        if site is None:
            continue
        fields = {
            "code": row.code,
            "subject": row.subject,
            "severity": row.severity,
            "where": f"{panel.name}, {site.name}" if panel is not None else site.name,
            "panel_id": str(row.panel_id) if row.panel_id is not None else None,
            "since": row.since_at.isoformat(),
        }
        hidden = any(one is not None and one > at for one in (row.shelved_until, row.expected_until))
        cause = Cause(
            key=f"alarm:{row.id}",
            since=row.active_at or row.since_at,
            is_urgent=is_urgent(row.severity),
            is_taken=row.phase == Phase.ACKNOWLEDGED,
            is_silent=row.cause_id is not None or hidden,
        )
        made.append(Thing(cause, Kind.ALARM, row.severity, (row.site_id,), fields))
    return made


def _approvals(session: Session, sites: dict[UUID, Site]) -> list[Thing]:
    rows = repository.submissions(session)
    titles = repository.titles_of_submissions(session, {row.id for row in rows})
    authors = repository.people(session, {row.author_id for row in rows})
    panels = repository.panels(session, {UUID(one) for row in rows for one in row.panels})
    made = []
    for row in rows:
        ids = [UUID(one) for one in row.sites]
        ids += [panels[UUID(one)].site_id for one in row.panels if UUID(one) in panels]
        author = authors.get(row.author_id)
        fields = {"title": titles.get(row.id, row.purpose), "where": _names(sites, ids),
                  "author": author.display_name if author is not None else ""}  # fmt: skip
        cause = Cause(f"approval:{row.id}", row.asked_at or row.created_at, is_urgent=row.time_critical)
        made.append(Thing(cause, Kind.APPROVAL, "", _once(sites, ids), fields, frozenset({row.author_id})))
    return made


def _emergencies(session: Session, sites: dict[UUID, Site]) -> list[Thing]:
    rows = repository.emergencies(session)
    panels = repository.panels(session, {UUID(one) for row in rows for one in row.panels})
    made = []
    for row in rows:
        ids = [UUID(one) for one in row.sites]
        ids += [panels[UUID(one)].site_id for one in row.panels if UUID(one) in panels]
        fields = {"title": _title(row), "where": _names(sites, ids), "status": row.status}
        cause = Cause(f"emergency:{row.id}", row.began_at or row.created_at)
        made.append(Thing(cause, Kind.EMERGENCY, "", _once(sites, ids), fields))
    return made


def _holds(session: Session, sites: dict[UUID, Site]) -> list[Thing]:
    rows = repository.holds(session)
    by = repository.people(session, {row.held_by for row, _ in rows})
    made = []
    for row, title in rows:
        who = by[row.held_by].display_name if row.held_by in by else ""
        fields = {"title": title, "where": _names(sites, [row.site_id]), "who": who}
        cause = Cause(f"hold:{row.id}", row.held_at)
        made.append(Thing(cause, Kind.HOLD, "", _once(sites, [row.site_id]), fields, frozenset({row.held_by})))
    return made


def _weekends(session: Session, at: datetime) -> list[Thing]:
    made: dict[str, Thing] = {}
    for site, gap in roster.thin_weekends(session, EVERYTHING, at):
        tz = zone(site.time_zone)
        start, end = gap.starts_at.astimezone(tz), gap.ends_at.astimezone(tz)
        year, week, _ = start.isocalendar()
        key = f"weekend:{site.id}:{year}-{week}"
        fields = {"where": site.name, "start": f"{start:%H:%M %d/%m}", "end": f"{end:%H:%M %d/%m}",
                  "people": gap.people}  # fmt: skip
        made.setdefault(key, Thing(Cause(key, at, is_urgent=False), Kind.WEEKEND, "", (site.id,), fields))
    return list(made.values())


def _head(session: Session, at: datetime) -> list[Thing]:
    local = at.astimezone(zone(HOME))
    if local.time() < HEAD_FROM:
        return []
    head = audit.head(session)
    if head.number == 0:
        return []
    fields = {"number": head.number, "sha256": head.sha256, "day": f"{local:%d/%m/%Y}"}
    return [Thing(Cause(f"audit-head:{local:%Y-%m-%d}", at, is_urgent=False), Kind.AUDIT_HEAD, "", (), fields)]


def _title(row: EmergencyRow) -> str:
    said = row.words.get("vi") or next(iter(row.words.values()), None)
    title = said.get("title") if isinstance(said, dict) else None
    return str(title or row.word or row.status)


def _names(sites: dict[UUID, Site], ids: Iterable[UUID]) -> str:
    return ", ".join(dict.fromkeys(sites[one].name for one in ids if one in sites))[:200]


def _once(sites: dict[UUID, Site], ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(one for one in ids if one in sites))
