"""Shapes of the API about submissions and releases."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.ids import Sha256
from playlists.instant import Instant
from playlists.trust.release import Word
from server.publishing.questions.answers import NOTHING_SPECIAL
from server.tables.releases import Purpose, SubmissionState
from server.trust.schemas import LackingShown, SignatureShown

MOST_NOTICES = 200
MOST_AUDIENCE = 500
MOST_DETAILS = 20_000
_EXAMPLE_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


class AudienceAsked(BaseModel):
    """For whom: whole sites, and single panels."""

    model_config = ConfigDict(extra="forbid")

    site_ids: Annotated[list[UUID], Field(max_length=MOST_AUDIENCE)] = Field(default_factory=list)
    panel_ids: Annotated[list[UUID], Field(max_length=MOST_AUDIENCE)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.site_ids and not self.panel_ids:
            raise ValueError("name a site or a panel")
        return self


class SubmissionAsked(AudienceAsked):
    """A submission of the newest revisions of notices. Without `show_until`: as their validity says, or 180 days."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "notice_ids": [_EXAMPLE_ID],
                    "site_ids": [_EXAMPLE_ID],
                    "note": "Giờ mới từ 01/12",
                    "details": NOTHING_SPECIAL,
                }
            ]
        },
    )

    notice_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_NOTICES)]
    not_before: Instant | None = None
    show_until: Instant | None = None
    time_critical: bool = False
    max_offline_days: Annotated[int, Field(ge=1, le=400)] = 60
    template: Word | None = None
    """With it the notices are the pictures of an emergency, which no playlist may show."""
    retires: Annotated[list[Sha256], Field(max_length=200)] = Field(default_factory=list)
    """Digests of releases that this one takes the place of for ever."""
    note: Annotated[str, Field(max_length=1000)] = ""
    details: dict[str, Any] = Field(default_factory=dict)


class RenewalAsked(AudienceAsked):
    """All that is released there and ends before a time, unchanged, for longer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"site_ids": [_EXAMPLE_ID], "show_until": "2027-06-30T17:00:00Z"}]},
    )

    ending_before: Instant | None = None
    """Only what ends before it; without it everything that ends before `show_until`."""
    show_until: Instant
    note: Annotated[str, Field(max_length=1000)] = ""


class ProfileAsked(BaseModel):
    """All that is released for the site of these panels, rendered for their sizes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"panel_ids": [_EXAMPLE_ID]}]})

    panel_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AUDIENCE)]
    note: Annotated[str, Field(max_length=1000)] = ""


class ReasonAsked(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Sai giờ mở cửa ngày lễ."}]})

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ItemShown(BaseModel):
    """A notice in a submission."""

    notice_id: UUID
    revision: int
    title: str
    content_class: str


class SegmentShown(BaseModel):
    """A segment in a submission; `sha256` once it is rendered."""

    notice_id: UUID
    language: str
    profile: str
    plated: bool
    state: str
    permille: int
    sha256: str | None
    url: str | None


class SubmissionLine(BaseModel):
    """A submission in a list."""

    id: UUID
    agency_id: UUID
    author: str
    author_name: str
    purpose: Purpose
    state: SubmissionState
    site_ids: list[UUID]
    panel_ids: list[UUID]
    route: str
    basis: str
    template: str | None
    not_before: Instant
    show_until: Instant
    titles: list[str]
    progress_permille: int
    created_at: Instant
    asked_at: Instant | None
    ended_at: Instant | None
    document_id: UUID | None
    digest: str | None
    asks_me: bool
    """Whether it waits for a signature of the caller's."""


class SubmissionShown(SubmissionLine):
    """A submission with all that belongs to it."""

    note: str
    details: dict[str, Any]
    warnings: list[dict[str, str]]
    reason: str
    returned_by: str | None
    error: str | None
    sentences: dict[str, str]
    time_critical: bool
    max_offline_days: int
    retires: list[str]
    items: list[ItemShown]
    segments: list[SegmentShown]
    signatures: list[SignatureShown]
    lacking: LackingShown


class EndingShown(BaseModel):
    """A notice whose release is over soon, with nothing released that goes on."""

    notice_id: UUID
    title: str
    submission_id: UUID
    show_until: Instant
    site_ids: list[UUID]
    panel_ids: list[UUID]
