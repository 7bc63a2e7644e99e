"""Shapes of the API about invitations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.schemas import Asked, NewPassword, UserShown

Secret = Annotated[str, Field(min_length=20, max_length=100)]


class InvitationShown(BaseModel):
    """A link that was given and not used yet."""

    id: UUID
    user_id: UUID
    username: str
    display_name: str
    is_reset: bool
    created_at: Instant
    expires_at: Instant


class InvitationMade(BaseModel):
    """A new link, shown this once: hand it to the person, by a way that you trust."""

    link: str
    expires_at: Instant


class UserInvited(BaseModel):
    """A new person, and the link with which they choose their password."""

    user: UserShown
    invitation: InvitationMade


class InvitationLook(Asked):
    """The secret of a link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"secret": "0123456789abcdef0123456789abcdef"}]})

    secret: Secret


class InvitationSeen(BaseModel):
    """For whom a link is."""

    username: str
    display_name: str
    is_reset: bool
    expires_at: Instant


class InvitationTaken(Asked):
    """The secret of a link, and the password that its holder chose."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"secret": "0123456789abcdef0123456789abcdef", "password": "bốn từ không liên quan"}]
        }
    )

    secret: Secret
    password: NewPassword
    bearer: bool = False
