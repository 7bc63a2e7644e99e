"""Shapes of the API about training sites."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from server.accounts.schemas import Asked


class Standing(BaseModel):
    """How much of each sort a reset ends or puts away."""

    emergencies: int
    releases: int
    submissions: int
    notices: int
    playlists: int
    entries: int
    boards: int
    alarms: int
    orders: int


class TrainingShown(BaseModel):
    """A training site, and what a reset would put away."""

    site_id: UUID
    slug: str
    name: str
    panels: int
    standing: Standing


class ResetAsked(Asked):
    """The short name of the site that is meant, as a confirmation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"slug": "tap-huan"}]})

    slug: str


class KeysShown(BaseModel):
    """The root of the training sites; `new` is false where it stood already."""

    version: int
    words: str
    new: bool


class TrainingSignature(BaseModel):
    """A signature as it is sent to where the document is signed."""

    keyid: str
    sig: str
