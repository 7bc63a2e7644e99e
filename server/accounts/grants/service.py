"""Decisions about grants: nobody gives what is not theirs to give, and the installation keeps an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.accounts import repository as accounts
from server.accounts import service
from server.accounts.grants import repository
from server.accounts.grants.schemas import GrantNew, GrantShown
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.errors import conflict, forbidden, invalid, not_found
from server.tables import RoleGrant, User
from server.tables.accounts import Role


def of_user(session: Session, caller: Caller, user_id: UUID, *, ended: bool) -> list[RoleGrant]:
    """Return a person's grants.

    Raises:
        Problem: 404, 403.
    """
    user = service.user_for(session, caller, user_id, Permission.SEE_USERS)
    return repository.of_users(session, [user.id], ended=ended)


def of_agency(session: Session, caller: Caller, agency_id: UUID) -> list[RoleGrant]:
    """Return who holds what in an agency besides its own people's roles.

    Raises:
        Problem: 404, 403.
    """
    service.agency_of(session, caller, agency_id, Permission.SEE_USERS)
    return repository.of_agency(session, agency_id)


def give(session: Session, caller: Caller, user_id: UUID, new: GrantNew, at: datetime) -> RoleGrant:
    """Give a person a role somewhere; one that they hold already is returned as it is.

    Raises:
        Problem: 404, 403; 409 closed agency; 422 a site of another agency.
    """
    user = service.user_for(session, caller, user_id, lock=True)
    _check_place(session, caller, new)
    if (held := repository.same(session, user.id, new.role, new.agency_id, new.site_id)) is not None:
        return held
    row = RoleGrant(
        user_id=user.id,
        role=new.role,
        agency_id=new.agency_id,
        site_id=new.site_id,
        given_at=at,
        given_by=caller.user_id,
    )
    session.add(row)
    session.flush()
    accounts.age_proofs(session, user.id)
    _note(session, caller, Action.GRANT_GIVEN, row, user)
    return row


def end(session: Session, caller: Caller, grant_id: UUID, at: datetime) -> RoleGrant:
    """End a grant; whoever manages people where it holds may do that.

    Raises:
        Problem: 404, 403; 409 for the last administrator's.
    """
    caller.require(Permission.EDIT_USERS)
    row = repository.grant(session, grant_id, lock=True)
    if row is None or not _manages(caller, row.agency_id):
        raise not_found("grant")
    if row.ended_at is not None:
        return row
    user = accounts.user(session, row.user_id)
    if user is None:
        raise not_found("person")
    row.ended_at, row.ended_by = at, caller.user_id
    session.add(row)
    session.flush()
    if row.role == Role.ADMINISTRATOR and row.agency_id is None and not accounts.administrators(session):
        raise conflict("last-administrator", "This is the last administrator; make another one first.")
    _note(session, caller, Action.GRANT_ENDED, row, user)
    return row


def shown(session: Session, rows: Sequence[RoleGrant]) -> list[GrantShown]:
    """Return the API's picture of grants."""
    people, agencies, sites = repository.names(session, rows)

    def name(user_id: UUID | None) -> str | None:
        return people[user_id].display_name if user_id is not None and user_id in people else None

    return [
        GrantShown(
            id=row.id,
            user_id=row.user_id,
            username=people[row.user_id].username,
            display_name=people[row.user_id].display_name,
            role=Role(row.role),
            agency_id=row.agency_id,
            agency_name=agencies.get(row.agency_id) if row.agency_id is not None else None,
            site_id=row.site_id,
            site_name=sites.get(row.site_id) if row.site_id is not None else None,
            given_at=row.given_at,
            given_by_name=name(row.given_by),
            ended_at=row.ended_at,
            ended_by_name=name(row.ended_by),
        )
        for row in rows
    ]


def _check_place(session: Session, caller: Caller, new: GrantNew) -> None:
    if new.agency_id is not None:
        service.open_agency_of(session, caller, new.agency_id, Permission.EDIT_USERS)
    elif not _manages(caller, None):
        raise forbidden("Only an administrator of the whole installation gives a role in all of it.")
    if new.site_id is None:
        return
    site = repository.site(session, new.site_id)
    if site is None or not caller.sees(site.agency_id, site.id):
        raise not_found("site")
    if site.agency_id != new.agency_id:
        raise invalid("site-of-another-agency", "The site belongs to another agency; choose that agency, too.")


def _manages(caller: Caller, agency_id: UUID | None) -> bool:
    managed = caller.agencies(Permission.EDIT_USERS)
    return managed is None or agency_id in managed


def _note(session: Session, caller: Caller, action: Action, row: RoleGrant, user: User) -> None:
    said = {"role": row.role, "agency_id": row.agency_id, "site_id": row.site_id, "grant_id": row.id}
    is_given = action is Action.GRANT_GIVEN
    audit(
        session,
        caller,
        action,
        "person",
        user.id,
        name=user.username,
        agency_id=row.agency_id or user.agency_id,
        before=None if is_given else said,
        after=said if is_given else None,
    )
    note_change(session, "user", user.id)
