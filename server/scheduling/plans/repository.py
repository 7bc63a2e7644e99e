"""Queries that gather a panel's plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from playlists.daypart import zone
from server.db import Session
from server.scheduling import repository as playlists
from server.scheduling.dayparts import repository as dayparts
from server.scheduling.entries import repository as entries
from server.scheduling.overrides import repository as overrides
from server.scheduling.targets import repository as targets
from server.tables import (
    DaypartRow,
    Notice,
    OverrideRow,
    Panel,
    PanelQuota,
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
    quotas: list[PanelQuota] = field(default_factory=list)
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


def gather(session: Session, panel: Panel, since: datetime) -> Gathered:
    """Return a panel's plan without what was over by the local day before a time."""
    site = playlists.site(session, panel.site_id)
    first = (since.astimezone(zone(site.time_zone)).date() - _DAY).isoformat()
    entry_rows = entries.of_panel(session, panel, first)
    urgent = overrides.of_panel(session, panel, since)
    named = {one.playlist_id for one in entry_rows} | {one.playlist_id for one in urgent}
    if panel.default_playlist_id is not None:
        named.add(panel.default_playlist_id)
    items = [item for rows in playlists.items(session, sorted(named)).values() for item in rows]
    return Gathered(
        panel=panel,
        site=site,
        tags=targets.tags(session, [panel.id]).get(panel.id, []),
        quotas=quotas(session, panel.id),
        entries=entry_rows,
        overrides=urgent,
        dayparts=dayparts.by_ids(session, {one.daypart_id for one in entry_rows if one.daypart_id is not None}),
        playlists=playlists.by_ids(session, named),
        items=items,
        notices=playlists.notices(session, {item.notice_id for item in items}),
    )


def quotas(session: Session, panel_id: UUID) -> list[PanelQuota]:
    """Return the quotas of a panel, by agency."""
    statement = select(PanelQuota).where(PanelQuota.panel_id == panel_id).order_by(col(PanelQuota.agency_id))
    return list(session.exec(statement))
