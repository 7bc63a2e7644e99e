"""Shapes of the API about the segments of a notice."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from playlists.language import Language, SegmentLanguage
from server.accounts.schemas import Asked


class RenderingState(StrEnum):
    """How far a segment has come; `absent` was never asked for."""

    ABSENT = "absent"
    WAITING = "waiting"
    RENDERING = "rendering"
    READY = "ready"
    FAILED = "failed"


class RenderingsAsked(Asked):
    """Which panel the segments are for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"panel_id": "01936f5e-8a2b-7cde-9f01-23456789abcd"}]})

    panel_id: UUID


class RenderingShown(BaseModel):
    """The segment of one language. `url` is where its very bytes are, once it is ready; their SHA-256 is the ETag.

    `sentences` say by language why it failed. `flashes` is the number of flashes in its worst second.
    """

    language: SegmentLanguage
    state: RenderingState
    permille: int
    sentences: dict[Language, str]
    sha256: str | None
    size: int | None
    duration_ms: int | None
    flashes: int | None
    url: str | None


class RenderingsShown(BaseModel):
    """The segments of a notice's newest revision on one panel; languages without anything to show are left out.

    Sizes are in pixels; the pitch, from one lamp to the next, in micrometres where it is known.
    """

    notice_id: UUID
    panel_id: UUID
    panel: str
    profile: str
    width: int
    height: int
    fps: int
    pitch_um: int | None
    viewing_distance_m: int | None
    segments: list[RenderingShown]
