"""Logging in and out: password, then what the role and the device ask for besides. Opens its own short transactions.

Answers to a wrong name and a wrong password are the same, and take the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.accounts import passwords, repository
from server.accounts.calling import Origin, caller_of, may_log_in, refused
from server.accounts.factors import passkeys, rules
from server.accounts.factors import repository as factor_rows
from server.accounts.factors.passkeys import Document, RelyingParty
from server.accounts.factors.rules import Held, Step, Way
from server.accounts.factors.service import Proof, answered, check_proof, tallies
from server.accounts.permissions import Caller
from server.accounts.tickets import Purpose, digest_of, end_of, make_ticket
from server.audit.actions import Action
from server.audit.service import Actor, audit
from server.db import Session
from server.parts import Parts
from server.tables import KnownDevice, LoginSession, User
from server.tables.accounts import Role
from server.throttle import FREE_TRIES_OF_AN_ADDRESS, Tally

MOST_DEVICES = 20


@dataclass(frozen=True)
class Login:
    """A login that succeeded; the tokens are known to the caller only."""

    token: str
    caller: Caller
    expires_at: datetime
    device: str | None = None
    """The secret of a device that is known from now on."""


@dataclass(frozen=True)
class SecondStep:
    """The password was right and is not enough."""

    ticket: str
    ways: list[Way]
    passkey: Document | None
    """What the browser is asked, for those who have one."""


@dataclass(frozen=True)
class _Standing:
    held: Held
    device: KnownDevice | None
    knows_others: bool

    @property
    def ways(self) -> list[Way]:
        return rules.ways_of(self.held, always=False, knows_others=self.knows_others)


def log_in(
    parts: Parts,
    username: str,
    password: str,
    origin: Origin,
    party: RelyingParty,
    *,
    code: str | None = None,
    keeps_cookies: bool = True,
) -> Login | SecondStep:
    """Log a person in by name and password, or say which second factor is asked for; with its code, both at once.

    Only what `keeps_cookies` can become a known device.

    Raises:
        Problem: 401 name or password wrong, 429 too many wrong tries of this name from this address.
    """
    username = username.strip().lower()
    by_name = Tally(f"login:{username}:{origin.address}")
    by_address = Tally(f"login-from:{origin.address}", FREE_TRIES_OF_AN_ADDRESS)
    parts.throttle.check(by_name, by_address)
    with parts.db.read() as session:
        user = repository.user_by_name(session, username)
        allowed = user is not None and may_log_in(session, user)
    known = passwords.verify_password(password, user.password_hash if user is not None else None)
    if user is None or not known or not allowed:
        parts.throttle.failed(by_name, by_address)
        if user is not None:
            _note_failure(parts, user, origin, "password")
        raise refused("User name or password is wrong, or the account is closed.", "wrong-login")
    parts.throttle.succeeded(by_name)
    return admit(parts, _rehashed(parts, user, password), origin, party, "password", code, keeps_cookies)


def admit(
    parts: Parts,
    user: User,
    origin: Origin,
    party: RelyingParty,
    way: str,
    code: str | None = None,
    keeps_cookies: bool = True,
) -> Login | SecondStep:
    """Go on with somebody who gave a first factor, by `way`: let them in, or say which second one is asked for."""
    with parts.db.read() as session:
        standing = _standing(session, user, origin, parts.clock())
        roles = roles_of(session, user)
    is_known, others = standing.device is not None, standing.knows_others
    step = rules.step_after_password(
        parts.settings.second_factor, roles, standing.held, device_is_known=is_known, knows_others=others
    )
    if step is Step.FACTOR:
        ticket = make_ticket(parts.server_key, Purpose.SECOND_STEP, _subject(user), parts.clock())
        if code is not None:
            return second_step(parts, user.username, ticket, Proof(code=code), origin, party, remember=False)
        return SecondStep(ticket, standing.ways, _passkey_options(parts, user, party, ticket))
    is_first_time = keeps_cookies and step is Step.IN and not is_known and not standing.held.authenticators
    fresh = None if standing.held.authenticators else parts.clock()
    with parts.db.write() as session:
        return enter(
            session,
            parts,
            user,
            origin,
            way,
            factor_at=fresh,
            enrolling=step is Step.ENROL,
            remember=is_first_time,
        )


def second_step(
    parts: Parts, username: str, ticket: str, proof: Proof, origin: Origin, party: RelyingParty, *, remember: bool
) -> Login:
    """Finish a login whose password was right with a second factor; `remember` makes the device a known one.

    Raises:
        Problem: 401 the factor was not accepted or it took too long, 429 too many wrong tries.
    """
    with parts.db.read() as session:
        user = repository.user_by_name(session, username.strip().lower())
        allowed = user is not None and may_log_in(session, user)
    end = end_of(parts.server_key, Purpose.SECOND_STEP, _subject(user), ticket, parts.clock()) if user else None
    if user is None or not allowed or end is None:
        raise refused("This took too long. Begin again with your password.", "login-over")
    counted = tallies(user.id, origin.address) if proof.passkey is None else ()
    parts.throttle.check(*counted)
    with parts.db.write() as session:
        way = check_proof(session, parts, user, proof, Purpose.SECOND_STEP, _subject(user), party)
        is_new = way is Way.PASSKEY or factor_rows.spend_ticket(session, digest_of(ticket), end, parts.clock())
        if way is not None and is_new:
            parts.throttle.succeeded(*counted[:1])
            return enter(session, parts, user, origin, way.value, factor_at=parts.clock(), remember=remember)
        session.rollback()
    parts.throttle.failed(*counted)
    _note_failure(parts, user, origin, "second factor")
    raise refused("This code or passkey was not accepted. Try again, or another way.", "wrong-factor")


def ways_left(parts: Parts, username: str, ticket: str, origin: Origin, party: RelyingParty) -> SecondStep:
    """Return again how a login that began elsewhere can be finished.

    Raises:
        Problem: 401 it took too long.
    """
    with parts.db.read() as session:
        user = repository.user_by_name(session, username.strip().lower())
        if user is None or end_of(parts.server_key, Purpose.SECOND_STEP, _subject(user), ticket, parts.clock()) is None:
            raise refused("This took too long. Begin again with your password.", "login-over")
        ways = _standing(session, user, origin, parts.clock()).ways
    return SecondStep(ticket, ways, _passkey_options(parts, user, party, ticket))


def passkey_question(parts: Parts, party: RelyingParty) -> Document:
    """Return what a browser is asked when somebody logs in with a passkey alone."""
    ticket = make_ticket(parts.server_key, Purpose.PASSKEY_LOGIN, "", parts.clock())
    return passkeys.request_options(party, [], ticket)


def log_in_with_passkey(parts: Parts, answer: Document, origin: Origin, party: RelyingParty) -> Login:
    """Log in whoever's passkey answered: the device and its person's finger or PIN are two factors already.

    Raises:
        Problem: 401.
    """
    with parts.db.write() as session:
        user_id = answered(session, parts, answer, Purpose.PASSKEY_LOGIN, "", party)
        user = repository.user(session, user_id) if user_id is not None else None
        if user is not None and may_log_in(session, user):
            return enter(session, parts, user, origin, "passkey alone", factor_at=parts.clock())
        session.rollback()
    raise refused("This passkey was not accepted here. Log in with your password.", "wrong-factor")


def log_out(parts: Parts, caller: Caller) -> None:
    """End the caller's login."""
    with parts.db.write() as session:
        repository.end_login(session, caller.session_id)
        audit(session, caller, Action.LOGIN_ENDED, "person", caller.user_id, name=caller.username)


def enter(
    session: Session,
    parts: Parts,
    user: User,
    origin: Origin,
    way: str,
    *,
    factor_at: datetime | None = None,
    enrolling: bool = False,
    remember: bool = False,
) -> Login:
    """Open a login for somebody who proved enough; every login has a token of its own."""
    now, token = parts.clock(), passwords.new_token()
    expires_at = now + timedelta(hours=parts.settings.session_hours)
    repository.forget_expired_logins(session, now)
    login = LoginSession(
        user_id=user.id,
        token_sha256=passwords.token_sha256(token),
        factor_at=factor_at,
        is_enrolling=enrolling,
        agent=origin.agent,
        address=origin.address[:64],
        last_seen_at=now,
        expires_at=expires_at,
    )
    session.add(login)
    session.flush()
    device = _noted_device(session, parts, user, origin, now, remember=remember)
    audit(session, _actor(user, origin), Action.LOGIN_DONE, "person", user.id, name=user.username, after={"way": way})
    return Login(token, caller_of(session, user, login), expires_at, device)


def roles_of(session: Session, user: User) -> set[Role]:
    """Return every role that a person holds anywhere."""
    return {Role(user.role), *(Role(row.role) for row in repository.grants(session, user.id))}


def _standing(session: Session, user: User, origin: Origin, now: datetime) -> _Standing:
    digest = passwords.token_sha256(origin.device) if origin.device else None
    device = factor_rows.device(session, user.id, digest, now) if digest is not None else None
    others = factor_rows.devices(session, user.id, now)
    return _Standing(factor_rows.held(session, user.id), device, bool(others))


def _passkey_options(parts: Parts, user: User, party: RelyingParty, ticket: str) -> Document | None:
    with parts.db.read() as session:
        known = [row.credential_id for row in factor_rows.passkeys(session, user.id)]
    return passkeys.request_options(party, known, ticket) if known and party.can_have_passkeys else None


def _noted_device(
    session: Session, parts: Parts, user: User, origin: Origin, now: datetime, *, remember: bool
) -> str | None:
    """Note the use of a known device, or make this one known and return its secret."""
    expires_at = now + timedelta(days=parts.settings.known_device_days)
    digest = passwords.token_sha256(origin.device) if origin.device else None
    row = factor_rows.device(session, user.id, digest, now) if digest is not None else None
    if row is not None:
        row.last_used_at, row.expires_at, row.address, row.agent = now, expires_at, origin.address[:64], origin.agent
        session.add(row)
        return None
    if not remember:
        return None
    for old in factor_rows.devices(session, user.id, now)[MOST_DEVICES - 1 :]:
        session.delete(old)
    token = passwords.new_token()
    row = KnownDevice(
        user_id=user.id,
        token_sha256=passwords.token_sha256(token),
        agent=origin.agent,
        address=origin.address[:64],
        last_used_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return token


def _subject(user: User) -> str:
    """A ticket for the second step is void once the password is another."""
    return f"{user.id} {user.password_hash}"


def _rehashed(parts: Parts, user: User, password: str) -> User:
    old = user.password_hash
    if old is None or not passwords.needs_rehash(old):
        return user
    stronger = passwords.hash_password(password)
    with parts.db.write() as session:
        row = repository.user(session, user.id, lock=True)
        if row is not None and row.password_hash == old:
            row.password_hash = stronger
            session.add(row)
            return row
    return user


def _note_failure(parts: Parts, user: User, origin: Origin, what: str) -> None:
    with parts.db.write() as session:
        actor = Actor(user.username, user.display_name, origin.address, user.id, user.agency_id)
        audit(session, actor, Action.LOGIN_FAILED, "person", user.id, name=user.username, after={"wrong": what})


def _actor(user: User, origin: Origin) -> Actor:
    return Actor(user.username, user.display_name, origin.address, user.id, user.agency_id)
