"""The manifest: what one kiosk must hold and play now, numbered, signed by the server's key.

The document is integers, strings and lists; readers ignore unknown fields except those named in `must_understand`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.daypart import ALWAYS, WeeklyWindow, zone
from playlists.ids import Sha256, Slug
from playlists.instant import Instant
from playlists.language import SegmentLanguage
from playlists.playlist import Playlist
from playlists.profile import Profile

PAYLOAD_TYPE = "application/vnd.bangtin.manifest+json;v=1"
MOST_BYTES = 1 << 20
UNDERSTOOD: frozenset[str] = frozenset()
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
    """The LED face as the kiosk needs it: size in pixels, frame rate, window and hours."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    slug: Slug
    name: str
    width: int
    height: int
    fps: int = 25
    window: OutputWindow = OutputWindow()
    operating_hours: tuple[WeeklyWindow, ...] = (ALWAYS,)

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


class ScheduleEntry(BaseModel):
    """A playlist on air in a weekly local-time window; where several hold, the highest priority, then the id, wins."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    playlist_id: UUID
    daypart: WeeklyWindow
    priority: Annotated[int, Field(ge=0, le=100)] = 50


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
    panel: PanelSpec
    releases: tuple[Sha256, ...] = ()
    segments: tuple[Segment, ...] = ()
    playlists: tuple[Playlist, ...] = ()
    schedule: tuple[ScheduleEntry, ...] = ()
    default_playlist_id: UUID | None = None
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
        named = {entry.playlist_id for entry in self.schedule} | ({self.default_playlist_id} - {None})
        if not named <= known:
            raise ValueError("the schedule names a playlist that the manifest does not hold")
        return self
