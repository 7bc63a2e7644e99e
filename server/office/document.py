"""Text documents: headings with three-column tables as DOCX, and the rows of all tables back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.oxml.text.paragraph import CT_P
from docx.shared import Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.run import Run

from server.office.fault import MOST_CELL, MOST_COLUMNS, MOST_ROWS, FaultCode, OfficeFault
from server.office.package import Kind, kind_of

_LETTERS, _HAN = "Be Vietnam Pro", "Noto Sans SC"
_QUIET = RGBColor(0x80, 0x80, 0x80)
_WRITTEN = {qn("w:t"): "", qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
"""What text is made of, and what it stands for where it has none of its own."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Cell(NamedTuple):
    """A cell: its text, and a reference in small grey letters above it."""

    text: str
    reference: str = ""


class Section(NamedTuple):
    """A heading, remarks, and a table under them."""

    heading: str
    remarks: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write_document(title: str, remark: str, sections: Iterable[Section]) -> bytes:
    """Return sections as a DOCX file in landscape."""
    document = Document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(title, level=1)
    document.add_paragraph(remark)
    for section in sections:
        document.add_heading(section.heading, level=2)
        if section.remarks:
            quiet = document.add_paragraph().add_run(section.remarks)
            quiet.font.size, quiet.font.color.rgb = Pt(9), _QUIET
            _set(quiet)
        table = document.add_table(rows=1, cols=len(section.head))
        table.style = "Table Grid"
        for cell, name in zip(table.rows[0].cells, section.head, strict=True):
            cell.paragraphs[0].add_run(name).bold = True
        _fill(table, section.rows)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _fill(table: Table, rows: Sequence[Sequence[Cell]]) -> None:
    for row in rows:
        for place, cell in zip(_new_row(table), row, strict=True):
            paragraph = place.paragraphs[0]
            if cell.reference:
                quiet = paragraph.add_run(cell.reference)
                quiet.font.size, quiet.font.color.rgb = Pt(6), _QUIET
                paragraph = place.add_paragraph()
            lines = cell.text.split("\n")
            _set(paragraph.add_run(lines[0]))
            for line in lines[1:]:
                _set(place.add_paragraph().add_run(line))


def _new_row(table: Table) -> Sequence[_Cell]:
    cells: Sequence[_Cell] = table.add_row().cells  # type: ignore[no-untyped-call]  # the library left it untyped
    return cells


def _set(run: Run) -> None:
    run.font.name = _LETTERS
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _HAN)  # noqa: SLF001  # no public way


def read_document(content: bytes) -> list[list[str]]:
    """Return the rows of all tables of a DOCX file as text, a paragraph a line; empty rows left out.

    Raises:
        OfficeFault: it is no document that may be taken.
    """
    if kind_of(content) is not Kind.DOCX:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE)
    try:
        return _rows(content)
    except OfficeFault:
        raise
    except Exception as error:  # a reader of foreign bytes may fail in any way
        raise OfficeFault(FaultCode.NO_OFFICE_FILE) from error


def _rows(content: bytes) -> list[list[str]]:
    document = Document(io.BytesIO(content))
    if not document.tables:
        raise OfficeFault(FaultCode.NO_TABLE)
    found: list[list[str]] = []
    for table in document.tables:
        # not row.cells: a cell that says it spans a billion columns would be given a billion times
        for row in table._tbl.tr_lst:  # noqa: SLF001  # cells that span are not multiplied there
            cells = [_text(cell) for cell in row.tc_lst]
            if len(cells) > MOST_COLUMNS or any(len(text) > MOST_CELL for text in cells):
                raise OfficeFault(FaultCode.TOO_LONG)
            if any(text.strip() for text in cells):
                found.append(cells)
            if len(found) > MOST_ROWS:
                raise OfficeFault(FaultCode.TOO_LONG)
    return found


def _text(cell: CT_Tc) -> str:
    """Return a cell's text, with what was inserted and without what was deleted while changes were tracked."""
    return "\n".join(_line(paragraph) for paragraph in cell.p_lst)


def _line(paragraph: CT_P) -> str:
    return "".join(
        _WRITTEN[element.tag] or element.text or ""
        for element in paragraph.iter(*_WRITTEN)
        if next(element.iterancestors(qn("w:moveFrom"), qn("w:del")), None) is None
    )
