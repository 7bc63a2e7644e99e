"""The small documents: withdrawal, hold, values and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from playlists.board import SlotName
from playlists.board_values import LONGEST, MOST_VALUES, Value
from playlists.board_values import Values as BoardValues
from playlists.ids import Sha256, Slug
from playlists.trust.rules import Rule, broken
from playlists.trust.shape import Audience, Document, Moment, Number


class Withdrawal(Document):
    """Digests (of segments or of whole releases) that never play again. One approver is enough.

    It has no number, because withdrawn is withdrawn for ever: none can overtake or undo another.
    """

    payload_type: ClassVar[str] = "application/vnd.bangtin.withdrawal+json;v=1"
    rules: ClassVar[Mapping[str, Rule]] = {"audience": Rule.V8_AUDIENCE}

    audience: Audience
    withdraws: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=200)]
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class Hold(Document):
    """All digests (of segments or releases) that rest at a site now: a later one that lacks a digest lifts its hold."""

    payload_type: ClassVar[str] = "application/vnd.bangtin.hold+json;v=1"
    rules: ClassVar[Mapping[str, Rule]] = {"site": Rule.V8_AUDIENCE, "seq": Rule.V9_NUMBER}

    site: Slug
    seq: Number
    holds: Annotated[tuple[Sha256, ...], Field(max_length=200)] = ()


class Values(Document):
    """What the slots of a released board show, from `issued_at` until `expires_at`; by a status officer of the site.

    `until` and `stated_at` are those of `playlists.board_values`, which says what they mean.
    """

    payload_type: ClassVar[str] = "application/vnd.bangtin.values+json;v=1"
    rules: ClassVar[Mapping[str, Rule]] = {
        "site": Rule.V8_AUDIENCE,
        "seq": Rule.V9_NUMBER,
        "expires_at": Rule.V11_WINDOW,
        "values": Rule.V15_RELEASED_ONLY,
    }

    site: Slug
    board: UUID
    seq: Number
    expires_at: Moment
    values: Annotated[dict[SlotName, Value], Field(max_length=MOST_VALUES)] = Field(default_factory=dict)
    until: Annotated[dict[SlotName, Moment], Field(max_length=MOST_VALUES)] = Field(default_factory=dict)
    stated_at: Annotated[dict[SlotName, Moment], Field(max_length=MOST_VALUES)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.issued_at < self.expires_at <= self.issued_at + LONGEST:
            raise broken(Rule.V11_WINDOW, f"values end after they were set, within {LONGEST.days} days")
        if not self.until.keys() | self.stated_at.keys() <= self.values.keys():
            raise broken(Rule.V15_RELEASED_ONLY, "a time is given for a slot that has no value")
        return self

    @property
    def stated(self) -> BoardValues:
        """The values as boards are filled with them."""
        return BoardValues(
            board=self.board,
            seq=self.seq,
            set_at=self.issued_at,
            expires_at=self.expires_at,
            values=self.values,
            until=self.until,
            stated_at=self.stated_at,
        )


class Time(Document):
    """The server's answer to a kiosk that asked with a nonce what time it is: `issued_at`."""

    payload_type: ClassVar[str] = "application/vnd.bangtin.time+json;v=1"
    rules: ClassVar[Mapping[str, Rule]] = {"nonce": Rule.V10_TIME}

    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32,64}$")]
