"""Parts of frames: laying something over a frame in the encoder's own colours, and drawing one band of it anew.

A frame is converted once; what moves over it touches only its own rows. Runs in confined children only.
"""

from __future__ import annotations

from typing import NamedTuple

from av.video.frame import VideoFrame
from PIL import Image

from server.media.clips import Fitter, Size, from_picture


class Band(NamedTuple):
    """Rows of a picture over its whole width: from `top` to before `bottom`, both even."""

    top: int
    bottom: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.bottom - self.top

    @classmethod
    def around(cls, top: int, bottom: int, height: int) -> Band:
        """Return the smallest band of a picture of even height that holds these rows."""
        top, bottom = max(0, top), min(height, bottom)
        return cls(top - top % 2, max(bottom + bottom % 2, top - top % 2 + 2))


class Canvas:
    """A picture of the panel's size as a frame, of which a band is drawn again and again.

    The frame that `drawn` returns is the same object each time: encode it before the next call.
    """

    def __init__(self, ground: Image.Image, band: Band) -> None:
        self._band = band
        self._frame = copied(Fitter(Size(*ground.size)).fit(from_picture(ground)))
        self._fitter = Fitter(Size(ground.width, band.height))

    def drawn(self, rows: Image.Image) -> VideoFrame:
        """Return the frame with these RGB rows in its band."""
        part = self._fitter.fit(from_picture(rows))
        for number, (source, target) in enumerate(zip(part.planes, self._frame.planes, strict=True)):
            top = self._band.top if number == 0 else self._band.top // 2
            _copy_rows(memoryview(source), source.line_size, memoryview(target), target.line_size, top, source.height)
        return self._frame


def _copy_rows(source: memoryview, source_line: int, target: memoryview, line: int, top: int, rows: int) -> None:
    if source_line == line:
        target[top * line : (top + rows) * line] = source[: rows * line]
        return
    width = min(source_line, line)
    for row in range(rows):
        start = (top + row) * line
        target[start : start + width] = source[row * source_line : row * source_line + width]


class Overlay:
    """An RGBA picture as wide as the panel, ready to be laid over frames from the row `top` on."""

    def __init__(self, picture: Image.Image, top: int, size: Size) -> None:
        band = Band.around(top, top + picture.height, size.height)
        rows = Image.new("RGBA", (size.width, band.height))
        rows.paste(picture, (0, top - band.top))
        frame = Fitter(Size(size.width, band.height)).fit(from_picture(rows.convert("RGB")))
        whole = rows.getchannel("A")
        halved = whole.resize((size.width // 2, band.height // 2), Image.Resampling.BOX)
        covers = (whole, halved, halved)
        tops = (band.top, band.top // 2, band.top // 2)
        self._parts = tuple(zip(_pictures(frame), covers, tops, strict=True))

    def over(self, frame: VideoFrame) -> VideoFrame:
        """Return a new frame: the picture over this one."""
        result = copied(frame)
        for plane, ground, (ink, cover, top) in zip(result.planes, _pictures(frame), self._parts, strict=True):
            ground.paste(ink, (0, top), cover)
            plane.update(ground.tobytes("raw", "L", plane.line_size, 1))
        return result


def stacked(upper: VideoFrame, lower: VideoFrame) -> VideoFrame:
    """Return a new frame: two frames of one width and of even heights, one above the other."""
    result = VideoFrame(upper.width, upper.height + lower.height, "yuv420p")
    for plane, first, second in zip(result.planes, _pictures(upper), _pictures(lower), strict=True):
        whole = Image.new("L", (plane.width, plane.height))
        whole.paste(first, (0, 0))
        whole.paste(second, (0, first.height))
        plane.update(whole.tobytes("raw", "L", plane.line_size, 1))
    result.colorspace, result.color_range = upper.colorspace, upper.color_range
    return result


def laid_into(ground: VideoFrame, picture: VideoFrame, x: int, y: int) -> VideoFrame:
    """Return a new frame: a smaller one on a ground, its corner at `x` and `y`, both even."""
    result = VideoFrame(ground.width, ground.height, "yuv420p")
    planes = zip(result.planes, _pictures(ground), _pictures(picture), strict=True)
    for number, (plane, whole, inner) in enumerate(planes):
        whole.paste(inner, (x, y) if number == 0 else (x // 2, y // 2))
        plane.update(whole.tobytes("raw", "L", plane.line_size, 1))
    result.colorspace, result.color_range = picture.colorspace, picture.color_range
    return result


def copied(frame: VideoFrame) -> VideoFrame:
    """Return a frame of its own memory with the same picture."""
    result = VideoFrame(frame.width, frame.height, "yuv420p")
    for plane, picture in zip(result.planes, _pictures(frame), strict=True):
        plane.update(picture.tobytes("raw", "L", plane.line_size, 1))
    result.colorspace, result.color_range = frame.colorspace, frame.color_range
    return result


def _pictures(frame: VideoFrame) -> list[Image.Image]:
    """Return the planes of a yuv420p frame as grey pictures of their own memory."""
    return [
        Image.frombytes("L", (plane.width, plane.height), bytes(plane), "raw", "L", plane.line_size)
        for plane in frame.planes
    ]
