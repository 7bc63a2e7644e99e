"""What becomes of agencies, over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.calling import RECENT_FACTOR, CallerDep
from server.accounts.succession import service
from server.accounts.succession.schemas import (
    AgencyStory,
    CloseAsked,
    MergeAsked,
    MergePreview,
    PlanShown,
    RenameAsked,
    SplitAsked,
)
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.tables import AgencyPlan

router = Router(prefix="/api/v1", tags=["accounts"])


@router.get("/agencies/{agency_id}/story")
def story(agency_id: UUID, caller: CallerDep, session: ReadSession) -> AgencyStory:
    """Tell what an agency was called, where it went, what went into it, and what is planned."""
    return service.story(session, caller, agency_id)


@router.post("/agencies/{agency_id}/rename")
def rename(agency_id: UUID, asked: RenameAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> PlanShown:
    """Give an agency another name, at once or on a day; records of the past keep the old one."""
    return _plan(service.rename(session, caller, agency_id, asked, parts.clock()))


@router.get("/agencies/{agency_id}/merge/{into_id}")
def merge_preview(agency_id: UUID, into_id: UUID, caller: CallerDep, session: ReadSession) -> MergePreview:
    """Tell what a merger would move, by kind, and what stands in its way; nothing is changed."""
    return service.preview(session, caller, agency_id, into_id)


@router.post("/agencies/{agency_id}/merge", dependencies=[RECENT_FACTOR])
def merge(agency_id: UUID, asked: MergeAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> PlanShown:
    """Give everything of an agency to another one and close it, at once or on a day. It cannot be undone.

    People, sites, panels, boards, notices, files, phrases, playlists, schedules, quotas and subjects go; plays,
    revisions, releases and the audit log of before keep the old agency's name.
    """
    return _plan(service.merge(session, caller, agency_id, asked, parts.clock()))


@router.post("/agencies/{agency_id}/split", dependencies=[RECENT_FACTOR])
def split(agency_id: UUID, asked: SplitAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> PlanShown:
    """Give people, sites, notices and playlists of an agency to a new or another one, at once or on a day."""
    return _plan(service.split(session, caller, agency_id, asked, parts.clock()))


@router.post("/agencies/{agency_id}/close-on", dependencies=[RECENT_FACTOR])
def close_on(
    agency_id: UUID, asked: CloseAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> PlanShown:
    """Close an agency on a day: its past stays, its people can no longer log in."""
    return _plan(service.close(session, caller, agency_id, asked, parts.clock()))


@router.post("/agency-plans/{plan_id}/cancel")
def cancel(plan_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> PlanShown:
    """Call a planned change of an agency off, before its day."""
    return _plan(service.cancel(session, caller, plan_id, parts.clock()))


def _plan(row: AgencyPlan) -> PlanShown:
    return PlanShown.model_validate(row)
