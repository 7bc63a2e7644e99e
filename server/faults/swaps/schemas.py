"""The shapes of swaps over HTTP."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from playlists.ids import Slug
from playlists.instant import Instant

Serial = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class SwapKind(StrEnum):
    """Which device is swapped."""

    KIOSK = "kiosk"
    CONTROLLER = "controller"


class SwapState(StrEnum):
    """How far a swap has come."""

    RUNNING = "running"
    DONE = "done"
    ABANDONED = "abandoned"


class SwapStep(StrEnum):
    """What must be so before a swap is done, in the order of work."""

    CODE = "code"
    """A code for the new kiosk is in force, or was used."""
    ENROLLED = "enrolled"
    """The new kiosk is enrolled and drives the panel."""
    OLD_SHUT_OUT = "old_shut_out"
    """The old kiosk's certificate or token opens nothing any more."""
    HEARD = "heard"
    STORED = "stored"
    """Everything that is assigned is stored."""
    PLAYS = "plays"
    TOLD = "told"
    """The kiosk was told to take the new controller as right, and did."""
    ANSWERS = "answers"
    """The controller answers, and has a picture signal."""
    CARDS = "cards"
    """Every port and card is in order."""
    BRIGHTNESS = "brightness"
    """The brightness read back is the one that was set."""
    VOLTAGE = "voltage"
    """Voltages were read back; they are written down to compare later ones with."""


class StepState(StrEnum):
    """How one step stands; what a controller does not tell is unknown, and holds nothing up."""

    WELL = "well"
    WAITING = "waiting"
    UNKNOWN = "unknown"


class SwapNew(BaseModel):
    """A swap that begins."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "controller"}]})

    kind: SwapKind
    work_order_id: UUID | None = None


class DeviceAsked(BaseModel):
    """The new kiosk's short name; it counts the first time only."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"slug": "kiosk-tra-linh-1-v2"}]})

    slug: Slug


class DeviceMade(BaseModel):
    """The new kiosk and the code that is typed on it: shown this once; another one can be made."""

    kiosk_id: UUID
    code: str
    expires_at: Instant


class SwapDone(BaseModel):
    """What was put in. With a work order the part is written into it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"old_serial": "MCTRL-118", "new_serial": "MCTRL-532"}]}
    )

    old_serial: Serial = ""
    new_serial: Serial = ""
    work_order_id: UUID | None = None


class SwapGivenUp(BaseModel):
    """Why a swap is given up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Máy mới không khởi động"}]})

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class StepShown(BaseModel):
    """One step and how it stands; `detail` is for programs and experts, in English."""

    step: SwapStep
    state: StepState
    detail: str = ""


class SwapShown(BaseModel):
    """A swap; its steps as of now, or as of when it ended."""

    id: UUID
    panel_id: UUID
    kind: SwapKind
    state: SwapState
    begun_by: UUID
    begun_by_name: str
    begun_at: Instant
    old_kiosk_id: UUID | None
    new_kiosk_id: UUID | None
    old_serial: str
    new_serial: str
    work_order_id: UUID | None
    ended_by_name: str
    ended_at: Instant | None
    note: str
    steps: list[StepShown]
    voltages_milli: dict[str, int]
    """What cards read when the swap was done, by part, in thousandths of a volt."""
    rev: int


class SwapList(BaseModel):
    """A panel's swaps, the newest first."""

    items: list[SwapShown]
