"""Values of a status board: one call, one message from another system, undo, history, and what kiosks are told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID, uuid4

import httpx
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from playlists.ids import sha256_hex
from playlists.wire import messages, topics
from playlists.wire.messages import Answer, BoardState, BoardValues, OnScreen, State, Statement
from playlists.wire.topics import Down, Up
from server.db import now
from server.mqtt.exchange import Exchange
from server.mqtt.link import Heard
from server.tables.accounts import Role
from tests.conftest import People
from tests.serving import Serving

from .conftest import PHRASES, Gate, Panel, eventually, plan, publish


@pytest.fixture(scope="module")
def exchange(server: Serving) -> Exchange:
    found: Exchange = server.app.state.parts.exchange
    assert found.link.wait_connected(20)
    return found


class Client:
    """Somebody at the broker: what it hears comes in a queue."""

    def __init__(self, exchange: Exchange, username: str, password: str, topic: str) -> None:
        self.heard: SimpleQueue[bytes] = SimpleQueue()
        self.refused: list[Any] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=username)
        self._client.username_pw_set(username, password)
        self._client.on_message = lambda _client, _state, message: self.heard.put(bytes(message.payload))
        subscribed = []
        self._client.on_subscribe = lambda *_: subscribed.append(True)
        self._client.on_connect = lambda client, _state, _flags, reason, _properties: (
            self.refused.append(reason) if reason.is_failure else client.subscribe(topic, 1)
        )
        address = exchange.broker.for_kiosks()
        self._client.connect(address.host, address.port)
        self._client.loop_start()
        eventually(lambda: subscribed or self.refused)

    def say(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, 1).wait_for_publish(20)

    def answer(self, limit_s: float = 30) -> bytes:
        return self.heard.get(timeout=limit_s)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(scope="module")
def listening(panel: Panel, exchange: Exchange) -> Iterator[Client]:
    """The kiosk itself, at the topic of its values."""
    client = Client(exchange, str(panel.kiosk_id), panel.password, topics.down(panel.kiosk_id, Down.VALUES))
    yield client
    client.close()


def told(client: Client, seq: int) -> BoardValues:
    """Return the first message in which the board has at least a number."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = messages.decode(BoardValues, client.answer())
        if found.documents and found.documents[0].seq >= seq:
            return found
    raise AssertionError("the values never came")


def test_a_publication_brings_base_tiles_and_the_phrases_as_approved(gate: Gate, panel: Panel) -> None:
    manifest = panel.manifest()
    (board,) = manifest.boards
    assert (str(board.id), board.max_age_s, len(board.faces)) == (gate.board_id, 3600, 3)
    assert manifest.must_understand == ("boards",)
    assert {face.language.value for face in board.faces} == {"vi", "en", "zh"}
    for sha256, size in manifest.files.items():
        answer = panel.kiosk.get(f"/api/v1/kiosk/segments/{sha256}")
        assert answer.status_code == 200, answer.text
        assert (len(answer.content), sha256_hex(answer.content)) == (size, sha256)


def test_one_call_reaches_the_kiosk_without_a_publication(gate: Gate, panel: Panel, listening: Client) -> None:
    before = panel.manifest().seq
    answer = gate.state({"gate": "closed", "wait": 25}, for_s=7200)
    assert answer.status_code == 200, answer.text
    seq = answer.json()["seq"]
    document = told(listening, seq).documents[0]
    assert (document.seq, document.values) == (seq, {"gate": "closed", "wait": 25})
    assert len(document.model_dump_json(exclude_defaults=True)) < 400
    assert panel.manifest().seq == before
    shown = gate.slot("gate")
    assert (shown["value"], shown["stated"], shown["words"]) == (
        "closed",
        True,
        dict(zip(("vi", "en", "zh"), PHRASES["closed"], strict=False)),
    )
    assert gate.slot("wait")["words"]["vi"] == "25 phút"


def test_a_value_is_taken_back_and_the_calendar_speaks(gate: Gate, panel: Panel) -> None:
    gate.state({"gate": "closed"})
    assert gate.slot("gate")["stated"] is True
    gate.state({"gate": None})
    shown = gate.slot("gate")
    assert (shown["stated"], shown["words"]["en"]) == (False, "Open")


def test_the_newest_change_is_undone_and_the_history_says_who_did_what(gate: Gate, panel: Panel) -> None:
    gate.state({"wait": 10})
    changed = gate.state({"wait": 90}, note="Đoàn xe lớn").json()
    undone = gate.approver.post(f"/api/v1/boards/{gate.board_id}/changes/{changed['seq']}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["values"]["values"]["wait"] == 10
    assert undone.json()["seq"] > changed["seq"]
    again = gate.approver.post(f"/api/v1/boards/{gate.board_id}/changes/{changed['seq']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "not-newest")
    newest, before, *_ = gate.writer.get(f"/api/v1/boards/{gate.board_id}/changes").json()
    assert (newest["source"], newest["undoes"], before["source"], before["note"]) == (
        "undo",
        changed["seq"],
        "api",
        "Đoàn xe lớn",
    )
    assert (before["by"], newest["by"]) == ("Người editor", "Người editor")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"wait": 301}, "values-outside-range"),
        ({"wait": -1}, "values-outside-range"),
        ({"wait": "open"}, "values-wrong-kind"),
        ({"gate": 3}, "values-wrong-kind"),
        ({"gate": "beautiful"}, "values-outside-range"),
        ({"as_of": 3}, "values-not-settable"),
        ({"as_of": None}, "values-not-settable"),
        ({"smoke": 3}, "values-unknown-slot"),
        ({"wait": 2.5}, "invalid-request"),
        ({"wait": True}, "invalid-request"),
        ({"wait": 10**12}, "invalid-request"),
        ({"Gate": "open"}, "invalid-request"),
        ({"gate": "mở cửa"}, "invalid-request"),
        ({}, "invalid-request"),
        ({f"s{number}": 1 for number in range(25)}, "invalid-request"),
    ],
)
def test_what_was_not_released_is_refused_with_a_sentence(gate: Gate, said: dict[str, Any], code: str) -> None:
    before = gate.shown()["seq"]
    answer = gate.state(said)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert gate.shown()["seq"] == before


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"for_s": 60, "until": "2099-01-01T00:00:00Z"}, "two-ends"),
        ({"until": "2020-01-01T00:00:00Z"}, "invalid-end"),
        ({"until": "2099-01-01T00:00:00Z"}, "invalid-end"),
        ({"until": "2026-01-01T00:00:00"}, "invalid-request"),
        ({"for_s": 0}, "invalid-request"),
    ],
)
def test_an_end_that_cannot_be_is_refused(gate: Gate, more: dict[str, Any], code: str) -> None:
    answer = gate.state({"wait": 3}, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


def test_only_those_who_may_state_values(gate: Gate, people: People, admin: httpx.Client) -> None:
    path = f"/api/v1/boards/{gate.board_id}/values"
    stranger = people.person(Role.EDITOR, people.agency().id).client
    viewer = people.person(Role.VIEWER, UUID(gate.agency_id)).client
    assert stranger.post(path, json={"set": {"wait": 1}}).status_code == 404
    assert viewer.post(path, json={"set": {"wait": 1}}).status_code == 403
    assert people.stranger().post(path, json={"set": {"wait": 1}}).status_code == 401
    assert admin.post(path, json={"set": {"wait": 1}}).status_code == 200


def test_whoever_wrote_a_phrase_cannot_approve_it_and_other_words_need_a_new_approval(gate: Gate) -> None:
    body = {"agency_id": gate.agency_id, "key": "festival", "vi": "Lễ hội", "en": "Festival", "zh": "节日"}
    made = gate.writer.post("/api/v1/phrases", json=body).json()
    path = f"/api/v1/phrases/{made['id']}"
    own = gate.writer.post(f"{path}/approve")
    assert (own.status_code, own.json()["code"]) == (409, "own-words")
    approved = gate.approver.post(f"{path}/approve").json()
    assert (approved["state"], approved["approved_by_name"]) == ("approved", "Người editor")
    changed = gate.writer.patch(path, json={"zh": "庆典"}).json()
    assert (changed["state"], changed["approved_by"], changed["zh"]) == ("draft", None, "庆典")
    assert gate.writer.post("/api/v1/phrases", json=body).status_code == 409


def test_a_board_goes_on_air_only_when_all_of_its_phrases_are_approved(gate: Gate, panel: Panel) -> None:
    draft = {"agency_id": gate.agency_id, "key": "slow", "vi": "Chậm", "en": "Slow", "zh": "缓慢"}
    phrase = gate.writer.post("/api/v1/phrases", json=draft).json()
    changed = plan()
    changed["slots"][0]["slot"] = changed["slots"][0]["slot"] | {"phrases": ["open", "closed", "limited", "slow"]}
    made = gate.writer.post("/api/v1/boards", json={"site_id": gate.site_id, "name": "Chậm", "plan": changed})
    assert made.status_code == 201, made.text
    items = [{"notice_id": made.json()["notice_id"], "languages": ["vi"], "on_air_ms": 4000}]
    refused = gate.writer.post("/api/v1/playlists", json={"name": "Chậm", "items": items})
    assert refused.status_code == 422, refused.text
    assert gate.approver.post(f"/api/v1/phrases/{phrase['id']}/approve").status_code == 200
    playlist = gate.writer.post("/api/v1/playlists", json={"name": "Chậm", "items": items})
    assert playlist.status_code == 201, playlist.text
    gate.writer.patch(f"/api/v1/phrases/{phrase['id']}", json={"en": "Slower"})
    week = {"default_playlist_id": playlist.json()["id"]}
    gate.writer.put(f"/api/v1/panels/{panel.panel_id}/schedule", json=week)
    answer = gate.writer.post("/api/v1/publications", json={"panel_ids": [panel.panel_id]})
    assert (answer.status_code, answer.json()["code"]) == (422, "cannot-publish"), answer.text


@pytest.fixture(scope="module")
def source(gate: Gate, admin: httpx.Client, exchange: Exchange) -> Iterator[tuple[dict[str, Any], Client]]:
    """Another system that may state this board's values, connected to the broker."""
    made = admin.post(f"/api/v1/boards/{gate.board_id}/sources", json={"name": "Trạm cân"})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    client = None
    deadline = time.monotonic() + 30
    while client is None:
        client = Client(exchange, found["id"], found["password"], found["answer_topic"])
        if client.refused:
            client.close()
            client = None
            assert time.monotonic() < deadline, "the broker never let the source in"
    yield found, client
    client.close()


def statement(said: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"id": str(uuid4()), "at": now().isoformat(), "set": said}
    return whole | more


def tell(source: tuple[dict[str, Any], Client], document: dict[str, Any]) -> Answer:
    found, client = source
    client.say(found["topic"], json.dumps(document).encode())
    return messages.decode(Answer, client.answer())


def test_one_message_of_another_system_changes_the_board_once(
    gate: Gate, source: tuple[dict[str, Any], Client]
) -> None:
    document = statement({"wait": 77})
    taken = tell(source, document)
    assert (taken.taken, str(taken.statement_id)) == (True, document["id"])
    assert gate.slot("wait")["value"] == 77
    newest = gate.writer.get(f"/api/v1/boards/{gate.board_id}/changes").json()[0]
    assert (newest["source"], newest["by"]) == ("mqtt", "Trạm cân")
    again = tell(source, document)
    assert (again.taken, again.board_seq) == (True, taken.board_seq)
    assert gate.shown()["seq"] == taken.board_seq


@pytest.mark.parametrize(
    ("said", "more", "code"),
    [
        ({"wait": 999}, {}, "values-outside-range"),
        ({"nothing": 1}, {}, "values-unknown-slot"),
        ({"wait": 5}, {"at": (now() - timedelta(hours=2)).isoformat()}, "statement-old"),
    ],
)
def test_another_system_is_told_why_it_was_not_taken(
    gate: Gate, source: tuple[dict[str, Any], Client], said: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    before = gate.shown()["seq"]
    answer = tell(source, statement(said, **more))
    assert (answer.taken, answer.code) == (False, code)
    assert answer.text
    assert gate.shown()["seq"] == before


HOSTILE = [
    b"",
    b"\x00\xff\xfe",
    b"[]",
    b"null",
    b'{"set": {"wait": 1}}',
    b'{"id": 1, "at": 2, "set": {"wait": 1}}',
    b'{"id": "x", "at": "yesterday", "set": {"wait": NaN}}',
    b"[" * 100_000,
    b'{"set": ' * 5_000,
    b'{"id": "01936f5e-8a2b-7cde-9f01-23456789abcd", "at": "2026-11-26T00:00:00Z", "set": {"wait": 1e999}}',
    json.dumps(statement({"wait": {"$ne": 1}})).encode(),
    json.dumps(statement({"__class__": 1})).encode(),
    json.dumps(statement({"wait": "x" * 70_000})).encode(),
]


def test_hostile_statements_change_nothing_and_good_ones_are_taken_after_them(
    gate: Gate, source: tuple[dict[str, Any], Client]
) -> None:
    found, client = source
    before = gate.shown()["seq"]
    for payload in HOSTILE:
        client.say(found["topic"], payload)
    assert tell(source, statement({"wait": 12})).taken is True
    assert gate.slot("wait")["value"] == 12
    assert [one["seq"] for one in gate.writer.get(f"/api/v1/boards/{gate.board_id}/changes").json()][1] == before


def test_a_system_speaks_for_its_own_board_only_and_no_more_once_it_is_revoked(
    gate: Gate, panel: Panel, source: tuple[dict[str, Any], Client], admin: httpx.Client, exchange: Exchange
) -> None:
    _, client = source
    other = admin.post(f"/api/v1/boards/{gate.board_id}/sources", json={"name": "Khác"}).json()
    before = gate.shown()["seq"]
    for topic in (other["topic"], topics.down(panel.kiosk_id, Down.VALUES), topics.EPOCH):
        client.say(topic, json.dumps(statement({"wait": 250})).encode())
    with pytest.raises(Empty):
        client.heard.get(timeout=1)
    assert gate.shown()["seq"] == before
    revoked = admin.post(f"/api/v1/boards/{gate.board_id}/sources/{other['id']}/revoke")
    assert revoked.json()["revoked_at"] is not None
    payload = json.dumps(statement({"wait": 250})).encode()
    exchange.inbox.take([Heard(other["topic"], payload, False, now())])
    assert gate.shown()["seq"] == before


def test_what_a_kiosk_says_of_its_boards_is_shown_with_since_when(gate: Gate, panel: Panel, exchange: Exchange) -> None:
    seq = gate.state({"wait": 33}).json()["seq"]
    assert [one["confirmed"] for one in gate.shown()["panels"]] == [False]
    at = now()
    said = State(
        id=uuid4(),
        at=at,
        sid=5,
        seq=1,
        boards=(BoardState(board_id=UUID(gate.board_id), seq=seq, standing="current", since_at=at),),
        on_screen=OnScreen(
            layer="default", starts_at=at, ends_at=at, board_id=UUID(gate.board_id), board_seq=seq, match_permille=990
        ),
    )
    exchange.inbox.take([Heard(topics.up(panel.kiosk_id, Up.STATE), messages.encode(said), False, at)])
    (stands,) = gate.shown()["panels"]
    assert (stands["seq"], stands["confirmed"], stands["on_screen"], stands["seen"]) == (seq, True, True, True)
    assert stands["since_at"] is not None
    assert stands["standing"] == "current"


def test_a_statement_is_what_the_wire_says() -> None:
    sent = statement({"gate": "open", "wait": 3}, for_s=600)
    assert messages.decode(Statement, json.dumps(sent).encode()).set == {"gate": "open", "wait": 3}


def test_a_changed_board_is_published_with_its_new_plan(gate: Gate, panel: Panel) -> None:
    items = [{"notice_id": gate.shown()["notice_id"], "languages": ["vi"], "on_air_ms": 4000}]
    playlist = gate.writer.post("/api/v1/playlists", json={"name": "Riêng", "items": items}).json()
    gate.writer.put(f"/api/v1/panels/{panel.panel_id}/schedule", json={"default_playlist_id": playlist["id"]})
    changed = gate.writer.patch(f"/api/v1/boards/{gate.board_id}", json={"plan": plan(on_stale="drop", max_age_s=600)})
    assert changed.status_code == 200, changed.text
    publish(gate.writer, panel.panel_id)
    (board,) = panel.manifest().boards
    assert (board.on_stale, board.max_age_s, len(board.faces)) == ("drop", 600, 1)
    gate.state({"wait": None})
    planned = f"/api/v1/panels/{panel.panel_id}/now"
    assert gate.writer.get(planned).json()["planned"]["layer"] == "safe_loop"
    gate.state({"wait": 5})
    assert gate.writer.get(planned).json()["planned"]["layer"] == "default"
