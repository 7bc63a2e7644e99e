"""The video output: which libVLC module draws, with which options, and whether this machine has what a panel needs.

X11 is where the panel's window lies in a screen; DRM is a Raspberry Pi OS without a desktop, where the picture is
padded to the whole HDMI mode. Decides from values; what the screen and the disk say is read elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from kiosk_agent.player.placement import Placement
from kiosk_agent.player.xserver import ScreenSpec, Size, read_screen
from playlists.manifest import PanelSpec


class VideoOutput(StrEnum):
    """What draws the picture."""

    X11 = "x11"
    DRM = "drm"


MODULES = {VideoOutput.X11: "xcb_x11", VideoOutput.DRM: "drm_vout"}
"""The libVLC module of each output."""


def vlc_options(output: VideoOutput, placement: Placement) -> tuple[str, ...]:
    """Return libVLC's options for an output; the picture is turned before it is padded."""
    filters = [f"--transform-type={placement.rotation}"] if placement.rotation else []
    names = ["transform"] if placement.rotation else []
    if output is VideoOutput.DRM:
        names.append("croppadd")
        right = placement.screen_width - placement.x - placement.width
        bottom = placement.screen_height - placement.y - placement.height
        pads = {"left": placement.x, "top": placement.y, "right": right, "bottom": bottom}
        filters += [f"--croppadd-pad{side}={pixels}" for side, pixels in pads.items()]
        filters.append("--drm-vout-no-modeset")
    chain = [f"--video-filter={':'.join(names)}"] if names else []
    return (f"--vout={MODULES[output]}", *chain, *filters)


def what_lacks(output: VideoOutput, folders: Iterable[Path]) -> str | None:
    """Return as a sentence that libVLC has no module for an output; None when it has, or when that cannot be told."""
    there = [folder for folder in folders if folder.is_dir()]
    if not there or any(next(folder.rglob(f"lib{MODULES[output]}_plugin.so"), None) for folder in there):
        return None
    return (
        f"libVLC has no video output {MODULES[output]}: install the package that holds it, "
        f"or set BANGTIN_KIOSK_VIDEO_OUTPUT to another than {output}"
    )


def misfit(panel: PanelSpec, screen: ScreenSpec) -> str | None:
    """Return as a sentence why the panel's picture cannot be right on a screen; None when it fits."""
    place, window = Placement.of(panel), panel.window
    mode = (window.hdmi_width, window.hdmi_height)
    if screen.modes and mode not in screen.modes:
        offered = ", ".join(_written(size) for size in sorted(screen.modes, reverse=True)[:6])
        return f"the display offers no mode {_written(mode)}, which the panel needs; it offers {offered}"
    if screen.size[0] < place.x + place.width or screen.size[1] < place.y + place.height:
        return (
            f"the screen of {_written(screen.size)} px is smaller than the panel's window needs "
            f"({place.width}x{place.height} px at {place.x},{place.y}); set the mode {_written(mode)}"
        )
    if screen.size != mode:
        return f"the screen is {_written(screen.size)} px, the panel is set to the mode {_written(mode)}"
    return None


def why_unfit(output: VideoOutput, panel: PanelSpec, display: str | None) -> str | None:
    """Look at this machine; return as a sentence why it cannot show the panel's picture as it should be, or None."""
    lacking = what_lacks(output, plugin_folders())
    if lacking is not None or output is not VideoOutput.X11:
        return lacking
    screen = read_screen(display)
    return None if screen is None else misfit(panel, screen)


def plugin_folders() -> Iterator[Path]:
    """Return where libVLC looks for its modules on Linux."""
    told = os.environ.get("VLC_PLUGIN_PATH")
    if told:
        yield from map(Path, told.split(os.pathsep))
        return
    for base in (Path("/usr/lib"), Path("/usr/local/lib")):
        yield from (base / "vlc" / "plugins", *base.glob("*-linux-gnu*/vlc/plugins"))


def _written(size: Size) -> str:
    return f"{size[0]}x{size[1]}"
