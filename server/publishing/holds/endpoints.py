"""Holds over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.publishing.holds import repository, service
from server.publishing.holds.schemas import HoldAsked, HoldShown
from server.routes import Router

router = Router(prefix="/api/v1", tags=["holds"])


@router.get("/holds")
def holds(caller: CallerDep, session: ReadSession) -> list[HoldShown]:
    """List what rests now at the caller's sites, and what of the caller's rests anywhere, the newest first."""
    caller.require(Permission.SEE)
    return service.shown(session, repository.seen_holds(session, caller.seen))


@router.get("/notices/{notice_id}/holds")
def holds_of(
    notice_id: UUID, caller: CallerDep, session: ReadSession, lifted: Annotated[bool, Query()] = False
) -> list[HoldShown]:
    """List a notice's holds, newest first, with the panels that may still show it; `lifted` adds those of before."""
    notice = service.notice_of(session, caller, notice_id)
    return service.shown(session, repository.holds(session, notice_id=notice.id, lifted=lifted))


@router.post("/notices/{notice_id}/hold", status_code=201)
def hold(
    notice_id: UUID, asked: HoldAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> list[HoldShown]:
    """Take a notice off the air at once."""
    rows = service.hold(session, caller, notice_id, asked, parts.server_key, parts.clock())
    return service.shown(session, rows)


@router.post("/notices/{notice_id}/lift")
def lift(notice_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> list[HoldShown]:
    """Let a notice back on the air."""
    return service.shown(session, service.lift(session, caller, notice_id, parts.server_key, parts.clock()))
