"""Queries on what is released."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.tables import Notice, Panel, Segment, SignedDocument, Site, Submission, SubmissionItem, SubmittedSegment
from server.tables.releases import SubmissionState
from server.tables.trust import DocumentState
from server.trust.kinds import Kind

IN_FORCE = (SubmissionState.RELEASED, SubmissionState.SUPERSEDED)
"""What was superseded is allowed still: a later release may be for some of its panels only."""


class Sealed(NamedTuple):
    """A submission that was released, with its document."""

    submission: Submission
    document: SignedDocument


def sealed(session: Session, at: datetime) -> list[Sealed]:
    """Return what is released and not over at a time, in the order in which it was released."""
    statement = (
        select(Submission, SignedDocument)
        .join(SignedDocument, col(SignedDocument.id) == col(Submission.document_id))
        .where(col(Submission.state).in_(IN_FORCE), Submission.show_until > at)
        .order_by(col(SignedDocument.sealed_at), col(Submission.id))
    )
    return [Sealed(submission, document) for submission, document in session.exec(statement)]


def retiring(session: Session) -> list[list[str]]:
    """Return what each release retired, whether it is over or not: what was retired never comes back."""
    return [list(one) for one in session.exec(select(Submission.retires).where(col(Submission.state).in_(IN_FORCE)))]


def revisions(session: Session, submission_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], int]:
    """Return which revision of which notice submissions hold."""
    statement = select(SubmissionItem).where(col(SubmissionItem.submission_id).in_(list(submission_ids)))
    return {(row.submission_id, row.notice_id): row.revision for row in session.exec(statement)}


class Part(NamedTuple):
    """A segment of a submission, as it is rendered."""

    submitted: SubmittedSegment
    segment: Segment


def parts(
    session: Session, submission_ids: Iterable[UUID], profile: str | None = None, notice_ids: Iterable[UUID] = ()
) -> list[Part]:
    """Return the segments of submissions as they are now; with `profile` those for it, with `notice_ids` of these."""
    statement = (
        select(SubmittedSegment, Segment)
        .join(Segment, col(Segment.id) == col(SubmittedSegment.segment_id))
        .where(col(SubmittedSegment.submission_id).in_(list(submission_ids)))
        .order_by(col(SubmittedSegment.id))
        .execution_options(populate_existing=True)
    )
    if profile is not None:
        statement = statement.where(SubmittedSegment.profile == profile)
    if wanted := list(notice_ids):
        statement = statement.where(col(SubmittedSegment.notice_id).in_(wanted))
    return [Part(submitted, segment) for submitted, segment in session.exec(statement)]


def withdrawals(session: Session) -> list[SignedDocument]:
    """Return all withdrawals that were signed."""
    statement = select(SignedDocument).where(
        SignedDocument.kind == Kind.WITHDRAWAL, SignedDocument.state == DocumentState.SEALED
    )
    return list(session.exec(statement))


def recent_emergencies(session: Session, since: datetime) -> list[SignedDocument]:
    """Return emergencies that were signed since a time."""
    statement = select(SignedDocument).where(
        SignedDocument.kind == Kind.EMERGENCY,
        SignedDocument.state == DocumentState.SEALED,
        col(SignedDocument.sealed_at) >= since,
    )
    return list(session.exec(statement))


def site_of(session: Session, panel: Panel) -> Site:
    """Return a panel's site."""
    return session.get_one(Site, panel.site_id)


def notices(session: Session, ids: Iterable[UUID]) -> dict[UUID, Notice]:
    """Return notices by id."""
    return {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(list(ids))))}
