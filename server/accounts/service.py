"""Decisions about agencies and people. Foreign agencies do not exist for the caller; deny is the default."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from server.accounts import passwords, repository
from server.accounts.permissions import Caller, Permission
from server.accounts.schemas import AgencyChange, AgencyNew, MeChange, UserChange, UserNew
from server.accounts.strength import check_strength
from server.audit.actions import Action
from server.audit.service import Acting, audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, forbidden, invalid, not_found
from server.tables import Agency, AgencyName, User
from server.tables.accounts import Role

Row = TypeVar("Row", Agency, User)


def agency_of(
    session: Session, caller: Caller, agency_id: UUID, permission: Permission, *, lock: bool = False
) -> Agency:
    """Return an agency that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    agency = repository.agency(session, agency_id, lock=lock)
    if agency is None:
        raise not_found("agency")
    caller.require(permission, agency_id=agency.id, what="agency")
    return agency


def open_agency_of(session: Session, caller: Caller, agency_id: UUID, permission: Permission) -> Agency:
    """Return an agency that the caller may add something to.

    Raises:
        Problem: as `agency_of`, and 409 when the agency is closed.
    """
    agency = agency_of(session, caller, agency_id, permission)
    if agency.closed_at is not None:
        raise conflict("agency-closed", f"{agency.name} is closed; nothing new can be made for it.")
    return agency


def create_agency(session: Session, caller: Caller, new: AgencyNew) -> Agency:
    """Make an agency."""
    caller.require(Permission.EDIT_AGENCIES)
    agency = add_agency(session, new)
    _note_agency(session, caller, Action.AGENCY_MADE, agency, after={"name": agency.name})
    return agency


def add_agency(session: Session, new: AgencyNew) -> Agency:
    """Make an agency for somebody whose right was checked."""
    if repository.agency_by_slug(session, new.slug) is not None:
        raise conflict("slug-taken", f"There is an agency {new.slug} already; choose another short name.")
    agency = Agency(slug=new.slug, name=new.name)
    session.add(agency)
    session.flush()
    note_change(session, "agency", agency.id)
    return agency


def change_agency(
    session: Session, caller: Caller, agency_id: UUID, change: AgencyChange, expected: Expected, at: datetime
) -> Agency:
    """Rename an agency, or change how many bytes of media it may keep."""
    agency = agency_of(session, caller, agency_id, Permission.EDIT_AGENCIES, lock=True)
    expected.check(agency.rev)
    before = {"name": agency.name, "media_quota_bytes": agency.media_quota_bytes}
    set_name(session, agency, change.name or agency.name, at)
    if "media_quota_bytes" in change.model_fields_set:
        agency.media_quota_bytes = change.media_quota_bytes
    _touched(session, agency)
    after = {"name": agency.name, "media_quota_bytes": agency.media_quota_bytes}
    action = Action.AGENCY_RENAMED if before["name"] != agency.name else Action.AGENCY_CHANGED
    _note_agency(session, caller, action, agency, before, after)
    return agency


def set_name(session: Session, agency: Agency, name: str, at: datetime) -> None:
    """Give an agency a name from a time on; what is written of before keeps the old one."""
    if name == agency.name:
        return
    session.add(AgencyName(agency_id=agency.id, name=agency.name, until_at=at))
    agency.name = name
    session.add(agency)


def _note_agency(
    session: Session,
    caller: Caller,
    action: Action,
    agency: Agency,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit(
        session, caller, action, "agency", agency.id, name=agency.slug, agency_id=agency.id, before=before, after=after
    )


def close_agency(session: Session, caller: Caller, agency_id: UUID, at: datetime, expected: Expected) -> Agency:
    """Close an agency: its past stays, nothing new is made for it, its people can no longer log in."""
    agency = agency_of(session, caller, agency_id, Permission.EDIT_AGENCIES, lock=True)
    expected.check(agency.rev)
    if agency.closed_at is None:
        agency.closed_at = at
        _touched(session, agency)
        _note_agency(session, caller, Action.AGENCY_CLOSED, agency)
    return agency


def create_user(session: Session, caller: Caller, new: UserNew) -> User:
    """Make a person who has no password yet."""
    if new.agency_id is not None:
        open_agency_of(session, caller, new.agency_id, Permission.EDIT_USERS)
    caller.require(Permission.EDIT_USERS)
    if new.agency_id is None and caller.agencies(Permission.EDIT_USERS) is not None:
        raise forbidden("Only an administrator of the whole installation can make another one.")
    user = add_person(session, new)
    note_person(session, caller, Action.PERSON_MADE, user, after={"role": user.role})
    return user


def note_person(
    session: Session,
    caller: Acting,
    action: Action,
    user: User,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down what was done with somebody's account."""
    audit(
        session,
        caller,
        action,
        "person",
        user.id,
        name=user.username,
        agency_id=user.agency_id,
        before=before,
        after=after,
    )


def add_user(session: Session, new: UserNew, *, temporary: bool) -> tuple[User, str]:
    """Make a person for somebody whose right was checked; returns them and a generated password."""
    user, password = add_person(session, new), passwords.generate_password()
    user.password_hash, user.password_is_temporary = passwords.hash_password(password), temporary
    session.add(user)
    session.flush()
    return user, password


def add_person(session: Session, new: UserNew) -> User:
    """Make a person without a password for somebody whose right was checked."""
    if new.agency_id is None and new.role is not Role.ADMINISTRATOR:
        raise invalid("agency-missing", "Only an administrator can do without an agency; say which agency this is.")
    if new.agency_id is not None and repository.agency(session, new.agency_id) is None:
        raise not_found("agency")
    if repository.user_by_name(session, new.username) is not None:
        raise conflict("username-taken", f"The user name {new.username} is taken; choose another.")
    if new.email is not None and repository.user_by_email(session, new.email) is not None:
        raise conflict("email-taken", "This e-mail address belongs to another account; look it up first.")
    user = User(
        username=new.username,
        display_name=new.display_name,
        role=new.role,
        agency_id=new.agency_id,
        language=new.language,
        email=new.email,
    )
    session.add(user)
    session.flush()
    return user


def user_for(
    session: Session,
    caller: Caller,
    user_id: UUID,
    permission: Permission = Permission.EDIT_USERS,
    *,
    lock: bool = False,
) -> User:
    """Return a person whom the caller may manage, or with SEE_USERS know of: those of the own agencies.

    Raises:
        Problem: 404 or 403; 403, too, for changing somebody who holds roles where the caller manages nobody.
    """
    caller.require(permission)
    user = repository.user(session, user_id, lock=lock)
    if user is None or not _is_among(user.agency_id, caller.agencies(Permission.SEE_USERS)):
        raise not_found("person")
    managed = caller.agencies(permission)
    if not _is_among(user.agency_id, managed):
        raise forbidden()
    if permission is Permission.EDIT_USERS:
        elsewhere = [row for row in repository.grants(session, user.id) if not _is_among(row.agency_id, managed)]
        if elsewhere:
            raise forbidden(
                f"{user.display_name} holds roles in agencies that you do not manage. "
                "Ask an administrator of the whole installation."
            )
    return user


def _is_among(agency_id: UUID | None, agencies: frozenset[UUID] | None) -> bool:
    return agencies is None or agency_id in agencies


def change_user(
    session: Session, caller: Caller, user_id: UUID, change: UserChange, at: datetime, expected: Expected
) -> User:
    """Change a person's name, role or language, or let them in no longer."""
    user = user_for(session, caller, user_id, lock=True)
    expected.check(user.rev)
    if change.role is not None and change.role is not Role.ADMINISTRATOR and user.agency_id is None:
        raise invalid("agency-missing", "A person without an agency can only be an administrator.")
    if change.disabled and user.id == caller.user_id:
        raise conflict("own-account", "You cannot shut yourself out; ask another administrator.")
    if change.disabled and _is_last_administrator(session, user):
        raise conflict("last-administrator", "This is the last administrator; make another one first.")
    before = _account(user)
    user.display_name = change.display_name or user.display_name
    user.role = change.role or user.role
    user.language = change.language or user.language
    if "email" in change.model_fields_set:
        _check_email(session, user, change.email)
        user.email = change.email
    if change.disabled is not None:
        user.disabled_at = (user.disabled_at or at) if change.disabled else None
    if change.disabled or change.role is not None:
        repository.end_logins(session, user.id)
    _touched(session, user)
    action = Action.PERSON_CHANGED
    if before["disabled"] != (user.disabled_at is not None):
        action = Action.PERSON_OPENED if before["disabled"] else Action.PERSON_CLOSED
    note_person(session, caller, action, user, before, _account(user))
    return user


def _account(user: User) -> dict[str, object]:
    return {
        "display_name": user.display_name,
        "role": user.role,
        "language": user.language,
        "disabled": user.disabled_at is not None,
    }


def change_me(session: Session, caller: Caller, change: MeChange) -> User:
    """Change what a person may change about themselves."""
    user = repository.user(session, caller.user_id, lock=True)
    if user is None:
        raise not_found("person")
    user.display_name = change.display_name or user.display_name
    user.language = change.language or user.language
    return _touched(session, user)


def change_own_password(session: Session, caller: Caller, current: str, new: str) -> None:
    """Set a person's own password and end their other logins.

    Raises:
        Problem: 422 when the old password is wrong or the new one is the old one.
    """
    user = repository.user(session, caller.user_id, lock=True)
    if user is None or not passwords.verify_password(current, user.password_hash):
        raise invalid("wrong-password", "The old password is not right. Nothing was changed.")
    if current == new:
        raise invalid("same-password", "That is the old password. Choose another one.")
    check_strength(new, names_of(session, user))
    user.password_hash = passwords.hash_password(new)
    user.password_is_temporary = False
    repository.end_logins(session, user.id, except_for=caller.session_id)
    _touched(session, user)
    note_person(session, caller, Action.PASSWORD_CHANGED, user)


def _check_email(session: Session, user: User, email: str | None) -> None:
    holder = repository.user_by_email(session, email) if email is not None else None
    if holder is not None and holder.id != user.id:
        raise conflict("email-taken", "This e-mail address belongs to another account; look it up first.")


def names_of(session: Session, user: User) -> list[str]:
    """Return what others know of a person, which their password must not be made of."""
    agency = repository.agency(session, user.agency_id) if user.agency_id is not None else None
    names = [user.username, user.display_name, (user.email or "").partition("@")[0]]
    return [*names, *([agency.name, agency.slug] if agency is not None else [])]


def _is_last_administrator(session: Session, user: User) -> bool:
    administrators = repository.administrators(session)
    return user.id in administrators and len(administrators) <= 1


def _touched(session: Session, row: Row) -> Row:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, str(row.__tablename__), row.id)
    return row
