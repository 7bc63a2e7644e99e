"""What plans say before they are published, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from server.accounts.endpoints import CallerDep
from server.edge import ReadSession
from server.parts import PartsDep
from server.scheduling.essential_only.schemas import EssentialOnlyAsked, Remains
from server.scheduling.plans import remains as remaining

router = APIRouter(prefix="/api/v1", tags=["schedule"])


@router.post("/essential-only/preview")
def preview_essential_only(
    asked: EssentialOnlyAsked, caller: CallerDep, session: ReadSession, parts: PartsDep
) -> Remains:
    """Tell what would remain on each panel of sites."""
    return remaining.remains(session, caller, asked.site_ids, parts.clock())
