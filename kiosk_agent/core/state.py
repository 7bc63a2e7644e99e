"""What a kiosk knows between two steps: frozen values, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kiosk_agent.core.accept import Held
from kiosk_agent.core.backoff import RESTED, Retry
from kiosk_agent.core.events import Airing
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.trust import Trust, WarningPicture
from playlists.board_values import Values
from playlists.fault import FaultCode, Severity
from playlists.manifest import PanelSpec
from playlists.timeline import Facts
from playlists.wire.messages import Pointer


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this kiosk is and whom it trusts."""

    kiosk_id: UUID
    server_key: bytes
    """The server's public key, 32 bytes, pinned at enrolment."""
    sid: int
    """The newest connection's session number, microseconds since 1970; a later one is larger."""
    boot: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often the kiosk does what it does by itself."""

    poll_s: int = 900
    poll_fixed: bool = False
    """The setting stands, whatever the server says."""
    health_s: int = 30
    capture_s: int = 6 * 3600
    watch_gap_s: float = 1.0
    renew_hour: int | None = 3
    """The hour of the site's day at which the player is renewed; None: never."""
    spare_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Fetch:
    """Asking for the manifest."""

    running: bool = False
    again: bool = False
    """A newer pointer came while a request was running."""
    wanted: Pointer | None = None
    misses: int = 0
    """Answers that were older than the wanted pointer."""
    retry: Retry = RESTED
    next_poll_s: float = 0.0
    refused_sha256: str | None = None
    """An envelope that was rejected, so that it is not fetched over and over."""
    refusal: str | None = None
    asked_by: UUID | None = None
    """The command that waits for this answer."""


@dataclass(frozen=True, slots=True)
class Download:
    """The one running download."""

    sha256: str
    got_bytes: int = 0


@dataclass(frozen=True, slots=True)
class OnAir:
    """What the player has on screen."""

    airing: Airing
    since: datetime
    best_permille: int | None = None
    latest_permille: int | None = None


@dataclass(frozen=True, slots=True)
class Playback:
    """The player, as far as it is known."""

    panel: PanelSpec | None = None
    """What the player was last started for."""
    name: str = ""
    frames: int = -1
    stalled: bool = False
    on_air: OnAir | None = None
    retry: Retry = RESTED
    begun_s: float | None = None
    """The monotonic second at which the player was started or renewed last."""


@dataclass(frozen=True, slots=True)
class Captures:
    """When pictures of the panel go out."""

    running: bool = False
    wanted: bool = False
    next_due_s: float = 0.0
    sent_s: float = float("-inf")
    watch_until_s: float = float("-inf")
    watched_by: UUID | None = None
    pictured_seq: int = 0
    """The newest manifest of which a first picture was sent."""
    retry: Retry = RESTED


@dataclass(frozen=True, slots=True)
class Spooled:
    """Proof of play on its way to the server."""

    next_seq: int = 1
    waiting: int = 0
    send_at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """When a board's values went on air here, and why newer ones were refused last."""

    at: datetime | None = None
    refused: str | None = None
    refused_seq: int = 0


@dataclass(frozen=True, slots=True)
class Boards:
    """Status boards: `accepted` is believed, `shown` is what the timeline follows; both hold the newest of each board.

    `waiting` are the values of boards that the installed manifest does not have. Pictures are known by their keys.
    """

    accepted: tuple[Values, ...] = ()
    waiting: tuple[Values, ...] = ()
    shown: tuple[Values, ...] = ()
    taken: Mapping[UUID, Taken] = field(default_factory=dict)
    drawn: frozenset[str] = frozenset()
    drawing: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Warnings:
    """Emergencies on the panel: the picture that is up, the pictures that are ready, and what was seen since when."""

    up: WarningPicture | None = None
    up_id: str | None = None
    """The emergency that it belongs to."""
    up_since_s: float = 0.0
    drawn: frozenset[WarningPicture] = frozenset()
    drawing: frozenset[WarningPicture] = frozenset()
    failed: frozenset[WarningPicture] = frozenset()
    seen: Mapping[str, datetime] = field(default_factory=dict)
    """When a picture of each running emergency was first on the panel."""
    needed: Mapping[str, int] = field(default_factory=dict)
    """Digest and size of the pictures of running emergencies and of templates, in the order in which they matter."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Somebody reads along in the log: the command that asked for it, and the monotonic second at which it ends."""

    asked_by: UUID
    until_s: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """A fault, or the first reading of one that is not raised yet."""

    code: FaultCode
    subject: str
    detail: str
    since_at: datetime
    readings: int = 1
    active: bool = False
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that the core remembers."""

    identity: Identity
    policy: Policy = Policy()
    started: bool = False
    linked: bool = False
    installed: Held | None = None
    candidate: Held | None = None
    stored: frozenset[str] = frozenset()
    fetch: Fetch = Fetch()
    download: Download | None = None
    download_retry: Retry = RESTED
    last_failed: str | None = None
    """The segment whose download failed last; the next one in order is tried first."""
    unobtainable: frozenset[str] = frozenset()
    """Segments that the server says it does not have for us; asked again at the next poll."""
    installing: Held | None = None
    install_retry: Retry = RESTED
    playback: Playback = Playback()
    captures: Captures = Captures()
    plays: Spooled = Spooled()
    boards: Boards = Boards()
    trust: Trust = field(default_factory=Trust)
    resting: frozenset[str] = frozenset()
    """Files of the installed manifest that may not be shown now, by what people signed."""
    warnings: Warnings = Warnings()
    alarms: Mapping[tuple[FaultCode, str], Alarm] = field(default_factory=dict)
    readings: Mapping[str, Finding] = field(default_factory=dict)
    crashes: tuple[tuple[str | None, float], ...] = ()
    """The player's last deaths: the segment that was due and the monotonic second."""
    deaths: tuple[float, ...] = ()
    """The monotonic seconds of the player's last deaths, whatever was due."""
    quarantined: Mapping[str, float] = field(default_factory=dict)
    """Segments that are left out, each until a monotonic second."""
    clock_trusted: bool = False
    clock_latched: bool = False
    """The clock was confirmed in this run and has not jumped since."""
    last: tuple[datetime, float] | None = None
    """Wall and monotonic time of the step before, to see the clock jump."""
    next_health_s: float = 0.0
    error: str | None = None
    commands_seen: tuple[UUID, ...] = ()
    tail: Tail | None = None
    told: tuple[object, ...] = ()
    told_at_s: float = float("-inf")
    said: int = 0
    """Messages said in this run; they make ids and sequence numbers."""

    @property
    def facts(self) -> Facts:
        """What the timeline depends on."""
        return Facts(
            clock_trusted=self.clock_trusted,
            stored=self.stored,
            quarantined=self.resting.union(self.quarantined),
            values=self.boards.shown,
        )

    @property
    def needed(self) -> Mapping[str, int]:
        """Digest and size of each segment that is needed, in the order in which they are fetched."""
        ahead = {**self.warnings.needed, **(self.candidate.sizes if self.candidate else {})}
        return ahead | self.installed.sizes if self.installed else ahead

    @property
    def missing(self) -> Mapping[str, int]:
        """The needed segments that are not stored."""
        return {sha256: size for sha256, size in self.needed.items() if sha256 not in self.stored}
