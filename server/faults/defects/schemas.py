"""The shapes of defects over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from playlists.fault import Severity
from playlists.instant import Instant

Part = Annotated[str, StringConstraints(pattern=r"^(port \d{1,2} card \d{1,4})?$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


class DefectNew(BaseModel):
    """What somebody saw. `part` is a cabinet's card, counted from 1; without it, it concerns the panel as a whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"part": "port 1 card 2", "is_large": False, "note": "ba điểm đỏ không sáng"}]},
    )

    part: Part = ""
    is_large: Annotated[bool, Field(description="a module or more, not only a few pixels")] = False
    note: Note


class MendedAsked(BaseModel):
    """A note, if there is something to say."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "thay mô-đun cùng lô"}]})

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class DefectShown(BaseModel):
    """A defect that stands, or stood."""

    fault_id: UUID
    panel_id: UUID
    part: str
    severity: Severity
    note: str
    since_at: Instant
    cleared_at: Instant | None
