"""Shapes of the API about sites, panels and kiosks."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from playlists.daypart import ALWAYS, DayException, DayWindow, WeeklyWindow, zone
from playlists.ids import Slug
from playlists.instant import Instant
from playlists.language import Language
from playlists.manifest import OutputWindow
from playlists.profile import LEAST_SIDE_PX, MOST_SIDE_PX, Profile
from playlists.renewal import Need
from playlists.sun import Place
from playlists.variant import Rule, VariantState, rules_of
from server.accounts.schemas import Asked, Name

POLL_S = 900
MOST_WINDOWS = 28


def _zone_name(name: str) -> str:
    zone(name)
    return name


TimeZone = Annotated[str, Field(max_length=64, examples=["Asia/Ho_Chi_Minh"]), AfterValidator(_zone_name)]
Side = Annotated[int, Field(ge=LEAST_SIDE_PX, le=MOST_SIDE_PX, multiple_of=2)]
PitchUm = Annotated[int, Field(ge=100, le=100_000, examples=[10_000])]
"""From one LED to the next, in micrometres: 10000 for P10."""
Distance = Annotated[int, Field(ge=1, le=1000, examples=[30])]
"""From where most people read a panel, in metres."""
Nits = Annotated[int, Field(ge=1, le=20_000, examples=[6000])]
Hours = Annotated[list[WeeklyWindow], Field(max_length=MOST_WINDOWS)]
HoursExceptions = Annotated[list[DayException], Field(max_length=500)]
DayOffWindows = Annotated[list[DayWindow], Field(max_length=MOST_WINDOWS)]
Tag = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$", examples=["gate"])]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: sorted(set(tags)))]
"""Words with which entries can mean all panels that carry them."""


def check_face(width: int, height: int, fps: int, window: OutputWindow) -> None:
    """Check that a panel's picture has a profile and lies within the HDMI picture.

    Raises:
        ValueError: it does not.
    """
    Profile.of(width, height, fps)
    across, down = (height, width) if window.rotation in (90, 270) else (width, height)
    if window.x + across > window.hdmi_width or window.y + down > window.hdmi_height:
        raise ValueError(
            f"a picture of {across}x{down} px at {window.x},{window.y} does not fit in HDMI's "
            f"{window.hdmi_width}x{window.hdmi_height} px"
        )


class LanguagePolicy(BaseModel):
    """A site's languages in order, and the greatest size of the others beside the first; None: no rule.

    `rules`: what publishing does with a language that is missing, a draft, stale, or translated but not reviewed,
    where that is not the usual.
    """

    model_config = ConfigDict(extra="forbid")

    order: Annotated[list[Language], Field(min_length=1), AfterValidator(lambda one: list(dict.fromkeys(one)))] = [
        *Language
    ]
    others_at_most_percent: Annotated[int, Field(ge=10, le=200)] | None = 75
    rules: dict[VariantState, Rule] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Self:
        rules_of({str(state): str(rule) for state, rule in self.rules.items()})
        return self


class SiteNew(Asked):
    """A new site."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_id": "01936f5e-8a2b-7cde-9f01-23456789abcd",
                    "slug": "tra-linh",
                    "name": "Cửa khẩu Trà Lĩnh",
                    "time_zone": "Asia/Ho_Chi_Minh",
                    "place": {"latitude_microdegrees": 22838000, "longitude_microdegrees": 106325000},
                }
            ]
        }
    )

    agency_id: UUID
    slug: Slug
    name: Name
    time_zone: TimeZone = "Asia/Ho_Chi_Minh"
    place: Place | None = None
    """Where it lies; windows that follow the sun need it."""
    language_policy: LanguagePolicy | None = None
    training: bool = False
    """A training site: simulated panels only, framed pictures, keys of its own (docs/training.md)."""


class SiteChange(Asked):
    """What may change about a site."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Cửa khẩu quốc tế Trà Lĩnh"}]})

    name: Name | None = None
    time_zone: TimeZone | None = None
    place: Place | None = None
    language_policy: LanguagePolicy | None = None
    training: bool | None = None
    """Only while no panel stands there."""


class SiteShown(BaseModel):
    """A site."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    agency_id: UUID
    name: str
    time_zone: str
    place: Place | None
    language_policy: LanguagePolicy
    training: bool
    created_at: Instant
    rev: int


class PanelNew(Asked):
    """A new panel. Without an agency it belongs to the site's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site_id": "01936f5e-8a2b-7cde-9f01-23456789abcd",
                    "slug": "tra-linh-1",
                    "name": "Bảng cổng chính",
                    "width": 768,
                    "height": 384,
                    "output_window": {"hdmi_width": 1920, "hdmi_height": 1080, "x": 0, "y": 0, "rotation": 0},
                    "operating_hours": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "06:00", "end": "22:00"}],
                }
            ]
        }
    )

    site_id: UUID
    agency_id: UUID | None = None
    slug: Slug
    name: Name
    width: Side
    height: Side
    fps: int = 25
    pitch_um: PitchUm | None = None
    viewing_distance_m: Distance | None = None
    nits: Nits | None = None
    output_window: OutputWindow = OutputWindow()
    operating_hours: Hours = Field(default_factory=lambda: [ALWAYS])
    tags: Tags = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_face(self.width, self.height, self.fps, self.output_window)
        return self


class PanelChange(Asked):
    """What may change about a panel; a new size takes effect when it is published again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "operating_hours": [{"weekdays": [1, 2, 3, 4, 5], "start": "06:00", "end": "21:00"}],
                    "hours_exceptions": [{"date": "2027-02-06", "windows": [{"start": "06:00", "end": "24:00"}]}],
                    "tags": ["gate"],
                }
            ]
        }
    )

    name: Name | None = None
    width: Side | None = None
    height: Side | None = None
    fps: int | None = None
    pitch_um: PitchUm | None = None
    viewing_distance_m: Distance | None = None
    nits: Nits | None = None
    output_window: OutputWindow | None = None
    operating_hours: Hours | None = None
    hours_exceptions: HoursExceptions | None = None
    hours_calendar_id: UUID | None = None
    """A calendar of special days that the hours follow; null takes it away."""
    hours_day_off_windows: DayOffWindows | None = None
    tags: Tags | None = None


class PanelShown(BaseModel):
    """A panel; `kiosk_id` is the computer that drives it now."""

    id: UUID
    slug: str
    site_id: UUID
    agency_id: UUID
    name: str
    width: int
    height: int
    fps: int
    profile: str
    pitch_um: int | None
    viewing_distance_m: int | None
    nits: int | None
    output_window: OutputWindow
    operating_hours: list[WeeklyWindow]
    hours_exceptions: list[DayException]
    hours_calendar_id: UUID | None
    hours_day_off_windows: list[DayWindow]
    tags: list[str]
    default_playlist_id: UUID | None
    kiosk_id: UUID | None
    created_at: Instant
    rev: int


class KioskNew(Asked):
    """A new kiosk for a panel that has none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"slug": "kiosk-tra-linh-1", "panel_id": "01936f5e-8a2b-7cde-9f01-23456789abcd"}]
        }
    )

    slug: Slug
    panel_id: UUID


class KioskShown(BaseModel):
    """A kiosk, and what it last said."""

    id: UUID
    slug: str
    panel_id: UUID | None
    created_at: Instant
    enrolled_at: Instant | None
    revoked_at: Instant | None
    frozen_at: Instant | None
    replaces_id: UUID | None
    online: bool
    heard_at: Instant | None
    agent: str
    capture_at: Instant | None
    assigned_seq: int
    rev: int


class CodeShown(BaseModel):
    """An enrolment code, shown this once."""

    code: str
    expires_at: Instant


class EnrolAsked(BaseModel):
    """What a computer says to become a kiosk; unknown fields of newer agents are ignored."""

    model_config = ConfigDict(
        extra="ignore", json_schema_extra={"examples": [{"code": "ABCDE-FGHJK", "agent": "0.1.0"}]}
    )

    code: Annotated[str, Field(max_length=40)]
    agent: Annotated[str, Field(max_length=40)] = ""
    simulated: bool = False
    """Whether it only plays a panel, as `BANGTIN_KIOSK_DEMO_ROOT` says: training sites take such kiosks alone."""


class MqttShown(BaseModel):
    """Where a kiosk connects, and as whom."""

    host: str
    port: int
    tls: bool
    ca_pem: str | None
    username: str


class MqttGiven(MqttShown):
    """As `MqttShown`, with the password."""

    password: str


class EnrolledShown(BaseModel):
    """All that a new kiosk needs: token and password, shown this once, or a certificate for the key that it made."""

    kiosk_id: UUID
    slug: str
    token: str | None
    server_public_key: str
    mqtt: MqttGiven
    base_url: str
    poll_s: int = POLL_S
    certificate_pem: str | None = None
    """Its certificate and the intermediate that signed it."""
    authority_pem: str | None = None
    """The root that it pins: broker and server have certificates below it."""
    root: str | None = None
    """The envelope of the root in force, which the kiosk pins: from then on it shows only what people released."""
    site: str | None = None
    panel_id: UUID | None = None


class KioskSettings(BaseModel):
    """Where things are by now; `password` only with the embedded broker, for callers on the loopback.

    `certificate` is what a kiosk has to do about the certificate that it showed.
    """

    mqtt: MqttGiven | MqttShown
    base_url: str
    poll_s: int = POLL_S
    certificate: Need | None = None


class NowShown(BaseModel):
    """The server's time."""

    now: Instant


def windows(documents: list[dict[str, Any]]) -> list[WeeklyWindow]:
    """Read operating hours as the table keeps them."""
    return [WeeklyWindow.model_validate(document) for document in documents]
