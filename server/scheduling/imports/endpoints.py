"""Imports over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.endpoints import CallerDep
from server.edge import WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.scheduling.imports import service
from server.scheduling.imports.schemas import DaysImportAsked, DaysImportShown, ImportAsked, ImportShown

router = Router(prefix="/api/v1", tags=["schedule"])


@router.post("/schedule/import")
def import_entries(asked: ImportAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> ImportShown:
    """Make entries out of an .ics file, first as a dry run; the answer says what was not understood."""
    return service.read_entries(session, caller, asked, parts.clock())


@router.post("/special-calendars/{calendar_id}/import")
def import_days(
    calendar_id: UUID, asked: DaysImportAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> DaysImportShown:
    """Add the days of an .ics file to a calendar, first as a dry run."""
    return service.read_days(session, caller, calendar_id, asked, parts.clock())
