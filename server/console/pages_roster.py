"""The duty roster: who is asked now, a week day by day, who is away, and what the weekend lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from server.accounts.permissions import Permission
from server.console import repository
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import Texts, mark
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.roster import repository as rows
from server.roster import service
from server.roster.duty import Gap
from server.roster.schemas import DutyRole
from server.routes import Router
from server.seen import EVERYTHING
from server.tables import DutyAbsence, DutyShift, Site, User

router = Router(route_class=PageRoute, include_in_schema=False)
ROLES = {
    DutyRole.APPROVER: mark("Approval"),
    DutyRole.DUTY_OFFICER: mark("Duty officer"),
    DutyRole.STATUS_OFFICER: mark("Status values"),
    DutyRole.LANGUAGE_REVIEWER: mark("Language review"),
    DutyRole.TECHNICIAN: mark("Technician"),
}
WEEKS = (1, 2, 4, 8, 12)
MINUTES = (5, 10, 15, 30, 60)


@router.get("/roster")
def roster(
    page: PageDep,
    session: ReadSession,
    site: Annotated[UUID | None, Query()] = None,
    week: Annotated[date | None, Query()] = None,
) -> HTMLResponse:
    """Show who is asked now and a week of the roster; without a site, the first of the caller's."""
    page.caller.require(Permission.SEE)
    sites = _sites(page, session)
    chosen = next((one for one in sites if site is None or one.id == site), None)
    if chosen is None:
        if site is not None:
            raise not_found("site")
        return page.render("roster.html", "roster", sites=[], site=None)
    tz = zone(chosen.time_zone)
    day = week or page.now.astimezone(tz).date()
    start, end = service.week_of(day, chosen)
    monday = start.astimezone(tz).date()
    shifts = rows.shifts(session, start, end, site_ids=[chosen.id])
    away = rows.absences(session, start, end)
    people = rows.people(
        session,
        {one for row in shifts for one in (row.user_id, row.taken_over_from) if one}
        | {one for row in away for one in (row.user_id, row.replacement_id) if one},
    )
    editable = page.caller.may(Permission.EDIT_ROSTER, agency_id=chosen.agency_id, site_id=chosen.id)
    return page.render(
        "roster.html",
        "roster",
        sites=sites,
        site=chosen,
        zone=str(tz),
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        week_words=f"{page.texts.day(monday)} – {page.texts.day(monday + timedelta(days=6))}",
        roles=[(role.value, page.texts.say(name)) for role, name in ROLES.items()],
        asked=_asked(page, session, chosen, tz),
        days=[_day(page, tz, monday + timedelta(days=n), shifts, away, people) for n in range(7)],
        has_shifts=bool(shifts),
        away=[_absence(page, tz, row, people) for row in away if row.user_id in _named(shifts) or _own(page, row)],
        warnings=[gap_words(page.texts, one, gap) for one, gap in _thin(page, session) if one.id == chosen.id],
        editable=editable,
        candidates=repository.users(session, EVERYTHING) if editable else [],
        colleagues=repository.users(session, page.caller.seen),
        own_shifts={row.id for row in shifts if row.user_id == page.caller.user_id},
        weeks=[(n, page.texts.count("%(num)s week", "%(num)s weeks", n)) for n in WEEKS],
        minutes=MINUTES,
        rules={role.value: service.next_after_min(session, chosen.id, role) for role in DutyRole},
        feeds=rows.feeds(session, page.caller.user_id, page.caller.seen),
        stamp=lambda moment: page.texts.stamp(moment, tz),
    )


def gap_words(texts: Texts, site: Site, gap: Gap) -> str:
    """Return one gap of a weekend as a sentence, in the site's zone."""
    tz = zone(site.time_zone)
    start, end = gap.starts_at.astimezone(tz), gap.ends_at.astimezone(tz)
    span = {
        "site": site.name,
        "start": f"{texts.clock(start, tz)} {texts.long_date(start.date())}",
        "end": f"{texts.clock(end, tz)} {texts.long_date(end.date())}",
    }
    if gap.people == 0:
        return texts.say("%(site)s: nobody who can sign can be reached from %(start)s to %(end)s.", **span)
    return texts.say("%(site)s: only one person who can sign can be reached from %(start)s to %(end)s.", **span)


def thin_weekends(page: Page, session: Session) -> list[str]:
    """Return the warnings about the coming weekend that concern a person: those who sign or make the roster."""
    if not (page.may(Permission.EDIT_ROSTER) or page.may(Permission.APPROVE)):
        return []
    return [gap_words(page.texts, site, gap) for site, gap in _thin(page, session)]


def _thin(page: Page, session: Session) -> Sequence[tuple[Site, Gap]]:
    return service.thin_weekends(session, page.caller.seen, page.now)


def _sites(page: Page, session: Session) -> list[Site]:
    own = rows.sites(session, page.caller.seen)
    span = timedelta(days=60)
    elsewhere = {
        row.site_id for row in rows.shifts(session, page.now - span, page.now + span, user_id=page.caller.user_id)
    } - {site.id for site in own}
    return [*own, *rows.sites_by_id(session, elsewhere).values()]


def _asked(page: Page, session: Session, site: Site, tz: ZoneInfo) -> list[dict[str, Any]]:
    found = []
    for role, name in ROLES.items():
        people = service.on_duty(session, role, site.id, page.now)
        if not people:
            continue
        found.append(
            {
                "role": page.texts.say(name),
                "value": role.value,
                "minutes": service.next_after_min(session, site.id, role),
                "people": [
                    {
                        "name": one.user.display_name,
                        "until": page.texts.say("until %(when)s", when=page.texts.stamp(one.asked.until_at, tz)),
                        "instead": one.asked.instead_of is not None,
                    }
                    for one in people
                ],
            }
        )
    return found


def _day(
    page: Page,
    tz: ZoneInfo,
    day: date,
    shifts: Sequence[DutyShift],
    away: Sequence[DutyAbsence],
    people: dict[UUID, User],
) -> dict[str, Any]:
    start = datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=tz).astimezone(UTC)
    lines = [
        {
            "id": row.id,
            "rev": row.rev,
            "times": _times(page.texts, row, tz, start, end),
            "name": people[row.user_id].display_name,
            "role": page.texts.say(ROLES[DutyRole(row.role)]),
            "rank": row.rank,
            "note": row.note,
            "is_running": row.starts_at <= page.now < row.ends_at,
            "is_over": row.ends_at <= page.now,
            "taken_over": people[row.taken_over_from].display_name if row.taken_over_from in people else None,
            "absent": _absent(page.texts, tz, row, away, people, start, end),
        }
        for row in shifts
        if row.starts_at < end and row.ends_at > start
    ]
    return {
        "name": page.texts.long_date(day),
        "iso": day.isoformat(),
        "is_today": day == page.now.astimezone(tz).date(),
        "lines": sorted(lines, key=lambda one: (str(one["role"]), int(str(one["rank"])), str(one["times"]))),
    }


def _times(texts: Texts, row: DutyShift, tz: ZoneInfo, start: datetime, end: datetime) -> str:
    begin = texts.clock(row.starts_at, tz) if row.starts_at >= start else "00:00"
    finish = texts.clock(row.ends_at, tz) if row.ends_at < end else "24:00"
    return f"{begin}–{finish}"


def _absent(
    texts: Texts,
    tz: ZoneInfo,
    row: DutyShift,
    away: Sequence[DutyAbsence],
    people: dict[UUID, User],
    start: datetime,
    end: datetime,
) -> str | None:
    for one in away:
        first, last = max(one.starts_at, row.starts_at, start), min(one.ends_at, row.ends_at, end)
        if one.user_id != row.user_id or first >= last:
            continue
        span = {"start": texts.clock(first, tz), "end": texts.clock(last, tz) if last < end else "24:00"}
        if one.replacement_id in people:
            name = people[one.replacement_id].display_name
            return texts.say("away %(start)s–%(end)s; %(name)s is asked instead", name=name, **span)
        return texts.say("away %(start)s–%(end)s; nobody is asked instead", **span)
    return None


def _absence(page: Page, tz: ZoneInfo, row: DutyAbsence, people: dict[UUID, User]) -> dict[str, Any]:
    instead = people.get(row.replacement_id) if row.replacement_id is not None else None
    return {
        "id": row.id,
        "name": people[row.user_id].display_name,
        "times": f"{page.texts.stamp(row.starts_at, tz)} – {page.texts.stamp(row.ends_at, tz)}",
        "instead": page.texts.say("%(name)s is asked instead", name=instead.display_name) if instead else "",
        "note": row.note,
        "endable": row.ends_at > page.now and (_own(page, row) or page.may(Permission.EDIT_ROSTER)),
    }


def _own(page: Page, row: DutyAbsence) -> bool:
    return row.user_id == page.caller.user_id


def _named(shifts: Sequence[DutyShift]) -> set[UUID]:
    return {row.user_id for row in shifts}
