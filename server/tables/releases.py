"""Submissions, from the first word to a release that kiosks accept, and the rules that choose their route."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    instant,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class SubmissionState(StrEnum):
    """How far a submission has come."""

    PREPARING = "preparing"
    """Its segments are rendered."""
    ASKING = "asking"
    """Its payload is fixed; signatures are collected."""
    RETURNED = "returned"
    RELEASED = "released"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    """A later submission took its place."""
    FAILED = "failed"
    """It could not be rendered."""


class Purpose(StrEnum):
    """Why there is a submission."""

    NOTICES = "notices"
    RENEWAL = "renewal"
    """The same pixels for longer."""
    PROFILE = "profile"
    """What is on air, for panels of a new size."""
    TEMPLATE = "template"
    """Pictures of an emergency, prepared ahead."""


class Submission(SQLModel, table=True):
    """What one person sends to approval: revisions of notices, for panels and sites, from when until when."""

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    author_id: UUID = reference("user_account.id")
    purpose: str = Field(max_length=16)
    """A Purpose."""
    state: str = Field(default=SubmissionState.PREPARING, max_length=16, index=True)
    sites: list[str] = json_column(list)
    """Ids of whole sites that it is for."""
    panels: list[str] = json_column(list)
    """Ids of single panels that it is for."""
    route: str = Field(max_length=64)
    """The id of a route of the root."""
    basis: str = Field(default="", max_length=400)
    """The legal basis by which that route was chosen."""
    rule_id: UUID | None = maybe_reference("route_rule.id", index=False)
    """The rule that chose it; None: the root has one route there."""
    not_before: datetime = instant()
    show_until: datetime = instant()
    time_critical: bool = False
    max_offline_days: int = 60
    template: str | None = Field(default=None, max_length=40)
    """The word by which emergencies name it."""
    note: str = Field(default="", max_length=1000)
    """From the author to those who approve."""
    details: dict[str, Any] = json_column()
    """What was answered and added on the way to approval."""
    concerns: list[str] = json_column(list)
    """What it touches that may add a signer: its author's answers, and those to what is on air and sent again."""
    warnings: list[dict[str, str]] = json_column(list)
    """What was left out: sentences by language."""
    retires: list[str] = json_column(list)
    """Digests of releases that never come back once this one is accepted."""
    document_id: UUID | None = maybe_reference("signed_document.id")
    digest: str | None = Field(default=None, index=True, max_length=64)
    """Of its payload, once that is fixed."""
    job_id: UUID | None = maybe_reference("job.id", index=False)
    error: str | None = None
    sentences: dict[str, str] = json_column()
    """The error in every language, where it is known."""
    returned_by: UUID | None = maybe_reference("user_account.id", index=False)
    reason: str = Field(default="", max_length=1000)
    """Why it was returned or cancelled."""
    created_at: datetime = made_at()
    asked_at: datetime | None = maybe_instant()
    ended_at: datetime | None = maybe_instant()
    """When it was released, returned, cancelled, superseded or failed."""
    begun: bool = False
    """Its time has begun, and its panels were told."""
    over: bool = False
    """Its time is over, and its panels were told."""
    rev: int = 1


class SubmissionItem(SQLModel, table=True):
    """A notice in a submission, with the revision that is sent."""

    __tablename__ = "submission_item"
    __table_args__ = (UniqueConstraint("submission_id", "notice_id"),)

    id: UUID = primary_key()
    submission_id: UUID = reference("submission.id")
    notice_id: UUID = reference("notice.id")
    revision: int
    title: str = Field(default="", max_length=120)
    content_class: str = Field(default="service", max_length=16)


class SubmittedSegment(SQLModel, table=True):
    """A segment of a submission: a notice in a language for a profile."""

    __tablename__ = "submitted_segment"
    __table_args__ = (UniqueConstraint("submission_id", "notice_id", "language", "profile", "plated"),)

    id: UUID = primary_key()
    submission_id: UUID = reference("submission.id")
    notice_id: UUID = reference("notice.id")
    revision: int
    language: str = Field(max_length=3)
    profile: str = Field(max_length=32)
    plated: bool = False
    """With the strip that says that it may be out of date."""
    segment_id: UUID = reference("segment.id")


class RouteRule(SQLModel, table=True):
    """Which route of the root submissions go by: the most specific rule counts. A change is a new row."""

    __tablename__ = "route_rule"

    id: UUID = primary_key()
    number: int
    """Counts the versions of the rules; the newest one of the same site, agency and class holds."""
    site_id: UUID | None = maybe_reference("site.id")
    agency_id: UUID | None = maybe_reference("agency.id")
    content_class: str | None = Field(default=None, max_length=16)
    """A playlists.notice.ContentClass."""
    route: str = Field(max_length=64)
    basis: str = Field(max_length=400)
    """The document by which it was so decided."""
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    ended_at: datetime | None = maybe_instant()
