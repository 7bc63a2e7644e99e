"""Status boards: their definitions, values, the phrases that may stand on them, and who may change them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class PhraseState(StrEnum):
    """Whether a phrase may stand on a board."""

    DRAFT = "draft"
    APPROVED = "approved"


class Phrase(SQLModel, table=True):
    """A short text in three languages, approved once, that a board's value may name."""

    __table_args__ = (UniqueConstraint("agency_id", "key"),)

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    key: str = Field(max_length=40)
    vi: str = Field(max_length=60)
    en: str = Field(max_length=60)
    zh: str = Field(max_length=60)
    tone: str = Field(default="plain", max_length=16)
    state: str = Field(default=PhraseState.DRAFT, max_length=16)
    written_by: UUID = reference("user_account.id", index=False)
    approved_by: UUID | None = maybe_reference("user_account.id", index=False)
    approved_at: datetime | None = maybe_instant()
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class Board(SQLModel, table=True):
    """A status board: a definition with slots, and its newest values. Its notice puts it into playlists."""

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    site_id: UUID = reference("site.id")
    notice_id: UUID | None = Field(default=None, foreign_key="notice.id", unique=True)
    name: str = Field(max_length=120)
    definition: dict[str, Any] = json_column()
    definition_number: int = 1
    definition_by: UUID = reference("user_account.id", index=False)
    values: dict[str, Any] = json_column()
    """The newest values document."""
    values_envelope: bytes | None = None
    """The same, signed by a status officer; None where nobody signed it."""
    seq: int = big_number(0)
    """Counts the changes of values."""
    set_at: datetime | None = maybe_instant()
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class BoardSource(SQLModel, table=True):
    """Another system that may set a board's values by MQTT; its id is its user name at the broker."""

    __tablename__ = "board_source"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    board_id: UUID = reference("board.id")
    name: str = Field(max_length=120)
    mqtt_password_line: str
    """Its line of a Mosquitto password file (salted hash)."""
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    revoked_at: datetime | None = maybe_instant()
    heard_at: datetime | None = maybe_instant()


class ChangeSource(StrEnum):
    """By which way a board's values were changed."""

    CONSOLE = "console"
    API = "api"
    MQTT = "mqtt"
    UNDO = "undo"


class BoardChange(SQLModel, table=True):
    """One change of a board's values, with those before it and who made it."""

    __tablename__ = "board_change"
    __table_args__ = (UniqueConstraint("board_id", "seq"),)

    id: UUID = primary_key()
    board_id: UUID = reference("board.id")
    seq: int = big_number(0)
    values: dict[str, Any] = json_column()
    before: dict[str, Any] = json_column()
    source: str = Field(max_length=16)
    """A ChangeSource."""
    set_by: UUID | None = maybe_reference("user_account.id", index=False)
    source_id: UUID | None = maybe_reference("board_source.id")
    message_id: UUID | None = None
    note: str = Field(default="", max_length=200)
    undoes: int | None = big_number(None)
    """The number of the change that this one took back."""
    created_at: datetime = made_at()


class BoardSheet(SQLModel, table=True):
    """The tiles that a kiosk composes a board of, in one file beside the base segment of a render key."""

    __tablename__ = "board_sheet"

    id: UUID = primary_key()
    render_key: str = Field(unique=True, max_length=64)
    sha256: str = Field(index=True, max_length=64)
    size: int = big_number(0)
    layout: dict[str, Any] = json_column()
    created_at: datetime = made_at()


class KioskBoard(SQLModel, table=True):
    """Which boards a kiosk's manifest names, and which values it says that it shows."""

    __tablename__ = "kiosk_board"

    kiosk_id: UUID = Field(primary_key=True, foreign_key="kiosk.id")
    board_id: UUID = Field(primary_key=True, foreign_key="board.id", index=True)
    held: bool = True
    seq: int = big_number(0)
    word: str = Field(default="", max_length=16)
    since_at: datetime | None = maybe_instant()
    said_at: datetime | None = maybe_instant()
