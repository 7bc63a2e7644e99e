"""Shapes of the API about the media library."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from playlists.instant import Instant
from playlists.language import clean_name
from playlists.rights import MOST_AUTHOR, MOST_NOTE, MOST_SOURCE, RightOfUse
from server.accounts.schemas import Asked, Name
from server.content.library.tags import MOST_CHARACTERS, MOST_TAGS
from server.content.schemas import StoredMedia

_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


def _line(most: int) -> AfterValidator:
    return AfterValidator(lambda text: clean_name(text, most=most))


Source = Annotated[str, Field(max_length=4 * MOST_SOURCE), _line(MOST_SOURCE)]
Author = Annotated[str, Field(max_length=4 * MOST_AUTHOR), _line(MOST_AUTHOR)]
Note = Annotated[str, Field(max_length=4 * MOST_NOTE), _line(MOST_NOTE)]
Tag = Annotated[str, Field(min_length=1, max_length=4 * MOST_CHARACTERS)]


class MediaChange(Asked):
    """What people say of a medium; the file itself never changes. What is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Thác Bản Giốc mùa thu.jpg",
                    "source": "Ảnh chụp ngày 02/10/2026",
                    "author": "Nông Thị Hà",
                    "right_of_use": "own",
                    "tags": ["thác", "mùa thu"],
                }
            ]
        }
    )

    name: Name | None = None
    source: Source | None = None
    author: Author | None = None
    right_of_use: RightOfUse | None = None
    right_note: Note | None = None
    rights_until: date | None = None
    """The last local day of the right of use; sent as null, it has no end."""
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] | None = None


class BulkAction(StrEnum):
    """What can be done with many media at once."""

    TAG = "tag"
    UNTAG = "untag"
    TRASH = "trash"
    RESTORE = "restore"


class Bulk(Asked):
    """One action on up to 200 media; `tags` only for `tag` and `untag`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"media_ids": [_ID], "action": "tag", "tags": ["thác"]}]})

    media_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    action: BulkAction
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] = Field(default_factory=list)


class BulkDone(BaseModel):
    """Which media an action changed, and which of the trashed ones are still used somewhere and therefore stay."""

    changed: list[UUID]
    still_used: list[UUID]


class UseKind(StrEnum):
    """Where a medium is used."""

    NOTICE = "notice"
    PLAYLIST = "playlist"
    LOGO = "logo"
    """Of an agency's cards."""


class Use(BaseModel):
    """One place that uses a medium. `newest` is false when only an earlier revision does."""

    kind: UseKind
    id: UUID
    title: str
    newest: bool = True


class TagShown(BaseModel):
    """A tag, and how many media outside the trash have it."""

    tag: str
    count: int


class Space(BaseModel):
    """How much room an agency's media take."""

    used_bytes: int
    quota_bytes: int


class Purged(BaseModel):
    """Which media of the trash were deleted for good, and which something still needs."""

    deleted: list[UUID]
    kept: list[UUID]


class LibraryMedia(StoredMedia):
    """A medium with what people say of it."""

    source: str
    author: str
    right_of_use: RightOfUse
    right_note: str
    rights_until: date | None
    rights_missing: bool
    tags: list[str]
    used: bool
    deleted_at: Instant | None
    rev: int
