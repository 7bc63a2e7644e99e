"""Shapes of the API about agencies, people and logins."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from playlists.ids import Slug
from playlists.instant import Instant
from playlists.language import Language, clean_name
from server.accounts.passwords import LEAST_CHARACTERS, MOST_CHARACTERS
from server.accounts.permissions import Permission
from server.tables.accounts import Role

USERNAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{2,39}$"
Username = Annotated[str, Field(pattern=USERNAME_PATTERN, examples=["nguyen.van.an"])]


def _name(text: str) -> str:
    cleaned = clean_name(text)
    if not cleaned:
        raise ValueError("a name needs at least one visible character")
    return cleaned


Name = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_name)]
"""A display name: cleaned, cut to 120 characters."""
NewPassword = Annotated[str, Field(min_length=LEAST_CHARACTERS, max_length=MOST_CHARACTERS)]


class Asked(BaseModel):
    """A request's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class LoginAsked(Asked):
    """Name and password; `bearer` asks for the token in the answer instead of a cookie, `code` is a second factor's."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"username": "admin", "password": "the password", "bearer": True}]}
    )

    username: Annotated[str, Field(max_length=80)]
    password: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    code: Annotated[str, Field(max_length=40)] | None = None
    bearer: bool = False


class HeldRole(BaseModel):
    """A role that the caller holds besides the one in their own agency."""

    model_config = ConfigDict(from_attributes=True)

    role: Role
    agency_id: UUID | None
    site_id: UUID | None


class MeShown(BaseModel):
    """Who the caller is, and what they may do."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    agency_id: UUID | None
    language: str
    permissions: list[Permission]
    """What they may do somewhere."""
    grants: list[HeldRole]
    password_is_temporary: bool
    must_enrol: bool = False
    """A second factor has to be enrolled before anything else."""


class LoginShown(BaseModel):
    """A login that succeeded, or, with `ticket`, one that asks for a second factor: POST /api/v1/login/second."""

    me: MeShown | None = None
    expires_at: Instant | None = None
    token: str | None = None
    ticket: str | None = None
    ways: list[str] = []
    """How the second factor can be given: passkey, totp, recovery-code, device-code."""
    passkey: dict[str, Any] | None = None
    """What `navigator.credentials.get` is asked, for those who have a passkey."""


class MeChange(Asked):
    """What a person may change about themselves."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "en"}]})

    display_name: Name | None = None
    language: Language | None = None


class PasswordChange(Asked):
    """The old password and a new one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "the old password", "new": "a longer new password"}]}
    )

    current: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    new: NewPassword


class AgencyNew(Asked):
    """A new agency."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"slug": "tra-linh-gate", "name": "Ban quản lý cửa khẩu Trà Lĩnh"}]}
    )

    slug: Slug
    name: Name


class AgencyChange(Asked):
    """A new name of an agency, or another quota; a quota of null means the usual one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ban quản lý Khu kinh tế"}]})

    name: Name | None = None
    media_quota_bytes: Annotated[int, Field(ge=0, le=1 << 50)] | None = None


class AgencyShown(BaseModel):
    """An agency."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    created_at: Instant
    closed_at: Instant | None
    successor_id: UUID | None
    """Of a merged agency: where everything of it went."""
    media_quota_bytes: int | None
    """The most bytes of its media and running uploads; null: the usual quota."""
    rev: int


def _email(text: str) -> str:
    return text.strip().lower()


Email = Annotated[
    str,
    Field(max_length=254, pattern=r"^[^@\s<>\"]{1,64}@[^@\s<>\"]{1,189}$", examples=["an@example.vn"]),
    AfterValidator(_email),
]
"""An e-mail address, in small letters."""


class UserNew(Asked):
    """A new person, who chooses their password with a link."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "nguyen.van.an",
                    "display_name": "Nguyễn Văn An",
                    "role": "editor",
                    "agency_id": "01936f5e-8a2b-7cde-9f01-23456789abcd",
                    "language": "vi",
                }
            ]
        }
    )

    username: Username
    display_name: Name
    role: Role
    agency_id: UUID | None = None
    language: Language = Language.VI
    email: Email | None = None
    """With it the person can log in at an OpenID provider that has verified it."""


class UserChange(Asked):
    """What an administrator changes about a person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "technician"}, {"disabled": True}]})

    display_name: Name | None = None
    role: Role | None = None
    language: Language | None = None
    email: Email | None = None
    disabled: bool | None = None


class UserShown(BaseModel):
    """A person."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    display_name: str
    role: Role
    agency_id: UUID | None
    language: str
    email: str | None
    created_at: Instant
    disabled_at: Instant | None
    password_is_temporary: bool
    rev: int
