"""Shapes of the API about incoming alerts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.tables.alerts import AlertState

_REJECTED: JsonDict = {"reason": "Cảnh báo cho vùng thượng lưu, không ảnh hưởng cửa khẩu"}


class AlertTaken(BaseModel):
    """What became of an alert that was sent: `answer` is what `bangtin cap check` says of it."""

    id: UUID | None
    outcome: str
    """taken, ended, twice, parked, automatic or refused."""
    answer: dict[str, Any]


class AlertRejection(Asked):
    """Why an alert is not shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REJECTED]})

    reason: Annotated[str, Field(min_length=3, max_length=400)]


class PanelMeant(BaseModel):
    """A panel in an alert's areas."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str
    site_id: UUID


class AlertShown(BaseModel):
    """An alert as it came in; `report` is the answer of `bangtin cap check`."""

    id: UUID
    feed_id: UUID
    feed_name: str
    sender: str
    identifier: str
    sent_at: Instant | None
    kind: str
    state: AlertState
    code: str
    report: dict[str, Any]
    template: str | None
    expires_at: Instant | None
    received_at: Instant
    decided_at: Instant | None
    decided_by_name: str
    reason: str
    repeats: int
    panels: list[PanelMeant]
