"""Sites, panels, kiosks and enrolment through the API, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import count

import httpx
import pytest
from PIL import Image
from sqlmodel import select

from playlists.enrolment import read_code
from playlists.ids import sha256_hex
from server.db import Database
from server.fleet import codes, enrolment
from server.tables import EnrolmentCode, Kiosk
from server.tables.accounts import Role
from tests.conftest import People
from tests.serving import Serving

numbers = count(1)


@pytest.fixture(autouse=True)
def patient(server: Serving) -> None:
    """Forget the wrong codes of the tests before."""
    server.app.state.parts.throttle.succeeded(*enrolment._tallies("127.0.0.1"), enrolment.EVERYBODY)


@dataclass(frozen=True)
class Place:
    """A site with one panel and its kiosk."""

    site_id: str
    panel_id: str
    kiosk_id: str


def new_place(client: httpx.Client, agency_id: str, *, width: int = 320, height: int = 160) -> Place:
    number = next(numbers)
    site = client.post(
        "/api/v1/sites", json={"agency_id": agency_id, "slug": f"site-{number}", "name": "Trà Lĩnh"}
    ).json()
    face = {"site_id": site["id"], "slug": f"panel-{number}", "name": "Cổng", "width": width, "height": height}
    panel = client.post("/api/v1/panels", json=face).json()
    kiosk = client.post("/api/v1/kiosks", json={"slug": f"kiosk-{number}", "panel_id": panel["id"]}).json()
    return Place(site["id"], panel["id"], kiosk["id"])


@pytest.fixture
def place(people: People, admin: httpx.Client) -> Place:
    return new_place(admin, str(people.agency().id))


def jpeg(colour: str = "navy") -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 32), colour).save(out, "JPEG")
    return out.getvalue()


def enrolled(people: People, admin: httpx.Client, place: Place) -> tuple[dict[str, object], httpx.Client]:
    code = admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment-code").json()["code"]
    client = people.stranger()
    answer = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"})
    assert answer.status_code == 201, answer.text
    document: dict[str, object] = answer.json()
    client.headers["Authorization"] = f"Bearer {document['token']}"
    return document, client


def test_a_panel_has_a_profile_and_is_open_always_unless_told(admin: httpx.Client, place: Place) -> None:
    panel = admin.get(f"/api/v1/panels/{place.panel_id}").json()
    assert panel["profile"] == "320x160p25-nf1"
    assert panel["operating_hours"] == [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}]
    assert panel["kiosk_id"] == place.kiosk_id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"width": 321}, "width"),
        ({"width": 8}, "width"),
        ({"height": 4000}, "height"),
        ({"fps": 24}, ""),
        ({"output_window": {"x": 1700, "y": 0}}, ""),
        ({"operating_hours": [{"weekdays": [8], "start": "06:00", "end": "21:00"}]}, "operating_hours"),
        ({"operating_hours": [{"weekdays": [1], "start": "06:00", "end": "06:00"}]}, "operating_hours"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_panel_that_cannot_be_is_refused_with_a_sentence(
    admin: httpx.Client, place: Place, change: dict[str, object], field: str
) -> None:
    face = {"site_id": place.site_id, "slug": f"panel-x{next(numbers)}", "name": "Cổng", "width": 320, "height": 160}
    answer = admin.post("/api/v1/panels", json=face | change)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]


def test_a_changed_panel_must_still_fit_its_window(admin: httpx.Client, place: Place) -> None:
    path = f"/api/v1/panels/{place.panel_id}"
    assert admin.patch(path, json={"width": 2000}).status_code == 422
    rotated = {"output_window": {"rotation": 90}, "width": 1920, "height": 1080}
    assert admin.patch(path, json=rotated).status_code == 422
    changed = admin.patch(path, json={"output_window": {"rotation": 90}, "width": 1000, "height": 1800})
    assert changed.status_code == 200
    assert changed.json()["profile"] == "1000x1800p25-nf1"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "Asia", "", "Asia/Ho_Chi_Minh\x00"])
def test_a_time_zone_that_is_none_is_refused(people: People, admin: httpx.Client, name: str) -> None:
    site = {"agency_id": str(people.agency().id), "slug": f"site-z{next(numbers)}", "name": "x", "time_zone": name}
    assert admin.post("/api/v1/sites", json=site).status_code == 422


def test_an_edit_of_an_old_revision_is_refused(admin: httpx.Client, place: Place) -> None:
    path = f"/api/v1/sites/{place.site_id}"
    etag = admin.get(path).headers["ETag"]
    assert admin.patch(path, json={"name": "Một"}, headers={"If-Match": etag}).status_code == 200
    late = admin.patch(path, json={"name": "Hai"}, headers={"If-Match": etag})
    assert late.status_code == 412
    assert late.json()["current_rev"] == 2
    assert admin.patch(path, json={"name": "Ba"}).json()["name"] == "Ba"


def test_a_list_comes_in_pages_without_gaps(people: People, admin: httpx.Client) -> None:
    agency_id = people.agency().id
    own = people.person(Role.ADMINISTRATOR, agency_id).client
    made = [new_place(admin, str(agency_id)).site_id for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = own.get("/api/v1/sites", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    assert own.get("/api/v1/sites", params={"cursor": "nonsense!"}).status_code == 422
    assert own.get("/api/v1/sites", params={"limit": 201}).status_code == 422


def test_a_code_works_once_and_the_token_is_kept_as_its_digest(
    people: People, admin: httpx.Client, place: Place, server: Serving, database: Database
) -> None:
    code = admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment-code").json()["code"]
    assert len(code) == 11
    assert code[5] == "-"
    typed = code.lower().replace("0", "o").replace("1", "l")
    answer = people.stranger().post("/api/v1/kiosk/enrol", json={"code": typed, "agent": "0.1.0"})
    assert answer.status_code == 201
    document = answer.json()
    assert document["kiosk_id"] == place.kiosk_id
    address = server.app.state.parts.broker_address()
    assert document["mqtt"]["username"] == (address.shared_username or place.kiosk_id)
    assert document["mqtt"]["port"] == address.port
    assert bytes.fromhex(document["server_public_key"]) == server.app.state.parts.server_public_key
    again = people.stranger().post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"})
    assert again.status_code == 403
    with database.read() as session:
        kiosk = session.exec(select(Kiosk).where(Kiosk.token_sha256 == sha256_hex(document["token"].encode()))).one()
        kept = kiosk.model_dump_json() + str(session.exec(select(EnrolmentCode)).all())
    for secret in (document["token"], document["mqtt"]["password"], code, code.replace("-", "")):
        assert secret not in kept


def test_who_guesses_has_to_wait(people: People, admin: httpx.Client, place: Place) -> None:
    code = admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment-code").json()["code"]
    wrong = code[:6] + ("00000" if code[6:] != "00000" else "11111")
    guesser = people.stranger()
    answers = [guesser.post("/api/v1/kiosk/enrol", json={"code": wrong, "agent": ""}) for _ in range(12)]
    assert [one.status_code for one in answers[:5]] == [403] * 5
    assert any(one.status_code == 429 and int(one.headers["Retry-After"]) >= 1 for one in answers[5:])


def test_a_new_code_voids_the_old_one(people: People, admin: httpx.Client, place: Place) -> None:
    path = f"/api/v1/kiosks/{place.kiosk_id}/enrolment-code"
    old, new = (admin.post(path).json()["code"] for _ in range(2))
    stranger = people.stranger()
    assert stranger.post("/api/v1/kiosk/enrol", json={"code": old, "agent": ""}).status_code == 403
    assert stranger.post("/api/v1/kiosk/enrol", json={"code": new, "agent": ""}).status_code == 201


@pytest.mark.parametrize("code", ["", "A", "ABCDE-FGHJ", "ABCDE-FGHJU", "?" * 11, "Đ" * 10])
def test_text_that_is_no_code_is_refused(people: People, code: str) -> None:
    answer = people.stranger().post("/api/v1/kiosk/enrol", json={"code": code, "agent": ""})
    assert answer.status_code == 403


def test_a_code_is_read_as_people_type_it() -> None:
    assert read_code(" abcde fghjk ") == "ABCDEFGHJK"
    assert read_code("oOiIl-00000") == "0011100000"
    assert codes.hash_typed("abcde-fghjk") == codes.hash_code("ABCDEFGHJK") != codes.hash_code("ABCDEFGHJM")


def test_a_kiosk_asks_for_time_and_settings(people: People, admin: httpx.Client, place: Place) -> None:
    document, client = enrolled(people, admin, place)
    given = document["mqtt"]
    assert client.get("/api/v1/kiosk/time").json()["now"].endswith("Z")
    settings = client.get("/api/v1/kiosk/settings").json()
    assert settings["base_url"] == document["base_url"]
    assert settings["mqtt"] == given
    assert people.stranger().get("/api/v1/kiosk/time").status_code == 401


def test_the_newest_capture_is_kept(people: People, admin: httpx.Client, place: Place, server: Serving) -> None:
    _, client = enrolled(people, admin, place)
    headers = {"Content-Type": "image/jpeg", "X-Bangtin-Captured-At": "2026-11-23T01:02:03.004Z"}
    for content in (jpeg("maroon"), jpeg("navy")):
        assert client.post("/api/v1/kiosk/capture", content=content, headers=headers).status_code == 204
    folder = server.app.state.parts.captures_dir
    assert [path.read_bytes() for path in folder.glob(f"*{place.kiosk_id}*")] == [jpeg("navy")]
    assert admin.get(f"/api/v1/kiosks/{place.kiosk_id}").json()["capture_at"] == "2026-11-23T01:02:03.004Z"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"\xff\xd8\xff", 422),
        (b"\xff\xd8\xff\xd9", 422),
        (b"<html></html>", 422),
        (jpeg()[:-100], 422),
        (b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1000 + b"\xff\xd9", 422),
        (b"\xff\xd8\xff" + bytes(2 << 20) + b"\xff\xd9", 413),
    ],
)
def test_a_capture_that_is_none_is_refused(
    people: People, admin: httpx.Client, place: Place, content: bytes, status: int
) -> None:
    _, client = enrolled(people, admin, place)
    assert client.post("/api/v1/kiosk/capture", content=content).status_code == status


def test_a_revoked_kiosk_is_shut_out_and_its_panel_free(people: People, admin: httpx.Client, place: Place) -> None:
    _, client = enrolled(people, admin, place)
    taken = {"slug": f"kiosk-b{next(numbers)}", "panel_id": place.panel_id}
    assert admin.post("/api/v1/kiosks", json=taken).status_code == 409
    assert admin.post(f"/api/v1/kiosks/{place.kiosk_id}/revoke").status_code == 200
    assert client.get("/api/v1/kiosk/time").status_code == 401
    assert admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment-code").status_code == 409
    assert admin.post("/api/v1/kiosks", json=taken).status_code == 201
