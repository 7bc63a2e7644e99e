"""Every operation about something that stands at a site, for people with a role at that site or at another one only."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from playlists.ids import sha256_hex
from server.accounts.permissions import Grant
from server.db import Database
from server.tables import LoginSession, RoleGrant, Site
from server.tables.accounts import Role
from tests.conftest import ON_SQLITE
from tests.server.needs import NEEDS
from tests.server.test_permissions import (
    ENDS_SOMETHING,
    NOT_THERE_YET,
    Operation,
    World,
    for_people,
    new_world,
    numbers,
    status_of,
)
from tests.serving import Serving

STANDS = ("site_id", "panel_id", "kiosk_id", "fault_id", "alarm_id", "window_id", "board_id", "source_id", "order_id")
"""Names in paths of what stands at a site."""
ITS_AUTHORS = frozenset({"DELETE /work-orders/{order_id}/photos/{photo_id}"})
"""What only whoever made it may do, whatever their role."""


@pytest.fixture(scope="module")
def asking(server: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def placed(server: Serving) -> list[Operation]:
    return [one for one in for_people(server) if any(f"{{{name}}}" in one.path for name in STANDS)]


def worker(database: Database, role: Role, place: World, *, elsewhere: bool) -> str:
    """Somebody of another agency with a role at a place's site, or at another site of its agency; their token."""
    home, agency_id = new_world(database, Role.VIEWER), place.ids["agency_id"]
    with database.write() as session:
        digest = sha256_hex(home.token.encode())
        login = session.exec(select(LoginSession).where(LoginSession.token_sha256 == digest)).one()
        site_id: UUID = place.ids["site_id"]
        if elsewhere:
            site = Site(slug=f"other-{next(numbers)}", agency_id=agency_id, name="x", time_zone="Asia/Ho_Chi_Minh")
            session.add(site)
            session.flush()
            site_id = site.id
        session.add(RoleGrant(user_id=login.user_id, role=role, agency_id=agency_id, site_id=site_id))
    return home.token


def test_there_are_operations_about_what_stands_at_sites(server: Serving) -> None:
    assert len(placed(server)) > 40


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_what_stands_at_another_site_does_not_exist(
    server: Serving, asking: httpx.Client, database: Database, role: Role
) -> None:
    place = new_world(database, Role.ADMINISTRATOR)
    token = worker(database, role, place, elsewhere=True)
    wrong: list[tuple[str, int, str]] = []
    for operation in placed(server):
        status, text = status_of(asking, operation, token, place.ids)
        allowed = NEEDS[operation.name] in Grant(role, place.ids["agency_id"], place.ids["site_id"]).permissions
        if status != 404 and not (not allowed and status == 403):
            wrong.append((operation.name, status, text))
    assert wrong == []


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_what_stands_at_the_own_site_is_open_to_roles_that_may(
    server: Serving, asking: httpx.Client, database: Database, role: Role
) -> None:
    place = new_world(database, Role.ADMINISTRATOR)
    token = worker(database, role, place, elsewhere=False)
    wrong: list[tuple[str, int, str]] = []
    for operation in placed(server):
        status, text = status_of(asking, operation, token, place.ids)
        allowed = NEEDS[operation.name] in Grant(role, place.ids["agency_id"], place.ids["site_id"]).permissions
        allowed &= operation.name not in ITS_AUTHORS
        fine = status not in (401, 403) and status < 500 if allowed else status == 403
        if allowed and status == 404 and not operation.path.endswith(NOT_THERE_YET):
            fine = False
        if not fine:
            wrong.append((operation.name, status, text))
        if operation.name.endswith(ENDS_SOMETHING):
            place = new_world(database, Role.ADMINISTRATOR)
            token = worker(database, role, place, elsewhere=False)
    assert wrong == []
