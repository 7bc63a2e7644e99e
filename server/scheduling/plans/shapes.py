"""Rows of the schedule in the shapes of the domain; manifest and timeline document are both made of these."""

from __future__ import annotations

from typing import Any

from playlists.daypart import ALWAYS, DayException, Daypart, WeeklyWindow
from playlists.manifest import ManifestOverride, ScheduleEntry
from playlists.schedule import Timing
from server.tables import DaypartRow, OverrideRow, Panel, ScheduleEntryRow


def daypart(row: DaypartRow) -> Daypart:
    """Return a daypart."""
    return Daypart.model_validate(
        {"id": str(row.id), "name": row.name, "windows": row.windows, "exceptions": row.exceptions}
    )


def timing(row: ScheduleEntryRow) -> dict[str, Any]:
    """Return the fields of an entry's timing."""
    fields = {name: getattr(row, name) for name in Timing.model_fields if name != "agency"}
    return fields | {"agency": str(row.agency_id)}


def entry(row: ScheduleEntryRow) -> ScheduleEntry:
    """Return an entry as a manifest carries it."""
    return ScheduleEntry.model_validate(
        {
            **timing(row),
            "id": row.id,
            "playlist_id": row.playlist_id,
            "daypart": row.own_window,
            "daypart_id": str(row.daypart_id) if row.daypart_id is not None else None,
        }
    )


def override(row: OverrideRow) -> ManifestOverride:
    """Return an override as a manifest carries it."""
    return ManifestOverride(
        id=row.id, playlist_id=row.playlist_id, starts_at=row.starts_at, ends_at=row.ends_at, priority=row.priority
    )


def hours(panel: Panel) -> dict[str, Any]:
    """Return the fields of a panel's operating hours; none written means always."""
    windows = tuple(WeeklyWindow.model_validate(one) for one in panel.operating_hours)
    return {
        "operating_hours": windows or (ALWAYS,),
        "hours_exceptions": tuple(DayException.model_validate(one) for one in panel.hours_exceptions),
    }
