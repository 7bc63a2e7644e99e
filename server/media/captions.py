"""Words over pictures: subtitles with a dark outline, captions on a dark band. Set by the rules of cards.

They are as large as the panel allows between two bounds, whole, and broken as their language asks. Runs in confined
children only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from av.video.frame import VideoFrame
from PIL import Image, ImageDraw, ImageFilter

from playlists.artwork import Cue
from playlists.language import Language, SegmentLanguage
from playlists.measured import Measured, MeasuredText, TextRole
from playlists.profile import Profile
from server.media.cards.composition import Box
from server.media.cards.fitting import FLOOR_PX, Align, Block, Paragraph, Setting, fit
from server.media.cards.fonts import BOLD, drawable, missing
from server.media.clips import Size
from server.media.planes import Overlay

_INK, _GROUND = (255, 255, 255), (0, 0, 0)
_LEAST_SHARES = Size(24, 16)
_GREATEST_SHARES = Size(14, 9)
"""Parts of the panel's width and height; an em is the smaller of both."""
_LEAST_PX, _GREATEST_PX = 10, 14
_BAND_OPACITY = 168


class Unfit(Exception):
    """Words do not fit on the panel even in the smallest letters; the text is a sentence."""


class Strip(NamedTuple):
    """An RGBA picture as wide as the panel, and the row where it begins."""

    picture: Image.Image
    top: int


def bounds(size: Size) -> tuple[int, int]:
    """Return the least and the greatest em in pixels on a panel of this size."""
    least, greatest = (
        min(size.width // share.width, size.height // share.height) for share in (_LEAST_SHARES, _GREATEST_SHARES)
    )
    return max(_LEAST_PX, least), max(_GREATEST_PX, greatest)


def spoken(language: SegmentLanguage) -> Language:
    """Return the language that words over a picture are set in."""
    return Language.VI if language is SegmentLanguage.MUL else Language(language.value)


def placed(text: str, language: Language, size: Size) -> Setting:
    """Set words at the foot of the panel: in its lower half, or all over it when they need more.

    Raises:
        Unfit: they need more than the whole panel.
    """
    least, greatest = bounds(size)
    side, foot, middle = max(2, size.width // 32), max(2, size.height // 24), size.height // 2 + greatest // 10
    half = Box(side, middle, size.width - 2 * side, size.height - middle - foot)
    whole = Box(side, foot, size.width - 2 * side, size.height - 2 * foot)
    for box, smallest in ((half, least), (whole, least), (whole, FLOOR_PX)):
        setting = fit(_paragraphs(text, language), box, smallest, max(smallest, greatest), upright=1.0)
        if setting.fits and setting.scale.base >= smallest:
            return setting
    said = text.replace("\n", " ")[:60]
    raise Unfit(f'The words "{said}" do not fit on a panel of {size.width}x{size.height} pixels; shorten them.')


def worst(texts: Iterable[str], language: Language, size: Size) -> Measured | None:
    """Return, as measured, the words that need the smallest letters of all subtitles or captions; None without words.

    They are never on the panel together, so one stands for all; characters that no font has are gathered from each.
    """
    found: MeasuredText | None = None
    lacking = ""
    for text in filter(str.strip, texts):
        lacking += missing(text)
        measured = _measured(text, language, size)
        if found is None or (measured.clipped, -measured.size_px) > (found.clipped, -found.size_px):
            found = measured
    if found is None:
        return None
    found = found.model_copy(update={"missing": "".join(dict.fromkeys(lacking))})
    return Measured(width=size.width, height=size.height, texts=(found,))


def _measured(text: str, language: Language, size: Size) -> MeasuredText:
    try:
        setting, clipped = placed(text, language, size), False
        lines, em = len(setting.laid.lines), setting.scale.base
    except Unfit:
        lines, em, clipped = 1, FLOOR_PX, True
    return MeasuredText(
        role=TextRole.BODY, language=language, text=text, size_px=em, least_px=bounds(size)[0], lines=lines,
        contrast_x100=2100, ground="#000000", clipped=clipped,
    )  # fmt: skip


def _paragraphs(text: str, language: Language) -> list[Paragraph]:
    return [
        Paragraph(
            Block(line, language, TextRole.BODY, BOLD, _INK, _GROUND, above=0.15, align=Align.CENTRE)
        )
        for line in map(drawable, text.split("\n"))
        if line
    ]  # fmt: skip


def subtitle(text: str, language: Language, size: Size) -> Strip:
    """Return words in white with a dark outline.

    Raises:
        Unfit: as `placed`.
    """
    setting = placed(text, language, size)
    mask, top = _mask(setting, size)
    reach = max(1, round(setting.scale.base / 10))
    outline = mask.filter(ImageFilter.MaxFilter(2 * reach + 1))
    picture = Image.new("RGBA", mask.size)
    picture.putalpha(outline)
    picture.paste(_INK, (0, 0), mask)
    return Strip(picture, top)


def caption(text: str, language: Language, size: Size) -> Strip:
    """Return words in white on a dark band that reaches the panel's foot.

    Raises:
        Unfit: as `placed`.
    """
    setting = placed(text, language, size)
    mask, top = _mask(setting, size)
    band = Image.new("RGBA", (size.width, size.height - top), (*_GROUND, _BAND_OPACITY))
    band.paste((*_INK, 255), (0, 0), mask)
    return Strip(band, top)


def _mask(setting: Setting, size: Size) -> tuple[Image.Image, int]:
    """Return the ink of set words in rows as wide as the panel, with room around it, and the first row."""
    top = max(0, setting.laid.lines[0].baseline - round(1.2 * setting.scale.base)) if setting.laid.lines else 0
    mask = Image.new("L", (size.width, size.height - top))
    pen = ImageDraw.Draw(mask)
    for line in setting.laid.lines:
        line.letters.draw(pen, line.x, line.baseline - top, line.text)
    return mask, top


def burnt(
    frames: Iterator[VideoFrame], cues: Sequence[Cue], language: SegmentLanguage, profile: Profile
) -> Iterator[VideoFrame]:
    """Yield the frames, one a tick of the profile, with the subtitles that are due.

    Raises:
        Unfit: a subtitle that is due does not fit.
    """
    size, waiting = Size(profile.width, profile.height), iter(cues)
    cue, overlay = next(waiting, None), None
    under: VideoFrame | None = None
    shown: VideoFrame | None = None
    for tick, frame in enumerate(frames):
        ms = tick * 1000 // profile.fps
        while cue is not None and cue.end_ms <= ms:
            cue, overlay, under = next(waiting, None), None, None
        if cue is None or ms < cue.start_ms:
            yield frame
            continue
        if overlay is None:
            overlay = Overlay(*subtitle(cue.text, spoken(language), size), size)
        if shown is None or frame is not under:
            under, shown = frame, overlay.over(frame)
        yield shown
