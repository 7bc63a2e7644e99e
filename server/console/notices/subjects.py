"""The page of the subjects and tasks of a year, which notices name so that a report can add them up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from server.accounts.permissions import Permission
from server.console import repository as console_rows
from server.console.notices import repository
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import mark
from server.edge import ReadSession
from server.routes import Router
from server.tables import Subject
from server.tables.content import SubjectKind

router = Router(route_class=PageRoute, include_in_schema=False)
HEADINGS = {SubjectKind.SUBJECT: mark("Subjects"), SubjectKind.TASK: mark("Tasks")}
NEW = {SubjectKind.SUBJECT: mark("New subject"), SubjectKind.TASK: mark("New task")}


@router.get("/notices/subjects")
def subjects(
    page: PageDep, session: ReadSession, year: Annotated[int | None, Query(ge=2000, le=2199)] = None
) -> HTMLResponse:
    """Show the two lists of a year."""
    chosen = year or page.now.astimezone(HOME_ZONE).year
    own = page.caller.seen
    rows = repository.subjects(session, own, year=chosen)
    uses = repository.uses_of_subjects(session, [row.id for row in rows])
    agencies = console_rows.agencies(session, own)
    before = repository.subjects(session, own, year=chosen - 1) if not rows else []
    editable = page.may(Permission.EDIT_CONTENT)
    return page.render(
        "subjects.html",
        "notices",
        year=chosen,
        editable=editable,
        agencies=agencies,
        lists=[_list(page, kind, rows, uses) for kind in SubjectKind],
        offer_copy=_copy(before, chosen) if editable and before else None,
    )


def _copy(before: list[Subject], year: int) -> dict[str, Any]:
    return {"agency_id": str(before[0].agency_id), "from_year": year - 1, "to_year": year}


def _list(page: Page, kind: SubjectKind, rows: list[Subject], uses: dict[Any, int]) -> dict[str, Any]:
    heading, new = HEADINGS[kind], NEW[kind]
    return {
        "kind": kind.value,
        "heading": page.texts.say(heading),
        "new": page.texts.say(new),
        "rows": [
            {
                "id": row.id,
                "name": row.name,
                "rev": row.rev,
                "closed": row.closed_at is not None,
                "used": page.texts.count("%(num)s notice", "%(num)s notices", uses.get(row.id, 0)),
            }
            for row in rows
            if row.kind == kind
        ],
    }
