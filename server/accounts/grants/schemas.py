"""Shapes of grants."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.tables.accounts import Role


class GrantNew(Asked):
    """A role for a person: in an agency or (null) the whole installation, and there at one site or (null) at all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"role": "approver", "agency_id": "01936f5e-8a2b-7cde-9f01-23456789abcd", "site_id": None}]
        }
    )

    role: Role
    agency_id: UUID | None = None
    site_id: UUID | None = None


class GrantShown(BaseModel):
    """A role that a person holds or held."""

    id: UUID
    user_id: UUID
    username: str
    display_name: str
    role: Role
    agency_id: UUID | None
    agency_name: str | None
    site_id: UUID | None
    site_name: str | None
    given_at: Instant
    given_by_name: str | None
    """Null: the command line."""
    ended_at: Instant | None
    ended_by_name: str | None
