"""Invitations, and resets by two administrators, over HTTP on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from server.accounts.passwords import token_sha256
from server.db import Database, now
from server.tables import Invitation, LoginSession, ResetRequest, TotpSecret, User
from server.tables.accounts import Role
from server.throttle import Tally
from tests.conftest import People, Person

WORDS = "con trâu uống cà phê sữa"


def invite(people: People, admin: httpx.Client, role: str = "editor") -> tuple[dict[str, Any], str]:
    """Invite somebody; returns the person and the secret of the link."""
    agency = people.agency()
    new = {"username": f"moi.{agency.slug}", "display_name": "Người mới", "role": role, "agency_id": str(agency.id)}
    made = admin.post("/api/v1/users", json=new)
    assert made.status_code == 201, made.text
    return made.json()["user"], secret_of(made.json()["invitation"]["link"])


def secret_of(link: str) -> str:
    address, _, secret = link.partition("#")
    assert address.endswith("/invitation")
    return secret


def take(people: People, secret: str, password: str = WORDS) -> httpx.Response:
    form = {"secret": secret, "password": password, "bearer": True}
    return people.stranger().post("/api/v1/invitations/take", json=form)


def log_in(people: People, username: str, password: str) -> int:
    form = {"username": username, "password": password, "bearer": True}
    return people.stranger().post("/api/v1/login", json=form).status_code


def test_an_invited_person_chooses_their_password_once(people: People, admin: httpx.Client, database: Database) -> None:
    user, secret = invite(people, admin)
    assert log_in(people, user["username"], WORDS) == 401
    seen = people.stranger().post("/api/v1/invitations/look", json={"secret": secret}).json()
    assert (seen["username"], seen["is_reset"]) == (user["username"], False)
    assert take(people, secret, "matkhau123456").json()["code"] == "weak-password"
    assert take(people, secret, "short").status_code == 422
    done = take(people, secret).json()
    assert done["me"]["username"] == user["username"]
    assert done["me"]["password_is_temporary"] is False
    assert take(people, secret, "bốn từ không liên quan").status_code == 404
    assert log_in(people, user["username"], WORDS) == 200
    with database.read() as session:
        kept = " ".join(row.model_dump_json() for row in session.exec(select(Invitation)))
    assert secret not in kept


def test_an_invited_approver_enrols_a_factor_next(people: People, admin: httpx.Client) -> None:
    _, secret = invite(people, admin, "approver")
    done = take(people, secret).json()
    client = people.stranger()
    client.headers["Authorization"] = f"Bearer {done['token']}"
    assert done["me"]["must_enrol"] is True
    assert client.get("/api/v1/sites").json()["code"] == "factor-missing"


def test_a_link_ends_by_time_by_cancelling_and_by_a_newer_one(
    people: People, admin: httpx.Client, database: Database
) -> None:
    _, old = invite(people, admin)
    with database.write() as session:
        row = session.exec(select(Invitation).where(Invitation.token_sha256 == token_sha256(old))).one()
        row.expires_at = now() - timedelta(seconds=1)
        session.add(row)
    assert take(people, old).status_code == 404
    user, first = invite(people, admin)
    second = secret_of(admin.post(f"/api/v1/users/{user['id']}/invitation").json()["link"])
    assert take(people, first).status_code == 404
    (listed,) = [one for one in admin.get("/api/v1/invitations").json() if one["user_id"] == user["id"]]
    assert admin.delete(f"/api/v1/invitations/{listed['id']}").status_code == 204
    assert take(people, second).status_code == 404
    assert [one for one in admin.get("/api/v1/invitations").json() if one["user_id"] == user["id"]] == []


def test_whoever_has_a_password_gets_no_second_invitation(people: People, admin: httpx.Client) -> None:
    user, secret = invite(people, admin)
    take(people, secret)
    assert admin.post(f"/api/v1/users/{user['id']}/invitation").json()["code"] == "invitation-taken"


def test_a_closed_account_takes_no_link(people: People, admin: httpx.Client) -> None:
    user, secret = invite(people, admin)
    assert admin.patch(f"/api/v1/users/{user['id']}", json={"disabled": True}).status_code == 200
    assert take(people, secret).status_code == 404


def test_guessing_links_is_slowed_down(people: People) -> None:
    people.server.app.state.parts.throttle.succeeded(Tally("invitation:127.0.0.1"))
    statuses = [take(people, f"{number:064x}").status_code for number in range(12)]
    assert statuses[:10] == [404] * 10
    assert statuses[-1] == 429
    people.server.app.state.parts.throttle.succeeded(Tally("invitation:127.0.0.1"))


@pytest.fixture
def two(people: People) -> tuple[Person, Person]:
    return people.person(Role.ADMINISTRATOR), people.person(Role.ADMINISTRATOR)


def ask(people: People, one: Person, person: Person) -> dict[str, Any]:
    answer = one.client.post(f"/api/v1/users/{person.user.id}/resets", json={"reason": "Mất điện thoại"})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_two_administrators_let_a_person_begin_anew(
    people: People, two: tuple[Person, Person], database: Database
) -> None:
    one, other = two
    person = people.person(Role.APPROVER, people.agency().id)
    reset = ask(people, one, person)
    assert reset["asked_by_name"] == one.user.display_name
    again = one.client.post(f"/api/v1/users/{person.user.id}/resets", json={"reason": "Mất điện thoại"})
    assert again.json()["code"] == "reset-waits"
    assert one.client.post(f"/api/v1/resets/{reset['id']}/confirm").json()["code"] == "two-administrators"
    assert person.client.get("/api/v1/me").status_code == 200
    link = other.client.post(f"/api/v1/resets/{reset['id']}/confirm").json()["link"]
    assert other.client.post(f"/api/v1/resets/{reset['id']}/confirm").json()["code"] == "reset-over"
    assert person.client.get("/api/v1/me").status_code == 200
    done = take(people, secret_of(link)).json()
    assert done["me"]["must_enrol"] is True
    assert person.client.get("/api/v1/me").status_code == 401
    assert log_in(people, person.user.username, person.password) == 401
    with database.read() as session:
        assert session.exec(select(TotpSecret).where(TotpSecret.user_id == person.user.id)).first() is None
        assert len(session.exec(select(LoginSession).where(LoginSession.user_id == person.user.id)).all()) == 1


def test_a_person_confirms_no_reset_of_their_own_and_asks_for_none(people: People, two: tuple[Person, Person]) -> None:
    one, other = two
    own = one.client.post(f"/api/v1/users/{one.user.id}/resets", json={"reason": "tôi quên"})
    assert own.json()["code"] == "own-reset"
    reset = ask(people, one, other)
    assert other.client.post(f"/api/v1/resets/{reset['id']}/confirm").json()["code"] == "two-administrators"


def test_a_refused_or_old_reset_is_over(people: People, two: tuple[Person, Person], database: Database) -> None:
    one, other = two
    person = people.person(Role.VIEWER, people.agency().id)
    reset = ask(people, one, person)
    assert reset["id"] in [row["id"] for row in other.client.get("/api/v1/resets").json()]
    assert other.client.post(f"/api/v1/resets/{reset['id']}/refuse").status_code == 204
    assert other.client.post(f"/api/v1/resets/{reset['id']}/confirm").json()["code"] == "reset-over"
    reset = ask(people, one, person)
    with database.write() as session:
        row = session.exec(select(ResetRequest).where(ResetRequest.user_id == person.user.id)).all()[-1]
        row.expires_at = now()
        session.add(row)
    assert other.client.post(f"/api/v1/resets/{reset['id']}/confirm").json()["code"] == "reset-over"


def test_an_agencys_administrator_sees_and_gives_links_at_home_only(people: People, admin: httpx.Client) -> None:
    home = people.person(Role.ADMINISTRATOR, people.agency().id)
    user, _ = invite(people, admin)
    assert home.client.post(f"/api/v1/users/{user['id']}/invitation").status_code == 404
    assert user["id"] not in [one["user_id"] for one in home.client.get("/api/v1/invitations").json()]
    assert home.client.post(f"/api/v1/users/{user['id']}/resets", json={"reason": "xin hãy"}).status_code == 404


def test_inviting_asks_for_a_fresh_proof(people: People, database: Database) -> None:
    person = people.person(Role.ADMINISTRATOR)
    with database.write() as session:
        for row in session.exec(select(LoginSession).where(LoginSession.user_id == person.user.id)):
            row.factor_at = None
            session.add(row)
    new = {"username": "khong.duoc", "display_name": "x", "role": "viewer", "agency_id": str(people.agency().id)}
    assert person.client.post("/api/v1/users", json=new).json()["code"] == "factor-needed"
    with database.read() as session:
        assert session.exec(select(User).where(User.username == "khong.duoc")).first() is None
