"""From a submission to a release and a manifest that a kiosk's verifier accepts; on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from playlists.ids import sha256_hex
from playlists.manifest import Manifest
from playlists.trust.envelope import parse_envelope
from playlists.trust.release import Release
from playlists.trust.root import Root
from playlists.trust.rules import Untrusted
from playlists.trust.showing import shown
from playlists.trust.take import take_manifest
from playlists.trust.trusted import Clock
from server.db import now
from server.publishing.questions.answers import NOTHING_SPECIAL
from server.publishing.releases.service import can_be_gone
from server.tables.accounts import Role
from tests.server.releases.stage import Stage, later


def revisions(manifest: Manifest) -> set[str]:
    return {one.sha256 for one in manifest.segments}


def test_nothing_goes_out_before_two_people_signed(stage: Stage) -> None:
    notice = stage.notice("Giờ mở cửa")
    stage.play(stage.panel_id, notice)
    published = stage.publish(stage.panel_id)
    assert published["state"] == "assigned", published
    assert "Giờ mở cửa" in published["warnings"][0]["vi"]
    assert stage.kiosk.poll().segments == ()

    asked = stage.submit(notice, note="Giờ mới")
    assert (asked["state"], asked["route"], asked["lacking"]["roles"]) == ("asking", "notice", ["leader", "department"])
    assert {one["state"] for one in asked["segments"]} == {"ready"}
    assert stage.sign(stage.leader, asked).json()["state"] == "asking"
    assert stage.kiosk.poll().segments == ()
    done = stage.sign(stage.department, asked, stage.passkey).json()

    assert done["state"] == "released"
    manifest = stage.shown_by(stage.kiosk, notice)
    assert manifest.releases == (done["digest"],)
    assert len(manifest.playlists[0].items[0].takes) == 3
    assert shown(stage.kiosk.trusted, Clock(now())) == revisions(manifest)


def test_an_edit_stays_off_the_air_until_it_is_released(stage: Stage) -> None:
    panel, kiosk = stage.panel(64, 32)
    notice = stage.notice()
    stage.play(panel, notice)
    stage.release(notice)
    first = stage.shown_by(kiosk, notice)

    stage.edit(notice)
    published = stage.publish(panel)
    assert any("revision 2 is not released" in one["en"] for one in published["warnings"]), published
    assert revisions(kiosk.poll()) == revisions(first)

    stage.release(notice)
    second = kiosk.until(lambda manifest: revisions(manifest) != revisions(first))
    assert len(second.releases) == 1
    assert second.releases != first.releases


def test_an_author_is_refused_and_asked_for_nothing(stage: Stage) -> None:
    shown_one = stage.submit(stage.notice())

    answer = stage.sign(stage.author, shown_one)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert shown_one["asks_me"] is False


def test_a_route_that_cannot_be_gone_without_the_author_is_refused_at_once(stage: Stage) -> None:

    root = Root.read(parse_envelope(stage.root, Root.payload_type).payload)
    route = root.routes[0]
    assert can_be_gone(root, route, "nobody", [stage.site["slug"]])
    assert can_be_gone(root, route, stage.leader.user.username, [stage.site["slug"]]), "the deputy is there"
    assert not can_be_gone(root, route, stage.department.user.username, [stage.site["slug"]])


def test_the_payload_is_fixed_and_says_what_was_submitted(stage: Stage) -> None:
    notice = stage.notice()
    asked = stage.submit(notice, show_until=later(days=30), time_critical=True, max_offline_days=3)
    stage.edit(notice)

    answer = stage.client.get(f"/api/v1/releases/{asked['id']}/payload")
    release = Release.read(answer.content)

    assert sha256_hex(answer.content) == asked["digest"]
    assert release.author == stage.author.user.username
    assert release.audience.sites == (stage.site["slug"],)
    assert (release.time_critical, release.max_offline_days) == (True, 3)
    assert {one.sha256 for one in release.segments} == {one["sha256"] for one in asked["segments"]}
    assert asked["items"][0]["revision"] == 1


def test_it_is_returned_with_a_reason_or_taken_back(stage: Stage) -> None:
    asked = stage.submit(stage.notice())
    by_author = stage.client.post(f"/api/v1/releases/{asked['id']}/return", json={"reason": "?"})
    assert by_author.status_code == 403
    answer = stage.department.client.post(f"/api/v1/releases/{asked['id']}/return", json={"reason": "Sai giờ"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("returned", "Sai giờ"), answer.text
    assert stage.sign(stage.leader, asked).json()["code"] == "wrong-state"

    other = stage.submit(stage.notice())
    assert (
        stage.client.post(f"/api/v1/releases/{other['id']}/cancel", json={"reason": "x"}).json()["state"] == "cancelled"
    )
    again = stage.client.post(f"/api/v1/releases/{other['id']}/cancel", json={"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong-state")


def test_a_newer_submission_of_the_same_takes_the_place_of_one_that_waits(stage: Stage) -> None:
    notice = stage.notice()
    first = stage.submit(notice)
    stage.edit(notice)
    second = stage.submit(notice)

    assert stage.client.get(f"/api/v1/releases/{first['id']}").json()["state"] == "superseded"
    assert second["items"][0]["revision"] == 2
    waiting = {one["id"] for one in stage.leader.client.get("/api/v1/releases?state=asking").json()["items"]}
    assert second["id"] in waiting
    assert first["id"] not in waiting


def test_whoever_is_asked_sees_it_and_nobody_else(stage: Stage) -> None:
    asked = stage.submit(stage.notice())
    stranger = stage.people.person(Role.APPROVER, stage.people.agency().id).client

    listed = stage.department.client.get("/api/v1/releases").json()["items"]
    assert [one["asks_me"] for one in listed if one["id"] == asked["id"]] == [True]
    assert stranger.get(f"/api/v1/releases/{asked['id']}").status_code == 404
    assert asked["id"] not in {one["id"] for one in stranger.get("/api/v1/releases").json()["items"]}


def test_one_submission_renews_many(stage: Stage) -> None:
    panel, kiosk = stage.panel(64, 32)
    notices = [stage.notice(f"Tin {number}") for number in range(3)]
    stage.play(panel, *notices)
    for one in notices:
        stage.release(one, panel_ids=[panel], site_ids=[], show_until=later(days=3))
    stage.shown_by(kiosk, *notices)
    ending = {one["notice_id"] for one in stage.client.get("/api/v1/releases/ending").json()}
    assert set(notices) <= ending

    made = stage.client.post("/api/v1/releases/renewals", json={"panel_ids": [panel], "show_until": later(days=90)})
    assert made.status_code == 201, made.text
    renewed = stage.signed(stage.prepared(made.json()["id"]))

    assert {one["notice_id"] for one in renewed["items"]} >= set(notices)
    manifest = kiosk.until(lambda one: one.releases == (renewed["digest"],))
    assert {str(item.notice_id) for item in manifest.playlists[0].items} == set(notices)
    still = {one["notice_id"] for one in stage.client.get("/api/v1/releases/ending").json()}
    assert not set(notices) & still


def test_a_new_size_is_approved_in_one_go(stage: Stage) -> None:
    old, _ = stage.panel(64, 32)
    notice = stage.notice("Cỡ mới")
    stage.play(old, notice)
    stage.release(notice)
    new, kiosk = stage.panel(96, 48)
    stage.play(new, notice)
    published = stage.publish(new)
    assert any("Cỡ mới" in one["vi"] for one in published["warnings"])

    made = stage.client.post("/api/v1/releases/profiles", json={"panel_ids": [new]})
    assert made.status_code == 201, made.text
    done = stage.signed(stage.prepared(made.json()["id"]))

    assert {one["profile"] for one in done["segments"]} == {"96x48p25-nf1"}
    assert notice in {one["notice_id"] for one in done["items"]}
    stage.shown_by(kiosk, notice)


def test_a_template_is_prepared_for_kiosks_and_in_no_playlist(stage: Stage) -> None:
    panel, kiosk = stage.panel(64, 32)
    notice, template = stage.notice(), stage.notice("Lũ quét")
    stage.play(panel, notice, template)
    stage.release(notice)
    done = stage.release(template, template="flash-flood")

    manifest = kiosk.until(lambda one: done["digest"] in one.releases)

    assert {str(item.notice_id) for item in manifest.playlists[0].items} == {notice}
    for one in done["segments"]:
        if one["profile"] == "64x32p25-nf1":
            assert kiosk.client.get(f"/api/v1/kiosk/segments/{one['sha256']}").status_code == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"show_until": "2020-01-01T00:00:00Z"}, "wrong-window"),
        ({"show_until": "2099-01-01T00:00:00Z"}, "wrong-window"),
        ({"not_before": "2027-02-01T00:00:00Z", "show_until": "2027-01-01T00:00:00Z"}, "wrong-window"),
        ({"site_ids": [], "panel_ids": []}, "invalid-request"),
        ({"site_ids": ["01936f5e-8a2b-7cde-9f01-23456789abcd"]}, "not-found"),
        ({"notice_ids": ["01936f5e-8a2b-7cde-9f01-23456789abcd"]}, "not-found"),
        ({"details": NOTHING_SPECIAL | {"x": "y" * 30_000}}, "too-long"),
    ],
)
def test_what_cannot_be_submitted_says_why(stage: Stage, fields: dict[str, Any], code: str) -> None:
    plain = {"notice_ids": [shared_notice(stage)], "site_ids": [stage.site["id"]], "details": NOTHING_SPECIAL}
    asked = plain | fields

    answer = stage.client.post("/api/v1/releases", json=asked)

    assert answer.json()["code"] == code, answer.text


def test_a_rolled_back_server_is_refused_by_the_kiosk(stage: Stage) -> None:
    """What the server would name without a release, its kiosk would refuse: the two agree on V15."""
    panel, kiosk = stage.panel(64, 32)
    notice = stage.notice()
    stage.play(panel, notice)
    stage.release(notice)
    stage.shown_by(kiosk, notice)
    elsewhere = stage.panel(64, 32)[1]
    with pytest.raises(Untrusted, match=r"^V(8|15)"):
        take_manifest(elsewhere.trusted, kiosk.client.get("/api/v1/kiosk/manifest").content, Clock(now()))


_shared: dict[int, str] = {}


def shared_notice(stage: Stage) -> str:
    if id(stage) not in _shared:
        _shared[id(stage)] = stage.notice()
    return _shared[id(stage)]
