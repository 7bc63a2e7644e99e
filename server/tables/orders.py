"""Work orders: the jobs that close alarms, with parts, photos and ticked steps, and the stock of spare parts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    instant,
    made_at,
    maybe_instant,
    maybe_json,
    maybe_reference,
    primary_key,
    reference,
)


class WorkOrder(SQLModel, table=True):
    """One job at one panel, from the alarm to the proof that it is repaired."""

    __tablename__ = "work_order"

    id: UUID = primary_key()
    number: int = Field(unique=True)
    """What people call it."""
    site_id: UUID = reference("site.id")
    panel_id: UUID = reference("panel.id")
    title: str = Field(max_length=200)
    state: str = Field(max_length=12)
    made_by: UUID = reference("user_account.id")
    created_at: datetime = made_at()
    assigned_to: UUID | None = maybe_reference("user_account.id")
    expected_at: datetime | None = maybe_instant()
    """When somebody means to be there."""
    waiting_for: str = Field(default="", max_length=200)
    waiting_until: datetime | None = maybe_instant()
    contractor: str = Field(default="", max_length=120)
    warranty_until: date | None = None
    estimate_vnd: int | None = big_number(None)
    decision_number: str = Field(default="", max_length=60)
    cause: str = Field(default="", max_length=500)
    """What was wrong, in the end."""
    started_at: datetime | None = maybe_instant()
    repaired_at: datetime | None = maybe_instant()
    verified_at: datetime | None = maybe_instant()
    verification: dict[str, Any] | None = maybe_json()
    """What the system found when it verified the repair."""
    closed_at: datetime | None = maybe_instant(index=True)
    rev: int = 1


class WorkOrderAlarm(SQLModel, table=True):
    """An alarm that a work order is to close."""

    __tablename__ = "work_order_alarm"

    work_order_id: UUID = Field(primary_key=True, foreign_key="work_order.id")
    alarm_id: UUID = Field(primary_key=True, foreign_key="alarm.id", index=True)


class WorkOrderEntry(SQLModel, table=True):
    """One step in a work order's history."""

    __tablename__ = "work_order_entry"

    id: UUID = primary_key()
    work_order_id: UUID = reference("work_order.id")
    at: datetime = instant()
    user_id: UUID = reference("user_account.id")
    what: str = Field(max_length=16)
    note: str = ""


class SparePart(SQLModel, table=True):
    """A kind of spare part that an agency keeps: modules of one batch (colour), cards, supplies, ribbons, kiosks."""

    __tablename__ = "spare_part"

    id: UUID = primary_key()
    agency_id: UUID = reference("agency.id")
    name: str = Field(max_length=120)
    batch: str = Field(default="", max_length=60)
    """Modules of another batch have another colour."""
    quantity: int = 0
    least_quantity: int = 0
    rev: int = 1


class WorkOrderPart(SQLModel, table=True):
    """A part that was changed."""

    __tablename__ = "work_order_part"

    id: UUID = primary_key()
    work_order_id: UUID = reference("work_order.id")
    spare_part_id: UUID | None = maybe_reference("spare_part.id")
    name: str = Field(max_length=120)
    old_serial: str = Field(default="", max_length=60)
    new_serial: str = Field(default="", max_length=60)
    batch: str = Field(default="", max_length=60)
    at: datetime = made_at()


class WorkOrderForm(SQLModel, table=True):
    """A form that counted, by the id that the phone gave it: sent again, it changes nothing."""

    __tablename__ = "work_order_form"

    id: UUID = Field(primary_key=True)
    work_order_id: UUID = reference("work_order.id")
    user_id: UUID = reference("user_account.id", index=False)
    at: datetime = instant()


class WorkOrderPhoto(SQLModel, table=True):
    """A photo that somebody took at the panel, after checking and re-encoding, named by the SHA-256 of its bytes."""

    __tablename__ = "work_order_photo"

    id: UUID = primary_key()
    work_order_id: UUID = reference("work_order.id")
    moment: str = Field(max_length=8)
    """A server.faults.photos.schemas.Moment."""
    note: str = Field(default="", max_length=200)
    sha256: str = Field(index=True, max_length=64)
    kind: str = Field(max_length=16)
    """A playlists.notice.MediaKind."""
    width: int
    height: int
    size: int = big_number()
    taken_by: UUID = reference("user_account.id", index=False)
    at: datetime = instant()


class WorkOrderTick(SQLModel, table=True):
    """What was said last of one step of an order's checklist."""

    __tablename__ = "work_order_tick"

    work_order_id: UUID = Field(primary_key=True, foreign_key="work_order.id")
    step: str = Field(primary_key=True, max_length=40)
    """A key of playlists.fault.checklist."""
    is_done: bool
    user_id: UUID = reference("user_account.id", index=False)
    at: datetime = instant()
