"""Shapes of the API about prepared warnings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from playlists.instant import Instant
from playlists.language import Language
from playlists.trust.emergency import Severity, Urgency
from server.accounts.schemas import Asked
from server.tables.emergencies import Purpose

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Minutes = Annotated[int, Field(ge=5, le=1440)]


class PreparedAsked(Asked):
    """Make the prepared set for an agency; what it has already stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agency_id": AN_ID}]})

    agency_id: UUID | None = None


class TemplateNew(Asked):
    """Make a card that says something in three languages a prepared warning."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"notice_id": AN_ID, "word": "ferry-stopped", "severity": "moderate"}]}
    )

    notice_id: UUID
    word: Word
    purpose: Purpose = Purpose.WARNING
    severity: Severity = Severity.SEVERE
    urgency: Urgency = Urgency.IMMEDIATE
    minutes: Minutes = 60


class TemplateShown(BaseModel):
    """A prepared warning. `released_for` are the panels that have its pictures."""

    id: UUID
    agency_id: UUID
    notice_id: UUID
    word: str
    title: str
    headlines: dict[Language, str]
    purpose: Purpose
    severity: Severity
    urgency: Urgency
    minutes: int
    released_for: list[UUID]
    released_until: Instant | None
    retired_at: Instant | None
    rev: int
