"""Emergencies from the first word to what a kiosk accepts, judged by the real verifier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import update

from playlists.ids import sha256_hex
from playlists.trust.emergency import DRILL_FRAME
from playlists.trust.rules import Untrusted
from playlists.trust.showing import emergencies, pictures
from playlists.trust.trusted import Clock
from playlists.trust.warn import take_emergency
from playlists.wire.messages import EmergencyShown, Reject, State, TrustState
from playlists.wire.topics import Up
from server.db import Database, now
from server.emergencies import activation, inbox, jobs, repository
from server.keys import CAP_NAME
from server.mqtt.inbox import Hearing, Said
from server.settings import Settings
from server.tables import EmergencyRow, Kiosk, KioskStatus, Panel, Site
from server.tables.accounts import Role
from tests.conftest import People
from tests.playlists.cap.making import infos
from tests.server.alerts.making import SENDER, around, make_falls, moment
from tests.server.emergencies.world import Place, World, make_place, make_world
from tests.server.trust import network
from tests.serving import Serving

numbers = count(1)
API = "/api/v1/emergencies"
WORDS = {
    "vi": {"title": "Cầu hỏng", "body": "Không đi qua cầu."},
    "en": {"title": "Bridge damaged", "body": "Do not cross the bridge."},
    "zh": {"title": "桥梁受损", "body": "请勿过桥。"},
}


@pytest.fixture(scope="module")
def world(people: People, database: Database, server: Serving, admin: httpx.Client) -> World:
    return make_world(people, database, server.app.state.parts.server_public_key, admin)


@pytest.fixture(scope="module")
def editor(world: World) -> httpx.Client:
    """Who made the agency's prepared warnings."""
    client = world.people.person(Role.EDITOR, world.agency_id).client
    made = client.post("/api/v1/warning-templates/prepared", json={})
    assert made.status_code == 201, made.text
    return client


@pytest.fixture
def place(world: World, editor: httpx.Client) -> Iterator[Place]:
    made = make_place(world.database, world.agency_id, next(numbers))
    yield made
    with world.database.write() as session:
        session.exec(update(EmergencyRow).values(state="over"))


def asked(place: Place, **fields: Any) -> dict[str, Any]:
    return {"audience": {"sites": [str(place.site.id)]}, "word": "flood", "minutes": 60} | fields


def raised(world: World, place: Place, **fields: Any) -> dict[str, Any]:
    answer = world.duty.client.post(API, json=asked(place, **fields))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def running(world: World, place: Place, **fields: Any) -> dict[str, Any]:
    signed = world.sign(world.duty, raised(world, place, **fields))
    assert signed.status_code == 200, signed.text
    shown: dict[str, Any] = signed.json()
    assert shown["state"] == "running"
    return shown


def get(world: World, shown: dict[str, Any]) -> dict[str, Any]:
    answer = world.duty.client.get(f"{API}/{shown['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def eventually(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not condition():
        assert monotonic() < deadline, "it never happened"
        sleep(0.05)


def test_one_officer_shows_a_released_template_and_no_panel_knows_before(world: World, place: Place) -> None:
    release = world.release("flood", [place])
    shown = raised(world, place)
    assert (shown["state"], shown["text"], shown["headlines"]["zh"]) == ("asking", "template", "洪水")
    assert world.bundle(place) == []
    signed = world.sign(world.duty, shown).json()
    assert (signed["state"], signed["document_id"], signed["acks"][0]["word"]) == ("running", None, "told")
    state = world.heard(place, world.kiosk(place, [release]))
    (one,) = emergencies(state, Clock(now()))
    assert (one.id, one.frame, len(pictures(state, one))) == (shown["id"], None, 3)
    again = world.sign(world.second, shown)
    assert again.status_code == 409


def test_free_words_are_drawn_and_take_two_officers(world: World, place: Place) -> None:
    shown = raised(world, place, word=None, words=WORDS, level="danger")
    assert (shown["state"], shown["severity"]) == ("preparing", "extreme")
    eventually(lambda: get(world, shown)["state"] == "asking")
    shown = get(world, shown)
    first = world.sign(world.duty, shown).json()
    assert (first["state"], first["steps"][0]["lacking"]) == ("asking", ["duty"])
    assert world.sign(world.duty, shown).json()["state"] == "asking", "twice the same person is one person"
    assert world.bundle(place) == []
    assert world.sign(world.second, shown).json()["state"] == "running"
    state = world.heard(place, world.kiosk(place))
    (one,) = emergencies(state, Clock(now()))
    assert {str(picture.language) for picture in one.pictures} == {"vi", "en", "zh"}
    assert {picture.profile for picture in one.pictures} == {"64x32p25-nf1"}


def test_a_drill_is_signed_as_one_and_touches_nothing_real(world: World, place: Place) -> None:
    release = world.release("flood", [place])
    drill = running(world, place, status="exercise")
    assert drill["frame"] == DRILL_FRAME
    (one,) = emergencies(world.heard(place, world.kiosk(place, [release])), Clock(now()))
    assert one.frame == DRILL_FRAME
    real = world.duty.client.post(API, json=asked(place, replaces=[drill["id"]]))
    assert (real.status_code, real.json()["code"]) == (409, "drill-and-real")


def test_the_same_key_again_is_the_same_emergency(world: World, place: Place) -> None:
    world.release("flood", [place])
    key = {"Idempotency-Key": str(uuid4())}
    first = world.duty.client.post(API, json=asked(place), headers=key)
    again = world.duty.client.post(API, json=asked(place), headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = world.duty.client.post(API, json=asked(place, minutes=90), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-used")


def test_what_is_not_released_there_is_not_raised(world: World, place: Place) -> None:
    elsewhere = make_place(world.database, world.agency_id, next(numbers))
    world.release("storm", [elsewhere])
    refused = world.duty.client.post(API, json=asked(place, word="storm"))
    assert (refused.status_code, refused.json()["code"]) == (422, "template-not-released")
    assert set(refused.json()["sentences"]) == {"vi", "en", "zh"}
    later = {"not_before": "2099-01-01T00:00:00.000Z", "show_until": "2099-02-01T00:00:00.000Z"}
    world.release("storm", [place], **later)
    assert world.duty.client.post(API, json=asked(place, word="storm")).status_code == 422
    first = world.release("storm", [place])
    world.release("fire", [place], retires=[first])
    assert world.duty.client.post(API, json=asked(place, word="storm")).status_code == 422, "retired"


def test_it_goes_on_when_it_is_extended(world: World, place: Place) -> None:
    release = world.release("flood", [place])
    shown = running(world, place, minutes=10)
    longer = world.duty.client.post(f"{API}/{shown['id']}/extension", json={"minutes": 120})
    assert longer.json()["expires_at"] == shown["expires_at"], "not before it is signed"
    signed = world.sign(world.second, longer.json()).json()
    assert signed["expires_at"] > shown["expires_at"]
    assert len(world.bundle(place)) == 1
    state = world.heard(place, world.kiosk(place, [release]))
    (one,) = emergencies(state, Clock(now() + timedelta(minutes=30)))
    assert (one.id, one.seq) == (shown["id"], 2)


def test_its_end_reaches_a_kiosk_that_was_away(world: World, place: Place) -> None:
    release = world.release("flood", [place])
    shown = running(world, place)
    away = world.heard(place, world.kiosk(place, [release]))
    ending = world.duty.client.post(f"{API}/{shown['id']}/end", json={"reason": "Nước đã rút"}).json()
    assert ending["state"] == "running"
    ended = world.sign(world.second, ending).json()
    assert (ended["state"], ended["ended_by_name"]) == ("ended", world.second.user.display_name)
    assert emergencies(world.heard(place, away), Clock(now())) == ()
    with pytest.raises(Untrusted):
        take_emergency(world.heard(place, away), world.bundle(place)[0].replace(b"=", b""), Clock(now()))
    with world.database.write() as session:
        activation.tell(session, now() + timedelta(hours=2))
    assert world.bundle(place) == [], "it would be over by then"


def test_an_all_clear_takes_its_place_and_a_kiosk_that_missed_it_learns_of_it(world: World, place: Place) -> None:
    releases = [world.release("flood", [place]), world.release("all-clear", [place])]
    flood = running(world, place, minutes=600)
    away = world.heard(place, world.kiosk(place, releases))
    clear = running(world, place, word="all-clear", minutes=5, replaces=[flood["id"]])
    assert (clear["purpose"], get(world, flood)["state"]) == ("all-clear", "replaced")
    state = world.heard(place, away)
    assert [one.id for one in emergencies(state, Clock(now()))] == [clear["id"]]
    later = now() + timedelta(minutes=30)
    with world.database.write() as session:
        activation.close_over(session, later)
        activation.tell(session, later)
    assert get(world, clear)["state"] == "over"
    assert len(world.bundle(place)) == 1
    assert emergencies(world.heard(place, away, later), Clock(later)) == ()


def test_what_nobody_signs_is_given_up(world: World, place: Place, server: Serving) -> None:
    world.release("flood", [place])
    shown = raised(world, place)
    given = world.second.client.post(f"{API}/{shown['id']}/give-up").json()
    assert (given["state"], given["document_id"]) == ("given-up", None)
    unsigned = raised(world, place)
    with world.database.write() as session:
        jobs._do(session, now() + timedelta(minutes=31))
    assert (get(world, unsigned)["state"], get(world, unsigned)["trouble"]) == ("given-up", "unsigned")
    assert world.sign(world.duty, unsigned).status_code == 409


def said(place: Place, **trust: Any) -> State:
    return State(id=uuid4(), at=now(), sid=1, trust=TrustState(root_version=1, **trust))


def test_the_board_says_who_shows_it_since_when_and_who_does_not(world: World, place: Place) -> None:
    world.release("flood", [place])
    shown = running(world, place)

    def tell(state: State) -> dict[str, Any]:
        with world.database.write() as session:
            inbox.take_states(session, [Said(place.kiosk.id, Up.STATE, state, Hearing(now()))])
        found: dict[str, Any] = get(world, shown)["acks"][0]
        return found

    held = EmergencyShown(id=shown["id"], seq=1)
    assert tell(said(place, emergencies=(held,)))["word"] == "held"
    since = now()
    row = tell(said(place, emergencies=(held.model_copy(update={"shown_since_at": since}),)))
    assert (row["word"], row["since_at"][:19]) == ("shown", since.isoformat()[:19])
    assert get(world, shown)["shown"] == 1
    with world.database.write() as session:
        session.get_one(KioskStatus, place.kiosk.id).online = False
    assert get(world, shown)["acks"][0]["word"] == "silent"
    assert tell(said(place))["word"] == "offline"
    with world.database.write() as session:
        session.get_one(KioskStatus, place.kiosk.id).online = True
    assert get(world, shown)["acks"][0]["word"] == "told"
    other = Reject(rule="V5", sha256="0" * 64, at=now(), kind="emergency")
    assert tell(said(place, rejects=(other,)))["word"] == "told"
    mine = other.model_copy(update={"sha256": sha256_hex(world.bundle(place)[0]), "rule": "V15"})
    assert (tell(said(place, rejects=(mine,)))["word"], get(world, shown)["acks"][0]["rule"]) == ("refused", "V15")
    unknown = EmergencyShown(id=str(uuid4()), seq=1)
    assert tell(said(place, emergencies=(unknown, EmergencyShown(id="flood-7"))))["word"] == "refused"


def test_only_those_on_duty_there_raise_sign_and_see(world: World, place: Place, people: People) -> None:
    world.release("flood", [place])
    assert world.approver.client.post(API, json=asked(place)).status_code == 403
    foreign = people.person(Role.DUTY_OFFICER, people.agency().id)
    assert foreign.client.post(API, json=asked(place)).status_code == 404
    panels = {"audience": {"panels": [str(place.panel.id)]}}
    assert foreign.client.post(API, json=asked(place, **panels)).status_code == 404
    shown = raised(world, place)
    assert foreign.client.get(f"{API}/{shown['id']}").status_code == 404
    assert shown["id"] not in [one["id"] for one in foreign.client.get(API).json()["items"]]
    assert world.sign(world.duty, shown, by="an").status_code in (403, 422)
    unnamed = people.person(Role.DUTY_OFFICER, world.agency_id)
    assert world.sign(unnamed, shown, by=world.duty.user.username).status_code == 403
    assert get(world, shown)["state"] == "asking"


def test_everything_is_what_one_may_warn(world: World, place: Place) -> None:
    world.release("flood", [place])
    shown = raised(world, place, audience={"everything": True})
    assert str(place.site.id) in shown["sites"]
    single = raised(world, place, audience={"panels": [str(place.panel.id)]})
    assert (single["sites"], single["panels"]) == ([], [str(place.panel.id)])
    assert world.duty.client.post(API, json=asked(place, audience={})).status_code == 422


def test_an_incoming_alert_becomes_an_emergency(world: World, editor: httpx.Client, people: People) -> None:
    falls = make_falls(people, world.database, world.agency_id)
    with world.database.read() as session:
        site, panel = session.get_one(Site, falls.site_id), session.get_one(Panel, falls.panel_id)
    there = Place(world.agency_id, site, panel, Kiosk(slug="x"))
    world.release("flood", [there])
    row = falls.send(falls.alert()).json()
    asks = asked(there, alert_id=row["id"])
    shown = raised(world, there, alert_id=row["id"])
    assert falls.row(row["id"])["state"] == "waiting", "only the signature decides"
    assert world.sign(world.duty, shown).json()["state"] == "running"
    decided = falls.row(row["id"])
    assert (decided["state"], decided["decided_by_name"]) == ("raised", world.duty.user.display_name)
    assert world.duty.client.post(API, json=asks).json()["code"] == "alert-decided"
    falls.change(takes_drills=True)
    drill = falls.send(falls.alert(status="Exercise")).json()
    real = world.duty.client.post(API, json=asked(there, alert_id=drill["id"]))
    assert (real.status_code, real.json()["code"]) == (409, "drill-and-real")
    assert raised(world, there, alert_id=drill["id"], status="exercise")["frame"] == DRILL_FRAME
    foreign = people.person(Role.DUTY_OFFICER, people.agency().id)
    assert foreign.client.post(API, json=asks).status_code == 404


def test_an_alert_reaches_panels_by_itself_only_by_the_role_cap_and_a_template(
    world: World, editor: httpx.Client, people: People, settings: Settings
) -> None:
    falls = make_falls(people, world.database, world.agency_id)
    feed = f"/api/v1/alert-feeds/{falls.feed_id}"
    refused = falls.admin.patch(feed, json={"automatic": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "no-cap-role")
    path = settings.keys_dir / CAP_NAME
    path.write_bytes(network.secret("someone"))
    assert falls.admin.patch(feed, json={"automatic": True}).status_code == 409, "the root names another key"
    path.write_bytes(network.secret("cap"))
    assert falls.admin.patch(feed, json={"automatic": True}).json()["automatic"] is True

    with world.database.read() as session:
        site, panel = session.get_one(Site, falls.site_id), session.get_one(Panel, falls.panel_id)
    with world.database.write() as session:
        kiosk = Kiosk(slug=f"{panel.slug}-may", panel_id=panel.id, enrolled_at=now())
        session.add(kiosk)
        session.flush()
    there = Place(world.agency_id, site, panel, kiosk)
    named = "<valueName>bangtin:template</valueName><value>{}</value>"

    def body(word: str) -> str:
        return infos(expires=moment(hours=3), area=around(falls.lon), eventCode=named.format(word))

    waits = falls.send(falls.alert(body("landslide"))).json()
    assert (waits["outcome"], falls.row(waits["id"])["state"]) == ("taken", "waiting")
    assert "not released" in falls.row(waits["id"])["reason"]
    plain = falls.send(falls.alert()).json()
    assert plain["outcome"] == "taken", "without a template a person decides"

    release = world.release("flood", [there])
    sent = moment(seconds=-20)
    raised_ = falls.send(falls.alert(body("flood"), identifier="auto-1", sent=sent))
    assert (raised_.status_code, raised_.json()["outcome"]) == (200, "automatic")
    assert falls.row(raised_.json()["id"])["state"] == "raised"
    fresh_kiosk = world.kiosk(there, [release])
    state = world.heard(there, fresh_kiosk)
    (one,) = emergencies(state, Clock(now()))
    assert (one.by, one.release, one.frame) == ("cap", release, None)
    cancel = falls.alert("", identifier="auto-2", msgType="Cancel", references=f"{SENDER},auto-1,{sent}")
    assert falls.send(cancel).json()["outcome"] == "automatic"
    assert emergencies(world.heard(there, state), Clock(now())) == ()
    path.unlink()


def test_prepared_warnings_are_listed_and_sent_to_approval_from_the_page(editor: httpx.Client) -> None:
    rows = editor.get("/api/v1/warning-templates").json()
    assert rows
    page = editor.get("/emergency").text
    assert "/approvals/new?warnings=1" in page
    form = editor.get("/approvals/new?warnings=1")
    assert form.status_code == 200
    for row in rows:
        assert f'value="{row["notice_id"]}" data-template="{row["word"]}"' in form.text


def test_an_older_view_does_not_take_back_what_was_told_since(world: World, place: Place) -> None:
    release = world.release("flood", [place])
    shown = running(world, place)
    away = world.heard(place, world.kiosk(place, [release]))
    assert len(emergencies(away, Clock(now()))) == 1
    one_writer = world.database.engine.dialect.name == "sqlite"
    with world.database.read() if one_writer else world.database.write() as session:
        held = repository.told(session, now())
        assert "running" in {row.state for row in held}
        ending = world.duty.client.post(f"{API}/{shown['id']}/end", json={"reason": "Nước đã rút"}).json()
        assert world.sign(world.second, ending).json()["state"] == "ended"
        if not one_writer:
            activation.tell(session, now())
    assert emergencies(world.heard(place, away), Clock(now())) == ()
