"""Makes the two short clips of the demo; each ends where it began, so that it can be played round and round."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction

import av
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
GROUND: Colour = (7, 18, 30)
PALE: Colour = (214, 226, 236)
ACCENT: Colour = (56, 176, 234)
FPS = 25
SECONDS = 5
_FINER = 4
_GRAIN = 40


class ClipName(StrEnum):
    """The clips that the demo makes."""

    WELCOME = "welcome"
    QUEUE = "queue"


def make_clip(name: ClipName, width: int, height: int) -> bytes:
    """Return a silent MP4 of five seconds at 25 frames per second, in exactly this size; subtitles say its words."""
    pictures = _welcome(width, height) if name is ClipName.WELCOME else _queue(width, height)
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "15"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1, 1
        for number, picture in enumerate(pictures):
            plain = VideoFrame(width, height, "rgb24")
            plain.planes[0].update(picture.tobytes("raw", "RGB", plain.planes[0].line_size, 1))
            frame = plain.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return held.getvalue()


def _phases() -> Iterator[float]:
    yield from (number / (FPS * SECONDS) for number in range(FPS * SECONDS))


def _welcome(width: int, height: int) -> Iterator[Image.Image]:
    """A slow drift of deep blue and green behind the words that stand as subtitles."""
    for phase in _phases():
        yield _drift(phase).resize((width, height), Image.Resampling.BICUBIC)


def _drift(phase: float) -> Image.Image:
    small = Image.new("RGB", (_GRAIN, _GRAIN))
    turn = 2 * math.pi * phase
    colours: list[Colour] = []
    for y in range(_GRAIN):
        for x in range(_GRAIN):
            blend = 0.5 + 0.5 * math.sin(3 * x / _GRAIN + 1.7 * y / _GRAIN + turn)
            glow = 0.5 + 0.5 * math.sin(4 * x / _GRAIN - 2.7 * y / _GRAIN - turn + 1.3)
            colours.append((round(4 + 8 * glow), round(46 + 54 * blend), round(84 + 26 * (1 - blend) + 12 * glow)))
    small.putdata(colours)
    return small


def _queue(width: int, height: int) -> Iterator[Image.Image]:
    """People moving up in a row, arrows under them showing which way."""
    short = min(width, height)
    margin = short * 0.06
    people_px, arrows_px = round(short * 0.34), round(short * 0.18)
    top = round((height - people_px - arrows_px) * 0.36)
    people = _strip(width, people_px, round(people_px * 0.8), _person, PALE)
    arrows = _strip(width, arrows_px, round(arrows_px * 1.1), _arrow, ACCENT)
    for phase in _phases():
        image = Image.new("RGB", (width, height), GROUND)
        for strip, step, laps, y in (
            (people, round(people_px * 0.8), 2, top),
            (arrows, round(arrows_px * 1.1), 5, round(top + people_px + margin * 0.5)),
        ):
            shift = step - round(phase * laps * step) % step
            image.paste(strip.crop((shift, 0, shift + width, strip.height)), (0, y))
        yield image


Shape = list[tuple[str, tuple[float, ...]]]
_person: Shape = [("ellipse", (0.24, 0.0, 0.56, 0.32)), ("pie", (0.1, 0.37, 0.7, 1.63))]
_arrow: Shape = [("polygon", (0.1, 0.05, 0.45, 0.05, 0.95, 0.5, 0.45, 0.95, 0.1, 0.95, 0.6, 0.5))]


def _strip(width: int, height: int, step: int, shape: Shape, colour: Colour) -> Image.Image:
    """Return a band, wider than the panel by two steps, on which a shape repeats at every step."""
    tile = Image.new("L", (step * _FINER, height * _FINER))
    canvas = ImageDraw.Draw(tile)
    for kind, numbers in shape:
        points = [number * height * _FINER for number in numbers]
        if kind == "polygon":
            canvas.polygon(points, fill=255)
        elif kind == "pie":
            canvas.pieslice(points, 180, 360, fill=255)
        else:
            canvas.ellipse(points, fill=255)
    small = tile.resize((step, height), Image.Resampling.LANCZOS)
    band = Image.new("RGB", (width + 2 * step, height), GROUND)
    for x in range(0, band.width, step):
        band.paste(colour, (x, 0), small)
    return band
