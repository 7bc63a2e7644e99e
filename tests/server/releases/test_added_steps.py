"""Steps that a yes adds: on the server, on pages, on the kiosk, and in what is sent again; on both databases."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from playlists.trust.key import sign
from playlists.trust.release import Release
from playlists.trust.root import Concern
from playlists.trust.rules import Untrusted
from playlists.trust.take import take_release
from playlists.trust.trusted import Clock
from server.db import Database, now
from tests.conftest import People
from tests.server.releases.stage import Stage, later
from tests.server.trust import network
from tests.serving import Serving

ROUTE = {
    "id": "notice",
    "roles": ["leader", "department"],
    "file_keys": 1,
    "basis": "12/QĐ-UBND",
    "added": [{"concern": "symbols", "role": "approver", "basis": "27/NĐ-CP"}],
}


@pytest.fixture(scope="module")
def stage(server: Serving, people: People, admin: httpx.Client, database: Database) -> Stage:
    """A stage whose route asks one more approver to sign maps, flags and border lines."""
    return Stage(server, people, admin, database, routes=[ROUTE])


def with_map(stage: Stage) -> dict[str, Any]:
    reference = {"number": "45/SNgV-BG", "issuer": "Sở Ngoại vụ", "media_id": stage.picture()}
    said = {"symbols": True, "faces": False, "personal": False, "cleared": True}
    return {"answers": said | {"references": {"symbols": reference}}}


def test_a_yes_adds_its_signer_on_the_server_and_on_the_kiosk(stage: Stage) -> None:
    notice = stage.notice()
    stage.play(stage.panel_id, notice)
    asked = stage.submit(notice, details=with_map(stage))
    assert asked["lacking"]["roles"] == ["leader", "department", "approver"]
    page = stage.leader.client.get(f"/approvals/{asked['id']}", headers={"Accept-Language": "en"}).text
    assert "27/NĐ-CP" in page

    assert stage.sign(stage.leader, asked).status_code == 200
    after_two = stage.sign(stage.department, asked).json()
    assert (after_two["state"], after_two["lacking"]["roles"]) == ("asking", ["approver"])
    slip = stage.leader.client.get(f"/approvals/{asked['id']}/slip").text
    assert "27/NĐ-CP" in slip

    payload = stage.client.get(f"/api/v1/releases/{asked['id']}/payload").content
    people = [stage.leader.user.username, stage.department.user.username]
    stolen = sign(payload, Release.payload_type, *map(network.secret, people))
    with pytest.raises(Untrusted, match="V5"):
        take_release(stage.kiosk.trusted, stolen, Clock(now()))

    done = stage.sign(stage.deputy, asked).json()
    assert (done["state"], done["lacking"]["roles"]) == ("released", [])
    manifest = stage.kiosk.until(lambda one: bool(one.segments))
    assert Release.read(payload).concerns == (Concern.SYMBOLS,)
    assert asked["digest"] in manifest.releases


def test_what_is_renewed_or_corrected_keeps_its_concerns(stage: Stage) -> None:
    notice = stage.notice()
    stage.play(stage.panel_id, notice)
    asked = stage.submit(notice, details=with_map(stage), show_until=later(days=5))
    for person in (stage.leader, stage.department, stage.deputy):
        assert stage.sign(person, asked).status_code == 200
    stage.kiosk.until(lambda one: bool(one.segments))

    renewal = {"site_ids": [stage.site["id"]], "show_until": later(days=60)}
    renewed = stage.prepared(stage.client.post("/api/v1/releases/renewals", json=renewal).json()["id"])
    assert renewed["lacking"]["roles"] == ["leader", "department", "approver"]
    page = stage.leader.client.get(f"/approvals/{renewed['id']}")
    assert (page.status_code, "27/NĐ-CP" in page.text) == (200, True)
    for person in (stage.leader, stage.department, stage.deputy):
        assert stage.sign(person, renewed).status_code == 200

    stage.edit(notice)
    said = {"reason": "wrong-fact", "note": "", "hold": False}
    corrected = stage.client.post(f"/api/v1/notices/{notice}/correction", json=said)
    assert corrected.status_code == 201, corrected.text
    shown = stage.prepared(corrected.json()["submission_id"])
    assert shown["lacking"]["roles"] == ["leader", "department", "approver"]


def test_the_form_says_whose_signature_a_yes_adds(stage: Stage) -> None:
    form = stage.client.get("/approvals/new").text
    assert "Trả lời “có” sẽ thêm chữ ký của" in form
    trust_page = stage.admin.get("/trust").text
    assert "27/NĐ-CP" in trust_page
