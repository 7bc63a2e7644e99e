"""Availability over HTTP: figures of panels, when one was not right, and the same as CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response, StreamingResponse

from playlists.instant import format_instant
from server.accounts.endpoints import CallerDep
from server.edge import ReadSession, span
from server.office.sheet import XLSX, write_sheet
from server.parts import PartsDep
from server.reports.availability import service
from server.reports.availability.repository import Asked
from server.reports.availability.schemas import Availability, Outages
from server.reports.endpoints import LONGEST, From, To
from server.routes import Router
from server.spreadsheet import csv_lines

router = Router(prefix="/api/v1/reports", tags=["reports"])
HEAD = [
    "site", "panel", "from", "to", "hours_s", "planned_s", "right_s", "not_right_s", "no_power_s", "unknown_s",
    "at_least_permille", "at_most_permille", "power_cuts", "longest_power_cut_s", "failures", "mtbf_s", "mtta_s",
    "mttr_s", "recurring", "parts_used",
]  # fmt: skip
WIDTHS = (24, 24, 22, 22, *([12] * 14), 40, 10)
SiteAsked = Annotated[UUID | None, Query(description="One site; all that are yours without it")]


@router.get("/availability")
def availability(
    caller: CallerDep, session: ReadSession, parts: PartsDep, start: From, end: To, site_id: SiteAsked = None
) -> Availability:
    """Return how much of its hours each panel was lit with the right content, and what broke and was repaired."""
    return service.availability(session, caller, _asked(start, end), site_id, parts.clock())


@router.get("/availability.csv", response_class=StreamingResponse)
def availability_csv(
    caller: CallerDep, session: ReadSession, parts: PartsDep, start: From, end: To, site_id: SiteAsked = None
) -> StreamingResponse:
    """Export the figures for a spreadsheet."""
    found = service.availability(session, caller, _asked(start, end), site_id, parts.clock())
    return StreamingResponse(
        csv_lines(HEAD, _rows(found)), media_type="text/csv; charset=utf-8", headers=_named(found, "csv")
    )


@router.get("/availability.xlsx", response_class=Response)
def availability_xlsx(
    caller: CallerDep, session: ReadSession, parts: PartsDep, start: From, end: To, site_id: SiteAsked = None
) -> Response:
    """Export the figures as XLSX."""
    found = service.availability(session, caller, _asked(start, end), site_id, parts.clock())
    rows = [["" if cell is None else str(cell) for cell in row] for row in _rows(found)]
    content = write_sheet("Availability", HEAD, rows, WIDTHS)
    return Response(content, media_type=XLSX, headers=_named(found, "xlsx"))


@router.get("/panels/{panel_id}/outages")
def outages(panel_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep, start: From, end: To) -> Outages:
    """Return when a panel was not right in its due hours, and by what."""
    return service.of_panel(session, caller, panel_id, _asked(start, end), parts.clock())


def _asked(start: datetime, end: datetime) -> Asked:
    return Asked(*span(start, end, LONGEST))


def _rows(found: Availability) -> Iterator[Sequence[object]]:
    for one in found.items:
        times = [format_instant(at) if at is not None else None for at in (one.from_at, one.to_at)]
        recurring = "; ".join(f"{fault.code} {fault.subject} ×{fault.times}" for fault in one.recurring)
        yield [
            one.site_name, one.panel_name, *times, one.hours_s, one.planned_s, one.right_s, one.not_right_s,
            one.no_power_s, one.unknown_s, one.at_least_permille, one.at_most_permille, one.power_cuts,
            one.longest_power_cut_s, one.failures, one.mtbf_s, one.mtta_s, one.mttr_s, recurring, one.parts_used,
        ]  # fmt: skip


def _named(found: Availability, form: str) -> dict[str, str]:
    name = f"availability-{found.from_at:%Y%m%d}-{found.to_at:%Y%m%d}.{form}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
