"""Queries about training sites: who is there, what a reset ends, and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select, update

from server.db import Session
from server.tables import (
    Agency,
    Alarm,
    EssentialOnlyRow,
    EssentialOnlySite,
    ExpectedWindow,
    Notice,
    NoticeHold,
    OverrideRow,
    Panel,
    PlaylistRow,
    RoleGrant,
    ScheduleEntryRow,
    SignedDocument,
    Site,
    Submission,
    Swap,
    User,
    WarningTemplate,
    WorkOrder,
)
from server.tables.boards import Board
from server.tables.releases import SubmissionState
from server.tables.trust import DocumentState


def sites(session: Session) -> list[Site]:
    """Return the training sites, by name."""
    return list(session.exec(select(Site).where(col(Site.training)).order_by(col(Site.name), col(Site.id))))


def agency(session: Session, agency_id: UUID) -> Agency:
    """Return an agency that is there."""
    return session.get_one(Agency, agency_id)


def roles_at(session: Session, site: Site) -> list[tuple[str, str]]:
    """Return user names and roles of the people at a site: of its agency, and those who were given roles there."""
    own = select(User.username, User.role).where(User.agency_id == site.agency_id, col(User.disabled_at).is_(None))
    given = (
        select(User.username, RoleGrant.role)
        .join(RoleGrant, col(RoleGrant.user_id) == col(User.id))
        .where(
            RoleGrant.agency_id == site.agency_id, col(RoleGrant.ended_at).is_(None), col(User.disabled_at).is_(None)
        )
        .where(col(RoleGrant.site_id).is_(None) | (col(RoleGrant.site_id) == site.id))
    )
    return sorted({*session.exec(own), *session.exec(given)})


def panels(session: Session, site_id: UUID) -> list[Panel]:
    """Return a site's panels, kept from others until the transaction ends."""
    statement = select(Panel).where(Panel.site_id == site_id).order_by(col(Panel.id)).with_for_update()
    return list(session.exec(statement))


def panel_count(session: Session, site_id: UUID) -> int:
    """Return how many panels a site has."""
    return session.exec(select(func.count()).select_from(Panel).where(Panel.site_id == site_id)).one()


def submissions(session: Session, agency_id: UUID, states: Sequence[SubmissionState]) -> list[Submission]:
    """Return an agency's submissions in some states, the oldest first."""
    statement = select(Submission).where(Submission.agency_id == agency_id, col(Submission.state).in_(states))
    return list(session.exec(statement.order_by(col(Submission.id))))


def document_digests(session: Session, rows: Sequence[Submission]) -> list[str]:
    """Return the digests of what submissions released."""
    ids = [row.document_id for row in rows if row.document_id is not None]
    statement = select(SignedDocument.digest).where(col(SignedDocument.id).in_(ids))
    return list(session.exec(statement.order_by(col(SignedDocument.id))))


def open_documents(session: Session, agency_id: UUID) -> list[SignedDocument]:
    """Return an agency's documents that still collect signatures."""
    statement = select(SignedDocument).where(SignedDocument.agency_id == agency_id, col(SignedDocument.training))
    return list(session.exec(statement.where(SignedDocument.state == DocumentState.OPEN)))


def notices(session: Session, agency_id: UUID) -> list[Notice]:
    """Return an agency's notices that are not archived and not prepared warnings, which a reset leaves."""
    prepared = select(WarningTemplate.notice_id).where(col(WarningTemplate.retired_at).is_(None))
    statement = select(Notice).where(Notice.agency_id == agency_id, col(Notice.archived_at).is_(None))
    return list(session.exec(statement.where(col(Notice.id).not_in(prepared))))


def held(session: Session, site_id: UUID) -> list[NoticeHold]:
    """Return what rests at a site."""
    statement = select(NoticeHold).where(NoticeHold.site_id == site_id, col(NoticeHold.lifted_at).is_(None))
    return list(session.exec(statement))


def alarms(session: Session, site_id: UUID) -> list[Alarm]:
    """Return a site's alarms that have not ended."""
    statement = select(Alarm).where(Alarm.site_id == site_id, col(Alarm.ended_at).is_(None)).order_by(col(Alarm.id))
    return list(session.exec(statement))


def orders(session: Session, site_id: UUID) -> list[WorkOrder]:
    """Return a site's work orders that are not closed."""
    statement = select(WorkOrder).where(WorkOrder.site_id == site_id, col(WorkOrder.closed_at).is_(None))
    return list(session.exec(statement.order_by(col(WorkOrder.id))))


def swaps(session: Session, site_id: UUID) -> list[Swap]:
    """Return the swaps of devices that run at a site."""
    statement = select(Swap).join(Panel, col(Panel.id) == col(Swap.panel_id)).where(Panel.site_id == site_id)
    return list(session.exec(statement.where(col(Swap.ended_at).is_(None)).order_by(col(Swap.id))))


def playlists(session: Session, agency_id: UUID) -> list[PlaylistRow]:
    """Return an agency's playlists that are not archived."""
    statement = select(PlaylistRow).where(PlaylistRow.agency_id == agency_id, col(PlaylistRow.archived_at).is_(None))
    return list(session.exec(statement))


def boards(session: Session, site_id: UUID) -> list[Board]:
    """Return a site's boards that are not archived."""
    return list(session.exec(select(Board).where(Board.site_id == site_id, col(Board.archived_at).is_(None))))


def entries(session: Session, site: Site) -> list[ScheduleEntryRow]:
    """Return the entries of the agency that has this training site alone."""
    own = col(ScheduleEntryRow.agency_id) == site.agency_id
    return list(session.exec(select(ScheduleEntryRow).where(own, col(ScheduleEntryRow.deleted_at).is_(None))))


def overrides(session: Session, site: Site, at: datetime) -> list[OverrideRow]:
    """Return what is urgent, now or later, of the agency that has this training site alone."""
    statement = select(OverrideRow).where(OverrideRow.agency_id == site.agency_id)
    return list(session.exec(statement.where(col(OverrideRow.ended_at).is_(None), col(OverrideRow.ends_at) > at)))


def essential_only(session: Session, site_id: UUID, at: datetime) -> list[EssentialOnlyRow]:
    """Return the times of essential notices only that mean a site and no other, now or later."""
    here = select(EssentialOnlySite.essential_only_id).where(EssentialOnlySite.site_id == site_id)
    elsewhere = select(EssentialOnlySite.essential_only_id).where(EssentialOnlySite.site_id != site_id)
    row = col(EssentialOnlyRow.id)
    statement = select(EssentialOnlyRow).where(row.in_(here), row.not_in(elsewhere))
    return list(
        session.exec(statement.where(col(EssentialOnlyRow.ended_at).is_(None), col(EssentialOnlyRow.ends_at) > at))
    )


def end_windows(session: Session, site_id: UUID, at: datetime) -> int:
    """End a site's times of expected faults; return how many there were."""
    statement = update(ExpectedWindow).where(col(ExpectedWindow.site_id) == site_id, col(ExpectedWindow.to_at) > at)
    return session.exec(statement.values(to_at=at)).rowcount
