"""An agency's look over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts import service as accounts
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.looks import service
from server.content.looks.schemas import LookAsked, LookShown
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.routes import Router

router = Router(prefix="/api/v1/agencies/{agency_id}/look", tags=["agencies"])


@router.get("")
def look(agency_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> LookShown:
    """Show the colours and the logo of an agency's cards."""
    agency = accounts.agency_of(session, caller, agency_id, Permission.SEE)
    tag(response, agency.rev)
    return service.shown(session, agency)


@router.put("")
def change(
    agency_id: UUID, asked: LookAsked, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> LookShown:
    """Choose the colours and the logo of an agency's cards."""
    agency = service.change(session, caller, agency_id, asked, expected)
    tag(response, agency.rev)
    return service.shown(session, agency)
