"""Shapes of the API about withdrawals."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.schemas import Asked
from server.publishing.holds.schemas import PanelStanding
from server.tables.holds import OffReason


class WithdrawalAsked(Asked):
    """Ask for a notice to be withdrawn for ever, with everything of it that was released."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "ordered", "note": "Công văn 12/UBND"}]})

    reason: OffReason
    note: Annotated[str, Field(max_length=400)] = ""


class WithdrawalShown(BaseModel):
    """A withdrawal. It counts from `withdrawn_at`, when an approver signed; its panels, and whether they have heard."""

    id: UUID
    notice_id: UUID
    title: str
    reason: OffReason
    note: str
    asked_by: str
    asked_at: Instant
    withdrawn_at: Instant | None
    signed_by: list[str]
    document_id: UUID
    digests: int
    panels: list[PanelStanding]
