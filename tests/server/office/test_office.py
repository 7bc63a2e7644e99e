"""Office files: what was written is read back, what is hostile is refused with its reason, and nothing else happens."""

from __future__ import annotations

import io
import random
import tracemalloc
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.language import Language
from server.office.document import read_document
from server.office.fault import MOST_FILE_BYTES, FaultCode, OfficeFault
from server.office.package import Kind, kind_of
from server.office.sheet import read_sheet, write_sheet
from tests.server.office.made import changed, document, replaced, sheet

SHEET, DOCUMENT = sheet(), document()
SHEET_PART, DOCUMENT_PART = "xl/worksheets/sheet1.xml", "word/document.xml"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
FILE_ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def test_a_sheet_comes_back_as_it_was_written_and_holds_no_formula() -> None:
    assert read_sheet(SHEET) == [["Mã", "English"], ["1", "=1+1"], ["2", "Trà Lĩnh\n茶岭"]]
    with zipfile.ZipFile(io.BytesIO(SHEET)) as archive:
        assert b"<f>" not in archive.read(SHEET_PART)


def test_a_document_comes_back_as_it_was_written() -> None:
    assert read_document(DOCUMENT) == [
        ["vi", "en", "zh"],
        ["bt1:x\nGiờ làm việc\nHằng ngày", "Opening hours", "开放时间"],
    ]


def test_tracked_changes_count_as_accepted() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    both = (
        f'<w:ins w:id="1" w:author="a">{run.format("new ")}</w:ins>'
        '<w:del w:id="2" w:author="a"><w:r><w:delText>old </w:delText></w:r></w:del>'
        f'<w:moveFrom w:id="3" w:author="a">{run.format("gone ")}</w:moveFrom><w:r>'
    )

    def tracked(body: bytes) -> bytes:
        before, mark, after = body.partition(b"Opening hours")
        at = before.rindex(b"<w:r>")
        return before[:at] + both.encode() + before[at + len(b"<w:r>") :] + mark + after

    rows = read_document(changed(DOCUMENT, {DOCUMENT_PART: tracked}))
    assert rows[1][1] == "new Opening hours"


HOSTILE: list[tuple[str, bytes, FaultCode]] = [
    ("empty", b"", FaultCode.NO_OFFICE_FILE),
    ("text", b"vi,en,zh\n", FaultCode.NO_OFFICE_FILE),
    ("cut", SHEET[: len(SHEET) // 2], FaultCode.NO_OFFICE_FILE),
    ("a zip of something else", changed(SHEET, {"xl/workbook.xml": None}), FaultCode.NO_OFFICE_FILE),
    ("both at once", changed(SHEET, {DOCUMENT_PART: b"<x/>"}), FaultCode.NO_OFFICE_FILE),
    ("an old file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), FaultCode.NO_OFFICE_FILE),
    (
        "an encrypted file",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
        FaultCode.LOCKED,
    ),
    ("too large", bytes(MOST_FILE_BYTES + 1), FaultCode.TOO_LARGE),
    ("a bomb", changed(SHEET, {"xl/media/x.png": bytes(64 << 20)}), FaultCode.TOO_LARGE),
    ("macros", changed(SHEET, {"xl/vbaProject.bin": b"x"}), FaultCode.MACROS),
    (
        "macros by type",
        changed(
            SHEET,
            {"[Content_Types].xml": replaced("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")},
        ),
        FaultCode.MACROS,
    ),
    ("an embedded program", changed(DOCUMENT, {"word/embeddings/oleObject1.bin": b"x"}), FaultCode.HOSTILE),
    ("a path out of the file", changed(SHEET, {"../evil.xml": b"<x/>"}), FaultCode.HOSTILE),
    ("two parts of one name", changed(SHEET, {"XL/workbook.XML": b"<x/>"}), FaultCode.HOSTILE),
    ("many parts", changed(SHEET, {f"x/{number}.txt": b"" for number in range(400)}), FaultCode.HOSTILE),
    (
        "billion laughs",
        changed(SHEET, {SHEET_PART: replaced("<worksheet", ENTITIES + "<worksheet")}),
        FaultCode.HOSTILE,
    ),
    (
        "a file's entity",
        changed(DOCUMENT, {DOCUMENT_PART: lambda _: FILE_ENTITY.encode() + b"<x>&a;</x>"}),
        FaultCode.HOSTILE,
    ),
    (
        "an entity in UTF-16",
        changed(
            SHEET, {"xl/styles.xml": ('<?xml version="1.0" encoding="utf-16"?>' + ENTITIES + "<x/>").encode("utf-16")}
        ),
        FaultCode.HOSTILE,
    ),
    ("deep nesting", changed(SHEET, {SHEET_PART: b"<x>" * 5000 + b"</x>" * 5000}), FaultCode.TOO_LONG),
    ("many elements", changed(SHEET, {SHEET_PART: b"<x>" + b"<y/>" * 300_000 + b"</x>"}), FaultCode.TOO_LONG),
    ("no XML", changed(SHEET, {SHEET_PART: b"\xff\xfe\x00"}), FaultCode.NO_OFFICE_FILE),
    ("no sheet", changed(SHEET, {SHEET_PART: b"<x/>"}), FaultCode.NO_TABLE),
    ("many rows", write_sheet("x", ("a",), [("x",)] * 4000, (5,)), FaultCode.TOO_LONG),
    ("many columns", write_sheet("x", ("a",), [("x",) * 60], (5,)), FaultCode.TOO_LONG),
    ("a long cell", write_sheet("x", ("a",), [("x" * 5000,)], (5,)), FaultCode.TOO_LONG),
]


@pytest.mark.parametrize(("content", "code"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_what_is_hostile_is_refused_with_its_reason(content: bytes, code: FaultCode) -> None:
    for read in (read_sheet, read_document):
        with pytest.raises(OfficeFault) as refused:
            read(content)
        if code is not FaultCode.TOO_LONG or read is read_sheet:
            assert refused.value.code in (code, FaultCode.NO_OFFICE_FILE)
    if code not in (FaultCode.TOO_LONG, FaultCode.NO_OFFICE_FILE, FaultCode.NO_TABLE):
        with pytest.raises(OfficeFault) as looked:
            kind_of(content)
        assert looked.value.code is code


def test_every_refusal_is_said_in_three_languages() -> None:
    for code in FaultCode:
        problem = OfficeFault(code).problem()
        assert problem.status == 422
        assert set(problem.sentences) == set(Language)


def test_the_other_kind_of_file_is_refused() -> None:
    assert (kind_of(SHEET), kind_of(DOCUMENT)) == (Kind.XLSX, Kind.DOCX)
    for read, content in ((read_sheet, DOCUMENT), (read_document, SHEET)):
        with pytest.raises(OfficeFault):
            read(content)


def test_a_table_that_claims_to_be_endless_costs_nothing() -> None:
    claims = changed(SHEET, {SHEET_PART: replaced("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')})
    far = changed(SHEET, {SHEET_PART: replaced('<row r="2"', '<row r="1048576"')})
    wide = changed(DOCUMENT, {DOCUMENT_PART: replaced("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="1000000000"/>')})
    tracemalloc.start()
    try:
        assert len(read_sheet(claims)) == 3
        assert len(read_sheet(far)) <= 3
        assert len(read_document(wide)) == 2
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 32 << 20


def test_a_document_without_a_table_says_so() -> None:
    def without(body: bytes) -> bytes:
        return body[: body.index(b"<w:tbl>")] + body[body.rindex(b"</w:tbl>") + len(b"</w:tbl>") :]

    with pytest.raises(OfficeFault) as refused:
        read_document(changed(DOCUMENT, {DOCUMENT_PART: without}))
    assert refused.value.code is FaultCode.NO_TABLE


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("content", [SHEET, DOCUMENT], ids=["xlsx", "docx"])
def test_mutated_files_are_read_or_refused(content: bytes, seed: int) -> None:
    chance = random.Random(seed)
    read = read_sheet if content is SHEET else read_document
    part = SHEET_PART if content is SHEET else DOCUMENT_PART
    for _ in range(25):
        mutated = bytearray(content)
        for _ in range(chance.randint(1, 12)):
            mutated[chance.randrange(len(mutated))] = chance.randrange(256)
        inner = changed(content, {part: lambda body: _mutated(body, chance)})
        for one in (bytes(mutated), inner):
            with warnings.catch_warnings():
                # the readers warn about odd parts; what counts here is that they neither fail nor hang
                warnings.simplefilter("ignore")
                try:
                    rows = read(one)
                except OfficeFault:
                    continue
            assert all(isinstance(cell, str) for row in rows for cell in row)


def _mutated(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body))
    cut = body[at : at + chance.randint(0, 40)]
    elsewhere = chance.randrange(len(body))
    return body[:elsewhere] + cut + body[elsewhere + chance.randint(0, 20) :]


cells = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30)


@settings(max_examples=20)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_any_text_survives_a_sheet(rows: list[tuple[str, str]]) -> None:
    back = read_sheet(write_sheet("x", ("a", "b"), rows, (5, 5)))
    assert back[1:] == [list(row) if row[1] else [row[0]] for row in rows if any(row)]
