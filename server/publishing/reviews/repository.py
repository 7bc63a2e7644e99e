"""Queries for reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from server.tables import (
    Panel,
    PlaylistItemRow,
    PlaylistRow,
    Revision,
    Segment,
    Site,
    Submission,
    SubmissionItem,
    SubmittedSegment,
    User,
    Variant,
)
from server.tables.releases import SubmissionState


class Earlier(NamedTuple):
    """What was released of a notice before: the submission and the revision that it holds."""

    submission: Submission
    revision: int


class InPlaylist(NamedTuple):
    """A notice's item in a playlist that is not archived."""

    item: PlaylistItemRow
    playlist: PlaylistRow


def earlier(session: Session, notice_id: UUID, but: UUID) -> Earlier | None:
    """Return the newest submission of a notice that was released, leaving one out."""
    statement = (
        select(Submission, SubmissionItem.revision)
        .join(SubmissionItem, col(SubmissionItem.submission_id) == col(Submission.id))
        .where(
            SubmissionItem.notice_id == notice_id, Submission.state == SubmissionState.RELEASED, Submission.id != but
        )
        .order_by(col(SubmissionItem.revision).desc(), col(Submission.ended_at).desc())
        .limit(1)
    )
    found = session.exec(statement).first()
    return Earlier(*found) if found is not None else None


def segments(session: Session, submission_id: UUID) -> list[tuple[SubmittedSegment, Segment]]:
    """Return the segments of a submission."""
    statement = (
        select(SubmittedSegment, Segment)
        .join(Segment, col(Segment.id) == col(SubmittedSegment.segment_id))
        .where(SubmittedSegment.submission_id == submission_id)
        .order_by(col(SubmittedSegment.id))
    )
    return [(part, segment) for part, segment in session.exec(statement)]


def revision(session: Session, notice_id: UUID, number: int) -> Revision | None:
    """Return a revision of a notice."""
    statement = select(Revision).where(Revision.notice_id == notice_id, Revision.number == number)
    return session.exec(statement).first()


def variants(session: Session, revision_id: UUID) -> list[Variant]:
    """Return the languages of a revision."""
    return list(session.exec(select(Variant).where(Variant.revision_id == revision_id)))


def in_playlists(session: Session, notice_ids: Iterable[UUID]) -> list[InPlaylist]:
    """Return the items of notices in playlists that are not archived."""
    statement = (
        select(PlaylistItemRow, PlaylistRow)
        .join(PlaylistRow, col(PlaylistRow.id) == col(PlaylistItemRow.playlist_id))
        .where(col(PlaylistItemRow.notice_id).in_(list(notice_ids)), col(PlaylistRow.archived_at).is_(None))
        .order_by(col(PlaylistRow.name), col(PlaylistItemRow.position))
    )
    return [InPlaylist(item, playlist) for item, playlist in session.exec(statement)]


def items_of(session: Session, playlist_ids: Iterable[UUID]) -> list[PlaylistItemRow]:
    """Return all items of playlists."""
    return list(session.exec(select(PlaylistItemRow).where(col(PlaylistItemRow.playlist_id).in_(list(playlist_ids)))))


def people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, User]:
    """Return people by id."""
    wanted = [one for one in ids if one is not None]
    return {row.id: row for row in session.exec(select(User).where(col(User.id).in_(wanted)))}


def people_by_name(session: Session, names: Iterable[str]) -> dict[str, User]:
    """Return people by user name."""
    return {row.username: row for row in session.exec(select(User).where(col(User.username).in_(list(names))))}


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def panels(session: Session, ids: Iterable[UUID]) -> dict[UUID, Panel]:
    """Return panels by id."""
    return {row.id: row for row in session.exec(select(Panel).where(col(Panel.id).in_(list(ids))))}
