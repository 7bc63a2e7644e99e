"""Agencies, people and their sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    instant,
    made_at,
    maybe_instant,
    maybe_json,
    maybe_reference,
    primary_key,
    reference,
)


class Role(StrEnum):
    """What a person is there for. `server.accounts.permissions.ALLOWED` says what each may do; deny is the default."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    TRANSLATOR = "translator"
    LANGUAGE_REVIEWER = "language-reviewer"
    APPROVER = "approver"
    DUTY_OFFICER = "duty-officer"
    STATUS_OFFICER = "status-officer"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    VIEWER = "viewer"


class Agency(SQLModel, table=True):
    """An organisation that owns content and people; past records keep it when it is closed."""

    id: UUID = primary_key()
    slug: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=120)
    colours: dict[str, str] | None = maybe_json()
    """playlists.card.Colours of its cards; None: the usual ones."""
    logo_sha256: str | None = Field(default=None, max_length=64)
    """Of the picture that its cards carry."""
    media_quota_bytes: int | None = big_number(None)
    """How much its media may take; None: as the settings say."""
    created_at: datetime = made_at()
    closed_at: datetime | None = maybe_instant()
    successor_id: UUID | None = maybe_reference("agency.id")
    """Of a merged agency: where everything of it went."""
    rev: int = 1


class User(SQLModel, table=True):
    """A person with a password (Argon2id hash)."""

    __tablename__ = "user_account"

    id: UUID = primary_key()
    username: str = Field(unique=True, max_length=40)
    display_name: str = Field(max_length=120)
    password_hash: str | None = None
    """None: invited, and no password was chosen yet."""
    password_is_temporary: bool = False
    """Somebody else knows it: its owner must choose another before anything else."""
    role: str = Field(max_length=24)
    agency_id: UUID | None = maybe_reference("agency.id")
    """None: an administrator of the whole installation."""
    language: str = Field(default="vi", max_length=2)
    email: str | None = Field(default=None, max_length=254, unique=True)
    """In small letters; an OpenID provider's account with this verified address is this person's."""
    created_at: datetime = made_at()
    disabled_at: datetime | None = maybe_instant()
    rev: int = 1


class RoleGrant(SQLModel, table=True):
    """A role that a person holds besides the one in their own agency; an ended one is kept."""

    __tablename__ = "role_grant"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    role: str = Field(max_length=24)
    agency_id: UUID | None = maybe_reference("agency.id")
    """None: in the whole installation."""
    site_id: UUID | None = maybe_reference("site.id")
    """Only at this site of the agency; None: everywhere."""
    given_at: datetime = made_at()
    given_by: UUID | None = maybe_reference("user_account.id", index=False)
    """None: the command line."""
    ended_at: datetime | None = maybe_instant()
    ended_by: UUID | None = maybe_reference("user_account.id", index=False)


class LoginSession(SQLModel, table=True):
    """A login: the cookie's token is kept as its SHA-256 only."""

    __tablename__ = "login_session"

    id: UUID = primary_key()
    user_id: UUID = reference("user_account.id")
    token_sha256: str = Field(unique=True, max_length=64)
    factor_at: datetime | None = maybe_instant()
    """When the person last proved more than their password in this login."""
    is_enrolling: bool = False
    """Nothing is open but enrolling a second factor, which the role needs and the person lacks."""
    agent: str = Field(default="", max_length=200)
    """What the browser or program calls itself."""
    address: str = Field(default="", max_length=64)
    """From where it was used last."""
    created_at: datetime = made_at()
    last_seen_at: datetime = instant()
    expires_at: datetime = instant()
