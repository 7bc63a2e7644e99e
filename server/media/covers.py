"""The picture that stands for a clip in lists: one with something on it, not the black that many clips begin with.

Runs in confined children only.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image, ImageStat

from server.media import clips
from server.media.refusal import Refusal, Refused

ENOUGH = 8.0
"""Grey levels spread so much (standard deviation, of 255) in a picture that shows something."""
_TRIED = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
"""Where else is looked, in parts of the clip."""
_SMALL = (64, 64)
_MOST_DECODED = 600


def cover(source: Path) -> Image.Image:
    """Return the picture after a second of a clip that was written here, or the first fuller one of five others.

    Where none is full, the fullest.

    Raises:
        Refused: the clip cannot be read.
    """
    with clips.opened(source) as container:
        stream = clips.only_video(container)
        seconds = Fraction(container.duration or 0, 1_000_000)
        best: tuple[float, Image.Image] | None = None
        for at in (min(Fraction(1), seconds / 2), *(share * seconds for share in _TRIED)):
            picture = _at(container, stream, at)
            if picture is None:
                continue
            full = fullness(picture)
            if full >= ENOUGH:
                return picture
            if best is None or full > best[0]:
                best = full, picture
    if best is None:
        raise Refused(Refusal.NO_VIDEO_STREAM)
    return best[1]


def fullness(picture: Image.Image) -> float:
    """Return how much grey levels spread in a picture, 0 for one flat colour."""
    return ImageStat.Stat(picture.convert("L").resize(_SMALL, Image.Resampling.BOX)).stddev[0]


def _at(container: InputContainer, stream: VideoStream, at: Fraction) -> Image.Image | None:
    """Return the first picture from a time on; None where there is none any more."""
    tick = stream.time_base or Fraction(1)
    shown = None
    try:
        container.seek(round(at / tick), stream=stream, backward=True)
        for frame in islice(container.decode(stream), _MOST_DECODED):
            shown = frame
            if frame.pts is not None and frame.pts * tick >= at:
                break
    except av.FFmpegError as error:
        raise Refused(Refusal.DAMAGED) from error
    return clips.rgb(shown) if shown is not None else None
