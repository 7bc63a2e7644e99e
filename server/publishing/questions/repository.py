"""Queries for the four questions."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from server.tables import Media


def media(session: Session, media_id: UUID) -> Media | None:
    """Return a file of the library."""
    return session.get(Media, media_id)
