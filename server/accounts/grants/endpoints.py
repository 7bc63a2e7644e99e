"""Grants over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from server.accounts.calling import RECENT_FACTOR, CallerDep
from server.accounts.grants import service
from server.accounts.grants.schemas import GrantNew, GrantShown
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1", tags=["accounts"])


@router.get("/users/{user_id}/grants")
def grants(
    user_id: UUID,
    caller: CallerDep,
    session: ReadSession,
    ended: Annotated[bool, Query(description="Those that are over as well")] = False,
) -> list[GrantShown]:
    """List the roles that a person holds besides the one in their own agency."""
    return service.shown(session, service.of_user(session, caller, user_id, ended=ended))


@router.post("/users/{user_id}/grants", status_code=201, dependencies=[RECENT_FACTOR])
def give(user_id: UUID, new: GrantNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> GrantShown:
    """Give a person a role in an agency, at one site of it, or in the whole installation."""
    return service.shown(session, [service.give(session, caller, user_id, new, parts.clock())])[0]


@router.get("/agencies/{agency_id}/grants")
def grants_of_agency(agency_id: UUID, caller: CallerDep, session: ReadSession) -> list[GrantShown]:
    """List who holds a role in an agency besides its own people's."""
    return service.shown(session, service.of_agency(session, caller, agency_id))


@router.post("/grants/{grant_id}/end", dependencies=[RECENT_FACTOR])
def end(grant_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> GrantShown:
    """End a role that somebody holds; it counts from this moment on."""
    return service.shown(session, [service.end(session, caller, grant_id, parts.clock())])[0]
