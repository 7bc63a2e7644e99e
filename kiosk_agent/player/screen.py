"""Captures the panel's pixels from the X screen."""

from __future__ import annotations

import contextlib

from mss import MSS
from mss.exception import ScreenShotError
from PIL import Image
from Xlib import X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, DisplayError, XError
from Xlib.ext import composite

from kiosk_agent.player.placement import Placement
from kiosk_agent.player.xserver import DisplayUnavailable

_LOST = (ScreenShotError, OSError, AssertionError)
"""What mss raises when the display has gone; it asserts that every reply comes."""


class Screen:
    """A connection to a display that reads one rectangle of it; used by one thread."""

    def __init__(self, display: str, placement: Placement) -> None:
        """Connect to a display.

        Raises:
            DisplayUnavailable: it does not answer.
        """
        try:
            self._grabber = MSS(backend="xshmgetimage", display=display)
        except _LOST as error:
            raise DisplayUnavailable(f"the X display {display} does not answer: {error}") from error
        self._rotation = placement.rotation
        self._area = {
            "left": placement.x,
            "top": placement.y,
            "width": placement.width,
            "height": placement.height,
        }

    def capture(self) -> Image.Image | None:
        """Return what is on the panel, upright and in the panel's pixels; None when the display does not answer."""
        try:
            shot = self._grabber.grab(self._area)
        except _LOST:
            return None
        picture = Image.frombytes("RGB", (shot.width, shot.height), bytes(shot.bgra), "raw", "BGRX")
        return picture.rotate(self._rotation, expand=True) if self._rotation else picture

    def close(self) -> None:
        """Leave the display."""
        with contextlib.suppress(*_LOST):
            self._grabber.close()


class WindowEye:
    """Reads one window's own pixels, also while it is covered; needs a window that Composite redirects."""

    def __init__(self, display: str, placement: Placement) -> None:
        """Connect to a display.

        Raises:
            DisplayUnavailable: it does not answer, or has no Composite.
        """
        try:
            self._display = Display(display)
        except (DisplayError, OSError) as error:
            raise DisplayUnavailable(f"the X display {display} does not answer: {error}") from error
        if not self._display.has_extension(composite.extname):
            self.close()
            raise DisplayUnavailable(f"the X display {display} has no Composite")
        self._placement = placement

    def capture(self, window: int) -> Image.Image | None:
        """Return what is in a window, upright and in the panel's pixels; None when it has gone."""
        place = self._placement
        try:
            drawn = self._display.create_resource_object("window", window)
            data = drawn.get_image(0, 0, place.width, place.height, X.ZPixmap, 0xFFFFFFFF).data
        except (XError, ConnectionClosedError, OSError):
            return None
        picture = Image.frombytes("RGB", (place.width, place.height), data, "raw", "BGRX")
        return picture.rotate(place.rotation, expand=True) if place.rotation else picture

    def close(self) -> None:
        """Leave the display."""
        with contextlib.suppress(ConnectionClosedError, OSError):
            self._display.close()
