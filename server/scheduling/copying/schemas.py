"""Shapes of the API about copying a span of the schedule."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from server.accounts.schemas import Asked
from server.scheduling.entries.schemas import AN_ID, Sentences

MOST_DAYS = 62


class CopyAsked(Asked):
    """Copy what dated entries show from `first` to `last` (local dates, both included) to the days from `to` on.

    Entries without any end or dates go on by themselves and are not copied. `dry_run` tells what would be made.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "panel_ids": [AN_ID],
                    "first": "2026-02-14",
                    "last": "2026-02-22",
                    "to": "2027-02-03",
                    "dry_run": True,
                }
            ]
        }
    )

    panel_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    first: date
    last: date
    to: date
    dry_run: bool = True

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not 0 <= (self.last - self.first).days < MOST_DAYS:
            raise ValueError(f"last lies on or after first, at most {MOST_DAYS} days are copied at a time")
        if not 1970 <= self.first.year <= self.to.year <= 2199:
            raise ValueError("to lies after first, and both between the years 1970 and 2199")
        if self.to <= self.last:
            raise ValueError("the copy would lie on what it is made of; choose a date after last")
        return self


class Copied(BaseModel):
    """An entry that is, or would be, made: from which one, with how many times."""

    from_id: UUID
    entry_id: UUID | None
    playlist_id: UUID
    playlist_name: str
    times: int
    sentences: Sentences


class CopyShown(BaseModel):
    """What a copy made, or would make. `left_out`: entries without dates, which go on by themselves."""

    dry_run: bool
    copies: list[Copied]
    left_out: int
