"""Shapes of the API about media and notices."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from playlists.language import Language
from playlists.notice import ContentClass, MediaKind, NoticeKind
from server.accounts.schemas import Asked, Name

_MEDIA_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


class MediaShown(BaseModel):
    """A file that was taken. `remarks` are sentences by language about what the uploader should know."""

    id: UUID
    agency_id: UUID
    name: str
    kind: MediaKind
    width: int
    height: int
    duration_ms: int | None
    has_sound: bool
    size: int
    sha256: str
    uploaded_by: UUID
    created_at: Instant
    remarks: list[dict[Language, str]] = Field(default_factory=list)


class Variants(Asked):
    """The media that shows a notice in each language; all three are required."""

    vi: UUID
    en: UUID
    zh: UUID

    def by_language(self) -> dict[Language, UUID]:
        """Return the media ids by language."""
        return {Language.VI: self.vi, Language.EN: self.en, Language.ZH: self.zh}


class NoticeNew(Asked):
    """A new notice. Without an agency it belongs to the caller's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_id": _MEDIA_ID,
                    "title": "Giờ làm việc cửa khẩu",
                    "variants": {"vi": _MEDIA_ID, "en": _MEDIA_ID, "zh": _MEDIA_ID},
                }
            ]
        }
    )

    agency_id: UUID | None = None
    title: Name
    variants: Variants
    content_class: ContentClass = ContentClass.SERVICE
    festive: bool = False
    """For a feast: not shown while essential notices only are."""


class NoticeChange(Asked):
    """A new title, or other media: then a new revision is made and the old one stays as it was."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Giờ làm việc mùa hè"}]})

    title: Name | None = None
    variants: Variants | None = None
    content_class: ContentClass | None = None
    festive: bool | None = None


class VariantShown(BaseModel):
    """A notice in one language."""

    language: Language
    media_id: UUID
    width: int
    height: int
    duration_ms: int | None


class RevisionShown(BaseModel):
    """An immutable state of a notice."""

    number: int
    created_by: UUID
    created_at: Instant
    variants: list[VariantShown]


class NoticeShown(BaseModel):
    """A notice with the variants of its newest revision."""

    id: UUID
    agency_id: UUID
    title: str
    kind: NoticeKind
    content_class: ContentClass
    festive: bool
    revision: int
    variants: list[VariantShown]
    created_by: UUID
    created_at: Instant
    archived_at: Instant | None
    rev: int


class NoticeWhole(NoticeShown):
    """A notice with all its revisions, newest first."""

    revisions: list[RevisionShown]
