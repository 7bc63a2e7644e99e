"""When entries are on air, as sentences in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from playlists.daypart import Daypart, WeeklyWindow
from playlists.language import Language
from playlists.rule_words import rule_words
from playlists.schedule import Timing
from server.scheduling.entries.schemas import Sentences
from server.tables import DaypartRow, ScheduleEntryRow


def daypart_of(row: DaypartRow) -> Daypart:
    """Return a daypart in the shape of the domain."""
    return Daypart.model_validate(
        {
            "id": str(row.id),
            "name": row.name,
            "windows": row.windows,
            "exceptions": row.exceptions,
            "calendar_id": str(row.calendar_id) if row.calendar_id is not None else None,
            "day_off_windows": row.day_off_windows,
        }
    )


def timing_of(row: ScheduleEntryRow) -> Timing:
    """Return when an entry is on air in the shape of the domain."""
    return Timing.model_validate(
        {name: getattr(row, name) for name in Timing.model_fields if name != "agency"} | {"agency": str(row.agency_id)}
    )


def said(
    row: ScheduleEntryRow,
    dayparts: Mapping[UUID, DaypartRow],
    calendar_names: Mapping[str, str],
    today: date | None = None,
) -> Sentences:
    """Return when an entry is on air, in one sentence for each language; a start up to `today` is not said."""
    daypart = dayparts[row.daypart_id] if row.daypart_id is not None else None
    window = WeeklyWindow.model_validate(row.own_window) if row.own_window is not None else None
    timing = timing_of(row)
    return {
        language: rule_words(
            timing,
            language,
            window=window,
            daypart=daypart.name if daypart is not None else None,
            week=daypart_of(daypart) if daypart is not None else None,
            calendar_names=calendar_names,
            today=today,
        )
        for language in Language
    }
