"""The glossary: agreed terms, looked for without accents, changed in place, in and out as lists."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from server.accounts.permissions import Permission
from server.console import repository
from server.console.page import Page, PageDep, PageRoute
from server.console.pages_translations import TOO_LARGE
from server.console.texts import mark
from server.content.glossary import repository as terms
from server.content.glossary import service
from server.content.glossary.schemas import LineOutcome, TermShown
from server.edge import ReadSession, Slice
from server.office.fault import MOST_FILE_BYTES
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)
PAGE = 60
OUTCOMES = {
    LineOutcome.ADDED: mark("added"),
    LineOutcome.CHANGED: mark("changed"),
    LineOutcome.UNCHANGED: mark("unchanged"),
    LineOutcome.REFUSED: mark("refused"),
}


TRIED = {LineOutcome.ADDED: mark("would be added"), LineOutcome.CHANGED: mark("would be changed")}


@router.get("/glossary")
def glossary(
    page: PageDep,
    session: ReadSession,
    q: Annotated[str, Query(max_length=200)] = "",
    before: UUID | None = None,
    archived: bool = False,
) -> HTMLResponse:
    """List terms, each with its form."""
    rows = terms.terms(session, Slice(before=before, limit=PAGE), q, archived=archived)
    more = rows[PAGE:]
    agencies = repository.agencies(session, page.caller.seen)
    return page.render(
        "glossary.html",
        "notices",
        here="glossary",
        q=q,
        archived=archived,
        rows=[_line(page, one) for one in service.shown(session, page.caller, rows[:PAGE])],
        next_before=rows[PAGE - 1].id if more else None,
        agencies=agencies,
        agency_names={one.id: one.name for one in agencies},
        editable=page.may(Permission.EDIT_CONTENT),
        most_bytes=MOST_FILE_BYTES,
        report={
            "too_large": page.texts.say(TOO_LARGE, size=page.texts.size(MOST_FILE_BYTES)),
            "outcomes": {outcome.value: page.texts.say(name) for outcome, name in OUTCOMES.items()},
            "tried": {outcome.value: page.texts.say(name) for outcome, name in TRIED.items()},
        },
        any_term=terms.count(session) > 0,
    )


def _line(page: Page, term: TermShown) -> dict[str, Any]:
    own = next((one.note for one in term.notes if one.agency_id == page.caller.agency_id), "")
    return {
        **term.model_dump(),
        "forbidden": [*term.forbidden_en, *term.forbidden_zh],
        "own_note": own,
    }
