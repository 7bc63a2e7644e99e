"""The next root as the registry would have it: decided in values, and read back by the root's own rules."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from playlists.trust.key import KeyKind, file_key, public_key
from playlists.trust.root import Root
from playlists.trust.strict import to_base64
from server.trust.signing_keys.plan import (
    Change,
    Granted,
    HeldKey,
    Registry,
    differences,
    flaw_of,
    plan_of,
)
from tests.server.trust.network import id_of, secret

STAMP = {"v": 1, "version": 1, "issued_at": "2026-11-26T00:00:00.000Z"}
PASSKEYS = {"rp_id": "bangtin.example", "origins": ["https://bangtin.example"]}


def held(name: str, holder: str, *, for_root: bool = False) -> HeldKey:
    return HeldKey(id_of(name), to_base64(public_key(secret(name))), holder, KeyKind.FILE, for_root)


REGISTRY = Registry(
    keys=[
        held("lan", "lan"),
        held("minh", "minh"),
        held("hoa", "hoa"),
        held("r1", "lan", for_root=True),
        held("r2", "dung", for_root=True),
        held("x", "editor"),
    ],
    granted=[
        Granted("lan", "approver", "gate"),
        Granted("minh", "approver", "culture"),
        Granted("minh", "status-officer", "culture"),
        Granted("hoa", "duty-officer", "gate", "tra-linh"),
        Granted("editor", "editor", "gate"),
    ],
    sites=["ban-gioc", "tra-linh"],
    server_key=file_key(public_key(secret("server")), "server"),
    passkeys=PASSKEYS,
)


def root_of(plan: dict[str, Any]) -> Root:
    return Root.read(json.dumps(plan | STAMP).encode())


def test_roles_of_people_become_roles_of_the_root() -> None:
    plan = plan_of(REGISTRY, None)
    assert flaw_of(plan) is None
    root = root_of(plan)
    assert {name: sorted(root.holders_of(name)) for name in root.roles} == {
        "approver": ["lan", "minh"],
        "approver-culture": ["minh"],
        "approver-gate": ["lan"],
        "duty": ["hoa"],
        "root": ["dung", "lan"],
        "server": ["server"],
        "status": ["minh"],
    }
    assert root.passkeys is not None
    assert (root.passkeys.rp_id, root.routes[0].roles) == ("bangtin.example", ("approver", "approver"))


def test_an_editors_key_and_a_root_key_approve_nothing() -> None:
    root = root_of(plan_of(REGISTRY, None))
    assert id_of("x") not in {key.id for key in root.keys}
    assert id_of("r1") not in root.role("approver").keys


def test_a_key_counts_at_its_holders_sites_only() -> None:
    root = root_of(plan_of(REGISTRY, None))
    sites = {key.holder: key.sites for key in root.keys}
    assert (sites["hoa"], sites["minh"]) == (("tra-linh",), ())
    wider = replace(REGISTRY, granted=[*REGISTRY.granted, Granted("hoa", "approver", "gate")])
    assert {key.holder: key.sites for key in root_of(plan_of(wider, None)).keys}["hoa"] == ("ban-gioc", "tra-linh")


def test_what_keeps_a_plan_from_being_a_root_is_said() -> None:
    alone = replace(REGISTRY, granted=[Granted("lan", "approver", "gate")])
    assert "cannot be gone" in str(flaw_of(plan_of(alone, None)))
    assert "V7" in str(flaw_of(plan_of(replace(REGISTRY, keys=[held("lan", "lan"), held("minh", "minh")]), None)))


def test_the_same_registry_changes_nothing() -> None:
    plan = plan_of(REGISTRY, None)
    root = root_of(plan)
    again = plan_of(REGISTRY, root)
    assert differences(again, root) == []
    assert again == plan


def test_differences_say_whose_key_and_which_role() -> None:
    root = root_of(plan_of(REGISTRY, None))
    later = replace(
        REGISTRY,
        keys=[one for one in REGISTRY.keys if one.holder != "hoa"] + [held("lan-2", "lan")],
        granted=[one for one in REGISTRY.granted if one.role != "status-officer"],
        server_key=file_key(public_key(secret("server-2")), "server"),
    )
    found = {(one.change, one.holder, one.role) for one in differences(plan_of(later, root), root)}
    assert found == {
        (Change.KEY_ADDED, "lan", ""),
        (Change.KEY_GONE, "hoa", ""),
        (Change.ROLE_GONE, "minh", "status"),
        (Change.SERVER_KEY, "server", ""),
        (Change.KEY_GONE, "server", ""),
    }


def test_steps_of_routes_keep_their_holders_while_they_may_sign() -> None:
    plan = plan_of(REGISTRY, None)
    steps: dict[str, Any] = {"leader": {"keys": [id_of("lan")]}, "department": {"keys": [id_of("minh")]}}
    routes = [{"id": "notice", "roles": ["leader", "department"], "file_keys": 1, "basis": "12/QĐ-UBND"}]
    root = root_of(plan | {"roles": plan["roles"] | steps, "routes": routes})
    renewed = replace(REGISTRY, keys=[*REGISTRY.keys, held("lan-2", "lan")])
    kept = root_of(plan_of(renewed, root))
    assert set(kept.role("leader").keys) == {id_of("lan"), id_of("lan-2")}
    assert kept.routes == root.routes
    gone = replace(REGISTRY, granted=[one for one in REGISTRY.granted if one.holder != "minh"])
    assert "cannot be gone" in str(flaw_of(plan_of(gone, root)))
