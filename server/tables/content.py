"""Notices with immutable revisions, their variants and what is said about them, and the segments rendered from them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    json_column,
    made_at,
    maybe_instant,
    maybe_json,
    maybe_reference,
    primary_key,
    reference,
)


class Notice(SQLModel, table=True):
    """One object in three languages. What it shows stands in its newest revision; some of that is repeated here.

    The folded words, kind, class and the two flags are those of the newest revision, so that lists need no join.
    """

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    title: str = Field(max_length=120)
    title_folded: str = Field(index=True)
    words_folded: str = Field(default="", sa_type=Text)
    """Title, words of all languages, mandate and responsible person as search compares them."""
    kind: str = Field(max_length=16)
    """A playlists.notice.NoticeKind."""
    content_class: str = Field(default="service", max_length=16)
    """A playlists.notice.ContentClass."""
    festive: bool = False
    animated: bool = False
    """Whether it moves: clips, albums, cards with motion."""
    shown_from: datetime | None = maybe_instant()
    shown_until: datetime | None = maybe_instant()
    """The end of its validity, or of its freshness where that comes first and a stale notice is dropped."""
    stale_at: datetime | None = maybe_instant()
    """When it is shown with a plate, because it grew old and nobody has said since that it is still right."""
    newest: int = 1
    """The number of the newest revision."""
    copied_from: UUID | None = maybe_reference("notice.id")
    created_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()
    changed_by: UUID | None = maybe_reference("user_account.id", index=False)
    changed_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    archived_by: UUID | None = maybe_reference("user_account.id", index=False)
    rev: int = 1


class Revision(SQLModel, table=True):
    """An immutable state of a notice; numbers count from 1. What each language says stands in its variants."""

    __table_args__ = (UniqueConstraint("notice_id", "number"),)

    id: UUID = primary_key()
    notice_id: UUID = reference("notice.id")
    number: int
    notice_rev: int = 1
    """The notice's `rev` with which this revision came, so that an edit finds what it was based on."""
    title: str = Field(default="", max_length=120)
    content: dict[str, Any] = json_column()
    """What the languages share: a server.content.notices.schemas content."""
    values: dict[str, Any] = json_column()
    """Values by name that the words refer to: playlists.typed."""
    mandate: dict[str, Any] | None = maybe_json()
    """The document that ordered it: number, on, issuer, summary."""
    mandate_folded: str = Field(default="", index=True, max_length=120)
    """The document's number as search compares it."""
    subject_id: UUID | None = maybe_reference("subject.id")
    task_id: UUID | None = maybe_reference("subject.id")
    responsible_name: str = Field(default="", max_length=120)
    responsible_position: str = Field(default="", max_length=120)
    responsible_folded: str = Field(default="", index=True, max_length=120)
    content_class: str = Field(default="service", max_length=16)
    festive: bool = False
    valid_from: datetime | None = maybe_instant(index=True)
    valid_until: datetime | None = maybe_instant(index=True)
    max_age_s: int | None = None
    """How old what it says may be before `on_stale` holds."""
    on_stale: str | None = Field(default=None, max_length=8)
    """keep, plate or drop."""
    restored_from: int | None = None
    """The number of the revision that this one brought back."""
    created_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()


class Confirmation(SQLModel, table=True):
    """A person said that a revision is still right: its age counts from then on."""

    __tablename__ = "notice_confirmation"

    id: UUID = primary_key()
    notice_id: UUID = reference("notice.id")
    revision_id: UUID = reference("revision.id")
    note: str = Field(default="", max_length=200)
    confirmed_by: UUID = reference("user_account.id", index=False)
    confirmed_at: datetime = made_at()


class MediaUse(StrEnum):
    """What a revision uses a media for."""

    VARIANT = "variant"
    PICTURE = "picture"
    LOGO = "logo"
    ALBUM = "album"
    SCAN = "scan"


class RevisionMedia(SQLModel, table=True):
    """A media that a revision refers to, whatever for: where a file is used, and what forbids to purge it."""

    __tablename__ = "revision_media"

    revision_id: UUID = Field(primary_key=True, foreign_key="revision.id")
    media_id: UUID = Field(primary_key=True, foreign_key="media.id", index=True)
    used_for: str = Field(primary_key=True, max_length=16)
    """A MediaUse."""


class Variant(SQLModel, table=True):
    """A revision in one language. Its words are immutable; its state goes on."""

    __table_args__ = (UniqueConstraint("revision_id", "language"),)

    id: UUID = primary_key()
    revision_id: UUID = reference("revision.id")
    language: str = Field(max_length=3)
    words: dict[str, Any] = json_column()
    """title, body, rows, and captions by media id: a playlists.variant.Wording."""
    media_id: UUID | None = maybe_reference("media.id")
    """The picture or clip of this language."""
    subtitles: list[dict[str, Any]] = json_column(list)
    """playlists.artwork.Cue."""
    state: str = Field(default="draft", max_length=16, index=True)
    """A playlists.variant.VariantState but `missing`: then there is no row."""
    source_sha256: str = Field(default="", max_length=64)
    """Digest of the source's words that this was translated from."""
    translated_by: UUID | None = maybe_reference("user_account.id")
    translated_at: datetime | None = maybe_instant()
    reviewed_by: UUID | None = maybe_reference("user_account.id")
    reviewed_at: datetime | None = maybe_instant()


class UserLanguage(SQLModel, table=True):
    """A person is registered as a reviewer of a language."""

    __tablename__ = "user_language"

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id")
    language: str = Field(primary_key=True, max_length=3)
    registered_by: UUID = reference("user_account.id", index=False)
    registered_at: datetime = made_at()


class Comment(SQLModel, table=True):
    """Something said about a notice, or about one language of it; answers hang on the first of a thread."""

    id: UUID = primary_key()
    notice_id: UUID = reference("notice.id")
    revision: int
    """The number of the revision that it was said about."""
    language: str | None = Field(default=None, max_length=3)
    answers_id: UUID | None = maybe_reference("comment.id")
    text: str = Field(max_length=4000)
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    resolved_by: UUID | None = maybe_reference("user_account.id", index=False)
    resolved_at: datetime | None = maybe_instant()
    rev: int = 1


class SubjectKind(StrEnum):
    """Which of the two yearly lists a line is of."""

    SUBJECT = "subject"
    TASK = "task"


class Subject(SQLModel, table=True):
    """A line of an agency's list of subjects or tasks of a year; a used one is closed, never deleted."""

    __table_args__ = (UniqueConstraint("agency_id", "year", "kind", "name_folded"),)

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    year: int = Field(index=True)
    kind: str = Field(max_length=16)
    """A SubjectKind."""
    name: str = Field(max_length=200)
    name_folded: str = Field(max_length=200)
    position: int = 0
    copied_from: UUID | None = maybe_reference("subject.id")
    closed_at: datetime | None = maybe_instant()
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    rev: int = 1


class DismissedAdvice(SQLModel, table=True):
    """Advice that somebody put aside for one revision; it is not shown again for it."""

    __tablename__ = "dismissed_advice"

    revision_id: UUID = Field(primary_key=True, foreign_key="revision.id")
    advice: str = Field(primary_key=True, max_length=120)
    """The finding's key."""
    dismissed_by: UUID = reference("user_account.id", index=False)
    dismissed_at: datetime = made_at()


class SegmentState(StrEnum):
    """How far a segment has come."""

    WAITING = "waiting"
    RENDERING = "rendering"
    READY = "ready"
    FAILED = "failed"


class Segment(SQLModel, table=True):
    """An artwork rendered for one profile. `render_key` is unique and the first writer wins: rendered once."""

    id: UUID = primary_key()
    render_key: str = Field(unique=True, max_length=64)
    artwork: dict[str, Any] = json_column()
    """A playlists.artwork.Artwork."""
    artwork_sha256: str = Field(index=True, max_length=64)
    language: str = Field(max_length=3)
    profile: str = Field(max_length=32)
    state: str = Field(default=SegmentState.WAITING, max_length=16, index=True)
    progress_permille: int = 0
    sha256: str | None = Field(default=None, index=True, max_length=64)
    size: int | None = big_number(None)
    duration_ms: int | None = None
    flashes: int | None = None
    """Flashes in the worst second of the finished segment."""
    error: str | None = None
    created_at: datetime = made_at()
