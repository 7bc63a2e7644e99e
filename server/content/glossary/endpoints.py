"""The glossary over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.content.glossary import lists, repository, service
from server.content.glossary.schemas import (
    CheckAsked,
    CheckShown,
    ListTaken,
    NoteAsked,
    TermAsked,
    TermShown,
)
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.office.fault import MOST_FILE_BYTES, OfficeFault
from server.office.sheet import XLSX
from server.parts import PartsDep
from server.routes import Router
from server.tables import GlossaryTerm

router = Router(prefix="/api/v1", tags=["glossary"])
File = Annotated[bytes, Body(media_type="application/octet-stream", description="the file itself")]


@router.get("/glossary")
def terms(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    q: Annotated[str, Query(max_length=200, description="words of any language; case and accents do not matter")] = "",
    archived: bool = False,
) -> Page[TermShown]:
    """List terms, newest first."""
    caller.require(Permission.SEE)
    rows = repository.terms(session, asked, q, archived=archived)
    views = {one.id: one for one in service.shown(session, caller, rows)}
    return asked.page(rows, lambda row: views[row.id], lambda row: row.id)


@router.post("/glossary", status_code=201)
def create_term(asked: TermAsked, caller: CallerDep, session: WriteSession, response: Response) -> TermShown:
    """Add a term: its Vietnamese words, and what it is called in English and Chinese."""
    return _shown(session, caller, response, service.create(session, caller, asked))


@router.get("/glossary/list.csv", response_class=Response)
def list_as_csv(caller: CallerDep, session: ReadSession) -> Response:
    """Send the terms in use as one list in CSV."""
    caller.require(Permission.SEE)
    content = lists.as_csv(repository.in_use(session, service.MOST_TERMS))
    return Response(content, media_type="text/csv; charset=utf-8", headers=_named("csv"))


@router.get("/glossary/list.xlsx", response_class=Response)
def list_as_xlsx(caller: CallerDep, session: ReadSession) -> Response:
    """Send the terms in use as one list in XLSX."""
    caller.require(Permission.SEE)
    content = lists.as_xlsx(repository.in_use(session, service.MOST_TERMS))
    return Response(content, media_type=XLSX, headers=_named("xlsx"))


def _named(form: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="bang-tin-glossary.{form}"'}


@router.post("/glossary/list", max_body_size=MOST_FILE_BYTES + 1)
def take_list(
    caller: CallerDep,
    session: WriteSession,
    content: File = b"",
    dry_run: Annotated[bool, Query(description="say what would be done, and do nothing")] = False,
) -> ListTaken:
    """Add and change terms as a list in CSV or XLSX says; terms that it does not have stay."""
    caller.require(Permission.EDIT_CONTENT)
    try:
        rows = lists.read_rows(content)
    except OfficeFault as fault:
        raise fault.problem() from fault
    return lists.take(session, caller, rows, dry_run=dry_run)


@router.post("/glossary/starter")
def take_starter(caller: CallerDep, session: WriteSession) -> ListTaken:
    """Add the terms that the program brings along; terms that are there stay as they are."""
    caller.require(Permission.EDIT_CONTENT)
    rows = lists.read_rows(lists.starter())
    fresh = [row for row in rows if repository.term_of_key(session, service.key(row[0])) is None]
    return lists.take(session, caller, fresh, dry_run=False)


@router.post("/glossary/check")
def check(asked: CheckAsked, caller: CallerDep, session: ReadSession) -> CheckShown:
    """Find the agreed terms of a source text, and say where its translations depart from them."""
    caller.require(Permission.SEE)
    return service.check(session, caller, asked)


@router.get("/glossary/{term_id}")
def term(term_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> TermShown:
    """Show a term."""
    return _shown(session, caller, response, service.term_of(session, caller, term_id, Permission.SEE))


@router.put("/glossary/{term_id}")
def change_term(
    term_id: UUID, asked: TermAsked, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> TermShown:
    """Set what a term is called."""
    return _shown(session, caller, response, service.change(session, caller, term_id, asked, expected))


@router.put("/glossary/{term_id}/note")
def remark(
    term_id: UUID, asked: NoteAsked, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> TermShown:
    """Set what an agency remarks on a term; an empty remark takes it away."""
    return _shown(session, caller, response, service.remark(session, caller, term_id, asked, parts.clock()))


@router.post("/glossary/{term_id}/archive")
def archive_term(
    term_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> TermShown:
    """Take a term out of use."""
    return _shown(session, caller, response, service.archive(session, caller, term_id, parts.clock(), expected))


@router.post("/glossary/{term_id}/restore")
def restore_term(
    term_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> TermShown:
    """Bring an archived term back."""
    return _shown(session, caller, response, service.archive(session, caller, term_id, None, expected))


def _shown(session: Session, caller: Caller, response: Response, row: GlossaryTerm) -> TermShown:
    tag(response, row.rev)
    return service.shown(session, caller, [row])[0]
