"""Resets over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from server.accounts.calling import RECENT_FACTOR, CallerDep
from server.accounts.invitations.endpoints import address_for
from server.accounts.invitations.schemas import InvitationMade
from server.accounts.permissions import Permission
from server.accounts.resets import repository, service
from server.accounts.resets.schemas import ResetNew, ResetShown
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.seen import Seen
from server.tables import ResetRequest, User

router = Router(prefix="/api/v1", tags=["resets"])


@router.get("/resets")
def resets(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[ResetShown]:
    """List the resets that wait for another administrator, oldest first."""
    caller.require(Permission.EDIT_USERS)
    rows = repository.waiting(session, Seen(caller.agencies(Permission.EDIT_USERS)), parts.clock())
    return [_shown(row, user, asker.display_name) for row, user, asker in rows]


@router.post("/users/{user_id}/resets", status_code=201, dependencies=[RECENT_FACTOR])
def ask(new: ResetNew, user_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> ResetShown:
    """Ask that a person may begin anew; another administrator confirms it."""
    row, user = service.ask(session, parts, caller, user_id, new.reason)
    return _shown(row, user, caller.display_name)


@router.post("/resets/{reset_id}/confirm", dependencies=[RECENT_FACTOR])
def confirm(
    reset_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep, request: Request
) -> InvitationMade:
    """Confirm what another administrator asked; the answer holds the person's link, this once."""
    return service.confirm(session, parts, caller, reset_id, address_for(request, parts))


@router.post("/resets/{reset_id}/refuse", status_code=204)
def refuse(reset_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Let nothing come of a reset."""
    service.refuse(session, parts, caller, reset_id)


def _shown(row: ResetRequest, user: User, asked_by_name: str) -> ResetShown:
    return ResetShown(
        id=row.id,
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_by_name=asked_by_name,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
