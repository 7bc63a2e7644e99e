"""Cards drawn for panels: words, values and pictures set by a template, as layers that motion can move.

`compose` draws, `flatten` makes one picture of it. What a card is says `playlists.card`; whether it can be read decides
`playlists.legibility` on what was measured here.
"""

from server.media.cards.compose import DRAWING_VERSION, caption, compose, drawn_by, one_line
from server.media.cards.composition import Box, Composition, Layer, Role, Slot, flatten, lay
from server.media.cards.fonts import FONTS_VERSION, NoRaqm, layout_engine, require_raqm

__all__ = [
    "DRAWING_VERSION",
    "FONTS_VERSION",
    "Box",
    "Composition",
    "Layer",
    "NoRaqm",
    "Role",
    "Slot",
    "caption",
    "compose",
    "drawn_by",
    "flatten",
    "lay",
    "layout_engine",
    "one_line",
    "require_raqm",
]
