"""The manifest: what one kiosk must hold and play now, numbered, signed by the server's key.

The document is integers, strings and lists; readers ignore unknown fields except those named in `must_understand`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.board import MOST_BOARDS, Board
from playlists.daypart import ALWAYS, DayException, Daypart, DayWindow, Week, WeeklyWindow, zone
from playlists.ids import Name, Sha256, Slug
from playlists.instant import Instant
from playlists.language import SegmentLanguage
from playlists.playlist import Playlist
from playlists.profile import Profile
from playlists.rotation import Rotation
from playlists.schedule import Quiet, Quotas, Timing, Urgency, check_quotas
from playlists.special_day import Calendar
from playlists.sun import Place
from playlists.validity import validities

PAYLOAD_TYPE = "application/vnd.bangtin.manifest+json;v=1"
MOST_BYTES = 1 << 20
UNDERSTOOD: frozenset[str] = frozenset(
    {"boards", "calendars", "essential_only", "quotas", "rotation", "sun", "validity"}
)
"""Names this reader can honour when a manifest lists them in `must_understand`."""

Pixels = Annotated[int, Field(ge=0, le=7680)]


class OutputWindow(BaseModel):
    """Where the panel's picture lies in the HDMI picture; everything outside is black."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    hdmi_width: Annotated[int, Field(ge=16, le=7680)] = 1920
    hdmi_height: Annotated[int, Field(ge=16, le=7680)] = 1080
    hdmi_hz: Annotated[int, Field(ge=24, le=120)] = 60
    x: Pixels = 0
    y: Pixels = 0
    rotation: Literal[0, 90, 180, 270] = 0


class PanelSpec(BaseModel):
    """The LED face as the kiosk needs it: size in pixels, frame rate, window, hours, and who has how much of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    slug: Slug
    name: str
    width: int
    height: int
    fps: int = 25
    window: OutputWindow = OutputWindow()
    operating_hours: tuple[WeeklyWindow, ...] = (ALWAYS,)
    hours_exceptions: tuple[DayException, ...] = ()
    hours_calendar_id: Name | None = None
    hours_day_off_windows: tuple[DayWindow, ...] = ()
    quotas: Quotas = Field(default_factory=dict)
    """Agencies' parts of the airtime within one priority, in thousandths."""
    training: bool = False
    """Whether the panel is simulated and used for training: what the kiosk draws itself then has training's frame."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_quotas(self.quotas)
        return self

    @property
    def face(self) -> tuple[UUID, Profile, OutputWindow, bool]:
        """What the player is started for; everything else changes under a running one."""
        return self.id, self.profile, self.window, self.training

    @property
    def hours(self) -> Week:
        """The operating hours as one week."""
        return Week(
            windows=self.operating_hours,
            exceptions=self.hours_exceptions,
            calendar_id=self.hours_calendar_id,
            day_off_windows=self.hours_day_off_windows,
        )

    @property
    def profile(self) -> Profile:
        """The profile that this panel's segments have."""
        return Profile.of(self.width, self.height, self.fps)


class Segment(BaseModel):
    """Bytes a kiosk must hold. `duration_ms` is whole seconds; afterwards the last second repeats while on air."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=2 << 30)]
    profile: str
    language: SegmentLanguage
    duration_ms: Annotated[int, Field(ge=1000, multiple_of=1000)]


class ScheduleEntry(Timing):
    """A playlist on air by a weekly window of its own, a daypart of the manifest, or starts with a duration.

    The highest priority is on air; entries of one priority share the airtime by weight.
    """

    id: UUID
    playlist_id: UUID
    daypart: WeeklyWindow | None = None
    daypart_id: str | None = None

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        if self.daypart is not None and self.daypart_id is not None:
            raise ValueError("an entry has a window of its own or a daypart, not both")
        self.check(with_daypart=self.daypart is not None or self.daypart_id is not None)
        return self


class ManifestOverride(Urgency):
    """An urgent playlist above the schedule, always with an end."""

    id: UUID
    playlist_id: UUID


class ManifestEssentialOnly(Quiet):
    """A time in which only essential notices are shown."""

    id: UUID


class Manifest(BaseModel):
    """All that one kiosk needs to play for months with the link cut."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: Literal[1] = 1
    kiosk_id: UUID
    seq: Annotated[int, Field(ge=1)]
    issued_at: Instant
    site: Slug
    time_zone: str
    tzdata: str
    place: Place | None = None
    panel: PanelSpec
    releases: tuple[Sha256, ...] = ()
    segments: tuple[Segment, ...] = ()
    playlists: tuple[Playlist, ...] = ()
    dayparts: tuple[Daypart, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    schedule: tuple[ScheduleEntry, ...] = ()
    overrides: tuple[ManifestOverride, ...] = ()
    essential_only: tuple[ManifestEssentialOnly, ...] = ()
    default_playlist_id: UUID | None = None
    boards: Annotated[tuple[Board, ...], Field(max_length=MOST_BOARDS)] = ()
    must_understand: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        unknown = set(self.must_understand) - UNDERSTOOD
        if unknown:
            raise ValueError(f"the manifest needs what this program does not know: {', '.join(sorted(unknown))}")
        zone(self.time_zone)
        profile = str(self.panel.profile)
        if any(segment.profile != profile for segment in self.segments):
            raise ValueError(f"a segment is not made for this panel ({profile})")
        held = {segment.sha256 for segment in self.segments}
        missing = {take.sha256 for playlist in self.playlists for item in playlist.items for take in item.takes} - held
        if missing:
            raise ValueError(f"playlists name {len(missing)} segments that the manifest does not hold")
        known = {playlist.id for playlist in self.playlists}
        planned: tuple[ScheduleEntry | ManifestOverride, ...] = (*self.schedule, *self.overrides)
        named = {one.playlist_id for one in planned} | ({self.default_playlist_id} - {None})
        if not named <= known:
            raise ValueError("the schedule names a playlist that the manifest does not hold")
        if len({one.id for one in planned}) != len(planned):
            raise ValueError("two entries or overrides have the same id")
        dayparts = {daypart.id for daypart in self.dayparts}
        if {entry.daypart_id for entry in self.schedule} - {None} - dayparts:
            raise ValueError("the schedule names a daypart that the manifest does not hold")
        if self._calendars_named() - {calendar.id for calendar in self.calendars}:
            raise ValueError("the schedule names a calendar that the manifest does not hold")
        if self.follows_sun and self.place is None:
            raise ValueError("a window follows the sun, and the manifest does not say where the site lies")
        self._check_boards(held)
        return self

    def _check_boards(self, held: set[str]) -> None:
        if len({board.id for board in self.boards}) != len(self.boards):
            raise ValueError("two boards have the same id")
        bases = [face.base for board in self.boards for face in board.faces]
        if len(set(bases)) != len(bases):
            raise ValueError("two faces of boards have the same base")
        if not set(bases) <= held:
            raise ValueError("a board names a base that the manifest does not hold")
        sizes: dict[str, int] = {}
        for board in self.boards:
            for face in board.faces:
                if sizes.setdefault(face.sheet, face.sheet_size) != face.sheet_size:
                    raise ValueError("a sheet of a board is named with two sizes")

    @property
    def files(self) -> dict[str, int]:
        """Digest and size in bytes of everything a kiosk must hold: segments first, then the sheets of boards."""
        sheets = {face.sheet: face.sheet_size for board in self.boards for face in board.faces}
        return {segment.sha256: segment.size for segment in self.segments} | sheets

    def board_of(self, base: str) -> Board | None:
        """Return the board that a segment is a base of."""
        return next((board for board in self.boards if base in board.bases), None)

    @property
    def follows_sun(self) -> bool:
        """Whether a window does."""
        own = any(entry.daypart is not None and entry.daypart.follows_sun for entry in self.schedule)
        return own or any(week.follows_sun for week in self._weeks)

    @property
    def _weeks(self) -> tuple[Week, ...]:
        hours = (slot.hours for board in self.boards for slot in board.slots if slot.hours is not None)
        return self.panel.hours, *self.dayparts, *hours

    def _calendars_named(self) -> set[str]:
        named = {week.calendar_id for week in self._weeks if week.calendar_id is not None}
        return named | {one.special_days.calendar_id for one in self.schedule if one.special_days is not None}

    def needs(self) -> tuple[str, ...]:
        """Return what a reader must understand to show what this manifest says: for `must_understand`."""
        found = {
            "boards": bool(self.boards),
            "calendars": bool(self._calendars_named()),
            "essential_only": bool(self.essential_only),
            "quotas": bool(self.panel.quotas),
            "rotation": any(playlist.rotation is not Rotation.PER_ITEM for playlist in self.playlists),
            "sun": self.follows_sun,
            "validity": bool(validities(self.playlists)),
        }
        return tuple(name for name, is_used in found.items() if is_used)
