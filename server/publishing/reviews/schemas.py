"""Shapes of the API about reviews."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from server.accounts.schemas import Asked
from server.tables.holds import OffReason


class FrameShown(BaseModel):
    """A picture of a segment, `at_ms` from its begin."""

    at_ms: int
    url: str


class CorrectionAsked(Asked):
    """Send a notice's newest revision the short way to where its older one is on air; `hold` rests the older one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "wrong-fact", "note": "Giờ mở cửa là 7:30", "hold": True}]}
    )

    reason: OffReason
    note: Annotated[str, Field(max_length=400)] = ""
    hold: bool = False


class CorrectionMade(BaseModel):
    """The submission that a correction is."""

    submission_id: UUID
    held: bool
