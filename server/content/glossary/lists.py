"""The glossary as a list: written as CSV or XLSX, read back line by line; nothing that is not in a list is taken away.

Columns: Vietnamese, English, Chinese, forbidden in English, forbidden in Chinese, optional, remark. Several renderings
of one cell stand with semicolons between them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from pydantic import ValidationError

from playlists.hygiene import clean
from playlists.language import Language, fold
from server.accounts.permissions import Caller, Permission
from server.content.glossary import repository, service
from server.content.glossary.schemas import LineOutcome, LineShown, ListTaken, TermAsked
from server.db import Session
from server.edge import Expected
from server.errors import Problem
from server.office.fault import MOST_CELL, MOST_COLUMNS, MOST_FILE_BYTES, MOST_ROWS, FaultCode, OfficeFault
from server.office.sheet import read_sheet, write_sheet
from server.spreadsheet import csv_lines
from server.tables import GlossaryTerm

HEAD = ("Tiếng Việt", "English", "中文", "English: not", "中文：不用", "Optional", "Ghi chú")
_WIDTHS = (34, 34, 26, 26, 22, 10, 50)
_HEADS = frozenset(fold(name) for name in (HEAD[0], "vi", "vietnamese", "越南语"))
_YES = frozenset({"x", "1", "co", "yes", "true", "是"})
_BETWEEN = "; "
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def as_rows(terms: Iterable[GlossaryTerm]) -> Iterator[list[str]]:
    """Yield terms as the cells of a list."""
    for row in terms:
        term = service.term_value(row)
        phrases = (term.en, term.zh, term.forbidden_en, term.forbidden_zh)
        yield [term.vi, *(_BETWEEN.join(one) for one in phrases), "x" if term.optional else "", term.note]


def as_csv(terms: Iterable[GlossaryTerm]) -> bytes:
    """Return terms as CSV."""
    return b"".join(csv_lines(HEAD, as_rows(terms)))


def as_xlsx(terms: Iterable[GlossaryTerm]) -> bytes:
    """Return terms as XLSX."""
    return write_sheet("Thuật ngữ", HEAD, as_rows(terms), _WIDTHS)


def starter() -> bytes:
    """Return the list that the program brings along, as CSV."""
    return files("server.content.glossary").joinpath("starter.csv").read_bytes()


def read_rows(content: bytes) -> list[list[str]]:
    """Return the rows of an uploaded list, XLSX or CSV (UTF-8 or UTF-16), its heading too.

    Raises:
        OfficeFault: it is neither, or too much.
    """
    if len(content) > MOST_FILE_BYTES:
        raise OfficeFault(FaultCode.TOO_LARGE)
    if content.startswith((_ZIP, _OLE)):
        return read_sheet(content)
    text = _text(content)
    try:
        dialect = "\t" if text.count("\t") > text.count(",") else ";" if text.split("\n")[0].count(";") > 3 else ","
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect) if any(row)]
    except csv.Error as error:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE) from error
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS or max(map(len, row)) > MOST_CELL for row in rows):
        raise OfficeFault(FaultCode.TOO_LONG)
    return [[_unescaped(cell) for cell in row] for row in rows]


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE) from error
    if "\0" in text:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE)
    return text


def _unescaped(cell: str) -> str:
    """Return a cell without the quote that keeps spreadsheets from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def take(session: Session, caller: Caller, rows: Sequence[Sequence[str]], *, dry_run: bool) -> ListTaken:
    """Add and change terms as a list says; what stands in the archive comes back."""
    caller.require(Permission.EDIT_CONTENT)
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [*row, *([""] * len(HEAD))]
        if number == 1 and fold(cells[0]) in _HEADS:
            continue
        lines.append(_line(session, caller, number, cells, dry_run=dry_run))
    return ListTaken(dry_run=dry_run, lines=lines)


def _line(session: Session, caller: Caller, number: int, cells: Sequence[str], *, dry_run: bool) -> LineShown:
    vi = clean(cells[0], Language.VI).text
    try:
        asked = TermAsked(
            vi=vi,
            en=_phrases(cells[1], Language.EN),
            zh=_phrases(cells[2], Language.ZH),
            forbidden_en=_phrases(cells[3], Language.EN),
            forbidden_zh=_phrases(cells[4], Language.ZH),
            optional=fold(cells[5]) in _YES,
            note=clean(cells[6], Language.VI).text,
        )
        outcome = _apply(session, caller, asked, dry_run=dry_run)
    except ValidationError:
        return LineShown(line=number, vi=vi[:200], outcome=LineOutcome.REFUSED, sentences=_UNSOUND)
    except Problem as problem:
        sentences = {Language(one): text for one, text in problem.sentences.items()}
        refused = sentences or dict.fromkeys(Language, problem.detail)
        return LineShown(line=number, vi=vi[:200], outcome=LineOutcome.REFUSED, sentences=refused)
    return LineShown(line=number, vi=vi, outcome=outcome)


_UNSOUND = {
    Language.VI: "Dòng này thiếu tiếng Việt, có ô quá dài, hoặc một cách gọi vừa được dùng vừa bị cấm.",
    Language.EN: "This line lacks its Vietnamese, has a cell too long, or forbids what it agrees on.",
    Language.ZH: "该行缺少越南语，或单元格过长，或同一译法既被采用又被禁用。",
}


def _phrases(cell: str, language: Language) -> tuple[str, ...]:
    parts = (clean(part, language).text for part in cell.replace("；", ";").replace("\n", ";").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _apply(session: Session, caller: Caller, asked: TermAsked, *, dry_run: bool) -> LineOutcome:
    held = repository.term_of_key(session, service.key(asked.vi))
    if held is None:
        if not dry_run:
            service.create(session, caller, asked)
        return LineOutcome.ADDED
    if held.archived_at is None and service.term_value(held) == asked.term():
        return LineOutcome.UNCHANGED
    if not dry_run:
        if held.archived_at is not None:
            service.archive(session, caller, held.id, None, Expected(None))
        service.change(session, caller, held.id, asked, Expected(None))
    return LineOutcome.CHANGED
