"""Grave things ask for a proof of the last minutes, which a code, a passkey or, lacking both, the password renews."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from server.accounts.calling import API_TOKEN_PREFIX
from server.accounts.factors.service import require_two_authenticators
from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import Caller
from server.db import Database, now
from server.errors import Problem
from server.settings import SecondFactor, Settings
from server.tables import ApiToken, LoginSession, TotpSecret
from server.tables.accounts import Role
from tests.conftest import People
from tests.entering import code_of


def age(database: Database, client: httpx.Client, by: timedelta) -> None:
    """Let the proof of a client's login be older."""
    digest = token_sha256(client.headers["Authorization"].removeprefix("Bearer "))
    with database.write() as session:
        row = session.exec(select(LoginSession).where(LoginSession.token_sha256 == digest)).one()
        assert row.factor_at is not None
        row.factor_at -= by
        session.add(row)


def test_an_old_proof_is_asked_for_again_and_a_code_renews_it(
    people: People, database: Database, settings: Settings
) -> None:
    person = people.person(Role.ADMINISTRATOR)
    assert person.client.post("/api/v1/me/recovery-codes").status_code == 200
    age(database, person.client, timedelta(minutes=settings.factor_minutes))
    assert person.client.post("/api/v1/me/recovery-codes").json()["code"] == "factor-needed"
    assert person.client.delete("/api/v1/me/totp").json()["code"] == "factor-needed"
    assert person.client.post("/api/v1/me/passkeys/options").json()["code"] == "factor-needed"
    assert person.client.post("/api/v1/me/proof", json={"password": person.password}).json()["code"] == "wrong-factor"
    assert person.client.post("/api/v1/me/proof", json={"code": "000000"}).status_code == 422
    code = code_of(database, person.secret, person.user.id)
    assert person.client.post("/api/v1/me/proof", json={"code": code}).status_code == 200
    assert person.client.post("/api/v1/me/recovery-codes").status_code == 200


def test_whoever_holds_no_authenticator_proves_with_the_password(people: People, database: Database) -> None:
    person = people.person(Role.VIEWER, people.agency().id)
    with database.write() as session:
        session.delete(session.exec(select(TotpSecret).where(TotpSecret.user_id == person.user.id)).one())
    age(database, person.client, timedelta(hours=2))
    assert person.client.post("/api/v1/me/device-code").json()["code"] == "factor-needed"
    assert person.client.post("/api/v1/me/proof/options").json() == {"ways": [], "passkey": None}
    assert person.client.post("/api/v1/me/proof", json={"password": "wrong"}).status_code == 422
    assert person.client.post("/api/v1/me/proof", json={"password": person.password}).status_code == 200
    assert person.client.post("/api/v1/me/device-code").status_code == 200


def test_roles_and_new_kiosks_ask_for_a_fresh_proof(people: People, database: Database, settings: Settings) -> None:
    person = people.person(Role.ADMINISTRATOR)
    age(database, person.client, timedelta(minutes=settings.factor_minutes))
    someone = people.person(Role.VIEWER, people.agency().id).user.id
    nobody = UUID(int=1)
    given = person.client.post(f"/api/v1/users/{someone}/grants", json={"role": "auditor"})
    assert given.json()["code"] == "factor-needed"
    assert person.client.post(f"/api/v1/grants/{nobody}/end").json()["code"] == "factor-needed"
    for path in ("enrolment/accept", "unfreeze", "replace"):
        answer = person.client.post(f"/api/v1/kiosks/{nobody}/{path}", json={})
        assert answer.json()["code"] == "factor-needed"
    assert person.client.post(f"/api/v1/kiosks/{nobody}/revoke", json={"reason": "stolen"}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"code": "123456", "password": "x"}, {"code": "1"}, {"passkey": {}}])
def test_a_proof_is_one_thing(people: People, body: dict[str, object]) -> None:
    assert people.person(Role.ADMINISTRATOR).client.post("/api/v1/me/proof", json=body).status_code == 422


def test_guessing_a_proof_is_slowed_down(people: People) -> None:
    client = people.person(Role.ADMINISTRATOR).client
    statuses = [client.post("/api/v1/me/proof", json={"code": "000000"}).status_code for _ in range(7)]
    assert statuses[:5] == [422] * 5
    assert statuses[-1] == 429


def test_a_program_is_never_fresh(people: People, database: Database) -> None:
    person = people.person(Role.ADMINISTRATOR)
    token = API_TOKEN_PREFIX + new_token()
    with database.write() as session:
        session.add(
            ApiToken(
                user_id=person.user.id,
                token_sha256=token_sha256(token),
                name="x",
                scopes=["see", "edit-users"],
                expires_at=now() + timedelta(days=1),
            )
        )
    client = people.stranger()
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get("/api/v1/sites").status_code == 200
    for path in ("recovery-codes", "device-code", "totp", "passkeys/options"):
        assert client.post(f"/api/v1/me/{path}").json()["code"] == "token-not-enough"


def caller(user_id: UUID) -> Caller:
    return Caller(user_id, "an", "An", Role.APPROVER, None, "vi", user_id)


def test_a_signer_without_two_authenticators_signs_nothing(
    people: People, database: Database, settings: Settings
) -> None:
    person = people.person(Role.APPROVER, people.agency().id)
    with database.read() as session, pytest.raises(Problem) as refused:
        require_two_authenticators(session, settings, caller(person.user.id))
    assert refused.value.code == "authenticators-missing"
    with database.read() as session:
        off = settings.model_copy(update={"second_factor": SecondFactor.OFF})
        require_two_authenticators(session, off, caller(person.user.id))


def test_a_role_given_later_asks_for_more_than_a_password(people: People, database: Database) -> None:
    agency = people.agency()
    person = people.person(Role.VIEWER, agency.id)
    with database.write() as session:
        session.delete(session.exec(select(TotpSecret).where(TotpSecret.user_id == person.user.id)).one())
    admin = people.person(Role.ADMINISTRATOR).client
    given = {"role": "approver", "agency_id": str(agency.id)}
    assert admin.post(f"/api/v1/users/{person.user.id}/grants", json=given).status_code == 201
    assert person.client.post("/api/v1/me/device-code").json()["code"] == "factor-needed"
    assert person.client.post("/api/v1/me/proof", json={"password": person.password}).json()["code"] == "wrong-factor"
