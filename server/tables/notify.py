"""Notifications: people's addresses and wishes, rules, the outbox with its tries, and how channels fare."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    instant,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class MessageState(StrEnum):
    """How far a message has come."""

    GATHERED = "gathered"
    """It waits for the next digest."""
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """No address of the person took it."""
    DIGESTED = "digested"
    """It went with a digest."""


class NotifyAddress(SQLModel, table=True):
    """Where a person is reached over one of the configured channels; used once a code sent there came back."""

    __tablename__ = "notify_address"
    __table_args__ = (UniqueConstraint("user_id", "channel", "address"),)

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    channel: str = Field(max_length=40)
    address: str = Field(max_length=254)
    code_sha256: str = Field(default="", max_length=64)
    """Of the id and the code, while it is not verified."""
    code_tries: int = 0
    code_sent_at: datetime | None = maybe_instant()
    verified_at: datetime | None = maybe_instant()
    created_at: datetime = made_at()


class NotifyPerson(SQLModel, table=True):
    """A person's wishes; who has no row has none. Times are local ones of the site, as `HH:MM`."""

    __tablename__ = "notify_person"

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id")
    quiet_from: str = Field(default="", max_length=5)
    quiet_to: str = Field(default="", max_length=5)
    wants_return: bool = True
    """Also a note when what one was told of is over."""


class NotifyRule(SQLModel, table=True):
    """Who is told of what, where it is not the usual. The narrowest place wins, then the higher severity."""

    __tablename__ = "notify_rule"

    id: UUID = primary_key()
    agency_id: UUID | None = maybe_reference("agency.id")
    """None: every agency."""
    site_id: UUID | None = maybe_reference("site.id")
    """None: every site."""
    kind: str = Field(max_length=16)
    """A server.notify.plan.Kind."""
    least_severity: str = Field(default="", max_length=16)
    """A playlists.fault.Severity; empty: any."""
    roles: list[str] = json_column(list)
    """Whose roster is asked, in this order."""
    channel: str = Field(default="", max_length=40)
    """A webhook that hears of it besides; then `roles` is empty."""
    way: str = Field(max_length=8)
    """A server.notify.plan.Way."""
    delay_s: int = 0
    next_after_min: int = 0
    """0: as the roster says."""
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    ended_at: datetime | None = maybe_instant(index=True)


class NotifyMessage(SQLModel, table=True):
    """One message to one reader about one step of one cause; `key` keeps it the only one."""

    __tablename__ = "notify_message"

    id: UUID = primary_key()
    key: str = Field(unique=True, max_length=200)
    cause: str = Field(max_length=100, index=True)
    kind: str = Field(max_length=16)
    step: str = Field(max_length=12)
    """A server.notify.plan.Step."""
    site_id: UUID | None = maybe_reference("site.id")
    user_id: UUID | None = maybe_reference("user_account.id")
    """None: a webhook."""
    channel: str = Field(default="", max_length=40)
    """Of a webhook."""
    address_id: UUID | None = maybe_reference("notify_address.id", index=False)
    """Only there; None: wherever the person is reached."""
    fields: dict[str, Any] = json_column()
    """What it is about: what server.notify.words makes sentences of."""
    state: str = Field(max_length=10, index=True)
    """A MessageState."""
    is_open: bool = Field(default=True, index=True)
    """Whether the end of its cause is still to be told."""
    digest_id: UUID | None = maybe_reference("notify_message.id")
    send_at: datetime = instant()
    attempts: int = 0
    lease: str = Field(default="", max_length=36)
    lease_until: datetime | None = maybe_instant()
    said_at: datetime = made_at()
    sent_at: datetime | None = maybe_instant()
    sent_by: str = Field(default="", max_length=40)
    """The channel that took it."""
    why: str = Field(default="", max_length=16)
    """A server.channels.port.Why, once a try failed."""
    trouble: str = Field(default="", max_length=400)


class NotifyAttempt(SQLModel, table=True):
    """One try to deliver a message; one that never ended was cut off with the server."""

    __tablename__ = "notify_attempt"

    id: UUID = primary_key()
    message_id: UUID = reference("notify_message.id")
    channel: str = Field(max_length=40)
    address: str = Field(default="", max_length=254)
    began_at: datetime = instant()
    ended_at: datetime | None = maybe_instant()
    is_sent: bool = False
    said: str = Field(default="", max_length=400)
    """What the other side answered, or why it failed."""


class NotifyChannel(SQLModel, table=True):
    """How a channel fares; what it is stands in the file that the settings name."""

    __tablename__ = "notify_channel"

    name: str = Field(primary_key=True, max_length=40)
    failures: int = 0
    """In a row."""
    failing_since: datetime | None = maybe_instant()
    why: str = Field(default="", max_length=16)
    trouble: str = Field(default="", max_length=400)
    worked_at: datetime | None = maybe_instant()
    alarm_site_id: UUID | None = maybe_reference("site.id", index=False)
    """Where its alarm stands."""
