"""The page of a notice's revisions: what changed between two of them, and the way back to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.differences import Piece, changed_words
from playlists.language import Language
from playlists.variant import Spoken
from server.accounts.permissions import Permission
from server.accounts.succession.service import named_then
from server.console.notices import repository as notice_rows
from server.console.notices.editor import heading_of, held_of
from server.console.notices.view import Document, field_name
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import mark
from server.content.notices import repository as notice_repository
from server.content.notices.rows import whole_of
from server.content.notices.whole import Whole
from server.db import Session
from server.edge import ReadSession
from server.routes import Router
from server.tables import Notice, Revision

router = Router(route_class=PageRoute, include_in_schema=False)
SHARED = {
    "title": mark("Name in the lists"),
    "content.look.template": mark("Template"),
    "content.look.motion": mark("Motion"),
    "content.look.seconds": mark("Seconds"),
    "content.look.level": mark("How serious"),
    "content.look.url": mark("Address behind the QR code"),
    "content.look.deadline": mark("Counts down to"),
    "content.look.corner": mark("Remark in the corner"),
    "content.seconds_each": mark("Seconds for each picture"),
    "mandate.number": mark("Number of the document"),
    "mandate.dated": mark("Date of the document"),
    "mandate.issuer": mark("Issued by"),
    "mandate.summary": mark("What it says"),
    "responsible": mark("Responsible person"),
    "content_class": mark("Class"),
    "festive": mark("Festive"),
    "valid_from": mark("Shown from"),
    "valid_until": mark("Shown until"),
    "freshness": mark("True for, in hours"),
}
_COLOURS, _PICTURES, _VALUES, _OTHER = mark("Colours"), mark("Pictures"), mark("Values"), mark("Other particulars")


@router.get("/notices/{notice_id}/revisions")
def revisions(
    notice_id: UUID,
    page: PageDep,
    session: ReadSession,
    older: Annotated[int | None, Query(alias="from", ge=1)] = None,
    newer: Annotated[int | None, Query(alias="to", ge=1)] = None,
) -> HTMLResponse:
    """Show a notice's revisions, and what changed between two of them."""
    held = held_of(page, session, notice_id)
    row = held.notice
    rows = notice_repository.revisions(session, row.id)
    names = notice_rows.people(session, [one.created_by for one in rows])
    agencies = named_then(session, "notice", [(row.id, one.created_at) for one in rows])
    wholes = _wholes(session, row)
    newer_number = newer if newer in wholes else row.newest
    older_number = (
        older if older in wholes else max((one for one in wholes if one < newer_number), default=newer_number)
    )
    return page.render(
        "notice_revisions.html",
        "notices",
        notice=heading_of(page, session, row),
        newest=row.newest,
        editable=page.may(Permission.EDIT_CONTENT) and row.archived_at is None,
        difference=_difference(page, wholes, older_number, newer_number),
        revisions=[
            {
                "number": one.number,
                "is_newest": one.number == row.newest,
                "name": page.texts.say("Revision %(number)s", number=one.number),
                "facts": _revision_facts(
                    page, one, f"{names.get(one.created_by, '—')} · {agencies[row.id, one.created_at]}"
                ),
            }
            for one in rows
        ],
    )


def _revision_facts(page: Page, one: Revision, who: str) -> str:
    facts = f"{page.texts.stamp(one.created_at, HOME_ZONE)} · {who}"
    if one.restored_from is None:
        return facts
    return f"{facts} · {page.texts.say('brought back from revision %(number)s', number=one.restored_from)}"


def _wholes(session: Session, row: Notice) -> dict[int, Whole]:
    found = notice_repository.revisions(session, row.id)
    variants = notice_repository.variants(session, [one.id for one in found])
    return {one.number: whole_of(row.kind, one, variants[one.id]) for one in found}


def _difference(page: Page, wholes: Mapping[int, Whole], older: int, newer: int) -> Document:
    before, after = wholes[older], wholes[newer]
    heading = page.texts.say("From revision %(older)s to revision %(newer)s", older=older, newer=newer)
    fields = [*_shared(page, before, after), *_spoken(page, before, after)]
    return {"heading": heading, "fields": fields, "from": older}


def _spoken(page: Page, before: Whole, after: Whole) -> list[Document]:
    texts = page.texts
    return [
        {"name": f"{texts.language_name(code)} · {field_name(texts, field.path)}", "parts": field.pieces}
        for code in Language
        for field in changed_words(before.variants.get(code, Spoken()), after.variants.get(code, Spoken()))
    ]


def _shared(page: Page, before: Whole, after: Whole) -> list[Document]:
    was, now = (_flat(one) for one in (before, after))
    names: dict[str, None] = {}
    found = []
    for path in dict.fromkeys([*now, *was]):
        if was.get(path) == now.get(path):
            continue
        name = _name(page, path)
        if path in SHARED:
            pieces = [Piece("old", _written(was.get(path))), Piece("new", _written(now.get(path)))]
            found.append({"name": name, "parts": [piece for piece in pieces if piece.text]})
        else:
            names.setdefault(name)
    changed = page.texts.say("changed")
    return found + [{"name": name, "parts": [Piece("new", changed)]} for name in names]


def _flat(whole: Whole) -> dict[str, Any]:
    return {path: value for path, value in whole.flat().items() if not path.startswith("variants.")}


def _name(page: Page, path: str) -> str:
    if path in SHARED:
        name = SHARED[path]
    elif path.startswith("content.look.colours"):
        name = _COLOURS
    elif path.startswith("values"):
        name = _VALUES
    elif path.startswith("content."):
        name = _PICTURES
    else:
        name = _OTHER
    return page.texts.say(name)


def _written(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, dict):
        return ", ".join(str(one) for one in value.values() if one not in (None, ""))
    return str(value)
