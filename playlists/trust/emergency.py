"""Emergencies: signed warnings that end by themselves within 24 hours (V16).

A duty officer alone, or the `cap` role where a root has one, can only choose among templates that two people
released; free words need two duty officers, who sign the digests of the rendered pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from playlists.ids import Name, Sha256
from playlists.language import Language
from playlists.trust.release import ReleasedSegment, speaks_all
from playlists.trust.root import RoleName
from playlists.trust.rules import Rule, broken
from playlists.trust.shape import Audience, Document, Moment, Number

LONGEST = timedelta(hours=24)
DRILL_FRAME = "DIỄN TẬP / EXERCISE / 演习"
"""What always stands around a drill or a test."""
FREE_TEXT_SIGNERS = 2


class Status(StrEnum):
    """Whether it is real."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Message(StrEnum):
    """What it does: begin, take the place of those it refers to, or end them."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class Text(StrEnum):
    """Where the pictures come from."""

    TEMPLATE = "template"
    FREE = "free"


class Severity(StrEnum):
    """CAP's severities, most serious first."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    """CAP's urgencies, soonest first."""

    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


Headline = Annotated[str, StringConstraints(min_length=1, max_length=160)]


class Emergency(Document):
    """One warning by its id; `seq` counts its own corrections.

    `headlines` are for people and logs; what a panel shows are the pictures of the template's release, or `pictures`.
    """

    payload_type: ClassVar[str] = "application/vnd.bangtin.emergency+json;v=1"
    rules: ClassVar[Mapping[str, Rule]] = {
        "audience": Rule.V8_AUDIENCE,
        "seq": Rule.V9_NUMBER,
        "pictures": Rule.V12_BYTES,
        "id": Rule.V16_EMERGENCY,
        "status": Rule.V16_EMERGENCY,
        "message": Rule.V16_EMERGENCY,
        "expires_at": Rule.V16_EMERGENCY,
        "headlines": Rule.V16_EMERGENCY,
        "text": Rule.V16_EMERGENCY,
    }

    id: Name
    seq: Number
    audience: Audience
    status: Status
    message: Message
    references: Annotated[tuple[Name, ...], Field(max_length=32)] = ()
    by: RoleName = RoleName.DUTY
    text: Text = Text.TEMPLATE
    release: Sha256 | None = None
    pictures: Annotated[tuple[ReleasedSegment, ...], Field(max_length=64)] = ()
    headlines: dict[Language, Headline]
    severity: Severity = Severity.UNKNOWN
    urgency: Urgency = Urgency.UNKNOWN
    expires_at: Moment

    @model_validator(mode="after")
    def _check(self) -> Self:
        flaw = _flaw(self)
        if flaw is not None:
            raise broken(Rule.V16_EMERGENCY, flaw)
        return self

    @property
    def frame(self) -> str | None:
        """The words that a panel has to show around it, or None when it is real."""
        return None if self.status is Status.ACTUAL else DRILL_FRAME

    @property
    def signers(self) -> int:
        """How many people in its role have to sign: free words take two, unless they only end something."""
        return FREE_TEXT_SIGNERS if self.text is Text.FREE and self.message is not Message.CANCEL else 1


def _flaw(one: Emergency) -> str | None:
    if not one.issued_at < one.expires_at <= one.issued_at + LONGEST:
        return "an emergency ends after it was issued, within 24 hours"
    if set(one.headlines) != set(Language):
        return "an emergency is said in vi, en and zh"
    if one.by not in (RoleName.DUTY, RoleName.CAP):
        return f"nobody raises an emergency as {one.by}"
    if one.message is Message.CANCEL:
        return "a cancellation names what it ends and shows nothing" if not _only_ends(one) else None
    if (one.message is Message.UPDATE) != bool(one.references):
        return "an update names what it takes the place of, and a new warning names nothing"
    if one.text is Text.FREE:
        return _flaw_of_free(one)
    return "a template's emergency names its release and no pictures" if one.release is None or one.pictures else None


def _only_ends(one: Emergency) -> bool:
    return bool(one.references) and one.release is None and not one.pictures


def _flaw_of_free(one: Emergency) -> str | None:
    if one.by is RoleName.CAP:
        return "the role cap shows templates only"
    if one.release is not None or not speaks_all(picture.language for picture in one.pictures):
        return "free words have pictures of their own in vi, en and zh"
    return None
