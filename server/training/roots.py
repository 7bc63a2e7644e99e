"""The root of the training sites, written by the server itself from the people who have roles there."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from playlists import trust
from playlists.instant import format_instant
from playlists.trust.key import file_key, key_id, public_key
from playlists.trust.root import LEAST_SIGNERS, Role, RoleName, Root
from server.accounts.permissions import Caller
from server.db import Session
from server.tables import RootDocument
from server.tables.accounts import Role as HeldRole
from server.training import keys, repository
from server.training.refusal import too_few_approvers
from server.trust import repository as documents
from server.trust.roots import current_root, install_root

ROUTE = "training"
BASIS = "Tập huấn"
ACTS_AS = {
    HeldRole.APPROVER: RoleName.APPROVER,
    HeldRole.DUTY_OFFICER: RoleName.DUTY,
    HeldRole.STATUS_OFFICER: RoleName.STATUS,
}
"""As what whom the console knows by a role signs in training."""


def renew(
    session: Session, keys_dir: Path, server_public_key: bytes, at: datetime, by: Caller | None
) -> tuple[RootDocument, bool]:
    """Install the root that names the people of now, unless it stands; the flag says whether it is new.

    Raises:
        Problem: 409 fewer than two approvers.
    """
    newest, old = documents.newest_root(session, training=True), current_root(session, training=True)
    version = newest.version + 1 if newest is not None else 1
    written = _plan(session, keys_dir, server_public_key) | {"version": version, "issued_at": format_instant(at)}
    payload = json.dumps(written, ensure_ascii=False).encode()
    made = Root.read(payload)
    if newest is not None and old is not None and (made.keys, made.roles) == (old.keys, old.roles):
        return newest, False
    privates = [keys.load_or_make(keys_dir, holder) for holder in keys.ROOT_HOLDERS[:LEAST_SIGNERS]]
    envelope = trust.sign(payload, Root.payload_type, *privates)
    return install_root(session, envelope, server_public_key, at, by, training=True)


def key_of_role(session: Session, keys_dir: Path, role: RoleName, site: str) -> bytes | None:
    """Return a private key with which the server itself acts in a role at a training site, or None."""
    root = current_root(session, training=True)
    for key in root.keys_of(role) if root is not None else ():
        private = keys.load(keys_dir, key.holder) if key.counts_at(site) else None
        if private is not None and key_id(public_key(private)) == key.id:
            return private
    return None


def _plan(session: Session, keys_dir: Path, server_public_key: bytes) -> dict[str, Any]:
    """Return the keys and roles of a root: each person's key counts at the sites where they have a role."""
    where: dict[str, set[str]] = defaultdict(set)
    holders: dict[RoleName, set[str]] = defaultdict(set)
    for site in repository.sites(session):
        for username, role in repository.roles_at(session, site):
            if role in ACTS_AS:
                where[username].add(site.slug)
                holders[ACTS_AS[HeldRole(role)]].add(username)
    if len(holders[RoleName.APPROVER]) < LEAST_SIGNERS:
        raise too_few_approvers()
    public = {name: public_key(keys.load_or_make(keys_dir, name)) for name in (*sorted(where), *keys.ROOT_HOLDERS)}
    roles = {name: Role(keys=tuple(key_id(public[one]) for one in sorted(held))) for name, held in holders.items()}
    roles[RoleName.ROOT] = Role(keys=tuple(key_id(public[one]) for one in keys.ROOT_HOLDERS), threshold=LEAST_SIGNERS)
    roles[RoleName.SERVER] = Role(keys=(key_id(server_public_key),))
    named = [file_key(key, name, tuple(sorted(where[name])) if name in where else ()) for name, key in public.items()]
    return {
        "v": 1,
        "demo": True,
        "keys": [one.model_dump(mode="json") for one in (*named, file_key(server_public_key, "server"))],
        "roles": {str(name): role.model_dump(mode="json") for name, role in roles.items() if role.keys},
        "routes": [{"id": ROUTE, "roles": [RoleName.APPROVER] * LEAST_SIGNERS, "file_keys": 1, "basis": BASIS}],
    }
