"""Shapes of the API about contact sheets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class CellShown(BaseModel):
    """A picture of a sheet, in reading order: its time in the clip, and why it is there.

    `second` is the regular picture of a second; `different` is a frame unlike those shown, framed in amber;
    `difference` says how unlike (root mean square, 0 to 255).
    """

    at_ms: int
    why: Literal["second", "different"]
    difference: int


class SheetShown(BaseModel):
    """One page of a clip's contact sheet; pages count from 0. Cells stand in `columns` columns, `gap` pixels apart."""

    page: int
    pages: int
    columns: int
    cell_width: int
    cell_height: int
    gap: int
    picture: str
    cells: list[CellShown]
