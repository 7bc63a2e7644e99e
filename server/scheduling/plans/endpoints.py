"""What plans say before they are published, over HTTP."""

from __future__ import annotations

from server.accounts.endpoints import CallerDep
from server.edge import ReadSession
from server.parts import PartsDep
from server.routes import Router
from server.scheduling.essential_only.schemas import EssentialOnlyAsked, Remains
from server.scheduling.overrides.schemas import OverrideNew
from server.scheduling.plans import checks
from server.scheduling.plans import remains as remaining
from server.scheduling.plans.schemas import CheckShown, EntryCheck

router = Router(prefix="/api/v1", tags=["schedule"])


@router.post("/essential-only/preview")
def preview_essential_only(
    asked: EssentialOnlyAsked, caller: CallerDep, session: ReadSession, parts: PartsDep
) -> Remains:
    """Tell what would remain on each panel of sites."""
    return remaining.remains(session, caller, asked.site_ids, parts.clock())


@router.post("/schedule/check")
def check_entry(asked: EntryCheck, caller: CallerDep, session: ReadSession, parts: PartsDep) -> CheckShown:
    """Tell what an entry would do before it is saved: when it is on, what it hides, and what would fit better."""
    return checks.check_entry(session, caller, asked, parts.clock())


@router.post("/overrides/check")
def check_override(asked: OverrideNew, caller: CallerDep, session: ReadSession, parts: PartsDep) -> CheckShown:
    """Tell what an override would hide before it is made."""
    return checks.check_override(session, caller, asked, parts.clock())
