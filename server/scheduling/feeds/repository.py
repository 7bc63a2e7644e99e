"""Queries about calendar feeds."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, or_, select

from server.db import Session
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import CalendarFeed, Panel, Site


def feed(session: Session, feed_id: UUID, *, lock: bool = False) -> CalendarFeed | None:
    """Return a feed; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(CalendarFeed, feed_id, with_for_update=lock or None)


def by_token(session: Session, token_sha256: str) -> CalendarFeed | None:
    """Return the feed of an address, unless it was revoked."""
    statement = select(CalendarFeed).where(
        CalendarFeed.token_sha256 == token_sha256, col(CalendarFeed.revoked_at).is_(None)
    )
    return session.exec(statement).first()


def feeds(session: Session, seen: Seen, part: Slice) -> list[CalendarFeed]:
    """Return feeds that were not revoked, newest first, one more than the page holds."""
    statement = select(CalendarFeed).where(col(CalendarFeed.revoked_at).is_(None))
    statement = statement.order_by(col(CalendarFeed.id).desc()).limit(part.limit + 1)
    if seen != EVERYTHING:
        panels = select(Panel.id).where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
        sites = select(Site.id).where(seen.at(col(Site.agency_id), col(Site.id)))
        statement = statement.where(or_(col(CalendarFeed.panel_id).in_(panels), col(CalendarFeed.site_id).in_(sites)))
    if part.before is not None:
        statement = statement.where(col(CalendarFeed.id) < part.before)
    return list(session.exec(statement))


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def panels_at(session: Session, site_id: UUID) -> list[Panel]:
    """Return the panels of a site, by name."""
    statement = select(Panel).where(Panel.site_id == site_id)
    return list(session.exec(statement.order_by(col(Panel.name), col(Panel.id))))
