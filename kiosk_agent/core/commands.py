"""What the core asks of the outside world: every output of `core.step`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk_agent.core.accept import Held
from kiosk_agent.core.trust import WarningPicture
from playlists.board_picture import BoardPicture
from playlists.board_values import Values
from playlists.manifest import PanelSpec
from playlists.trust.trusted import Trusted
from playlists.wire.messages import Message, PanelPicture, Play
from playlists.wire.topics import Up


@dataclass(frozen=True, slots=True)
class FetchManifest:
    """Ask the server for the manifest; answer with ManifestFetched, ManifestUnchanged or FetchFailed."""

    known_sha256: str | None
    """The digest that needs no second transfer."""


@dataclass(frozen=True, slots=True)
class DownloadSegment:
    """Bring one segment; answer with SegmentProgress and then SegmentStored or SegmentFailed."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StopDownload:
    """The running download is no longer needed; it still answers (SegmentFailed, stopped)."""

    sha256: str


@dataclass(frozen=True, slots=True)
class Install:
    """Commit a manifest whose segments are all stored; answer with Installed or InstallFailed."""

    held: Held


@dataclass(frozen=True, slots=True)
class Evict:
    """Drop segments that are not kept, longest unused first, until at most so many bytes of such remain."""

    keep: frozenset[str]
    spare_bytes: int


@dataclass(frozen=True, slots=True)
class KeepValues:
    """Keep the values of status boards over a restart; these replace what was kept."""

    values: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class KeepTrust:
    """Write what was accepted, synced, before anything is done by it; answer with TrustKept or TrustNotKept."""

    trusted: Trusted


@dataclass(frozen=True, slots=True)
class AskSigned:
    """Ask over HTTPS for what the topics say; answer with SignedRead or SignedFailed."""


@dataclass(frozen=True, slots=True)
class AskWithdrawals:
    """Ask for a page of withdrawals, the first is 1; answer with WithdrawalsRead or SignedFailed."""

    page: int


@dataclass(frozen=True, slots=True)
class FetchRoot:
    """Ask for the root of a version; answer with RootFetched or DocumentFailed."""

    version: int


@dataclass(frozen=True, slots=True)
class FetchRelease:
    """Ask for a release by its payload's digest; answer with ReleaseFetched or DocumentFailed."""

    sha256: str


@dataclass(frozen=True, slots=True)
class AskTime:
    """Ask the server with a new nonce what time it is; answer with TimeAnswered."""


@dataclass(frozen=True, slots=True)
class HearTime:
    """By the server's signed word our clock is so far ahead."""

    ahead_s: float


@dataclass(frozen=True, slots=True)
class DrawWarning:
    """Make a picture of an emergency ready; answer with WarningDrawn or WarningFailed."""

    picture: WarningPicture


@dataclass(frozen=True, slots=True)
class ShowWarning:
    """Lay a picture of an emergency over the stream at once, or take it away (None)."""

    picture: WarningPicture | None


@dataclass(frozen=True, slots=True)
class DrawBoard:
    """Make the picture of a status board playable; answer with BoardDrawn or BoardFailed."""

    picture: BoardPicture


@dataclass(frozen=True, slots=True)
class StartPlayer:
    """Start the player for a panel, or start it anew because the panel changed."""

    panel: PanelSpec


@dataclass(frozen=True, slots=True)
class RefreshPlayer:
    """What is due has changed: the player asks again at the next whole second."""


@dataclass(frozen=True, slots=True)
class CutIn:
    """What is on may not stay: the player covers it at once with what is due and cuts that into the stream."""


@dataclass(frozen=True, slots=True)
class RenewPlayer:
    """The player starts what decodes anew, unseen."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Say something to the server over MQTT."""

    leaf: Up
    message: Message


@dataclass(frozen=True, slots=True)
class KeepPlay:
    """Write a play to the spool, where it stays until the server acknowledges it."""

    play: Play


@dataclass(frozen=True, slots=True)
class SendPlays:
    """Publish the oldest plays of the spool as one batch, with these message fields."""

    most: int


@dataclass(frozen=True, slots=True)
class ForgetPlays:
    """The server has committed every play up to this number."""

    upto: int


@dataclass(frozen=True, slots=True)
class SendCapture:
    """Take a picture of the panel and send it; answer with CaptureSent or CaptureFailed."""


@dataclass(frozen=True, slots=True)
class ReadHealth:
    """Run the health checks; answer with HealthRead."""


@dataclass(frozen=True, slots=True)
class ShowPicture:
    """Have the LED controller show a picture of its own for so long, then the video again; answer with Obeyed."""

    command_id: UUID
    picture: PanelPicture
    seconds: int


@dataclass(frozen=True, slots=True)
class LeaveController:
    """Do not ask the LED controller for so long, because a technician needs its session; 0 seconds takes it back.

    Answer with Obeyed.
    """

    command_id: UUID
    seconds: int


@dataclass(frozen=True, slots=True)
class Reboot:
    """Ask for a restart of the computer; answer with Obeyed."""

    command_id: UUID


@dataclass(frozen=True, slots=True)
class AcceptDisplay:
    """Take what is connected to HDMI now as right; answer with Obeyed."""

    command_id: UUID


@dataclass(frozen=True, slots=True)
class RestartPlayer:
    """Begin the player anew because somebody asked for it; answer with Obeyed."""

    command_id: UUID


@dataclass(frozen=True, slots=True)
class SendLog:
    """Publish the next lines of the log, for the command that asked for them; nothing when there is none."""

    asked_by: UUID


@dataclass(frozen=True, slots=True)
class FeedWatchdog:
    """Pictures advance (or none are due yet): tell systemd that the agent lives."""


@dataclass(frozen=True, slots=True)
class NoteError:
    """Keep a sentence for `bangtin-kiosk status`."""

    text: str


Command = (
    FetchManifest
    | DownloadSegment
    | StopDownload
    | Install
    | Evict
    | KeepValues
    | KeepTrust
    | AskSigned
    | AskWithdrawals
    | FetchRoot
    | FetchRelease
    | AskTime
    | HearTime
    | DrawWarning
    | ShowWarning
    | DrawBoard
    | StartPlayer
    | RefreshPlayer
    | CutIn
    | RenewPlayer
    | Publish
    | KeepPlay
    | SendPlays
    | ForgetPlays
    | SendCapture
    | ReadHealth
    | ShowPicture
    | LeaveController
    | Reboot
    | AcceptDisplay
    | RestartPlayer
    | SendLog
    | FeedWatchdog
    | NoteError
)
