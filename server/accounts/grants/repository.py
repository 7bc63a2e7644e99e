"""Queries on grants."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from server.tables import Agency, RoleGrant, Site, User
from server.tables.accounts import Role

MOST = 500


def grant(session: Session, grant_id: UUID, *, lock: bool = False) -> RoleGrant | None:
    """Return a grant; `lock` keeps it from others until the transaction ends."""
    return session.get(RoleGrant, grant_id, with_for_update=lock or None)


def of_users(session: Session, user_ids: Iterable[UUID], *, ended: bool = False) -> list[RoleGrant]:
    """Return people's grants, oldest first; with `ended` those that are over as well."""
    statement = select(RoleGrant).where(col(RoleGrant.user_id).in_(list(user_ids))).order_by(col(RoleGrant.id))
    return list(session.exec(statement if ended else statement.where(col(RoleGrant.ended_at).is_(None))))


def of_agency(session: Session, agency_id: UUID) -> list[RoleGrant]:
    """Return what is held in an agency, newest first."""
    statement = select(RoleGrant).where(RoleGrant.agency_id == agency_id, col(RoleGrant.ended_at).is_(None))
    return list(session.exec(statement.order_by(col(RoleGrant.id).desc()).limit(MOST)))


def same(session: Session, user_id: UUID, role: Role, agency_id: UUID | None, site_id: UUID | None) -> RoleGrant | None:
    """Return the grant that says the same and holds now."""
    for row in of_users(session, [user_id]):
        if (row.role, row.agency_id, row.site_id) == (role, agency_id, site_id):
            return row
    return None


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def names(session: Session, rows: Iterable[RoleGrant]) -> tuple[dict[UUID, User], dict[UUID, str], dict[UUID, str]]:
    """Return the people, the agencies' names and the sites' names that grants speak of."""
    rows = list(rows)
    people = {one for row in rows for one in (row.user_id, row.given_by, row.ended_by) if one is not None}
    agencies = {row.agency_id for row in rows if row.agency_id is not None}
    sites = {row.site_id for row in rows if row.site_id is not None}
    return (
        {row.id: row for row in session.exec(select(User).where(col(User.id).in_(people)))},
        dict(session.exec(select(Agency.id, Agency.name).where(col(Agency.id).in_(agencies))).all()),
        dict(session.exec(select(Site.id, Site.name).where(col(Site.id).in_(sites))).all()),
    )
