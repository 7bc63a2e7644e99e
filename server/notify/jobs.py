"""The look every two seconds: what stands, who is on duty, what was told, and from these the messages of now.

Reading and deciding hold no writing transaction; the messages' keys keep a second process from writing them twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from playlists.alarm.judge import Phase
from playlists.fault import Severity
from server.changes import note_change
from server.db import Database, Session, Wake, ring_after_commit
from server.notify import choosing, failing, gathering, repository, words
from server.notify.choosing import Chosen
from server.notify.gathering import Thing
from server.notify.plan import Kind, Reader, Step, Tell, Told, Way, decide
from server.roster import service as roster
from server.tables import NotifyMessage
from server.tables.accounts import Role
from server.tables.notify import MessageState

EVERY_S = 2.0
MOST_IN_A_WHILE = 10
"""So many faults are told one by one to a person within `WHILE`; what comes beyond goes together."""
WHILE = timedelta(minutes=10)
BUNDLE = timedelta(minutes=1)
"""So long a bundle collects."""
_GRAVEST_FIRST = {str(severity): number for number, severity in enumerate(Severity)}


@dataclass
class _Found:
    """What one look found: messages to write, gathered ones to send now, causes that are over, lonely sites."""

    new: list[NotifyMessage] = field(default_factory=list)
    forward: list[UUID] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    lonely: set[UUID] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)


class Planner:
    """Writes messages. `channels` are the configured ones that reach people, and the webhooks."""

    def __init__(
        self, db: Database, people_by: Collection[str], webhooks: Collection[str], clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._people_by = frozenset(people_by)
        self._webhooks = frozenset(webhooks)
        self._clock = clock

    def look(self) -> int:
        """Look once; return how many messages were written."""
        if not (self._people_by or self._webhooks):
            return 0
        at = self._clock()
        with self._db.read() as session:
            found = _Look(session, self._people_by, self._webhooks, at).found()
            digests_due = bool(repository.gathered_keys(session, at))
            lonely = repository.sites_with(session, failing.CODE, failing.NOBODY)
        if not (found.new or found.forward or found.over or digests_due or lonely != found.lonely):
            return 0
        try:
            with self._db.write() as session:
                return _write(session, found, at)
        except IntegrityError:
            return 0  # another process was first; the next look sees what it wrote


class _Look:
    """One look, with what it asked the roster already."""

    def __init__(self, session: Session, people_by: frozenset[str], webhooks: frozenset[str], at: datetime) -> None:
        self._session, self._at = session, at
        self._people_by, self._webhooks = people_by, webhooks
        self._sites = repository.sites(session)
        self._rules = repository.rules(session)
        self._orders: dict[tuple[str, UUID | None], list[UUID]] = {}
        self._readers: dict[UUID, Reader] = {}

    def found(self) -> _Found:
        """Return what is to be written."""
        result = _Found()
        things = gathering.things(self._session, self._sites, self._at)
        result.standing = {one.cause.key for one in things}
        gone = _gone(self._session, repository.open_causes(self._session) - result.standing)
        told = _by_cause(repository.messages_of(self._session, result.standing | gone))
        for thing in things:
            self._one(thing, told.get(thing.cause.key, []), result)
        for key in sorted(gone):
            self._over(key, told[key], result)
        result.over = gone
        self._bundle(result.new)
        return result

    def _bundle(self, new: list[NotifyMessage]) -> None:
        """Let a flood of faults come as one message: the gravest come alone, the rest of a while together."""
        faults = [one for one in new if one.kind == Kind.ALARM and one.step == Step.RAISED and one.user_id is not None
                  and one.state == MessageState.WAITING]  # fmt: skip
        if not faults:
            return
        readers = {one.user_id for one in faults if one.user_id is not None}
        told = repository.count_faults(self._session, readers, self._at - WHILE)
        left = {one.user_id: MOST_IN_A_WHILE - told.get(one.user_id, 0) for one in faults if one.user_id is not None}
        for one in sorted(faults, key=lambda row: _GRAVEST_FIRST.get(str(row.fields.get("severity")), 0)):
            if one.user_id is None:
                continue
            left[one.user_id] -= 1
            if left[one.user_id] < 0:
                one.state, one.send_at = MessageState.GATHERED, self._at + BUNDLE

    def _one(self, thing: Thing, said: list[NotifyMessage], result: _Found) -> None:
        place = self._sites[thing.site_ids[0]] if thing.site_ids else None
        chosen = choosing.choose(self._rules, thing.kind, thing.severity, place.agency_id if place else None,
                                 place.id if place else None)  # fmt: skip
        order = self._order(thing, chosen)
        rule = chosen.rule
        if place is not None and not chosen.is_own_pace:
            minutes = roster.next_after_min(self._session, place.id, chosen.roles[0])
            rule = replace(rule, next_after=timedelta(minutes=minutes))
        tz = gathering.place_zone(self._sites, thing)
        told = _told(said)
        for tell in decide(thing.cause, rule, order, told, self._at, tz):
            result.new.append(_message(thing, tell, self._at, tells_end=rule.tells_end and rule.way is Way.NOW))
        if rule.way is Way.NOW and not thing.cause.is_silent:
            late = self._at + BUNDLE
            result.forward += [one.id for one in said if one.state == MessageState.GATHERED and one.send_at > late]
        is_ripe = not thing.cause.is_silent and self._at >= thing.cause.since + rule.delay
        for hook in chosen.webhooks if is_ripe else ():
            if hook in self._webhooks and not any(one.channel == hook for one in said):
                result.new.append(_hook(thing, hook, Step.RAISED, self._at, is_open=rule.tells_end))
        urgent = thing.kind in (Kind.ALARM, Kind.EMERGENCY) and thing.cause.is_urgent and is_ripe
        is_ours = thing.fields.get("code") == failing.CODE
        if urgent and not is_ours and rule.way is Way.NOW and not any(one.is_reachable for one in order):
            result.lonely.update(thing.site_ids[:1])

    def _over(self, key: str, said: list[NotifyMessage], result: _Found) -> None:
        raised = [one for one in said if one.step == Step.RAISED and one.is_open]
        ended = {(one.user_id, one.channel) for one in said if one.step == Step.ENDED}
        readers = {one.user_id: one for one in self._known({row.user_id for row in raised if row.user_id is not None})}
        for row in raised:
            if (row.user_id, row.channel) in ended or row.state == MessageState.GATHERED:
                continue
            reader = readers.get(row.user_id) if row.user_id is not None else None
            if row.user_id is not None and (reader is None or not (reader.is_reachable and reader.wants_end)):
                continue
            whom = str(row.user_id) if row.user_id is not None else f"@{row.channel}"
            result.new.append(
                NotifyMessage(key=f"{key}|{whom}|{Step.ENDED}", cause=key, kind=row.kind, step=Step.ENDED,
                              site_id=row.site_id, user_id=row.user_id, channel=row.channel, fields=row.fields,
                              state=MessageState.WAITING, is_open=False, send_at=self._at, said_at=self._at)
            )  # fmt: skip

    def _order(self, thing: Thing, chosen: Chosen) -> list[Reader]:
        """Return who is asked: the roster's people; where none of them can be reached, all who hold the roles."""
        places: Iterable[UUID | None] = thing.site_ids or (None,)
        ids = [one for role in chosen.roles for place in places for one in self._on_duty(role, place)]
        order = self._known(one for one in ids if one not in thing.not_to)
        if any(one.is_reachable for one in order):
            return order
        more = [one for role in (*chosen.roles, Role.ADMINISTRATOR) for place in places
                for one in repository.holders(self._session, role, self._sites[place] if place else None)]  # fmt: skip
        if thing.kind is Kind.AUDIT_HEAD:
            more = repository.holders(self._session, chosen.roles[0], None)
        return self._known(one for one in (*ids, *more) if one not in thing.not_to)

    def _on_duty(self, role: str, place: UUID | None) -> list[UUID]:
        if place is None:
            return []
        if (role, place) not in self._orders:
            found = roster.on_duty(self._session, role, place, self._at)
            self._orders[role, place] = [one.user.id for one in found]
        return self._orders[role, place]

    def _known(self, ids: Iterable[UUID]) -> list[Reader]:
        wanted = list(dict.fromkeys(ids))
        missing = [one for one in wanted if one not in self._readers]
        if missing:
            reached = repository.verified(self._session, missing, self._people_by)
            wishes = repository.wishes(self._session, missing)
            for one in missing:
                wish = wishes.get(one)
                quiet = (_clock(wish.quiet_from), _clock(wish.quiet_to)) if wish is not None else (None, None)
                self._readers[one] = Reader(one, one in reached, *quiet, wish.wants_return if wish else True)
        return [self._readers[one] for one in wanted]


def _write(session: Session, found: _Found, at: datetime) -> int:
    there = repository.keys(session, [one.key for one in found.new])
    fresh = [one for one in found.new if one.key not in there]
    for row in fresh:
        session.add(row)
    for message_id in found.forward:
        early = repository.message(session, message_id, lock=True)
        if early is not None and early.state == MessageState.GATHERED:
            early.state, early.send_at = MessageState.WAITING, at
            session.add(early)
    for row in repository.messages_of(session, found.over):
        if row.is_open:
            row.is_open = False
            session.add(row)
    made = _digests(session, found.standing, at)
    failing.nobody(session, found.lonely, at)
    session.flush()
    for row in fresh:
        note_change(session, "notification", row.id)
    ring_after_commit(session, Wake.OUTBOX)
    return len(fresh) + made


def _digests(session: Session, standing: set[str], at: datetime) -> int:
    by_reader: dict[UUID, list[NotifyMessage]] = {}
    for row in repository.gathered(session, at):
        if row.user_id is not None:
            by_reader.setdefault(row.user_id, []).append(row)
    for user_id, rows in by_reader.items():
        items = [{"kind": row.kind, "step": row.step, "fields": row.fields, "is_over": row.cause not in standing}
                 for row in rows]  # fmt: skip
        digest = NotifyMessage(
            key=f"digest|{user_id}|{rows[0].id}", cause=f"digest:{rows[0].id}", kind=words.DIGEST, step=Step.RAISED,
            site_id=rows[0].site_id, user_id=user_id, fields={"items": items}, state=MessageState.WAITING,
            is_open=False, send_at=at, said_at=at,
        )  # fmt: skip
        session.add(digest)
        session.flush()
        for row in rows:
            row.state, row.is_open, row.digest_id = MessageState.DIGESTED, False, digest.id
            session.add(row)
    return len(by_reader)


def _gone(session: Session, keys: Collection[str]) -> set[str]:
    """Return the causes that are over among those that were not found: a list that was cut short ends nothing."""
    ids = {UUID(key.removeprefix("alarm:")) for key in keys if key.startswith("alarm:")}
    rows = repository.alarms_by_id(session, ids)
    living = {f"alarm:{row.id}" for row in rows.values()
              if row.ended_at is None and row.phase in (Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED)}  # fmt: skip
    return set(keys) - living


def _by_cause(rows: Iterable[NotifyMessage]) -> dict[str, list[NotifyMessage]]:
    found: dict[str, list[NotifyMessage]] = {}
    for row in rows:
        found.setdefault(row.cause, []).append(row)
    return found


def _told(said: Iterable[NotifyMessage]) -> dict[UUID, Told]:
    rows = [one for one in said if one.user_id is not None]
    ended = {one.user_id for one in rows if one.step == Step.ENDED}
    return {one.user_id: Told(one.said_at, one.user_id in ended) for one in rows
            if one.step == Step.RAISED and one.user_id is not None}  # fmt: skip


def _message(thing: Thing, tell: Tell, at: datetime, *, tells_end: bool) -> NotifyMessage:
    return NotifyMessage(
        key=f"{tell.cause}|{tell.user_id}|{tell.step}", cause=tell.cause, kind=thing.kind, step=tell.step,
        site_id=thing.site_ids[0] if thing.site_ids else None, user_id=tell.user_id, fields=thing.fields,
        state=MessageState.GATHERED if tell.is_digest else MessageState.WAITING,
        is_open=tells_end or tell.is_digest, send_at=tell.send_at, said_at=at,
    )  # fmt: skip


def _hook(thing: Thing, hook: str, step: Step, at: datetime, *, is_open: bool) -> NotifyMessage:
    return NotifyMessage(
        key=f"{thing.cause.key}|@{hook}|{step}", cause=thing.cause.key, kind=thing.kind, step=step,
        site_id=thing.site_ids[0] if thing.site_ids else None, channel=hook, fields=thing.fields,
        state=MessageState.WAITING, is_open=is_open, send_at=at, said_at=at,
    )  # fmt: skip


def _clock(text: str) -> time | None:
    return time.fromisoformat(text) if text else None
