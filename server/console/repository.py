"""What the pages read that no feature's own list answers in one go. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, func, select

from playlists.card import Motion
from playlists.language import fold
from server.content.notices import repository as notice_rows
from server.content.notices.artworks import showables
from server.content.notices.content import AlbumContent, CardContent, ClipContent
from server.content.notices.repository import Sought
from server.content.notices.whole import Whole
from server.db import Session
from server.edge import Slice
from server.faults.alarms import repository as alarm_rows
from server.scheduling.entries import repository as entry_rows
from server.scheduling.entries.repository import plain_of
from server.scheduling.targets import repository as targets
from server.scheduling.targets.schemas import Targets
from server.seen import Seen
from server.tables import (
    Agency,
    DaypartRow,
    Job,
    Kiosk,
    KioskStatus,
    Media,
    Notice,
    OverrideRow,
    Panel,
    PanelQuota,
    PlaylistItemRow,
    PlaylistRow,
    PlayRow,
    ScheduleEntryRow,
    Site,
    SpecialCalendar,
    User,
)

PAGE = 60
"""How many rows a list shows before "Show more"."""


@dataclass(frozen=True)
class Fleet:
    """Panels with what stands behind them, by panel id."""

    panels: list[Panel]
    sites: dict[UUID, Site]
    kiosks: dict[UUID, Kiosk] = field(default_factory=dict)
    statuses: dict[UUID, KioskStatus] = field(default_factory=dict)
    severities: dict[UUID, list[str]] = field(default_factory=dict)


def panels(session: Session, seen: Seen) -> list[Panel]:
    """Return panels of an agency (None: of all) by name."""
    statement = select(Panel).order_by(col(Panel.name), col(Panel.id))
    statement = statement.where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
    return list(session.exec(statement))


def panels_by_id(session: Session, ids: Iterable[UUID]) -> list[Panel]:
    """Return panels by id, by name."""
    return list(
        session.exec(select(Panel).where(col(Panel.id).in_(list(ids))).order_by(col(Panel.name), col(Panel.id)))
    )


def fleet(
    session: Session,
    rows: Sequence[Panel],
    at: datetime,
    known: Mapping[UUID, tuple[Kiosk, KioskStatus | None]] = MappingProxyType({}),
) -> Fleet:
    """Return panels with their sites, kiosks, what these last said, and how bad what wants somebody at a time is.

    `known`: kiosks that were read already, by panel.
    """
    ids = [row.id for row in rows]
    sites = session.exec(select(Site).where(col(Site.id).in_({row.site_id for row in rows})))
    kiosks = {panel_id: kiosk for panel_id, (kiosk, _) in known.items()}
    statuses = {panel_id: status for panel_id, (_, status) in known.items() if status is not None}
    unknown = [panel_id for panel_id in ids if panel_id not in known]
    if unknown:
        others = (
            select(Kiosk, KioskStatus)
            .outerjoin(KioskStatus, col(KioskStatus.kiosk_id) == col(Kiosk.id))
            .where(col(Kiosk.panel_id).in_(unknown))
        )
        for kiosk, status in session.exec(others):
            if kiosk.panel_id is not None:
                kiosks[kiosk.panel_id] = kiosk
                if status is not None:
                    statuses[kiosk.panel_id] = status
    severities: dict[UUID, list[str]] = defaultdict(list)
    for panel_id, severity in alarm_rows.wanting(session, ids, at):
        severities[panel_id].append(severity)
    return Fleet(
        panels=list(rows),
        sites={row.id: row for row in sites},
        kiosks=kiosks,
        statuses=statuses,
        severities=dict(severities),
    )


def sites_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def agencies(session: Session, seen: Seen) -> list[Agency]:
    """Return open agencies that a person works for."""
    statement = select(Agency).where(col(Agency.closed_at).is_(None)).order_by(col(Agency.name))
    statement = statement.where(seen.of(col(Agency.id)))
    return list(session.exec(statement))


def agencies_by_id(session: Session, ids: Iterable[UUID]) -> list[Agency]:
    """Return agencies by id."""
    return list(session.exec(select(Agency).where(col(Agency.id).in_(list(ids)))))


def closed_agencies(session: Session, seen: Seen) -> list[Agency]:
    """Return agencies that are closed, the newest first."""
    statement = select(Agency).where(col(Agency.closed_at).is_not(None)).order_by(col(Agency.closed_at).desc())
    return list(session.exec(statement.where(seen.of(col(Agency.id)))))


def sites(session: Session, seen: Seen) -> list[Site]:
    """Return sites of an agency (None: of all) by name."""
    statement = select(Site).order_by(col(Site.name))
    statement = statement.where(seen.at(col(Site.agency_id), col(Site.id)))
    return list(session.exec(statement))


def kiosks(session: Session, seen: Seen) -> list[tuple[Kiosk, Panel | None]]:
    """Return kiosks with the panel they drive; one without a panel is only for the whole installation."""
    statement = select(Kiosk, Panel).join(Panel, col(Panel.id) == col(Kiosk.panel_id), isouter=True)
    statement = statement.where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
    return [(kiosk, panel) for kiosk, panel in session.exec(statement.order_by(col(Kiosk.slug)))]


def users(session: Session, seen: Seen) -> list[User]:
    """Return people by name."""
    statement = select(User).order_by(col(User.display_name))
    statement = statement.where(seen.of(col(User.agency_id)))
    return list(session.exec(statement))


def media(session: Session, seen: Seen, q: str, before: UUID | None, most: int = PAGE) -> list[Media]:
    """Return uploaded files, newest first, one more than `most`; names are compared without case and accents."""
    statement = select(Media).where(col(Media.deleted_at).is_(None)).order_by(col(Media.id).desc())
    statement = statement.where(seen.of(col(Media.agency_id)))
    if before is not None:
        statement = statement.where(col(Media.id) < before)
    if not q:
        return list(session.exec(statement.limit(most + 1)))
    words = fold(q).split()
    found = (row for row in session.exec(statement) if all(word in fold(row.name) for word in words))
    return [row for row, _ in zip(found, range(most + 1), strict=False)]


class Offered(NamedTuple):
    """A notice as playlists offer it: the languages that its newest revision can be shown in, and how long it runs."""

    notice: Notice
    languages: list[str]
    lasts_ms: int | None
    """Of clips, albums and cards that move."""


def notices(session: Session, seen: Seen, q: str, most: int = PAGE) -> list[Offered]:
    """Return notices in use, newest first; words are compared without case and accents."""
    sought = Sought(seen=seen, words=fold(q))
    rows = notice_rows.notices(session, Slice(None, most), sought)[:most]
    known = notices_by_id(session, [row.id for row in rows])
    return [known[row.id] for row in rows]


def notices_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Offered]:
    """Return notices by id."""
    found = showables(session, set(ids))
    clips = [spoken.media_id for one in found.values() for spoken in one.whole.variants.values()]
    lasting = {row.id: row.duration_ms or 0 for row in notice_rows.media(session, clips).values()}
    return {
        notice_id: Offered(one.notice, [str(code) for code in one.artworks], _lasts_ms(one.whole, lasting))
        for notice_id, one in found.items()
    }


def _lasts_ms(whole: Whole, lasting: dict[UUID, int]) -> int | None:
    match whole.content:
        case CardContent(look=look):
            return look.seconds * 1000 if look.motion is not Motion.NONE else None
        case AlbumContent(picture_ids=pictures, seconds_each=seconds):
            return len(pictures) * seconds * 1000
        case ClipContent():
            return max((lasting.get(one.media_id, 0) for one in whole.variants.values() if one.media_id), default=None)
        case _:
            return None


def playlists(
    session: Session, seen: Seen, before: UUID | None = None, *, archived: bool = False, most: int = PAGE
) -> list[PlaylistRow]:
    """Return playlists, newest first, one more than `most`."""
    statement = select(PlaylistRow).order_by(col(PlaylistRow.id).desc()).limit(most + 1)
    gone = col(PlaylistRow.archived_at)
    statement = statement.where(gone.is_not(None) if archived else gone.is_(None))
    statement = statement.where(seen.of(col(PlaylistRow.agency_id)))
    if before is not None:
        statement = statement.where(col(PlaylistRow.id) < before)
    return list(session.exec(statement))


def items(session: Session, playlist_ids: Iterable[UUID]) -> dict[UUID, list[PlaylistItemRow]]:
    """Return the items of playlists, in order."""
    found: dict[UUID, list[PlaylistItemRow]] = defaultdict(list)
    wanted = col(PlaylistItemRow.playlist_id).in_(list(playlist_ids))
    for row in session.exec(select(PlaylistItemRow).where(wanted).order_by(col(PlaylistItemRow.position))):
        found[row.playlist_id].append(row)
    return found


def panels_playing(session: Session, playlist_ids: Iterable[UUID]) -> dict[UUID, list[Panel]]:
    """Return which panels name a playlist, as default or in their schedule."""
    wanted = list(playlist_ids)
    found: dict[UUID, dict[UUID, Panel]] = defaultdict(dict)
    for panel in session.exec(select(Panel).where(col(Panel.default_playlist_id).in_(wanted))):
        if panel.default_playlist_id is not None:
            found[panel.default_playlist_id][panel.id] = panel
    for playlist_id, panel in targets.panels_playing(session, wanted):
        found[playlist_id][panel.id] = panel
    return {key: sorted(value.values(), key=lambda panel: panel.name) for key, value in found.items()}


def entries(session: Session, panel: Panel) -> list[ScheduleEntryRow]:
    """Return the entries of a panel's plain week."""
    return plain_of(session, panel)


def entries_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, ScheduleEntryRow]:
    """Return schedule entries by id."""
    rows = session.exec(select(ScheduleEntryRow).where(col(ScheduleEntryRow.id).in_(list(ids))))
    return {row.id: row for row in rows}


def overrides_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, OverrideRow]:
    """Return overrides by id."""
    return {row.id: row for row in session.exec(select(OverrideRow).where(col(OverrideRow.id).in_(list(ids))))}


def any_entry(session: Session, seen: Seen) -> bool:
    """Tell whether anything is scheduled."""
    statement = select(ScheduleEntryRow.id).where(col(ScheduleEntryRow.deleted_at).is_(None)).limit(1)
    statement = statement.where(seen.of(col(ScheduleEntryRow.agency_id)))
    return session.exec(statement).first() is not None


def ending(session: Session, seen: Seen, first: date, last: date, most: int = 50) -> list[ScheduleEntryRow]:
    """Return entries whose last day lies between two local dates, the first to end first."""
    return entry_rows.ending(session, seen, first.isoformat(), last.isoformat(), most)


def dayparts(session: Session, seen: Seen, *, archived: bool = False) -> list[DaypartRow]:
    """Return dayparts by name."""
    gone = col(DaypartRow.archived_at)
    statement = select(DaypartRow).where(gone.is_not(None) if archived else gone.is_(None))
    statement = statement.where(seen.of(col(DaypartRow.agency_id)))
    return list(session.exec(statement.order_by(col(DaypartRow.name_folded), col(DaypartRow.id))))


def quotas(session: Session, panel_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Return agencies' parts of panels' airtime in thousandths."""
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in session.exec(select(PanelQuota).where(col(PanelQuota.panel_id).in_(list(panel_ids)))):
        found[row.panel_id][row.agency_id] = row.permille
    return found


def calendars(session: Session) -> list[SpecialCalendar]:
    """Return the calendars of special days by name."""
    return list(session.exec(select(SpecialCalendar).order_by(col(SpecialCalendar.name_folded))))


def entries_by_daypart(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many entries use dayparts."""
    statement = (
        select(ScheduleEntryRow.daypart_id, func.count())
        .where(col(ScheduleEntryRow.daypart_id).in_(list(ids)), col(ScheduleEntryRow.deleted_at).is_(None))
        .group_by(col(ScheduleEntryRow.daypart_id))
    )
    return {daypart_id: count for daypart_id, count in session.exec(statement) if daypart_id is not None}


def place_names(session: Session, meant: Iterable[Targets]) -> dict[UUID, str]:
    """Return names of the panels and sites that targets name."""
    every = list(meant)
    panel_ids = {one for targets in every for one in targets.panels}
    site_ids = {one for targets in every for one in targets.sites}
    panels_named = session.exec(select(Panel.id, Panel.name).where(col(Panel.id).in_(panel_ids)))
    sites_named = session.exec(select(Site.id, Site.name).where(col(Site.id).in_(site_ids)))
    return dict(panels_named.all()) | dict(sites_named.all())


def item_covers(session: Session, item_ids: Iterable[UUID]) -> dict[tuple[UUID, str], str]:
    """Return the addresses of pictures that stand for playlists' items, by item and language."""
    rows = session.exec(select(PlaylistItemRow).where(col(PlaylistItemRow.id).in_(list(item_ids)))).all()
    return {(row.id, code): cover_url(row.notice_id, code) for row in rows for code in row.languages}


def cover_url(notice_id: UUID, code: str = "") -> str:
    """Return the address of a picture that stands for a notice, in one language or in the first that it has."""
    return f"/api/v1/notices/{notice_id}/picture" + (f"?language={code}" if code else "")


def plays(session: Session, panel_id: UUID, most: int = 12) -> list[PlayRow]:
    """Return the last plays on a panel, newest first."""
    statement = select(PlayRow).where(PlayRow.panel_id == panel_id).order_by(col(PlayRow.started_at).desc())
    return list(session.exec(statement.limit(most)))


def playlist_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return names of playlists by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: row.name for row in session.exec(select(PlaylistRow).where(col(PlaylistRow.id).in_(wanted)))}


def job(session: Session, job_id: UUID | None) -> Job | None:
    """Return a job."""
    return session.get(Job, job_id) if job_id is not None else None


def notice_titles(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return titles of notices by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: row.title for row in session.exec(select(Notice).where(col(Notice.id).in_(wanted)))}
