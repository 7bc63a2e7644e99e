"""The states of ISA-18.2, replayed from a fault's log.

`judge` reads the log from its beginning each time, so an entry that comes late stands where it belongs. Hiding
(shelved, expected, following from another alarm) lies over the states and never changes them: what was hidden is what
it would have been when it is seen again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from playlists.alarm.event import Event, Word
from playlists.alarm.rule import CHATTER_QUIET_S, CHATTER_RAISES, CHATTER_WINDOW_S, AlarmRule


class Phase(StrEnum):
    """Where an alarm stands."""

    NORMAL = "normal"
    PENDING = "pending"
    """The condition is there, for less than the rule's delay."""
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    """The condition is gone and nobody has acknowledged it."""


ACTIVE = frozenset({Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a log comes to at one time. Times are those of the current episode, or of the last one."""

    phase: Phase = Phase.NORMAL
    is_raised: bool = False
    """The condition itself, without any delay."""
    since_at: datetime | None = None
    """When the condition began."""
    active_at: datetime | None = None
    """When it became an alarm."""
    acknowledged_at: datetime | None = None
    started_at: datetime | None = None
    returned_at: datetime | None = None
    """When the alarm returned to normal, delay included; the condition went earlier."""
    ended_at: datetime | None = None
    """When nobody had to care any more."""
    raises: int = 0
    """How often the condition rose in the episode."""
    is_chattering: bool = False
    shelved_until: datetime | None = None
    next_at: datetime | None = None
    """When this changes by time alone; None: only an event changes it."""

    @property
    def is_active(self) -> bool:
        """Whether it is an alarm whose condition stands (or has not been gone for long enough)."""
        return self.phase in ACTIVE

    @property
    def wants_somebody(self) -> bool:
        """Whether a person has something to do, if it is not hidden."""
        return self.phase in ACTIVE or self.phase is Phase.RETURNED


class Shown(StrEnum):
    """The four words on a phone, and the one for what is hidden."""

    NEW = "new"
    TAKEN = "taken"
    IN_REPAIR = "in_repair"
    DONE = "done"
    HIDDEN = "hidden"


def shown(standing: Standing, now: datetime) -> Shown:
    """Return the word for a phone."""
    if standing.shelved_until is not None and standing.shelved_until > now:
        return Shown.HIDDEN
    if standing.is_active and standing.started_at is not None:
        return Shown.IN_REPAIR
    if standing.phase is Phase.ACKNOWLEDGED:
        return Shown.TAKEN
    return Shown.NEW if standing.phase in {Phase.UNACKNOWLEDGED, Phase.PENDING} else Shown.DONE


def judge(log: Iterable[Event], rule: AlarmRule, now: datetime) -> Standing:
    """Return where a fault stands at `now`; entries later than that do not count yet.

    The result stays the same until its `next_at`, if no entry comes.
    """
    replay = _Replay(rule)
    later: datetime | None = None
    for event in sorted(log):
        if event.at > now:
            later = event.at
            break
        replay.take(event)
    replay.advance(now)
    return replay.standing(now, later)


@dataclass(slots=True)
class _Replay:
    rule: AlarmRule
    phase: Phase = Phase.NORMAL
    is_raised: bool = False
    since_at: datetime | None = None
    active_at: datetime | None = None
    acknowledged_at: datetime | None = None
    started_at: datetime | None = None
    cleared_at: datetime | None = None
    returned_at: datetime | None = None
    ended_at: datetime | None = None
    raises: int = 0
    is_chattering: bool = False
    is_reset: bool = False
    shelved_until: datetime | None = None
    recent: deque[datetime] = field(default_factory=deque)

    def take(self, event: Event) -> None:
        self.advance(event.at)
        match event.word:
            case Word.RAISED:
                self._raised(event.at)
            case Word.CLEARED:
                self._cleared(event.at)
            case Word.ACKNOWLEDGED:
                self._acknowledged(event.at)
            case Word.STARTED:
                self._started(event.at)
            case Word.SHELVED:
                self._shelved(event.at, event.until)
            case Word.UNSHELVED:
                self._unshelved(event.at)
            case Word.ESCALATED:
                self._escalated()
            case Word.RESET:
                self._reset(event.at)
        self.advance(event.at)

    def advance(self, to: datetime) -> None:
        """Let the time come: what was due happens at its own time, not at `to`."""
        while (due := self._due()) is not None and due <= to:
            if self.phase is Phase.PENDING:
                self._activate(due)
            else:
                self._return(due)

    def standing(self, now: datetime, later: datetime | None) -> Standing:
        shelved = self.shelved_until if self.shelved_until is not None and self.shelved_until > now else None
        times = [at for at in (self._due(), shelved, later) if at is not None]
        return Standing(
            self.phase, self.is_raised, self.since_at, self.active_at, self.acknowledged_at, self.started_at,
            self.returned_at, self.ended_at, self.raises, self.is_chattering, shelved, min(times, default=None),
        )  # fmt: skip

    def _due(self) -> datetime | None:
        if self.phase is Phase.PENDING and self.since_at is not None:
            return self.since_at + timedelta(seconds=self.rule.on_delay_s)
        if self.phase in ACTIVE and self.cleared_at is not None and (self.is_reset or not self.rule.is_latched):
            quiet = max(self.rule.off_delay_s, CHATTER_QUIET_S) if self.is_chattering else self.rule.off_delay_s
            return self.cleared_at + timedelta(seconds=quiet)
        return None

    def _raised(self, at: datetime) -> None:
        if self.is_raised:
            return
        self.is_raised, self.cleared_at = True, None
        if self.phase is Phase.NORMAL:
            self._begin(at)
        elif self.phase is Phase.RETURNED:
            self.phase, self.returned_at, self.started_at = Phase.UNACKNOWLEDGED, None, None
        self.raises += 1
        self._note_raise(at)

    def _cleared(self, at: datetime) -> None:
        if not self.is_raised:
            return
        self.is_raised, self.cleared_at = False, at
        if self.phase is Phase.PENDING:
            self.phase, self.ended_at = Phase.NORMAL, at

    def _acknowledged(self, at: datetime) -> None:
        if self.phase is Phase.UNACKNOWLEDGED:
            self.phase, self.acknowledged_at = Phase.ACKNOWLEDGED, at
        elif self.phase is Phase.RETURNED:
            self.acknowledged_at = at
            self._end(at)

    def _started(self, at: datetime) -> None:
        self._acknowledged(at)
        if self.phase is Phase.ACKNOWLEDGED and self.started_at is None:
            self.started_at = at

    def _shelved(self, at: datetime, until: datetime | None) -> None:
        if until is not None and until > at:
            self.shelved_until = until

    def _unshelved(self, at: datetime) -> None:
        if self.shelved_until is not None and self.shelved_until > at:
            self.shelved_until = at

    def _escalated(self) -> None:
        if self.phase is Phase.ACKNOWLEDGED and self.started_at is None:
            self.phase, self.acknowledged_at = Phase.UNACKNOWLEDGED, None

    def _reset(self, at: datetime) -> None:
        if self.phase in ACTIVE and not self.is_raised:
            self.is_reset, self.cleared_at = True, at

    def _begin(self, at: datetime) -> None:
        self.phase, self.since_at = Phase.PENDING, at
        self.active_at = self.acknowledged_at = self.started_at = self.returned_at = self.ended_at = None
        self.raises, self.is_chattering, self.is_reset = 0, False, False

    def _note_raise(self, at: datetime) -> None:
        self.is_reset = False
        self.recent.append(at)
        while self.recent[0] <= at - timedelta(seconds=CHATTER_WINDOW_S):
            self.recent.popleft()
        self.is_chattering |= len(self.recent) >= CHATTER_RAISES
        wanted = self.rule.flaps_to_alarm
        if wanted is not None and self.phase is Phase.PENDING and len(self.recent) >= wanted:
            self._activate(at)

    def _activate(self, at: datetime) -> None:
        self.phase, self.active_at = Phase.UNACKNOWLEDGED, at

    def _return(self, at: datetime) -> None:
        self.returned_at, self.cleared_at = at, None
        if self.phase is Phase.ACKNOWLEDGED:
            self._end(at)
        else:
            self.phase = Phase.RETURNED

    def _end(self, at: datetime) -> None:
        self.phase, self.ended_at = Phase.NORMAL, at
        self.is_chattering = False
