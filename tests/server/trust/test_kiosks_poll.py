"""What a kiosk is told of signed documents over HTTPS, and what it pins at enrolment; both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from playlists.ids import sha256_hex
from playlists.trust.chain import begin
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import Root
from playlists.trust.shape import Audience, Reader
from playlists.trust.statements import Hold, Withdrawal
from playlists.trust.take import take_hold, take_time, take_withdrawal
from playlists.trust.trusted import Clock, Source, Trusted
from playlists.wire.messages import Emergencies, Withdrawals, encode
from playlists.wire.signed import read_signed, read_withdrawals
from playlists.wire.topics import Down
from server.db import Database, new_id, now
from server.mqtt.desired import say
from server.trust import service
from tests.conftest import People
from tests.server.trust.test_documents import World, sign
from tests.serving import Serving

NONCE = "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def world(server: Serving, people: People, database: Database, admin: httpx.Client) -> World:
    return World(server, people, database, admin)


@pytest.fixture
def kiosk(world: World, people: People) -> httpx.Client:
    client = people.stranger()
    client.headers["Authorization"] = f"Bearer {world.token}"
    return client


def fresh(world: World) -> Trusted:
    digest = parse_envelope(world.root, Root.payload_type).digest
    return begin(world.root, digest, Reader(world.kiosk.id, world.panel.id, "tra-linh"))


def withdrawn(world: World, *digests: str, site: str = "tra-linh") -> bytes:
    said = Withdrawal(issued_at=now().replace(microsecond=0), audience=Audience(sites=(site,)), withdraws=digests)
    one = world.opened(said)
    assert sign(world.deputy, one).json()["state"] == "sealed"
    envelope = world.row(one).envelope
    assert envelope is not None
    return envelope


def test_the_poll_says_what_the_topics_say(world: World, kiosk: httpx.Client) -> None:
    hold = Hold(issued_at=now().replace(microsecond=0), site="tra-linh", seq=1, holds=("1" * 64,))
    with world.database.write() as session:
        sealed = service.seal_by_server(session, hold, world.parts.server_key, at=now()).envelope
        assert sealed is not None
        mine = {world.kiosk.id: sealed}
        say(session, Down.HOLD, mine, now())
        for leaf, kind in ((Down.EMERGENCY, Emergencies), (Down.WITHDRAWAL, Withdrawals)):
            body = encode(kind(id=new_id(), at=now(), envelopes=(f'{{"of":"{leaf}"}}',)))
            say(session, leaf, {world.kiosk.id: body}, now())

    answer = kiosk.get("/api/v1/kiosk/trust")
    said = read_signed(answer.content)

    assert said.root_version == 1
    assert said.hold is not None
    assert said.emergencies == ('{"of":"emergency"}',)
    assert said.withdrawals == ('{"of":"withdrawal"}',)
    taken = take_hold(fresh(world), said.hold.encode(), Clock(now()))
    assert taken.hold is not None
    again = kiosk.get("/api/v1/kiosk/trust", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with world.database.write() as session:
        say(session, Down.EMERGENCY, {world.kiosk.id: b""}, now())
    changed = kiosk.get("/api/v1/kiosk/trust", headers={"If-None-Match": answer.headers["ETag"]})
    assert read_signed(changed.content).emergencies == ()


def test_all_withdrawals_come_page_by_page_and_none_of_another_site(world: World, kiosk: httpx.Client) -> None:
    digests = [sha256_hex(f"picture {number}".encode()) for number in range(20)]
    for digest in digests:
        withdrawn(world, digest)
    withdrawn(world, "e" * 64, site="ban-gioc")

    told = read_signed(kiosk.get("/api/v1/kiosk/trust").content).withdrawn
    trusted, page, more = fresh(world), 0, True
    while more:
        page += 1
        found = read_withdrawals(kiosk.get("/api/v1/kiosk/withdrawals", params={"page": page}).content)
        for one in found.envelopes:
            trusted = take_withdrawal(trusted, one.encode(), Clock(now()))
        more = found.more

    assert page == 2
    assert set(digests) <= trusted.withdrawn
    assert "e" * 64 not in trusted.withdrawn
    assert told == len(trusted.withdrawn)


def test_the_time_is_signed_together_with_the_kiosks_number(world: World, kiosk: httpx.Client) -> None:
    answer = kiosk.post("/api/v1/kiosk/time", json={"nonce": NONCE})
    _, clock = take_time(fresh(world), answer.content, NONCE, Clock(now() - timedelta(days=9), Source.UNKNOWN))
    assert abs(clock.now - now()) < timedelta(minutes=1)


@pytest.mark.parametrize("body", [{}, {"nonce": "short"}, {"nonce": "G" * 32}, {"nonce": "0" * 65}, {"nonce": 5}, []])
def test_another_question_is_refused(kiosk: httpx.Client, body: Any) -> None:
    assert kiosk.post("/api/v1/kiosk/time", json=body).status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "x", "10001"])
def test_there_is_no_such_page(kiosk: httpx.Client, page: str) -> None:
    assert kiosk.get("/api/v1/kiosk/withdrawals", params={"page": page}).status_code == 422


@pytest.mark.parametrize("path", ["/trust", "/withdrawals"])
def test_strangers_are_told_nothing(people: People, path: str) -> None:
    assert people.stranger().get(f"/api/v1/kiosk{path}").status_code == 401
    assert people.stranger().post("/api/v1/kiosk/time", json={"nonce": NONCE}).status_code == 401


def test_a_kiosk_pins_the_root_its_site_and_its_panel(world: World, people: People, admin: httpx.Client) -> None:
    code = admin.post(f"/api/v1/kiosks/{world.kiosk.id}/enrolment-code").json()["code"]

    answer = people.stranger().post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"}).json()

    assert answer["root"].encode() == world.root
    assert (answer["site"], answer["panel_id"]) == ("tra-linh", str(world.panel.id))
