"""Queries on submissions and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import (
    Agency,
    Panel,
    Site,
    Submission,
    SubmissionItem,
    User,
)
from server.tables.releases import SubmissionState


def submission(session: Session, submission_id: UUID, *, lock: bool = False) -> Submission | None:
    """Return a submission; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(Submission, submission_id, with_for_update=lock or None, populate_existing=lock)


def submissions(session: Session, asked: Slice, seen: Seen, ids: Iterable[UUID], state: str | None) -> list[Submission]:
    """Return submissions that a person sees and those of `ids`, the newest first, one more than asked for."""
    statement = select(Submission).order_by(col(Submission.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Submission.id) < asked.before)
    statement = statement.where(or_(seen.of(col(Submission.agency_id)), col(Submission.id).in_(list(ids))))
    if state is not None:
        statement = statement.where(Submission.state == state)
    return list(session.exec(statement))


def of_documents(session: Session, document_ids: Iterable[UUID]) -> list[Submission]:
    """Return the submissions of documents."""
    return list(session.exec(select(Submission).where(col(Submission.document_id).in_(list(document_ids)))))


def in_states(session: Session, states: Iterable[str], agency_id: UUID | None = None) -> list[Submission]:
    """Return submissions in some states, the newest first."""
    statement = select(Submission).where(col(Submission.state).in_(list(states)))
    if agency_id is not None:
        statement = statement.where(Submission.agency_id == agency_id)
    return list(session.exec(statement.order_by(col(Submission.id).desc())))


def due(session: Session, at: datetime) -> list[Submission]:
    """Return released submissions that began or ended, whose panels were not told yet."""
    begun = (col(Submission.not_before) <= at) & col(Submission.begun).is_(False)
    over = (col(Submission.show_until) <= at) & col(Submission.over).is_(False)
    statement = select(Submission).where(
        col(Submission.state).in_([SubmissionState.RELEASED, SubmissionState.SUPERSEDED]), or_(begun, over)
    )
    return list(session.exec(statement.order_by(col(Submission.id))))


def items(session: Session, submission_ids: Iterable[UUID]) -> dict[UUID, list[SubmissionItem]]:
    """Return what each submission holds, in the order in which it was named."""
    wanted = list(submission_ids)
    found: dict[UUID, list[SubmissionItem]] = {one: [] for one in wanted}
    statement = select(SubmissionItem).where(col(SubmissionItem.submission_id).in_(wanted))
    for row in session.exec(statement.order_by(col(SubmissionItem.id))):
        found[row.submission_id].append(row)
    return found


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def panels(session: Session, ids: Iterable[UUID]) -> dict[UUID, Panel]:
    """Return panels by id."""
    return {row.id: row for row in session.exec(select(Panel).where(col(Panel.id).in_(list(ids))))}


def panels_at(session: Session, site_ids: Iterable[UUID]) -> list[Panel]:
    """Return the panels of sites."""
    statement = select(Panel).where(col(Panel.site_id).in_(list(site_ids)))
    return list(session.exec(statement.order_by(col(Panel.id))))


def people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, User]:
    """Return people by id."""
    wanted: Sequence[UUID] = [one for one in ids if one is not None]
    return {row.id: row for row in session.exec(select(User).where(col(User.id).in_(wanted)))}


def agency_slug(session: Session, agency_id: UUID) -> str:
    """Return an agency's short name."""
    return session.get_one(Agency, agency_id).slug
