"""The pages of the glossary and of translators files without a browser: what is offered to whom, in three languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from server.content.glossary.schemas import LineOutcome
from server.content.translations.schemas import Outcome, WarningCode
from server.db import Database
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.content.conftest import Room, Writer, writer

HEADINGS = {
    "/glossary": {"vi": "Bảng thuật ngữ", "en": "Glossary", "zh": "术语表"},
    "/translations": {"vi": "Tệp cho người dịch", "en": "Files for translators", "zh": "翻译文件"},
}


def page(who: Writer, path: str, **query: Any) -> str:
    answer = who.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def report_words(text: str) -> dict[str, dict[str, str]]:
    found = re.search(r'id="report-words">(.*?)</script>', text)
    assert found is not None
    words: dict[str, dict[str, str]] = json.loads(found.group(1))
    return words


@pytest.mark.parametrize("language", ["vi", "en", "zh"])
@pytest.mark.parametrize("path", HEADINGS)
def test_each_page_speaks_the_reader_s_language(room: Room, path: str, language: str) -> None:
    room.author.ok("PATCH", "/me", {"language": language})
    try:
        assert f"<h1>{HEADINGS[path][language]}</h1>" in page(room.author, path)
    finally:
        room.author.ok("PATCH", "/me", {"language": "vi"})


def test_terms_are_listed_with_what_they_must_not_be_called(room: Room) -> None:
    assert "/api/v1/glossary/starter" in page(room.author, "/glossary")
    body = {"vi": "thác <lớn>", "en": ["great falls"], "zh": ["大瀑布"], "forbidden_zh": ["小瀑布"]}
    made = room.author.ok("POST", "/glossary", body)
    text = page(room.author, "/glossary", q="thac")
    assert "thác &lt;lớn&gt;" in text
    assert "小瀑布" in text
    assert f'data-api="PUT /api/v1/glossary/{made["id"]}" data-rev="1"' in text
    assert made["id"] not in page(room.author, "/glossary", q="khác")
    room.author.ok("POST", f"/glossary/{made['id']}/archive")
    assert made["id"] not in page(room.author, "/glossary")
    assert f"/api/v1/glossary/{made['id']}/restore" in page(room.author, "/glossary", archived=True)


def test_a_remark_is_shown_to_its_agency_only(room: Room) -> None:
    made = room.author.ok("POST", "/glossary", {"vi": "bè mảng", "zh": ["竹筏"]})
    room.author.ok("PUT", f"/glossary/{made['id']}/note", {"note": "Hỏi ban quản lý thác."})
    assert "Hỏi ban quản lý thác." in page(room.author, "/glossary")
    assert "Hỏi ban quản lý thác." not in page(room.stranger, "/glossary")


def test_many_terms_come_page_by_page(room: Room) -> None:
    rows = "\n".join(f"từ số {number},term {number},词{number}" for number in range(130))
    headers = {"Content-Type": "application/octet-stream"}
    room.author.client.post("/api/v1/glossary/list", content=rows.encode(), headers=headers).raise_for_status()
    seen: list[str] = []
    query: dict[str, Any] = {"q": "tu so"}
    while True:
        text = page(room.author, "/glossary", **query)
        seen += re.findall(r'id="term-([0-9a-f-]{36})"', text)
        more = re.search(r"before=([0-9a-f-]{36})", text)
        if more is None:
            break
        query["before"] = more.group(1)
    assert len(seen) == len(set(seen)) == 130


def test_what_waits_for_translation_is_offered_until_it_is_translated(room: Room) -> None:
    waiting, done = room.card("Chờ dịch"), room.translated(title="Đã dịch xong")
    text = page(room.translator, "/translations")
    assert waiting["id"] in text
    assert done["id"] not in text
    chosen = page(room.translator, "/translations", notice_id=[done["id"], waiting["id"]])
    assert chosen.index(done["id"]) < chosen.index(waiting["id"])
    assert waiting["id"] not in page(room.stranger, "/translations", notice_id=[waiting["id"]])


def test_a_viewer_downloads_and_takes_nothing_back(room: Room, people: People, database: Database) -> None:
    viewer = writer(people, database, room.agency, Role.VIEWER)
    room.card("Chờ dịch")
    assert "data-download" in page(viewer, "/translations")
    assert "data-file-to" not in page(viewer, "/translations")
    assert "data-api" not in page(viewer, "/glossary")


def test_every_outcome_and_warning_has_words(room: Room) -> None:
    words = report_words(page(room.author, "/translations"))
    assert set(words["outcomes"]) == set(Outcome)
    assert set(words["warnings"]) == set(WarningCode)
    assert set(report_words(page(room.author, "/glossary"))["outcomes"]) == set(LineOutcome)


def test_strangers_are_led_to_the_login(people: People) -> None:
    for path in HEADINGS:
        answer = people.stranger().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")
