"""The shapes of times in which faults are expected."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playlists.instant import Instant

LONGEST = timedelta(days=31)


class PlannedKind(StrEnum):
    """What somebody may announce."""

    WORK = "work"
    POWER_CUT = "power_cut"


class WindowNew(BaseModel):
    """A time from which until when faults at a site, or at one of its panels, are expected."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "site_id": "01936d5a-7e1b-7c3a-9d52-0f6c5c3a1b11",
                    "kind": "power_cut",
                    "from_at": "2026-11-28T00:00:00.000Z",
                    "to_at": "2026-11-28T05:00:00.000Z",
                    "reason": "Điện lực thông báo cắt điện sửa đường dây",
                }
            ]
        },
    )

    site_id: UUID
    panel_id: UUID | None = None
    kind: PlannedKind
    from_at: Instant
    to_at: Instant
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.from_at < self.to_at <= self.from_at + LONGEST:
            raise ValueError(f"the time ends after it begins, and within {LONGEST.days} days")
        return self


class WindowShown(BaseModel):
    """A time in which faults are expected."""

    id: UUID
    site_id: UUID
    site_name: str
    panel_id: UUID | None
    kind: PlannedKind
    from_at: Instant
    to_at: Instant
    reason: Annotated[str, Field(max_length=200)]
    rev: int
