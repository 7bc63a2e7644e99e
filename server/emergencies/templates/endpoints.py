"""Prepared warnings over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.emergencies.templates import repository, service
from server.emergencies.templates.schemas import PreparedAsked, TemplateNew, TemplateShown
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1", tags=["emergencies"])


@router.get("/warning-templates")
def templates(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[TemplateShown]:
    """List prepared warnings and the panels that have their pictures."""
    caller.require(Permission.SEE)
    return service.shown(session, repository.templates(session, caller.seen), parts.clock())


@router.post("/warning-templates/prepared", status_code=201)
def prepare(asked: PreparedAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> list[TemplateShown]:
    """Make what an agency lacks of the prepared set: notices in three languages, to be reviewed and released."""
    at = parts.clock()
    return service.shown(session, service.prepare(session, caller, asked.agency_id, at), at)


@router.post("/warning-templates", status_code=201)
def create(
    new: TemplateNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> TemplateShown:
    """Make a card a prepared warning. It needs a release with its word before an emergency can show it."""
    at = parts.clock()
    row = service.create(session, caller, new, at)
    tag(response, row.rev)
    return service.shown(session, [row], at)[0]


@router.post("/warning-templates/{template_id}/retire")
def retire(
    template_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> TemplateShown:
    """Offer a prepared warning no more."""
    at = parts.clock()
    row = service.retire(session, caller, template_id, expected, at)
    tag(response, row.rev)
    return service.shown(session, [row], at)[0]
