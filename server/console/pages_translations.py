"""Files for translators: which notices go out, and what became of the files that came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.variant import VariantState
from server.accounts.permissions import Permission
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import mark
from server.content.notices import repository as notices
from server.content.notices.repository import Sought, Waits
from server.content.translations.pieces import TARGETS
from server.content.translations.schemas import MOST_NOTICES, FileForm, Outcome, WarningCode
from server.db import Session
from server.edge import ReadSession, Slice
from server.office.fault import MOST_FILE_BYTES
from server.routes import Router
from server.tables import Notice

router = Router(route_class=PageRoute, include_in_schema=False)
PAGE = 100
TOO_LARGE = mark("The file is larger than %(size)s. Remove pictures from it, or split it.")
OUTCOMES = {
    Outcome.TAKEN: mark("Taken"),
    Outcome.UNCHANGED: mark("Unchanged"),
    Outcome.EMPTY: mark("Left empty"),
    Outcome.SOURCE_CHANGED: mark("Not taken: the Vietnamese text was changed meanwhile"),
    Outcome.TRANSLATION_CHANGED: mark("Not taken: somebody else translated it meanwhile"),
    Outcome.UNKNOWN: mark("Belongs to no notice that you may change"),
    Outcome.REFUSED: mark("Cannot be saved"),
}
TONES = {
    Outcome.TAKEN: "good",
    Outcome.SOURCE_CHANGED: "warn",
    Outcome.TRANSLATION_CHANGED: "warn",
    Outcome.UNKNOWN: "bad",
    Outcome.REFUSED: "bad",
}
WARNINGS = {
    WarningCode.MISSING_TERM: mark("The agreed term for “{text}” is {instead}."),
    WarningCode.FORBIDDEN_RENDERING: mark("Do not write “{text}”; the agreed term is {instead}."),
    WarningCode.UNKNOWN_VALUE: mark("The notice has no value named “{text}”. Write the names in { } as in the source."),
    WarningCode.MISSING_VALUE: mark("{text} of the source is missing."),
    WarningCode.STRAY_BRACE: mark("A brace at “{text}” holds no name of a value."),
    WarningCode.TOO_LONG: mark("{text} characters; at most {instead} fit."),
    WarningCode.TOO_MUCH_TEXT: mark("{text} characters; more than {instead} are hard to read at a glance."),
    WarningCode.TRADITIONAL: mark("{text} is Traditional Chinese; the Simplified form is {instead}."),
    WarningCode.EXCLAMATION: mark("Notices do without exclamation marks."),
    WarningCode.QUOTES: mark("Write {instead} instead of {text}."),
    WarningCode.TWICE: mark("This text stands twice in the file, with other words."),
    WarningCode.ARCHIVED: mark("The notice is in the archive. Take it back first."),
}
PIECES = {
    "title": mark("Headline"),
    "body": mark("Text"),
    "label": mark("Line {number}"),
    "value": mark("Value of line {number}"),
    "caption": mark("Caption"),
}
FORMS = {
    FileForm.XLSX: mark("Spreadsheet (XLSX)"),
    FileForm.DOCX: mark("Document with three columns (DOCX)"),
}
STATES = {
    VariantState.MISSING: mark("not translated"),
    VariantState.DRAFT: mark("draft"),
    VariantState.TRANSLATED: mark("translated"),
    VariantState.REVIEWED: mark("reviewed"),
    VariantState.STALE: mark("source changed since"),
}


@router.get("/translations")
def translations(
    page: PageDep,
    session: ReadSession,
    notice_id: Annotated[list[UUID] | None, Query(max_length=MOST_NOTICES)] = None,
) -> HTMLResponse:
    """Show what waits for translation, or the notices that were chosen, and where filled files go."""
    rows = _chosen(page, session, notice_id) if notice_id else _waiting(page, session)
    return page.render(
        "translations.html",
        "notices",
        here="translations",
        rows=_lines(page, session, rows),
        chosen=bool(notice_id),
        languages_asked=[(one.value, page.texts.language_name(one)) for one in TARGETS],
        forms=[(form.value, page.texts.say(name)) for form, name in FORMS.items()],
        editable=page.may(Permission.TRANSLATE),
        most_bytes=MOST_FILE_BYTES,
        report=_report_words(page),
    )


def _waiting(page: Page, session: Session) -> list[Notice]:
    sought = Sought(seen=page.caller.seen, waits=Waits.TRANSLATION)
    return notices.notices(session, Slice(before=None, limit=PAGE), sought)[:PAGE]


def _chosen(page: Page, session: Session, notice_ids: Sequence[UUID]) -> list[Notice]:
    found = notices.by_ids(session, notice_ids)
    return [found[one] for one in dict.fromkeys(notice_ids) if one in found and page.caller.sees(found[one].agency_id)]


def _lines(page: Page, session: Session, rows: Sequence[Notice]) -> list[dict[str, Any]]:
    newest = notices.newest(session, [row.id for row in rows])
    variants = notices.variants(session, [one.id for one in newest.values()])
    lines = []
    for row in rows:
        held = variants[newest[row.id].id]
        states = {
            language: VariantState(held[language].state) if language in held else VariantState.MISSING
            for language in TARGETS
        }
        said = (f"{page.texts.language_name(one)}: {page.texts.say(STATES[states[one]])}" for one in TARGETS)
        lines.append({"id": row.id, "title": row.title, "states": " · ".join(said)})
    return lines


def _report_words(page: Page) -> dict[str, Any]:
    """Return the words that a report is written with: outcomes, their tones, warnings, languages, pieces."""
    return {
        "outcomes": {outcome.value: page.texts.say(name) for outcome, name in OUTCOMES.items()},
        "too_large": page.texts.say(TOO_LARGE, size=page.texts.size(MOST_FILE_BYTES)),
        "tried": {Outcome.TAKEN.value: page.texts.say("Would be taken")},
        "tones": {outcome.value: tone for outcome, tone in TONES.items()},
        "warnings": {code.value: page.texts.say(name) for code, name in WARNINGS.items()},
        "languages": {one.value: page.texts.language_name(one) for one in TARGETS},
        "pieces": {piece: page.texts.say(name) for piece, name in PIECES.items()},
    }
