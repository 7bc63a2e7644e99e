"""Shapes of the API about subjects and tasks."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.tables.content import SubjectKind

Year = Annotated[int, Field(ge=2020, le=2100)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"


class SubjectNew(Asked):
    """A new subject or task of a year. Without an agency it is the caller's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"agency_id": _ID, "year": 2027, "kind": "subject", "name": "Thông tin cửa khẩu"},
            ]
        }
    )

    agency_id: UUID | None = None
    year: Year
    kind: SubjectKind
    name: Line


class SubjectChange(Asked):
    """Another name or place in the list, or whether it is closed: then nothing new is made for it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"closed": True}]})

    name: Line | None = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None
    closed: bool | None = None


class SubjectCopy(Asked):
    """Both lists of a year, to be copied into another one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agency_id": _ID, "from_year": 2026, "to_year": 2027}]})

    agency_id: UUID | None = None
    from_year: Year
    to_year: Year

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.from_year == self.to_year:
            raise ValueError("to_year is the year it is copied from; name another one")
        return self


class SubjectShown(BaseModel):
    """A subject or task. `used`: how many notices were made for it, counting each notice's newest revision."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    agency_id: UUID
    year: int
    kind: SubjectKind
    name: str
    position: int
    copied_from: UUID | None
    closed_at: Instant | None
    used: int
    rev: int
