"""One's own logins and known devices over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from server.accounts.agents import words_of
from server.accounts.calling import CallerDep, origin_of
from server.accounts.factors import repository as factors
from server.accounts.sessions import service
from server.accounts.sessions.schemas import DeviceListed, Ended, LoginListed
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1/me", tags=["logins and devices"])


@router.get("/logins")
def logins(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[LoginListed]:
    """List where the caller is logged in, the latest used first."""
    return [
        LoginListed(
            id=row.id,
            device=words_of(row.agent),
            address=row.address,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_this=row.id == caller.session_id,
        )
        for row in service.logins_of(session, parts, caller)
    ]


@router.delete("/logins/{login_id}", status_code=204)
def end_login(login_id: UUID, caller: CallerDep, session: WriteSession) -> None:
    """End one of the caller's logins."""
    service.end_login(session, caller, login_id)


@router.post("/logins/end-others")
def end_other_logins(caller: CallerDep, session: WriteSession, parts: PartsDep) -> Ended:
    """End all of the caller's logins but this one."""
    return Ended(count=service.end_other_logins(session, parts, caller))


@router.get("/devices")
def devices(caller: CallerDep, session: ReadSession, parts: PartsDep, request: Request) -> list[DeviceListed]:
    """List the devices that know the caller, the latest used first."""
    secret = origin_of(request, parts.settings).device
    return [
        DeviceListed(
            id=row.id,
            device=words_of(row.agent),
            address=row.address,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
            is_this=service.is_this_device(row, secret),
        )
        for row in factors.devices(session, caller.user_id, parts.clock())
    ]


@router.delete("/devices/{device_id}", status_code=204)
def forget_device(device_id: UUID, caller: CallerDep, session: WriteSession) -> None:
    """Make a device a new one again: the next login there asks for a second factor."""
    service.forget_device(session, caller, device_id)
