"""What live pages are told: rows of the change table, written in the transaction that makes the change."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from server.db import Wake, ring_after_commit
from server.tables import Change

KEEP = timedelta(days=2)
MOST_AT_ONCE = 500
_NOTED = "bangtin_noted"


def note_change(session: Session, topic: str, subject_id: UUID) -> None:
    """Write that something changed, once in a transaction, and wake the event streams when it is committed."""
    noted: dict[tuple[str, UUID], Change] = session.info.setdefault(_NOTED, {})
    before = noted.get((topic, subject_id))
    if before is None or before not in session:  # not in it any more: rolled back
        noted[topic, subject_id] = change = Change(topic=topic, subject_id=subject_id)
        session.add(change)
    ring_after_commit(session, Wake.CHANGES)


def changes_after(session: Session, change_id: int, most: int = MOST_AT_ONCE) -> list[Change]:
    """Return changes with a greater id, oldest first."""
    statement = select(Change).where(col(Change.id) > change_id).order_by(col(Change.id)).limit(most)
    return list(session.exec(statement))


def newest_change(session: Session) -> int:
    """Return the greatest id so far, or 0."""
    return session.exec(select(func.max(Change.id))).one() or 0


def forget_changes(session: Session, before: datetime) -> None:
    """Delete changes older than a time; a page that was away for longer loads anew."""
    session.exec(delete(Change).where(col(Change.at) < before))
