"""The segments a kiosk always has: plain black, and the safe picture for when there is nothing else to show.

Both are made in the panel's own pixels and kept in a folder, named by profile.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PIL import Image

from kiosk_agent.player.encode import encode_still
from kiosk_agent.player.framed import in_training
from kiosk_agent.player.groups import SegmentUnsound, closed_groups
from kiosk_agent.player.safe_picture import EDITION, safe_picture
from playlists.profile import Profile

DARK = "dark"
"""The key of an airing that is black."""
SAFE = "safe_loop"
"""The key of an airing that is the safe picture."""


class StandIns(NamedTuple):
    """Segment files that a player shows when no other can be shown."""

    black: Path
    safe: Path


def stand_ins(profile: Profile, folder: Path, *, training: bool = False) -> StandIns:
    """Return the black and the safe segment of a profile, making those that are missing or damaged.

    With `training` the safe one has the frame of training.

    Raises:
        OSError: the folder cannot be written.
    """
    black, safe = names(profile, folder, training=training)
    if not _is_sound(black, profile):
        encode_still(black, profile, Image.new("RGB", (profile.width, profile.height)))
    if not _is_sound(safe, profile):
        picture = safe_picture(profile.width, profile.height)
        encode_still(safe, profile, in_training(picture) if training else picture)
    return StandIns(black, safe)


def names(profile: Profile, folder: Path, *, training: bool = False) -> StandIns:
    """Return where the stand-ins of a profile lie, made or not."""
    framed = "-training" if training else ""
    return StandIns(folder / f"black-{profile}.mp4", folder / f"safe-{profile}-{EDITION}{framed}.mp4")


def _is_sound(path: Path, profile: Profile) -> bool:
    try:
        return len(list(closed_groups(path, profile))) > 0
    except SegmentUnsound:
        return False
