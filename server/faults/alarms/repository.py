"""Queries about alarms and their logs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, delete, func, or_, select, true

from playlists.alarm.event import Event, Word
from playlists.alarm.judge import Phase
from playlists.alarm.rule import AlarmRule, rule_of
from playlists.alarm.window import Window, WindowKind
from server.db import Session
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import Alarm, AlarmEvent, ExpectedWindow, Kiosk, Panel, Site

WANTING = (Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED, Phase.RETURNED)
"""The phases in which a person has something to do."""


def alarm(session: Session, alarm_id: UUID, *, lock: bool = False) -> Alarm | None:
    """Return an alarm."""
    return session.get(Alarm, alarm_id, with_for_update=lock or None)


def newest(session: Session, place_id: UUID, code: str, subject: str) -> Alarm | None:
    """Return the newest alarm of a part, locked; it may have ended."""
    statement = (
        select(Alarm)
        .where(Alarm.place_id == place_id, Alarm.code == code, Alarm.subject == subject)
        .order_by(col(Alarm.id).desc())
        .limit(1)
        .with_for_update()
    )
    return session.exec(statement).first()


def entries(session: Session, alarm_id: UUID) -> list[AlarmEvent]:
    """Return an alarm's log, oldest first."""
    statement = (
        select(AlarmEvent).where(AlarmEvent.alarm_id == alarm_id).order_by(col(AlarmEvent.at), col(AlarmEvent.id))
    )
    return list(session.exec(statement))


def log(session: Session, alarm_id: UUID) -> list[Event]:
    """Return an alarm's log as the domain reads it."""
    return [Event(row.at, row.id, Word(row.word), row.until) for row in entries(session, alarm_id)]


def last_entry_at(session: Session, alarm_id: UUID) -> datetime | None:
    """Return the time of the latest entry of a log."""
    return session.exec(select(func.max(AlarmEvent.at)).where(AlarmEvent.alarm_id == alarm_id)).one()


def forget_entries(session: Session, alarm_id: UUID, before: datetime) -> None:
    """Forget entries of a log whose alarm never came to be."""
    session.exec(delete(AlarmEvent).where(col(AlarmEvent.alarm_id) == alarm_id, col(AlarmEvent.at) < before))


def is_any_due(session: Session, at: datetime) -> bool:
    """Tell whether an alarm changes by time alone until `at`."""
    return session.exec(select(Alarm.id).where(col(Alarm.next_at) <= at).limit(1)).first() is not None


def due(session: Session, at: datetime, most: int) -> list[Alarm]:
    """Return alarms that change by time alone until `at`, locked."""
    statement = select(Alarm).where(col(Alarm.next_at) <= at).order_by(col(Alarm.next_at)).limit(most).with_for_update()
    return list(session.exec(statement))


def unsettled_sites(session: Session, since: datetime, at: datetime, grace: timedelta) -> set[UUID]:
    """Return sites where alarms have to be looked at together.

    Something changed after `since`, an alarm was not looked at yet, or the grace of a cause ended in between.
    """
    waiting = and_(col(Alarm.settled_at).is_(None), col(Alarm.phase).in_(WANTING))
    gone = (col(Alarm.returned_at), col(Alarm.ended_at))
    parts = [waiting, col(Alarm.changed_at) >= since, *(and_(one > since - grace, one <= at - grace) for one in gone)]
    return set(session.exec(select(Alarm.site_id).where(or_(*parts)).distinct()))


def of_site(session: Session, site_id: UUID, since: datetime) -> list[Alarm]:
    """Return a site's alarms that have not ended, or returned or ended after `since`."""
    living = or_(col(Alarm.ended_at).is_(None), col(Alarm.ended_at) >= since, col(Alarm.returned_at) >= since)
    return list(session.exec(select(Alarm).where(Alarm.site_id == site_id, living)))


def commissioned(session: Session, site_id: UUID) -> list[UUID]:
    """Return the kiosks of a site that are in use."""
    statement = (
        select(Kiosk.id)
        .join(Panel, col(Panel.id) == col(Kiosk.panel_id))
        .where(Panel.site_id == site_id, col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None))
    )
    return list(session.exec(statement))


def raised_at(session: Session, panel_id: UUID) -> list[Alarm]:
    """Return the alarms of a panel whose condition stands."""
    wanted = Alarm.panel_id == panel_id, col(Alarm.is_raised).is_(True), col(Alarm.active_at).is_not(None)
    return list(session.exec(select(Alarm).where(*wanted).order_by(col(Alarm.since_at), col(Alarm.id))))


def panel_with_site(session: Session, panel_id: UUID) -> tuple[Panel, Site] | None:
    """Return a panel and where it stands."""
    statement = select(Panel, Site).join(Site, col(Site.id) == col(Panel.site_id)).where(Panel.id == panel_id)
    return session.exec(statement).first()


def site_of_panel(session: Session, panel_id: UUID) -> Site | None:
    """Return the site where a panel stands."""
    return session.exec(
        select(Site).join(Panel, col(Panel.site_id) == col(Site.id)).where(Panel.id == panel_id)
    ).first()


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def rules_of_site(session: Session, site_id: UUID) -> dict[str, AlarmRule]:
    """Return the rules of codes whose delays a site has changed."""
    row = session.get(Site, site_id)
    delays = row.alarm_delays if row is not None else {}
    return {code: replace(rule_of(code), on_delay_s=on, off_delay_s=off) for code, (on, off) in delays.items()}


def expected_at(session: Session, site_id: UUID, panel_id: UUID | None, at: datetime) -> list[Window]:
    """Return the announced times of a place that are not over."""
    whole = col(ExpectedWindow.panel_id).is_(None)
    here = or_(whole, ExpectedWindow.panel_id == panel_id) if panel_id is not None else whole
    found = session.exec(
        select(ExpectedWindow).where(ExpectedWindow.site_id == site_id, ExpectedWindow.to_at > at, here)
    )
    return [Window(WindowKind(row.kind), row.from_at, row.to_at) for row in found]


def site_names(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of sites."""
    return {row.id: row.name for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def following(session: Session, alarm_id: UUID) -> list[Alarm]:
    """Return what follows from an alarm, newest first."""
    statement = select(Alarm).where(Alarm.cause_id == alarm_id).order_by(col(Alarm.id).desc()).limit(500)
    return list(session.exec(statement))


def of_kiosks(session: Session, kiosk_ids: Iterable[UUID]) -> list[Alarm]:
    """Return the alarms of kiosks that have not ended."""
    statement = select(Alarm).where(col(Alarm.kiosk_id).in_(list(kiosk_ids)), col(Alarm.ended_at).is_(None))
    return list(session.exec(statement))


class View(StrEnum):
    """Which alarms a list shows."""

    NOW = "now"
    """What wants somebody, and nothing that is hidden."""
    HIDDEN = "hidden"
    """What is shelved or expected."""
    FOLLOWING = "following"
    """What follows from another alarm."""
    PAST = "past"


@dataclass(frozen=True)
class Sought:
    """Which alarms a list asks for. `sites` and `panels` None: all; an alarm without a panel is its site's."""

    view: View
    at: datetime
    seen: Seen = EVERYTHING
    site_id: UUID | None = None
    panel_id: UUID | None = None
    codes: Sequence[str] | None = None
    or_panels: Sequence[UUID] = ()
    """With `codes`: panels whose alarms are found whatever their code."""


def alarms(session: Session, sought: Sought, part: Slice) -> list[Alarm]:
    """Return alarms, newest first, one more than the page holds."""
    statement = (
        select(Alarm)
        .join(Site, col(Site.id) == col(Alarm.site_id))
        .join(Panel, col(Panel.id) == col(Alarm.panel_id), isouter=True)
        .where(col(Alarm.active_at).is_not(None), _view(sought.view, sought.at), _place(sought))
        .order_by(col(Alarm.id).desc())
        .limit(part.limit + 1)
    )
    if part.before is not None:
        statement = statement.where(col(Alarm.id) < part.before)
    return list(session.exec(statement))


def wanting(session: Session, panel_ids: Collection[UUID], at: datetime) -> list[tuple[UUID, str]]:
    """Return panel and severity of every alarm of some panels that wants somebody and is not hidden."""
    statement = select(Alarm.panel_id, Alarm.severity).where(
        col(Alarm.panel_id).in_(list(panel_ids)), col(Alarm.active_at).is_not(None), _view(View.NOW, at)
    )
    return [(panel_id, severity) for panel_id, severity in session.exec(statement) if panel_id is not None]


def _view(view: View, at: datetime) -> ColumnElement[bool]:
    wants = and_(col(Alarm.phase).in_(WANTING), col(Alarm.settled_at).is_not(None))
    hidden = or_(col(Alarm.shelved_until) > at, col(Alarm.expected_until) > at)
    follows = col(Alarm.cause_id).is_not(None)
    match view:
        case View.NOW:
            seen = and_(or_(col(Alarm.shelved_until).is_(None), col(Alarm.shelved_until) <= at),
                        or_(col(Alarm.expected_until).is_(None), col(Alarm.expected_until) <= at))  # fmt: skip
            return and_(wants, seen, col(Alarm.cause_id).is_(None))
        case View.HIDDEN:
            return and_(wants, hidden)
        case View.FOLLOWING:
            return and_(wants, follows)
        case View.PAST:
            return col(Alarm.ended_at).is_not(None)


def _place(sought: Sought) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [true()]
    whole = and_(col(Alarm.panel_id).is_(None), sought.seen.at(col(Site.agency_id), col(Site.id)))
    parts.append(or_(sought.seen.at(col(Panel.agency_id), col(Panel.site_id)), whole))
    if sought.site_id is not None:
        parts.append(col(Alarm.site_id) == sought.site_id)
    if sought.panel_id is not None:
        whole = and_(col(Alarm.panel_id).is_(None), col(Alarm.site_id) == _site_of(sought.panel_id))
        parts.append(or_(col(Alarm.panel_id) == sought.panel_id, whole))
    if sought.codes is not None:
        found = col(Alarm.panel_id).in_(list(sought.or_panels))
        parts.append(or_(col(Alarm.code).in_(list(sought.codes)), found))
    return and_(*parts)


def _site_of(panel_id: UUID) -> ColumnElement[UUID]:
    return select(Panel.site_id).where(Panel.id == panel_id).scalar_subquery()
