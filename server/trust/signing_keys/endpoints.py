"""Signing keys, and the plan of the next root, over HTTP."""

from __future__ import annotations

import json
from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.permissions import Permission
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.trust.signing_keys import service
from server.trust.signing_keys.schemas import DifferenceShown, KeyNew, KeyShown, PlanShown

router = Router(prefix="/api/v1/trust", tags=["trust"])


@router.get("/keys")
def keys(caller: CallerDep, session: ReadSession) -> list[KeyShown]:
    """List the caller's keys and passkeys; who may see people sees those of their agency."""
    caller.require(Permission.SEE)
    return service.shown(session, caller)


@router.post("/keys", status_code=201, dependencies=[RECENT_FACTOR])
def register(new: KeyNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> KeyShown:
    """Register the caller's own key in a file; it counts once a root names it."""
    row = service.register(session, caller, new, parts.clock())
    return next(one for one in service.shown(session, caller) if one.id == row.id)


@router.delete("/keys/{key_id}", status_code=204, dependencies=[RECENT_FACTOR])
def remove(key_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Take a key out of the registry; it counts until a new root is installed."""
    service.remove(session, caller, key_id, parts.clock())


@router.get("/plan")
def plan(caller: CallerDep, session: ReadSession, parts: PartsDep) -> PlanShown:
    """Show the plan of the next root, made of the registry, people's roles, and the root of now."""
    caller.require(Permission.EDIT_TRUST)
    made = service.planned(session, parts.server_public_key, parts.settings.base_url)
    return PlanShown(
        plan=made.plan,
        flaw=made.flaw,
        differences=[DifferenceShown.model_validate(one) for one in made.differences],
        next_version=made.next_version,
    )


@router.get("/plan.json", response_class=Response)
def plan_file(caller: CallerDep, session: ReadSession, parts: PartsDep) -> Response:
    """Give the plan as the file that `bangtin root init` and `rotate` take."""
    caller.require(Permission.EDIT_TRUST)
    made = service.planned(session, parts.server_public_key, parts.settings.base_url)
    content = json.dumps(made.plan, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="plan-{made.next_version}.json"'}
    return Response(content, media_type="application/json", headers=headers)
