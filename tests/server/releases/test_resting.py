"""What is held or withdrawn is planned and does not play: the server says so as the kiosk does; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playlists.instant import format_instant
from server.db import now
from tests.server.releases.stage import Kiosk, Stage
from tests.server.trust import network


def playing(stage: Stage) -> tuple[str, str, str, Kiosk]:
    """A panel with two released notices in turn; returns both and the panel."""
    panel, kiosk = stage.panel(64, 32)
    first, second = stage.notice("Giờ làm việc"), stage.notice("Phí xuất cảnh")
    stage.play(panel, first, second)
    stage.release(first, second)
    stage.shown_by(kiosk, first, second)
    return first, second, panel, kiosk


def planned(stage: Stage, panel: str) -> set[str]:
    at = now()
    span = {"from": format_instant(at), "to": format_instant(at + timedelta(minutes=5))}
    shown = stage.client.get(f"/api/v1/panels/{panel}/timeline", params=span).json()
    return {one["notice_id"] for one in shown["airings"]}


def preview(stage: Stage, panel: str, source: str) -> dict[str, Any]:
    at = now()
    span = {"from": format_instant(at), "to": format_instant(at + timedelta(minutes=5))}
    asked = span | {"source": source, "airings": "true"}
    found: dict[str, Any] = stage.client.get(f"/api/v1/panels/{panel}/preview", params=asked).json()
    return found


def test_a_held_notice_is_shown_as_held_and_its_time_as_what_then_plays(stage: Stage) -> None:
    first, second, panel, _ = playing(stage)
    assert planned(stage, panel) == {first, second}
    held = stage.client.post(f"/api/v1/notices/{first}/hold", json={"reason": "wrong-fact"})
    assert held.status_code == 201, held.text
    assert planned(stage, panel) == {second}
    for source in ("assigned", "draft"):
        said = preview(stage, panel, source)
        assert [(one["notice_id"], one["why"]) for one in said["resting"]] == [(first, "held")], source
        assert {one["title"] for one in said["airings"]} == {"Phí xuất cảnh"}, source
    for draft in (0, 1):
        page = stage.client.get(f"/panels/{panel}/day", params={"draft": draft})
        assert page.status_code == 200
        assert f"/notices/{first}/off-air" in page.text
        assert f"/notices/{second}/off-air" not in page.text
    assert stage.client.post(f"/api/v1/notices/{first}/lift").status_code == 200
    assert planned(stage, panel) == {first, second}
    assert preview(stage, panel, "assigned")["resting"] == []


def test_what_replaces_a_held_notice_plays(stage: Stage) -> None:
    first, second, panel, kiosk = playing(stage)
    before = {one.sha256 for one in kiosk.poll().segments}
    assert stage.client.post(f"/api/v1/notices/{first}/hold", json={"reason": "wrong-fact"}).status_code == 201
    stage.edit(first)
    stage.release(first)
    kiosk.until(lambda manifest: bool({one.sha256 for one in manifest.segments} - before))
    assert planned(stage, panel) == {first, second}
    assert preview(stage, panel, "draft")["resting"] == []


def test_a_withdrawn_notice_is_shown_as_withdrawn(stage: Stage) -> None:
    first, second, panel, _ = playing(stage)
    asked = stage.client.post(f"/api/v1/notices/{first}/withdrawal", json={"reason": "wrong-fact"})
    assert asked.status_code == 201, asked.text
    signed = network.sign(stage.department.client, asked.json()["document_id"], stage.passkey)
    assert signed.status_code == 200, signed.text
    assert planned(stage, panel) == {second}
    assert {one["why"] for one in preview(stage, panel, "draft")["resting"]} == {"withdrawn"}
