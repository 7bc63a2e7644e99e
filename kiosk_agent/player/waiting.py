"""What a kiosk shows before its first manifest, which is when it learns its panel's size.

With a size from the settings it is the safe picture in these pixels at the upper left; else the safe picture over the
whole screen that is there, of which a sending card shows its part; else nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import SAFE
from playlists.manifest import OutputWindow, PanelSpec
from playlists.profile import LEAST_SIDE_PX, MOST_SIDE_PX

ASKED_AGAIN = timedelta(hours=1)
MOST_SCREEN_PX = 7680


def waiting_panel(told: tuple[int, int] | None, screen: tuple[int, int] | None) -> PanelSpec | None:
    """Return the panel to show the safe picture on: of the told size, or all of the screen; None without either.

    The told size is one that a panel can have.
    """
    if told is not None:
        return _panel(told, screen if screen is not None and min(screen) >= LEAST_SIDE_PX else told)
    if screen is None or min(screen) < LEAST_SIDE_PX:
        return None
    width, height = (min(side, MOST_SIDE_PX) // 2 * 2 for side in screen)
    return _panel((width, height), screen)


def waiting_cue(at: datetime) -> Cue:
    """Return the safe picture for an hour."""
    return Cue(SAFE, None, at, at + ASKED_AGAIN)


def _panel(size: tuple[int, int], screen: tuple[int, int]) -> PanelSpec:
    hdmi_width, hdmi_height = (min(side, MOST_SCREEN_PX) for side in screen)
    window = OutputWindow(hdmi_width=hdmi_width, hdmi_height=hdmi_height)
    return PanelSpec(id=UUID(int=0), slug="waiting", name="waiting", width=size[0], height=size[1], window=window)
