"""Decisions about the duty roster, and the question that other features ask it: who is on duty for a role at a site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from playlists.daypart import zone
from playlists.instant import to_utc
from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, forbidden, invalid, not_found
from server.roster import duty, repository
from server.roster.duty import Asked, Away, Gap, Turn
from server.roster.refusal import lacks_role
from server.roster.schemas import AbsenceNew, DutyRole, ShiftChange, ShiftNew, WeekCopy
from server.seen import EVERYTHING, Seen
from server.tables import DutyAbsence, DutyFeed, DutyRule, DutyShift, Site, User

NEXT_AFTER_MIN = 15
"""Until somebody says otherwise for a site and role."""
LONGEST_SHIFT = timedelta(days=31)
LONGEST_ABSENCE = timedelta(days=400)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OnDuty:
    """Somebody who is asked now."""

    user: User
    asked: Asked


@dataclass(frozen=True)
class Calling:
    """Whom a question that came up at a time has reached by now, and when the next one is asked too."""

    order: tuple[OnDuty, ...]
    reached: tuple[OnDuty, ...]
    next_at: datetime | None


def on_duty(session: Session, role: str, site_id: UUID, at: datetime) -> list[OnDuty]:
    """Return who is asked in a role at a site, first one first; people who can no longer log in are left out."""
    rows = repository.shifts(session, at, at + timedelta(microseconds=1), site_ids=[site_id], role=role)
    away = _away(repository.absences(session, at, at + timedelta(microseconds=1)))
    found = duty.asked([_turn(row) for row in rows], away, at)
    people = repository.people(session, [one.user_id for one in found])
    return [
        OnDuty(user, one) for one in found if (user := people.get(one.user_id)) is not None and user.disabled_at is None
    ]


def calling(session: Session, role: str, site_id: UUID, since: datetime, at: datetime) -> Calling:
    """Return whom a question of a site has reached: the first one at once, the next ones as the minutes go by."""
    order = on_duty(session, role, site_id, at)
    after = timedelta(minutes=next_after_min(session, site_id, role))
    asked = [one.asked for one in order]
    count = len(duty.reached(asked, since, at, after))
    return Calling(tuple(order), tuple(order[:count]), duty.next_asked_at(asked, since, at, after))


def next_after_min(session: Session, site_id: UUID, role: str) -> int:
    """Return how many minutes the first one has before the next one is asked too."""
    row = repository.rule(session, site_id, role)
    return row.next_after_min if row is not None else NEXT_AFTER_MIN


def thin_weekends(session: Session, seen: Seen, at: datetime) -> list[tuple[Site, Gap]]:
    """Return, from Thursday on, at which seen sites the coming weekend has too few people who can sign.

    Sites that keep no roster of signers are left out: nobody asked for one there.
    """
    found: list[tuple[Site, Gap]] = []
    role = str(DutyRole.APPROVER)
    kept = {site_id for site_id, of in repository.site_roles(session, at - 31 * A_DAY, at + 31 * A_DAY) if of == role}
    for site in repository.sites(session, seen):
        ahead = duty.weekend_ahead(at, zone(site.time_zone))
        if site.id not in kept or ahead is None:
            continue
        start, end = ahead
        turns = [_turn(row) for row in repository.shifts(session, start, end, site_ids=[site.id], role=role)]
        away = _away(repository.absences(session, start, end))
        found += [(site, gap) for gap in duty.gaps(turns, away, start, end)]
    return found


def site_of(session: Session, caller: Caller, site_id: UUID, permission: Permission) -> Site:
    """Return a site whose roster the caller may see or edit.

    Raises:
        Problem: 404, 403.
    """
    site = repository.site(session, site_id)
    if site is None:
        raise not_found("site")
    caller.require(permission, agency_id=site.agency_id, site_id=site.id, what="site")
    return site


def create_shift(session: Session, caller: Caller, new: ShiftNew) -> DutyShift:
    """Put somebody on the roster.

    Raises:
        Problem: 404, 403; 422 for a shift that is too long; 409 when the person has this role at that time already.
    """
    site = site_of(session, caller, new.site_id, Permission.EDIT_ROSTER)
    _able(session, _person(session, new.user_id), new.role, site)
    row = DutyShift(
        **new.model_dump(exclude={"starts_at", "ends_at"}),
        starts_at=to_utc(new.starts_at),
        ends_at=to_utc(new.ends_at),
        created_by=caller.user_id,
    )
    _check(session, row)
    return _saved(session, caller, row)


def change_shift(
    session: Session, caller: Caller, shift_id: UUID, change: ShiftChange, expected: Expected
) -> DutyShift:
    """Change a shift.

    Raises:
        Problem: as `create_shift`, and 412.
    """
    row = _shift(session, caller, shift_id)
    expected.check(row.rev)
    for name, value in change.model_dump(exclude_unset=True).items():
        if value is not None:
            setattr(row, name, to_utc(value) if isinstance(value, datetime) else value)
    site = site_of(session, caller, row.site_id, Permission.EDIT_ROSTER)
    _able(session, _person(session, row.user_id), row.role, site)
    _check(session, row)
    row.rev += 1
    return _saved(session, caller, row)


def delete_shift(session: Session, caller: Caller, shift_id: UUID, at: datetime) -> None:
    """Take a shift off the roster; one that has begun stays as it was until now."""
    row = _shift(session, caller, shift_id)
    if row.starts_at < at < row.ends_at:
        row.ends_at = at
    elif row.ends_at > at:
        row.deleted_at = at
    else:
        raise conflict("shift-over", "This shift is over; what was stays on the roster.")
    row.rev += 1
    _saved(session, caller, row)


def hand_over(session: Session, caller: Caller, shift_id: UUID, to: UUID, at: datetime) -> DutyShift:
    """Give the rest of a shift to somebody else; whoever has it may, and whoever makes the roster. Returns theirs.

    Raises:
        Problem: 404, 403; 409 when it is over or theirs already.
    """
    row = repository.shift(session, shift_id, lock=True)
    if row is None:
        raise not_found("shift")
    if row.user_id != caller.user_id:
        site_of(session, caller, row.site_id, Permission.EDIT_ROSTER)
    person = _person(session, to)
    if row.ends_at <= at:
        raise conflict("shift-over", "This shift is over; there is nothing to hand over.")
    if row.user_id == person.id:
        raise conflict("same-person", f"{person.display_name} has this shift already; choose somebody else.")
    site = repository.site(session, row.site_id)
    if site is None:
        raise not_found("site")
    _able(session, person, row.role, site)
    rest = DutyShift(
        site_id=row.site_id,
        role=row.role,
        user_id=person.id,
        rank=row.rank,
        starts_at=max(row.starts_at, at),
        ends_at=row.ends_at,
        note=row.note,
        taken_over_from=row.user_id,
        created_by=caller.user_id,
    )
    if row.starts_at < at:
        row.ends_at = at
    else:
        row.deleted_at = at
    row.rev += 1
    _saved(session, caller, row)
    _check(session, rest)
    return _saved(session, caller, rest)


def copy_week(session: Session, caller: Caller, asked: WeekCopy) -> list[DutyShift]:
    """Repeat a week's shifts in the weeks after it, at the same local times; what is there already stays once.

    Raises:
        Problem: 404, 403; 409 when the week has no shift.
    """
    site = site_of(session, caller, asked.site_id, Permission.EDIT_ROSTER)
    tz = zone(site.time_zone)
    start, end = week_of(asked.week, site)
    rows = [row for row in repository.shifts(session, start, end, site_ids=[site.id]) if start <= row.starts_at < end]
    if not rows:
        raise conflict("empty-week", f"{site.name} has no shift in this week, so there is nothing to repeat.")
    made = []
    for week in range(1, asked.weeks + 1):
        for row in rows:
            starts_at, ends_at = duty.moved(_turn(row), week, tz)
            copy = DutyShift(
                site_id=row.site_id,
                role=row.role,
                user_id=row.user_id,
                rank=row.rank,
                starts_at=starts_at,
                ends_at=ends_at,
                note=row.note,
                created_by=caller.user_id,
            )
            if not _clashing(session, copy):
                made.append(_saved(session, caller, copy))
    return made


def week_of(day: date, site: Site) -> tuple[datetime, datetime]:
    """Return the week of a local date at a site, from Monday to Monday, in UTC.

    Raises:
        Problem: 422, a date that no clock shows.
    """
    if not 2000 <= day.year <= 2200:
        raise invalid("invalid-week", "A week is named by a date between the years 2000 and 2200.")
    tz = zone(site.time_zone)
    monday = day - timedelta(days=day.isoweekday() - 1)
    begin = datetime.combine(monday, time(), tz)
    finish = datetime.combine(monday + timedelta(days=7), time(), tz)
    return begin.astimezone(UTC), finish.astimezone(UTC)


def create_absence(session: Session, caller: Caller, new: AbsenceNew) -> DutyAbsence:
    """Write that somebody is not asked for a time; everybody may for themselves.

    Raises:
        Problem: 404, 403; 422 for one that is too long, or a person who would stand in for themselves.
    """
    user = _person(session, new.user_id or caller.user_id)
    _may_absence(caller, user)
    if new.replacement_id is not None:
        instead = _person(session, new.replacement_id)
        if caller.seen != EVERYTHING and (instead.agency_id is None or not caller.sees(instead.agency_id)):
            raise not_found("person")
        if instead.id == user.id:
            raise invalid("same-person", "Nobody stands in for themselves; choose somebody else, or nobody.")
    row = DutyAbsence(
        user_id=user.id,
        replacement_id=new.replacement_id,
        starts_at=to_utc(new.starts_at),
        ends_at=to_utc(new.ends_at),
        note=new.note.strip(),
        created_by=caller.user_id,
    )
    if row.ends_at - row.starts_at > LONGEST_ABSENCE:
        raise invalid("too-long", f"An absence lasts {LONGEST_ABSENCE.days} days at most; write a shorter one.")
    _saved_absence(session, caller, row)
    return row


def end_absence(session: Session, caller: Caller, absence_id: UUID, at: datetime) -> None:
    """Take an absence back; one that has begun ends now."""
    row = repository.absence(session, absence_id, lock=True)
    user = repository.people(session, [row.user_id]).get(row.user_id) if row is not None else None
    if row is None or user is None:
        raise not_found("absence")
    _may_absence(caller, user)
    if row.starts_at < at < row.ends_at:
        row.ends_at = at
    else:
        row.deleted_at = at
    row.rev += 1
    _saved_absence(session, caller, row)


def set_rule(session: Session, caller: Caller, site_id: UUID, role: DutyRole, minutes: int) -> DutyRule:
    """Say how many minutes the first one has before the next one is asked too."""
    site_of(session, caller, site_id, Permission.EDIT_ROSTER)
    row = repository.rule(session, site_id, role) or DutyRule(site_id=site_id, role=role, next_after_min=minutes)
    row.next_after_min = minutes
    session.add(row)
    session.flush()
    note_change(session, "roster", row.id)
    return row


def create_feed(session: Session, caller: Caller, site_id: UUID | None) -> tuple[DutyFeed, str]:
    """Make a calendar address, of a site's roster or of the caller's own shifts; the second value is its secret."""
    caller.require(Permission.SEE)
    if site_id is not None:
        site_of(session, caller, site_id, Permission.SEE)
    token = new_token()
    row = DutyFeed(
        token_sha256=token_sha256(token),
        site_id=site_id,
        user_id=caller.user_id if site_id is None else None,
        created_by=caller.user_id,
    )
    session.add(row)
    session.flush()
    return row, token


def revoke_feed(session: Session, caller: Caller, feed_id: UUID, at: datetime) -> None:
    """Shut a calendar address for good; its maker may, and whoever makes the site's roster."""
    caller.require(Permission.SEE)
    row = repository.feed(session, feed_id)
    if row is None or row.revoked_at is not None:
        raise not_found("calendar")
    if row.created_by != caller.user_id:
        if row.site_id is None:
            raise not_found("calendar")
        site_of(session, caller, row.site_id, Permission.EDIT_ROSTER)
    row.revoked_at = at
    session.add(row)
    session.flush()


def _shift(session: Session, caller: Caller, shift_id: UUID) -> DutyShift:
    row = repository.shift(session, shift_id, lock=True)
    if row is None:
        raise not_found("shift")
    site_of(session, caller, row.site_id, Permission.EDIT_ROSTER)
    return row


def _person(session: Session, user_id: UUID) -> User:
    user = repository.people(session, [user_id]).get(user_id)
    if user is None:
        raise not_found("person")
    if user.disabled_at is not None:
        raise conflict("person-gone", f"{user.display_name} can no longer log in; choose somebody else.")
    return user


def _able(session: Session, user: User, role: str, site: Site) -> None:
    if not repository.holds_role(session, user, role, site):
        raise lacks_role(user.display_name, site.name)


def _may_absence(caller: Caller, user: User) -> None:
    caller.require(Permission.SEE)
    if user.id == caller.user_id:
        return
    if user.agency_id is not None:
        caller.require(Permission.EDIT_ROSTER, agency_id=user.agency_id, what="person")
    elif caller.seen != EVERYTHING:
        raise forbidden("Only they themselves can say when they are away.")


def _check(session: Session, row: DutyShift) -> None:
    if not timedelta(0) < row.ends_at - row.starts_at <= LONGEST_SHIFT:
        raise invalid("invalid-shift", f"A shift ends after it starts, and lasts {LONGEST_SHIFT.days} days at most.")
    if _clashing(session, row):
        raise conflict("shift-there", "This person is asked in this role at that time already; change that shift.")


def _clashing(session: Session, row: DutyShift) -> bool:
    there = repository.shifts(
        session, row.starts_at, row.ends_at, site_ids=[row.site_id], role=row.role, user_id=row.user_id
    )
    return any(one.id != row.id for one in there)


def _saved(session: Session, caller: Caller, row: DutyShift) -> DutyShift:
    session.add(row)
    session.flush()
    said = row.model_dump(mode="json", include={"role", "user_id", "rank", "starts_at", "ends_at", "deleted_at"})
    audit(session, caller, Action.ROSTER_CHANGED, "shift", row.id, after=said)
    note_change(session, "roster", row.id)
    return row


def _saved_absence(session: Session, caller: Caller, row: DutyAbsence) -> None:
    session.add(row)
    session.flush()
    said = row.model_dump(mode="json", include={"user_id", "replacement_id", "starts_at", "ends_at", "deleted_at"})
    audit(session, caller, Action.ROSTER_CHANGED, "absence", row.id, after=said)
    note_change(session, "roster", row.id)


def _turn(row: DutyShift) -> Turn:
    return Turn(row.id, row.user_id, row.rank, row.starts_at, row.ends_at)


def _away(rows: Iterable[DutyAbsence]) -> Sequence[Away]:
    return [Away(row.user_id, row.starts_at, row.ends_at, row.replacement_id) for row in rows]
