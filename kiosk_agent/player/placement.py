"""Where a panel's picture lies on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from playlists.manifest import PanelSpec


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the panel's picture lies on the X screen (pixels) and how it is turned (degrees, clockwise)."""

    screen_width: int
    screen_height: int
    x: int
    y: int
    width: int
    height: int
    rotation: int = 0

    @classmethod
    def of(cls, panel: PanelSpec) -> Placement:
        """Return a panel's placement; a quarter turn swaps the sides of its window."""
        window = panel.window
        width, height = panel.width, panel.height
        if window.rotation in (90, 270):
            width, height = height, width
        return cls(
            max(window.hdmi_width, window.x + width),
            max(window.hdmi_height, window.y + height),
            window.x,
            window.y,
            width,
            height,
            window.rotation,
        )
