"""Shapes of the API about reviewers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict

from playlists.language import Language
from server.accounts.schemas import Asked


class LanguagesAsked(Asked):
    """The languages that a person reviews, all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"languages": ["zh"]}]})

    languages: Annotated[list[Language], AfterValidator(lambda given: list(dict.fromkeys(given)))]


class ReviewerShown(BaseModel):
    """A person and the languages that they review."""

    user_id: UUID
    display_name: str
    agency_id: UUID | None
    languages: list[Language]
