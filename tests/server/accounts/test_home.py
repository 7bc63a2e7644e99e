"""Where something new belongs when nobody names an agency: one in which the person may make it; on both databases."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.accounts.permissions import Caller, Grant, Permission
from server.db import new_id
from server.tables.accounts import Role
from tests.conftest import People, Person

numbers = count(1)
OWN, OTHER, THIRD = new_id(), new_id(), new_id()


def caller(role: Role, agency: UUID | None, *grants: Grant) -> Caller:
    return Caller(
        user_id=new_id(), username="x", display_name="x", role=role, agency_id=agency, language="vi",
        session_id=new_id(), grants=grants,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("person", "home"),
    [
        (caller(Role.EDITOR, OWN), OWN),
        (caller(Role.EDITOR, OWN, Grant(Role.EDITOR, OTHER)), OWN),
        (caller(Role.VIEWER, OWN, Grant(Role.EDITOR, OTHER)), OTHER),
        (caller(Role.VIEWER, OWN, Grant(Role.EDITOR, OTHER), Grant(Role.EDITOR, THIRD)), None),
        (caller(Role.VIEWER, OWN, Grant(Role.EDITOR, OTHER, THIRD)), OWN),
        (caller(Role.VIEWER, OWN), OWN),
        (caller(Role.ADMINISTRATOR, None), None),
    ],
)
def test_home_is_where_one_may(person: Caller, home: UUID | None) -> None:
    assert person.home(Permission.EDIT_CONTENT) == home


def lent(people: People, admin: httpx.Client) -> tuple[Person, str, str]:
    """Somebody who only looks at their own agency and edits for another one; with the ids of both."""
    own, other = people.agency(), people.agency()
    person = people.person(Role.VIEWER, own.id)
    given = admin.post(f"/api/v1/users/{person.user.id}/grants", json={"role": "editor", "agency_id": str(other.id)})
    assert given.status_code == 201, given.text
    return person, str(own.id), str(other.id)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/playlists", {"name": "Danh sách", "items": []}),
        ("/api/v1/phrases", {"key": "open", "vi": "Mở", "en": "Open", "zh": "开放"}),
    ],
)
def test_what_a_lent_editor_makes_belongs_to_where_they_edit(
    people: People, admin: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    person, own, other = lent(people, admin)
    made = person.client.post(path, json=body)
    assert made.status_code == 201, made.text
    assert made.json()["agency_id"] == other
    refused = person.client.post(path, json=body | {"agency_id": own})
    assert refused.status_code == 403


def test_pages_of_a_lent_editor_open_for_that_agency(people: People, admin: httpx.Client) -> None:
    person, _, other = lent(people, admin)
    page = person.client.get("/notices/new/card")
    assert page.status_code == 200
    assert other in page.text
    roster = person.client.get("/roster")
    trust = person.client.get("/trust")
    assert (roster.status_code, trust.status_code) == (200, 200)
