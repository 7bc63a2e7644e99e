"""Shapes of the API about translators' files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.language import Language
from server.accounts.schemas import Asked

_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
MOST_NOTICES = 200


class FileForm(StrEnum):
    """The forms of translators' files."""

    XLSX = "xlsx"
    DOCX = "docx"


class FileAsked(Asked):
    """Which notices a translator gets, and into which languages; `only_missing` leaves out what is translated."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"notice_ids": [_ID], "languages": ["en", "zh"], "form": "docx"}]}
    )

    notice_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_NOTICES)]
    languages: Annotated[list[Literal[Language.EN, Language.ZH]], Field(min_length=1, max_length=2)]
    form: FileForm = FileForm.XLSX
    only_missing: bool = False


class Outcome(StrEnum):
    """What became of one text of a filled file."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    """Nothing was written; what was there stays."""
    SOURCE_CHANGED = "source_changed"
    """The source says something else by now: not taken, kept as a comment of the notice."""
    TRANSLATION_CHANGED = "translation_changed"
    """Somebody else translated it meanwhile: not taken, kept as a comment of the notice."""
    UNKNOWN = "unknown"
    """It belongs to no notice that this person may change, or to nothing at all."""
    REFUSED = "refused"
    """It cannot be saved: too long, or it names values that the notice does not have."""


class WarningCode(StrEnum):
    """What a person should look at in a text, whether it was taken or not."""

    MISSING_TERM = "missing_term"
    FORBIDDEN_RENDERING = "forbidden_rendering"
    UNKNOWN_VALUE = "unknown_value"
    MISSING_VALUE = "missing_value"
    STRAY_BRACE = "stray_brace"
    TOO_LONG = "too_long"
    TOO_MUCH_TEXT = "too_much_text"
    TRADITIONAL = "traditional"
    EXCLAMATION = "exclamation"
    QUOTES = "quotes"
    TWICE = "twice"
    ARCHIVED = "archived"


class Warned(BaseModel):
    """A warning: the text it is about, and what to write instead where that is known."""

    code: WarningCode
    text: str = ""
    instead: str = ""


class TextShown(BaseModel):
    """What became of one text: the line of the file, where it belongs, what was sent and what is there now."""

    line: int
    notice_id: UUID | None
    title: str
    piece: str
    language: Language | None
    outcome: Outcome
    sent: str
    now: str = ""
    warnings: list[Warned] = Field(default_factory=list)


class FileTaken(BaseModel):
    """What became of a filled file; with `dry_run` nothing was changed. `counts` are those of the texts."""

    dry_run: bool
    counts: dict[Outcome, int]
    texts: list[TextShown]
