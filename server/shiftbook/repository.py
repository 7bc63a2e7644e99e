"""Queries about the shift book, and about what is open at a site."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from server.faults.alarms.repository import WANTING
from server.tables import (
    Alarm,
    EmergencyRow,
    Notice,
    NoticeHold,
    Panel,
    ShiftHandover,
    ShiftNote,
    Site,
    Submission,
    SubmissionItem,
    User,
    WorkOrder,
)
from server.tables.emergencies import EmergencyState
from server.tables.releases import SubmissionState

MOST = 300
_STANDING = (EmergencyState.PREPARING, EmergencyState.ASKING, EmergencyState.RUNNING)


def notes(session: Session, site_id: UUID, since: datetime, most: int = 100) -> list[ShiftNote]:
    """Return a site's notes since a time, newest first."""
    statement = select(ShiftNote).where(ShiftNote.site_id == site_id, col(ShiftNote.written_at) >= since)
    return list(session.exec(statement.order_by(col(ShiftNote.id).desc()).limit(most)))


def handovers(session: Session, site_id: UUID, most: int = 50) -> list[ShiftHandover]:
    """Return a site's handovers, newest first."""
    statement = select(ShiftHandover).where(ShiftHandover.site_id == site_id)
    return list(session.exec(statement.order_by(col(ShiftHandover.id).desc()).limit(most)))


def handover(session: Session, handover_id: UUID, *, lock: bool = False) -> ShiftHandover | None:
    """Return a handover."""
    return session.get(ShiftHandover, handover_id, with_for_update=lock or None)


def waiting(session: Session, site_id: UUID) -> ShiftHandover | None:
    """Return the handover of a site that nobody has taken yet, locked."""
    statement = select(ShiftHandover).where(ShiftHandover.site_id == site_id, col(ShiftHandover.taken_at).is_(None))
    return session.exec(statement.with_for_update()).first()


def alarms(session: Session, site_id: UUID) -> list[Alarm]:
    """Return a site's alarms that want somebody, hidden ones too; what follows from another one is left out."""
    statement = (
        select(Alarm)
        .where(
            Alarm.site_id == site_id,
            col(Alarm.active_at).is_not(None),
            col(Alarm.phase).in_(WANTING),
            col(Alarm.cause_id).is_(None),
        )
        .order_by(col(Alarm.id))
        .limit(MOST)
    )
    return list(session.exec(statement))


def holds(session: Session, site_id: UUID) -> list[tuple[NoticeHold, str]]:
    """Return the holds that stand at a site, with the notice's title."""
    statement = (
        select(NoticeHold, Notice.title)
        .join(Notice, col(Notice.id) == col(NoticeHold.notice_id))
        .where(NoticeHold.site_id == site_id, col(NoticeHold.lifted_at).is_(None))
        .order_by(col(NoticeHold.id))
        .limit(MOST)
    )
    return [(row, title) for row, title in session.exec(statement)]


def emergencies(session: Session) -> list[EmergencyRow]:
    """Return emergencies that run or wait."""
    statement = select(EmergencyRow).where(col(EmergencyRow.state).in_(_STANDING))
    return list(session.exec(statement.order_by(col(EmergencyRow.id)).limit(MOST)))


def submissions(session: Session) -> list[Submission]:
    """Return submissions that collect signatures."""
    statement = select(Submission).where(Submission.state == SubmissionState.ASKING)
    return list(session.exec(statement.order_by(col(Submission.id)).limit(MOST)))


def titles(session: Session, submission_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the title of the first notice of each submission."""
    statement = (
        select(SubmissionItem.submission_id, Notice.title)
        .join(Notice, col(Notice.id) == col(SubmissionItem.notice_id))
        .where(col(SubmissionItem.submission_id).in_(list(submission_ids)))
        .order_by(col(SubmissionItem.id).desc())
    )
    return dict(iter(session.exec(statement)))


def orders(session: Session, site_id: UUID) -> list[WorkOrder]:
    """Return a site's work orders that are not closed."""
    statement = select(WorkOrder).where(WorkOrder.site_id == site_id, col(WorkOrder.closed_at).is_(None))
    return list(session.exec(statement.order_by(col(WorkOrder.id)).limit(MOST)))


def panels_at(session: Session, site_id: UUID) -> dict[UUID, Panel]:
    """Return a site's panels by id."""
    return {row.id: row for row in session.exec(select(Panel).where(Panel.site_id == site_id))}


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def people(session: Session, ids: Collection[UUID]) -> dict[UUID, User]:
    """Return people by id."""
    return {row.id: row for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}
