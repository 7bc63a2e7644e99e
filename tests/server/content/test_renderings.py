"""Segments of notices through the API: only what changed is rendered, and the preview is the segment."""

from __future__ import annotations

import hashlib
import time
from itertools import count
from typing import Any

import httpx
import pytest
from sqlmodel import func, select

from server.content.service import RENDER_SEGMENT
from server.db import Database
from server.publishing.renderings.schemas import RenderingState
from server.settings import Settings
from server.tables import Change, Job, Segment
from tests.server.content.conftest import Document, Room

_numbers = count(1)
WAIT_S = 60


def panel(admin: httpx.Client, agency_id: str, width: int, height: int) -> str:
    number = next(_numbers)
    site = admin.post("/api/v1/sites", json={"agency_id": agency_id, "slug": f"noi-{number}", "name": "Thác"})
    face = {"site_id": site.json()["id"], "slug": f"mat-{number}", "name": "Bảng", "width": width, "height": height}
    answer = admin.post("/api/v1/panels", json=face)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="module")
def panels(admin: httpx.Client, room: Room) -> list[str]:
    return [panel(admin, str(room.agency.id), *size) for size in ((96, 48), (48, 96))]


def jobs(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).where(Job.kind == RENDER_SEGMENT)).one()


def rendered(room: Room, notice: Document, panel_id: str) -> Document:
    """Ask for the segments and wait until none is under way."""
    shown = room.author.ok("POST", f"/notices/{notice['id']}/segments", {"panel_id": panel_id})
    ends = time.monotonic() + WAIT_S
    while any(one["state"] in {"waiting", "rendering"} for one in shown["segments"]):
        assert time.monotonic() < ends, shown
        time.sleep(0.1)
        shown = room.author.ok("GET", f"/notices/{notice['id']}/segments?panel_id={panel_id}")
    result: Document = shown
    return result


def digests(shown: Document) -> dict[str, str]:
    return {one["language"]: one["sha256"] for one in shown["segments"]}


def test_only_what_changed_is_rendered(room: Room, panels: list[str], database: Database) -> None:
    notice = room.translated(title="Chỉ đổi tiếng Anh")
    absent = room.author.ok("GET", f"/notices/{notice['id']}/segments?panel_id={panels[0]}")
    assert [one["state"] for one in absent["segments"]] == [RenderingState.ABSENT] * 3
    before = jobs(database)
    first = [rendered(room, notice, one) for one in panels]
    assert jobs(database) == before + 6
    assert [rendered(room, notice, one) for one in panels] == first
    assert jobs(database) == before + 6, "a second run renders nothing"
    room.say(room.translator, notice, "en", "New opening hours")
    second = [rendered(room, notice, one) for one in panels]
    assert jobs(database) == before + 8, "one segment for each profile"
    for old, new in zip(map(digests, first), map(digests, second), strict=True):
        assert (old["vi"], old["zh"]) == (new["vi"], new["zh"])
        assert old["en"] != new["en"]


def test_the_preview_is_the_segment(room: Room, panels: list[str], database: Database, settings: Settings) -> None:
    notice = room.card("Xem trước")
    shown = rendered(room, notice, panels[0])
    assert (shown["profile"], shown["width"], shown["height"]) == ("96x48p25-nf1", 96, 48)
    (one,) = shown["segments"]
    assert (one["language"], one["state"], one["permille"], one["flashes"]) == ("vi", "ready", 1000, 0)
    answer = room.author.client.get(one["url"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == f'"{one["sha256"]}"'
    assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
    assert answer.content == (settings.data_dir / "blobs" / one["sha256"][:2] / one["sha256"]).read_bytes()
    part = room.author.client.get(one["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    same = room.author.client.get(one["url"], headers={"If-None-Match": f'"{one["sha256"]}"'})
    assert same.status_code == 304
    with database.read() as session:
        row = session.exec(select(Segment).where(Segment.sha256 == one["sha256"])).one()
        told = session.exec(select(Change.id).where(Change.topic == "segment", Change.subject_id == row.id)).all()
    assert len(told) >= 2, "pages hear of its beginning and its end"


def test_a_segment_of_another_notice_is_not_given(room: Room, panels: list[str]) -> None:
    one, other = room.card("Một"), room.card("Hai")
    (segment,) = rendered(room, one, panels[0])["segments"]
    room.author.refused(404, "GET", f"/notices/{other['id']}/segments/{segment['sha256']}.mp4")
    room.author.refused(404, "GET", f"/notices/{one['id']}/segments/{'0' * 64}.mp4")
    room.author.refused(422, "GET", f"/notices/{one['id']}/segments/x.mp4")
    room.stranger.refused(404, "GET", f"/notices/{one['id']}/segments/{segment['sha256']}.mp4")
    room.stranger.refused(404, "POST", f"/notices/{one['id']}/segments", {"panel_id": panels[0]})


def test_what_cannot_be_rendered_is_said_in_three_languages(
    room: Room, panels: list[str], settings: Settings, database: Database
) -> None:
    media = room.author.upload()
    sha256 = room.author.ok("GET", f"/media/{media}")["sha256"]
    body: dict[str, Any] = {"title": "Mất tệp", "variants": {"vi": media, "en": media, "zh": media}}
    notice = room.author.ok("POST", "/notices", body)
    blob = settings.data_dir / "blobs" / sha256[:2] / sha256
    content = blob.read_bytes()
    blob.unlink()
    shown = rendered(room, notice, panels[0])
    for one in shown["segments"]:
        assert (one["state"], one["url"]) == ("failed", None)
        assert set(one["sentences"]) == {"vi", "en", "zh"}
        assert all("Mất tệp" in sentence for sentence in one["sentences"].values())
        assert "upload it again" in one["sentences"]["en"]
    blob.write_bytes(content)
    assert {one["state"] for one in rendered(room, notice, panels[0])["segments"]} == {"ready"}
