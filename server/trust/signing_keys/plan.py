"""Decides what the next root would say: whose keys count for which roles, from the registry and people's roles.

The plan is what `bangtin root init` and `rotate` take. Root keys, the server's key, the routes and the `cap` role are
carried over from the root of now; nothing here signs or installs anything. Roles that only the root knows (steps of
routes such as `leader`) keep their holders, with the keys that these have now, as long as they may sign at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from playlists.instant import format_instant
from playlists.trust.key import Algorithm, Key, KeyKind
from playlists.trust.root import ONLINE, RoleName, Root
from playlists.trust.rules import Untrusted

SERVER_HOLDER = "server"
ROLES = {"approver": RoleName.APPROVER, "duty-officer": RoleName.DUTY, "status-officer": RoleName.STATUS}
"""Which roles of people are roles of the root; no other role signs."""
FIRST_ROUTE = "two-approvers"
ROOT_SIGNERS = 2


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A public key of somebody's; `public` is base64 as in playlists.trust.Key."""

    keyid: str
    public: str
    holder: str
    kind: KeyKind
    for_root: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """A role that a person holds: in an agency (slug) or everywhere, at one site (slug) or at all."""

    holder: str
    role: str
    agency: str | None = None
    site: str | None = None


@dataclass(frozen=True)
class Registry:
    """All that a plan is made of. `passkeys` is {rp_id, origins} of the address under which people open the pages."""

    keys: Sequence[HeldKey]
    granted: Sequence[Granted]
    sites: Sequence[str]
    server_key: Key
    passkeys: Mapping[str, Any] | None = None
    demo: bool = False


class Change(StrEnum):
    """How the registry differs from the root of now."""

    KEY_ADDED = "key-added"
    KEY_GONE = "key-gone"
    ROLE_ADDED = "role-added"
    ROLE_GONE = "role-gone"
    SITES_CHANGED = "sites-changed"
    SERVER_KEY = "server-key"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that only a new root changes."""

    change: Change
    holder: str
    keyid: str
    role: str = ""


def plan_of(registry: Registry, root: Root | None) -> dict[str, Any]:
    """Return the plan of the next root: keys, roles, routes, passkeys, demo."""
    signing = _signing_roles(registry)
    _keep_steps(root, signing)
    keys: dict[str, Key] = {registry.server_key.id: registry.server_key}
    roles: dict[str, list[str]] = {RoleName.SERVER: [registry.server_key.id], RoleName.ROOT: []}
    for held in registry.keys:
        own = [RoleName.ROOT] if held.for_root else sorted(signing.get(held.holder, {}))
        if not own:
            continue
        sites = () if held.for_root else _sites_of(registry, held.holder)
        keys[held.keyid] = _key(held, sites)
        for role in own:
            roles.setdefault(role, []).append(held.keyid)
    if root is not None:
        _carry_over(root, keys, roles, (RoleName.CAP,))
        if not roles[RoleName.ROOT]:
            _carry_over(root, keys, roles, (RoleName.ROOT,))
    return {
        "demo": root.demo if root is not None else registry.demo,
        "keys": [key.model_dump(mode="json") for key in keys.values()],
        "roles": {
            name: {"keys": ids, "threshold": _threshold(name, root), "file_keys": _file_keys(name, root)}
            for name, ids in sorted(roles.items())
        },
        "routes": _routes(root, registry.demo),
        "passkeys": _passkeys(registry, root),
    }


def flaw_of(plan: Mapping[str, Any]) -> str | None:
    """Return why a plan cannot become a root yet, or None."""
    stamp = {"v": 1, "version": 1, "issued_at": format_instant(datetime(2026, 1, 1, tzinfo=UTC))}
    try:
        root = Root.read(json.dumps({**plan, **stamp}).encode())
    except Untrusted as error:
        return str(error)
    people, needed = len(root.holders_of(RoleName.ROOT)), root.role(RoleName.ROOT).threshold
    return f"V7: {people} people have a root key, and {needed} are needed" if people < needed else None


def differences(plan: Mapping[str, Any], root: Root) -> list[Difference]:
    """Return what a new root by this plan would change of the root of now, by holder."""
    planned = {one["id"]: one for one in plan["keys"]}
    held = {key.id: key for key in root.keys}
    found = [
        Difference(Change.SERVER_KEY if one["holder"] == SERVER_HOLDER else Change.KEY_ADDED, one["holder"], keyid)
        for keyid, one in planned.items()
        if keyid not in held
    ]
    found += [Difference(Change.KEY_GONE, key.holder, key.id) for key in root.keys if key.id not in planned]
    for keyid in planned.keys() & held.keys():
        holder = held[keyid].holder
        before = {name for name, role in root.roles.items() if keyid in role.keys}
        after = {name for name, role in plan["roles"].items() if keyid in role["keys"]}
        found += [Difference(Change.ROLE_ADDED, holder, keyid, role) for role in after - before]
        found += [Difference(Change.ROLE_GONE, holder, keyid, role) for role in before - after]
        if set(planned[keyid]["sites"]) != set(held[keyid].sites):
            found.append(Difference(Change.SITES_CHANGED, holder, keyid))
    return sorted(found, key=lambda one: (one.holder, one.keyid, one.change, one.role))


def step_role(agency: str) -> str:
    """Return the root's role for the approvers of one agency, so that a route can ask for one of each agency."""
    return f"{RoleName.APPROVER}-{agency}"


def _signing_roles(registry: Registry) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for one in registry.granted:
        role = ROLES.get(one.role)
        if role is None:
            continue
        own = found.setdefault(one.holder, {})
        own[str(role)] = None
        if role is RoleName.APPROVER and one.agency is not None:
            own[step_role(one.agency)] = None
    return found


def _keep_steps(root: Root | None, signing: dict[str, dict[str, None]]) -> None:
    """Give the steps of the root of now to those of their holders who still have a role that signs."""
    if root is None:
        return
    known = {RoleName.ROOT, *ONLINE, *ROLES.values()}
    for name in root.roles:
        if name in known or name.startswith(step_role("")):
            continue
        for holder in root.holders_of(name) & signing.keys():
            signing[holder][name] = None


def _sites_of(registry: Registry, holder: str) -> tuple[str, ...]:
    own = [one for one in registry.granted if one.holder == holder and one.role in ROLES]
    if all(one.site is None for one in own):
        return ()
    wide = any(one.site is None for one in own)
    return tuple(sorted({one.site for one in own if one.site is not None} | (set(registry.sites) if wide else set())))


def _key(held: HeldKey, sites: tuple[str, ...]) -> Key:
    alg = Algorithm.ED25519 if held.kind is KeyKind.FILE else Algorithm.ES256
    return Key(id=held.keyid, alg=alg, public=held.public, holder=held.holder, kind=held.kind, sites=sites)


def _carry_over(root: Root, keys: dict[str, Key], roles: dict[str, list[str]], names: Sequence[str]) -> None:
    for name in names:
        for key in root.keys_of(name):
            keys.setdefault(key.id, key)
            roles.setdefault(name, []).append(key.id)


def _threshold(name: str, root: Root | None) -> int:
    if root is not None and name in root.roles:
        return root.roles[name].threshold
    return ROOT_SIGNERS if name == RoleName.ROOT else 1


def _file_keys(name: str, root: Root | None) -> int:
    return root.roles[name].file_keys if root is not None and name in root.roles else 0


def _routes(root: Root | None, demo: bool) -> list[dict[str, Any]]:
    if root is not None:
        return [route.model_dump(mode="json") for route in root.routes]
    first = {"id": FIRST_ROUTE, "roles": [RoleName.APPROVER, RoleName.APPROVER], "file_keys": 0 if demo else 1}
    return [{**first, "sites": [], "basis": "", "added": []}]


def _passkeys(registry: Registry, root: Root | None) -> dict[str, Any] | None:
    if root is not None and root.passkeys is not None:
        return root.passkeys.model_dump(mode="json")
    return dict(registry.passkeys) if registry.passkeys is not None else None
