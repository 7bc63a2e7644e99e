"""Translators' files through the API, on both databases: out, filled in, and back with a report; nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import docx
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from playlists.card import Row
from playlists.language import Language
from playlists.variant import Wording
from server.content.translations.pieces import (
    Reference,
    digest,
    find_reference,
    is_complete,
    pieces,
    put_together,
    to_translate,
)
from server.db import Database
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.content.conftest import Document, Room, Writer, writer

HOURS = {"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}}
SOURCE = {
    "title": "Giờ làm việc cửa khẩu",
    "body": "Ngày lễ có thông báo riêng.",
    "rows": [{"label": "Hằng ngày", "value": "{hours}"}],
}


def notice(room: Room, **words: Any) -> Document:
    made: Document = room.author.ok(
        "POST",
        "/notices",
        {
            "title": "Giờ làm việc",
            "content": {"kind": "card", "look": {"template": "hours_table"}},
            "values": HOURS,
            "variants": {"vi": {"words": SOURCE | words, "finished": True}},
        },
    )
    return made


def download(who: Writer, *notices: Document, form: str = "xlsx", **more: Any) -> bytes:
    body = {"notice_ids": [one["id"] for one in notices], "languages": ["en", "zh"], "form": form} | more
    answer = who.client.post("/api/v1/translations/file", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    return answer.content


def fill_sheet(content: bytes, say: Callable[[str, str], str | None]) -> bytes:
    """Fill a sheet as a translator does: `say(source, language)` is what they write, None leaves a cell alone."""
    book = load_workbook(io.BytesIO(content))
    for row in book.worksheets[0].iter_rows(min_row=2):
        for column, language in ((3, "en"), (4, "zh")):
            said = say(str(row[2].value), language)
            if said is not None:
                row[column].value = said
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill_document(content: bytes, say: Callable[[str, str], str | None]) -> bytes:
    """Fill a document as a translator does."""
    document = docx.Document(io.BytesIO(content))
    for table in document.tables:
        for row in table.rows[1:]:
            source = row.cells[0].text.partition("\n")[2]
            for cell, language in ((row.cells[1], "en"), (row.cells[2], "zh")):
                said = say(source, language)
                if said is not None:
                    cell.text = said
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


FILL = {"xlsx": fill_sheet, "docx": fill_document}
SAID = {
    ("Giờ làm việc cửa khẩu", "en"): "Border gate: opening hours",
    ("Giờ làm việc cửa khẩu", "zh"): "口岸开放时间",
    ("Ngày lễ có thông báo riêng.", "en"): "Public holidays are announced separately.",
    ("Ngày lễ có thông báo riêng.", "zh"): "节假日安排另行通知。",
    ("Hằng ngày", "en"): "Daily",
    ("Hằng ngày", "zh"): "每日",
}


def translate(source: str, language: str) -> str | None:
    return SAID.get((source, language))


def send(who: Writer, content: bytes, *, dry_run: bool = False) -> Document:
    answer = post(who, content, dry_run=dry_run)
    assert answer.status_code == 200, answer.text
    taken: Document = answer.json()
    return taken


def post(who: Writer, content: bytes, *, dry_run: bool = False) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return who.client.post("/api/v1/translations", params={"dry_run": dry_run}, content=content, headers=headers)


def counts(report: Document) -> dict[str, int]:
    return {outcome: count for outcome, count in report["counts"].items() if count}


def variant(who: Writer, made: Document, language: str) -> Document | None:
    shown = who.ok("GET", f"/notices/{made['id']}")
    return next((one for one in shown["variants"] if one["language"] == language), None)


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_file_goes_out_and_comes_back_as_translations(room: Room, form: str) -> None:
    made = notice(room)
    filled = FILL[form](download(room.translator, made, form=form), translate)
    tried = send(room.translator, filled, dry_run=True)
    assert (tried["dry_run"], counts(tried)) == (True, {"taken": 6})
    assert variant(room.author, made, "en") is None
    report = send(room.translator, filled)
    assert counts(report) == {"taken": 6}
    assert [one["warnings"] for one in report["texts"]] == [[]] * 6

    shown = room.author.ok("GET", f"/notices/{made['id']}")
    assert shown["states"] == {"vi": "translated", "en": "translated", "zh": "translated"}
    assert shown["revision"] == 2
    chinese = variant(room.author, made, "zh")
    assert chinese is not None
    assert chinese["words"]["title"] == "口岸开放时间"
    assert chinese["words"]["rows"] == [{"label": "每日", "value": "{hours}"}]
    assert chinese["translated_by"] == room.translator.id
    assert counts(send(room.translator, filled)) == {"unchanged": 6}
    assert room.author.ok("GET", f"/notices/{made['id']}")["revision"] == 2


def test_a_half_filled_file_makes_drafts_and_empty_cells_take_nothing_away(room: Room) -> None:
    made = notice(room)
    first = fill_sheet(download(room.translator, made), lambda source, _: "Daily" if source == "Hằng ngày" else None)
    assert counts(send(room.translator, first)) == {"taken": 2, "empty": 4}
    assert room.author.ok("GET", f"/notices/{made['id']}")["states"]["en"] == "draft"
    emptied = fill_sheet(download(room.translator, made), lambda *_: "")
    assert set(counts(send(room.translator, emptied))) == {"empty"}
    english = variant(room.author, made, "en")
    assert english is not None
    assert english["words"]["rows"][0]["label"] == "Daily"
    rest = download(room.translator, made, only_missing=True)
    assert [str(row[2].value) for row in load_workbook(io.BytesIO(rest)).worksheets[0].iter_rows(min_row=2)] == [
        SOURCE["title"],
        SOURCE["body"],
    ]


def test_a_source_that_changed_meanwhile_takes_nothing_and_loses_nothing(room: Room) -> None:
    made = notice(room)
    filled = fill_sheet(download(room.translator, made), translate)
    words = SOURCE | {"title": "Giờ mở cửa khẩu"}
    room.author.ok("PUT", f"/notices/{made['id']}/variants/vi", {"words": words, "finished": True})
    report = send(room.translator, filled)
    assert counts(report) == {"taken": 4, "source_changed": 2}
    chinese = variant(room.author, made, "zh")
    assert chinese is not None
    assert (chinese["state"], chinese["words"]["title"]) == ("draft", "")
    said = {one["language"]: one["text"] for one in room.author.ok("GET", f"/notices/{made['id']}/comments")}
    assert "口岸开放时间" in said["zh"]
    assert "Border gate: opening hours" in said["en"]
    again = send(room.translator, filled)
    assert counts(again) == {"unchanged": 4, "source_changed": 2}
    assert len(room.author.ok("GET", f"/notices/{made['id']}/comments")) == 2


def test_a_translation_that_somebody_else_wrote_meanwhile_stays(room: Room) -> None:
    made = notice(room)
    filled = fill_sheet(download(room.translator, made), translate)
    room.author.ok(
        "PUT", f"/notices/{made['id']}/variants/zh", {"words": {"title": "茶岭口岸", "rows": [{"label": "每日"}]}}
    )
    report = send(room.translator, filled)
    assert counts(report) == {"taken": 4, "unchanged": 1, "translation_changed": 1}
    (conflict,) = [one for one in report["texts"] if one["outcome"] == "translation_changed"]
    assert (conflict["sent"], conflict["now"], conflict["piece"]) == ("口岸开放时间", "茶岭口岸", "title")
    chinese = variant(room.author, made, "zh")
    assert chinese is not None
    assert chinese["words"]["title"] == "茶岭口岸"
    assert [one["text"] for one in room.author.ok("GET", f"/notices/{made['id']}/comments")] == ["[title] 口岸开放时间"]


def test_warnings_stand_beside_what_was_taken(room: Room) -> None:
    room.author.ok("POST", "/glossary", {"vi": "Ngày lễ", "zh": ["节假日"], "en": ["Public holidays"]})
    made = notice(room)
    wrong = {
        ("Giờ làm việc cửa khẩu", "zh"): "開放時間",
        ("Ngày lễ có thông báo riêng.", "en"): "Closed on feasts!",
        ("Hằng ngày", "en"): "Daily {hour}",
        ("Hằng ngày", "zh"): "每" * 121,
    }
    filled = fill_sheet(download(room.translator, made), lambda source, language: wrong.get((source, language)))
    texts = {(one["piece"], one["language"]): one for one in send(room.translator, filled)["texts"]}

    def of(piece: str, language: str) -> tuple[str, list[tuple[str, str]]]:
        one = texts[piece, language]
        return one["outcome"], [(warned["code"], warned["instead"]) for warned in one["warnings"]]

    assert of("title", "zh") == ("taken", [("traditional", one) for one in "开时间"])
    assert of("body", "en") == ("taken", [("missing_term", "Public holidays"), ("exclamation", ".")])
    assert of("row.1.label", "en") == ("refused", [("unknown_value", "")])
    assert of("row.1.label", "zh") == ("refused", [("too_long", "120")])


def test_what_belongs_to_nobody_here_is_unknown(room: Room) -> None:
    made = notice(room)
    filled = fill_sheet(download(room.translator, made), translate)
    assert counts(send(room.stranger, filled)) == {"unknown": 6}
    assert variant(room.author, made, "zh") is None
    book = load_workbook(io.BytesIO(filled))
    book.worksheets[0]["A2"] = "bt1:not-a-reference"
    book.worksheets[0]["A3"] = str(Reference(uuid4(), 1, "title", {Language.VI: "0" * 8, Language.EN: "0" * 8}))
    book.worksheets[0]["A4"] = None
    out = io.BytesIO()
    book.save(out)
    report = send(room.translator, out.getvalue())
    assert counts(report) == {"unknown": 3}
    assert "Border gate: opening hours" in report["texts"][0]["sent"]


def test_a_line_that_stands_twice_is_taken_once(room: Room) -> None:
    made = notice(room)
    book = load_workbook(io.BytesIO(fill_sheet(download(room.translator, made), translate)))
    sheet = book.worksheets[0]
    sheet.append([sheet["A2"].value, "", "", "Something else", sheet["E2"].value])
    out = io.BytesIO()
    book.save(out)
    report = send(room.translator, out.getvalue())
    assert counts(report) == {"taken": 7, "refused": 1}
    assert [one["code"] for one in report["texts"][-2]["warnings"]] == ["twice"]


def test_archived_notices_take_nothing(room: Room) -> None:
    made = notice(room)
    filled = fill_sheet(download(room.translator, made), translate)
    room.author.ok("POST", f"/notices/{made['id']}/archive")
    assert counts(send(room.translator, filled)) == {"refused": 6}


def test_only_people_who_may_edit_send_files_back(room: Room, people: People, database: Database) -> None:
    viewer = writer(people, database, room.agency, Role.VIEWER)
    made = notice(room)
    assert download(viewer, made)
    assert post(viewer, download(viewer, made)).status_code == 403
    body = {"notice_ids": [made["id"]], "languages": ["en"], "form": "xlsx"}
    room.stranger.refused(404, "POST", "/translations/file", body)
    room.author.refused(422, "POST", "/translations/file", body | {"languages": ["vi"]})


def test_a_notice_without_words_has_nothing_to_translate(room: Room) -> None:
    picture = room.author.upload()
    made = room.author.ok("POST", "/notices", {"title": "Ảnh", "variants": {"vi": picture}})
    body = {"notice_ids": [made["id"]], "languages": ["en"]}
    refused = room.author.refused(422, "POST", "/translations/file", body)
    assert (refused["code"], set(refused["sentences"])) == ("nothing-to-translate", {"vi", "en", "zh"})


def test_files_that_are_none_are_refused_in_three_languages(room: Room) -> None:
    for content, code in ((b"no file", "office-unreadable"), (b"PK\x03\x04", "office-unreadable")):
        problem = post(room.author, content)
        assert (problem.status_code, problem.json()["code"]) == (422, code)
        assert set(problem.json()["sentences"]) == {"vi", "en", "zh"}
    assert post(room.author, bytes(5 << 20)).status_code == 413


texts = st.text(alphabet="aă{}h1 每", max_size=12)
wordings = st.builds(
    lambda title, body, rows: Wording(title=title, body=body, rows=tuple(Row(label=a, value=b) for a, b in rows)),
    texts,
    texts,
    st.lists(st.tuples(texts, texts), max_size=3),
)


@given(source=wordings, target=wordings)
def test_every_translation_has_the_shape_of_its_source(source: Wording, target: Wording) -> None:
    new = dict.fromkeys(to_translate(source), "新")
    made = put_together(source, target, new)
    assert list(pieces(made)) == list(pieces(source))
    assert is_complete(source, made)
    assert all(pieces(made)[piece] == "新" for piece in new)
    assert put_together(source, made, {}) == made


@given(st.uuids(), st.integers(1, 999_999), st.sampled_from(["title", "row.12.value", f"caption.{uuid4().hex}"]))
def test_a_reference_is_found_again_among_other_words(notice_id: Any, revision: int, piece: str) -> None:
    written = Reference(notice_id, revision, piece, {Language.VI: digest("a"), Language.ZH: digest("")})
    assert find_reference(f"{written}\nGiờ làm việc") == written
    assert find_reference(str(written).replace(":", ":\n")) == written
    assert written.asked == (Language.ZH,)


@given(st.text(max_size=120))
def test_any_text_is_searched_for_a_reference(text: str) -> None:
    assert find_reference(text) is None
