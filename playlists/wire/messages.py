"""Every MQTT payload. Each field has the protocol's default, so that old and new programs can talk."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from playlists.board import SlotName
from playlists.board_values import MOST_VALUES, Value, Values
from playlists.fault import CheckResult, Severity
from playlists.ids import Name, Sha256
from playlists.instant import Instant

MOST_BYTES = 64 * 1024
MOST_BUNDLE_BYTES = 384 * 1024
"""For a payload that carries signed documents: sixteen of 16 KiB, their quotes escaped."""
SEEN_PERMILLE = 900
"""A capture that equals the expected picture at least this well proves that the item was seen."""
MOST_LOG_LINES, MOST_LOG_TEXT = 50, 400
"""In one message of the log, and the characters of a line."""
MOST_PACKET_BYTES = MOST_BUNDLE_BYTES + MOST_BYTES
"""What a broker has to let through: the largest payload, topic and properties."""
Seq = Annotated[int, Field(ge=0, lt=1 << 63)]
Envelope = Annotated[str, StringConstraints(min_length=2, max_length=16 * 1024)]
"""A signed document's DSSE envelope: its JSON as one text, so that its bytes stay as they were signed."""


class Malformed(ValueError):
    """A payload that is too large or not of its form."""


class Message(BaseModel):
    """What every payload carries: version, own id, when it was said, and the speaker's session number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    most_bytes: ClassVar[int] = MOST_BYTES

    v: Literal[1] = 1
    id: UUID
    at: Instant
    sid: Seq = 0
    """Session number: microseconds since 1970 when this connection of the speaker began; a larger one is later."""


class Pointer(Message):
    """dn/manifest: which manifest is assigned. It carries no authority; the manifest's signature does."""

    seq: Annotated[int, Field(ge=1)]
    sha256: Sha256
    """Digest of the manifest's envelope."""


class BoardValues(Message):
    """dn/values: the newest values of every status board that the kiosk's panel may show.

    A kiosk that holds a root takes `envelopes` only, any other `documents` only.
    """

    most_bytes: ClassVar[int] = MOST_BUNDLE_BYTES

    documents: Annotated[tuple[Values, ...], Field(max_length=16)] = ()
    envelopes: Annotated[tuple[Envelope, ...], Field(max_length=16)] = ()
    """The same as documents of the kind `values`, each signed by a status officer."""


class Withdrawals(Message):
    """dn/withdrawal: the newest withdrawals that concern the kiosk's panel; older ones are asked for over HTTPS."""

    most_bytes: ClassVar[int] = MOST_BUNDLE_BYTES

    envelopes: Annotated[tuple[Envelope, ...], Field(max_length=16)] = ()


class Emergencies(Message):
    """dn/emergency: what concerns the kiosk's panel and has not ended, newest first; cancellations among them."""

    most_bytes: ClassVar[int] = MOST_BUNDLE_BYTES

    envelopes: Annotated[tuple[Envelope, ...], Field(max_length=8)] = ()


class Statement(Message):
    """in/values: what another system states for its board; what it leaves out stays as it was.

    `null` takes a statement back. `for_s` is how long it counts, at most 31 days; without it until the local day ends.
    """

    set: Annotated[dict[SlotName, Value | None], Field(min_length=1, max_length=MOST_VALUES)]
    for_s: Annotated[int, Field(ge=60, le=31 * 86400)] | None = None


class Answer(Message):
    """out/answer: whether a statement was taken; the code is that of the refusal, the text a sentence in English."""

    statement_id: UUID
    taken: bool
    code: str = ""
    text: str = ""
    board_seq: Seq = 0


class PresenceWord(StrEnum):
    """What presence says."""

    READY = "ready"
    DISCONNECTED = "disconnected"
    LOST = "lost"


class Presence(Message):
    """up/presence: birth, farewell, and the last will, which only says lost and its `sid`."""

    state: PresenceWord
    boot: str = ""
    agent: str = ""
    speaks: tuple[int, ...] = (1,)


class Phase(StrEnum):
    """How far an assigned manifest has come."""

    IDLE = "idle"
    FETCHING = "fetching"
    STORED = "stored"
    PLAYING = "playing"
    REJECTED = "rejected"


class OnScreen(BaseModel):
    """What the feeder's plan says is on the panel, and how well the last capture matches it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    layer: str
    starts_at: Instant
    ends_at: Instant
    title: str | None = None
    language: str | None = None
    item_id: UUID | None = None
    sha256: Sha256 | None = None
    board_id: UUID | None = None
    """The status board that is on screen, if it is one."""
    board_seq: Seq = 0
    """The number of the values that it shows; 0 when it has none."""
    match_permille: Annotated[int, Field(ge=0, le=1000)] | None = None
    """1000: the capture equals the expected picture; None: no capture yet."""


class BoardState(BaseModel):
    """How one status board stands on a kiosk; `refused` says why newer values are not shown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    board_id: UUID
    seq: Seq = 0
    standing: str = ""
    """A playlists.board_shown.Standing."""
    since_at: Instant | None = None
    """When the kiosk took these values over."""
    refused: str = ""
    refused_seq: Seq = 0


class EmergencyShown(BaseModel):
    """An emergency that the kiosk accepted; the acknowledgement is `shown_since_at`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Name
    seq: Seq = 0
    shown_since_at: Instant | None = None
    """When a picture of it was first on the panel; absent while it waits, for example behind a more serious one."""


class Reject(BaseModel):
    """A signed document that the kiosk refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: Annotated[str, StringConstraints(max_length=8)]
    """The code of docs/trust.md."""
    sha256: Sha256
    """Digest of the bytes that arrived."""
    at: Instant
    kind: Annotated[str, StringConstraints(max_length=16)] = ""
    """What it came as, for example `release`."""


class TrustState(BaseModel):
    """What the kiosk has accepted of signed documents."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    root_version: Seq = 0
    releases: Seq = 0
    """How many releases are accepted."""
    withdrawn: Seq = 0
    """How many digests are withdrawn for ever."""
    hold_seq: Seq = 0
    emergencies: Annotated[tuple[EmergencyShown, ...], Field(max_length=16)] = ()
    rejects: Annotated[tuple[Reject, ...], Field(max_length=16)] = ()
    """The newest refusals, newest first."""


class State(Message):
    """up/state: what the kiosk holds and shows; the application-level acknowledgement."""

    seq: Seq = 0
    installed_seq: Seq = 0
    installed_sha256: Sha256 | None = None
    phase: Phase = Phase.IDLE
    stored_segments: Seq = 0
    wanted_segments: Seq = 0
    stored_bytes: Seq = 0
    wanted_bytes: Seq = 0
    error: str | None = None
    clock_trusted: bool = True
    player: str = ""
    on_screen: OnScreen | None = None
    boards: Annotated[tuple[BoardState, ...], Field(max_length=16)] = ()
    trust: TrustState | None = None
    """Absent while the kiosk holds no root."""


class FaultLine(BaseModel):
    """One active fault."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    subject: str = ""
    """What it concerns, for example a disk or a segment; empty for the kiosk as a whole."""
    severity: Severity
    since_at: Instant
    detail: str = ""


class Faults(Message):
    """up/faults: the whole active set; empty means healthy."""

    seq: Seq = 0
    active: tuple[FaultLine, ...] = ()


class Reading(BaseModel):
    """One health reading; `value` counts thousandths of `unit` (integers only on the wire)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    check: str
    result: CheckResult
    value_milli: int | None = None
    unit: str = ""
    detail: str = ""
    subject: str = ""
    """The part that it concerns, for example `port 1 card 2`; a part that is in order is not listed."""


class Health(Message):
    """up/health: the newest readings."""

    seq: Seq = 0
    readings: tuple[Reading, ...] = ()


class Play(BaseModel):
    """One item begun and ended on one panel."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seq: Seq
    item_id: UUID | None = None
    notice_id: UUID | None = None
    sha256: Sha256
    language: str
    started_at: Instant
    ended_at: Instant
    seen: bool = False
    """A capture taken while it was due matched the expected picture."""


class Plays(Message):
    """up/plays: a batch kept on the kiosk until the server acknowledges it."""

    plays: tuple[Play, ...] = Field(default=(), max_length=200)


class Ack(Message):
    """dn/ack: the server has committed every play up to this number."""

    plays_upto: Seq = 0


class PanelPicture(StrEnum):
    """What the LED controller can put on the panel by itself; everything but `video` ends by itself."""

    VIDEO = "video"
    BLACK = "black"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    WHITE = "white"
    ROWS = "rows"
    COLUMNS = "columns"
    DIAGONALS = "diagonals"
    GREYS = "greys"


class CommandName(StrEnum):
    """What a kiosk can be asked to do."""

    WATCH = "watch"
    """Send captures for the next seconds, because somebody looks."""
    REFRESH = "refresh"
    """Ask for the manifest now."""
    SHOW_PICTURE = "show_picture"
    """Have the LED controller show `picture` for `seconds`, then the video again."""
    LEAVE_CONTROLLER = "leave_controller"
    """Leave the LED controller's session to a technician for `seconds`; 0 takes it back."""
    RESTART_PLAYER = "restart_player"
    """Begin the player anew, beneath its own last picture."""
    REBOOT = "reboot"
    """Restart the computer, where its owner allows the agent to ask for that."""
    ACCEPT_DISPLAY = "accept_display"
    """Take what is connected to HDMI now as what is to be expected."""
    CAPTURE = "capture"
    """Send one capture now."""
    SEND_LOG = "send_log"
    """Send what the agent writes down for `seconds`, beginning with the newest lines before; 0 ends it."""


class Command(Message):
    """dn/command: never retained, deduplicated by id, dropped after `expires_at`."""

    name: CommandName
    expires_at: Instant
    seconds: Annotated[int, Field(ge=0, le=7200)] = 0
    picture: PanelPicture = PanelPicture.VIDEO


class ReplyWord(StrEnum):
    """How far a command has come."""

    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"


class Reply(Message):
    """up/reply: the answer to one command."""

    command_id: UUID
    state: ReplyWord
    detail: str = ""


class LogLevel(StrEnum):
    """How serious a line of the agent's log is."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogLine(BaseModel):
    """One line of the agent's log, without secrets and control characters."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: Seq
    """Counts the agent's lines since it began; a number that is left out is a line that was not sent."""
    at: Instant
    level: LogLevel
    text: Annotated[str, StringConstraints(max_length=MOST_LOG_TEXT)]


class Log(Message):
    """up/log: the next lines of the agent's log, while somebody asked for them; what is lost is not sent again."""

    command_id: UUID
    """The `send_log` that asked for them."""
    lines: Annotated[tuple[LogLine, ...], Field(max_length=MOST_LOG_LINES)] = ()


class Epoch(Message):
    """srv/epoch: the server's mark in the broker."""

    epoch: UUID


MessageT = TypeVar("MessageT", bound=Message)


def encode(message: Message) -> bytes:
    """Return a message as JSON bytes; times have milliseconds and `Z`."""
    return message.model_dump_json(exclude_none=True).encode()


def decode(kind: type[MessageT], payload: bytes) -> MessageT:
    """Read a message of a kind.

    Raises:
        Malformed: it is larger than its kind allows or not of its form; the text says what is wrong.
    """
    if len(payload) > kind.most_bytes:
        raise Malformed(f"a payload of {len(payload)} bytes; at most {kind.most_bytes}")
    try:
        return kind.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "payload"
        raise Malformed(f"{kind.__name__}: {place}: {first['msg']}") from error
