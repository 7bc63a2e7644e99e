"""Encodes pictures into a segment of normal form 1: what black, the safe picture and the benchmarks need.

Segments of notices are made on the server; this is for pictures that the kiosk makes itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from playlists.profile import Profile

_BT709 = 1
_GROUP = "keyint={fps}:min-keyint={fps}:scenecut=0:bframes=0:open-gop=0:stitchable=1:force-cfr=1"


def encode_like_server(path: Path, profile: Profile, picture: Image.Image) -> None:
    """Write one picture as a segment of one second with the parameters of the server's stills.

    The parameter sets are then those of the panel's other segments, and no player starts its output anew.

    Raises:
        ValueError: the picture does not have the profile's size.
        OSError: the file cannot be written.
    """
    _publish(path, lambda unfinished: _write_like_server(unfinished, profile, picture))


def encode_segment(path: Path, profile: Profile, frames: Iterable[Image.Image]) -> None:
    """Write frames of the panel's size as MP4 of normal form 1, whole or not at all.

    The last frame is repeated up to the end of its second; nothing but whole seconds is stored.

    Raises:
        ValueError: there is no frame, or one does not have the profile's size.
        OSError: the file cannot be written.
    """
    _publish(path, lambda unfinished: _write(unfinished, profile, frames))


def _publish(path: Path, write: Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as partial:
        unfinished = Path(partial.name)
    try:
        write(unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def encode_still(path: Path, profile: Profile, picture: Image.Image) -> None:
    """Write one picture as a segment of one second; see `encode_segment`."""
    encode_segment(path, profile, [picture])


def _write(path: Path, profile: Profile, frames: Iterable[Image.Image]) -> None:
    fps = profile.fps
    options = {
        "preset": "veryfast",
        "tune": "stillimage",
        "crf": "18",
        "g": str(fps),
        "keyint_min": str(fps),
        "sc_threshold": "0",
        "bf": "0",
        "flags": "+cgop",
        "threads": "1",
    }
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = profile.width, profile.height, "yuv420p"
        for number, picture in enumerate(_whole_seconds(frames, profile)):
            frame = _to_frame(picture)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _write_like_server(path: Path, profile: Profile, picture: Image.Image) -> None:
    fps = profile.fps
    group = _GROUP.format(fps=fps)
    options = {"preset": "medium", "qp": "32", "x264-params": f"ipratio=8.0:{group}", "profile": "high"}
    frame = _to_bt709(next(iter(_whole_seconds([picture], profile))))
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = profile.width, profile.height, "yuv420p"
        context = stream.codec_context
        context.thread_count = 1
        context.color_range = context.colorspace = context.color_primaries = context.color_trc = _BT709
        for number in range(fps):
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _to_bt709(picture: Image.Image) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # untyped in PyAV
    return frame.reformat(
        format="yuv420p",
        src_color_range=ColorRange.JPEG,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )


def _to_frame(picture: Image.Image) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # untyped in PyAV
    return frame.reformat(format="yuv420p")


def _whole_seconds(frames: Iterable[Image.Image], profile: Profile) -> Iterable[Image.Image]:
    count, last = 0, None
    for picture in frames:
        if picture.size != (profile.width, profile.height):
            raise ValueError(f"a picture of {picture.width}x{picture.height} px does not fit {profile}")
        last = picture.convert("RGB")
        count += 1
        yield last
    if last is None:
        raise ValueError("a segment needs at least one picture")
    for _ in range(-count % profile.fps):
        yield last
