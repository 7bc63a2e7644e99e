"""The curtain: the last good picture of the panel, held by the agent's own X connection behind the child's windows.

When a child is killed its windows go with it, and what is behind them is seen: the curtain, never a desktop or black.
"""

from __future__ import annotations

import contextlib

from Xlib import X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, DisplayError, XError

from kiosk_agent.player.placement import Placement
from kiosk_agent.player.stage import BLACK
from kiosk_agent.player.xserver import DisplayUnavailable

_LOST = (XError, ConnectionClosedError, OSError)


class Curtain:
    """Two windows, around the panel and in its place; used by one thread."""

    def __init__(self, display: str, placement: Placement, outside: int = BLACK) -> None:
        """Hang it up, black.

        Raises:
            DisplayUnavailable: the display does not answer.
        """
        try:
            self._display = Display(display)
        except (DisplayError, OSError) as error:
            raise DisplayUnavailable(f"the X display {display} does not answer: {error}") from error
        screen, place = self._display.screen(), placement
        self._place, self._root = place, screen.root
        self._picture = screen.root.create_pixmap(place.width, place.height, screen.root_depth)
        self._copying = self._picture.create_gc(subwindow_mode=X.IncludeInferiors, graphics_exposures=False)
        covered = max(place.screen_width, screen.width_in_pixels), max(place.screen_height, screen.height_in_pixels)
        around = (0, 0, *covered, outside)
        middle = (place.x, place.y, place.width, place.height, BLACK)
        self._windows = [
            screen.root.create_window(
                x, y, width, height, 0, X.CopyFromParent, X.InputOutput, background_pixel=colour, override_redirect=1
            )
            for x, y, width, height, colour in (around, middle)
        ]
        for window in self._windows:
            window.map()
        self._display.sync()

    def keep(self) -> None:
        """Keep what is on the panel now; the copy never leaves the X server."""
        place = self._place
        with contextlib.suppress(*_LOST):
            self._picture.copy_area(self._copying, self._root, place.x, place.y, place.width, place.height, 0, 0)
            self._windows[1].change_attributes(background_pixmap=self._picture)
            self._display.flush()

    def blacken(self) -> None:
        """Keep black: what was on the panel must not be seen again."""
        with contextlib.suppress(*_LOST):
            self._windows[1].change_attributes(background_pixel=BLACK)
            self._windows[1].clear_area()
            self._display.sync()

    def close(self) -> None:
        """Take it down."""
        with contextlib.suppress(*_LOST):
            self._display.close()
