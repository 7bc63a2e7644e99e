"""Shapes of the API about revisions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from playlists.language import Language


class PieceShown(BaseModel):
    """A part of a text: the same in both, only in the old, or only in the new one."""

    kind: Literal["same", "old", "new"]
    text: str


class TextDifference(BaseModel):
    """A text of one language that differs: where it stands, such as `title` or `rows.2.label`."""

    language: Language
    field: str
    pieces: list[PieceShown]


class FieldDifference(BaseModel):
    """Another field that differs."""

    field: str
    old: Any
    new: Any


class DifferenceShown(BaseModel):
    """What differs between two revisions of a notice."""

    old: int
    new: int
    texts: list[TextDifference]
    fields: list[FieldDifference]
