"""Tokens for programs: scopes, end, what is kept; and that every operation of the API honours scopes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from server.accounts.calling import API_TOKEN_PREFIX
from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import ALLOWED, Permission
from server.accounts.tokens.service import FOR_PEOPLE
from server.db import Database, now
from server.tables import ApiToken, LoginSession, TotpSecret
from server.tables.accounts import Role
from tests.conftest import ON_SQLITE, People, Person
from tests.server.needs import NEEDS
from tests.server.test_permissions import Operation, for_people, new_world, status_of
from tests.serving import Serving


def make(person: Person, *scopes: str, days: int = 30) -> httpx.Response:
    return person.client.post("/api/v1/me/tokens", json={"name": "Hàng chờ", "scopes": list(scopes), "days": days})


def program(people: People, token: str) -> httpx.Client:
    client = people.stranger()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_a_token_acts_within_its_scopes_and_is_listed_with_its_use(people: People) -> None:
    person = people.person(Role.ADMINISTRATOR)
    made = make(person, "see", "edit-agencies").json()
    assert made["token"].startswith(API_TOKEN_PREFIX)
    client = program(people, made["token"])
    assert client.get("/api/v1/agencies").status_code == 200
    assert client.post("/api/v1/agencies", json={"slug": "by-program", "name": "x"}).status_code == 201
    assert client.get("/api/v1/users").status_code == 403
    assert sorted(client.get("/api/v1/me").json()["permissions"]) == ["edit-agencies", "see"]
    (listed,) = person.client.get("/api/v1/me/tokens").json()
    assert listed["last_used_at"] is not None
    assert listed["last_address"] == "127.0.0.1"
    assert "token" not in listed


def test_the_database_keeps_only_a_tokens_digest(people: People, database: Database) -> None:
    secret = make(people.person(Role.ADMINISTRATOR), "see").json()["token"]
    with database.read() as session:
        row = session.exec(select(ApiToken).where(ApiToken.token_sha256 == token_sha256(secret))).one()
    assert secret not in row.model_dump_json()
    assert secret.removeprefix(API_TOKEN_PREFIX) not in row.model_dump_json()


def test_a_token_ends_by_hand_by_time_and_with_its_person(
    people: People, database: Database, admin: httpx.Client
) -> None:
    person = people.person(Role.EDITOR, people.agency().id)
    one, two, three = (make(person, "see").json() for _ in range(3))
    clients = [program(people, made["token"]) for made in (one, two, three)]
    assert [client.get("/api/v1/me").status_code for client in clients] == [200] * 3
    assert person.client.delete(f"/api/v1/me/tokens/{one['shown']['id']}").status_code == 204
    with database.write() as session:
        row = session.exec(select(ApiToken).where(ApiToken.token_sha256 == token_sha256(two["token"]))).one()
        row.expires_at = now() - timedelta(seconds=1)
        session.add(row)
    assert [client.get("/api/v1/me").status_code for client in clients] == [401, 401, 200]
    assert admin.patch(f"/api/v1/users/{person.user.id}", json={"disabled": True}).status_code == 200
    assert clients[2].get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("scope", ["approve", "raise-emergency", "sign-values", "edit-users", "edit-trust", "fly"])
def test_no_token_has_what_takes_a_person_or_what_its_person_lacks(people: People, scope: str) -> None:
    person = people.person(Role.APPROVER if scope == "approve" else Role.EDITOR, people.agency().id)
    assert make(person, "see", scope).status_code in (403, 422)


def test_a_token_of_somebody_else_cannot_be_ended(people: People) -> None:
    made = make(people.person(Role.ADMINISTRATOR), "see").json()
    other = people.person(Role.ADMINISTRATOR)
    assert other.client.delete(f"/api/v1/me/tokens/{made['shown']['id']}").status_code == 404


def test_making_tokens_needs_a_second_factor_and_a_fresh_proof(people: People, database: Database) -> None:
    person = people.person(Role.EDITOR, people.agency().id)
    with database.write() as session:
        session.delete(session.exec(select(TotpSecret).where(TotpSecret.user_id == person.user.id)).one())
    assert make(person, "see").json()["code"] == "factor-missing"
    other = people.person(Role.ADMINISTRATOR)
    with database.write() as session:
        row = session.exec(select(LoginSession).where(LoginSession.user_id == other.user.id)).one()
        row.factor_at = None
        session.add(row)
    assert make(other, "see").json()["code"] == "factor-needed"


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 4000}, {"scopes": []}, {"name": ""}, {"user_id": "x"}])
def test_a_token_that_makes_no_sense_is_refused(people: People, body: dict[str, Any]) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    good = {"name": "x", "scopes": ["see"], "days": 1}
    assert client.post("/api/v1/me/tokens", json=good | body).status_code == 422


def world_of_a_program(database: Database, scopes: list[Permission]) -> tuple[dict[str, UUID], str]:
    """Return the objects of a fresh world, and a token with scopes of its administrator of everything."""
    world = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    secret, until = API_TOKEN_PREFIX + new_token(), now() + timedelta(hours=1)
    with database.write() as session:
        login = session.exec(select(LoginSession).where(LoginSession.token_sha256 == token_sha256(world.token))).one()
        row = ApiToken(user_id=login.user_id, token_sha256=token_sha256(secret), name="x", expires_at=until)
        row.scopes = list(scopes)
        session.add(row)
    return world.ids, secret


def is_own_account(operation: Operation) -> bool:
    return operation.path in ("/api/v1/me", "/api/v1/logout") or operation.path.startswith("/api/v1/me/")


@ON_SQLITE
@pytest.mark.parametrize("scope", [Permission.SEE, Permission.EDIT_CONTENT, Permission.ACKNOWLEDGE_FAULTS])
def test_no_operation_goes_beyond_a_tokens_scope(
    server: Serving, database: Database, people: People, scope: Permission
) -> None:
    ids, secret = world_of_a_program(database, [scope])
    wrong: list[tuple[str, int, str]] = []
    for operation in for_people(server):
        if operation.name == "GET /me" or (NEEDS[operation.name] is scope and not is_own_account(operation)):
            continue
        status, text = status_of(people.stranger(), operation, secret, ids)
        if status not in (403, 404):
            wrong.append((operation.name, status, text))
    assert wrong == []


def test_a_token_with_every_scope_is_kept_from_what_takes_a_person_only(
    server: Serving, database: Database, people: People
) -> None:
    scopes = [one for one in ALLOWED[Role.ADMINISTRATOR] if one not in FOR_PEOPLE]
    ids, secret = world_of_a_program(database, scopes)
    wrong: list[tuple[str, int, str]] = []
    for operation in for_people(server):
        status, text = status_of(people.stranger(), operation, secret, ids)
        allowed = NEEDS[operation.name] in scopes and not is_own_account(operation)
        if status == 401 or status >= 500 or (allowed and status == 403 and '"token-not-enough"' not in text):
            wrong.append((operation.name, status, text))
    assert wrong == []
