"""Logging in over HTTP with and without second factors, known devices and passkeys, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlmodel import select

from server.accounts import service as accounts
from server.accounts.factors import totp
from server.accounts.schemas import UserNew
from server.db import Database, now
from server.tables import KnownDevice, Passkey, RecoveryCode, TotpSecret, User
from server.tables.accounts import Role
from tests.conftest import People, Person
from tests.entering import code_of
from tests.server.accounts.authenticator import Authenticator

HOST = "localhost"


class Browser(httpx.Client):
    """A client that keeps cookies and says where its page comes from."""

    def __init__(self, people: People, agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0") -> None:
        url = people.server.url.replace("127.0.0.1", HOST)
        super().__init__(base_url=url, timeout=30, headers={"Origin": url, "User-Agent": agent})
        self.origin = url

    def log_in(self, user: User, password: str, **more: Any) -> httpx.Response:
        return self.post("/api/v1/login", json={"username": user.username, "password": password} | more)

    def second(self, user: User, ticket: str, **more: Any) -> httpx.Response:
        return self.post("/api/v1/login/second", json={"username": user.username, "ticket": ticket} | more)

    def device(self) -> Authenticator:
        return Authenticator(self.origin, HOST)

    def enrol(self, device: Authenticator, name: str = "Điện thoại") -> httpx.Response:
        options = self.post("/api/v1/me/passkeys/options").json()
        return self.post("/api/v1/me/passkeys", json={"name": name, "credential": device.make(options)})


@pytest.fixture
def browser(people: People) -> Iterator[Browser]:
    with Browser(people) as opened:
        yield opened


@pytest.fixture
def other(people: People) -> Iterator[Browser]:
    with Browser(people) as opened:
        yield opened


def newcomer(people: People, role: Role) -> tuple[User, str]:
    """Somebody who has a password and nothing else."""
    agency_id = None if role is Role.ADMINISTRATOR else people.agency().id
    new = UserNew(username=f"new.{people.agency().slug}", display_name="Người mới", role=role, agency_id=agency_id)
    with people.database.write() as session:
        return accounts.add_user(session, new, temporary=False)


def code(people: People, person: Person) -> str:
    return code_of(people.database, person.secret, person.user.id)


def test_an_administrator_gives_password_and_code(people: People, browser: Browser) -> None:
    person = people.person(Role.ADMINISTRATOR)
    first = browser.log_in(person.user, person.password).json()
    assert (first["me"], first["token"]) == (None, None)
    assert first["ways"] == ["totp"]
    assert browser.get("/api/v1/me").status_code == 401
    done = browser.second(person.user, first["ticket"], code=code(people, person), remember=True).json()
    assert done["me"]["username"] == person.user.username
    assert browser.get("/api/v1/sites").status_code == 200
    browser.post("/api/v1/logout")
    assert browser.log_in(person.user, person.password).json()["ticket"] is not None


def test_a_ticket_is_no_password_of_somebody_else_and_works_once(people: People, browser: Browser) -> None:
    one, two = people.person(Role.ADMINISTRATOR), people.person(Role.ADMINISTRATOR)
    ticket = browser.log_in(one.user, one.password).json()["ticket"]
    assert browser.second(two.user, ticket, code=code(people, two)).json()["code"] == "login-over"
    assert browser.second(one.user, "x" * 50, code=code(people, one)).json()["code"] == "login-over"
    assert browser.second(one.user, ticket, code=code(people, one)).status_code == 200
    assert browser.second(one.user, ticket, code=code(people, one)).json()["code"] == "wrong-factor"


def test_a_code_works_once(people: People, browser: Browser) -> None:
    person = people.person(Role.APPROVER, people.agency().id)
    given = code(people, person)
    assert browser.log_in(person.user, person.password, code=given).json()["me"] is not None
    assert browser.log_in(person.user, person.password, code=given).json()["code"] == "wrong-factor"


def test_guessing_codes_is_slowed_down_and_locks_nobody_out(people: People, browser: Browser) -> None:
    person = people.person(Role.ADMINISTRATOR)
    ticket = browser.log_in(person.user, person.password).json()["ticket"]
    answers = [browser.second(person.user, ticket, code="000000") for _ in range(7)]
    assert {answer.json()["code"] for answer in answers[:5]} == {"wrong-factor"}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert person.client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.APPROVER, Role.DUTY_OFFICER, Role.STATUS_OFFICER])
def test_who_needs_a_factor_and_has_none_may_only_enrol_one(people: People, browser: Browser, role: Role) -> None:
    user, password = newcomer(people, role)
    done = browser.log_in(user, password).json()
    assert done["me"]["must_enrol"] is True
    assert browser.get("/api/v1/sites").json()["code"] == "factor-missing"
    begun = browser.post("/api/v1/me/totp").json()
    assert browser.get("/api/v1/sites").json()["code"] == "factor-missing"
    assert browser.post("/api/v1/me/totp/confirm", json={"code": "000000"}).json()["code"] == "wrong-factor"
    confirmed = browser.post("/api/v1/me/totp/confirm", json={"code": totp.code_at(begun["secret"], now())}).json()
    assert len(confirmed["recovery_codes"]) == 10
    assert browser.get("/api/v1/sites").status_code == 200
    assert browser.get("/api/v1/me").json()["must_enrol"] is False
    needs = 1 if role is not Role.ADMINISTRATOR else 0
    assert browser.get("/api/v1/me/factors").json()["lacking"] == needs


def test_another_login_that_waits_for_a_first_factor_ends_with_it(
    people: People, browser: Browser, other: Browser
) -> None:
    user, password = newcomer(people, Role.ADMINISTRATOR)
    for one in (browser, other):
        assert one.log_in(user, password).json()["me"]["must_enrol"] is True
    assert browser.enrol(browser.device()).status_code == 201
    assert other.post("/api/v1/me/totp").status_code == 401


def test_a_translators_device_becomes_known_and_another_one_asks(
    people: People, browser: Browser, other: Browser
) -> None:
    user, password = newcomer(people, Role.TRANSLATOR)
    assert browser.log_in(user, password).json()["me"]["must_enrol"] is False
    browser.post("/api/v1/logout")
    assert browser.log_in(user, password).json()["me"] is not None
    asked = other.log_in(user, password).json()
    assert asked["ways"] == ["device-code"]
    shown = browser.post("/api/v1/me/device-code").json()
    assert other.second(user, asked["ticket"], code="ABCDE-FGHJK").json()["code"] == "wrong-factor"
    assert other.second(user, asked["ticket"], code=shown["code"].lower(), remember=True).status_code == 200
    other.post("/api/v1/logout")
    assert other.log_in(user, password).json()["me"] is not None
    listed = browser.get("/api/v1/me/devices").json()
    assert [one["is_this"] for one in listed] == [False, True]
    assert listed[0]["device"] == "Firefox 130, Linux"


def test_a_forgotten_device_asks_again(people: People, browser: Browser) -> None:
    person = people.person(Role.EDITOR, people.agency().id)
    ticket = browser.log_in(person.user, person.password).json()["ticket"]
    assert browser.second(person.user, ticket, code=code(people, person), remember=True).status_code == 200
    browser.post("/api/v1/logout")
    assert browser.log_in(person.user, person.password).json()["me"] is not None
    listed = browser.get("/api/v1/me/devices").json()
    assert browser.delete(f"/api/v1/me/devices/{listed[0]['id']}").status_code == 204
    assert browser.delete(f"/api/v1/me/devices/{listed[0]['id']}").status_code == 404
    assert browser.log_in(person.user, person.password).json()["ticket"] is not None


def test_a_devices_cookie_is_worth_nothing_to_somebody_else_or_when_it_is_old(
    people: People, database: Database, browser: Browser
) -> None:
    one, two = people.person(Role.EDITOR, people.agency().id), people.person(Role.EDITOR, people.agency().id)
    ticket = browser.log_in(one.user, one.password).json()["ticket"]
    browser.second(one.user, ticket, code=code(people, one), remember=True)
    assert browser.log_in(two.user, two.password).json()["ticket"] is not None
    with database.write() as session:
        row = session.exec(select(KnownDevice).where(KnownDevice.user_id == one.user.id)).one()
        row.expires_at = now()
        session.add(row)
    assert browser.log_in(one.user, one.password).json()["ticket"] is not None


def test_a_passkey_logs_in_alone_and_as_second_factor(people: People, browser: Browser) -> None:
    user, password = newcomer(people, Role.APPROVER)
    browser.log_in(user, password)
    device = browser.device()
    enrolled = browser.enrol(device).json()
    assert enrolled["passkey"]["keyid"] is not None
    assert len(enrolled["recovery_codes"]) == 10
    second = browser.device()
    assert browser.enrol(second, "Khóa bảo mật").json()["recovery_codes"] == []
    assert browser.get("/api/v1/me/factors").json()["lacking"] == 0
    browser.post("/api/v1/logout")
    alone = device.answer(browser.post("/api/v1/login/passkey/options").json())
    assert browser.post("/api/v1/login/passkey", json={"passkey": alone}).json()["me"]["username"] == user.username
    browser.post("/api/v1/logout")
    assert browser.post("/api/v1/login/passkey", json={"passkey": alone}).json()["code"] == "wrong-factor"
    step = browser.log_in(user, password).json()
    assert step["ways"] == ["passkey", "recovery-code"]
    assert browser.second(user, step["ticket"], passkey=second.answer(step["passkey"])).status_code == 200


def test_somebody_elses_passkey_is_no_second_factor(people: People, browser: Browser, other: Browser) -> None:
    (one, password), (two, word) = newcomer(people, Role.ADMINISTRATOR), newcomer(people, Role.ADMINISTRATOR)
    browser.log_in(one, password)
    browser.enrol(browser.device())
    other.log_in(two, word)
    device = other.device()
    other.enrol(device)
    step = browser.log_in(one, password).json()
    assert browser.second(one, step["ticket"], passkey=device.answer(step["passkey"])).json()["code"] == "wrong-factor"
    proof = browser.post("/api/v1/me/proof/options").json()["passkey"]
    answer = device.answer(proof)
    assert browser.post("/api/v1/me/proof", json={"passkey": answer}).json()["code"] == "wrong-factor"


def test_a_recovery_code_works_once_and_new_ones_void_the_old(people: People, browser: Browser) -> None:
    user, password = newcomer(people, Role.ADMINISTRATOR)
    browser.log_in(user, password)
    codes = browser.enrol(browser.device()).json()["recovery_codes"]
    assert browser.log_in(user, password, code=codes[0].lower().replace("-", " ")).json()["me"] is not None
    assert browser.log_in(user, password, code=codes[0]).json()["code"] == "wrong-factor"
    fresh = browser.post("/api/v1/me/recovery-codes").json()["recovery_codes"]
    assert browser.log_in(user, password, code=codes[1]).json()["code"] == "wrong-factor"
    assert browser.log_in(user, password, code=fresh[1]).json()["me"] is not None


def test_the_database_alone_makes_no_codes(people: People, database: Database, browser: Browser) -> None:
    user, password = newcomer(people, Role.ADMINISTRATOR)
    browser.log_in(user, password)
    secret = browser.post("/api/v1/me/totp").json()["secret"]
    codes = browser.post("/api/v1/me/totp/confirm", json={"code": totp.code_at(secret, now())}).json()["recovery_codes"]
    with database.read() as session:
        rows = [
            *session.exec(select(TotpSecret)),
            *session.exec(select(RecoveryCode)),
            *session.exec(select(KnownDevice)),
        ]
        kept = " ".join(row.model_dump_json() for row in rows)
    assert secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_the_last_authenticator_of_a_grave_role_stays(people: People, browser: Browser) -> None:
    user, password = newcomer(people, Role.APPROVER)
    browser.log_in(user, password)
    first = browser.enrol(browser.device()).json()["passkey"]
    assert browser.delete(f"/api/v1/me/passkeys/{first['id']}").json()["code"] == "last-factor"
    second = browser.enrol(browser.device()).json()["passkey"]
    renamed = browser.patch(f"/api/v1/me/passkeys/{second['id']}", json={"name": "Khóa xanh"}).json()
    assert renamed["name"] == "Khóa xanh"
    assert browser.delete(f"/api/v1/me/passkeys/{first['id']}").status_code == 204
    assert [one["id"] for one in browser.get("/api/v1/me/factors").json()["passkeys"]] == [second["id"]]


def test_nobody_touches_another_persons_passkey(people: People, browser: Browser, database: Database) -> None:
    user, password = newcomer(people, Role.ADMINISTRATOR)
    browser.log_in(user, password)
    mine = browser.enrol(browser.device()).json()["passkey"]["id"]
    other = people.person(Role.ADMINISTRATOR).client
    assert other.patch(f"/api/v1/me/passkeys/{mine}", json={"name": "x"}).status_code == 404
    assert other.delete(f"/api/v1/me/passkeys/{mine}").status_code == 404
    with database.read() as session:
        assert session.exec(select(Passkey).where(Passkey.user_id == user.id)).one().name == "Điện thoại"
