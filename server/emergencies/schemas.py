"""Shapes of the API about emergencies."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from playlists.card import MOST_BODY, MOST_TITLE, Level
from playlists.instant import Instant
from playlists.language import Language
from playlists.trust.emergency import Severity, Status, Text, Urgency
from server.accounts.schemas import Asked
from server.emergencies.templates.schemas import AN_ID, Minutes, Word
from server.tables.emergencies import EmergencyState, Purpose, StepKind

_FLOOD: JsonDict = {
    "audience": {"sites": [AN_ID]},
    "word": "flood",
    "minutes": 120,
    "status": "exercise",
    "reason": "Diễn tập quý IV",
}
Reason = Annotated[str, Field(max_length=400)]


class AudienceAsked(Asked):
    """Whom it is for: whole sites, single panels, or everything that the caller may warn."""

    sites: Annotated[list[UUID], Field(max_length=256)] = Field(default_factory=list)
    panels: Annotated[list[UUID], Field(max_length=256)] = Field(default_factory=list)
    everything: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.everything == bool(self.sites or self.panels):
            raise ValueError("name sites or panels, or say everything")
        return self


class FreeWords(Asked):
    """What a warning says in one language."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TITLE, strip_whitespace=True)]
    body: Annotated[str, StringConstraints(max_length=MOST_BODY, strip_whitespace=True)] = ""


class EmergencyNew(Asked):
    """A warning: of a prepared template (`word`), or in free words in all three languages, which two people sign.

    `replaces` names emergencies whose place it takes: an update, a correction, an "all clear".
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_FLOOD]})

    audience: AudienceAsked
    word: Word | None = None
    words: dict[Language, FreeWords] | None = None
    level: Level = Level.WARNING
    severity: Severity | None = None
    urgency: Urgency | None = None
    minutes: Minutes
    status: Status = Status.ACTUAL
    replaces: Annotated[list[UUID], Field(max_length=8)] = Field(default_factory=list)
    alert_id: UUID | None = None
    reason: Reason = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.word is None) == (self.words is None):
            raise ValueError("a warning is of a template (word) or in free words (words)")
        if self.words is not None and set(self.words) != set(Language):
            raise ValueError("free words are said in vi, en and zh")
        return self


class Extension(Asked):
    """Until how many minutes from now it goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"minutes": 60}]})

    minutes: Minutes


class Ending(Asked):
    """Why it is ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Đã dập tắt"}]})

    reason: Annotated[str, Field(min_length=1, max_length=400)]


class AckWord(StrEnum):
    """How an emergency stands on a panel."""

    SHOWN = "shown"
    HELD = "held"
    """The kiosk has it and shows it as soon as a more serious one lets it."""
    SILENT = "silent"
    """It showed it, and nothing has been heard of the kiosk since."""
    TOLD = "told"
    """It is on its way."""
    OFFLINE = "offline"
    REFUSED = "refused"
    NO_ROOT = "no-root"
    """The kiosk was enrolled before there was a root."""
    NO_TEMPLATE = "no-template"
    NO_KIOSK = "no-kiosk"
    GONE = "gone"
    """It is no longer on the panel."""


class AckShown(BaseModel):
    """How an emergency stands on one panel; `since_at` is since when."""

    panel_id: UUID
    panel_name: str
    site_id: UUID
    site_name: str
    time_zone: str
    kiosk_id: UUID | None
    word: AckWord
    since_at: Instant | None
    rule: str


class StepShown(BaseModel):
    """A signed document of an emergency."""

    number: int
    kind: StepKind
    document_id: UUID
    state: str
    made_by_name: str
    signed_by: list[str]
    lacking: list[str]
    """Roles whose signatures are missing."""
    made_at: Instant
    done_at: Instant | None
    expires_at: Instant | None
    reason: str


class EmergencyShown(BaseModel):
    """A warning: what it says, where, until when, and how many panels show it."""

    id: UUID
    state: EmergencyState
    purpose: Purpose
    status: Status
    frame: str | None
    text: Text
    by: str
    word: str | None
    headlines: dict[Language, str]
    bodies: dict[Language, str]
    severity: Severity
    urgency: Urgency
    minutes: int
    sites: list[UUID]
    panels: list[UUID]
    where: list[str]
    replaces: list[UUID]
    alert_id: UUID | None
    reason: str
    trouble: str
    raised_by_name: str
    created_at: Instant
    began_at: Instant | None
    expires_at: Instant | None
    ended_at: Instant | None
    ended_by_name: str
    document_id: UUID | None
    """What waits for signatures now."""
    shown: int
    """How many panels show it now."""
    acks: list[AckShown]
    steps: list[StepShown]
    rev: int
