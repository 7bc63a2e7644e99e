"""Queries about schedule entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, exists, or_, select

from playlists.language import fold
from server.db import Session
from server.edge import Slice
from server.scheduling.targets import repository as targets
from server.seen import EVERYTHING, Seen
from server.tables import EntryTarget, Panel, PlaylistRow, ScheduleEntryRow

AT_ONCE = 500
"""How many ids one statement names."""


@dataclass(frozen=True)
class Wanted:
    """Which entries a list asks for. `panel` narrows to what is meant for it; `q` looks in note and playlist name."""

    seen: Seen = EVERYTHING
    panel: Panel | None = None
    playlist_id: UUID | None = None
    q: str = ""
    deleted: bool = False
    since: str | None = None
    """A local date: entries that ended before it are left out."""


def entry(session: Session, entry_id: UUID, *, lock: bool = False) -> ScheduleEntryRow | None:
    """Return an entry, deleted or not; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(ScheduleEntryRow, entry_id, with_for_update=lock or None)


def entries(session: Session, wanted: Wanted, part: Slice) -> list[ScheduleEntryRow]:
    """Return entries, newest first, one more than the page holds."""
    statement = select(ScheduleEntryRow).order_by(col(ScheduleEntryRow.id).desc()).limit(part.limit + 1)
    deleted = col(ScheduleEntryRow.deleted_at)
    statement = statement.where(deleted.is_not(None) if wanted.deleted else deleted.is_(None))
    statement = statement.where(wanted.seen.of(col(ScheduleEntryRow.agency_id)))
    if wanted.panel is not None:
        statement = statement.where(targets.entries_mean(wanted.panel))
    if wanted.playlist_id is not None:
        statement = statement.where(ScheduleEntryRow.playlist_id == wanted.playlist_id)
    if wanted.since is not None:
        statement = statement.where(_lasts_to(wanted.since))
    if part.before is not None:
        statement = statement.where(col(ScheduleEntryRow.id) < part.before)
    if wanted.q.strip():
        statement = statement.join(PlaylistRow, col(PlaylistRow.id) == col(ScheduleEntryRow.playlist_id))
        for word in fold(wanted.q).split():
            in_name = col(PlaylistRow.name_folded).contains(word, autoescape=True)
            statement = statement.where(or_(in_name, col(ScheduleEntryRow.note_folded).contains(word, autoescape=True)))
    return list(session.exec(statement))


def of_panel(session: Session, panel: Panel, since: str | None = None) -> list[ScheduleEntryRow]:
    """Return every entry that is meant for a panel, by id; with `since` (a local date) not those that ended before."""
    statement = (
        select(ScheduleEntryRow)
        .where(col(ScheduleEntryRow.deleted_at).is_(None), targets.entries_mean(panel))
        .order_by(col(ScheduleEntryRow.id))
    )
    return list(session.exec(statement if since is None else statement.where(_lasts_to(since))))


def playlists_of(session: Session, panel: Panel, since: str) -> set[UUID]:
    """Return the playlists of the entries that are meant for a panel and did not end before a local date."""
    statement = select(ScheduleEntryRow.playlist_id).where(
        col(ScheduleEntryRow.deleted_at).is_(None), targets.entries_mean(panel), _lasts_to(since)
    )
    return set(session.exec(statement.distinct()))


def ending(session: Session, seen: Seen, first: str, last: str, most: int) -> list[ScheduleEntryRow]:
    """Return entries whose last day lies between two local dates, the first to end first."""
    ends = col(ScheduleEntryRow.last_on)
    statement = (
        select(ScheduleEntryRow)
        .where(col(ScheduleEntryRow.deleted_at).is_(None), ends >= first, ends <= last)
        .order_by(ends, col(ScheduleEntryRow.id))
        .limit(most)
    )
    return list(session.exec(statement.where(seen.of(col(ScheduleEntryRow.agency_id)))))


def plain_of(session: Session, panel: Panel) -> list[ScheduleEntryRow]:
    """Return a panel's plain week: entries of its agency for it alone, in a weekly window without dates or weight."""
    alone = ~exists().where(
        col(EntryTarget.entry_id) == col(ScheduleEntryRow.id),
        or_(col(EntryTarget.panel_id).is_(None), col(EntryTarget.panel_id) != panel.id),
    )
    named = select(EntryTarget.entry_id).where(EntryTarget.panel_id == panel.id)
    statement = select(ScheduleEntryRow).where(
        ScheduleEntryRow.agency_id == panel.agency_id,
        col(ScheduleEntryRow.id).in_(named),
        alone,
        col(ScheduleEntryRow.deleted_at).is_(None),
        col(ScheduleEntryRow.own_window).is_not(None),
        col(ScheduleEntryRow.recurrence).is_(None),
        col(ScheduleEntryRow.valid_from).is_(None),
        col(ScheduleEntryRow.valid_until).is_(None),
        ScheduleEntryRow.weight == 1,
    )
    rows = list(session.exec(statement))
    return sorted(rows, key=lambda row: (-row.priority, (row.own_window or {}).get("start", ""), row.id))


def remove(session: Session, ids: Iterable[UUID]) -> None:
    """Remove entries for good."""
    every = list(ids)
    for first in range(0, len(every), AT_ONCE):
        part = every[first : first + AT_ONCE]
        session.exec(delete(EntryTarget).where(col(EntryTarget.entry_id).in_(part)))
        session.exec(delete(ScheduleEntryRow).where(col(ScheduleEntryRow.id).in_(part)))
    session.flush()


def deleted_before(session: Session, at: datetime, most: int) -> Sequence[UUID]:
    """Return entries that were deleted before a time."""
    statement = select(ScheduleEntryRow.id).where(col(ScheduleEntryRow.deleted_at) < at).limit(most)
    return list(session.exec(statement))


def playlist_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return names of playlists by id."""
    return {row.id: row.name for row in session.exec(select(PlaylistRow).where(col(PlaylistRow.id).in_(list(ids))))}


def _lasts_to(day: str) -> ColumnElement[bool]:
    ends = col(ScheduleEntryRow.last_on)
    return or_(ends.is_(None), ends >= day)
