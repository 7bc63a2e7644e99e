"""What can happen to a kiosk: every input of `core.step`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kiosk_agent.core.accept import Held
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.trust import Kind, WarningPicture
from kiosk_agent.core.verdict import Verdict
from playlists.board_values import Values
from playlists.timeline import Showing
from playlists.trust.trusted import Trusted
from playlists.wire.messages import Ack, BoardValues, Command, Pointer
from playlists.wire.signed import Signed, WithdrawalPage


class Cause(StrEnum):
    """Why something could not be fetched or kept."""

    NETWORK = "network"
    REFUSED = "refused"
    GONE = "gone"
    UNAUTHORISED = "unauthorised"
    WRONG_BYTES = "wrong_bytes"
    STORAGE_FULL = "storage_full"
    STORAGE_READ_ONLY = "storage_read_only"
    STORAGE_BROKEN = "storage_broken"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Started:
    """The agent runs: what the store held after it was verified."""

    installed: Held | None = None
    stored: frozenset[str] = frozenset()
    next_play_seq: int = 1
    plays_waiting: int = 0
    values: tuple[Values, ...] = ()
    """Values of status boards that were kept."""
    findings: tuple[Finding, ...] = ()
    """A first reading, so that the clock's trust is known before the first picture."""
    trusted: Trusted | None = None
    """What was accepted of signed documents, read back and verified; None where the kiosk holds no root."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The agent was asked to end."""


@dataclass(frozen=True, slots=True)
class Tick:
    """About a second has passed."""


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The broker accepted the connection and the subscription; `sid` is this connection's session number."""

    sid: int


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The connection to the broker ended."""


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """The server said how often to poll."""

    poll_s: int


@dataclass(frozen=True, slots=True)
class PointerReceived:
    """dn/manifest came in."""

    pointer: Pointer


@dataclass(frozen=True, slots=True)
class ValuesReceived:
    """dn/values came in, or the server was asked for them; nothing about them is judged."""

    values: BoardValues


@dataclass(frozen=True, slots=True)
class DocumentsReceived:
    """Signed documents came in over MQTT; nothing about them is verified."""

    kind: Kind
    envelopes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SignedRead:
    """The server said over HTTPS what the topics say (None: it says the same as before); nothing is verified."""

    signed: Signed | None


@dataclass(frozen=True, slots=True)
class WithdrawalsRead:
    """The server sent a page of withdrawals; nothing about them is verified."""

    page: WithdrawalPage


@dataclass(frozen=True, slots=True)
class SignedFailed:
    """The server could not be asked for what the topics say."""

    reason: str
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RootFetched:
    """The server sent the root of a version, or has none; nothing about it is verified."""

    envelope: bytes | None


@dataclass(frozen=True, slots=True)
class ReleaseFetched:
    """The server sent the document whose payload is said to have a digest, or has none; nothing is verified."""

    sha256: str
    envelope: bytes | None


@dataclass(frozen=True, slots=True)
class DocumentFailed:
    """The root or release that was asked for could not be fetched."""

    reason: str
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TimeAnswered:
    """The server's answer to a nonce, or None when there was none; nothing about it is verified."""

    nonce: str
    envelope: bytes | None


@dataclass(frozen=True, slots=True)
class TrustKept:
    """What was accepted is on the disk."""


@dataclass(frozen=True, slots=True)
class TrustNotKept:
    """What was accepted cannot be written; the disk holds what it held before."""

    reason: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class WarningDrawn:
    """A picture of an emergency is ready to be shown."""

    picture: WarningPicture


@dataclass(frozen=True, slots=True)
class WarningFailed:
    """A picture of an emergency cannot be drawn or shown; `damaged` names the segment that is to blame."""

    picture: WarningPicture
    reason: str
    damaged: str | None = None


@dataclass(frozen=True, slots=True)
class BoardDrawn:
    """A picture of a status board can be played; `dropped` are the keys of older ones that had to go."""

    key: str
    dropped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BoardFailed:
    """A picture of a status board cannot be made; `damaged` names the file that is to blame."""

    key: str
    reason: str
    damaged: str | None = None


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """dn/command came in."""

    command: Command


@dataclass(frozen=True, slots=True)
class AckReceived:
    """dn/ack came in."""

    ack: Ack


@dataclass(frozen=True, slots=True)
class ManifestFetched:
    """The server answered with an envelope; nothing about it is verified."""

    envelope: bytes


@dataclass(frozen=True, slots=True)
class ManifestUnchanged:
    """The server has nothing newer than what was named (or has no manifest for this kiosk yet)."""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The manifest could not be fetched."""

    reason: str
    cause: Cause = Cause.NETWORK
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SegmentProgress:
    """So many bytes of the running download are on the disk."""

    sha256: str
    got_bytes: int


@dataclass(frozen=True, slots=True)
class SegmentStored:
    """A segment is on the disk, its digest verified and its bytes synced."""

    sha256: str


@dataclass(frozen=True, slots=True)
class SegmentFailed:
    """The running download ended without a segment."""

    sha256: str
    reason: str
    cause: Cause = Cause.NETWORK
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SegmentDamaged:
    """A stored segment was not what its name says when it was opened for display; the store has dropped it."""

    sha256: str


@dataclass(frozen=True, slots=True)
class Evicted:
    """The store gave up segments that nothing needs."""

    digests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Installed:
    """The candidate was committed as the installed manifest."""

    sha256: str


@dataclass(frozen=True, slots=True)
class InstallFailed:
    """The candidate could not be committed; the old manifest is still installed."""

    sha256: str
    reason: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Airing:
    """One airing that the player was given, and the number of the manifest that it came from.

    `board` is the status board that it shows, and `board_seq` the number of the values that its picture was made of.
    """

    showing: Showing
    seq: int
    board: UUID | None = None
    board_seq: int = 0


@dataclass(frozen=True, slots=True)
class PlayerReported:
    """The player's word, about once a second."""

    airing: Airing | None
    match_permille: int | None = None
    frames: int = 0
    stalled: bool = False
    error: str | None = None
    player: str = ""
    finding: Finding | None = None
    verdict: Verdict = Verdict.UNKNOWN
    crashed: Airing | None = None
    """The player has died since its last word; this was the newest that it had been given."""
    in_step: Finding | None = None
    """How far item changes are from their planned second; it counts where the clock is trusted."""
    output: Finding | None = None
    warning_seen: bool = False
    """The last capture shows the emergency's picture that is laid over the stream."""
    drops: Finding | None = None
    """How many frames were not shown in time."""


@dataclass(frozen=True, slots=True)
class PlayerFailed:
    """The player could not be started."""

    reason: str


@dataclass(frozen=True, slots=True)
class HealthRead:
    """The health checks were run."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class PanelRead:
    """What is known of the panel's controller and cabinets, or of the contacts at the kiosk's inputs, has changed."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What a command asked for was done, or could not be (`failure`)."""

    command_id: UUID
    failure: str | None


@dataclass(frozen=True, slots=True)
class CaptureSent:
    """The server has the capture."""


@dataclass(frozen=True, slots=True)
class CaptureFailed:
    """There was no picture, or the server did not take it."""

    reason: str


Event = (
    Started
    | Stopping
    | Tick
    | LinkUp
    | LinkDown
    | SettingsRead
    | PointerReceived
    | ValuesReceived
    | DocumentsReceived
    | SignedRead
    | WithdrawalsRead
    | SignedFailed
    | RootFetched
    | ReleaseFetched
    | DocumentFailed
    | TimeAnswered
    | TrustKept
    | TrustNotKept
    | WarningDrawn
    | WarningFailed
    | BoardDrawn
    | BoardFailed
    | CommandReceived
    | AckReceived
    | ManifestFetched
    | ManifestUnchanged
    | FetchFailed
    | SegmentProgress
    | SegmentStored
    | SegmentFailed
    | SegmentDamaged
    | Evicted
    | Installed
    | InstallFailed
    | PlayerReported
    | PlayerFailed
    | HealthRead
    | PanelRead
    | Obeyed
    | CaptureSent
    | CaptureFailed
)
