"""Off the air: holds and withdrawals reach a kiosk's verifier, and only those who may take a notice off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any
from uuid import UUID

import pytest

from playlists.instant import format_instant
from playlists.trust.rules import Untrusted
from playlists.trust.showing import shown
from playlists.trust.take import take_hold, take_withdrawal
from playlists.trust.trusted import Clock
from playlists.wire.messages import Withdrawals, decode
from playlists.wire.topics import Down
from server.db import new_id, now
from server.mqtt import repository as broker
from server.tables import KioskStatus
from server.tables.accounts import Role
from server.trust import service as trust
from tests.server.releases.stage import Kiosk, Stage
from tests.server.trust import network


def body(stage: Stage, kiosk: Kiosk, leaf: Down) -> bytes:
    with stage.database.read() as session:
        return broker.desired_bodies(session, kiosk.reader.kiosk)[leaf]


def on_air(stage: Stage, title: str = "Giờ làm việc") -> tuple[str, Kiosk, set[str]]:
    panel, kiosk = stage.panel(64, 32)
    notice = stage.notice(title)
    stage.play(panel, notice)
    stage.release(notice)
    manifest = stage.shown_by(kiosk, notice)
    return notice, kiosk, {one.sha256 for one in manifest.segments}


def hold(stage: Stage, notice: str, **more: Any) -> Any:
    return stage.client.post(f"/api/v1/notices/{notice}/hold", json={"reason": "wrong-fact"} | more)


def test_a_held_notice_rests_on_its_kiosks_until_it_is_let_back(stage: Stage) -> None:
    notice, kiosk, digests = on_air(stage)
    assert digests <= shown(kiosk.trusted, Clock(now()))
    held = hold(stage, notice, note="Sai giờ mở cửa")
    assert held.status_code == 201, held.text
    kiosk.trusted = take_hold(kiosk.trusted, body(stage, kiosk, Down.HOLD), Clock(now()))
    assert not digests & shown(kiosk.trusted, Clock(now()))

    again = hold(stage, notice)
    assert (again.status_code, again.json()["code"]) == (409, "held-already")
    assert stage.client.post(f"/api/v1/notices/{notice}/lift").status_code == 200
    kiosk.trusted = take_hold(kiosk.trusted, body(stage, kiosk, Down.HOLD), Clock(now()))
    assert digests <= shown(kiosk.trusted, Clock(now()))
    assert stage.client.post(f"/api/v1/notices/{notice}/lift").json()["code"] == "not-held"
    history = stage.client.get(f"/api/v1/notices/{notice}/holds", params={"lifted": True}).json()
    assert [(one["note"], one["lifted_by"] is not None) for one in history] == [("Sai giờ mở cửa", True)]


def test_one_list_of_a_site_names_everything_that_rests_there(stage: Stage) -> None:
    first, kiosk, digests = on_air(stage)
    second, _, others = on_air(stage, "Mất điện")
    hold(stage, first)
    hold(stage, second)
    kiosk.trusted = take_hold(kiosk.trusted, body(stage, kiosk, Down.HOLD), Clock(now()))
    assert not (digests | others) & shown(kiosk.trusted, Clock(now()))
    stage.client.post(f"/api/v1/notices/{second}/lift")
    kiosk.trusted = take_hold(kiosk.trusted, body(stage, kiosk, Down.HOLD), Clock(now()))
    assert not digests & shown(kiosk.trusted, Clock(now()))
    stage.client.post(f"/api/v1/notices/{first}/lift")


def test_two_holds_at_once_are_both_on_the_list(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, kiosk, digests = on_air(stage)
    second, _, others = on_air(stage, "Mất nước")
    hold(stage, first)
    stage.client.post(f"/api/v1/notices/{first}/lift")
    is_within, seal = Event(), trust.seal_by_server

    def slow(*given: Any, **named: Any) -> Any:
        if not is_within.is_set():
            is_within.set()
            sleep(1.5)
        return seal(*given, **named)

    monkeypatch.setattr(trust, "seal_by_server", slow)
    with ThreadPoolExecutor(1) as hand:
        earlier = hand.submit(hold, stage, first)
        assert is_within.wait(60)
        assert hold(stage, second).status_code == 201
        assert earlier.result().status_code == 201
    kiosk.trusted = take_hold(kiosk.trusted, body(stage, kiosk, Down.HOLD), Clock(now()))
    assert not (digests | others) & shown(kiosk.trusted, Clock(now()))
    for notice in (first, second):
        assert stage.client.post(f"/api/v1/notices/{notice}/lift").status_code == 200


def test_who_may_hold(stage: Stage) -> None:
    notice, _, _ = on_air(stage)
    officer = stage.people.person(Role.DUTY_OFFICER, stage.agency.id)
    viewer, elsewhere = (
        stage.people.person(Role.VIEWER, stage.agency.id),
        stage.people.person(Role.DUTY_OFFICER, stage.people.agency().id),
    )
    path = f"/api/v1/notices/{notice}/hold"
    assert viewer.client.post(path, json={"reason": "other"}).status_code == 403
    assert elsewhere.client.post(path, json={"reason": "other"}).status_code == 404
    assert officer.client.post(path, json={"reason": "no-such"}).status_code == 422
    assert officer.client.post(path, json={"reason": "complaint"}).status_code == 201
    assert stage.leader.client.post(f"/api/v1/notices/{notice}/lift").status_code == 200


def test_what_was_never_released_cannot_be_held(stage: Stage) -> None:
    refused = hold(stage, stage.notice())
    assert (refused.status_code, refused.json()["code"]) == (409, "not-on-air")


def test_a_list_says_which_panels_may_still_show_it(stage: Stage) -> None:
    notice, kiosk, _ = on_air(stage)
    row = hold(stage, notice).json()[0]
    mine = {one["panel_id"]: one for one in row["panels"]}[str(kiosk.reader.panel)]
    assert (mine["heard"], mine["since_at"]) == (False, None)
    with stage.database.write() as session:
        said = {"id": str(new_id()), "at": format_instant(now()), "trust": {"root_version": 1, "hold_seq": 1_000}}
        session.add(KioskStatus(kiosk_id=kiosk.reader.kiosk, online=True, heard_at=now(), state=said))
    held = stage.client.get("/api/v1/holds").json()
    row = next(one for one in held if one["notice_id"] == notice)
    panels = {one["panel_id"]: one for one in row["panels"]}
    assert panels[str(kiosk.reader.panel)]["heard"] is True
    assert not all(one["heard"] for one in panels.values())
    stage.client.post(f"/api/v1/notices/{notice}/lift")


def test_one_approver_withdraws_for_ever(stage: Stage) -> None:
    notice, kiosk, digests = on_air(stage)
    path = f"/api/v1/notices/{notice}/withdrawal"
    asked = stage.client.post(path, json={"reason": "ordered", "note": "Công văn 12/UBND"})
    assert asked.status_code == 201, asked.text
    assert asked.json()["withdrawn_at"] is None
    assert stage.client.post(path, json={"reason": "ordered"}).json()["code"] == "withdrawn-already"
    done = network.sign(stage.department.client, asked.json()["document_id"], stage.passkey)
    assert done.status_code == 200, done.text
    assert (done.json()["withdrawn_at"] is not None, done.json()["digests"]) == (True, len(digests))

    told = decode(Withdrawals, body(stage, kiosk, Down.WITHDRAWAL))
    for envelope in told.envelopes:
        kiosk.trusted = take_withdrawal(kiosk.trusted, envelope.encode(), Clock(now()))
    assert not digests & shown(kiosk.trusted, Clock(now()))
    stage.shown_by(kiosk)
    with pytest.raises(Untrusted):
        take_withdrawal(kiosk.trusted, envelope.replace("payload", "payl0ad", 1).encode(), Clock(now()))
    listed = next(one for one in stage.client.get("/api/v1/withdrawals").json() if one["notice_id"] == notice)
    assert listed["signed_by"] == [stage.department.user.username]
    assert str(kiosk.reader.panel) in {one["panel_id"] for one in listed["panels"]}


def test_an_editor_signs_no_withdrawal(stage: Stage) -> None:
    notice, _, _ = on_air(stage)
    asked = stage.client.post(f"/api/v1/notices/{notice}/withdrawal", json={"reason": "other"}).json()
    refused = network.sign(stage.client, asked["document_id"], stage.author.user.username)
    assert refused.status_code == 403
    stranger = stage.people.person(Role.APPROVER, stage.people.agency().id)
    assert stranger.client.get(f"/api/v1/withdrawals/{asked['id']}").status_code == 404
    assert stranger.client.get(f"/api/v1/withdrawals/{UUID(int=9)}").status_code == 404


def test_a_correction_goes_the_short_way_and_takes_the_place_of_the_old_one(stage: Stage) -> None:
    notice, kiosk, digests = on_air(stage)
    path = f"/api/v1/notices/{notice}/correction"
    asked = {"reason": "wrong-fact", "note": "Giờ mở cửa là 7:30", "hold": True}
    assert stage.client.post(path, json=asked).json()["code"] == "nothing-changed"
    stage.edit(notice)
    made = stage.client.post(path, json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["held"] is True
    shown_one = stage.prepared(made.json()["submission_id"])
    assert shown_one["details"]["correction"]["note"] == "Giờ mở cửa là 7:30"
    kiosk.trusted = take_hold(kiosk.trusted, body(stage, kiosk, Down.HOLD), Clock(now()))
    assert not digests & shown(kiosk.trusted, Clock(now()))
    stage.signed(shown_one)
    corrected = kiosk.until(lambda manifest: not digests & {one.sha256 for one in manifest.segments})
    assert {one.sha256 for one in corrected.segments} <= shown(kiosk.trusted, Clock(now()))
    stage.client.post(f"/api/v1/notices/{notice}/lift")


def test_pictures_of_a_submission_are_shown_at_panel_size_with_what_changed(stage: Stage) -> None:
    notice, _, _ = on_air(stage)
    stage.edit(notice)
    asked = stage.submit(notice)
    sha256 = asked["segments"][0]["sha256"]
    base = f"/api/v1/releases/{asked['id']}"
    listed = stage.leader.client.get(f"{base}/frames/{sha256}").json()
    assert [one["at_ms"] for one in listed] == [0]
    for path in (listed[0]["url"], f"{base}/changes/{sha256}.jpg", f"{base}/before/{sha256}.jpg"):
        answer = stage.leader.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg"), path
    change = stage.leader.client.get(f"{base}/changes/{sha256}.jpg")
    assert int(change.headers["x-bangtin-changed-permille"]) > 0
    assert stage.leader.client.get(f"{base}/frames/{'0' * 64}").status_code == 404
    fresh = stage.submit(stage.notice("Tin mới"))
    first = fresh["segments"][0]["sha256"]
    assert stage.leader.client.get(f"/api/v1/releases/{fresh['id']}/changes/{first}.jpg").status_code == 404
