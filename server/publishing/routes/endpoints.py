"""Rules that choose routes, over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.publishing.routes import repository, service
from server.publishing.routes.schemas import RuleNew, RuleShown
from server.routes import Router

router = Router(prefix="/api/v1/routes", tags=["releases"])


@router.get("")
def list_rules(caller: CallerDep, session: ReadSession, ended: bool = False) -> list[RuleShown]:
    """List the rules that choose routes, the newest first; with `ended` the earlier versions too."""
    caller.require(Permission.SEE)
    rows = service.seen(caller, repository.rules(session, ended=ended))
    return [RuleShown.model_validate(row) for row in rows]


@router.post("", status_code=201)
def create(new: RuleNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> RuleShown:
    """Make a rule; the one for the same site, agency and class ends."""
    return RuleShown.model_validate(service.create(session, caller, new, parts.clock()))


@router.post("/{rule_id}/end")
def end(rule_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> RuleShown:
    """End a rule."""
    return RuleShown.model_validate(service.end(session, caller, rule_id, parts.clock()))
