"""What the kiosk knows of signed documents between two steps: what it acts on, what is on its way, what it refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from kiosk_agent.core.backoff import RESTED, Retry
from kiosk_agent.core.moment import Moment
from playlists.profile import Profile
from playlists.trust import Rule
from playlists.trust.trusted import Clock, Source, Trusted

MOST_REJECTS = 16
REJECT_STANDS_S = 24 * 3600.0
SETTLE_S = 10.0
"""Values and emergencies may come before the release that they need: so long nobody is told of it."""


class Kind(StrEnum):
    """As what a signed document comes."""

    ROOT = "root"
    RELEASE = "release"
    MANIFEST = "manifest"
    WITHDRAWAL = "withdrawal"
    HOLD = "hold"
    VALUES = "values"
    EMERGENCY = "emergency"
    TIME = "time"


class WarningPicture(NamedTuple):
    """A segment's still for one profile; `framed` puts the drill's frame around it, whoever rendered the segment."""

    sha256: str
    profile: Profile
    framed: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that was refused; `late` ones were over, which is no attack."""

    kind: Kind
    rule: Rule
    sha256: str
    at: datetime
    since_s: float
    late: bool
    text: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A manifest of the server's key that waits for releases that it names."""

    envelope: bytes
    sha256: str
    names: frozenset[str]
    seq: int


@dataclass(frozen=True, slots=True)
class Told:
    """The time that the server signed for this kiosk, and when that was; it holds until the next start."""

    at: datetime
    mono_s: float


@dataclass(frozen=True, slots=True)
class Poll:
    """Asking over HTTPS for what the topics say."""

    running: bool = False
    due_s: float = 0.0
    retry: Retry = RESTED
    page: int | None = None
    """The page of withdrawals that is asked for next."""
    time_due_s: float = 0.0
    time_running: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """Signed documents. `acted` is stored and acted on, `taken` the newest; they differ while it is being stored."""

    required: bool = False
    """Without a root nothing may be shown."""
    acted: Trusted | None = None
    taken: Trusted | None = None
    keeping: Trusted | None = None
    keep_retry: Retry = RESTED
    told: Told | None = None
    parked: Parked | None = None
    offered: Mapping[Kind, tuple[bytes, ...]] = field(default_factory=dict)
    """What came in last of each kind, to be judged again when releases or keys have changed."""
    next_root: int | None = None
    """The version that is asked for next."""
    fetching: str | None = None
    """The release, or `root`, that is being fetched."""
    unobtainable: frozenset[str] = frozenset()
    """Releases that the server does not have for us or that were refused; asked for again at the next poll."""
    fetch_retry: Retry = RESTED
    poll: Poll = Poll()
    refusals: tuple[Refusal, ...] = ()
    """Newest first."""

    def clock(self, now: Moment, *, trusted: bool) -> Clock:
        """Return the time of day and what stands behind it."""
        if trusted:
            return Clock(now.wall, Source.SYNCHRONISED)
        if self.told is not None:
            return Clock(self.told.at + timedelta(seconds=now.mono_s - self.told.mono_s), Source.TOLD)
        return Clock(now.wall, Source.UNKNOWN)

    @property
    def missing_releases(self) -> frozenset[str]:
        """The releases that the waiting manifest names and that can still be asked for."""
        if self.parked is None or self.taken is None:
            return frozenset()
        return self.parked.names - self.taken.releases.keys() - self.unobtainable

    def refused(self, one: Refusal) -> Self:
        """Return the state with one refusal more; the same bytes count once."""
        if any(each.sha256 == one.sha256 for each in self.refusals):
            return self
        return replace(self, refusals=(one, *self.refusals)[:MOST_REJECTS])

    def accepted(self, sha256: str) -> Self:
        """Return the state after bytes that may have been refused before were accepted."""
        if all(each.sha256 != sha256 for each in self.refusals):
            return self
        return replace(self, refusals=tuple(each for each in self.refusals if each.sha256 != sha256))
