"""Photos of work orders: only the pixels are kept, once each, for whoever may see the order; and what is refused."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlmodel import select

from server.db import Database
from server.faults.photos import service
from server.media.blobs import BlobStore
from server.tables import AuditEntry, WorkOrderPhoto
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_alarms import Book
from tests.server.test_work_orders import book, made, step, technician
from tests.serving import Serving

__all__ = ["book", "technician"]
GPS = 0x8825
CAMERA = 0x0110


def photo(size: tuple[int, int] = (320, 240), *, colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    """A phone's photo: turned by its EXIF, with a camera's name and a place in it."""
    held, exif = io.BytesIO(), Image.Exif()
    exif[CAMERA] = "Secret phone"
    exif[0x0112] = 6
    exif[GPS] = {1: "N", 2: (22.0, 49.0, 12.5), 3: "E", 4: (106.0, 19.0, 3.25)}
    Image.new("RGB", size, colour).save(held, "JPEG", exif=exif)
    return held.getvalue()


def add(client: httpx.Client, order: dict[str, Any], content: bytes, **query: Any) -> httpx.Response:
    path = f"/api/v1/work-orders/{order['id']}/photos"
    return client.post(path, content=content, params=query, headers={"Content-Type": "image/jpeg"})


@pytest.fixture
def order(book: Book, technician: httpx.Client) -> dict[str, Any]:
    return made(book, technician)


@pytest.fixture
def store(server: Serving) -> BlobStore:
    return server.app.state.parts.blobs  # type: ignore[no-any-return]  # an app's state is untyped


def test_only_the_pixels_of_a_photo_are_kept(order: dict[str, Any], technician: httpx.Client) -> None:
    sent = photo()
    assert b"Secret phone" in sent
    answer = add(technician, order, sent, moment="before", note=" Quạt kẹt bụi ")
    assert answer.status_code == 200, answer.text
    [shown] = answer.json()["items"]
    assert (shown["moment"], shown["note"], shown["may_remove"]) == ("before", "Quạt kẹt bụi", True)
    assert (shown["width"], shown["height"]) == (240, 320)
    path = f"/api/v1/work-orders/{order['id']}/photos/{shown['id']}"
    kept = technician.get(f"{path}/file")
    assert kept.headers["content-type"] == "image/jpeg"
    assert b"Secret phone" not in kept.content
    picture = Image.open(io.BytesIO(kept.content))
    assert picture.size == (240, 320)
    assert dict(picture.getexif()) == {}
    small = Image.open(io.BytesIO(technician.get(f"{path}/picture", params={"width": 100}).content))
    assert max(small.size) <= 160
    history = technician.get(f"/api/v1/work-orders/{order['id']}").json()["history"]
    assert history[-1]["what"] == "photo"
    assert history[-1]["note"] == "Quạt kẹt bụi"


def test_photos_stand_as_the_record_shows_them(order: dict[str, Any], technician: httpx.Client) -> None:
    for number, moment in enumerate(("other", "after", "before")):
        answer = add(technician, order, photo(colour=(number, 0, 0)), moment=moment)
    assert [one["moment"] for one in answer.json()["items"]] == ["before", "after", "other"]


def test_a_photo_that_a_phone_sends_twice_counts_once(order: dict[str, Any], technician: httpx.Client) -> None:
    mark = str(uuid4())
    first = add(technician, order, photo(), client_id=mark)
    again = add(technician, order, photo(), client_id=mark)
    assert first.json() == again.json()
    assert [one["id"] for one in again.json()["items"]] == [mark]
    assert technician.delete(f"/api/v1/work-orders/{order['id']}/photos/{mark}").status_code == 204
    assert add(technician, order, photo(), client_id=mark).json()["items"] == []


def test_a_form_of_one_order_is_none_of_another(order: dict[str, Any], book: Book, technician: httpx.Client) -> None:
    mark = str(uuid4())
    add(technician, order, photo(), client_id=mark)
    planned = {"panel_id": str(book.where.panel_ids[0]), "title": "Vệ sinh tủ"}
    other = technician.post("/api/v1/work-orders", json=planned).json()
    assert add(technician, other, photo(), client_id=mark).json()["code"] == "form-elsewhere"
    assert technician.get(f"/api/v1/work-orders/{other['id']}/photos").json()["items"] == []


def test_the_same_picture_twice_is_removed_only_with_the_last(
    order: dict[str, Any], technician: httpx.Client, store: BlobStore
) -> None:
    green = photo(colour=(10, 200, 10))
    add(technician, order, green)
    one, two = add(technician, order, green).json()["items"]
    assert one["sha256"] == two["sha256"]
    path = f"/api/v1/work-orders/{order['id']}/photos"
    assert technician.delete(f"{path}/{one['id']}").status_code == 204
    assert store.exists(one["sha256"])
    assert technician.get(f"{path}/{one['id']}/file").status_code == 404
    assert technician.delete(f"{path}/{two['id']}").status_code == 204
    assert not store.exists(two["sha256"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "media-empty"),
        (b"<script>alert(1)</script>", "media-wrong_type"),
        (photo()[:900], "media-truncated"),
        (b"\xff\xd8\xff" + b"\x00" * 400, "media-damaged"),
        (b"\x00\x00\x00\x18ftypisom" + b"\x00" * 400, "photo-is-clip"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(
    order: dict[str, Any], technician: httpx.Client, content: bytes, code: str
) -> None:
    answer = add(technician, order, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert set(answer.json()["sentences"]) == {"vi", "en", "zh"}
    assert technician.get(f"/api/v1/work-orders/{order['id']}/photos").json()["items"] == []


def test_too_large_a_file_is_refused_while_it_comes(order: dict[str, Any], technician: httpx.Client) -> None:
    answer = add(technician, order, photo() + b"\x00" * service.MOST_BYTES)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-many-bytes")


def test_only_who_took_it_removes_it_and_only_while_the_order_runs(
    order: dict[str, Any], technician: httpx.Client, book: Book, people: People, database: Database
) -> None:
    [shown] = add(technician, order, photo(), note="tủ 3").json()["items"]
    path = f"/api/v1/work-orders/{order['id']}/photos/{shown['id']}"
    colleague = people.person(Role.TECHNICIAN, book.where.agency_id).client
    assert colleague.get(f"/api/v1/work-orders/{order['id']}/photos").json()["items"][0]["may_remove"] is False
    assert colleague.delete(path).status_code == 403
    stranger = people.person(Role.TECHNICIAN, people.agency().id).client
    assert [stranger.get(f"{path}/file").status_code, stranger.delete(path).status_code] == [404, 404]
    assert add(stranger, order, photo()).status_code == 404
    viewer = people.person(Role.VIEWER, book.where.agency_id).client
    assert add(viewer, order, photo()).status_code == 403
    assert viewer.get(f"{path}/file").status_code == 200
    step(technician, order, "cancel", note="Báo nhầm")
    assert technician.delete(path).json()["code"] == "order-closed"
    assert add(technician, order, photo()).json()["code"] == "order-closed"
    with database.read() as session:
        said = session.exec(select(AuditEntry).where(AuditEntry.action == "work-order.changed")).all()
        assert any("photo" in str(one.after) and "tủ 3" in str(one.after) for one in said)


def test_an_order_takes_so_many_photos_and_no_more(
    order: dict[str, Any], technician: httpx.Client, database: Database
) -> None:
    [first] = add(technician, order, photo()).json()["items"]
    with database.write() as session:
        row = session.get_one(WorkOrderPhoto, UUID(first["id"]))
        for _ in range(service.MOST_PHOTOS - 1):
            session.add(WorkOrderPhoto(**row.model_dump(exclude={"id"})))
    assert add(technician, order, photo()).json()["code"] == "photos-full"
    technician.delete(f"/api/v1/work-orders/{order['id']}/photos/{first['id']}")
    assert len(add(technician, order, photo()).json()["items"]) == service.MOST_PHOTOS


def test_every_form_of_an_order_counts_once(order: dict[str, Any], technician: httpx.Client) -> None:
    forms: list[tuple[str, dict[str, Any]]] = [
        ("start", {"note": ""}),
        ("notes", {"note": "Đã đo 4,9 V"}),
        ("parts", {"name": "Quạt 120 mm", "new_serial": "F-1"}),
        ("repaired", {"note": "Bụi kẹt cánh quạt"}),
        ("cancel", {"note": "Báo nhầm"}),
    ]
    for what, body in forms:
        mark = str(uuid4())
        first = step(technician, order, what, **body, client_id=mark)
        again = step(technician, order, what, **body, client_id=mark)
        assert (first.status_code, again.status_code) == (200, 200), (what, again.text)
        assert again.json()["history"] == first.json()["history"], what
    steps = [one["what"] for one in again.json()["history"]]
    assert steps == ["made", "started", "noted", "part", "repaired", "cancelled"]
