"""Spreadsheets: rows of text as XLSX, and back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from server.office.fault import MOST_CELL, MOST_COLUMNS, MOST_ROWS, FaultCode, OfficeFault
from server.office.package import Kind, kind_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = PatternFill("solid", fgColor="0B2A4A")
_QUIET = Font(color="808080", size=8)


def write_sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """Return rows of text as an XLSX file; `widths` are those of the columns in characters, 0 hides one.

    Every cell is text: what begins like a formula is none.
    """
    book = Workbook()
    sheet = book.create_sheet(title[:31], 0)
    book.remove(book.worksheets[-1])
    for number, line in enumerate([head, *rows], start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(row=number, column=column)
            cell.value = value
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
            elif column == 1:
                cell.font = _QUIET
    for column, width in enumerate(widths, start=1):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.hidden = width or 4, width == 0
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_sheet(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet of an XLSX file as text, without empty rows and empty ends of rows.

    Raises:
        OfficeFault: it is no sheet that may be taken.
    """
    if kind_of(content) is not Kind.XLSX:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE)
    try:
        rows = list(_rows(content))
    except OfficeFault:
        raise
    except Exception as error:  # a reader of foreign bytes may fail in any way
        raise OfficeFault(FaultCode.NO_OFFICE_FILE) from error
    if not rows:
        raise OfficeFault(FaultCode.NO_TABLE)
    return rows


def _rows(content: bytes) -> Iterator[list[str]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise OfficeFault(FaultCode.NO_TABLE)
        sheet.reset_dimensions()
        limits = {"max_row": MOST_ROWS + 1, "max_col": MOST_COLUMNS + 1}
        for number, row in enumerate(sheet.iter_rows(values_only=True, **limits), start=1):
            cells = [_text(value) for value in row]
            if not any(cells):
                continue
            if number > MOST_ROWS or any(cells[MOST_COLUMNS:]):
                raise OfficeFault(FaultCode.TOO_LONG)
            while not cells[-1]:
                cells.pop()
            yield cells
    finally:
        book.close()


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    if len(text) > MOST_CELL:
        raise OfficeFault(FaultCode.TOO_LONG)
    return text
