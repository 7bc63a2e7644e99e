"""Shapes of the API about comments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from playlists.instant import Instant
from playlists.language import Language
from server.accounts.schemas import Asked

MOST_CHARACTERS = 4000


class CommentNew(Asked):
    """Something to say about a notice, or about one language of it; with `answers_id` in that comment's thread."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "“Bản Giốc” viết là 板约", "language": "zh"}]})

    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS, strip_whitespace=True)]
    language: Language | None = None
    answers_id: UUID | None = None


class CommentShown(BaseModel):
    """A comment; `resolved_at` stands on the first one of a thread."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    notice_id: UUID
    revision: int
    language: Language | None
    answers_id: UUID | None
    text: str
    created_by: UUID
    author: str
    created_at: Instant
    resolved_by: UUID | None
    resolved_at: Instant | None
    rev: int
