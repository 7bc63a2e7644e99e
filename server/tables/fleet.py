"""Sites, panels, kiosks, and what kiosks last said."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from playlists.daypart import ALWAYS
from server.tables.columns import (
    big_number,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class Site(SQLModel, table=True):
    """A place with panels; owns the time zone. Coordinates are millionths of a degree, north and east positive."""

    id: UUID = primary_key()
    slug: str = Field(unique=True, max_length=40)
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    time_zone: str = Field(max_length=64)
    latitude_microdegrees: int | None = None
    longitude_microdegrees: int | None = None
    language_order: list[str] = json_column(lambda: ["vi", "en", "zh"])
    """The languages that every notice here needs, the first one first."""
    others_at_most_percent: int | None = 75
    """The greatest size of the other languages beside the first; None: no rule."""
    language_rules: dict[str, str] = json_column()
    """What publishing does with a language that is missing, draft, stale or not reviewed, where it is not the usual."""
    alarm_delays: dict[str, list[int]] = json_column()
    """Codes whose delays here are not the usual ones: seconds until an alarm, and until it returns."""
    training: bool = False
    """Simulated panels only, the frame of training on every picture, and one click back to the beginning."""
    created_at: datetime = made_at()
    rev: int = 1


class Panel(SQLModel, table=True):
    """One LED face. `output_window` and the hours have the shapes of playlists.manifest and .daypart."""

    id: UUID = primary_key()
    slug: str = Field(unique=True, max_length=40)
    site_id: UUID = reference("site.id")
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    width: int
    height: int
    fps: int = 25
    pitch_um: int | None = None
    """Distance of two LEDs in micrometres."""
    viewing_distance_m: int | None = None
    nits: int | None = None
    output_window: dict[str, Any] = json_column()
    operating_hours: list[dict[str, Any]] = json_column(lambda: [ALWAYS.model_dump(mode="json")])
    hours_exceptions: list[dict[str, Any]] = json_column(list)
    hours_calendar_id: UUID | None = maybe_reference("special_calendar.id")
    hours_day_off_windows: list[dict[str, Any]] = json_column(list)
    default_playlist_id: UUID | None = maybe_reference("playlist.id")
    created_at: datetime = made_at()
    rev: int = 1


class PanelTag(SQLModel, table=True):
    """A word that a panel carries, so that entries can mean all panels that carry it."""

    __tablename__ = "panel_tag"

    panel_id: UUID = Field(primary_key=True, foreign_key="panel.id")
    tag: str = Field(primary_key=True, max_length=40, index=True)


class Kiosk(SQLModel, table=True):
    """The computer behind one panel: one id for life. Its token is kept as SHA-256 only.

    `assigned_seq` counts the manifests that this kiosk was given, `published_seq` how far the broker was told.
    """

    id: UUID = primary_key()
    slug: str = Field(unique=True, max_length=40)
    panel_id: UUID | None = Field(default=None, foreign_key="panel.id", unique=True)
    created_at: datetime = made_at()
    enrolled_at: datetime | None = maybe_instant()
    revoked_at: datetime | None = maybe_instant()
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    mqtt_password_line: str | None = None
    """The kiosk's line of a Mosquitto password file (salted hash)."""
    frozen_at: datetime | None = maybe_instant()
    """Two devices used one enrolment code: no further certificate until a person has looked."""
    replaces_id: UUID | None = maybe_reference("kiosk.id")
    """The kiosk whose panel this one takes over as soon as it is enrolled."""
    simulated: bool | None = None
    """Whether the computer said at its enrolment that it only plays a panel; None before."""
    session_to_end: bool = False
    """It was shut out, and the broker may still hold its session."""
    assigned_seq: int = 0
    published_seq: int = 0
    values_assigned_seq: int = 0
    """The same two numbers for the document of board values."""
    values_published_seq: int = 0
    rev: int = 1


class KioskStatus(SQLModel, table=True):
    """What a kiosk last said over MQTT, as verified bytes; one row a kiosk."""

    __tablename__ = "kiosk_status"

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    birth_sid: int = big_number()
    """Session number of the newest birth; a `lost` with an older one is dropped."""
    online: bool = False
    changed_at: datetime | None = maybe_instant()
    """When `online` last changed: since when it is there, or since when not."""
    heard_at: datetime | None = maybe_instant(index=True)
    """When anything was last heard from it."""
    agent: str = ""
    boot: str = ""
    state: dict[str, Any] = json_column()
    """The newest up/state payload (playlists.wire.messages.State)."""
    health: dict[str, Any] = json_column()
    """The newest up/health payload (playlists.wire.messages.Health)."""
    health_at: datetime | None = maybe_instant()
    faults_seq: int = big_number()
    faults_sid: int = big_number()
    capture_at: datetime | None = maybe_instant()
    capture_sha256: str | None = Field(default=None, max_length=64)


class EnrolmentCode(SQLModel, table=True):
    """A one-time code that lets one computer become one kiosk, and the computer that used it.

    Only the code's scrypt digest is kept (playlists.enrolment.key_of).
    """

    __tablename__ = "enrolment_code"

    id: UUID = primary_key()
    kiosk_id: UUID = reference("kiosk.id")
    code_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = made_at()
    expires_at: datetime = made_at()
    used_at: datetime | None = maybe_instant()
    """When a computer became the kiosk with it."""
    fingerprint: str | None = Field(default=None, max_length=64)
    """SHA-256 of the public key of the computer that used it first."""
    public_key: bytes | None = None
    """That key (DER)."""
    address: str = Field(default="", max_length=64)
    agent: str = Field(default="", max_length=40)
    simulated: bool = False
    """Whether that computer said that it only plays a panel."""
    asked_at: datetime | None = maybe_instant()
    refused_at: datetime | None = maybe_instant()
    """A person said no."""
    frozen_at: datetime | None = maybe_instant()
    """A second key used it."""
    serial: str | None = Field(default=None, max_length=40)
    """Of the certificate that the first key got."""
