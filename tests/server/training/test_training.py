"""Training sites beside real ones: simulated panels only, keys of their own, framed pictures, and one click back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import httpx
import pytest
from sqlmodel import col, select

from playlists.alarm.event import Word
from playlists.board_card import BoardPlan, PhraseTexts, Texts, card_of
from playlists.language import Language
from playlists.profile import Profile
from playlists.trust.chain import begin
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import Root
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.take import take_release, take_withdrawal
from playlists.trust.trusted import Clock
from playlists.wire.messages import Emergencies, Withdrawals, decode
from server.alerts.repository import all_panels
from server.content.faces.jobs import moved
from server.db import Database, now
from server.faults.alarms import standing
from server.faults.alarms.standing import Place, Said
from server.media.board_face import draw_board
from server.media.clips import rgb
from server.media.training import GROUND, around, inner_box, inside
from server.notify.gathering import things
from server.tables import AssignedManifest, AuditEntry, DesiredMessage, EmergencyRow, Notice, SignedDocument, Site
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.boards.conftest import PHRASES
from tests.server.boards.conftest import plan as board_plan
from tests.server.media.made import near
from tests.server.releases.stage import Stage
from tests.server.training.school import School


def desired(database: Database, kiosk: Any, leaf: str) -> bytes:
    with database.read() as session:
        rows = session.exec(select(DesiredMessage).where(DesiredMessage.kiosk_id == kiosk.reader.kiosk)).all()
    return next((row.body for row in rows if row.leaf == leaf), b"")


def test_a_real_kiosk_is_refused_at_a_training_site_and_says_why(school: School, people: People) -> None:
    _, _, code = school.code()
    client = people.stranger()
    answer = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"})
    assert (answer.status_code, answer.json()["code"]) == (409, "simulated-only")
    assert set(answer.json()["sentences"]) == {"vi", "en", "zh"}
    again = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0", "simulated": True})
    assert again.status_code == 201


def test_what_a_site_is_changes_only_while_no_panel_stands_there(admin: httpx.Client, people: People) -> None:
    agency = people.agency()
    site = admin.post(
        "/api/v1/sites", json={"agency_id": str(agency.id), "slug": f"doi-{agency.slug}", "name": "Đổi"}
    ).json()
    path = f"/api/v1/sites/{site['id']}"
    assert site["training"] is False
    assert admin.patch(path, json={"training": True}).json()["training"] is True
    face = {"site_id": site["id"], "slug": f"bang-{agency.slug}", "name": "Bảng", "width": 64, "height": 32}
    assert admin.post("/api/v1/panels", json=face).status_code == 201
    refused = admin.patch(path, json={"training": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "site-has-panels")


def test_a_training_site_has_an_agency_of_its_own(stage: Stage, school: School, admin: httpx.Client) -> None:
    for agency_id, training in ((stage.agency.id, True), (school.agency.id, False), (school.agency.id, True)):
        new = {"agency_id": str(agency_id), "slug": "cung-co-quan", "name": "Chung", "training": training}
        refused = admin.post("/api/v1/sites", json=new)
        assert (refused.status_code, refused.json()["code"]) == (409, "training-apart")
    face = {"slug": "bang-lac", "name": "Bảng", "width": 64, "height": 32}
    for site, agency_id in ((school.site, stage.agency.id), (stage.site, school.agency.id)):
        refused = admin.post("/api/v1/panels", json={**face, "site_id": site["id"], "agency_id": str(agency_id)})
        assert (refused.status_code, refused.json()["code"]) == (409, "training-apart")


def test_the_two_roots_never_meet(stage: Stage, school: School) -> None:
    for envelope, demo in ((school.root, False), (stage.root, True)):
        with pytest.raises(Untrusted) as refused:
            begin(envelope, parse_envelope(envelope, Root.payload_type).digest, school.kiosk.reader, demo=demo)
        assert refused.value.rule is Rule.V7_ROOT
    real = stage.kiosk.client.get("/api/v1/kiosk/roots/1")
    training = school.kiosk.client.get("/api/v1/kiosk/roots/1")
    assert real.content == stage.root
    assert (
        parse_envelope(training.content, Root.payload_type).digest
        != parse_envelope(stage.root, Root.payload_type).digest
    )
    refused_root = stage.admin.post("/api/v1/trust/roots?training=true", content=stage.root)
    assert refused_root.status_code == 422


def test_what_is_released_in_training_is_framed_and_refused_by_a_real_kiosk(
    stage: Stage, school: School, tmp_path: Path, database: Database
) -> None:
    assert school.reset().status_code == 200
    notices = [one["id"] for one in school.notices()]
    assert len(notices) == 2
    done = school.release(*notices)
    manifest = school.kiosk.until(lambda one: bool(one.segments))
    assert {str(item.notice_id) for one in manifest.playlists for item in one.items} == set(notices)
    for number, segment in enumerate(manifest.segments):
        out = tmp_path / f"{number}.mp4"
        out.write_bytes(school.kiosk.client.get(f"/api/v1/kiosk/segments/{segment.sha256}").content)
        with av.open(str(out)) as container:
            picture = rgb(next(container.decode(video=0)))
        box = inner_box(Profile.of(256, 128))
        assert near(picture.getpixel((0, 60)), GROUND)
        assert near(picture.getpixel((3, box.y + box.height + 2)), GROUND)
    with database.read() as session:
        row = session.exec(select(SignedDocument).where(SignedDocument.id == UUID(done["document_id"]))).one()
    assert row.training
    assert row.envelope is not None
    with pytest.raises(Untrusted) as refused:
        take_release(stage.kiosk.trusted, row.envelope, Clock(now()))
    assert refused.value.rule in {Rule.V5_SIGNERS, Rule.V8_AUDIENCE}
    forged = stage.kiosk.client.get(f"/api/v1/kiosk/documents/{row.digest}")
    assert forged.status_code == 404


def test_only_training_documents_are_signed_by_a_click(stage: Stage, school: School) -> None:
    shown = stage.submit(stage.notice())
    answer = stage.leader.client.post(f"/api/v1/training/documents/{shown['document_id']}/signature")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-of-training")


def test_everything_means_real_sites_for_whoever_may_warn_both(stage: Stage, school: School, people: People) -> None:
    chief = people.person(Role.DUTY_OFFICER, stage.agency.id)
    root = people.person(Role.ADMINISTRATOR).client
    given = {"role": "duty-officer", "agency_id": str(school.agency.id)}
    assert root.post(f"/api/v1/users/{chief.user.id}/grants", json=given).status_code == 201
    words = {one: {"title": "Thử", "body": "Thử"} for one in ("vi", "en", "zh")}
    asked: dict[str, Any] = {"words": words, "minutes": 5, "status": "exercise"}
    raised = chief.client.post("/api/v1/emergencies", json={**asked, "audience": {"everything": True}})
    assert raised.status_code == 201, raised.text
    with stage.database.read() as session:
        row = session.get_one(EmergencyRow, UUID(raised.json()["id"]))
    assert row.sites == [stage.site["id"]]
    both = chief.client.post(
        "/api/v1/emergencies", json={**asked, "audience": {"sites": [stage.site["id"], school.site["id"]]}}
    )
    assert (both.status_code, both.json()["code"]) == (422, "mixed-training")


def test_a_reset_takes_the_training_site_back_and_touches_nothing_real(
    stage: Stage, school: School, database: Database
) -> None:
    mine = stage.notice("Tin thật")
    stage.play(stage.panel_id, mine)
    stage.release(mine)
    real = stage.shown_by(stage.kiosk, mine)
    assert school.reset().status_code == 200
    before = {one["id"] for one in school.notices()}
    done = school.release(*before)
    held = school.kiosk.until(lambda one: bool(one.segments))
    emergency_id = school.drill()
    running = decode(Emergencies, desired(database, school.kiosk, "emergency"))
    assert len(running.envelopes) == 1
    said = school.admin.get(f"/api/v1/training/sites/{school.site['id']}").json()
    assert (said["standing"]["emergencies"], said["standing"]["releases"], said["standing"]["notices"]) == (1, 1, 2)

    answer = school.reset()
    assert answer.status_code == 200, answer.text
    assert answer.json() == said["standing"]

    ended = decode(Emergencies, desired(database, school.kiosk, "emergency"))
    assert ended.envelopes
    assert ended.envelopes != running.envelopes
    assert school.duty[0].client.get(f"/api/v1/emergencies/{emergency_id}").json()["state"] == "ended"
    withdrawals = decode(Withdrawals, desired(database, school.kiosk, "withdrawal"))
    for envelope in withdrawals.envelopes:
        school.kiosk.trusted = take_withdrawal(school.kiosk.trusted, envelope.encode(), Clock(now()))
    after = school.kiosk.until(lambda one: not one.segments)
    assert after.seq > held.seq
    fresh = {one["id"] for one in school.notices()}
    assert len(fresh) == 2
    assert not fresh & before

    with database.read() as session:
        resets = select(AuditEntry).where(AuditEntry.action == "training.reset").order_by(col(AuditEntry.number))
        entry = session.exec(resets).all()[-1]
        notice = session.get_one(Notice, UUID(mine))
        seqs = session.exec(select(AssignedManifest.seq).where(AssignedManifest.kiosk_id == stage.kiosk.reader.kiosk))
        assert max(seqs) == real.seq
    assert entry.object_id == school.site["id"]
    assert '"emergencies":1' in (entry.after or "")
    assert notice.archived_at is None
    assert stage.client.get(f"/api/v1/releases/{done['id']}").status_code == 404
    again = school.release(*fresh)
    assert again["id"] != done["id"]
    assert school.kiosk.until(lambda one: bool(one.segments)).seq > after.seq


def test_a_reset_gives_up_a_swap_that_was_practised(school: School) -> None:
    path = f"/api/v1/panels/{school.panel_id}/swaps"
    begun = school.admin.post(path, json={"kind": "kiosk"})
    assert begun.status_code == 201, begun.text
    device = school.admin.post(
        f"/api/v1/swaps/{begun.json()['id']}/device", json={"slug": f"th-{begun.json()['id'][-9:]}"}
    )
    assert school.reset().status_code == 200
    assert [one["state"] for one in school.admin.get(path).json()["items"]] == ["abandoned"]
    assert school.admin.get(f"/api/v1/kiosks/{device.json()['kiosk_id']}").json()["revoked_at"] is not None


def test_a_reset_is_for_administrators_who_name_the_site(stage: Stage, school: School) -> None:
    assert school.reset(school.approvers[0].client).status_code == 403
    assert school.reset(stage.client).status_code == 404
    other = school.reset(slug="tra-linh")
    assert (other.status_code, other.json()["code"]) == (422, "not-confirmed")
    path = f"/api/v1/training/sites/{stage.site['id']}/reset"
    real = school.admin.post(path, json={"slug": stage.site["slug"]})
    assert (real.status_code, real.json()["code"]) == (409, "not-training")


def test_a_reset_that_fails_in_the_middle_changes_nothing(
    school: School, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it is one transaction, so what kills the server in the middle leaves what was there."""
    assert school.reset().status_code == 200
    before = sorted(one["id"] for one in school.notices())
    folder = school.people.server.app.state.parts.settings.keys_dir / "training"
    school.release(*before)
    hidden = folder.rename(folder.with_name("hidden"))
    try:
        refused = school.reset()
        assert (refused.status_code, refused.json()["code"]) == (409, "no-training-key")
    finally:
        hidden.rename(folder)
    assert sorted(one["id"] for one in school.notices()) == before
    assert school.reset().status_code == 200


def test_the_agency_of_a_training_site_is_neither_merged_nor_split(
    stage: Stage, school: School, admin: httpx.Client
) -> None:
    for one, other in ((school.agency, stage.agency), (stage.agency, school.agency)):
        refused = admin.post(f"/api/v1/agencies/{one.id}/merge", json={"into_id": str(other.id), "confirm": one.slug})
        assert (refused.status_code, refused.json()["code"]) == (409, "training-apart")


def test_nobody_is_called_for_what_is_practised(stage: Stage, school: School, database: Database) -> None:
    at = now()
    with database.write() as session:
        sites = {row.id: row for row in session.exec(select(Site))}
        for site in (stage.site, school.site):
            said = Said("cabinet_smoke", "", "critical", "")
            standing.edge(session, Place(UUID(site["id"])), said, Word.RAISED, at, at)
        standing.sweep(session, at, at + timedelta(minutes=5))
        found = things(session, sites, at + timedelta(minutes=5))
    where = {site_id for one in found for site_id in one.site_ids}
    assert UUID(stage.site["id"]) in where
    assert UUID(school.site["id"]) not in where


def test_an_alert_from_outside_means_no_training_panel(school: School, stage: Stage, database: Database) -> None:
    with database.read() as session:
        meant = {panel.id for panel, _ in all_panels(session)}
    assert UUID(stage.panel_id) in meant
    assert UUID(school.panel_id) not in meant
    asked = {"audience": {"sites": [school.site["id"]]}, "minutes": 5, "alert_id": str(UUID(int=1))}
    words = {one: {"title": "Thử", "body": "Thử"} for one in ("vi", "en", "zh")}
    refused = school.duty[0].client.post("/api/v1/emergencies", json={**asked, "words": words})
    assert (refused.status_code, refused.json()["code"]) == (422, "alert-in-training")


def test_a_board_lies_inside_the_frame_with_its_tiles(school: School) -> None:
    """Tiles are laid where the board says, so all of these places lie inside the frame, and the base has it."""
    plan = BoardPlan.model_validate(board_plan())
    book = {key: PhraseTexts(texts=Texts(vi=vi, en=en, zh=zh)) for key, (vi, en, zh, _) in PHRASES.items()}
    profile = Profile.of(256, 128)
    drawn = draw_board(card_of(plan, book, Language.VI), *inside(profile)[:2])
    layout, frame = moved(drawn.layout, profile), inner_box(profile)
    boxes = [*(place.box for place in layout.places.values()), layout.plate_at]
    for box in boxes:
        assert frame.x <= box.x
        assert frame.y <= box.y
        assert box.x + box.width <= frame.x + frame.width
        assert box.y + box.height <= frame.y + frame.height
    assert around(drawn.base, profile).getpixel((0, 0)) == GROUND
    kept = next(iter(layout.places.values()))
    assert kept.cells == drawn.layout.places[next(iter(layout.places))].cells
