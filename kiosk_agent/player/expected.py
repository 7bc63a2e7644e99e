"""Compares what a capture shows with what the plan says should be on screen, by thumbnails."""

from __future__ import annotations

import io
from collections import OrderedDict
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import av
from PIL import Image, ImageChops

from kiosk_agent.player.groups import Group, SegmentUnsound, closed_groups
from kiosk_agent.player.plan import Plan
from playlists.profile import Profile

THUMBNAIL_PX = 64
LEVELS_APART = 24
"""A pixel matches when no channel is further off than this; H.264 and colour conversion stay below it."""
DARK_LEVEL = 24
"""A picture is black when no channel of any thumbnail pixel is above this."""
SAME_PERMILLE = 900
GROUPS_KEPT = 32
SLACK_S = 0.12
JPEG_QUALITY = 80
_SECOND = timedelta(seconds=1)


def thumbnail(picture: Image.Image) -> Image.Image:
    """Return the small picture that comparisons use; its longer side has 64 px."""
    scale = THUMBNAIL_PX / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.convert("RGB").resize(size, Image.Resampling.BOX)


def match_permille(seen: Image.Image, expected: Image.Image) -> int:
    """Return how many of a thousand thumbnail pixels are alike; 0 when the sizes differ."""
    if seen.size != expected.size:
        return 0
    red, green, blue = ImageChops.difference(seen, expected).split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    alike = sum(worst.histogram()[: LEVELS_APART + 1])
    return alike * 1000 // (seen.width * seen.height)


def is_dark(picture: Image.Image) -> bool:
    """Tell whether a thumbnail is black."""
    red, green, blue = picture.convert("RGB").split()
    brightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return not any(brightest.histogram()[DARK_LEVEL + 1 :])


def to_picture(frame: av.VideoFrame) -> Image.Image:
    """Return a decoded frame as RGB."""
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # untyped in PyAV
    return picture


def decode_group(group: Group) -> list[Image.Image]:
    """Decode one closed group into pictures; frames that cannot be decoded are left out."""
    decoder: av.VideoCodecContext = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    pictures: list[Image.Image] = []
    for packet in [*(av.Packet(frame.payload) for frame in group), None]:
        try:
            frames = decoder.decode(packet)
        except av.FFmpegError:
            continue
        pictures += [to_picture(frame) for frame in frames]
    return pictures


def to_jpeg(picture: Image.Image) -> bytes:
    """Return a picture as JPEG."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


class Expectation:
    """Thumbnails of what the plan has on screen; decoded once a group and kept for the last 32."""

    def __init__(self, profile: Profile, plan: Plan) -> None:
        self._profile = profile
        self._plan = plan
        self._kept: OrderedDict[tuple[Path, int], list[Image.Image]] = OrderedDict()

    def match(self, picture: Image.Image, instant: datetime) -> int | None:
        """Return how well a picture captured at a UTC instant equals the plan, 0 to 1000; None without a plan.

        Near a change both pictures are right, so the best of the frames within 0.12 s counts.
        """
        seen = thumbnail(picture)
        return max((match_permille(seen, expected) for expected in self._near(instant, SLACK_S)), default=None)

    def expected(self, instant: datetime) -> list[Image.Image]:
        """Return the thumbnail that is due at a UTC instant; none without a plan."""
        return self._near(instant, 0.0)

    def was_planned(self, seen: Image.Image, since: datetime, instant: datetime) -> bool:
        """Tell whether a thumbnail was due between two UTC instants: a picture that stands still is such a one.

        Only what was compared before is looked at, so nothing is decoded for this.
        """
        rows = self._plan.between(since - 2 * _SECOND, instant - timedelta(seconds=SLACK_S))
        known = {(row.path, row.group) for row in rows} & self._kept.keys()
        return any(match_permille(seen, past) >= SAME_PERMILLE for wanted in known for past in self._kept[wanted])

    def _near(self, instant: datetime, slack_s: float) -> list[Image.Image]:
        found: list[Image.Image] = []
        for row, number in self._plan.frames_near(instant, self._profile.fps, slack_s):
            thumbnails = self._thumbnails(row.path, row.group)
            if thumbnails:
                found.append(thumbnails[min(number, len(thumbnails) - 1)])
        return found

    def _thumbnails(self, path: Path, group: int) -> list[Image.Image]:
        wanted = (path, group)
        if wanted not in self._kept:
            self._kept[wanted] = self._decode(path, group)
            while len(self._kept) > GROUPS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(wanted)
        return self._kept[wanted]

    def _decode(self, path: Path, group: int) -> list[Image.Image]:
        try:
            found = next(islice(closed_groups(path, self._profile), group, None), ())
        except SegmentUnsound:
            return []
        return [thumbnail(picture) for picture in decode_group(found)]
