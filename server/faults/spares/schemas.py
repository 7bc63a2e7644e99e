"""The shapes of spare parts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Count = Annotated[int, Field(ge=0, le=100_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Batch = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class SpareNew(BaseModel):
    """A kind of spare part that is kept; modules of another batch are another kind, because of their colour."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "agency_id": "01936d5a-7e1b-7c3a-9d52-0f6c5c3a1b11",
                    "name": "Mô-đun P4 320×160",
                    "batch": "2026-03",
                    "quantity": 12,
                    "least_quantity": 6,
                }
            ]
        },
    )

    agency_id: UUID
    name: Name
    batch: Batch = ""
    quantity: Count = 0
    least_quantity: Count = 0


class SpareChange(BaseModel):
    """What changed: how many there are now, how many there should be, its name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"quantity": 12}]})

    name: Name | None = None
    batch: Batch | None = None
    quantity: Count | None = None
    least_quantity: Count | None = None


class SpareShown(BaseModel):
    """A kind of spare part; `is_short` when there are fewer than there should be."""

    id: UUID
    agency_id: UUID
    name: str
    batch: str
    quantity: int
    least_quantity: int
    is_short: bool
    rev: int
