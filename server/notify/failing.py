"""A failed delivery is itself an alarm: raised where people look anyway, cleared when the channel works again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from playlists.alarm.event import Word
from playlists.fault import CATALOGUE, FaultCode
from server.db import Session
from server.faults.alarms import repository as alarms
from server.faults.alarms import standing
from server.faults.alarms.standing import Place, Said
from server.notify import repository
from server.tables import NotifyChannel

CODE = FaultCode.NOTIFICATION_FAILED
NOBODY = ""
"""The alarm's part when there is no one to send to; otherwise it is the channel's name."""
FAILURES = 3
"""So many in a row, and the channel is said to be broken, whatever became of each message."""


def failed(session: Session, row: NotifyChannel, site_id: UUID | None, at: datetime) -> None:
    """Raise the alarm of a channel, at a site or, for what has none, at the first one."""
    if row.alarm_site_id is not None:
        return
    place = site_id or repository.first_site(session)
    if place is None:
        return
    row.alarm_site_id = place
    session.add(row)
    _raise(session, place, row.name, row.trouble, at)


def works(session: Session, row: NotifyChannel, at: datetime) -> None:
    """Clear the alarm of a channel."""
    if row.alarm_site_id is not None:
        _clear(session, row.alarm_site_id, row.name, at)
        row.alarm_site_id = None
        session.add(row)


def nobody(session: Session, site_ids: Collection[UUID], at: datetime) -> bool:
    """Raise and clear the alarms of sites where nobody can be told; True when something changed."""
    standing_at = repository.sites_with(session, CODE, NOBODY)
    for site_id in sorted(set(site_ids) - standing_at):
        _raise(session, site_id, NOBODY, "nobody on duty has a confirmed address", at)
    for site_id in sorted(standing_at - set(site_ids)):
        _clear(session, site_id, NOBODY, at)
    return standing_at != set(site_ids)


def _raise(session: Session, site_id: UUID, part: str, detail: str, at: datetime) -> None:
    said = Said(CODE, part, CATALOGUE[CODE].severity, detail)
    standing.edge(session, Place(site_id), said, Word.RAISED, at, at)


def _clear(session: Session, site_id: UUID, part: str, at: datetime) -> None:
    row = alarms.newest(session, site_id, CODE, part)
    if row is not None and row.is_raised:
        standing.note(session, row, Word.CLEARED, max(at, row.since_at), at)
