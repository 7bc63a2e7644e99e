"""Queries about times in which faults are expected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from playlists.alarm.window import WindowKind
from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import ExpectedWindow, Panel, Site

Kept = ExpectedWindow


def kind(row: Kept) -> WindowKind:
    """Return why a window expects something."""
    return WindowKind(row.kind)


def window(session: Session, window_id: UUID, *, lock: bool = False) -> Kept | None:
    """Return a window."""
    return session.get(Kept, window_id, with_for_update=lock or None)


def at_place(session: Session, site_id: UUID, panel_id: UUID | None, at: datetime) -> list[Kept]:
    """Return windows of a place that are not over."""
    whole = col(Kept.panel_id).is_(None)
    here = or_(whole, Kept.panel_id == panel_id) if panel_id is not None else whole
    return list(session.exec(select(Kept).where(Kept.site_id == site_id, Kept.to_at > at, here)))


def windows(session: Session, seen: Seen, after: datetime, part: Slice) -> list[tuple[Kept, Site]]:
    """Return windows that end after a time, newest first, one more than the page holds."""
    statement = (
        select(Kept, Site)
        .join(Site, col(Site.id) == col(Kept.site_id))
        .where(Kept.to_at > after, seen.at(col(Site.agency_id), col(Site.id)))
        .order_by(col(Kept.id).desc())
        .limit(part.limit + 1)
    )
    if part.before is not None:
        statement = statement.where(col(Kept.id) < part.before)
    return [(row, site) for row, site in session.exec(statement)]


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)
