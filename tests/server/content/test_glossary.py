"""The glossary through the API, on both databases: terms, remarks, lists in and out, and checks of texts."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from server.db import Database
from server.office.sheet import read_sheet, write_sheet
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.content.conftest import Room, Writer, writer

GATE = {"vi": "cửa khẩu", "en": ["border gate"], "zh": ["口岸"]}


@pytest.fixture(scope="module")
def viewer(room: Room, people: People, database: Database) -> Writer:
    return writer(people, database, room.agency, Role.VIEWER)


def send(writer: Writer, content: bytes, **query: Any) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return writer.client.post("/api/v1/glossary/list", params=query, content=content, headers=headers)


def outcomes(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {line["vi"]: line["outcome"] for line in answer.json()["lines"]}


def test_a_term_is_kept_found_changed_and_archived(room: Room, viewer: Writer) -> None:
    author = room.author
    made = author.ok("POST", "/glossary", GATE)
    assert (made["rev"], made["notes"]) == (1, [])
    known = author.refused(409, "POST", "/glossary", {"vi": "  CỬA KHẨU", "en": ["x"]})
    assert (known["code"], known["term_id"], set(known["sentences"])) == ("term-known", made["id"], {"vi", "en", "zh"})
    for words in ("cua khau", "Border GATE", "口岸"):
        found = viewer.ok("GET", "/glossary", params={"q": words})["items"]
        assert [one["id"] for one in found] == [made["id"]], words
    path = f"/glossary/{made['id']}"
    changed = author.ok("PUT", path, GATE | {"note": "Hai bên dùng chung."}, rev=1)
    author.refused(412, "PUT", path, GATE, rev=1)
    assert author.ok("POST", f"{path}/archive", rev=changed["rev"])["archived_at"] is not None
    assert viewer.ok("GET", "/glossary", params={"q": "cua khau"})["items"] == []
    assert [one["id"] for one in viewer.ok("GET", "/glossary", params={"archived": True})["items"]] == [made["id"]]
    back = author.ok("POST", f"{path}/restore")
    assert (back["archived_at"], viewer.ok("GET", path)["note"]) == (None, "Hai bên dùng chung.")
    viewer.refused(403, "POST", "/glossary", {"vi": "x"})
    viewer.refused(403, "PUT", path, GATE)
    author.refused(404, "GET", "/glossary/01936f5e-8a2b-7cde-9f01-23456789abcd")


def test_what_is_agreed_cannot_be_forbidden(room: Room) -> None:
    body = {"vi": "thác nước", "zh": ["瀑布"], "forbidden_zh": ["瀑布"]}
    assert "both agreed and forbidden" in room.author.refused(422, "POST", "/glossary", body)["detail"]
    room.author.refused(422, "POST", "/glossary", {"vi": " "})
    room.author.refused(422, "POST", "/glossary", {"vi": "x", "colour": "red"})


def test_each_agency_sees_its_own_remark(room: Room) -> None:
    made = room.author.ok("POST", "/glossary", {"vi": "kiểm dịch y tế", "zh": ["卫生检疫"], "note": "Chung."})
    path = f"/glossary/{made['id']}/note"
    noted = room.author.ok("PUT", path, {"note": "Hỏi trung tâm kiểm soát bệnh tật."})
    assert [one["note"] for one in noted["notes"]] == ["Hỏi trung tâm kiểm soát bệnh tật."]
    assert room.stranger.ok("GET", f"/glossary/{made['id']}")["notes"] == []
    found = room.author.ok("POST", "/glossary/check", {"source": "kiểm dịch y tế"})["found"]
    assert found[0]["note"] == "Chung. Hỏi trung tâm kiểm soát bệnh tật."
    assert room.author.ok("PUT", path, {"note": ""})["notes"] == []


def test_a_source_is_checked_against_the_terms_in_use(room: Room) -> None:
    room.author.ok("POST", "/glossary", {"vi": "Ủy ban xã", "zh": ["乡人民委员会"], "forbidden_zh": ["乡人民政府"]})
    answer = room.author.ok(
        "POST", "/glossary/check", {"source": "Gặp Uỷ ban xã.", "zh": "请到乡人民政府", "en": "See them"}
    )
    assert [(one["start"], one["end"], one["vi"]) for one in answer["found"]] == [(4, 13, "Ủy ban xã")]
    (departure,) = answer["departures"]
    assert (departure["code"], departure["text"], departure["agreed"]) == (
        "forbidden_rendering",
        "乡人民政府",
        "乡人民委员会",
    )


def test_the_starter_list_is_added_once_and_changes_nothing(room: Room) -> None:
    room.author.ok("POST", "/glossary", {"vi": "Bản Giốc", "zh": ["板约瀑布"]})
    first = room.author.ok("POST", "/glossary/starter")
    assert {one["outcome"] for one in first["lines"]} == {"added"}
    assert "Trùng Khánh" in {one["vi"] for one in first["lines"]}
    assert room.author.ok("POST", "/glossary/starter")["lines"] == []
    kept = room.author.ok("GET", "/glossary", params={"q": "ban gioc"})["items"]
    assert [one["zh"] for one in kept] == [["板约瀑布"]]
    swapped = room.author.ok("POST", "/glossary/check", {"source": "huyện Trùng Khánh", "zh": "重庆县"})
    assert [one["text"] for one in swapped["departures"]] == ["重庆"]


def test_lists_go_out_and_come_back_unchanged(room: Room) -> None:
    room.author.ok("POST", "/glossary", {"vi": "=giấy phép", "en": ["permit", "licence"], "zh": ["许可证"]})
    for form, kind in (("csv", "text/csv"), ("xlsx", "spreadsheetml")):
        answer = room.author.client.get(f"/api/v1/glossary/list.{form}")
        assert kind in answer.headers["content-type"]
        assert answer.headers["content-disposition"].endswith(f'.{form}"')
        back = outcomes(send(room.author, answer.content))
        assert set(back.values()) == {"unchanged"}
        assert "=giấy phép" in back
    rows = list(csv.reader(io.StringIO(room.author.client.get("/api/v1/glossary/list.csv").text)))
    assert ["'=giấy phép", "permit; licence", "许可证"] in [row[:3] for row in rows]


def test_a_list_adds_changes_and_refuses_line_by_line(room: Room) -> None:
    rows = [
        ("Tiếng Việt", "English", "中文"),
        ("đường mòn", "trail; path", "小路"),
        ("", "nobody", ""),
        ("vạch kẻ", "line", "线", "line"),
    ]
    content = write_sheet("x", rows[0], rows[1:], (9, 9, 9))
    tried = outcomes(send(room.author, content, dry_run=True))
    assert tried == {"đường mòn": "added", "": "refused", "vạch kẻ": "refused"}
    assert room.author.ok("GET", "/glossary", params={"q": "duong mon"})["items"] == []
    assert outcomes(send(room.author, content)) == tried
    (made,) = room.author.ok("GET", "/glossary", params={"q": "duong mon"})["items"]
    assert made["en"] == ["trail", "path"]
    room.author.ok("POST", f"/glossary/{made['id']}/archive")
    text = "Đường mòn;trail;小路;;;x;\n".encode("utf-16")
    assert outcomes(send(room.author, text)) == {"Đường mòn": "changed"}
    again = room.author.ok("GET", f"/glossary/{made['id']}")
    assert (again["archived_at"], again["optional"], again["en"]) == (None, True, ["trail"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xff\xff\xff", "office-unreadable"),
        (b"a\x00b,c", "office-unreadable"),
        (b"PK\x03\x04 but nothing more", "office-unreadable"),
        (b"x," * 100, "office-too-long"),
        (b"x\n" * 4000, "office-too-long"),
        (b'"' + b"x" * 200_000 + b'"', "office-unreadable"),
    ],
)
def test_a_file_that_is_no_list_is_refused(room: Room, content: bytes, code: str) -> None:
    answer = send(room.author, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_list_of_many_megabytes_is_refused(room: Room) -> None:
    assert send(room.author, bytes(5 << 20)).status_code == 413


def test_what_stands_in_the_sheet_is_what_people_see(room: Room) -> None:
    rows = read_sheet(room.author.client.get("/api/v1/glossary/list.xlsx").content)
    assert rows[0][:3] == ["Tiếng Việt", "English", "中文"]
