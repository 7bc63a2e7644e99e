"""Invitations over HTTP: giving them, and, for strangers who hold one, taking it."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from server.accounts.calling import RECENT_FACTOR, CallerDep, address_of, origin_of
from server.accounts.endpoints import entered
from server.accounts.factors.endpoints import PartyDep
from server.accounts.invitations import repository, service
from server.accounts.invitations.schemas import (
    InvitationLook,
    InvitationMade,
    InvitationSeen,
    InvitationShown,
    InvitationTaken,
    UserInvited,
)
from server.accounts.permissions import Permission
from server.accounts.schemas import LoginShown, UserNew
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.seen import Seen

public = Router(prefix="/api/v1/invitations", tags=["invitations"])
router = Router(prefix="/api/v1", tags=["invitations"])


@public.post("/look")
def look(asked: InvitationLook, request: Request, parts: PartsDep) -> InvitationSeen:
    """Say for whom a link is."""
    row, user = service.look(parts, asked.secret, address_of(request))
    return InvitationSeen(
        username=user.username, display_name=user.display_name, is_reset=row.is_reset, expires_at=row.expires_at
    )


@public.post("/take")
def take(taken: InvitationTaken, request: Request, response: Response, parts: PartsDep, party: PartyDep) -> LoginShown:
    """Choose the password of an account with its link, which works once, and log in."""
    done = service.take(parts, taken, origin_of(request, parts.settings), party)
    return entered(response, parts, done, bearer=taken.bearer)


@router.post("/users", status_code=201, dependencies=[RECENT_FACTOR])
def create_user(
    new: UserNew, caller: CallerDep, session: WriteSession, parts: PartsDep, request: Request
) -> UserInvited:
    """Make a person; the answer holds, this once, the link with which they choose their password."""
    return service.invite(session, parts, caller, new, address_for(request, parts))


@router.post("/users/{user_id}/invitation", status_code=201, dependencies=[RECENT_FACTOR])
def invite_again(
    user_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep, request: Request
) -> InvitationMade:
    """Make another link for somebody who never took one; the older ones are void."""
    return service.invite_again(session, parts, caller, user_id, address_for(request, parts))


@router.get("/invitations")
def invitations(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[InvitationShown]:
    """List the links that can still be taken, newest first."""
    caller.require(Permission.EDIT_USERS)
    rows = repository.open_ones(session, Seen(caller.agencies(Permission.EDIT_USERS)), parts.clock())
    return [
        InvitationShown(
            id=row.id,
            user_id=user.id,
            username=user.username,
            display_name=user.display_name,
            is_reset=row.is_reset,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row, user in rows
    ]


@router.delete("/invitations/{invitation_id}", status_code=204)
def cancel(invitation_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Make a link void."""
    service.cancel(session, caller, invitation_id, parts.clock())


def address_for(request: Request, parts: PartsDep) -> str:
    """Return the address that people use, for links."""
    return parts.settings.base_url or str(request.base_url)
