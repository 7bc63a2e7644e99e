"""The shapes of availability over HTTP. Lengths are whole seconds, shares are thousandths."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from playlists.instant import Instant
from playlists.language import Language


class Recurring(BaseModel):
    """A fault of one part that came three times or more in the period."""

    code: str
    names: dict[Language, str]
    subject: str
    times: int


class PartUsed(BaseModel):
    """A part that was changed."""

    at: Instant
    panel_id: UUID
    order_id: UUID
    order_number: int
    name: str
    old_serial: str
    new_serial: str
    batch: str


class PanelFigures(BaseModel):
    """One panel in a period, counted from when it was first in service; `hours_s` is None for one that never was.

    `planned_s` lies within the hours and is left out of everything else:
    hours = planned + right + not right + without power + unknown.
    """

    panel_id: UUID
    panel_name: str
    site_id: UUID
    site_name: str
    from_at: Instant | None
    to_at: Instant | None
    hours_s: int | None
    planned_s: int
    right_s: int
    not_right_s: int
    no_power_s: int
    unknown_s: int
    at_least_permille: int | None
    """Lit with the right content, as proven by captures."""
    at_most_permille: int | None
    """The same, if all that is unknown was right."""
    power_cuts: int
    longest_power_cut_s: int
    failures: int
    mtbf_s: int | None
    mtta_s: int | None
    mttr_s: int | None
    recurring: list[Recurring]
    parts_used: int


class Availability(BaseModel):
    """All panels that the caller sees, and the parts that were used at them."""

    from_at: Instant
    to_at: Instant
    items: list[PanelFigures]
    parts: list[PartUsed]


class OutageShown(BaseModel):
    """A time within the due hours in which a face was not right. `code` is missing where the kiosk had no power."""

    from_at: Instant
    to_at: Instant
    code: str | None
    names: dict[Language, str]
    subject: str


class Outages(BaseModel):
    """When one panel was not right, by what, oldest first; causes may overlap."""

    figures: PanelFigures
    items: list[OutageShown]
