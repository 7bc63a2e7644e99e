"""Kept readings over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from playlists.instant import format_instant
from server.accounts.endpoints import CallerDep
from server.edge import ReadSession, span
from server.faults.readings import service
from server.faults.readings.schemas import PointShown, ReadingsShown, SeriesShown
from server.faults.readings.service import COARSE_S, KEPT, Series
from server.routes import Router
from server.spreadsheet import csv_lines

router = Router(prefix="/api/v1", tags=["faults"])
From = Annotated[datetime, Query(alias="from", examples=["2026-11-01T00:00:00Z"])]
To = Annotated[datetime, Query(alias="to", examples=["2026-12-01T00:00:00Z"])]
Name = Annotated[str | None, Query(max_length=40, description="One reading, for example cpu_temperature")]


@router.get("/panels/{panel_id}/readings")
def readings(
    panel_id: UUID, caller: CallerDep, session: ReadSession, start: From, end: To, name: Name = None
) -> ReadingsShown:
    """Return what was measured: least, mean and most of each five minutes, or of each hour beyond two days."""
    panel = service.panel_of(session, caller, panel_id)
    begin, finish = span(start, end, KEPT[COARSE_S])
    found = _found(service.history(session, panel.id, begin, finish), name)
    return ReadingsShown(panel_id=panel.id, from_at=begin, to_at=finish, items=[_shown(one) for one in found])


@router.get("/panels/{panel_id}/readings.csv", response_class=StreamingResponse)
def readings_csv(
    panel_id: UUID, caller: CallerDep, session: ReadSession, start: From, end: To, name: Name = None
) -> StreamingResponse:
    """Export the same for a spreadsheet."""
    panel = service.panel_of(session, caller, panel_id)
    found = _found(service.history(session, panel.id, *span(start, end, KEPT[COARSE_S])), name)
    head = ["reading", "unit", "begin_at", "seconds", "least_milli", "mean_milli", "most_milli"]
    headers = {"Content-Disposition": f'attachment; filename="readings-{panel.slug}.csv"'}
    return StreamingResponse(csv_lines(head, _rows(found)), media_type="text/csv; charset=utf-8", headers=headers)


def _found(every: list[Series], name: str | None) -> list[Series]:
    return [one for one in every if name is None or one.name == name]


def _shown(one: Series) -> SeriesShown:
    points = [
        PointShown(begin_at=at.begin_at, least_milli=at.least, mean_milli=at.mean, most_milli=at.most)
        for at in one.points
    ]
    return SeriesShown(name=one.name, unit=one.unit, grain_s=one.grain_s, points=points)


def _rows(found: list[Series]) -> Iterator[Sequence[object]]:
    for one in found:
        for at in one.points:
            yield one.name, one.unit, format_instant(at.begin_at), one.grain_s, at.least, at.mean, at.most
