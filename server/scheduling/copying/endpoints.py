"""Copying over HTTP."""

from __future__ import annotations

from server.accounts.endpoints import CallerDep
from server.edge import WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.scheduling.copying import service
from server.scheduling.copying.schemas import CopyAsked, CopyShown

router = Router(prefix="/api/v1", tags=["schedule"])


@router.post("/schedule/copy")
def copy(asked: CopyAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> CopyShown:
    """Copy a week, or last year's Tết, to another date for chosen panels; first as a dry run."""
    return service.copy(session, caller, asked, parts.clock())
