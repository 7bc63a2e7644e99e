"""A drawn card before it is one picture: ground, layers in order, free places, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from PIL import Image

from playlists.measured import Measured


class Role(StrEnum):
    """What a layer is for, so that motion can treat words and pictures differently."""

    PICTURE = "picture"
    SIGN = "sign"
    LOGO = "logo"
    TITLE = "title"
    BODY = "body"
    ROWS = "rows"
    CODE = "code"
    CORNER = "corner"
    TICKER = "ticker"


class Box(NamedTuple):
    """A rectangle in whole pixels of the panel."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to its right."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    def inset(self, left: int, top: int | None = None, right: int | None = None, bottom: int | None = None) -> Box:
        """Return the box made smaller: the same on all sides, or left, top, right and bottom; never below one pixel."""
        top, right = left if top is None else top, left if right is None else right
        bottom = top if bottom is None else bottom
        return Box(self.x + left, self.y + top, max(1, self.width - left - right), max(1, self.height - top - bottom))


class Slot(NamedTuple):
    """A free place that a status board fills: `row-1`, `row-2`, … for rows without a value, or `remaining`."""

    name: str
    box: Box
    size_px: int
    colour: str
    ground: str


@dataclass(frozen=True, slots=True)
class Layer:
    """An RGBA picture with its place; only what lies inside `window` is seen, when there is one.

    A ticker's picture is wider than its window: motion moves it from the right to the left.
    """

    role: Role
    image: Image.Image
    x: int
    y: int
    window: Box | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """A card drawn for a panel: an RGB ground of the panel's size, layers from back to front."""

    ground: Image.Image
    layers: tuple[Layer, ...]
    slots: tuple[Slot, ...]
    measured: Measured

    @property
    def width(self) -> int:
        """The panel's width in pixels."""
        return self.ground.width

    @property
    def height(self) -> int:
        """The panel's height in pixels."""
        return self.ground.height


def flatten(composition: Composition) -> Image.Image:
    """Return the whole card as one RGB picture, every layer at its place."""
    picture = composition.ground.convert("RGBA")
    for layer in composition.layers:
        lay(picture, layer, layer.x, layer.y)
    return picture.convert("RGB")


def lay(picture: Image.Image, layer: Layer, x: int, y: int) -> None:
    """Lay a layer over an RGBA picture with its left upper corner at x, y, cut to its window and the picture."""
    seen = layer.window or Box(0, 0, picture.width, picture.height)
    left, top = max(seen.x, x, 0), max(seen.y, y, 0)
    right = min(seen.right, x + layer.image.width, picture.width)
    bottom = min(seen.bottom, y + layer.image.height, picture.height)
    if left < right and top < bottom:
        part = layer.image.crop((left - x, top - y, right - x, bottom - y))
        picture.alpha_composite(part, (left, top))
