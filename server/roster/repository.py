"""Queries about the duty roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from server.seen import Seen
from server.tables import DutyAbsence, DutyFeed, DutyRule, DutyShift, RoleGrant, Site, User

MOST_ROWS = 2_000


def shift(session: Session, shift_id: UUID, *, lock: bool = False) -> DutyShift | None:
    """Return a shift that was not deleted."""
    row = session.get(DutyShift, shift_id, with_for_update=lock or None)
    return row if row is not None and row.deleted_at is None else None


def shifts(
    session: Session,
    start: datetime,
    end: datetime,
    *,
    site_ids: Iterable[UUID] | None = None,
    role: str | None = None,
    user_id: UUID | None = None,
) -> list[DutyShift]:
    """Return the shifts that touch a span of time, by start and order; `site_ids` None: of all sites."""
    statement = select(DutyShift).where(
        col(DutyShift.deleted_at).is_(None), col(DutyShift.starts_at) < end, col(DutyShift.ends_at) > start
    )
    if site_ids is not None:
        statement = statement.where(col(DutyShift.site_id).in_(list(site_ids)))
    if role is not None:
        statement = statement.where(DutyShift.role == role)
    if user_id is not None:
        statement = statement.where(DutyShift.user_id == user_id)
    ordered = statement.order_by(col(DutyShift.starts_at), col(DutyShift.rank), col(DutyShift.id)).limit(MOST_ROWS)
    return list(session.exec(ordered))


def absence(session: Session, absence_id: UUID, *, lock: bool = False) -> DutyAbsence | None:
    """Return an absence that was not taken back."""
    row = session.get(DutyAbsence, absence_id, with_for_update=lock or None)
    return row if row is not None and row.deleted_at is None else None


def absences(
    session: Session, start: datetime, end: datetime, user_ids: Iterable[UUID] | None = None
) -> list[DutyAbsence]:
    """Return the absences that touch a span of time; `user_ids` None: everybody's."""
    statement = select(DutyAbsence).where(
        col(DutyAbsence.deleted_at).is_(None), col(DutyAbsence.starts_at) < end, col(DutyAbsence.ends_at) > start
    )
    if user_ids is not None:
        statement = statement.where(col(DutyAbsence.user_id).in_(list(user_ids)))
    return list(session.exec(statement.order_by(col(DutyAbsence.starts_at), col(DutyAbsence.id)).limit(MOST_ROWS)))


def rule(session: Session, site_id: UUID, role: str) -> DutyRule | None:
    """Return how long the first one has, where somebody said so."""
    return session.exec(select(DutyRule).where(DutyRule.site_id == site_id, DutyRule.role == role)).first()


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def sites(session: Session, seen: Seen) -> list[Site]:
    """Return the sites that a person sees, by name."""
    statement = select(Site).where(seen.at(col(Site.agency_id), col(Site.id)))
    return list(session.exec(statement.order_by(col(Site.name), col(Site.id))))


def holds_role(session: Session, user: User, role: str, site: Site) -> bool:
    """Tell whether a person has a role at a site: in their own agency, or by a grant."""
    if user.role == role and user.agency_id in (None, site.agency_id):
        return True
    statement = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role,
        col(RoleGrant.ended_at).is_(None),
        or_(col(RoleGrant.agency_id).is_(None), RoleGrant.agency_id == site.agency_id),
        or_(col(RoleGrant.site_id).is_(None), RoleGrant.site_id == site.id),
    )
    return session.exec(statement.limit(1)).first() is not None


def sites_by_id(session: Session, site_ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by their ids."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(site_ids))))}


def site_roles(session: Session, start: datetime, end: datetime) -> set[tuple[UUID, str]]:
    """Return for which sites and roles a span of time has shifts at all."""
    statement = select(DutyShift.site_id, DutyShift.role).where(
        col(DutyShift.deleted_at).is_(None), col(DutyShift.starts_at) < end, col(DutyShift.ends_at) > start
    )
    return {(site_id, role) for site_id, role in session.exec(statement.distinct())}


def people(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, User]:
    """Return people by their ids."""
    return {row.id: row for row in session.exec(select(User).where(col(User.id).in_(list(user_ids))))}


def feed_by_token(session: Session, token_sha256: str) -> DutyFeed | None:
    """Return the calendar address of a token, unless it was revoked."""
    statement = select(DutyFeed).where(DutyFeed.token_sha256 == token_sha256, col(DutyFeed.revoked_at).is_(None))
    return session.exec(statement).first()


def feeds(session: Session, user_id: UUID, seen: Seen) -> list[DutyFeed]:
    """Return the calendar addresses that were not revoked: the person's own, and those of sites that they see."""
    sites = select(Site.id).where(seen.at(col(Site.agency_id), col(Site.id)))
    own = or_(DutyFeed.created_by == user_id, col(DutyFeed.site_id).in_(sites))
    statement = select(DutyFeed).where(col(DutyFeed.revoked_at).is_(None), own)
    return list(session.exec(statement.order_by(col(DutyFeed.id).desc()).limit(200)))


def feed(session: Session, feed_id: UUID) -> DutyFeed | None:
    """Return a calendar address."""
    return session.get(DutyFeed, feed_id)
