"""Shapes of the API about the glossary."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from playlists.glossary import DepartureCode, Phrase, Phrases, Term
from playlists.instant import Instant
from playlists.language import Language
from server.accounts.schemas import Asked

_COMMITTEE: JsonDict = {
    "vi": "Ủy ban nhân dân",
    "en": ["People's Committee"],
    "zh": ["人民委员会"],
    "forbidden_zh": ["人民政府"],
    "note": "Tên cơ quan Việt Nam; 人民政府 là cơ quan của phía bạn.",
}
Note = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]


class TermAsked(Asked):
    """A term with what it is called: the agreed rendering first, then others that are accepted."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMMITTEE]})

    vi: Phrase
    en: Phrases = ()
    zh: Phrases = ()
    forbidden_en: Phrases = ()
    forbidden_zh: Phrases = ()
    optional: bool = False
    note: Note = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.term()
        return self

    def term(self) -> Term:
        """Return the term as the glossary compares it."""
        return Term.model_validate(self.model_dump())


class AgencyNote(BaseModel):
    """What one agency remarks on a term."""

    agency_id: UUID
    note: str
    changed_at: Instant


class TermShown(BaseModel):
    """A term of the glossary."""

    id: UUID
    vi: str
    en: list[str]
    zh: list[str]
    forbidden_en: list[str]
    forbidden_zh: list[str]
    optional: bool
    note: str
    notes: list[AgencyNote]
    created_at: Instant
    archived_at: Instant | None
    rev: int


class NoteAsked(Asked):
    """An agency's own remark; an empty one takes it away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Thống nhất với Đồn Biên phòng."}]})

    note: Note
    agency_id: UUID | None = None


class CheckAsked(Asked):
    """A source text, and what it is called in the other languages so far."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"source": "Giờ làm việc của cửa khẩu Trà Lĩnh", "zh": "茶岭口岸开放时间"}]}
    )

    source: Annotated[str, StringConstraints(max_length=8000)]
    en: Annotated[str, StringConstraints(max_length=8000)] = ""
    zh: Annotated[str, StringConstraints(max_length=8000)] = ""


class FoundTerm(BaseModel):
    """A term in the source: [start, end) in characters, and what it is called."""

    start: int
    end: int
    vi: str
    en: list[str]
    zh: list[str]
    forbidden_en: list[str]
    forbidden_zh: list[str]
    optional: bool
    note: str


class DepartureShown(BaseModel):
    """Where a translation departs from the glossary."""

    code: DepartureCode
    language: Language
    vi: str
    text: str
    agreed: str


class CheckShown(BaseModel):
    """The terms of a source, and where its translations depart from them."""

    found: list[FoundTerm]
    departures: list[DepartureShown]


class LineOutcome(StrEnum):
    """What became of a line of an uploaded list."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class LineShown(BaseModel):
    """What became of one line; `sentences` say why it was refused."""

    line: int
    vi: str
    outcome: LineOutcome
    sentences: dict[Language, str] = Field(default_factory=dict)


class ListTaken(BaseModel):
    """What became of an uploaded list; with `dry_run` nothing was changed."""

    dry_run: bool
    lines: list[LineShown]
