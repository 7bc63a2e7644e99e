"""Keeping alarms as their logs say: an entry, or the time alone, and the rows say what a replay would say.

Called by the inbox (edges), by people (services) and by the sweeper (time); each in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from playlists.alarm import causes
from playlists.alarm.causes import GRACE, Part
from playlists.alarm.event import Word
from playlists.alarm.judge import ACTIVE, Phase, judge
from playlists.alarm.rule import CHATTER_WINDOW_S, rule_of
from playlists.alarm.window import Window, WindowKind, expected_until
from playlists.fault import CATALOGUE, FaultCode
from server.changes import note_change
from server.db import Session
from server.faults.alarms import repository
from server.faults.hours import closed_spans
from server.tables import Alarm, AlarmEvent, Fault

MOST_DUE = 1000
SETTLE_AT_MOST = timedelta(seconds=60)
"""A kiosk's alarm waits so long at most for its neighbours: a site that goes is told as one."""
OFFLINE = FaultCode.KIOSK_OFFLINE
CLOSED_AROUND = timedelta(days=2)
"""Closed hours are looked at so far around a moment."""


@dataclass(frozen=True)
class Place:
    """Where an alarm is. `kiosk_id` is None for what concerns a site as a whole."""

    site_id: UUID
    kiosk_id: UUID | None = None
    panel_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The kiosk, or the site."""
        return self.kiosk_id or self.site_id


@dataclass(frozen=True)
class Said:
    """What a check says of one part."""

    code: str
    subject: str
    severity: str
    detail: str


def raised(session: Session, row: Fault, at: datetime) -> None:
    """Take that a fault was raised; one of a kiosk without a panel concerns nobody yet."""
    place = _place_of(session, row)
    if place is not None:
        said = Said(row.code, row.subject, row.severity, row.detail)
        # a kiosk that was silent may have been there all the while: its delay counts from when we missed it
        edge(session, place, said, Word.RAISED, at if row.code == OFFLINE else min(row.since_at, at), at)


def cleared(session: Session, row: Fault, at: datetime) -> None:
    """Take that a fault was cleared."""
    standing = repository.newest(session, row.kiosk_id, row.code, row.subject)
    if standing is not None and standing.is_raised:
        note(session, standing, Word.CLEARED, max(at, standing.since_at), at)


def said_anew(session: Session, row: Fault, at: datetime) -> None:
    """Take another severity or another detail of a fault that stands."""
    standing = repository.newest(session, row.kiosk_id, row.code, row.subject)
    if standing is not None and standing.is_raised:
        standing.severity, standing.detail = row.severity, row.detail
        restand(session, standing, at)


def edge(session: Session, place: Place, said: Said, word: Word, at: datetime, now: datetime) -> Alarm:
    """Write that a condition came or went into the log of its alarm, which is made when there is none to go on with.

    `at` is when it happened as far as is known; an entry never comes before one that was written earlier.
    """
    standing = repository.newest(session, place.id, said.code, said.subject)
    if standing is None or not _goes_on(standing, at):
        standing = Alarm(place_id=place.id, site_id=place.site_id, kiosk_id=place.kiosk_id, panel_id=place.panel_id,
                         code=said.code, subject=said.subject, severity=said.severity, phase=Phase.NORMAL,
                         since_at=at)  # fmt: skip
        session.add(standing)
        session.flush()
    elif standing.active_at is None:
        repository.forget_entries(session, standing.id, at - timedelta(seconds=CHATTER_WINDOW_S))
    standing.severity, standing.detail, standing.panel_id = said.severity, said.detail, place.panel_id
    last = repository.last_entry_at(session, standing.id)
    note(session, standing, word, max(at, last) if last is not None else at, now)
    return standing


def note(
    session: Session,
    row: Alarm,
    word: Word,
    at: datetime,
    now: datetime,
    *,
    user_id: UUID | None = None,
    text: str = "",
    until: datetime | None = None,
) -> None:
    """Write an entry into an alarm's log, and what stands now."""
    session.add(AlarmEvent(alarm_id=row.id, at=at, word=word, user_id=user_id, note=text, until=until))
    session.flush()
    restand(session, row, max(at, now))


def restand(session: Session, row: Alarm, at: datetime) -> None:
    """Make a row say what a replay of its log says at a time."""
    rule = rule_of(row.code, repository.rules_of_site(session, row.site_id))
    log = repository.log(session, row.id)
    found = judge(log, rule, at)
    was_active = row.active_at is not None and row.ended_at is None
    row.phase, row.is_raised = found.phase, found.is_raised
    row.since_at = found.since_at or row.since_at
    row.active_at, row.started_at = found.active_at, found.started_at
    row.acknowledged_at, row.returned_at, row.ended_at = found.acknowledged_at, found.returned_at, found.ended_at
    if found.acknowledged_at is None:
        row.acknowledged_by = None
    row.raises, row.is_chattering, row.shelved_until = max(found.raises, 1), found.is_chattering, found.shelved_until
    planned = repository.expected_at(session, row.site_id, row.panel_id, at)
    if rule.only_in_hours:
        planned += _closed(session, row, at)
    row.expected_until = expected_until(planned, row.code, rule, at)
    begins = (one.from_at for one in planned if one.from_at > at)
    row.next_at = min((one for one in (found.next_at, row.expected_until, *begins) if one is not None), default=None)
    if row.ended_at is not None:
        row.next_at, row.cause_id = None, None
    if not was_active:
        row.settled_at = None
    row.changed_at = at
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "alarm", row.id)


def _closed(session: Session, row: Alarm, at: datetime) -> list[Window]:
    """Return when an alarm's panel is closed, now or soon."""
    found = repository.panel_with_site(session, row.panel_id) if row.panel_id is not None else None
    if found is None:
        return []
    spans = closed_spans(session, *found, at - CLOSED_AROUND, at + CLOSED_AROUND)
    return [Window(WindowKind.CLOSED, start, end) for start, end in spans if end > at]


def is_due(session: Session, since: datetime, at: datetime) -> bool:
    """Tell whether `sweep` has anything to look at."""
    return repository.is_any_due(session, at) or bool(repository.unsettled_sites(session, since, at, GRACE))


def sweep(session: Session, since: datetime, at: datetime) -> None:
    """Let the time come for alarms, and look at each site's alarms together where something happened after `since`."""
    for row in repository.due(session, at, MOST_DUE):
        restand(session, row, at)
    for site_id in sorted(repository.unsettled_sites(session, since, at, GRACE)):
        settle(session, site_id, at)


def settle(session: Session, site_id: UUID, at: datetime) -> None:
    """Say which of a site's alarms follow from which, and whether the site as a whole is gone."""
    _judge_site(session, site_id, at)
    rows = repository.of_site(session, site_id, at - GRACE)
    living = [row for row in rows if row.active_at is not None]
    follows = causes.causes([_part(row) for row in living], at)
    pending = any(row.code == OFFLINE and row.phase == Phase.PENDING for row in rows)
    for row in living:
        if row.phase == Phase.RETURNED and row.cause_id is not None:
            _end_with_cause(session, row, at)
            continue
        cause = follows.get(row.id) if row.ended_at is None else None
        waits = row.code == OFFLINE and cause is None and pending and row.settled_at is None
        settled = row.settled_at or (None if waits and at - _active(row, at) < SETTLE_AT_MOST else at)
        if (row.cause_id, row.settled_at) != (cause, settled):
            row.cause_id, row.settled_at = cause, settled
            row.rev += 1
            session.add(row)
            note_change(session, "alarm", row.id)


def asked_again(session: Session, site_id: UUID, at: datetime) -> None:
    """Ask again what a site's alarms come to: its rules or its announced times have changed."""
    for row in repository.of_site(session, site_id, at):
        restand(session, row, at)


def _judge_site(session: Session, site_id: UUID, at: datetime) -> None:
    kiosks = repository.commissioned(session, site_id)
    offline = {row.place_id: row.since_at for row in repository.of_kiosks(session, kiosks)
               if row.code == OFFLINE and row.is_raised}  # fmt: skip
    since = causes.site_is_offline(kiosks, offline)
    code = FaultCode.SITE_OFFLINE
    standing = repository.newest(session, site_id, code, "")
    is_raised = standing is not None and standing.is_raised
    if (since is not None) == is_raised:
        return
    said = Said(code, "", CATALOGUE[code].severity, "")
    if since is not None:
        edge(session, Place(site_id), said, Word.RAISED, since, at)
    elif standing is not None:
        note(session, standing, Word.CLEARED, at, at)


def _end_with_cause(session: Session, row: Alarm, at: datetime) -> None:
    """Let what followed from an alarm and has gone end with it: nobody was told of it by itself."""
    cause = repository.alarm(session, row.cause_id) if row.cause_id is not None else None
    if cause is None or cause.acknowledged_at is not None or cause.ended_at is not None:
        note(session, row, Word.ACKNOWLEDGED, at, at)


def _goes_on(row: Alarm, at: datetime) -> bool:
    """Tell whether a log goes on with a new entry: it has not ended, never was an alarm, or ended just now."""
    if row.ended_at is None or row.active_at is None:
        return True
    return at - row.ended_at < timedelta(seconds=CHATTER_WINDOW_S)


def _active(row: Alarm, at: datetime) -> datetime:
    return row.active_at or at


def _part(row: Alarm) -> Part:
    gone = None if Phase(row.phase) in ACTIVE else row.returned_at or row.ended_at
    return Part(row.id, row.code, row.subject, row.site_id, row.kiosk_id, row.since_at, gone)


def _place_of(session: Session, row: Fault) -> Place | None:
    site = repository.site_of_panel(session, row.panel_id) if row.panel_id is not None else None
    return Place(site.id, row.kiosk_id, row.panel_id) if site is not None else None
