"""The duty roster over HTTP. Reading a calendar needs its address only, because calendar programs cannot log in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from playlists.instant import to_utc
from server.accounts.endpoints import CallerDep
from server.accounts.passwords import token_sha256
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.errors import invalid, not_found
from server.parts import PartsDep
from server.roster import ical, repository, service
from server.roster.schemas import (
    AbsenceNew,
    AbsenceShown,
    DutyRole,
    FeedMade,
    FeedNew,
    FeedShown,
    GapShown,
    Handover,
    OnDutyShown,
    RuleChange,
    RuleShown,
    ShiftChange,
    ShiftNew,
    ShiftShown,
    WeekCopy,
)
from server.routes import Router
from server.seen import EVERYTHING
from server.tables import DutyAbsence, DutyShift, User

router = Router(prefix="/api/v1/roster", tags=["roster"])
public = Router(prefix="/api/v1", tags=["roster"])
LONGEST = timedelta(days=400)
FEED_BEFORE, FEED_AFTER = timedelta(days=31), timedelta(days=180)
ROLE_WORDS = {
    DutyRole.APPROVER: "Trực duyệt nội dung",
    DutyRole.DUTY_OFFICER: "Trực ban",
    DutyRole.STATUS_OFFICER: "Trực trạng thái",
    DutyRole.LANGUAGE_REVIEWER: "Trực hiệu đính ngôn ngữ",
    DutyRole.TECHNICIAN: "Trực kỹ thuật",
}
"""What a shift is called in a calendar, which has no language of its own."""


@router.get("/shifts")
def shifts(
    caller: CallerDep,
    session: ReadSession,
    start: Annotated[datetime, Query(alias="from", examples=["2026-11-23T00:00:00Z"])],
    end: Annotated[datetime, Query(alias="to", examples=["2026-11-30T00:00:00Z"])],
    site_id: Annotated[UUID | None, Query()] = None,
    role: Annotated[DutyRole | None, Query()] = None,
) -> list[ShiftShown]:
    """List shifts that touch a span of time: those of the caller's sites, and the caller's own anywhere."""
    begin, finish = _span(start, end)
    caller.require(Permission.SEE)
    if site_id is not None:
        service.site_of(session, caller, site_id, Permission.SEE)
        return _shown(session, repository.shifts(session, begin, finish, site_ids=[site_id], role=role))
    sites = [row.id for row in repository.sites(session, caller.seen)]
    rows = repository.shifts(session, begin, finish, site_ids=sites, role=role)
    own = repository.shifts(session, begin, finish, role=role, user_id=caller.user_id)
    return _shown(session, list({row.id: row for row in (*rows, *own)}.values()))


@router.post("/shifts", status_code=201)
def create_shift(new: ShiftNew, caller: CallerDep, session: WriteSession, response: Response) -> ShiftShown:
    """Put somebody on the roster."""
    return _one(session, response, service.create_shift(session, caller, new))


@router.patch("/shifts/{shift_id}")
def change_shift(
    shift_id: UUID,
    change: ShiftChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> ShiftShown:
    """Change a shift."""
    return _one(session, response, service.change_shift(session, caller, shift_id, change, expected))


@router.delete("/shifts/{shift_id}", status_code=204)
def delete_shift(shift_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Take a shift off the roster; one that has begun ends now."""
    service.delete_shift(session, caller, shift_id, parts.clock())


@router.post("/shifts/{shift_id}/handover", status_code=201)
def hand_over(
    shift_id: UUID, asked: Handover, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> ShiftShown:
    """Give the rest of a shift to somebody else; whoever has it may do so."""
    return _one(session, response, service.hand_over(session, caller, shift_id, asked.user_id, parts.clock()))


@router.post("/weeks/copy", status_code=201)
def copy_week(asked: WeekCopy, caller: CallerDep, session: WriteSession) -> list[ShiftShown]:
    """Repeat a week's shifts in the weeks after it, at the same local times."""
    return _shown(session, service.copy_week(session, caller, asked))


@router.get("/now")
def now(
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    site_id: Annotated[UUID, Query()],
    role: Annotated[DutyRole, Query()],
    at: Annotated[datetime | None, Query()] = None,
) -> list[OnDutyShown]:
    """Tell who is asked in a role at a site, first one first; `at` asks about another time than now."""
    service.site_of(session, caller, site_id, Permission.SEE)
    moment = to_utc(at) if at is not None and at.tzinfo is not None else parts.clock()
    return [
        OnDutyShown(
            user_id=one.user.id,
            username=one.user.username,
            name=one.user.display_name,
            shift_id=one.asked.shift_id,
            rank=one.asked.rank,
            until_at=one.asked.until_at,
            instead_of=one.asked.instead_of,
        )
        for one in service.on_duty(session, role, site_id, moment)
    ]


@router.get("/warnings")
def warnings(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[GapShown]:
    """List, from Thursday on, when the coming weekend has fewer than two people who can sign."""
    caller.require(Permission.SEE)
    return [
        GapShown(
            site_id=site.id,
            site_name=site.name,
            role=DutyRole.APPROVER,
            starts_at=gap.starts_at,
            ends_at=gap.ends_at,
            people=gap.people,
        )
        for site, gap in service.thin_weekends(session, caller.seen, parts.clock())
    ]


@router.get("/absences")
def absences(
    caller: CallerDep,
    session: ReadSession,
    start: Annotated[datetime, Query(alias="from", examples=["2026-11-23T00:00:00Z"])],
    end: Annotated[datetime, Query(alias="to", examples=["2026-11-30T00:00:00Z"])],
) -> list[AbsenceShown]:
    """List absences that touch a span of time: those of people of the caller's agency, and the caller's own."""
    begin, finish = _span(start, end)
    caller.require(Permission.SEE)
    rows = repository.absences(session, begin, finish)
    people = repository.people(session, {row.user_id for row in rows})
    seen = [row for row in rows if row.user_id == caller.user_id or _is_colleague(caller, people[row.user_id])]
    return _absences(session, seen)


@router.post("/absences", status_code=201)
def create_absence(new: AbsenceNew, caller: CallerDep, session: WriteSession) -> AbsenceShown:
    """Write that somebody is away, and who is asked instead; everybody may for themselves."""
    return _absences(session, [service.create_absence(session, caller, new)])[0]


@router.delete("/absences/{absence_id}", status_code=204)
def end_absence(absence_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Take an absence back; one that has begun ends now."""
    service.end_absence(session, caller, absence_id, parts.clock())


@router.get("/rules/{site_id}/{role}")
def rule(site_id: UUID, role: DutyRole, caller: CallerDep, session: ReadSession) -> RuleShown:
    """Tell how many minutes the first one has before the next one is asked too."""
    service.site_of(session, caller, site_id, Permission.SEE)
    minutes = service.next_after_min(session, site_id, role)
    return RuleShown(site_id=site_id, role=role, next_after_min=minutes)


@router.put("/rules/{site_id}/{role}")
def set_rule(site_id: UUID, role: DutyRole, change: RuleChange, caller: CallerDep, session: WriteSession) -> RuleShown:
    """Say how many minutes the first one has before the next one is asked too."""
    row = service.set_rule(session, caller, site_id, role, change.next_after_min)
    return RuleShown(site_id=site_id, role=role, next_after_min=row.next_after_min)


@router.get("/feeds")
def feeds(caller: CallerDep, session: ReadSession) -> list[FeedShown]:
    """List calendar addresses that were not revoked, newest first."""
    caller.require(Permission.SEE)
    return [FeedShown.model_validate(row) for row in repository.feeds(session, caller.user_id, caller.seen)]


@router.post("/feeds", status_code=201)
def create_feed(new: FeedNew, request: Request, caller: CallerDep, session: WriteSession, parts: PartsDep) -> FeedMade:
    """Make an address under which a calendar program reads the roster; it is shown this once."""
    row, token = service.create_feed(session, caller, new.site_id)
    base = (parts.settings.base_url or str(request.base_url)).rstrip("/")
    return FeedMade(**FeedShown.model_validate(row).model_dump(), url=f"{base}/api/v1/roster-calendar/{token}.ics")


@router.post("/feeds/{roster_feed_id}/revoke", status_code=204)
def revoke_feed(roster_feed_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Shut a calendar address for good."""
    service.revoke_feed(session, caller, roster_feed_id, parts.clock())


@public.get("/roster-calendar/{token}.ics", response_class=Response)
def calendar(token: Annotated[str, Path(max_length=200)], session: ReadSession, parts: PartsDep) -> Response:
    """Give shifts as iCalendar."""
    row = repository.feed_by_token(session, token_sha256(token))
    if row is None:
        raise not_found("calendar")
    at = parts.clock()
    rows = repository.shifts(
        session,
        at - FEED_BEFORE,
        at + FEED_AFTER,
        site_ids=[row.site_id] if row.site_id is not None else None,
        user_id=row.user_id,
    )
    people = repository.people(session, {one.user_id for one in rows})
    sites = repository.sites_by_id(session, {one.site_id for one in rows})
    listed = [
        ical.Listed(
            uid=str(one.id),
            title=f"{ROLE_WORDS[DutyRole(one.role)]}: {people[one.user_id].display_name} ({sites[one.site_id].name})",
            note=one.note,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            rev=one.rev,
        )
        for one in rows
    ]
    name = sites[row.site_id].name if row.site_id in sites and row.site_id is not None else "Bảng Tin"
    headers = {"Cache-Control": "private, max-age=300", "Content-Disposition": 'inline; filename="lich-truc.ics"'}
    return Response(ical.to_ics(name, listed, at), media_type="text/calendar; charset=utf-8", headers=headers)


def _is_colleague(caller: Caller, user: User) -> bool:
    return caller.seen == EVERYTHING or (user.agency_id is not None and caller.sees(user.agency_id))


def _span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    if start.tzinfo is None or end.tzinfo is None:
        raise invalid("invalid-time", "Times carry an offset or Z, for example 2026-11-23T00:00:00Z.")
    try:
        begin, finish = start.astimezone(UTC), end.astimezone(UTC)
    except OverflowError as error:
        raise invalid("invalid-time", "Times lie between the years 2000 and 2200.") from error
    if not timedelta(0) < finish - begin <= LONGEST or not 2000 <= begin.year <= 2200:
        raise invalid("invalid-span", f"`to` must lie after `from`, and at most {LONGEST.days} days after it.")
    return begin, finish


def _one(session: Session, response: Response, row: DutyShift) -> ShiftShown:
    tag(response, row.rev)
    return _shown(session, [row])[0]


def _shown(session: Session, rows: Sequence[DutyShift]) -> list[ShiftShown]:
    people = repository.people(session, {row.user_id for row in rows})
    return [ShiftShown.model_validate(row.model_dump() | {"name": people[row.user_id].display_name}) for row in rows]


def _absences(session: Session, rows: Sequence[DutyAbsence]) -> list[AbsenceShown]:
    ids = {one for row in rows for one in (row.user_id, row.replacement_id) if one is not None}
    people = repository.people(session, ids)
    return [
        AbsenceShown.model_validate(
            row.model_dump()
            | {
                "name": people[row.user_id].display_name,
                "replacement_name": people[row.replacement_id].display_name if row.replacement_id else None,
            }
        )
        for row in rows
    ]
