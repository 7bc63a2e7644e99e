"""Normal form 1: the one shape of everything that a kiosk streams, written and proved.

H.264 High, yuv420p, BT.709, constant frame rate, no B-frames, closed groups of exactly one second, whole seconds,
silent, MP4 with the index first. Two segments of one profile have the same parameter sets (`stitchable`), so a feeder
may put them behind each other. Runs in confined children only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image

from playlists.profile import Profile
from server.media.clips import Fitter, Size, TimedFrame, add_h264, from_picture, written
from server.media.sniff import moov_before_mdat

# For a still, the first picture takes quantiser 14 and the others 32, where x264 finds nothing to add: all 25 decode to
# the same pixels, and the held second does not breathe.
_STILL = {"preset": "medium", "qp": "32", "x264-params": "ipratio=8.0:{group}"}
_CLIP = {"preset": "medium", "crf": "18", "x264-params": "{group}"}
_GROUP = "keyint={fps}:min-keyint={fps}:scenecut=0:bframes=0:open-gop=0:stitchable=1:force-cfr=1"

Report = Callable[[int], None]


class SegmentFault(Exception):
    """What was written is not in normal form; the text is a sentence."""


def write_still(picture: Image.Image, profile: Profile, out: Path) -> int:
    """Write one second of a picture that has the panel's size; return the number of frames."""
    frame = Fitter(Size(profile.width, profile.height)).fit(from_picture(picture))
    return _write((frame for _ in range(profile.fps)), profile, out, _STILL)


def write_clip(decoded: Iterator[TimedFrame], profile: Profile, aspect: Fraction | None, out: Path) -> int:
    """Write the clip at the profile's rate, the last frame held to a whole second; return the number of frames."""
    return _write(_steady(decoded, profile, aspect), profile, out, _CLIP)


def _steady(decoded: Iterator[TimedFrame], profile: Profile, aspect: Fraction | None) -> Iterator[VideoFrame]:
    """Yield the frame that is due at every tick; a tick is due when it lies before the next frame appears."""
    fitter = Fitter(Size(profile.width, profile.height))
    ticks = 0
    held: VideoFrame | None = None
    until = Fraction(0)
    for timed in decoded:
        while held is not None and Fraction(ticks, profile.fps) < timed.at:
            yield held
            ticks += 1
        held = fitter.fit(timed.frame, aspect)
        until = timed.until
    if held is None:
        raise SegmentFault("The clip has no frame.")
    while Fraction(ticks, profile.fps) < until or ticks % profile.fps or not ticks:
        yield held
        ticks += 1


def _write(pictures: Iterator[VideoFrame], profile: Profile, out: Path, options: dict[str, str]) -> int:
    group = _GROUP.format(fps=profile.fps)
    options = {name: value.format(group=group) for name, value in options.items()}
    count = 0
    with written(out) as container:
        stream = add_h264(container, Size(profile.width, profile.height), Fraction(profile.fps), options)
        stream.profile = "High"
        for count, picture in enumerate(pictures, start=1):
            picture.pts = count - 1
            picture.time_base = Fraction(1, profile.fps)
            picture.pict_type = 0
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return count


def prove(path: Path, profile: Profile, frames: int, report: Report) -> None:
    """Read the segment back, packet by packet and frame by frame.

    Raises:
        SegmentFault: something of it is not in normal form.
    """
    with av.open(f"file:{path}", "r", format="mov") as container:
        _demand(
            len(container.streams) == 1 and len(container.streams.video) == 1, "it has other streams than one picture"
        )
        stream = container.streams.video[0]
        context = stream.codec_context
        _demand(context.name == "h264" and context.pix_fmt == "yuv420p", "it is not H.264 in yuv420p")
        _demand((context.width, context.height) == (profile.width, profile.height), "its size is not the profile's")
        tick = 1 / (profile.fps * (stream.time_base or Fraction(1)))
        count = 0
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            _demand(packet.pts == packet.dts == count * tick, f"packet {count} is not at its time")
            _demand(packet.is_keyframe == (count % profile.fps == 0), f"packet {count} breaks the one-second groups")
            count += 1
    _demand(count == frames and frames % profile.fps == 0, f"it has {count} packets where {frames} frames were written")
    _demand(_decoded(path, profile, frames, report) == frames, "not every frame can be decoded")
    _demand(moov_before_mdat(path), "its index does not come first")


def _decoded(path: Path, profile: Profile, frames: int, report: Report) -> int:
    good = 0
    with av.open(f"file:{path}", "r", format="mov") as container:
        for frame in container.decode(video=0):
            good += not frame.is_corrupt and (frame.width, frame.height) == (profile.width, profile.height)
            report(good * 1000 // frames)
    return good


def _demand(fine: bool, otherwise: str) -> None:
    if not fine:
        raise SegmentFault(f"The rendered segment is not in normal form: {otherwise}.")
