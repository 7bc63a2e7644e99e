"""The plate of what has grown old: a strip at the foot that says so, and the picture set in the rows above it.

The words never change, so that what people looked at and approved once is what is shown; when it was last said to be
right stands in the console. Runs in confined children only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from av.video.frame import VideoFrame
from PIL import Image, ImageDraw

from playlists.language import Language, SegmentLanguage
from playlists.measured import TextRole
from playlists.profile import Profile
from server.media.cards.composition import Box
from server.media.cards.fitting import FLOOR_PX, Align, Block, Paragraph, Setting, fit
from server.media.cards.fonts import BOLD
from server.media.clips import Fitter, Size, from_picture
from server.media.planes import stacked
from server.media.segments import Stretch

WORDS = {
    Language.VI: "Thông tin có thể đã cũ",
    Language.EN: "May be out of date",
    Language.ZH: "信息可能已过时",
}
GROUND, INK = (255, 198, 64), (16, 16, 16)
SHARE = 9
"""A strip has so little of the panel's shorter side: a ninth."""
LEAST_PX, MOST_PX = 14, 96
READABLE_PX = 8
"""Three languages stand side by side only in letters of this size at least."""


def strip_px(profile: Profile) -> int:
    """Return how many rows the strip takes, an even number.

    >>> [strip_px(Profile.of(*size)) for size in ((128, 64), (768, 384), (1920, 1080))]
    [14, 42, 96]
    """
    wanted = min(profile.width, profile.height) // SHARE
    return min(MOST_PX, max(LEAST_PX, wanted - wanted % 2))


def above(profile: Profile) -> Profile:
    """Return the profile of what is left for the picture."""
    return profile._replace(height=profile.height - strip_px(profile))


def plated(stretches: Sequence[Stretch], language: SegmentLanguage, profile: Profile) -> list[Stretch]:
    """Return stretches of the picture's profile with the strip under each frame; one that comes again stays one."""
    strip = Fitter(Size(profile.width, strip_px(profile))).fit(from_picture(strip_of(language, profile)))
    made: dict[int, Stretch] = {}
    for one in stretches:
        made.setdefault(id(one), replace(one, frames=under(one.frames, strip)))
    return [made[id(one)] for one in stretches]


def under(frames: Iterable[VideoFrame], strip: VideoFrame) -> Iterator[VideoFrame]:
    """Yield each frame with the strip under it."""
    return (stacked(frame, strip) for frame in frames)


def strip_of(language: SegmentLanguage, profile: Profile) -> Image.Image:
    """Return the strip in a language; with the words of all three where the picture has all and they have room."""
    size = Size(profile.width, strip_px(profile))
    if language is SegmentLanguage.MUL:
        settings = _settings(list(Language), size)
        if any(not one.fits or one.scale.base < READABLE_PX for one in settings):
            settings = _settings([Language.VI], size)
    else:
        settings = _settings([Language(language.value)], size)
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    for setting in settings:
        for line in setting.laid.lines:
            line.letters.draw(pen, line.x, line.baseline, line.text)
    picture = Image.new("RGB", size, GROUND)
    picture.paste(INK, (0, 0), mask)
    return picture


def _settings(languages: Sequence[Language], size: Size) -> list[Setting]:
    """Set the words of languages beside each other."""
    room = size.width // len(languages)
    side = max(2, min(room // 24, size.height // 2))
    settings = []
    for place, one in enumerate(languages):
        box = Box(place * room + side, 0, room - 2 * side, size.height)
        block = Block(WORDS[one], one, TextRole.BODY, BOLD, INK, GROUND, align=Align.CENTRE, most_lines=1)
        settings.append(fit([Paragraph(block)], box, FLOOR_PX, max(FLOOR_PX, size.height * 6 // 10), upright=0.5))
    return settings
