"""The registry of signing keys over HTTP, and the plan that it gives."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playlists.trust.fingerprint import in_words
from playlists.trust.key import file_key, new_private_key, public_key
from playlists.trust.root import Root
from server.errors import Problem
from server.settings import SecondFactor, Settings
from server.tables.accounts import Role
from server.trust.signing_keys import service
from tests.conftest import People, Person


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """Whether somebody proved themselves just now is tested with the logins."""
    return settings.model_copy(update={"second_factor": SecondFactor.OFF})


def line(holder: str) -> str:
    return json.dumps(file_key(public_key(new_private_key()), holder).model_dump(mode="json"))


@pytest.fixture(scope="module")
def lan(people: People) -> Person:
    return people.person(Role.APPROVER, people.agency().id)


def register(who: Person, text: str, **more: object) -> httpx.Response:
    return who.client.post("/api/v1/trust/keys", json={"line": text} | more)


def test_a_persons_line_is_in_the_registry_with_its_six_words(lan: Person) -> None:
    text = line(lan.user.username)
    made = register(lan, text, name="USB của Lan")
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["holder"], shown["words"], shown["roles"]) == (
        lan.user.username,
        in_words(json.loads(text)["id"]),
        [],
    )
    assert register(lan, text).json()["code"] == "key-known"
    assert shown in lan.client.get("/api/v1/trust/keys").json()


def test_another_persons_line_is_refused_in_words(lan: Person) -> None:
    refused = register(lan, line("somebody.else"))
    assert (refused.status_code, refused.json()["code"]) == (422, "other-holder")
    assert set(refused.json()["sentences"]) == {"vi", "en", "zh"}


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"id": 1}', "{" * 900, '{"a":1,"a":2}'])
def test_what_is_no_key_is_refused(lan: Person, text: str) -> None:
    assert register(lan, text).json()["code"] == "no-key-line"
    assert register(lan, "x" * 1001).status_code == 422


@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_mutated_lines_never_become_another_key(data: st.DataObject) -> None:
    whole = line("minh")
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:place] + data.draw(st.text(max_size=3)) + whole[place + data.draw(st.integers(0, 3)) :]
    try:
        key = service._read(changed)
    except Problem:
        return
    assert (key.id, key.public) == (json.loads(whole)["id"], json.loads(whole)["public"])


def test_a_removed_key_is_in_no_plan_and_can_come_back(lan: Person, admin: httpx.Client) -> None:
    text = line(lan.user.username)
    made = register(lan, text).json()
    plan = admin.get("/api/v1/trust/plan").json()
    assert made["keyid"] in {one["id"] for one in plan["plan"]["keys"]}
    assert lan.client.delete(f"/api/v1/trust/keys/{made['id']}").status_code == 204
    assert made["keyid"] not in {one["id"] for one in admin.get("/api/v1/trust/plan.json").json()["keys"]}
    assert lan.client.delete(f"/api/v1/trust/keys/{made['id']}").status_code == 404
    assert register(lan, text).status_code == 201


def test_others_keys_are_shown_to_who_may_see_people_and_removed_by_who_edits_them(lan: Person, people: People) -> None:
    made = register(lan, line(lan.user.username)).json()
    administrator, colleague = (people.person(role, lan.user.agency_id) for role in (Role.ADMINISTRATOR, Role.APPROVER))
    stranger = people.person(Role.ADMINISTRATOR, people.agency().id)
    seen = [made in one.client.get("/api/v1/trust/keys").json() for one in (administrator, colleague, stranger)]
    assert seen == [True, False, False]
    path = f"/api/v1/trust/keys/{made['id']}"
    assert stranger.client.delete(path).status_code == 404
    assert colleague.client.delete(path).status_code == 403
    assert administrator.client.delete(path).status_code == 204


def test_a_plan_of_the_registry_becomes_a_root(people: People, admin: httpx.Client) -> None:
    agency = people.agency()
    for role in (Role.APPROVER, Role.APPROVER, Role.DUTY_OFFICER):
        person = people.person(role, agency.id)
        register(person, line(person.user.username))
        register(person, line(person.user.username), for_root=True)
    shown = admin.get("/api/v1/trust/plan").json()
    assert (shown["flaw"], shown["next_version"]) == (None, 1)
    stamp = {"v": 1, "version": 1, "issued_at": "2026-11-26T00:00:00.000Z"}
    root = Root.read(json.dumps(shown["plan"] | stamp).encode())
    assert len(root.holders_of(f"approver-{agency.slug}")) == 2
    assert len(root.holders_of("root")) == 3
    page = admin.get("/trust")
    assert page.status_code == 200
    assert in_words(root.keys_of(f"approver-{agency.slug}")[0].id) in page.text


def test_the_registry_is_refused_without_a_role(lan: Person) -> None:
    assert lan.client.get("/api/v1/trust/plan").status_code == 403
