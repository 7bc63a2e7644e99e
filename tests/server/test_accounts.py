"""Login, sessions, people and agencies through the API, on both databases."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from server.accounts import service as accounts
from server.accounts.passwords import token_sha256
from server.accounts.schemas import UserNew
from server.db import Database, now
from server.settings import Settings
from server.tables import LoginSession
from server.tables.accounts import Role
from tests.conftest import People


def test_a_stranger_is_told_to_log_in(people: People) -> None:
    answer = people.stranger().get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-logged-in"


def test_wrong_name_and_wrong_password_are_answered_alike(people: People) -> None:
    person = people.person(Role.ADMINISTRATOR)
    stranger = people.stranger()
    wrong = stranger.post("/api/v1/login", json={"username": person.user.username, "password": "x"}).json()
    unknown = stranger.post("/api/v1/login", json={"username": "nobody.here", "password": "x"}).json()
    assert wrong == unknown
    assert wrong["status"] == 401


def test_the_database_keeps_only_a_tokens_digest(people: People, database: Database) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    token = client.headers["Authorization"].removeprefix("Bearer ")
    with database.read() as session:
        row = session.exec(select(LoginSession).where(LoginSession.token_sha256 == token_sha256(token))).one()
        assert token not in row.model_dump_json()


def test_guessing_is_slowed_down_and_the_owner_is_not_locked_out(people: People) -> None:
    person = people.person(Role.ADMINISTRATOR)
    guesser = people.stranger()
    guess = {"username": person.user.username, "password": "guess"}
    answers = [guesser.post("/api/v1/login", json=guess) for _ in range(7)]
    assert [answer.status_code for answer in answers][:5] == [401] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert person.client.get("/api/v1/me").status_code == 200


def test_logging_out_ends_the_login(people: People) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    assert client.post("/api/v1/logout").status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_a_login_ends_when_it_is_old_or_idle(people: People, database: Database, settings: Settings) -> None:
    for field, age in (
        ("expires_at", timedelta(seconds=1)),
        ("last_seen_at", timedelta(minutes=settings.session_idle_minutes)),
    ):
        client = people.person(Role.ADMINISTRATOR).client
        digest = token_sha256(client.headers["Authorization"].removeprefix("Bearer "))
        with database.write() as session:
            row = session.exec(select(LoginSession).where(LoginSession.token_sha256 == digest)).one()
            setattr(row, field, now() - age)
            session.add(row)
        assert client.get("/api/v1/me").status_code == 401, field


def test_use_keeps_a_login_alive(people: People, database: Database) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    digest = token_sha256(client.headers["Authorization"].removeprefix("Bearer "))
    statement = select(LoginSession).where(LoginSession.token_sha256 == digest)
    with database.write() as session:
        row = session.exec(statement).one()
        row.last_seen_at = old = now() - timedelta(minutes=30)
        session.add(row)
    assert client.get("/api/v1/me").status_code == 200
    with database.read() as session:
        assert session.exec(statement).one().last_seen_at > old


def test_a_generated_password_must_be_changed_first(people: People, database: Database) -> None:
    new = UserNew(username="moi.vao", display_name="Người mới", role=Role.EDITOR, agency_id=people.agency().id)
    with database.write() as session:
        _, given = accounts.add_user(session, new, temporary=True)
    client = people.log_in("moi.vao", given)
    assert client.get("/api/v1/me").json()["password_is_temporary"] is True
    assert client.get("/api/v1/sites").json()["code"] == "password-change-needed"
    for weak in (given, "short", "moi.vao-moi.vao", "matkhau123456"):
        change = {"current": given, "new": weak}
        assert client.post("/api/v1/me/password", json=change).status_code == 422
    change = {"current": given, "new": "một mật khẩu dài"}
    assert client.post("/api/v1/me/password", json=change | {"current": "wrong"}).status_code == 422
    assert client.post("/api/v1/me/password", json=change).status_code == 204
    assert client.get("/api/v1/sites").status_code == 200
    assert people.log_in("moi.vao", "một mật khẩu dài").get("/api/v1/me").status_code == 200


def test_a_shut_out_person_is_out_at_once_and_can_come_back(people: People, admin: httpx.Client) -> None:
    person = people.person(Role.VIEWER, people.agency().id)
    path = f"/api/v1/users/{person.user.id}"
    assert admin.patch(path, json={"disabled": True}).status_code == 200
    assert person.client.get("/api/v1/me").status_code == 401
    form = {"username": person.user.username, "password": person.password}
    assert people.stranger().post("/api/v1/login", json=form).status_code == 401
    assert admin.patch(path, json={"disabled": False}).json()["disabled_at"] is None
    assert people.log_in(person.user.username, person.password).get("/api/v1/me").status_code == 200


def test_nobody_shuts_themselves_out_or_belongs_nowhere(people: People, admin: httpx.Client) -> None:
    me = admin.get("/api/v1/me").json()["user_id"]
    assert admin.patch(f"/api/v1/users/{me}", json={"disabled": True}).status_code == 409
    assert admin.patch(f"/api/v1/users/{me}", json={"role": "viewer"}).status_code == 422
    nowhere = {"username": "khong.dau", "display_name": "x", "role": "viewer"}
    assert admin.post("/api/v1/users", json=nowhere).status_code == 422


def test_an_agencys_administrator_makes_no_administrator_of_everything(people: People) -> None:
    client = people.person(Role.ADMINISTRATOR, people.agency().id).client
    new = {"username": "tat.ca", "display_name": "x", "role": "administrator"}
    assert client.post("/api/v1/users", json=new).status_code == 403


def test_a_closed_agency_lets_nobody_in_and_nothing_new_be_made(people: People, admin: httpx.Client) -> None:
    agency = people.agency()
    person = people.person(Role.EDITOR, agency.id)
    closed = admin.post(f"/api/v1/agencies/{agency.id}/close", headers={"If-Match": '"1"'})
    assert closed.json()["closed_at"] is not None
    assert person.client.get("/api/v1/me").status_code == 401
    site = {"agency_id": str(agency.id), "slug": "after-the-end", "name": "x"}
    assert admin.post("/api/v1/sites", json=site).json()["code"] == "agency-closed"


@pytest.mark.parametrize("etag", ["x", '"1.5"', '"-1"', '"' + "9" * 40 + '"', '"²"'])
def test_an_if_match_that_is_none_is_refused(people: People, admin: httpx.Client, etag: str) -> None:
    path = f"/api/v1/agencies/{people.agency().id}"
    headers = httpx.Headers([(b"If-Match", etag.encode("latin-1"))])
    assert admin.patch(path, json={"name": "x"}, headers=headers).status_code == 422
