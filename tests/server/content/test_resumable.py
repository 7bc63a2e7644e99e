"""Uploads in pieces through the API, on both databases, against a real server."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from server.content.resumable import service
from server.content.resumable.jobs import given_up
from server.db import Database, now
from server.parts import Parts
from server.settings import Settings
from server.tables import Agency, Job, UploadSession
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.content.tus import PIECE, VERSION, begun, create, finished, metadata, offset, piece, sent
from tests.server.media.made import encoded, picture, write_film
from tests.serving import Serving


class Usage(NamedTuple):
    """What shutil.disk_usage returns."""

    total: int
    used: int
    free: int


@pytest.fixture(scope="module")
def agency(people: People) -> Agency:
    return people.agency()


@pytest.fixture(scope="module")
def editor(people: People, agency: Agency) -> httpx.Client:
    return people.person(Role.EDITOR, agency.id).client


@pytest.fixture(scope="module")
def parts(server: Serving) -> Parts:
    found: Parts = server.app.state.parts
    return found


def png(red: int) -> bytes:
    return encoded(picture(left=(red, 90, 20)), "PNG", compress_level=0)


def id_of(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def test_a_file_comes_in_pieces_and_becomes_a_media_with_what_was_said_of_it(
    editor: httpx.Client, parts: Parts
) -> None:
    content = png(1)
    said = {"source": "Sở Văn hóa", "author": "Nông Thị Hà", "right_of_use": "own", "tags": "thác,Mùa thu, thac"}
    path = begun(editor, len(content), filename="Thác Bản Giốc.png", rights_until="2027-12-31", **said)
    assert offset(editor, path) == 0
    answer = piece(editor, path, 0, content[:100])
    assert (answer.status_code, answer.headers["Upload-Offset"], answer.headers["Tus-Resumable"]) == (
        204,
        "100",
        "1.0.0",
    )
    assert "GMT" in answer.headers["Upload-Expires"]
    head = editor.head(path, headers=VERSION)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("100", str(len(content)))
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Upload-Metadata"].startswith(metadata(filename="Thác Bản Giốc.png"))
    shown = editor.get(path).json()
    assert (shown["state"], shown["offset"], shown["name"]) == ("receiving", 100, "Thác Bản Giốc.png")
    assert piece(editor, path, 100, content[100:]).headers["Upload-Offset"] == str(len(content))
    done = finished(editor, path)
    assert (done["state"], done["is_new"], done["progress_permille"]) == ("done", True, 1000)
    media = editor.get("/api/v1/library/media", params={"q": "thac ban gioc"}).json()["items"][0]
    assert media["id"] == done["media_id"]
    assert {name: media[name] for name in ("source", "author", "right_of_use", "rights_until")} == {
        "source": "Sở Văn hóa",
        "author": "Nông Thị Hà",
        "right_of_use": "own",
        "rights_until": "2027-12-31",
    }
    assert media["tags"] == ["Mùa thu", "thác"]
    assert not parts.incoming.path(id_of(path)).exists()
    assert offset(editor, path) == len(content)


def test_the_server_says_what_it_can_do(editor: httpx.Client, settings: Settings) -> None:
    answer = editor.options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(settings.clip_max_bytes)
    assert set(answer.headers["Tus-Extension"].split(",")) >= {"creation", "expiration", "checksum", "termination"}


def test_the_first_bytes_may_come_with_the_creation(editor: httpx.Client) -> None:
    content = png(2)
    headers = PIECE | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata(filename="a.png")}
    answer = editor.post("/api/v1/uploads", headers=headers, content=content)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(content)))
    assert finished(editor, answer.headers["Location"])["state"] == "done"


@pytest.mark.parametrize(
    ("at", "headers", "status"),
    [
        ("7", {}, 409),
        (None, {}, 422),
        ("x", {}, 422),
        ("0", {"Content-Type": "application/octet-stream"}, 415),
        ("0", {"Tus-Resumable": "0.9"}, 412),
        ("0", {"Upload-Checksum": "crc32 AAAA"}, 400),
    ],
)
def test_a_piece_that_is_not_of_the_protocol_changes_nothing(
    editor: httpx.Client, at: str | None, headers: dict[str, str], status: int
) -> None:
    path = begun(editor, 500, filename="a.png")
    asked = PIECE | ({"Upload-Offset": at} if at is not None else {}) | headers
    answer = editor.patch(path, content=b"x" * 10, headers=asked)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.headers["Upload-Offset"] == "0"
    assert offset(editor, path) == 0


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "-5"}, 422, "invalid-header"),
        ({}, 422, "invalid-header"),
        ({"Upload-Length": str(1 << 40)}, 413, "too-many-bytes"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename ???"}, 422, "invalid-header"),
        ({"Upload-Length": "5", "Upload-Metadata": metadata(agency_id="none")}, 422, "invalid-metadata"),
        ({"Upload-Length": "5", "Upload-Metadata": metadata(right_of_use="stolen")}, 422, "invalid-metadata"),
        ({"Upload-Length": "5", "Upload-Metadata": metadata(rights_until="soon")}, 422, "invalid-metadata"),
    ],
)
def test_an_upload_that_is_not_announced_well_does_not_begin(
    editor: httpx.Client, headers: dict[str, str], status: int, code: str
) -> None:
    answer = editor.post("/api/v1/uploads", headers=VERSION | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_more_bytes_than_announced_are_refused_and_none_of_them_kept(editor: httpx.Client) -> None:
    path = begun(editor, 100, filename="a.png")
    assert piece(editor, path, 0, png(3)[:200]).status_code == 413

    def endless() -> Iterator[bytes]:
        yield from [png(3)[:60]] * 40

    answer = editor.patch(path, content=endless(), headers=PIECE | {"Upload-Offset": "0"})
    assert answer.status_code == 413
    assert offset(editor, path) == 0


def test_a_piece_with_a_checksum_counts_whole_or_not_at_all(editor: httpx.Client) -> None:
    content = png(4)
    path = begun(editor, len(content), filename="a.png")
    right = base64.b64encode(hashlib.sha256(content[:500]).digest()).decode()
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert piece(editor, path, 0, content[:500], **{"Upload-Checksum": f"sha256 {wrong}"}).status_code == 460
    assert offset(editor, path) == 0
    assert piece(editor, path, 0, content[:500], **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204
    assert offset(editor, path) == 500


@contextmanager
def half_sent(editor: httpx.Client, path: str, at: int, content: bytes, announced: int) -> Iterator[socket.socket]:
    """A connection that has sent a part of a piece and then says nothing more."""
    lines = [
        f"PATCH {path} HTTP/1.1",
        "Host: x",
        f"Authorization: {editor.headers['Authorization']}",
        f"Upload-Offset: {at}",
        f"Content-Length: {announced}",
        *(f"{name}: {value}" for name, value in PIECE.items()),
    ]
    with socket.create_connection((editor.base_url.host, editor.base_url.port or 80), timeout=30) as link:
        link.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        yield link


def reached(parts: Parts, path: str, size: int) -> None:
    for _ in range(600):
        if parts.incoming.size(id_of(path)) >= size:
            return
        time.sleep(0.05)
    raise AssertionError(parts.incoming.size(id_of(path)))


def test_what_came_before_the_link_broke_is_kept(editor: httpx.Client, parts: Parts) -> None:
    content = encoded(picture(800, 600, left=(3, 3, 3)), "PNG", compress_level=0)
    path = begun(editor, len(content), filename="a.png")
    first = 1_200_000
    with half_sent(editor, path, 0, content[:first], len(content)):
        reached(parts, path, 1 << 20)
    at = offset(editor, path)
    assert (1 << 20) <= at <= first
    assert piece(editor, path, at, content[at:]).status_code == 204
    assert finished(editor, path)["state"] == "done"


def test_a_new_connection_takes_over_from_one_that_is_dead_and_was_not_noticed(
    editor: httpx.Client, parts: Parts
) -> None:
    content = encoded(picture(800, 600), "PNG", compress_level=0)
    path = begun(editor, len(content), filename="a.png")
    first = 1_200_000
    with half_sent(editor, path, 0, content[:first], len(content)):
        reached(parts, path, 1 << 20)
        at = offset(editor, path)
        assert (1 << 20) <= at <= first
        assert piece(editor, path, at, content[at:]).status_code == 204
    assert finished(editor, path)["state"] == "done"


def test_anothers_upload_does_not_exist(people: People, agency: Agency, editor: httpx.Client) -> None:
    path = begun(editor, 100, filename="a.png")
    colleague = people.person(Role.EDITOR, agency.id).client
    stranger = people.person(Role.EDITOR, people.agency().id).client
    for other in (colleague, stranger, people.person(Role.ADMINISTRATOR).client):
        assert other.head(path, headers=VERSION).status_code == 404
        assert other.get(path).status_code == 404
        assert piece(other, path, 0, b"x").status_code == 404
        assert other.delete(path, headers=VERSION).status_code == 404
        assert path.rpartition("/")[2] not in [one["id"] for one in other.get("/api/v1/uploads").json()]
    viewer = people.person(Role.VIEWER, agency.id).client
    assert create(viewer, 100, filename="a.png").status_code == 403
    assert create(stranger, 100, agency_id=str(agency.id)).status_code == 404


def test_a_file_that_is_none_of_ours_is_refused_on_its_first_bytes(editor: httpx.Client, parts: Parts) -> None:
    content = b"PK\x03\x04" + bytes(2_000_000)
    path = begun(editor, 60_000_000, filename="bao-cao.docx")
    answer = piece(editor, path, 0, content)
    assert answer.status_code == 422
    assert answer.json()["code"] == "media-wrong_type"
    assert set(answer.json()["sentences"]) == {"vi", "en", "zh"}
    shown = editor.get(path).json()
    assert (shown["state"], shown["reason"]) == ("refused", "wrong_type")
    assert "ZIP" in shown["sentences"]["vi"]
    assert not parts.incoming.path(id_of(path)).exists()
    assert editor.head(path, headers=VERSION).status_code == 410
    assert piece(editor, path, 0, b"x").status_code == 410


def test_a_picture_that_is_announced_too_long_is_refused_on_its_first_bytes(editor: httpx.Client) -> None:
    path = begun(editor, 200_000_000, filename="a.png")
    assert piece(editor, path, 0, png(6)[:5000]).json()["code"] == "media-too_many_bytes"


def test_a_refusal_after_the_check_says_why_and_leaves_no_bytes(editor: httpx.Client, parts: Parts) -> None:
    path = sent(editor, png(7)[:-300], filename="hỏng.png")
    refused = finished(editor, path)
    assert (refused["state"], refused["reason"]) == ("refused", "truncated")
    assert refused["sentences"]["vi"].endswith(".")
    assert refused["sentences"]["zh"].endswith("。")
    for _ in range(100):
        if not parts.incoming.path(id_of(path)).exists():
            break
        time.sleep(0.05)
    assert not parts.incoming.path(id_of(path)).exists()
    assert path.rpartition("/")[2] in [one["id"] for one in editor.get("/api/v1/uploads").json()]
    assert editor.delete(path, headers=VERSION).status_code == 204
    assert editor.get(path).status_code == 404


def test_an_empty_file_is_refused(editor: httpx.Client) -> None:
    assert finished(editor, begun(editor, 0, filename="trống.png"))["reason"] == "empty"


def test_the_same_file_again_is_told_by_its_name(editor: httpx.Client) -> None:
    content = png(8)
    first = finished(editor, sent(editor, content, filename="Cổng chào.png"))
    again = finished(editor, sent(editor, content, filename="khác.png"))
    assert (again["is_new"], again["media_id"]) == (False, first["media_id"])
    assert again["sentences"]["vi"] == "Cơ quan đã có tệp này: Cổng chào.png."
    assert again["sentences"]["en"] == "You have this already: Cổng chào.png."


def test_other_bytes_of_the_same_picture_are_told_too(editor: httpx.Client) -> None:
    image = picture(left=(9, 9, 9))
    first = finished(editor, sent(editor, encoded(image, "PNG", compress_level=0), filename="một.png"))
    again = finished(editor, sent(editor, encoded(image, "PNG", compress_level=9), filename="hai.png"))
    assert (again["is_new"], again["media_id"]) == (False, first["media_id"])


def test_a_file_from_the_trash_comes_back_when_it_is_uploaded_again(editor: httpx.Client) -> None:
    content = png(10)
    first = finished(editor, sent(editor, content, filename="a.png"))
    editor.post(f"/api/v1/library/media/{first['media_id']}/trash")
    again = finished(editor, sent(editor, content, filename="b.png"))
    assert again["media_id"] == first["media_id"]
    found = editor.get("/api/v1/library/media", params={"mine": True, "limit": 200}).json()["items"]
    assert first["media_id"] in [one["id"] for one in found]


def test_a_clip_with_sound_is_told_to_need_subtitles(editor: httpx.Client, tmp_path: Path) -> None:
    clip = write_film(tmp_path / "a.mp4", frames=5, sound=True).read_bytes()
    done = finished(editor, sent(editor, clip, filename="Lời chào.mp4"))
    assert "phụ đề" in done["remarks"][0]["vi"]
    assert "subtitles" in done["remarks"][0]["en"]


def test_an_agency_has_a_quota_for_media_and_running_uploads(people: People, admin: httpx.Client) -> None:
    agency = people.agency()
    client = people.person(Role.EDITOR, agency.id).client
    path = f"/api/v1/agencies/{agency.id}"
    assert admin.patch(path, json={"media_quota_bytes": 1_000_000}).json()["media_quota_bytes"] == 1_000_000
    running = begun(client, 600_000, filename="a.png")
    refused = create(client, 600_000, filename="b.png")
    assert (refused.status_code, refused.json()["code"]) == (413, "quota-full")
    assert set(refused.json()["sentences"]) == {"vi", "en", "zh"}
    assert client.get(f"/api/v1/library/space/{agency.id}").json() == {"used_bytes": 600_000, "quota_bytes": 1_000_000}
    big = client.post("/api/v1/media", content=bytes(600_000), headers={"Content-Type": "image/png"})
    assert big.json()["code"] == "quota-full"
    assert client.delete(running, headers=VERSION).status_code == 204
    assert create(client, 600_000, filename="b.png").status_code == 201
    assert client.patch(path, json={"media_quota_bytes": None}).status_code == 403
    assert admin.patch(path, json={"media_quota_bytes": None}).json()["media_quota_bytes"] is None


def test_a_full_disk_is_told_before_anything_is_sent(editor: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 100 << 20))
    answer = create(editor, 60_000_000, filename="a.mp4")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert create(editor, 10_000_000, filename="a.mp4").status_code == 201


def test_a_disk_that_fills_up_underway_loses_nothing(editor: httpx.Client, parts: Parts) -> None:
    content = png(11)
    path = begun(editor, len(content), filename="a.png")
    file = parts.incoming.path(id_of(path))
    file.symlink_to("/dev/full")
    answer = piece(editor, path, 0, content[:5000])
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert answer.json()["sentences"]["vi"].startswith("Ổ đĩa của máy chủ đã đầy")
    file.unlink()
    assert offset(editor, path) == 0
    assert piece(editor, path, 0, content).status_code == 204
    assert finished(editor, path)["state"] == "done"


def test_an_upload_can_be_ended_and_leaves_nothing(editor: httpx.Client, parts: Parts) -> None:
    path = begun(editor, 1000, filename="a.png")
    piece(editor, path, 0, png(12)[:600])
    assert editor.delete(path, headers=VERSION).status_code == 204
    assert not parts.incoming.path(id_of(path)).exists()
    assert editor.head(path, headers=VERSION).status_code == 404


def test_an_upload_that_stands_still_is_given_up_and_told(editor: httpx.Client, parts: Parts) -> None:
    paths = [begun(editor, 1000, filename=f"{name}.png") for name in ("cũ", "mới")]
    for path in paths:
        piece(editor, path, 0, png(13)[:600])
    old, young = (parts.incoming.path(id_of(path)) for path in paths)
    long_ago = now() - timedelta(days=parts.settings.upload_days, hours=1)
    os.utime(old, (long_ago.timestamp(), long_ago.timestamp()))
    with parts.db.write() as session:
        row = session.get_one(UploadSession, id_of(paths[0]))
        row.created_at = long_ago
        session.add(row)
    orphan = parts.incoming.path(UUID(int=5))
    orphan.write_bytes(b"x")
    os.utime(orphan, (long_ago.timestamp(), long_ago.timestamp()))
    service.tidy(parts)
    assert not old.exists()
    assert not orphan.exists()
    assert young.exists()
    given_up = editor.get(paths[0]).json()
    assert (given_up["state"], given_up["reason"]) == ("refused", "expired")
    assert "7" in given_up["sentences"]["vi"]
    assert editor.get(paths[1]).json()["state"] == "receiving"


def test_an_upload_whose_last_piece_came_just_before_the_power_went_is_checked_all_the_same(
    editor: httpx.Client, parts: Parts
) -> None:
    content = png(14)
    for heal in (lambda path: offset(editor, path), lambda _path: service.tidy(parts)):
        path = begun(editor, len(content), filename="a.png")
        parts.incoming.path(id_of(path)).write_bytes(content)
        heal(path)
        assert finished(editor, path)["state"] == "done"


def check_as_the_dead_left_it(parts: Parts, path: str, content: bytes) -> None:
    """Let an upload look as a worker leaves it that was killed a minute ago, in the middle of its check."""
    parts.incoming.path(id_of(path)).write_bytes(content)
    with parts.db.write() as session:
        row = session.get_one(UploadSession, id_of(path))
        row.state, row.media_id = "checking", None
        session.add(row)
        arguments = {"upload_id": str(row.id)}
        job = Job(kind=service.CHECK_UPLOAD, arguments=arguments, agency_id=row.agency_id)
        job.state, job.attempts = "running", 1
        job.lease_owner, job.lease_until = "dead:1:x", now() - timedelta(minutes=1)
        session.add(job)


def test_a_check_whose_worker_was_killed_is_done_by_the_next_one(editor: httpx.Client, parts: Parts) -> None:
    content = png(15)
    path = begun(editor, len(content), filename="a.png")
    check_as_the_dead_left_it(parts, path, content)
    assert finished(editor, path)["is_new"] is True


def test_a_media_that_a_killed_check_had_made_already_is_new_all_the_same(editor: httpx.Client, parts: Parts) -> None:
    content = png(16)
    path = sent(editor, content, filename="a.png")
    first = finished(editor, path)
    check_as_the_dead_left_it(parts, path, content)
    again = finished(editor, path)
    assert (again["is_new"], again["media_id"]) == (True, first["media_id"])


def test_a_check_that_fails_again_and_again_refuses_the_upload(database: Database, editor: httpx.Client) -> None:
    path = begun(editor, 100, filename="a.png")
    with database.write() as session:
        row = session.get_one(UploadSession, id_of(path))
        row.state = "checking"
        session.add(row)
        arguments: dict[str, Any] = {"upload_id": str(row.id)}
    with database.write() as session:
        given_up(session, arguments, "x")
    shown = editor.get(path).json()
    assert (shown["state"], shown["reason"]) == ("refused", "check_stopped")


def test_bytes_that_vanished_are_told(parts: Parts, editor: httpx.Client) -> None:
    path = begun(editor, 100, filename="a.png")
    with parts.db.read() as session:
        row = session.get_one(UploadSession, id_of(path))
    service.received(parts, row)
    assert finished(editor, path)["reason"] == "lost"
