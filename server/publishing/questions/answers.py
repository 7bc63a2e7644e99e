"""The four questions that are asked before something is sent to approval. A yes adds its step.

A map, flag or border line needs the opinion of an outside office, faces or children the consent: number and file.
Personal data needs the legal basis by number. Beyond that the route may add a signer for each (`Route.added`).
Without cleared rights, or with something confidential, nothing is sent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playlists.language import Language
from playlists.trust.root import Concern


class Question(StrEnum):
    """What is asked: each concern of a release, and whether it may be sent at all."""

    SYMBOLS = Concern.SYMBOLS.value
    """A map, a flag or a border line is to be seen."""
    FACES = Concern.FACES.value
    """Faces or children are to be seen."""
    PERSONAL = Concern.PERSONAL.value
    """It tells personal data."""
    CLEARED = "cleared"
    """Rights are cleared and nothing is confidential."""


class Reference(BaseModel):
    """A document outside: its number, and its scan in the library."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[str, Field(min_length=1, max_length=120)]
    issuer: Annotated[str, Field(max_length=200)] = ""
    media_id: UUID | None = None


class Answers(BaseModel):
    """What the author answered, with the references that the answers ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    symbols: bool
    faces: bool
    personal: bool
    cleared: bool
    references: dict[Question, Reference] = Field(default_factory=dict)

    @property
    def steps(self) -> tuple[Question, ...]:
        """The questions whose yes adds a step."""
        return tuple(one for one in STEPS if getattr(self, one))

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """What the release touches, for the steps that its route adds."""
        return tuple(Concern(one) for one in self.steps)


STEPS = (Question.SYMBOLS, Question.FACES, Question.PERSONAL)
WITH_FILE = frozenset({Question.SYMBOLS, Question.FACES})
"""Steps whose reference needs its scan, so that whoever approves can read the opinion or the consent."""
NOTHING_SPECIAL: dict[str, Any] = {
    "answers": {"symbols": False, "faces": False, "personal": False, "cleared": True, "references": {}}
}
"""`details` of a submission without map, face or personal data, and with all rights."""


class Lack(StrEnum):
    """Why answers do not suffice."""

    UNANSWERED = "unanswered"
    NOT_CLEARED = "not-cleared"
    NO_REFERENCE = "no-reference"
    NO_FILE = "no-file"


def read_answers(details: dict[str, Any]) -> Answers | None:
    """Return the answers in a submission's details, or None when they are not all there."""
    try:
        return Answers.model_validate(details.get("answers"), strict=False)
    except ValidationError:
        return None


def lacks(answers: Answers | None) -> tuple[Lack, Question | None] | None:
    """Return what keeps answers from sufficing, and of which question; None when nothing does."""
    if answers is None:
        return Lack.UNANSWERED, None
    if not answers.cleared:
        return Lack.NOT_CLEARED, Question.CLEARED
    for step in answers.steps:
        reference = answers.references.get(step)
        if reference is None:
            return Lack.NO_REFERENCE, step
        if step in WITH_FILE and reference.media_id is None:
            return Lack.NO_FILE, step
    return None


NAMES = {
    Question.SYMBOLS: {
        Language.VI: "bản đồ, quốc kỳ hoặc đường biên giới",
        Language.EN: "a map, a flag or a border line",
        Language.ZH: "地图、国旗或边界线",
    },
    Question.FACES: {
        Language.VI: "khuôn mặt hoặc trẻ em",
        Language.EN: "faces or children",
        Language.ZH: "人脸或儿童",
    },
    Question.PERSONAL: {
        Language.VI: "dữ liệu cá nhân",
        Language.EN: "personal data",
        Language.ZH: "个人信息",
    },
}
