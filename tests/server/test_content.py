"""Uploads, media, notices and rendering through the API, on both databases."""

from __future__ import annotations

import asyncio
import struct
import time
import zlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlmodel import select

from playlists.artwork import MediaArtwork
from playlists.language import SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.app import create_app
from server.content.receiving import receive
from server.content.service import Wanted, ensure_segments
from server.content.uploads import display_name
from server.db import Database
from server.errors import Problem
from server.settings import Settings
from server.tables import Job, Segment
from server.tables.accounts import Role
from server.tables.content import SegmentState
from tests.conftest import People
from tests.serving import Serving, serving

numbers = count(1)
CHINESE_AND_VIETNAMESE = ("口岸通告" * 30 + "Thông báo cửa khẩu " * 5)[:196] + ".png"


def png(colour: tuple[int, int, int] | None = None, size: tuple[int, int] = (64, 32)) -> bytes:
    number = next(numbers)
    out = BytesIO()
    Image.new("RGB", size, colour or (number % 256, number // 256, 77)).save(out, "PNG")
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge, and is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def editor(people: People) -> httpx.Client:
    return people.person(Role.EDITOR, people.agency().id).client


def upload(client: httpx.Client, content: bytes, name: str = "a.png") -> httpx.Response:
    return client.post("/api/v1/media", params={"name": name}, content=content, headers={"Content-Type": "image/png"})


def new_notice(client: httpx.Client, title: str = "Thông báo") -> dict[str, object]:
    variants = {language: upload(client, png()).json()["id"] for language in ("vi", "en", "zh")}
    answer = client.post("/api/v1/notices", json={"title": title, "variants": variants})
    assert answer.status_code == 201, answer.text
    document: dict[str, object] = answer.json()
    return document


def test_a_picture_is_taken_as_a_body_and_as_a_form(editor: httpx.Client) -> None:
    content = png()
    raw = upload(editor, content, "Giờ làm việc.png")
    assert raw.status_code == 201, raw.text
    assert raw.json()["name"] == "Giờ làm việc.png"
    assert (raw.json()["width"], raw.json()["height"]) == (64, 32)
    form = editor.post("/api/v1/media", files={"file": ("khác.png", png(), "image/png")})
    assert form.status_code == 201
    assert form.json()["name"] == "khác.png"


def test_the_same_bytes_again_are_the_same_media(editor: httpx.Client) -> None:
    content = png()
    first, second = upload(editor, content, "one.png"), upload(editor, content, "two.png")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_the_same_picture_in_two_agencies_is_two_media(people: People, editor: httpx.Client) -> None:
    other = people.person(Role.EDITOR, people.agency().id).client
    content = png()
    first, second = upload(editor, content), upload(other, content)
    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


def test_an_administrator_says_whose_a_file_is(people: People, admin: httpx.Client) -> None:
    assert upload(admin, png()).json()["code"] == "agency-missing"
    agency = people.agency()
    files = {"file": ("a.png", png(), "image/png")}
    answer = admin.post("/api/v1/media", data={"agency_id": str(agency.id)}, files=files)
    assert answer.json()["agency_id"] == str(agency.id)


HOSTILE = {
    "truncated PNG": (png(size=(400, 300))[:-200], "bad.png", "media-"),
    "20000x20000 PNG": (bomb(20000, 20000), "big.png", "media-too_many_pixels"),
    "text named .mp4": ("Đây không phải phim\n".encode(), "film.mp4", "media-wrong_type"),
    "empty file": (b"", "empty.png", "media-empty"),
    "HTML as image/png": (b"<!doctype html><script>alert(1)</script>", "page.png", "media-wrong_type"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "draw.svg", "media-wrong_type"),
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_hostile_file_is_refused_in_three_languages(editor: httpx.Client, case: str) -> None:
    content, name, code = HOSTILE[case]
    answer = upload(editor, content, name)
    assert answer.status_code == 422, answer.text
    document = answer.json()
    assert document["code"].startswith(code)
    assert set(document["sentences"]) == {"vi", "en", "zh"}
    assert document["name"] == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\windows\\a.png", "a.png"),
        ("../", "upload"),
        ("", "upload"),
        ("a\u202egnp.exe\x00.png", "agnp.exe.png"),
        (CHINESE_AND_VIETNAMESE, None),
    ],
)
def test_a_strange_name_is_cleaned_for_display(editor: httpx.Client, name: str, shown: str | None) -> None:
    answer = upload(editor, png(), name)
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == (shown if shown is not None else CHINESE_AND_VIETNAMESE[:120].strip())
    form = editor.post("/api/v1/media", files={"file": (name or "x", png(), "image/png")})
    assert form.status_code == 201, form.text
    assert len(display_name(name)) <= 120


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"no form", "multipart/form-data; boundary=x"),
        (b"no form", "multipart/form-data"),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"y" * 2000 + b"\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nhalf", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + b"A: b\r\n" * 500 + b"\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--" + b"x" * 9000, "multipart/form-data; boundary=" + "x" * 9000),
    ],
)
def test_a_broken_form_is_refused(editor: httpx.Client, content: bytes, content_type: str) -> None:
    answer = editor.post("/api/v1/media", content=content, headers={"Content-Type": content_type})
    assert answer.status_code in (422, 431), answer.text


def test_a_body_over_the_cap_is_cut_off_while_it_is_read(tmp_path: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield bytes(1000)

    # in a thread of its own, because a browser's driver may keep an event loop in this one
    with ThreadPoolExecutor(1) as thread, pytest.raises(Problem) as refused:
        thread.submit(lambda: asyncio.run(receive(endless(), "image/png", tmp_path / "received", 5000))).result()
    assert refused.value.status == 413
    assert set(refused.value.sentences) == {"vi", "en", "zh"}
    assert read == 6
    assert (tmp_path / "received").stat().st_size <= 5000


def test_a_file_over_the_cap_is_refused(settings: Settings, people: People, editor: httpx.Client) -> None:
    capped = settings.model_copy(update={"image_max_bytes": 5000, "clip_max_bytes": 5000, "worker": False})
    with serving(create_app(capped)) as server:
        answer = httpx.post(f"{server.url}/api/v1/media", content=bytes(100_000), headers=editor.headers, timeout=60)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too-many-bytes"


def test_nothing_is_left_of_a_refused_upload(editor: httpx.Client, server: Serving) -> None:
    upload(editor, b"<html>", "page.png")
    assert list((server.app.state.parts.settings.data_dir / "blobs" / "incoming").iterdir()) == []


def test_a_small_picture_is_made_once(editor: httpx.Client) -> None:
    media = upload(editor, png(size=(800, 400))).json()
    answer = editor.get(f"/api/v1/media/{media['id']}/picture", params={"width": 200})
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (320, 160)
    assert editor.get(f"/api/v1/media/{media['id']}/thumbnail").content == answer.content
    whole = editor.get(f"/api/v1/media/{media['id']}/file")
    part = editor.get(f"/api/v1/media/{media['id']}/file", headers={"Range": "bytes=0-9"})
    assert part.status_code == 206
    assert part.content == whole.content[:10]


def test_other_media_make_a_new_revision_and_the_old_one_stays(editor: httpx.Client) -> None:
    notice = new_notice(editor, "Một")
    path = f"/api/v1/notices/{notice['id']}"
    media_id = upload(editor, png()).json()["id"]
    variants = dict.fromkeys(("vi", "en", "zh"), media_id)
    changed = editor.patch(path, json={"variants": variants}, headers={"If-Match": '"1"'})
    assert changed.json()["revision"] == 2
    assert editor.patch(path, json={"variants": variants}).json()["revision"] == 2
    others = dict.fromkeys(("vi", "en", "zh"), upload(editor, png()).json()["id"])
    assert editor.patch(path, json={"variants": others}, headers={"If-Match": '"1"'}).status_code == 412
    whole = editor.get(path).json()
    assert [revision["number"] for revision in whole["revisions"]] == [2, 1]
    assert whole["revisions"][1]["variants"] == notice["variants"]
    assert {variant["media_id"] for variant in whole["variants"]} == {media_id}


def test_notices_are_found_without_accents_and_archived_with_a_way_back(editor: httpx.Client) -> None:
    notice = new_notice(editor, "Đường lên Thác Bản Giốc 100%")

    def found(q: str, *, archived: bool = False) -> bool:
        params: dict[str, str | bool] = {"q": q, "archived": archived}
        items = editor.get("/api/v1/notices", params=params).json()["items"]
        return notice["id"] in [item["id"] for item in items]

    assert found("duong len THAC ban gioc")
    assert found("100%")
    assert not found("1%0")
    assert editor.post(f"/api/v1/notices/{notice['id']}/archive").json()["archived_at"] is not None
    assert not found("thac")
    assert found("thac", archived=True)
    assert editor.post(f"/api/v1/notices/{notice['id']}/restore").json()["archived_at"] is None
    assert found("thac")


def test_a_notice_needs_its_source_and_media_of_its_own_agency(people: People, editor: httpx.Client) -> None:
    media_id = upload(editor, png()).json()["id"]
    two = {"vi": media_id, "en": media_id}
    refused = editor.post("/api/v1/notices", json={"title": "x", "variants": {"en": media_id}})
    assert (refused.status_code, refused.json()["code"]) == (422, "source-missing")
    other = people.person(Role.EDITOR, people.agency().id).client
    foreign = {"title": "x", "variants": two | {"zh": upload(other, png()).json()["id"]}}
    assert editor.post("/api/v1/notices", json=foreign).status_code == 404


def test_a_segment_is_rendered_once_and_its_job_is_seen(
    editor: httpx.Client, database: Database, server: Serving
) -> None:
    media = upload(editor, png(size=(320, 160))).json()
    artwork = MediaArtwork(sha256=media["sha256"], media_kind=MediaKind(media["kind"]))
    wanted = [Wanted.of(artwork, language) for language in (SegmentLanguage.VI, SegmentLanguage.EN)]
    for _ in range(2):
        with database.write() as session:
            segments = ensure_segments(session, wanted, Profile.of(64, 32))
    ids = {segment.id for segment in segments.values()}
    with database.read() as session:
        jobs = [job for job in session.exec(select(Job)) if UUID(job.arguments.get("segment_id", "0" * 32)) in ids]
    assert len(jobs) == 2
    # SQLite and PostgreSQL workers of the module's server take the jobs up by themselves
    shown = [_ended(editor, str(job.id)) for job in jobs]
    assert [job["state"] for job in shown] == ["done", "done"], shown
    with database.read() as session:
        rows = [session.get(Segment, segment_id) for segment_id in ids]
    for row in rows:
        assert row is not None
        assert row.state == SegmentState.READY
        assert row.duration_ms == 1000
        assert row.sha256 is not None
        assert server.app.state.parts.blobs.size(row.sha256) == row.size


def _ended(client: httpx.Client, job_id: str) -> dict[str, object]:
    for _ in range(600):
        job: dict[str, object] = client.get(f"/api/v1/jobs/{job_id}").json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.1)
    raise AssertionError(job)
