"""What is still right, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.notices import service as notices
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.publishing.confirmations import repository, service
from server.publishing.confirmations.schemas import ConfirmationMade, ConfirmationNew, ConfirmationShown
from server.routes import Router

router = Router(prefix="/api/v1/notices/{notice_id}/confirmations", tags=["notices"])


@router.get("")
def confirmations(
    notice_id: UUID, caller: CallerDep, session: ReadSession, most: Annotated[int, Query(ge=1, le=200)] = 20
) -> list[ConfirmationShown]:
    """List who said that a notice is still right, newest first."""
    notice = notices.notice_of(session, caller, notice_id, Permission.SEE)
    found = repository.confirmations(session, notice.id, most)
    return [
        ConfirmationShown(**row.model_dump(), revision=revision, confirmed_by_name=name)
        for row, revision, name in found
    ]


@router.post("", status_code=201)
def confirm(
    notice_id: UUID, new: ConfirmationNew, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> ConfirmationMade:
    """Say that a notice is still right: its age counts from now, and its panels learn of it without a publication."""
    made = service.confirm(session, caller, notice_id, new, parts.clock())
    return ConfirmationMade(
        **made.row.model_dump(),
        revision=new.revision,
        confirmed_by_name=caller.display_name,
        right_until=made.right_until,
        panels=made.panels,
    )
