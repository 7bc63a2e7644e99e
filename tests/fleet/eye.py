"""Looks at the pixels of a panel on the X display on which a kiosk's player draws."""

from __future__ import annotations

from bench.board import colour_of
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.xserver import open_display
from playlists.manifest import PanelSpec


class Eye:
    """An X display of its own, of the size of a panel."""

    def __init__(self, width: int, height: int) -> None:
        spec = PanelSpec.model_validate(
            {"id": "0" * 32, "slug": "tra-linh-1", "name": "Cổng", "width": width, "height": height}
        )
        place = Placement.of(spec)
        self.x = open_display(place.screen_width, place.screen_height, own=True)
        self._screen = Screen(self.x.display, place)

    @property
    def environment(self) -> dict[str, str]:
        """What a kiosk is told so that its VLC draws here."""
        return {"BANGTIN_KIOSK_PLAYER": "vlc", "BANGTIN_KIOSK_DISPLAY": self.x.display}

    def colour(self) -> str | None:
        """Name the colour of the gate's phrase: the only green or red on the board."""
        picture = self._screen.capture()
        return None if picture is None else colour_of(picture.convert("RGB"))

    def close(self) -> None:
        self._screen.close()
        self.x.stop()
