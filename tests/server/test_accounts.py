"""Login, sessions, people and agencies through the API, on both databases."""

from __future__ import annotations

from sqlmodel import select

from server.accounts.passwords import token_sha256
from server.db import Database
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
