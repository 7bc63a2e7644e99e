"""Queries that gather a panel's plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from playlists.daypart import zone
from playlists.special_day import Calendar
from server.db import Session
from server.fleet import repository as fleet
from server.scheduling import repository as playlists
from server.scheduling.dayparts import repository as dayparts
from server.scheduling.entries import repository as entries
from server.scheduling.essential_only import repository as essential_only
from server.scheduling.overrides import repository as overrides
from server.scheduling.quotas import repository as quotas
from server.scheduling.special_days import repository as calendars
from server.tables import (
    DaypartRow,
    EssentialOnlyRow,
    Notice,
    OverrideRow,
    Panel,
    PlaylistItemRow,
    PlaylistRow,
    ScheduleEntryRow,
    Site,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gathered:
    """What a panel plays: entries and overrides, and what these and the default name."""

    panel: Panel
    site: Site
    tags: list[str] = field(default_factory=list)
    quotas: dict[UUID, int] = field(default_factory=dict)
    calendars: list[Calendar] = field(default_factory=list)
    essential_only: list[EssentialOnlyRow] = field(default_factory=list)
    entries: list[ScheduleEntryRow] = field(default_factory=list)
    overrides: list[OverrideRow] = field(default_factory=list)
    dayparts: dict[UUID, DaypartRow] = field(default_factory=dict)
    playlists: dict[UUID, PlaylistRow] = field(default_factory=dict)
    items: list[PlaylistItemRow] = field(default_factory=list)
    notices: dict[UUID, Notice] = field(default_factory=dict)

    def urgent(self) -> Gathered:
        """Return the part that overrides need."""
        named = {one.playlist_id for one in self.overrides}
        return replace(
            self,
            entries=[],
            dayparts={},
            playlists={key: row for key, row in self.playlists.items() if key in named},
            items=[item for item in self.items if item.playlist_id in named],
        )


@dataclass(frozen=True)
class Instead:
    """A change that somebody thinks about: an entry or override that stands for the saved one of the same id."""

    entry: ScheduleEntryRow | None = None
    override: OverrideRow | None = None

    def entries(self, rows: list[ScheduleEntryRow]) -> list[ScheduleEntryRow]:
        """Return entries after the change."""
        one = self.entry
        return rows if one is None else [*(row for row in rows if row.id != one.id), one]

    def overrides(self, rows: list[OverrideRow]) -> list[OverrideRow]:
        """Return overrides after the change."""
        one = self.override
        return rows if one is None else [*(row for row in rows if row.id != one.id), one]


AS_SAVED = Instead()


def gather(session: Session, panel: Panel, since: datetime, instead: Instead = AS_SAVED) -> Gathered:
    """Return a panel's plan without what was over by the local day before a time."""
    site = playlists.site(session, panel.site_id)
    first = (since.astimezone(zone(site.time_zone)).date() - _DAY).isoformat()
    entry_rows = instead.entries(entries.of_panel(session, panel, first))
    urgent = instead.overrides(overrides.of_panel(session, panel, since))
    named = {one.playlist_id for one in entry_rows} | {one.playlist_id for one in urgent}
    if panel.default_playlist_id is not None:
        named.add(panel.default_playlist_id)
    items = [item for rows in playlists.items(session, sorted(named)).values() for item in rows]
    daypart_rows = dayparts.by_ids(session, {one.daypart_id for one in entry_rows if one.daypart_id is not None})
    return Gathered(
        panel=panel,
        site=site,
        tags=fleet.tags(session, [panel.id])[panel.id],
        quotas={row.agency_id: row.permille for row, _ in quotas.of_panel(session, panel.id)},
        calendars=calendars.confirmed(session, _calendars_named(panel, entry_rows, daypart_rows), since.year - 1),
        essential_only=essential_only.of_site(session, panel.site_id, since),
        entries=entry_rows,
        overrides=urgent,
        dayparts=daypart_rows,
        playlists=playlists.by_ids(session, named),
        items=items,
        notices=playlists.notices(session, {item.notice_id for item in items}),
    )


def items_needed(session: Session, panel: Panel, since: datetime) -> list[PlaylistItemRow]:
    """Return the items that a panel's plan may play from a time on: all that `gather` returns, maybe a few more."""
    named = entries.playlists_of(session, panel, (since - 2 * _DAY).date().isoformat())
    named |= {one.playlist_id for one in overrides.of_panel(session, panel, since)}
    if panel.default_playlist_id is not None:
        named.add(panel.default_playlist_id)
    return [item for rows in playlists.items(session, sorted(named)).values() for item in rows]


def _calendars_named(
    panel: Panel, entry_rows: list[ScheduleEntryRow], daypart_rows: dict[UUID, DaypartRow]
) -> set[UUID]:
    named = {one.calendar_id for one in daypart_rows.values()} | {panel.hours_calendar_id}
    tied = {UUID(one.special_days["calendar_id"]) for one in entry_rows if one.special_days is not None}
    return {one for one in named if one is not None} | tied
