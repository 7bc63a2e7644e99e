"""Queries on uploads in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from server.tables import Media, UploadSession
from server.tables.uploads import UploadState

MOST_SHOWN = 200
OPEN = (UploadState.RECEIVING, UploadState.CHECKING)
"""States of an upload that still needs its bytes."""


def upload(session: Session, upload_id: UUID, *, lock: bool = False) -> UploadSession | None:
    """Return an upload; `lock` keeps it from others until the transaction ends."""
    return session.get(UploadSession, upload_id, with_for_update=lock or None)


def uploads_of(session: Session, user_id: UUID) -> list[UploadSession]:
    """Return a person's uploads, newest first."""
    statement = select(UploadSession).where(UploadSession.uploaded_by == user_id)
    return list(session.exec(statement.order_by(col(UploadSession.id).desc()).limit(MOST_SHOWN)))


def running(session: Session, user_id: UUID) -> int:
    """Count a person's uploads that are not finished."""
    statement = select(func.count()).select_from(UploadSession).where(UploadSession.uploaded_by == user_id)
    return session.exec(statement.where(col(UploadSession.state).in_(OPEN))).one()


def names_of_media(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of media by id."""
    rows = session.exec(select(Media.id, Media.name).where(col(Media.id).in_(ids)))
    return dict(rows.all())


def receiving(session: Session) -> list[UploadSession]:
    """Return every upload that still comes in."""
    return list(session.exec(select(UploadSession).where(UploadSession.state == UploadState.RECEIVING)))


def open_ids(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of the uploads still need their bytes."""
    statement = select(UploadSession.id).where(col(UploadSession.id).in_(ids))
    return set(session.exec(statement.where(col(UploadSession.state).in_(OPEN))))


def forget_finished(session: Session, before: datetime) -> None:
    """Delete what is written about uploads that ended before a time."""
    session.exec(delete(UploadSession).where(col(UploadSession.finished_at) < before))
