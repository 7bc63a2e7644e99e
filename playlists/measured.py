"""What was measured of a drawn card, as values: the renderer fills them in, `playlists.legibility` decides on them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from playlists.card import Colour
from playlists.language import Language


class TextRole(StrEnum):
    """What a text is for."""

    TITLE = "title"
    BODY = "body"
    LABEL = "label"
    VALUE = "value"
    LEVEL = "level"
    CORNER = "corner"
    TICKER = "ticker"


class Omitted(StrEnum):
    """What a panel this small does not show."""

    LOGO = "logo"
    CORNER = "corner"
    MOTIF = "motif"


class _Measure(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MeasuredText(_Measure):
    """One text as it stands on the panel.

    Sizes are ems in pixels: `size_px` as drawn, `least_px` what the template declares for a panel of this size; smaller
    letters were needed when `size_px` is below it. `text` is what was set. `contrast_x100` is the contrast ratio of
    WCAG 2 times 100 (100 to 2100) against `ground`. `clipped` tells that ink lies outside the text's place. `missing`
    holds the characters that no font has.
    """

    role: TextRole
    language: Language
    text: str
    size_px: int
    least_px: int
    lines: int
    contrast_x100: int
    ground: Colour
    clipped: bool
    missing: str = ""


class MeasuredCode(_Measure):
    """A QR code: the side of a module in pixels, the least for a camera, modules a side without the quiet zone."""

    module_px: int
    least_px: int
    modules: int
    clipped: bool


class Measured(_Measure):
    """Everything measured of a card on a panel of `width` x `height` pixels."""

    width: int
    height: int
    texts: tuple[MeasuredText, ...]
    code: MeasuredCode | None = None
    omitted: tuple[Omitted, ...] = ()
