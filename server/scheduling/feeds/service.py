"""Decisions about calendar feeds, and what stands in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from playlists.daypart import WeeklyWindow, zone
from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.edge import Expected
from server.errors import not_found
from server.scheduling.entries.words import daypart_of
from server.scheduling.feeds import repository
from server.scheduling.feeds.schemas import FeedNew
from server.scheduling.ical.feed import Feed, Listed, to_ics
from server.scheduling.plans.repository import Gathered, gather
from server.scheduling.plans.service import document_of
from server.tables import CalendarFeed, Panel, ScheduleEntryRow, Site

BEFORE, AFTER = timedelta(days=31), timedelta(days=180)
"""Between these days of now, times are written out that no rule of iCalendar says."""


def create(session: Session, caller: Caller, new: FeedNew, at: datetime) -> tuple[CalendarFeed, str]:
    """Make a feed; the second value is the secret part of its address."""
    place, what = _place(session, new.panel_id, new.site_id)
    if place is None:
        raise not_found(what)
    caller.require(Permission.EDIT_SCHEDULE, agency_id=place.agency_id, what=what)
    token = new_token()
    row = CalendarFeed(
        token_sha256=token_sha256(token),
        panel_id=new.panel_id,
        site_id=new.site_id,
        name=new.name.strip(),
        created_by=caller.user_id,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row, token


def revoke(session: Session, caller: Caller, feed_id: UUID, expected: Expected, at: datetime) -> CalendarFeed:
    """Shut a feed's address for good."""
    row = repository.feed(session, feed_id, lock=True)
    place, what = _place(session, row.panel_id, row.site_id) if row is not None else (None, "calendar feed")
    if row is None or place is None:
        raise not_found("calendar feed")
    caller.require(Permission.EDIT_SCHEDULE, agency_id=place.agency_id, what=what)
    expected.check(row.rev)
    if row.revoked_at is None:
        row.revoked_at = at
        row.rev += 1
        session.add(row)
        session.flush()
    return row


def written(session: Session, token: str, at: datetime) -> bytes:
    """Return what stands behind an address as iCalendar.

    Raises:
        Problem: 404, no feed has this address, or it was revoked.
    """
    row = repository.by_token(session, token_sha256(token))
    if row is None:
        raise not_found("calendar")
    if row.panel_id is not None:
        panel = repository.panel(session, row.panel_id)
        panels, name = ([panel], panel.name) if panel is not None else ([], "")
    else:
        site = repository.site(session, row.site_id) if row.site_id is not None else None
        panels, name = (repository.panels_at(session, site.id), site.name) if site is not None else ([], "")
    return _written(session, panels, name, at)


def _written(session: Session, panels: Sequence[Panel], name: str, at: datetime) -> bytes:
    listed: dict[UUID, Listed] = {}
    meant: dict[UUID, list[str]] = {}
    time_zone = "UTC"
    for panel in panels:
        gathered = gather(session, panel, at - BEFORE)
        time_zone = gathered.site.time_zone
        plan = document_of(gathered).plan()
        for row in gathered.entries:
            meant.setdefault(row.id, []).append(panel.name)
            if row.id not in listed:
                listed[row.id] = Listed(
                    rule=plan.rule(str(row.id)),
                    title=gathered.playlists[row.playlist_id].name,
                    windows=_windows(gathered, row),
                    changed_at=row.changed_at,
                    note=row.note,
                )
    entries = [
        replace(one, note="\n".join(filter(None, (one.note, ", ".join(meant[key])))))
        for key, one in sorted(listed.items())
    ]
    tz = zone(time_zone)
    first, last = ((at + step).astimezone(tz).date() for step in (-BEFORE, AFTER))
    return to_ics(Feed(name, time_zone, entries, first, last, at))


def _windows(gathered: Gathered, row: ScheduleEntryRow) -> tuple[WeeklyWindow, ...] | None:
    """Return the weekly windows of an entry where these say all about its days."""
    if row.own_window is not None:
        window = WeeklyWindow.model_validate(row.own_window)
        return None if window.follows_sun else (window,)
    if row.daypart_id is None:
        return None
    week = daypart_of(gathered.dayparts[row.daypart_id])
    says_all = not week.exceptions and week.calendar_id is None and not week.follows_sun
    return week.windows if says_all else None


def _place(session: Session, panel_id: UUID | None, site_id: UUID | None) -> tuple[Panel | Site | None, str]:
    if panel_id is not None:
        return repository.panel(session, panel_id), "panel"
    return (repository.site(session, site_id) if site_id is not None else None), "site"
