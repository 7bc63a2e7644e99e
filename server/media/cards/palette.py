"""Colours of a card: those of the agency, those between them, and how well two can be told apart."""

from __future__ import annotations

from typing import NamedTuple

from playlists.card import Colours, Level

Colour = tuple[int, int, int]

LEAST_CONTRAST = 4.5
"""WCAG 2 AA for text; a derived colour that has less gives way to the ink."""
BLACK: Colour = (8, 10, 14)
WHITE: Colour = (255, 255, 255)

LEVELS: dict[Level, Colour] = {
    Level.NOTE: (46, 134, 222),
    Level.WATCH: (255, 208, 40),
    Level.WARNING: (255, 140, 26),
    Level.DANGER: (214, 32, 48),
}
"""Blue, yellow, orange, red: the colours of public weather warnings."""


def rgb(written: str) -> Colour:
    """Return the channels of `#rrggbb`."""
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


def written(colour: Colour) -> str:
    """Return `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour that has `share` of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of WCAG 2: 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def readable_on(ground: Colour) -> Colour:
    """Return black or white, whichever can be read better on a ground."""
    return max(BLACK, WHITE, key=lambda colour: contrast(colour, ground))


class Palette(NamedTuple):
    """The colours that a template draws with."""

    ground: Colour
    ink: Colour
    accent: Colour
    pale: Colour
    """Running text: a little calmer than the title."""
    dim: Colour
    """Remarks."""
    value: Colour
    """Figures: the accent where it can be read, else the ink."""
    tile: Colour
    """A field that stands out from the ground."""
    line: Colour
    """Rules between rows."""

    @classmethod
    def of(cls, colours: Colours) -> Palette:
        """Derive all colours from the agency's three."""
        ground, ink, accent = rgb(colours.ground), rgb(colours.ink), rgb(colours.accent)
        return cls(
            ground=ground,
            ink=ink,
            accent=accent,
            pale=_or_ink(mix(ink, ground, 0.1), ink, ground),
            dim=_or_ink(mix(ink, ground, 0.3), ink, ground),
            value=_or_ink(accent, ink, mix(ground, ink, 0.08)),
            tile=mix(ground, ink, 0.08),
            line=mix(ground, ink, 0.22),
        )


def _or_ink(wanted: Colour, ink: Colour, ground: Colour) -> Colour:
    return wanted if contrast(wanted, ground) >= min(LEAST_CONTRAST, contrast(ink, ground)) else ink
