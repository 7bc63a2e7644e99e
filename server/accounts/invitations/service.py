"""Giving links that work once, and taking one: its holder chooses the password. Nobody else ever knows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.accounts import passwords, service
from server.accounts import repository as people
from server.accounts.calling import Origin, may_log_in
from server.accounts.factors import repository as factors
from server.accounts.factors.passkeys import RelyingParty
from server.accounts.invitations import repository
from server.accounts.invitations.schemas import InvitationMade, InvitationTaken, UserInvited
from server.accounts.logins import Login, SecondStep, admit
from server.accounts.permissions import Caller
from server.accounts.schemas import UserNew, UserShown
from server.accounts.strength import check_strength
from server.audit.actions import Action
from server.audit.service import Acting, Actor, audit
from server.changes import note_change
from server.db import Session
from server.errors import conflict, not_found
from server.parts import Parts
from server.settings import Settings
from server.tables import Invitation, User
from server.throttle import Tally

PAGE = "/invitation"
FREE_TRIES_OF_LINKS = 10


def link_to(address: str, secret: str) -> str:
    """Return a link; its secret stands after the `#`, which browsers send to no server and write into no log."""
    return f"{address.rstrip('/')}{PAGE}#{secret}"


def make_link(
    session: Session, settings: Settings, user: User, by: Acting, now: datetime, address: str, *, is_reset: bool = False
) -> InvitationMade:
    """Make a link for a person; older ones that were not used are void."""
    repository.cancel_all(session, user.id, now)
    secret, end = passwords.new_token(), now + timedelta(hours=settings.invitation_hours)
    row = Invitation(
        user_id=user.id,
        token_sha256=passwords.token_sha256(secret),
        made_by=by.user_id,
        is_reset=is_reset,
        created_at=now,
        expires_at=end,
    )
    session.add(row)
    session.flush()
    audit(session, by, Action.INVITATION_MADE, "person", user.id, name=user.username, agency_id=user.agency_id)
    return InvitationMade(link=link_to(address, secret), expires_at=end)


def invite(session: Session, parts: Parts, caller: Caller, new: UserNew, address: str) -> UserInvited:
    """Make a person, and the link with which they choose their password."""
    user = service.create_user(session, caller, new)
    link = make_link(session, parts.settings, user, caller, parts.clock(), address)
    return UserInvited(user=UserShown.model_validate(user), invitation=link)


def invite_again(session: Session, parts: Parts, caller: Caller, user_id: UUID, address: str) -> InvitationMade:
    """Make another link for somebody who never took one.

    Raises:
        Problem: 404, 403; 409 when they have chosen a password: what they lost is for a reset.
    """
    user = service.user_for(session, caller, user_id, lock=True)
    if user.password_hash is not None:
        detail = f"{user.display_name} has a password. If it is lost, ask for a reset, which another one confirms."
        raise conflict("invitation-taken", detail)
    return make_link(session, parts.settings, user, caller, parts.clock(), address)


def cancel(session: Session, caller: Caller, invitation_id: UUID, now: datetime) -> None:
    """Make a link void.

    Raises:
        Problem: 404 or 403.
    """
    row = repository.invitation(session, invitation_id)
    if row is None:
        raise not_found("invitation")
    user = service.user_for(session, caller, row.user_id)
    if row.used_at is None and row.cancelled_at is None:
        row.cancelled_at = now
        session.add(row)
        after = {"invitation": "cancelled"}
        audit(session, caller, Action.PERSON_CHANGED, "person", user.id, name=user.username, after=after)


def look(parts: Parts, secret: str, address: str) -> tuple[Invitation, User]:
    """Return for whom a link is.

    Raises:
        Problem: 404 it was used, cancelled, is over, or never was; 429.
    """
    tally = Tally(f"invitation:{address}", FREE_TRIES_OF_LINKS)
    parts.throttle.check(tally)
    with parts.db.read() as session:
        found = repository.by_secret(session, passwords.token_sha256(secret), parts.clock())
        is_open = found is not None and may_log_in(session, found[1])
    if found is None or not is_open:
        parts.throttle.failed(tally)
        raise not_found("link")
    return found


def take(parts: Parts, taken: InvitationTaken, origin: Origin, party: RelyingParty) -> Login | SecondStep:
    """Give an account the password that its person chose, and let them in; a reset forgets all that was before.

    Raises:
        Problem: 404 as `look`; 422 a password that would be guessed soon.
    """
    row, user = look(parts, taken.secret, origin.address)
    with parts.db.read() as session:
        about = service.names_of(session, user)
    check_strength(taken.password, about)
    password_hash = passwords.hash_password(taken.password)
    with parts.db.write() as session:
        found = repository.by_secret(session, row.token_sha256, parts.clock())
        if found is None:
            raise not_found("link")
        row, user = found
        row.used_at = parts.clock()
        user.password_hash, user.password_is_temporary = password_hash, False
        user.rev += 1
        session.add_all([row, user])
        people.end_logins(session, user.id)
        if row.is_reset:
            factors.forget_everything(session, user.id)
            people.revoke_tokens(session, user.id, parts.clock())
        actor = Actor(user.username, user.display_name, origin.address, user.id, user.agency_id)
        action = Action.PASSWORD_RESET if row.is_reset else Action.INVITATION_TAKEN
        audit(session, actor, action, "person", user.id, name=user.username)
        note_change(session, "user_account", user.id)
    return admit(parts, user, origin, party, "reset" if row.is_reset else "invitation")
