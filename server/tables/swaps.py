"""Swaps of devices: another kiosk or LED controller for a panel, from the decision to the proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import instant, maybe_instant, maybe_json, maybe_reference, primary_key, reference


class Swap(SQLModel, table=True):
    """One device taken out and another one put in; a panel has one running swap at most."""

    id: UUID = primary_key()
    panel_id: UUID = reference("panel.id")
    kind: str = Field(max_length=12)
    """A server.faults.swaps.schemas.SwapKind."""
    state: str = Field(max_length=10)
    """A server.faults.swaps.schemas.SwapState."""
    begun_by: UUID = reference("user_account.id", index=False)
    begun_at: datetime = instant()
    old_kiosk_id: UUID | None = maybe_reference("kiosk.id")
    new_kiosk_id: UUID | None = maybe_reference("kiosk.id")
    old_serial: str = Field(default="", max_length=60)
    new_serial: str = Field(default="", max_length=60)
    work_order_id: UUID | None = maybe_reference("work_order.id")
    """Whose parts say so."""
    ended_by: UUID | None = maybe_reference("user_account.id", index=False)
    ended_at: datetime | None = maybe_instant()
    note: str = Field(default="", max_length=500)
    """Why it was given up."""
    found: dict[str, Any] | None = maybe_json()
    """What the panel said when it was done: the steps, and the readings that later ones are compared with."""
    rev: int = 1
