"""When a panel should be lit: its operating hours as times in UTC, and the closed times between them."""

from __future__ import annotations

from datetime import datetime, timedelta

from playlists.daypart import Locality, Span, zone
from playlists.manifest import PanelSpec
from playlists.sun import Place
from server.content.faces.repository import calendars
from server.db import Session
from server.tables import Panel, Site

_DAY = timedelta(days=1)


def open_spans(session: Session, panel: Panel, site: Site, start: datetime, end: datetime) -> list[Span]:
    """Return the windows of a panel's hours that touch [start, end), in order; they may overlap."""
    hours, locality = _spec(panel).hours, _locality(session, panel, site)
    day, last = (start - _DAY).astimezone(locality.tz).date(), end.astimezone(locality.tz).date()
    found: list[Span] = []
    while day <= last:
        found += [one for one in hours.on(day, locality) if one[0] < end and one[1] > start]
        day += _DAY
    return found


def closed_spans(session: Session, panel: Panel, site: Site, start: datetime, end: datetime) -> list[Span]:
    """Return the times in [start, end) outside a panel's hours, in order."""
    found, at = [], start
    for opens, closes in open_spans(session, panel, site, start, end):
        if opens > at:
            found.append((at, opens))
        at = max(at, closes)
    return [*found, (at, end)] if at < end else found


def _spec(row: Panel) -> PanelSpec:
    """Return a panel as the timeline sees it."""
    return PanelSpec.model_validate(
        {
            "id": str(row.id),
            "slug": row.slug,
            "name": row.name,
            "width": row.width,
            "height": row.height,
            "operating_hours": row.operating_hours,
            "hours_exceptions": row.hours_exceptions,
            "hours_calendar_id": str(row.hours_calendar_id) if row.hours_calendar_id is not None else None,
            "hours_day_off_windows": row.hours_day_off_windows,
        }
    )


def _locality(session: Session, row: Panel, site: Site) -> Locality:
    place = None
    if site.latitude_microdegrees is not None and site.longitude_microdegrees is not None:
        place = Place(
            latitude_microdegrees=site.latitude_microdegrees, longitude_microdegrees=site.longitude_microdegrees
        )
    ids = [str(row.hours_calendar_id)] if row.hours_calendar_id is not None else []
    return Locality(zone(site.time_zone), place, {one.id: one for one in calendars(session, ids)})
