"""Shapes of the API about notifications. Secrets and addresses of channels are in none of them."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.fault import Severity
from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.channels.port import Takes
from server.notify.plan import Kind, Way
from server.roster.schemas import DutyRole
from server.tables.notify import MessageState

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ChannelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class AddressNew(Asked):
    """An address of the caller's; a code is sent there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "mail", "address": "lan@example.gov.vn"}]})

    channel: ChannelName
    address: Annotated[str, Field(min_length=1, max_length=254)]


class CodeSaid(Asked):
    """The code that came."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "123456"}]})

    code: Annotated[str, Field(min_length=1, max_length=20)]


class WishesChange(Asked):
    """When the caller is not to be woken for what can wait, and whether they want to hear of ends. Both or neither."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"quiet_from": "22:00", "quiet_to": "06:00", "wants_return": True}]}
    )

    quiet_from: Clock | None = None
    quiet_to: Clock | None = None
    wants_return: bool = True

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet hours have a beginning and an end")
        return self


class RuleNew(Asked):
    """Who is told of what somewhere: roles of the roster, or a webhook."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site_id": AN_ID,
                    "kind": "alarm",
                    "least_severity": "major",
                    "roles": ["technician", "duty-officer"],
                    "way": "now",
                    "delay_s": 120,
                    "next_after_min": 10,
                }
            ]
        }
    )

    agency_id: UUID | None = None
    site_id: UUID | None = None
    kind: Kind
    least_severity: Severity | None = None
    roles: Annotated[list[DutyRole], Field(default_factory=list, max_length=5)]
    channel: ChannelName | None = None
    way: Way = Way.NOW
    delay_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    next_after_min: Annotated[int, Field(ge=0, le=1440)] = 0

    @model_validator(mode="after")
    def _whom(self) -> Self:
        if self.channel is not None and self.roles:
            raise ValueError("a rule names roles or a webhook, not both")
        if len(set(self.roles)) != len(self.roles):
            raise ValueError("a role is named once")
        return self


class ChannelShown(BaseModel):
    """A channel and how it fares."""

    name: str
    label: str
    takes: Takes
    failing_since: Instant | None = None
    worked_at: Instant | None = None
    trouble: str = ""


class AddressShown(BaseModel):
    """An address of the caller's."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    channel: str
    address: str
    verified_at: Instant | None


class Mine(BaseModel):
    """Where and when the caller is reached."""

    channels: list[ChannelShown]
    """Over which an address can be added."""
    addresses: list[AddressShown]
    quiet_from: str | None
    quiet_to: str | None
    wants_return: bool


class RuleShown(BaseModel):
    """A rule that holds."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    agency_id: UUID | None
    site_id: UUID | None
    kind: Kind
    least_severity: str
    roles: list[str]
    channel: str
    way: Way
    delay_s: int
    next_after_min: int


class AttemptShown(BaseModel):
    """One try; without an end it was cut off with the server."""

    model_config = ConfigDict(from_attributes=True)

    channel: str
    address: str
    began_at: Instant
    ended_at: Instant | None
    is_sent: bool
    said: str


class MessageShown(BaseModel):
    """A message of the outbox."""

    id: UUID
    kind: str
    step: str
    cause: str
    text: str
    """Its subject, in the caller's language."""
    about: dict[str, Any]
    site_id: UUID | None
    reader: str
    """Who it is for: a person's name, or a webhook's."""
    state: MessageState
    said_at: Instant
    send_at: Instant
    sent_at: Instant | None
    sent_by: str
    why: str
    """A server.channels.port.Why, or nothing."""
    trouble: str
    """What exactly was said."""
    attempts: list[AttemptShown]
