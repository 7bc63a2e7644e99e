"""Special days over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.scheduling.special_days import repository, service
from server.scheduling.special_days.schemas import (
    CalendarChange,
    CalendarNew,
    CalendarShown,
    Year,
    YearChange,
    YearShown,
)
from server.tables import SpecialCalendar

router = Router(prefix="/api/v1", tags=["special days"])


@router.get("/special-calendars")
def calendars(caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[CalendarShown]:
    """List calendars of special days, newest first."""
    caller.require(Permission.SEE)
    rows = repository.calendars(session, asked)
    pictures = {one.id: one for one in service.shown(session, rows)}
    return asked.page(rows, lambda row: pictures[row.id], lambda row: row.id)


@router.post("/special-calendars", status_code=201)
def create_calendar(new: CalendarNew, caller: CallerDep, session: WriteSession, response: Response) -> CalendarShown:
    """Make a calendar of special days."""
    return _shown(session, response, service.create(session, caller, new))


@router.get("/special-calendars/{calendar_id}")
def calendar(calendar_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> CalendarShown:
    """Show a calendar and which of its years are confirmed."""
    return _shown(session, response, service.calendar_of(session, caller, calendar_id, Permission.SEE))


@router.patch("/special-calendars/{calendar_id}")
def rename_calendar(
    calendar_id: UUID,
    change: CalendarChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> CalendarShown:
    """Give a calendar another name."""
    return _shown(session, response, service.rename(session, caller, calendar_id, change, expected))


@router.get("/special-calendars/{calendar_id}/years/{year}")
def year(calendar_id: UUID, year: Year, caller: CallerDep, session: ReadSession, response: Response) -> YearShown:
    """Show a year's special days; one that nobody wrote down yet is proposed where the country is known."""
    row = service.calendar_of(session, caller, calendar_id, Permission.SEE)
    found = service.year_of(session, row, year)
    tag(response, found.rev)
    return found


@router.put("/special-calendars/{calendar_id}/years/{year}")
def set_year(
    calendar_id: UUID,
    year: Year,
    change: YearChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> YearShown:
    """Write a year's special days down, and confirm them."""
    found = service.set_year(session, caller, calendar_id, year, change, expected, parts.clock())
    tag(response, found.rev)
    return found


def _shown(session: Session, response: Response, row: SpecialCalendar) -> CalendarShown:
    tag(response, row.rev)
    return service.shown(session, [row])[0]
