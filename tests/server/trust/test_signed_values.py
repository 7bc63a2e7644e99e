"""Values of a status board, signed by the status officer of the site: prepared, signed, written and told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from playlists.trust.statements import Values
from server.db import Database, now
from server.publishing import repository as published
from server.tables import Kiosk, Panel, Site
from server.tables.accounts import Role
from server.tables.boards import Board, KioskBoard
from tests.conftest import People, Person
from tests.server.trust import network
from tests.serving import Serving

WORDS = {"vi": "Chờ", "en": "Wait", "zh": "等候"}
PLAN: dict[str, Any] = {
    "title": WORDS,
    "slots": [{"slot": {"name": "wait", "kind": "digits", "most": 300}, "label": WORDS}],
}


class Gate:
    """A site with a board that a kiosk holds; an officer with a key for it, and one without."""

    def __init__(self, server: Serving, people: People, database: Database) -> None:
        self.server, self.people, self.database = server, people, database
        self.agency = people.agency()
        self.officer, self.other = (people.person(Role.STATUS_OFFICER, self.agency.id) for _ in range(2))
        self.editor = people.person(Role.EDITOR, self.agency.id)
        at = self.agency.id
        site = Site(slug=f"gate-{at.hex[-8:]}", agency_id=at, name="Cổng", time_zone="Asia/Ho_Chi_Minh")
        panel = Panel(slug=f"gate-{at.hex[-8:]}-1", site_id=site.id, agency_id=at, name="Bảng", width=64, height=32)
        self.kiosk = Kiosk(slug=f"k-{at.hex[-8:]}", panel_id=panel.id, enrolled_at=now())
        self.board = Board(
            agency_id=at,
            site_id=site.id,
            name="Chờ",
            definition=PLAN,
            definition_by=self.editor.user.id,
            created_by=self.editor.user.id,
        )
        held = KioskBoard(kiosk_id=self.kiosk.id, board_id=self.board.id)
        for row in (site, panel, self.kiosk, self.board, held):
            with database.write() as session:
                session.add(row)
        self.site = site.slug

    def prepare(self, person: Person, **values: Any) -> httpx.Response:
        return person.client.post(f"/api/v1/boards/{self.board.id}/values/prepare", json={"set": values})

    def told(self) -> tuple[str, ...]:
        with self.database.read() as session:
            return published.signed_values_of_kiosks(session, [self.kiosk.id]).get(self.kiosk.id, ())


@pytest.fixture(scope="module")
def gate(server: Serving, people: People, database: Database) -> Gate:
    return Gate(server, people, database)


def test_before_a_root_is_installed_nobody_signs(gate: Gate) -> None:
    answer = gate.editor.client.post(f"/api/v1/boards/{gate.board.id}/values", json={"set": {"wait": 5}})
    assert answer.status_code == 200, answer.text
    assert gate.told() == ()
    assert gate.prepare(gate.officer, wait=6).json()["code"] == "no-root"


@pytest.fixture(scope="module")
def rooted(gate: Gate, admin: httpx.Client) -> Gate:
    names = [gate.officer.user.username, gate.editor.user.username]
    roles = {"approver": names, "leader": names[:1], "department": names[1:], "status": names[:1]}
    answer = network.install(admin, network.root(gate.server.app.state.parts.server_public_key, roles))
    assert answer.status_code == 201, answer.text
    return gate


def test_an_officer_signs_and_the_kiosk_is_told(rooted: Gate) -> None:
    prepared = rooted.prepare(rooted.officer, wait=25)
    assert prepared.status_code == 201, prepared.text
    said = Values.read(rooted.officer.client.get(f"/api/v1/trust/documents/{prepared.json()['id']}/payload").content)
    assert (said.site, said.values) == (rooted.site, {"wait": 25})

    done = network.sign(rooted.officer.client, prepared.json()["id"], rooted.officer.user.username)

    assert (done.status_code, done.json()["seq"]) == (200, said.seq), done.text
    assert len(rooted.told()) == 1
    shown = rooted.editor.client.get(f"/api/v1/boards/{rooted.board.id}").json()
    assert [slot["value"] for slot in shown["slots"] if slot["name"] == "wait"] == [25]


def test_nobody_states_without_a_signature(rooted: Gate) -> None:
    for path, body in (("values", {"set": {"wait": 9}}), ("changes/1/undo", {})):
        answer = rooted.editor.client.post(f"/api/v1/boards/{rooted.board.id}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "values-need-signature")
        assert set(answer.json()["sentences"]) == {"vi", "en", "zh"}


def test_others_sign_nothing(rooted: Gate) -> None:
    prepared = rooted.prepare(rooted.other, wait=30).json()
    signed = network.sign(rooted.other.client, prepared["id"], rooted.officer.user.username)
    assert signed.status_code == 403
    assert rooted.prepare(rooted.editor, wait=30).status_code == 403


def test_what_was_overtaken_is_not_signed(rooted: Gate) -> None:
    old, new = rooted.prepare(rooted.officer, wait=40).json(), rooted.prepare(rooted.officer, wait=41).json()
    first = network.sign(rooted.officer.client, new["id"], rooted.officer.user.username)
    assert first.status_code == 200, first.text

    late = network.sign(rooted.officer.client, old["id"], rooted.officer.user.username)

    assert (late.status_code, late.json()["code"]) == (409, "values-overtaken")


def test_values_outside_of_the_range_are_refused_before_anybody_signs(rooted: Gate) -> None:
    assert rooted.prepare(rooted.officer, wait=999).status_code == 422
    other = rooted.officer.client.post(
        f"/api/v1/boards/{rooted.board.id}/values/{UUID(int=1)}/signatures", json={"keyid": "0" * 64, "sig": "AA=="}
    )
    assert other.status_code == 404
