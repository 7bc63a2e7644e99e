"""Queries about holds, and about where a notice is released."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from server.seen import Seen
from server.tables import (
    HoldList,
    Kiosk,
    KioskStatus,
    Notice,
    NoticeHold,
    Panel,
    Segment,
    Site,
    Submission,
    SubmittedSegment,
    User,
)
from server.tables.releases import SubmissionState

RELEASED = (SubmissionState.RELEASED, SubmissionState.SUPERSEDED)


class Released(NamedTuple):
    """A rendered segment of a notice, in a submission that was released."""

    submission: Submission
    sha256: str


class Behind(NamedTuple):
    """A panel with its site, its kiosk, and what that last said."""

    panel: Panel
    site: Site
    kiosk: Kiosk | None
    status: KioskStatus | None


def notice(session: Session, notice_id: UUID) -> Notice | None:
    """Return a notice."""
    return session.get(Notice, notice_id)


def released(session: Session, notice_id: UUID) -> list[Released]:
    """Return the segments of a notice that people released, whether or not their time is over."""
    statement = (
        select(Submission, Segment.sha256)
        .join(SubmittedSegment, col(SubmittedSegment.submission_id) == col(Submission.id))
        .join(Segment, col(Segment.id) == col(SubmittedSegment.segment_id))
        .where(
            SubmittedSegment.notice_id == notice_id,
            col(Submission.state).in_(RELEASED),
            col(Segment.sha256).is_not(None),
        )
        .order_by(col(Submission.id), col(SubmittedSegment.id))
    )
    return [Released(row, sha256) for row, sha256 in session.exec(statement) if sha256 is not None]


def newest_released(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return the digests of the newest release of each notice that has one."""
    statement = (
        select(SubmittedSegment.notice_id, Submission.id, Segment.sha256)
        .join(Submission, col(SubmittedSegment.submission_id) == col(Submission.id))
        .join(Segment, col(Segment.id) == col(SubmittedSegment.segment_id))
        .where(
            col(SubmittedSegment.notice_id).in_(list(notice_ids)),
            col(Submission.state).in_(RELEASED),
            col(Segment.sha256).is_not(None),
        )
        .order_by(col(SubmittedSegment.revision), col(Submission.id))
    )
    found: dict[UUID, tuple[UUID, set[str]]] = {}
    for notice_id, submission_id, sha256 in session.exec(statement):
        if notice_id not in found or found[notice_id][0] != submission_id:
            found[notice_id] = (submission_id, set())
        found[notice_id][1].add(str(sha256))
    return {notice_id: digests for notice_id, (_, digests) in found.items()}


def panels(session: Session, ids: Iterable[UUID]) -> list[Panel]:
    """Return panels by id."""
    return list(session.exec(select(Panel).where(col(Panel.id).in_(list(ids)))))


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def panels_at(session: Session, site_ids: Iterable[UUID]) -> list[Behind]:
    """Return the panels of sites by name, each with its kiosk that was not revoked."""
    statement = (
        select(Panel, Site, Kiosk, KioskStatus)
        .join(Site, col(Site.id) == col(Panel.site_id))
        .outerjoin(Kiosk, (col(Kiosk.panel_id) == col(Panel.id)) & col(Kiosk.revoked_at).is_(None))
        .outerjoin(KioskStatus, col(KioskStatus.kiosk_id) == col(Kiosk.id))
        .where(col(Panel.site_id).in_(list(site_ids)))
        .order_by(col(Site.name), col(Panel.name), col(Panel.id))
    )
    return [Behind(*row) for row in session.exec(statement)]


def hold_list(session: Session, site_id: UUID) -> HoldList | None:
    """Return a site's hold list, kept from others until the transaction ends."""
    return session.get(HoldList, site_id, with_for_update=True)


def holds(
    session: Session,
    *,
    notice_id: UUID | None = None,
    site_ids: Iterable[UUID] | None = None,
    lifted: bool = False,
    most: int = 500,
) -> list[NoticeHold]:
    """Return holds, the newest first; with `lifted` those that were lifted as well."""
    statement = select(NoticeHold).order_by(col(NoticeHold.id).desc()).limit(most)
    if not lifted:
        statement = statement.where(col(NoticeHold.lifted_at).is_(None))
    if notice_id is not None:
        statement = statement.where(NoticeHold.notice_id == notice_id)
    if site_ids is not None:
        statement = statement.where(col(NoticeHold.site_id).in_(list(site_ids)))
    return list(session.exec(statement.execution_options(populate_existing=True)))


def seen_holds(session: Session, seen: Seen, most: int = 200) -> list[NoticeHold]:
    """Return the holds of now at sites that a person sees, and of notices of agencies that they see."""
    statement = (
        select(NoticeHold)
        .join(Site, col(Site.id) == col(NoticeHold.site_id))
        .join(Notice, col(Notice.id) == col(NoticeHold.notice_id))
        .where(
            col(NoticeHold.lifted_at).is_(None),
            seen.at(col(Site.agency_id), col(Site.id)) | seen.of(col(Notice.agency_id)),
        )
        .order_by(col(NoticeHold.id).desc())
        .limit(most)
    )
    return list(session.exec(statement))


def kiosks_at(session: Session, site_id: UUID) -> list[UUID]:
    """Return the enrolled kiosks of a site."""
    statement = (
        select(Kiosk.id)
        .join(Panel, col(Panel.id) == col(Kiosk.panel_id))
        .where(Panel.site_id == site_id, col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None))
    )
    return list(session.exec(statement))


def titles(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the titles of notices."""
    found = session.exec(select(Notice.id, Notice.title).where(col(Notice.id).in_(list(ids))))
    return dict(iter(found))


def people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return what people are called."""
    wanted = [one for one in ids if one is not None]
    found = session.exec(select(User.id, User.display_name).where(col(User.id).in_(wanted)))
    return dict(iter(found))
