"""Moving pictures: opening uploads safely, bringing every frame upright to one size, colour space and clock.

Runs in confined children only. Sound, subtitles and metadata are never read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import av.filter
from av.container import InputContainer, OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream
from PIL import Image

from server.media.refusal import Refusal, Refused

DECODED = frozenset({"h264", "hevc", "mpeg4", "vp9", "av1", "libdav1d"})
"""The video decoders that outside bytes may reach."""

_DECODERS_PROBED = ",".join(sorted(DECODED | {"aac", "mp3", "mp3float", "opus", "ac3"}))
_HDR_CURVES = (16, 18)  # SMPTE ST 2084 and ARIB STD-B67 (ITU-T H.273, table 3)
_BT709 = 1
_SCALE = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp:out_color_matrix=bt709:out_range=tv"
_QUARTER_TURNS = {90: ["transpose=cclock"], 180: ["hflip", "vflip"], 270: ["transpose=clock"]}
_UNITS = 90_000


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


@contextlib.contextmanager
def opened(source: Path) -> Iterator[InputContainer]:
    """Open a file as MP4 or QuickTime and as nothing else: no other format, file or connection is followed.

    Raises:
        Refused: it is none, or damaged.
    """
    options = {
        "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2",
        "protocol_whitelist": "file",
        "codec_whitelist": _DECODERS_PROBED,
        "enable_drefs": "0",
        "use_absolute_path": "0",
    }
    try:
        container = av.open(f"file:{source}", "r", format="mov", options=options, metadata_errors="ignore")
    except (av.FFmpegError, ValueError) as error:
        raise Refused(Refusal.DAMAGED) from error
    with container:
        yield container


def only_video(container: InputContainer) -> VideoStream:
    """Return the one moving picture of the file; attached cover art does not count.

    Raises:
        Refused: there is none, more than one, or it has a codec that is not taken.
    """
    cover = av.stream.Disposition.attached_pic
    streams = [stream for stream in container.streams.video if not stream.disposition & cover]
    if len(streams) > 1:
        raise Refused(Refusal.SEVERAL_VIDEO_STREAMS)
    if not streams or streams[0].codec_context.name not in DECODED:
        raise Refused(Refusal.NO_VIDEO_STREAM)
    return streams[0]


def shown_size(stream: VideoStream, rotation: int) -> Size:
    """Return the size at which the stream is meant to be seen: square pixels, upright."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 4) <= aspect <= 4:
        aspect = Fraction(1)
    width, height = round(stream.codec_context.width * aspect), stream.codec_context.height
    return Size(height, width) if rotation % 180 else Size(width, height)


def within(size: Size, box: Size, *, enlarge: bool) -> Size:
    """Return the largest even size of the same shape inside the box; not above the own size unless `enlarge`."""
    scale = min(Fraction(box.width, size.width), Fraction(box.height, size.height))
    if not enlarge:
        scale = min(scale, Fraction(1))
    return Size(*(max(2, 2 * round(side * scale / 2)) for side in size))


class Fitter:
    """Brings frames of any size and colour space to `canvas` pixels, yuv420p, BT.709: whole, centred, on black."""

    def __init__(self, canvas: Size) -> None:
        self._canvas = canvas
        self._like: tuple[object, ...] | None = None
        self._graph = av.filter.Graph()

    def fit(self, frame: VideoFrame, aspect: Fraction | None = None) -> VideoFrame:
        """Return the frame on the canvas; `aspect` is the shape of one of its pixels."""
        like = (
            frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range,
            frame.color_trc, frame.color_primaries, frame.rotation, aspect,
        )  # fmt: skip
        if like != self._like:
            self._graph = self._built(frame, aspect or Fraction(1))
            self._like = like
        frame.pts = 0
        frame.time_base = Fraction(1, _UNITS)
        self._graph.vpush(frame)
        fitted = self._graph.vpull()
        fitted.colorspace = _BT709
        fitted.color_range = 1
        return fitted

    def _built(self, frame: VideoFrame, aspect: Fraction) -> av.filter.Graph:
        turned = frame.rotation % 360
        seen = Size(max(1, round(frame.width * aspect)), frame.height)
        if turned % 180:
            seen = Size(seen.height, seen.width)
        inner = within(seen, self._canvas, enlarge=True)
        colours = ":out_primaries=bt709:out_transfer=bt709" if int(frame.color_trc) in _HDR_CURVES else ""
        steps = [
            *_QUARTER_TURNS.get(turned, []),
            f"scale={inner.width}:{inner.height}:{_SCALE}{colours}",
            "format=yuv420p",
            f"pad={self._canvas.width}:{self._canvas.height}:(ow-iw)/2:(oh-ih)/2:black",
            "setsar=1",
        ]
        graph = av.filter.Graph()
        nodes = [graph.add("buffer", _buffer(frame))]
        for step in steps:
            name, _, args = step.partition("=")
            nodes.append(graph.add(name, args or None))
        graph.link_nodes(*nodes, graph.add("buffersink")).configure()
        return graph


def _buffer(frame: VideoFrame) -> str:
    words = f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/{_UNITS}"
    return f"{words}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}"


class TimedFrame(NamedTuple):
    """A decoded frame, when it appears and until when it stays at least, in seconds from the first frame."""

    frame: VideoFrame
    at: Fraction
    until: Fraction


def frames(
    container: InputContainer, stream: VideoStream, *, most_s: Fraction, most_frames: int, from_zero: bool = True
) -> Iterator[TimedFrame]:
    """Decode the clip frame by frame, times growing strictly; frames that go back in time are dropped.

    Without `from_zero`, times are those that stand in the file: of use after seeking in a file written here.

    Raises:
        Refused: it is longer than `most_s`, has more than `most_frames` frames, or cannot be decoded.
    """
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = 2
    usual = 1 / (stream.average_rate or Fraction(25))
    first: Fraction | None = None if from_zero else Fraction(0)
    last = Fraction(-1)
    taken = 0
    try:
        for frame in container.decode(stream):
            if frame.pts is None or frame.time_base is None:
                continue
            first = frame.pts * frame.time_base if first is None else first
            at = frame.pts * frame.time_base - first
            taken += 1
            if at > most_s:
                raise Refused(Refusal.TOO_LONG, limit=int(most_s))
            if taken > most_frames:
                raise Refused(Refusal.TOO_MANY_FRAMES, limit=round(most_frames / most_s))
            if at <= last:
                continue
            last = at
            stays = frame.duration * frame.time_base if frame.duration else usual
            yield TimedFrame(frame, at, at + min(stays, most_s))
    except av.FFmpegError as error:
        raise Refused(Refusal.DAMAGED) from error


def told(decoded: Iterator[TimedFrame], seconds: Fraction, report: Callable[[int], None]) -> Iterator[TimedFrame]:
    """Pass the frames on and report thousandths of the announced length."""
    for timed in decoded:
        yield timed
        report(min(999, int(1000 * timed.until / seconds)) if seconds > 0 else 0)


def write_master(
    stream: VideoStream,
    out: Path,
    *,
    side: int,
    decoded: Iterator[TimedFrame],
    watch: Callable[[VideoFrame, int], None] | None = None,
) -> tuple[Size, int]:
    """Re-encode the decoded frames, at their own times, as a silent H.264 MP4 without metadata.

    Sides above `side` pixels are scaled down. `watch` sees each frame as it is kept, with its time in milliseconds.
    Returns the size and the duration in milliseconds.

    Raises:
        Refused: not one frame could be decoded.
    """
    first = next(decoded, None)
    if first is None:
        raise Refused(Refusal.NO_VIDEO_STREAM)
    size = within(shown_size(stream, first.frame.rotation), Size(side, side), enlarge=False)
    aspect = stream.sample_aspect_ratio
    fitter = Fitter(size)
    with written(out) as container:
        options = {"preset": "veryfast", "crf": "16", "g": "50"}
        target = add_h264(container, size, stream.average_rate or Fraction(25), options)
        target.codec_context.time_base = Fraction(1, _UNITS)
        until = Fraction(0)
        for timed in _chain(first, decoded):
            frame = fitter.fit(timed.frame, aspect)
            frame.pts = round(timed.at * _UNITS)
            frame.time_base = Fraction(1, _UNITS)
            until = timed.until
            if watch is not None:
                watch(frame, round(timed.at * 1000))
            container.mux(target.encode(frame))
        container.mux(target.encode(None))
    return size, round(until * 1000)


def _chain(first: TimedFrame, rest: Iterator[TimedFrame]) -> Iterator[TimedFrame]:
    yield first
    yield from rest


@contextlib.contextmanager
def written(out: Path) -> Iterator[OutputContainer]:
    """Open an MP4 for writing: index first, no metadata, nothing about the machine that wrote it."""
    with av.open(
        f"file:{out}", "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
    ) as container:
        yield container


def add_h264(container: OutputContainer, size: Size, rate: Fraction, options: dict[str, str]) -> VideoStream:
    """Add a BT.709, yuv420p H.264 stream."""
    stream = container.add_stream("libx264", rate=rate, options=options)
    stream.width, stream.height = size
    set_h264(stream.codec_context)
    return stream


def set_h264(context: VideoCodecContext) -> None:
    """Set what every stream written here has in common."""
    context.pix_fmt = "yuv420p"
    context.thread_count = 2
    context.color_range = 1
    context.colorspace = _BT709
    context.color_primaries = _BT709
    context.color_trc = _BT709


def rgb(frame: VideoFrame, size: Size | None = None) -> Image.Image:
    """Return a frame of a file written here (upright, BT.709) as a picture, of another size when one is given."""
    width, height = size or (None, None)
    plain = frame.reformat(
        width,
        height,
        "rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
    )
    return Image.frombuffer("RGB", (plain.width, plain.height), _plane(plain), "raw", "RGB", plain.planes[0].line_size)


def from_picture(image: Image.Image) -> VideoFrame:
    """Return an RGB picture as a frame."""
    frame = VideoFrame(image.width, image.height, "rgb24")
    frame.planes[0].update(image.tobytes("raw", "RGB", frame.planes[0].line_size, 1))
    return frame


def _plane(frame: VideoFrame) -> bytes:
    return bytes(frame.planes[0])
