"""Profiles: what a segment is made for, written `{width}x{height}p{fps}-nf1`.

Normal form 1 is H.264, closed groups of pictures of one second, no B-frames, yuv420p, silent.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_WRITTEN = re.compile(r"([1-9][0-9]{1,4})x([1-9][0-9]{1,4})p(25|30)-nf1")
LEAST_SIDE_PX = 16
MOST_SIDE_PX = 3840
FRAME_RATES = (25, 30)


class Profile(NamedTuple):
    """A panel's picture: width and height in pixels (even, 16 to 3840) and frames per second (25 or 30)."""

    width: int
    height: int
    fps: int = 25

    def __str__(self) -> str:
        return f"{self.width}x{self.height}p{self.fps}-nf1"

    @classmethod
    def parse(cls, text: str) -> Profile:
        """Read a written profile.

        Raises:
            ValueError: the text is no profile, or its sides are odd or outside 16 to 3840 pixels.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no profile; one looks like 768x384p25-nf1")
        return cls.of(*(int(group) for group in match.groups()))

    @classmethod
    def of(cls, width: int, height: int, fps: int = 25) -> Profile:
        """Return the profile of a picture, checked.

        Raises:
            ValueError: a side is odd or outside 16 to 3840 pixels, or the rate is not 25 or 30.
        """
        for side in (width, height):
            if not LEAST_SIDE_PX <= side <= MOST_SIDE_PX or side % 2:
                raise ValueError(
                    f"a side of {side} px: sides are even and between {LEAST_SIDE_PX} and {MOST_SIDE_PX} px"
                )
        if fps not in FRAME_RATES:
            raise ValueError(f"{fps} frames per second: only 25 and 30 are supported")
        return cls(width, height, fps)
