"""Notices as files for translators: a spreadsheet with a line for each text, or a document with three columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.card import VIETNAM
from playlists.daypart import zone
from playlists.glossary import Glossary
from playlists.language import Language
from playlists.typed import Value, names_in, written
from playlists.variant import SOURCE, Wording
from server.accounts.permissions import Caller, Permission
from server.content.glossary.service import glossary_for
from server.content.notices import service as notices
from server.content.notices.service import Held
from server.content.translations.pieces import TARGETS, Reference, digest, pieces, to_translate
from server.content.translations.schemas import FileAsked, FileForm
from server.db import Session
from server.errors import invalid
from server.office.document import Cell, Section, write_document
from server.office.sheet import write_sheet

HEAD = ("Mã (không sửa)", "Mục", "Tiếng Việt (gốc)", "English", "中文", "Ghi chú")
COLUMNS: Mapping[Language, int] = {Language.EN: 3, Language.ZH: 4}
"""Where the spreadsheet has the translations."""
DOCUMENT_HEAD = ("Tiếng Việt (gốc)", "English", "中文")
DOCUMENT_COLUMNS: Mapping[Language, int] = {Language.EN: 1, Language.ZH: 2}
_WIDTHS = (12, 26, 48, 48, 40, 40)
_TITLE = "Bảng Tin – bản dịch"
_REMARK = (
    "Dịch vào cột English và 中文. Giữ nguyên chữ nhỏ màu xám và những gì trong ngoặc { }. "
    "Translate into the columns English and 中文; keep the small grey references and what stands in { }."
)
_NAMES = {"title": "Tiêu đề / Title", "body": "Nội dung / Body", "caption": "Chú thích / Caption", "row": "Dòng / Row"}


class _Line(NamedTuple):
    """One text of a notice: where it belongs, its source, what each language says so far, and remarks."""

    reference: Reference
    name: str
    source: str
    targets: dict[Language, str]
    remark: str


def file_for(session: Session, caller: Caller, asked: FileAsked) -> bytes:
    """Return a file with the texts of notices, to be translated.

    Raises:
        Problem: 404 for a notice that is not there or not the caller's; 422 when there is nothing to translate.
    """
    held = [
        notices.held_of(session, notices.notice_of(session, caller, notice_id, Permission.SEE))
        for notice_id in dict.fromkeys(asked.notice_ids)
    ]
    glossary = glossary_for(session, caller.agency_id)
    found = [(one, lines) for one in held if (lines := list(_lines(one, asked, glossary)))]
    if not found:
        raise invalid(
            "nothing-to-translate",
            "These notices have no words to translate into these languages.",
            sentences={
                "vi": "Các thông báo này không có chữ nào cần dịch sang ngôn ngữ đã chọn.",
                "en": "These notices have no words to translate into these languages.",
                "zh": "所选通知没有需要译成所选语言的文字。",
            },
        )
    if asked.form is FileForm.XLSX:
        rows = (row for one, lines in found for row in _rows(one, lines))
        return write_sheet("Bản dịch", HEAD, rows, _WIDTHS)
    return write_document(_TITLE, _REMARK, [_section(one, lines) for one, lines in found])


def _lines(held: Held, asked: FileAsked, glossary: Glossary) -> Iterator[_Line]:
    whole = held.whole
    source = words_of(held, SOURCE)
    targets = {language: pieces(words_of(held, language)) for language in TARGETS}
    for piece, text in to_translate(source).items():
        says = {language: targets[language].get(piece, "") for language in TARGETS}
        wanted = [one for one in asked.languages if not (asked.only_missing and says[one])]
        if not wanted:
            continue
        digests = {SOURCE: digest(text)} | {language: digest(says[language]) for language in wanted}
        reference = Reference(held.notice.id, held.revision.number, piece, digests)
        yield _Line(reference, name_of(piece), text, says, _remark(text, whole.values, glossary, wanted))


def words_of(held: Held, language: Language) -> Wording:
    """Return the words of a notice in a language; empty ones when it has none."""
    spoken = held.whole.variants.get(language)
    return spoken.words if spoken is not None else Wording()


def name_of(piece: str) -> str:
    """Return what a piece is called in a file."""
    kind, *rest = piece.split(".")
    return f"{_NAMES[kind]} {rest[0]}" if kind == "row" else _NAMES[kind]


def _remark(text: str, values: Mapping[str, Value], glossary: Glossary, languages: Iterable[Language]) -> str:
    place: ZoneInfo = zone(VIETNAM)
    named = dict.fromkeys(name for name in names_in(text) if name in values)
    parts = [f"{{{name}}} = {written(values[name], SOURCE, place)}" for name in named]
    for one in dict.fromkeys(found.term for found in glossary.found_in(text)):
        agreed = [rendering for language in languages if (rendering := one.agreed(language)) is not None]
        parts.append(f"{one.vi}: {' / '.join(agreed)}")
    return "\n".join(parts)


def _rows(held: Held, lines: Sequence[_Line]) -> Iterator[list[str]]:
    for line in lines:
        targets = [line.targets[language] for language in TARGETS]
        yield [str(line.reference), f"{held.whole.title}\n{line.name}", line.source, *targets, line.remark]


def _section(held: Held, lines: Sequence[_Line]) -> Section:
    rows = [
        (Cell(line.source, str(line.reference)), *(Cell(line.targets[language]) for language in TARGETS))
        for line in lines
    ]
    remarks = "\n".join(dict.fromkeys(part for line in lines for part in line.remark.split("\n") if part))
    return Section(held.whole.title, remarks, DOCUMENT_HEAD, rows)


def file_name(form: FileForm, notice_ids: Sequence[UUID]) -> str:
    """Return the name under which a file is downloaded."""
    return f"bang-tin-translation-{len(notice_ids)}.{form}"
