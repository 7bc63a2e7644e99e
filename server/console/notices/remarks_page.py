"""What the editor of a notice asks while somebody types: remarks as a piece of a page. Nothing is saved."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from playlists.card import VIETNAM
from playlists.daypart import zone
from server.accounts.permissions import Permission
from server.console.notices import repository
from server.console.notices.remarks import Draft, remarks_of
from server.console.page import Page, PageDep, PageRoute
from server.content.glossary.service import glossary_for
from server.content.notices import service
from server.content.notices.legibility import Sight, findings_of, sight_of
from server.content.notices.whole import Whole
from server.db import Session
from server.errors import invalid
from server.parts import PartsDep
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)


@router.post("/notices/remarks")
def remarks(
    page: PageDep,
    parts: PartsDep,
    document: Annotated[dict[str, Any], Body()],
    notice: Annotated[UUID | None, Query()] = None,
) -> HTMLResponse:
    """Say what there is to say about a document that is not saved. Cards are measured when the database is let go."""
    page.caller.require(Permission.TRANSLATE)
    whole = whole_of_document(document)
    with parts.db.read() as session:
        agency_id, sight = _sight(page, session, whole, notice)
        glossary = sight.glossary if sight is not None else glossary_for(session, agency_id)
        playlists = repository.playlists_with(session, notice) if notice is not None else []
    shown = findings_of(parts.measurements, sight) if sight is not None else []
    said = remarks_of(
        page.texts,
        Draft(whole.variants, whole.values, zone(VIETNAM)),
        shown,
        {one.panel: one.panel_name for one in shown if one.panel is not None and one.panel_name is not None},
        glossary,
    )
    return page.render(
        "notice_remarks.html", "notices", remarks=said, notice_id=notice, editable=True, playlists=playlists
    )


def _sight(page: Page, session: Session, whole: Whole, notice: UUID | None) -> tuple[UUID | None, Sight | None]:
    """Return the agency, and what its panels would show; None while nobody said which agency it is."""
    if notice is None:
        agency_id = page.caller.home(Permission.EDIT_CONTENT)
        return agency_id, sight_of(session, whole, agency_id, None, None) if agency_id is not None else None
    row = service.notice_of(session, page.caller, notice, Permission.SEE)
    revision = service.held_of(session, row).revision
    return row.agency_id, sight_of(session, whole, row.agency_id, row.id, revision.id)


def whole_of_document(document: dict[str, Any]) -> Whole:
    """Return a form's document as a revision would say it; languages without words are left out, subtitles too.

    Raises:
        Problem: 422, it is none.
    """
    variants = document.get("variants")
    kept = {
        code: {name: part for name, part in spoken.items() if name in ("words", "media_id")}
        for code, spoken in (variants.items() if isinstance(variants, dict) else ())
        if isinstance(spoken, dict)
    }
    fields = {name: value for name, value in document.items() if name in Whole.model_fields and value is not None}
    try:
        return Whole.model_validate(fields | {"title": document.get("title") or "", "variants": kept})
    except ValidationError as error:
        raise invalid("unsound-notice", f"This does not fit together: {error.errors()[0]['msg']}.") from error
