"""Alerts from outside (CAP): the feeds that may bring them, the hosts that feeds may lie on, and what came in."""

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


class FeedKind(StrEnum):
    """How alerts come in: sent to us, or fetched by us."""

    PUSHED = "pushed"
    POLLED = "polled"


class AlertHost(SQLModel, table=True):
    """A host that polled feeds may lie on; nothing is fetched from any other."""

    __tablename__ = "alert_host"

    id: UUID = primary_key()
    host: str = Field(unique=True, max_length=253)
    added_by: UUID = reference("user_account.id", index=False)
    added_at: datetime = made_at()


class AlertFeed(SQLModel, table=True):
    """A way by which alerts come in: its credential or address, and who may send in it."""

    __tablename__ = "alert_feed"

    id: UUID = primary_key()
    name: str = Field(max_length=120)
    kind: str = Field(max_length=16)
    """A FeedKind."""
    url: str | None = Field(default=None, max_length=1000)
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    senders: list[str] = json_column(list)
    """CAP's `sender` of everybody who may send here."""
    takes_drills: bool = False
    """Whether exercises and tests are taken, for panels to show in their frame."""
    lacks_ends: bool = False
    """Whether an alert without `expires` is taken for six hours."""
    automatic: bool = False
    """Whether alerts that name a released template reach panels without a person, by the role `cap`."""
    every_s: int = 60
    next_at: datetime | None = maybe_instant(index=True)
    """When a polled feed is asked next."""
    heard_at: datetime | None = maybe_instant()
    """When it last answered, or when somebody last sent with its token."""
    failing_since: datetime | None = maybe_instant()
    failures: int = 0
    """How often in a row it could not be read."""
    trouble: str = Field(default="", max_length=400)
    etag: str = Field(default="", max_length=400)
    last_modified: str = Field(default="", max_length=100)
    seen: dict[str, str] = json_column()
    """Links that were fetched, and the times at which the feed said that they changed."""
    added_by: UUID = reference("user_account.id", index=False)
    added_at: datetime = made_at()
    stopped_at: datetime | None = maybe_instant()
    rev: int = 1


class SiteAlertCode(SQLModel, table=True):
    """A code by which alerts' areas mean a site, by the code's name (CAP `geocode`)."""

    __tablename__ = "site_alert_code"

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    name: str = Field(primary_key=True, max_length=100)
    code: str = Field(primary_key=True, max_length=100)


class AlertState(StrEnum):
    """What has become of an alert."""

    WAITING = "waiting"
    """A person decides."""
    PARKED = "parked"
    """It names an alert that is not known; after ten minutes a person decides."""
    OVERTAKEN = "overtaken"
    """A later alert of the same sender took its place before anybody decided."""
    ENDED = "ended"
    """Its sender ended it before anybody decided; or it ended others and there was nothing to decide."""
    OVER = "over"
    """Its end came before anybody decided."""
    REJECTED = "rejected"
    RAISED = "raised"
    """It became an emergency."""
    REFUSED = "refused"
    """It broke a rule of docs/cap.md."""


class IncomingAlert(SQLModel, table=True):
    """One alert as it came in, what the rules said of it, and what a person decided."""

    __tablename__ = "incoming_alert"
    __table_args__ = (UniqueConstraint("feed_id", "sha256"),)

    id: UUID = primary_key()
    feed_id: UUID = reference("alert_feed.id")
    sha256: str = Field(max_length=64)
    """Digest of its bytes."""
    content: bytes
    name_sha256: str | None = Field(default=None, unique=True, max_length=64)
    """Digest of sender and identifier; None for what was refused."""
    sender: str = Field(default="", max_length=300)
    identifier: str = Field(default="", max_length=300)
    sent_at: datetime | None = maybe_instant()
    kind: str = Field(default="", max_length=16)
    """A playlists.cap.accept.Kind; empty for what was refused."""
    state: str = Field(max_length=16, index=True)
    """An AlertState."""
    code: str = Field(default="", max_length=4)
    """The rule that it broke."""
    report: dict[str, Any] = json_column()
    """The answer of playlists.cap.report."""
    template: str | None = Field(default=None, max_length=40)
    expires_at: datetime | None = maybe_instant()
    folded: str = Field(default="", max_length=2000)
    """Its words, sender and identifier as search compares them."""
    received_at: datetime = instant()
    decided_by: UUID | None = maybe_reference("user_account.id", index=False)
    decided_at: datetime | None = maybe_instant()
    reason: str = Field(default="", max_length=400)
    repeats: int = 0
    """How often the same bytes came again."""


class AlertPanel(SQLModel, table=True):
    """A panel that lies in an alert's areas."""

    __tablename__ = "alert_panel"

    alert_id: UUID = Field(primary_key=True, foreign_key="incoming_alert.id")
    panel_id: UUID = Field(primary_key=True, foreign_key="panel.id", index=True)
