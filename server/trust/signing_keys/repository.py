"""Queries on signing keys, and on what the plan of a root is made of."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from server.tables import Agency, Passkey, RoleGrant, SigningKey, Site, User


class Held(NamedTuple):
    """A key in a file and whose it is."""

    key: SigningKey
    user: User


class HeldPasskey(NamedTuple):
    """A passkey that can sign documents, and whose it is."""

    passkey: Passkey
    user: User


def key(session: Session, key_id: UUID, *, lock: bool = False) -> Held | None:
    """Return a key that was not removed, with its person."""
    row = session.get(SigningKey, key_id, with_for_update=lock or None)
    user = session.get(User, row.user_id) if row is not None and row.removed_at is None else None
    return Held(row, user) if row is not None and user is not None else None


def key_of_id(session: Session, keyid: str) -> SigningKey | None:
    """Return a key by the SHA-256 of its public bytes, removed ones among them."""
    return session.exec(select(SigningKey).where(SigningKey.keyid == keyid)).first()


def keys(session: Session) -> list[Held]:
    """Return all keys in files that were not removed, of people who can log in, by user name."""
    statement = (
        select(SigningKey, User)
        .join(User, col(User.id) == col(SigningKey.user_id))
        .where(col(SigningKey.removed_at).is_(None), col(User.disabled_at).is_(None))
        .order_by(col(User.username), col(SigningKey.id))
    )
    return [Held(row, user) for row, user in session.exec(statement)]


def passkeys(session: Session) -> list[HeldPasskey]:
    """Return all passkeys that can sign documents, of people who can log in, by user name."""
    statement = (
        select(Passkey, User)
        .join(User, col(User.id) == col(Passkey.user_id))
        .where(col(Passkey.keyid).is_not(None), col(User.disabled_at).is_(None))
        .order_by(col(User.username), col(Passkey.id))
    )
    return [HeldPasskey(row, user) for row, user in session.exec(statement)]


def roles_held(session: Session) -> list[tuple[str, str, str | None, str | None]]:
    """Return (user name, role, agency's slug, site's slug) of everybody who can log in, grants among them."""
    statement = (
        select(User.username, User.role, Agency.slug)
        .outerjoin(Agency, col(Agency.id) == col(User.agency_id))
        .where(col(User.disabled_at).is_(None))
        .order_by(col(User.username))
    )
    given = (
        select(User.username, RoleGrant.role, Agency.slug, Site.slug)
        .join(User, col(User.id) == col(RoleGrant.user_id))
        .outerjoin(Agency, col(Agency.id) == col(RoleGrant.agency_id))
        .outerjoin(Site, col(Site.id) == col(RoleGrant.site_id))
        .where(col(User.disabled_at).is_(None), col(RoleGrant.ended_at).is_(None))
        .order_by(col(User.username), col(RoleGrant.id))
    )
    own = [(name, role, agency, None) for name, role, agency in session.exec(statement)]
    return [*own, *((name, role, agency, site) for name, role, agency, site in session.exec(given))]


def site_slugs(session: Session) -> list[str]:
    """Return the short names of all sites."""
    return list(session.exec(select(Site.slug).order_by(col(Site.slug))))


def names(session: Session) -> dict[str, str]:
    """Return what people are called, by user name."""
    found = session.exec(select(User.username, User.display_name))
    return dict(iter(found))
