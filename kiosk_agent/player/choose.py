"""Chooses the player of a kiosk: VLC where it can run, else the software player."""

from __future__ import annotations

import ctypes.util
import importlib.util
from enum import StrEnum
from pathlib import Path

from kiosk_agent.player.port import Player
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.player.xserver import can_have_display


class PlayerKind(StrEnum):
    """Which player a kiosk is set to use."""

    AUTO = "auto"
    VLC = "vlc"
    SOFTWARE = "software"


class PlayerUnavailable(RuntimeError):
    """The player that was asked for cannot run on this machine."""


def make_player(kind: PlayerKind | str, folder: Path, output: str = "x11") -> Player:
    """Return the player to use; `folder` is where it keeps pictures that it makes itself, `output` what VLC draws on.

    Raises:
        PlayerUnavailable: VLC was asked for by name and cannot run here (says what is missing).
        ValueError: the kind is none of auto, vlc, software, or the output none of x11, drm.
    """
    kind = PlayerKind(kind)
    lacking = None if kind is PlayerKind.SOFTWARE else what_vlc_lacks(with_display=output == "x11")
    if kind is PlayerKind.VLC and lacking is not None:
        raise PlayerUnavailable(lacking)
    if kind is PlayerKind.SOFTWARE or lacking is not None:
        return SoftwarePlayer(folder)
    from kiosk_agent.player.output import VideoOutput
    from kiosk_agent.player.vlc_player import VlcPlayer

    return VlcPlayer(folder, output=VideoOutput(output))


def what_vlc_lacks(*, with_display: bool = True) -> str | None:
    """Return what is missing for VLC to play here, as a sentence; None when nothing is."""
    if ctypes.util.find_library("vlc") is None:
        return "libVLC is not installed: apt-get install libvlc5 vlc-plugin-base vlc-plugin-video-output"
    modules = ("vlc", "Xlib", "mss", "psutil")
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        return f"Python packages are missing ({', '.join(missing)}): install bangtin[kiosk]"
    if with_display and not can_have_display():
        return "there is no X display: set DISPLAY, or apt-get install xvfb"
    return None
