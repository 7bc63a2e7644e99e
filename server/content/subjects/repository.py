"""Queries on the yearly lists."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, func, or_, select

from server.seen import Seen
from server.tables import Notice, Revision, Subject


def subject(session: Session, subject_id: UUID, *, lock: bool = False) -> Subject | None:
    """Return a line of a list."""
    return session.get(Subject, subject_id, with_for_update=lock or None)


def subjects(session: Session, seen: Seen, year: int | None, kind: str | None) -> list[Subject]:
    """Return lines in their order, the newest year first."""
    statement = select(Subject).order_by(
        col(Subject.year).desc(), col(Subject.kind), col(Subject.position), col(Subject.name_folded)
    )
    statement = statement.where(seen.of(col(Subject.agency_id)))
    alike = {Subject.year: year, Subject.kind: kind}
    return list(
        session.exec(statement.where(*(col(one) == value for one, value in alike.items() if value is not None)))
    )


def same_name(session: Session, agency_id: UUID, year: int, kind: str, folded: str) -> Subject | None:
    """Return the line of a list that has this name."""
    statement = select(Subject).where(
        Subject.agency_id == agency_id, Subject.year == year, Subject.kind == kind, Subject.name_folded == folded
    )
    return session.exec(statement).first()


def used(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many notices name lines in their newest revision; a line that none names is left out."""
    wanted = list(subject_ids)
    counts: dict[UUID, int] = {}
    for column in (col(Revision.subject_id), col(Revision.task_id)):
        statement = (
            select(column, func.count())
            .join(Notice, (col(Notice.id) == col(Revision.notice_id)) & (col(Notice.newest) == col(Revision.number)))
            .where(column.in_(wanted))
            .group_by(column)
        )
        counts |= {one: count for one, count in session.exec(statement) if one is not None}
    return counts


def was_used(session: Session, subject_id: UUID) -> bool:
    """Tell whether any revision of any notice ever named a line."""
    named = or_(col(Revision.subject_id) == subject_id, col(Revision.task_id) == subject_id)
    return session.exec(select(Revision.id).where(named).limit(1)).first() is not None


def was_copied(session: Session, subject_id: UUID) -> bool:
    """Tell whether a line of another year was copied from this one."""
    return session.exec(select(Subject.id).where(Subject.copied_from == subject_id).limit(1)).first() is not None


def forget(session: Session, row: Subject) -> None:
    """Delete a line."""
    session.delete(row)
    session.flush()
