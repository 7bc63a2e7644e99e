"""Shapes of the API about phrases."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.config import JsonDict

from playlists.board import PhraseKey
from playlists.board_card import Tone
from playlists.instant import Instant
from server.accounts.schemas import Asked

_LIMITED: JsonDict = {
    "key": "limited",
    "vi": "Hạn chế",
    "en": "Limited",
    "zh": "限行",
    "tone": "caution",
}
Words = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class PhraseNew(Asked):
    """A phrase in three languages. Boards name it by `key`; it is drawn once another person has approved it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LIMITED]})

    agency_id: UUID | None = None
    key: PhraseKey
    vi: Words
    en: Words
    zh: Words
    tone: Tone = Tone.PLAIN


class PhraseChange(Asked):
    """Other words; they need a new approval. What is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"zh": "限制通行"}]})

    vi: Words | None = None
    en: Words | None = None
    zh: Words | None = None
    tone: Tone | None = None


class PhraseShown(BaseModel):
    """A phrase; `used_by` are the names of boards that may show it."""

    id: UUID
    agency_id: UUID
    key: str
    vi: str
    en: str
    zh: str
    tone: Tone
    state: str
    written_by: UUID
    written_by_name: str
    approved_by: UUID | None
    approved_by_name: str | None
    approved_at: Instant | None
    archived_at: Instant | None
    rev: int
