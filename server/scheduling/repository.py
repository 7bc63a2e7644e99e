"""Queries about playlists, and the panel and site that a schedule is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, select

from playlists.language import fold
from server.db import Session
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import (
    Notice,
    OverrideRow,
    Panel,
    PlaylistItemRow,
    PlaylistRow,
    ScheduleEntryRow,
    Site,
)


@dataclass(frozen=True)
class Sought:
    """Which playlists a list asks for. `q` is compared without case and accents."""

    seen: Seen = EVERYTHING
    q: str = ""
    archived: bool = False


def playlist(session: Session, playlist_id: UUID, *, lock: bool = False) -> PlaylistRow | None:
    """Return a playlist; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(PlaylistRow, playlist_id, with_for_update=lock or None)


def playlists(session: Session, sought: Sought, part: Slice) -> list[PlaylistRow]:
    """Return playlists, newest first, one more than the page holds."""
    statement = select(PlaylistRow).order_by(col(PlaylistRow.id).desc()).limit(part.limit + 1)
    archived = col(PlaylistRow.archived_at)
    statement = statement.where(archived.is_not(None) if sought.archived else archived.is_(None))
    statement = statement.where(sought.seen.of(col(PlaylistRow.agency_id)))
    if part.before is not None:
        statement = statement.where(col(PlaylistRow.id) < part.before)
    for word in fold(sought.q).split():
        statement = statement.where(col(PlaylistRow.name_folded).contains(word, autoescape=True))
    return list(session.exec(statement))


def by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, PlaylistRow]:
    """Return playlists by id."""
    rows = session.exec(select(PlaylistRow).where(col(PlaylistRow.id).in_(list(ids))))
    return {row.id: row for row in rows}


def items(session: Session, playlist_ids: Iterable[UUID]) -> dict[UUID, list[PlaylistItemRow]]:
    """Return the items of playlists, in order."""
    found: dict[UUID, list[PlaylistItemRow]] = {playlist_id: [] for playlist_id in playlist_ids}
    statement = (
        select(PlaylistItemRow)
        .where(col(PlaylistItemRow.playlist_id).in_(list(found)))
        .order_by(col(PlaylistItemRow.position))
    )
    for row in session.exec(statement):
        found[row.playlist_id].append(row)
    return found


def replace_items(session: Session, playlist_id: UUID, rows: Sequence[PlaylistItemRow]) -> None:
    """Put new items in the place of all old ones."""
    session.exec(delete(PlaylistItemRow).where(col(PlaylistItemRow.playlist_id) == playlist_id))
    session.flush()
    session.add_all(rows)
    session.flush()


def notices(session: Session, ids: Iterable[UUID]) -> dict[UUID, Notice]:
    """Return notices by id."""
    return {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(list(ids))))}


def defaulting(session: Session, playlist_id: UUID) -> list[Panel]:
    """Return the panels whose default a playlist is, by name."""
    return list(session.exec(select(Panel).where(Panel.default_playlist_id == playlist_id).order_by(col(Panel.name))))


def is_scheduled(session: Session, playlist_id: UUID, at: datetime) -> bool:
    """Tell whether an entry, or an override that is not over at a time, plays a playlist."""
    entry = select(ScheduleEntryRow.id).where(
        ScheduleEntryRow.playlist_id == playlist_id, col(ScheduleEntryRow.deleted_at).is_(None)
    )
    override = select(OverrideRow.id).where(
        OverrideRow.playlist_id == playlist_id, col(OverrideRow.ended_at).is_(None), col(OverrideRow.ends_at) > at
    )
    return session.exec(entry.limit(1)).first() is not None or session.exec(override.limit(1)).first() is not None


def panel(session: Session, panel_id: UUID, *, lock: bool = False) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id, with_for_update=lock or None)


def site(session: Session, site_id: UUID) -> Site:
    """Return a panel's site."""
    return session.get_one(Site, site_id)
