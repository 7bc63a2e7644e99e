"""Queries about times in which faults are expected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import ExpectedWindow, Panel, Site


def window(session: Session, window_id: UUID, *, lock: bool = False) -> ExpectedWindow | None:
    """Return a window."""
    return session.get(ExpectedWindow, window_id, with_for_update=lock or None)


def windows(session: Session, seen: Seen, after: datetime, part: Slice) -> list[tuple[ExpectedWindow, Site]]:
    """Return windows that end after a time, newest first, one more than the page holds."""
    statement = (
        select(ExpectedWindow, Site)
        .join(Site, col(Site.id) == col(ExpectedWindow.site_id))
        .where(ExpectedWindow.to_at > after, seen.at(col(Site.agency_id), col(Site.id)))
        .order_by(col(ExpectedWindow.id).desc())
        .limit(part.limit + 1)
    )
    if part.before is not None:
        statement = statement.where(col(ExpectedWindow.id) < part.before)
    return [(row, site) for row, site in session.exec(statement)]


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)
