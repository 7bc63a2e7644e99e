"""The cover: a still of what is due, laid over the stream until the stream itself shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from kiosk_agent.player.expected import decode_group
from kiosk_agent.player.feeder import Airing
from kiosk_agent.player.framed import in_training
from kiosk_agent.player.groups import SegmentUnsound
from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import DARK, SAFE, names
from kiosk_agent.player.safe_picture import safe_picture
from playlists.profile import Profile

LOOKED_INTO = timedelta(seconds=30)
"""How far into a clip a still is looked for: reading a long one would take longer than a cover may."""
UNCOVER_AFTER_S = 0.2
"""A cover stays so long after the picture beneath it was due, for an output that is a little late."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A still in the panel's pixels, and what it stands for."""

    cue: Cue
    picture: Image.Image


def cover_of(cue: Cue, at: datetime, profile: Profile, folder: Path, *, training: bool = False) -> Cover:
    """Return the still of what a cue shows at a UTC instant; the safe picture where its file cannot be read.

    `folder` is where the player keeps its stand-ins; `training` says whether its own pictures have training's frame.
    """
    joined = max(cue.starts_at, min(at, cue.starts_at + LOOKED_INTO))
    try:
        row, group = Airing(cue, joined, profile, names(profile, folder, training=training)).next_second(joined)
    except SegmentUnsound:
        return _drawn(cue, profile, training=training)
    pictures = decode_group(group[:1])
    return (
        Cover(replace(row.cue, ends_at=cue.ends_at), pictures[0])
        if pictures
        else _drawn(cue, profile, training=training)
    )


def _drawn(cue: Cue, profile: Profile, *, training: bool) -> Cover:
    size = profile.width, profile.height
    if cue.key == DARK:
        return Cover(cue, Image.new("RGB", size))
    picture = safe_picture(*size)
    return Cover(replace(cue, key=SAFE, path=None), in_training(picture) if training else picture)
