"""The pictures a kiosk always has: plain black, and the calm safe picture for when there is nothing else to show.

Both are made in the panel's own pixels and kept in a folder, named by profile. They hold no text: no font ships with
the agent, and nothing in them can go out of date.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from kiosk_agent.player.encode import encode_still
from kiosk_agent.player.groups import SegmentUnsound, closed_groups
from playlists.profile import Profile

DARK = "dark"
"""The key of an airing that is black."""
SAFE = "safe_loop"
"""The key of an airing that is the safe picture."""

_TOP = (16, 44, 64)
_BOTTOM = (34, 92, 104)
_RIDGES = (((48, 112, 116), 0.66, 0.50), ((28, 78, 90), 0.78, 0.62), ((18, 54, 68), 0.90, 0.78))
_DISC = (222, 214, 186)


class StandIns(NamedTuple):
    """Segment files that a player shows when no other can be shown."""

    black: Path
    safe: Path


def stand_ins(profile: Profile, folder: Path) -> StandIns:
    """Return the black and the safe segment of a profile, making those that are missing or damaged.

    Raises:
        OSError: the folder cannot be written.
    """
    black, safe = names(profile, folder)
    if not _is_sound(black, profile):
        encode_still(black, profile, Image.new("RGB", (profile.width, profile.height)))
    if not _is_sound(safe, profile):
        encode_still(safe, profile, safe_picture(profile.width, profile.height))
    return StandIns(black, safe)


def names(profile: Profile, folder: Path) -> StandIns:
    """Return where the stand-ins of a profile lie, made or not."""
    return StandIns(folder / f"black-{profile}.mp4", folder / f"safe-{profile}.mp4")


def safe_picture(width: int, height: int) -> Image.Image:
    """Draw the safe picture: still hills under a quiet sky, in muted colours, without words."""
    gradient = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(
        Image.new("RGB", (width, height), _BOTTOM), Image.new("RGB", (width, height), _TOP), gradient
    )
    draw = ImageDraw.Draw(picture)
    radius = min(width, height) * 0.11
    x, y = width * 0.68, height * 0.34
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_DISC)
    for colour, left, peak in _RIDGES:
        draw.polygon(_ridge(width, height, left, peak), fill=colour)
    return picture


def _ridge(width: int, height: int, left: float, peak: float) -> list[tuple[float, float]]:
    crest = 0.25 + (left - 0.6) * 1.6
    rises = [(0.0, left), (crest, peak), (crest + 0.22, left - 0.03), (crest + 0.4, peak + 0.1), (1.0, left + 0.02)]
    points = [(min(1.0, across) * width, down * height) for across, down in rises]
    return [(0.0, float(height)), *points, (float(width), float(height))]


def _is_sound(path: Path, profile: Profile) -> bool:
    try:
        return len(list(closed_groups(path, profile))) > 0
    except SegmentUnsound:
        return False
