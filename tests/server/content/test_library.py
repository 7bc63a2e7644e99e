"""The media library through the API, on both databases."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook

from playlists.language import fold
from playlists.rights import RightOfUse, Rights
from server.content.library.purge import purge
from server.content.library.tags import MOST_TAGS, clean_tags
from server.db import Database, now
from server.parts import Parts
from server.tables import Media
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.media.made import encoded, picture
from tests.serving import Serving

numbers = count(1)
Add = Callable[..., str]
LIBRARY = "/api/v1/library"


@pytest.fixture
def editor(people: People) -> httpx.Client:
    """An editor of a fresh agency: its library is empty."""
    return people.person(Role.EDITOR, people.agency().id).client


@pytest.fixture(scope="module")
def parts(server: Serving) -> Parts:
    found: Parts = server.app.state.parts
    return found


@pytest.fixture(scope="module")
def add(database: Database, parts: Parts) -> Add:
    """Put a picture into the library of a person's agency, as an upload would leave it."""

    def added(client: httpx.Client, name: str, **said: Any) -> str:
        number, me = next(numbers), client.get("/api/v1/me").json()
        blob = parts.blobs.put_bytes(encoded(picture(left=(number % 256, number // 256, 200)), "PNG"))
        row = Media(
            agency_id=UUID(me["agency_id"]),
            sha256=blob.sha256,
            upload_sha256=blob.sha256,
            name=name,
            name_folded=fold(name),
            kind="image/png",
            width=64,
            height=48,
            size=blob.size,
            uploaded_by=UUID(me["user_id"]),
        )
        with database.write() as session:
            session.add(row)
        if said:
            answer = client.patch(f"{LIBRARY}/media/{row.id}", json=said)
            assert answer.status_code == 200, answer.text
        return str(row.id)

    return added


def found(client: httpx.Client, **asked: Any) -> list[str]:
    answer = client.get(f"{LIBRARY}/media", params={"limit": 200} | asked)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


def notice(client: httpx.Client, media_id: str, title: str = "Thông báo") -> str:
    body = {"title": title, "variants": dict.fromkeys(("vi", "en", "zh"), media_id)}
    answer = client.post("/api/v1/notices", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_media_are_found_by_any_words_without_accents(editor: httpx.Client, add: Add) -> None:
    add(editor, "Thác Bản Giốc.png", author="Nông Thị Hà", source="Sở Văn hóa", tags=["Mùa thu"])
    add(editor, "Cửa khẩu Trà Lĩnh.png", author="Đàm Văn Đức")
    add(editor, "100%_thật.png")
    add(editor, "口岸.png")
    assert found(editor, q="thac ban gioc") == ["Thác Bản Giốc.png"]
    assert found(editor, q="GIOC mua thu ha") == ["Thác Bản Giốc.png"]
    assert found(editor, q="dam duc") == ["Cửa khẩu Trà Lĩnh.png"]
    assert found(editor, q="口岸") == ["口岸.png"]
    assert found(editor, q="100%") == ["100%_thật.png"]
    assert found(editor, q="1%0") == []
    assert found(editor, q="so van hoa", kind="image", tag="mua THU", mine=True) == ["Thác Bản Giốc.png"]
    assert found(editor, q="so van hoa", kind="clip") == []
    assert len(found(editor)) == 4


def test_a_long_list_comes_in_pages(editor: httpx.Client, add: Add) -> None:
    for number in range(5):
        add(editor, f"{number}.png")
    names, cursor = [], None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = editor.get(f"{LIBRARY}/media", params=asked).json()
        names += [one["name"] for one in answer["items"]]
        cursor = answer.get("next_cursor")
        if cursor is None:
            break
    assert names == ["4.png", "3.png", "2.png", "1.png", "0.png"]


def test_what_lacks_an_origin_or_whose_right_ended_is_found(editor: httpx.Client, add: Add) -> None:
    whole = {"source": "Sở Văn hóa", "author": "Nông Thị Hà", "right_of_use": "own"}
    yesterday, tomorrow = now().date() - timedelta(days=2), now().date() + timedelta(days=2)
    add(editor, "đủ.png", **whole)
    add(editor, "còn hạn.png", **whole, rights_until=tomorrow.isoformat())
    add(editor, "hết hạn.png", **whole, rights_until=yesterday.isoformat())
    add(editor, "không tác giả.png", source="Sở Văn hóa", right_of_use="own")
    add(editor, "không rõ.png", source="x", author="y")
    assert sorted(found(editor, rights_missing=True)) == sorted(["hết hạn.png", "không tác giả.png", "không rõ.png"])
    media_id = add(editor, "z.png")
    answer = editor.patch(f"{LIBRARY}/media/{media_id}", json={"rights_until": "2027-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "right-unknown")


@pytest.mark.parametrize(
    ("rights", "missing"),
    [
        (Rights("a", "b", RightOfUse.OWN), False),
        (Rights("a", "b", RightOfUse.OWN, until=date(2026, 11, 26)), False),
        (Rights("a", "b", RightOfUse.OWN, until=date(2026, 11, 25)), True),
        (Rights("a", "b"), True),
        (Rights(" ", "b", RightOfUse.OWN), True),
        (Rights("a", "", RightOfUse.OWN), True),
    ],
)
def test_rights_are_whole_when_everything_is_said_and_they_have_not_ended(rights: Rights, missing: bool) -> None:
    assert rights.are_missing(date(2026, 11, 26)) is missing


def test_an_edit_over_somebody_elses_is_refused(editor: httpx.Client, add: Add) -> None:
    media_id = add(editor, "a.png")
    path = f"{LIBRARY}/media/{media_id}"
    changed = editor.patch(path, json={"name": "b.png"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert editor.patch(path, json={"name": "c.png"}, headers={"If-Match": '"1"'}).status_code == 412
    assert editor.patch(path, json={"sha256": "0" * 64}).status_code == 422
    hidden = editor.patch(path, json={"name": "an\u202egnp.png", "author": "\u2066Hà\u0000"}).json()
    assert (hidden["name"], hidden["author"]) == ("angnp.png", "Hà")
    assert found(editor, q="ha") == ["angnp.png"]


def test_tags_that_differ_in_accents_only_are_one() -> None:
    assert clean_tags(["Thác", "THAC", " ", "thác  nước", "\u202ex"]) == ["Thác", "thác nước", "x"]
    assert len(clean_tags(str(number) for number in range(100))) == MOST_TAGS


def test_many_media_are_tagged_at_once(editor: httpx.Client, add: Add) -> None:
    ids = [add(editor, f"{number}.png", tags=["cũ"]) for number in range(3)]
    bulk = {"media_ids": ids[:2] + ids[:1], "action": "tag", "tags": ["Thác", "CU"]}
    assert editor.post(f"{LIBRARY}/bulk", json=bulk).json() == {"changed": sorted(ids[:2]), "still_used": []}
    assert sorted(found(editor, tag="thac")) == ["0.png", "1.png"]
    assert editor.get(f"{LIBRARY}/tags").json() == [{"tag": "cũ", "count": 3}, {"tag": "Thác", "count": 2}]
    editor.post(f"{LIBRARY}/bulk", json={"media_ids": ids, "action": "untag", "tags": ["cu"]})
    assert editor.get(f"{LIBRARY}/tags").json() == [{"tag": "Thác", "count": 2}]
    assert editor.post(f"{LIBRARY}/bulk", json={"media_ids": ids, "action": "tag"}).json()["code"] == "tag-missing"


def test_a_bulk_action_with_a_foreign_medium_changes_none(people: People, editor: httpx.Client, add: Add) -> None:
    own = add(editor, "a.png")
    foreign = add(people.person(Role.EDITOR, people.agency().id).client, "b.png")
    answer = editor.post(f"{LIBRARY}/bulk", json={"media_ids": [own, foreign], "action": "trash"})
    assert answer.status_code == 404
    assert found(editor) == ["a.png"]


def test_the_trash_gives_back_and_is_told_apart(editor: httpx.Client, add: Add) -> None:
    used, unused = add(editor, "dùng.png"), add(editor, "thừa.png")
    notice(editor, used)
    assert found(editor, unused=True) == ["thừa.png"]
    answer = editor.post(f"{LIBRARY}/bulk", json={"media_ids": [used, unused], "action": "trash"}).json()
    assert (answer["changed"], answer["still_used"]) == (sorted([used, unused]), [used])
    assert found(editor) == []
    assert sorted(found(editor, trash=True)) == ["dùng.png", "thừa.png"]
    assert editor.get("/api/v1/media").json()["items"] == []
    assert editor.get(f"/api/v1/media/{used}/file").status_code == 200
    restored = editor.post(f"{LIBRARY}/media/{unused}/restore").json()
    assert (restored["deleted_at"], restored["rev"]) == (None, 3)
    assert found(editor) == ["thừa.png"]


def test_emptying_the_trash_keeps_what_an_earlier_revision_shows(editor: httpx.Client, parts: Parts, add: Add) -> None:
    old, new, unused = (add(editor, f"{name}.png") for name in ("cũ", "mới", "thừa"))
    path = f"/api/v1/notices/{notice(editor, old)}"
    assert editor.patch(path, json={"variants": dict.fromkeys(("vi", "en", "zh"), new)}).json()["revision"] == 2
    digest = editor.get(f"/api/v1/media/{unused}").json()["sha256"]
    editor.get(f"/api/v1/media/{unused}/thumbnail")
    editor.post(f"{LIBRARY}/bulk", json={"media_ids": [old, unused], "action": "trash"})
    assert parts.blobs.exists(digest)
    assert editor.post(f"{LIBRARY}/empty-trash").json() == {"deleted": [unused], "kept": [old]}
    assert not parts.blobs.exists(digest)
    assert list(parts.thumbnails_dir.glob(f"{digest}-*")) == []
    assert editor.get(f"/api/v1/media/{unused}").status_code == 404
    assert found(editor, trash=True) == ["cũ.png"]


def test_a_file_that_another_agency_has_too_stays(people: People, editor: httpx.Client, parts: Parts) -> None:
    other = people.person(Role.EDITOR, people.agency().id).client
    content = encoded(picture(left=(1, 2, 3)), "PNG")
    both = [
        client.post("/api/v1/media", params={"name": "a.png"}, content=content).json() for client in (editor, other)
    ]
    assert both[0]["sha256"] == both[1]["sha256"]
    editor.post(f"{LIBRARY}/media/{both[0]['id']}/trash")
    assert editor.post(f"{LIBRARY}/empty-trash").json()["deleted"] == [both[0]["id"]]
    assert parts.blobs.exists(both[1]["sha256"])
    assert other.get(f"/api/v1/media/{both[1]['id']}/file").content


def test_the_trash_is_emptied_by_itself_after_its_days(
    editor: httpx.Client, parts: Parts, database: Database, add: Add
) -> None:
    old, young = UUID(add(editor, "cũ.png")), UUID(add(editor, "mới.png"))
    editor.post(f"{LIBRARY}/bulk", json={"media_ids": [str(old), str(young)], "action": "trash"})
    with database.write() as session:
        row = session.get_one(Media, old)
        row.deleted_at = now() - timedelta(days=parts.settings.trash_days, hours=1)
        session.add(row)
    gone = purge(parts)
    assert old in gone
    assert young not in gone
    assert found(editor, trash=True) == ["mới.png"]


def test_where_a_medium_is_used_is_told(editor: httpx.Client, add: Add) -> None:
    media_id, other = add(editor, "a.png"), add(editor, "b.png")
    first, second = notice(editor, media_id, "Một"), notice(editor, media_id, "Hai")
    editor.patch(f"/api/v1/notices/{second}", json={"variants": dict.fromkeys(("vi", "en", "zh"), other)})
    items = [{"notice_id": first, "languages": ["vi"], "on_air_ms": 5000}]
    playlist = editor.post("/api/v1/playlists", json={"name": "Hằng ngày", "items": items}).json()["id"]
    uses = editor.get(f"{LIBRARY}/media/{media_id}/uses").json()
    assert [(use["kind"], use["id"], use["title"], use["newest"]) for use in uses] == [
        ("notice", first, "Một", True),
        ("playlist", playlist, "Hằng ngày", True),
        ("notice", second, "Hai", False),
    ]
    assert editor.get(f"{LIBRARY}/media/{add(editor, 'c.png')}/uses").json() == []


def test_the_library_is_exported_and_no_cell_is_a_formula(editor: httpx.Client, add: Add) -> None:
    media_id = add(editor, "=HYPERLINK(1).png", author="@Hà", source="Sở Văn hóa", tags=["thác", "nước"])
    notice(editor, media_id, "Cổng")
    add(editor, "khác.png")
    answer = editor.get(f"{LIBRARY}/media.csv", params={"q": "hyperlink"})
    assert answer.headers["content-type"].startswith("text/csv")
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["name"], line["author"], line["source"]) == ("'=HYPERLINK(1).png", "'@Hà", "Sở Văn hóa")
    assert (line["tags"], line["used_by"], line["rights_missing"]) == ("nước; thác", "Cổng", "yes")
    sheet = load_workbook(io.BytesIO(editor.get(f"{LIBRARY}/media.xlsx").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["name", "khác.png", "=HYPERLINK(1).png"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_foreign_medium_does_not_exist(people: People, editor: httpx.Client, add: Add) -> None:
    agency = people.agency()
    foreign = add(people.person(Role.EDITOR, agency.id).client, "a.png")
    assert editor.patch(f"{LIBRARY}/media/{foreign}", json={"name": "b"}).status_code == 404
    assert editor.get(f"{LIBRARY}/media/{foreign}/uses").status_code == 404
    assert editor.get(f"{LIBRARY}/media", params={"agency_id": str(agency.id)}).status_code == 404
    assert editor.get(f"{LIBRARY}/space/{agency.id}").status_code == 404
    viewer = people.person(Role.VIEWER, agency.id).client
    assert found(viewer) == ["a.png"]
    assert viewer.post(f"{LIBRARY}/media/{foreign}/trash").status_code == 403
