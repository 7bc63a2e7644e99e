"""Decisions about signing keys: whose they are, who takes them away, and what the next root would say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import ValidationError

from playlists.trust.fingerprint import in_words
from playlists.trust.key import Key, KeyKind, file_key
from playlists.trust.root import Root
from playlists.trust.rules import Untrusted
from playlists.trust.strict import strict_json
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.errors import not_found
from server.seen import EVERYTHING
from server.tables import SigningKey
from server.trust import repository as documents
from server.trust.roots import current_root
from server.trust.signing_keys import repository
from server.trust.signing_keys.plan import (
    SERVER_HOLDER,
    Difference,
    Granted,
    HeldKey,
    Registry,
    differences,
    flaw_of,
    plan_of,
)
from server.trust.signing_keys.refusal import no_key_line, other_holder, taken, wrong_kind
from server.trust.signing_keys.schemas import KeyNew, KeyShown


@dataclass(frozen=True)
class Planned:
    """The next root's plan, the flaw that keeps it from being one, and what it changes."""

    plan: dict[str, Any]
    flaw: str | None
    differences: list[Difference]
    root: Root | None
    next_version: int


def register(session: Session, caller: Caller, new: KeyNew, at: datetime) -> SigningKey:
    """Put the caller's key in a file into the registry. It counts once a root names it.

    Raises:
        Problem: 422 for a line that is none, another holder's, or no key in a file; 409 for one that is known.
    """
    caller.require(Permission.SEE)
    key = _read(new.line)
    if key.holder != caller.username:
        raise other_holder(key.holder, caller.username)
    if key.kind is not KeyKind.FILE:
        raise wrong_kind()
    known = repository.key_of_id(session, key.id)
    if known is not None and (known.removed_at is None or known.user_id != caller.user_id):
        raise taken(in_words(key.id))
    row = known or SigningKey(user_id=caller.user_id, keyid=key.id, public=key.public, created_at=at)
    row.name, row.for_root, row.removed_at, row.removed_by = new.name.strip(), new.for_root, None, None
    return _kept(session, caller, row, Action.KEY_REGISTERED)


def remove(session: Session, caller: Caller, key_id: UUID, at: datetime) -> None:
    """Take a key out of the registry: its holder may, and whoever edits people. It counts until a new root is there.

    Raises:
        Problem: 404.
    """
    held = repository.key(session, key_id, lock=True)
    if held is None:
        raise not_found("key")
    if held.user.id != caller.user_id:
        if held.user.agency_id is None and caller.seen != EVERYTHING:
            raise not_found("key")
        caller.require(Permission.EDIT_USERS, agency_id=held.user.agency_id, what="key")
    held.key.removed_at, held.key.removed_by = at, caller.user_id
    _kept(session, caller, held.key, Action.KEY_REMOVED)


def shown(session: Session, caller: Caller) -> list[KeyShown]:
    """Return the caller's keys and passkeys, and those of the people whom they may see."""
    root = current_root(session)

    def seen(user_id: UUID, agency_id: UUID | None) -> bool:
        if user_id == caller.user_id:
            return True
        return agency_id is not None and caller.may(Permission.SEE_USERS, agency_id=agency_id)

    found = [
        KeyShown(
            id=held.key.id,
            keyid=held.key.keyid,
            words=in_words(held.key.keyid),
            kind=KeyKind.FILE,
            holder=held.user.username,
            holder_name=held.user.display_name,
            name=held.key.name,
            for_root=held.key.for_root,
            roles=_roles(root, held.key.keyid),
            created_at=held.key.created_at,
        )
        for held in repository.keys(session)
        if seen(held.user.id, held.user.agency_id)
    ]
    found += [
        KeyShown(
            id=None,
            keyid=keyid,
            words=in_words(keyid),
            kind=KeyKind.PASSKEY,
            holder=user.username,
            holder_name=user.display_name,
            name=passkey.name,
            for_root=False,
            roles=_roles(root, keyid),
            credential_id=passkey.credential_id if user.id == caller.user_id else None,
            created_at=passkey.created_at,
        )
        for passkey, user in repository.passkeys(session)
        if (keyid := passkey.keyid) is not None and seen(user.id, user.agency_id)
    ]
    return sorted(found, key=lambda one: (one.holder, one.kind, one.created_at))


def planned(session: Session, server_public_key: bytes, base_url: str | None) -> Planned:
    """Return the plan of the next root; whose right it is to ask was checked."""
    root = current_root(session)
    plan = plan_of(_registry(session, server_public_key, base_url), root)
    newest = documents.newest_root(session)
    changes = differences(plan, root) if root is not None else []
    return Planned(plan, flaw_of(plan), changes, root, (newest.version if newest is not None else 0) + 1)


def passkeys_of(base_url: str | None) -> dict[str, Any] | None:
    """Return relying party and origin of the address under which people open the pages, or None without one."""
    parts = urlsplit(base_url or "")
    if not parts.scheme or parts.hostname is None:
        return None
    return {"rp_id": parts.hostname, "origins": [f"{parts.scheme}://{parts.netloc}"]}


def _registry(session: Session, server_public_key: bytes, base_url: str | None) -> Registry:
    files = [
        HeldKey(held.key.keyid, held.key.public, held.user.username, KeyKind.FILE, held.key.for_root)
        for held in repository.keys(session)
    ]
    passkeys = [
        HeldKey(row.keyid, row.public_key, user.username, KeyKind.PASSKEY)
        for row, user in repository.passkeys(session)
        if row.keyid is not None and row.public_key is not None
    ]
    return Registry(
        keys=[*files, *passkeys],
        granted=[Granted(*one) for one in repository.roles_held(session)],
        sites=repository.site_slugs(session),
        server_key=file_key(server_public_key, SERVER_HOLDER),
        passkeys=passkeys_of(base_url),
    )


def _read(line: str) -> Key:
    try:
        written = strict_json(line.strip().rstrip(",").encode())
        return Key.model_validate_json(json.dumps(written))
    except (Untrusted, ValidationError, ValueError) as error:
        raise no_key_line() from error


def _roles(root: Root | None, keyid: str) -> list[str]:
    return sorted(name for name, role in root.roles.items() if keyid in role.keys) if root is not None else []


def _kept(session: Session, caller: Caller, row: SigningKey, action: Action) -> SigningKey:
    session.add(row)
    session.flush()
    note_change(session, "signing-key", row.id)
    audit(session, caller, action, "key", row.id, name=in_words(row.keyid), digest=row.keyid)
    return row
