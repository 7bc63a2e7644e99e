"""The frame of training: a border and a foot with the words, and the picture set inside it, so that nothing is covered.

It is the same in every segment, whatever its language, and unlike the frame of drills in colour and words: a drill is
held on real panels, training never is. The words are of three languages where these can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from av.video.frame import VideoFrame
from PIL import Image, ImageDraw

from playlists.language import Language
from playlists.measured import TextRole
from playlists.profile import Profile
from server.media.cards.composition import Box
from server.media.cards.fitting import FLOOR_PX, Align, Block, Paragraph, Setting, fit
from server.media.cards.fonts import BOLD
from server.media.clips import Fitter, Size, from_picture
from server.media.planes import laid_into
from server.media.segments import Stretch

WORDS = {Language.VI: "TẬP HUẤN", Language.EN: "TRAINING", Language.ZH: "培训"}
GROUND, INK = (91, 33, 182), (255, 255, 255)
SHARE, LEAST_PX, MOST_PX = 8, 14, 110
"""The foot has an eighth of the panel's shorter side."""
SIDES = 40
READABLE_PX = 9
"""Three languages stand side by side only in letters of this size at least."""


def inner_box(profile: Profile) -> Box:
    """Return where the picture lies in the frame; all its numbers are even.

    >>> [tuple(inner_box(Profile.of(*size))) for size in ((128, 64), (768, 384), (1920, 1080))]
    [(2, 2, 124, 48), (8, 8, 752, 328), (26, 26, 1868, 944)]
    """
    side = _even(max(2, min(profile.width, profile.height) // SIDES))
    foot = _even(min(MOST_PX, max(LEAST_PX, min(profile.width, profile.height) // SHARE)))
    return Box(side, side, profile.width - 2 * side, profile.height - side - foot)


def inside(profile: Profile) -> Profile:
    """Return the profile of what is left for the picture."""
    box = inner_box(profile)
    return profile._replace(width=box.width, height=box.height)


def framed(stretches: Sequence[Stretch], profile: Profile) -> list[Stretch]:
    """Return stretches of the inner profile with the frame around each picture; one that comes again stays one."""
    ground = Fitter(Size(profile.width, profile.height)).fit(from_picture(empty(profile)))
    made: dict[int, Stretch] = {}
    for one in stretches:
        made.setdefault(id(one), replace(one, frames=_within(one.frames, ground, inner_box(profile))))
    return [made[id(one)] for one in stretches]


def around(picture: Image.Image, profile: Profile) -> Image.Image:
    """Return a picture of the inner size with the frame around it."""
    sheet, box = empty(profile), inner_box(profile)
    sheet.paste(picture, (box.x, box.y))
    return sheet


def empty(profile: Profile) -> Image.Image:
    """Return the frame without a picture."""
    box = inner_box(profile)
    top = box.y + box.height
    foot = Size(profile.width, profile.height - top)
    settings = _settings(list(WORDS), foot)
    if any(not one.fits or one.scale.base < READABLE_PX for one in settings):
        settings = _settings([Language.VI], foot)
    mask = Image.new("L", foot)
    pen = ImageDraw.Draw(mask)
    for setting in settings:
        for line in setting.laid.lines:
            line.letters.draw(pen, line.x, line.baseline, line.text)
    sheet = Image.new("RGB", (profile.width, profile.height), GROUND)
    sheet.paste(INK, (0, top), mask)
    return sheet


def _within(frames: Iterable[VideoFrame], ground: VideoFrame, box: Box) -> Iterator[VideoFrame]:
    return (laid_into(ground, frame, box.x, box.y) for frame in frames)


def _settings(languages: Sequence[Language], size: Size) -> list[Setting]:
    """Set the words of languages beside each other."""
    room = size.width // len(languages)
    settings = []
    for place, one in enumerate(languages):
        box = Box(place * room + 2, 0, room - 4, size.height)
        block = Block(WORDS[one], one, TextRole.BODY, BOLD, INK, GROUND, align=Align.CENTRE, most_lines=1)
        settings.append(fit([Paragraph(block)], box, FLOOR_PX, max(FLOOR_PX, size.height * 7 // 10), upright=0.5))
    return settings


def _even(pixels: int) -> int:
    return pixels - pixels % 2
