"""Tokens for programs: scopes, end, what is kept; and that every operation of the API honours scopes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from server.accounts.calling import API_TOKEN_PREFIX
from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import Permission
from server.db import Database, now
from server.tables import ApiToken, LoginSession, TotpSecret
from server.tables.accounts import Role
from tests.conftest import People, Person
from tests.server.needs import NEEDS
from tests.server.test_permissions import for_people, new_world, status_of
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


@pytest.mark.parametrize("scope", [Permission.SEE, Permission.EDIT_CONTENT, Permission.ACKNOWLEDGE_FAULTS])
def test_every_operation_honours_scopes(server: Serving, database: Database, people: People, scope: Permission) -> None:
    world = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    secret = API_TOKEN_PREFIX + new_token()
    with database.write() as session:
        login = session.exec(select(LoginSession).where(LoginSession.token_sha256 == token_sha256(world.token))).one()
        until = now() + timedelta(hours=1)
        session.add(
            ApiToken(
                user_id=login.user_id, token_sha256=token_sha256(secret), name="x", scopes=[scope], expires_at=until
            )
        )
    wrong: list[tuple[str, int, str]] = []
    for operation in for_people(server):
        if operation.name == "GET /me":
            continue
        status, text = status_of(people.stranger(), operation, secret, world.ids)
        is_own = operation.path.startswith(("/api/v1/me", "/api/v1/logout"))
        allowed = NEEDS[operation.name] is scope and not is_own
        if status == 401 or (status == 403) is allowed:
            wrong.append((operation.name, status, text))
    assert wrong == []
