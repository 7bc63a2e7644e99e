"""Shapes of the API about an agency's look."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from playlists.card import Colours
from server.accounts.schemas import Asked


class LookAsked(Asked):
    """The colours of an agency's cards, and a picture of it as their logo; null is the usual colours, and no logo."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"colours": {"ground": "#0b2a4a", "ink": "#ffffff", "accent": "#ffc62b"}, "logo_id": None}]
        }
    )

    colours: Colours | None = None
    logo_id: UUID | None = None


class LookShown(BaseModel):
    """An agency's look. `logo_id` is a media of it with the logo's bytes."""

    colours: Colours
    is_usual: bool
    logo_id: UUID | None
    logo_sha256: str | None
    rev: int
