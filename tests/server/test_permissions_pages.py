"""Every page of the console, by role, with own and with foreign objects. A page without a row in the table fails."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from server.accounts.permissions import ALLOWED, WHOLE_INSTALLATION, Permission
from server.console.endpoints import ROUTERS
from server.db import Database, new_id
from server.tables.accounts import Role
from tests.conftest import ON_SQLITE
from tests.server.test_permissions import World, new_world
from tests.serving import Serving

STRANGERS_MAY = {"/login", "/invitation"}
NEEDS: dict[str, Permission] = {
    "/": Permission.SEE,
    "/account": Permission.SEE,
    "/admin": Permission.EDIT_FLEET,
    "/agencies/{agency_id}": Permission.SEE,
    "/agencies/{agency_id}/merge": Permission.EDIT_AGENCIES,
    "/agencies/{agency_id}/split": Permission.EDIT_AGENCIES,
    "/alerts": Permission.SEE,
    "/alerts/feeds": Permission.EDIT_TRUST,
    "/approvals": Permission.SEE,
    "/approvals/new": Permission.SUBMIT,
    "/approvals/{submission_id}": Permission.SEE,
    "/approvals/{submission_id}/slip": Permission.SEE,
    "/audit": Permission.SEE_AUDIT_HEAD,
    "/boards": Permission.SEE,
    "/boards/phrases": Permission.SEE,
    "/boards/{board_id}/card": Permission.SEE,
    "/boards/{board_id}/changes": Permission.SEE,
    "/emergency": Permission.SEE,
    "/emergency/new": Permission.RAISE_EMERGENCY,
    "/emergency/strip": Permission.SEE,
    "/emergency/{emergency_id}": Permission.SEE,
    "/faults": Permission.SEE,
    "/faults/{alarm_id}/row": Permission.SEE,
    "/glossary": Permission.SEE,
    "/kiosks": Permission.MANAGE_CERTIFICATES,
    "/kiosks/waiting/{fingerprint}": Permission.SEE,
    "/kiosks/{kiosk_id}": Permission.MANAGE_CERTIFICATES,
    "/media": Permission.SEE,
    "/media/{media_id}": Permission.SEE,
    "/notices": Permission.SEE,
    "/notices/archive": Permission.SEE,
    "/notices/new": Permission.EDIT_CONTENT,
    "/notices/new/{kind}": Permission.EDIT_CONTENT,
    "/notices/subjects": Permission.SEE,
    "/notices/to-review": Permission.SEE,
    "/notices/to-translate": Permission.SEE,
    "/notices/{notice_id}": Permission.SEE,
    "/notices/{notice_id}/off-air": Permission.SEE,
    "/notices/{notice_id}/preview": Permission.SEE,
    "/labels": Permission.SEE,
    "/notices/{notice_id}/preview/{panel_id}": Permission.SEE,
    "/notices/{notice_id}/revisions": Permission.SEE,
    "/notifications": Permission.EDIT_ROSTER,
    "/panels/{panel_id}": Permission.SEE,
    "/panels/{panel_id}/card": Permission.SEE,
    "/panels/{panel_id}/day": Permission.SEE,
    "/panels/{panel_id}/day/moment": Permission.SEE,
    "/panels/{panel_id}/log": Permission.COMMAND_KIOSKS,
    "/panels/{panel_id}/readings": Permission.SEE,
    "/panels/{panel_id}/service": Permission.SEE,
    "/panels/{panel_id}/swap": Permission.SEE,
    "/password": Permission.SEE,
    "/people/{user_id}": Permission.SEE_USERS,
    "/playlists": Permission.SEE,
    "/playlists/{playlist_id}": Permission.SEE,
    "/publications/{publication_id}": Permission.SEE,
    "/reports": Permission.SEE,
    "/reports/panels/{panel_id}": Permission.SEE,
    "/reports/print": Permission.SEE,
    "/roster": Permission.SEE,
    "/schedule": Permission.SEE,
    "/schedule/day": Permission.SEE,
    "/schedule/dayparts": Permission.SEE,
    "/schedule/entries/new": Permission.EDIT_SCHEDULE,
    "/schedule/entries/{entry_id}": Permission.EDIT_SCHEDULE,
    "/schedule/exchange": Permission.SEE,
    "/schedule/hours": Permission.SEE,
    "/schedule/instances": Permission.SEE,
    "/schedule/special-days": Permission.SEE,
    "/schedule/urgent": Permission.SEE,
    "/shift": Permission.SEE,
    "/shift/handovers/{handover_id}": Permission.SEE,
    "/training": Permission.SEE,
    "/translations": Permission.SEE,
    "/trust": Permission.SEE,
    "/work-orders": Permission.SEE,
    "/work-orders/{order_id}": Permission.SEE,
    "/work-orders/{order_id}/record": Permission.SEE,
}
"""What opens a page; every page of the console has a row."""
PLAIN = {"kind": "card", "fingerprint": "0" * 64}
"""Parts of addresses that are no ids."""
NOT_THERE_YET = ("/kiosks/waiting/{fingerprint}", "/panels/{panel_id}/day/moment")
"""Pages whose object no row of the world is."""


def pages() -> list[str]:
    """Every page that a browser can open."""
    return sorted(
        {
            route.path
            for router in ROUTERS
            for route in router.routes
            if isinstance(route, APIRoute) and "GET" in (route.methods or ())
        }
    )


def address(path: str, ids: dict[str, UUID]) -> str:
    for name, value in (*PLAIN.items(), *ids.items()):
        path = path.replace(f"{{{name}}}", str(value))
    assert "{" not in path, f"{path}: this test has no object for it"
    return path


@pytest.fixture(scope="module")
def asking(server: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, follow_redirects=False) as client:
        yield client


def opened(asking: httpx.Client, path: str, token: str | None, ids: dict[str, UUID]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    asked = {"into": str(ids["into_id"]), "at": "08:00"}
    if path == "/schedule/instances":
        asked |= {"from": "2026-11-23", "to": "2026-11-24"}
    return asking.get(address(path, ids), headers=headers, params=asked)


def test_every_page_says_what_it_needs(server: Serving) -> None:
    assert set(pages()) - STRANGERS_MAY == set(NEEDS)


def test_strangers_are_led_to_the_login(server: Serving, asking: httpx.Client, database: Database) -> None:
    world = new_world(database, Role.ADMINISTRATOR)
    for path in pages():
        answer = opened(asking, path, None, world.ids)
        to_login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        assert to_login is (path not in STRANGERS_MAY), (path, answer.status_code)


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_a_page_of_an_own_object_is_open_to_roles_that_may(
    server: Serving, asking: httpx.Client, database: Database, role: Role
) -> None:
    world = new_world(database, role)
    wrong = [
        (path, answer.status_code)
        for path in pages()
        if path not in STRANGERS_MAY
        for answer in [opened(asking, path, world.token, world.ids)]
        if not fits(path, role, answer.status_code)
    ]
    assert wrong == []


def fits(path: str, role: Role, status: int) -> bool:
    """Tell whether a page answers a role as the table says."""
    if NEEDS[path] not in ALLOWED[role] - WHOLE_INSTALLATION:
        return status == 403
    return status in (200, 303) or (status == 404 and path in NOT_THERE_YET)


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_a_page_of_a_foreign_object_does_not_exist(
    server: Serving, asking: httpx.Client, database: Database, role: Role
) -> None:
    own, foreign = new_world(database, role), new_world(database, Role.ADMINISTRATOR)
    wrong = []
    for path in pages():
        if "{" not in path or path == "/notices/new/{kind}":
            continue
        status = opened(asking, path, own.token, foreign.ids).status_code
        allowed = NEEDS[path] in ALLOWED[role] - WHOLE_INSTALLATION
        if status != 404 and not (status == 403 and not allowed):
            wrong.append((path, status))
    assert wrong == []


def test_a_page_of_nothing_is_not_found(server: Serving, asking: httpx.Client, database: Database) -> None:
    world: World = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    nothing = {name: new_id() for name in world.ids}
    for path in pages():
        if "_id}" in path:
            assert opened(asking, path, world.token, nothing).status_code == 404, path
