"""Rows of the schedule in the shapes of the domain; manifest and timeline document are both made of these."""

from __future__ import annotations

from typing import Any

from playlists.daypart import ALWAYS, DayException, DayWindow, WeeklyWindow
from playlists.manifest import ManifestEssentialOnly, ManifestOverride, ScheduleEntry
from playlists.notice import ContentClass
from server.content.notices.rows import Airs
from server.scheduling.entries.words import timing_of
from server.tables import (
    EssentialOnlyRow,
    Notice,
    OverrideRow,
    Panel,
    PlaylistItemRow,
    ScheduleEntryRow,
)


def entry(row: ScheduleEntryRow) -> ScheduleEntry:
    """Return an entry as a manifest carries it."""
    return ScheduleEntry.model_validate(
        {
            **timing_of(row).model_dump(),
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


def essential_only(row: EssentialOnlyRow) -> ManifestEssentialOnly:
    """Return a time of essential notices only as a manifest carries it."""
    return ManifestEssentialOnly(id=row.id, starts_at=row.starts_at, ends_at=row.ends_at, reason=row.reason)


def item(row: PlaylistItemRow, notice: Notice | Airs) -> dict[str, Any]:
    """Return the fields of an item that do not depend on what was rendered."""
    return {
        "id": row.id,
        "title": notice.title,
        "on_air_ms": row.on_air_ms,
        "content_class": ContentClass(notice.content_class),
        "festive": notice.festive,
        "animated": notice.animated,
    }


def validity(notice: Notice | Airs) -> dict[str, Any]:
    """Return from when until when an item may be shown."""
    return {"valid_from": notice.shown_from, "valid_until": notice.shown_until}


def hours(panel: Panel) -> dict[str, Any]:
    """Return the fields of a panel's operating hours; none written means always."""
    windows = tuple(WeeklyWindow.model_validate(one) for one in panel.operating_hours)
    return {
        "operating_hours": windows or (ALWAYS,),
        "hours_exceptions": tuple(DayException.model_validate(one) for one in panel.hours_exceptions),
        "hours_calendar_id": str(panel.hours_calendar_id) if panel.hours_calendar_id is not None else None,
        "hours_day_off_windows": tuple(DayWindow.model_validate(one) for one in panel.hours_day_off_windows),
    }
