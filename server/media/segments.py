"""Normal form 1: the one shape of everything that a kiosk streams, written and proved.

H.264 High, yuv420p, BT.709, constant frame rate, no B-frames, closed groups of exactly one second, whole seconds,
silent, MP4 with the index first. Two segments of one profile have the same parameter sets (`stitchable`), so a feeder
may put them behind each other. Runs in confined children only.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.codec.context import Flags
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from playlists.profile import Profile
from server.media.clips import Fitter, Size, TimedFrame, add_h264, from_picture, set_h264, written
from server.media.flashes import Cells, FlashMeter, Worst, cells
from server.media.sniff import moov_before_mdat

# For a still, the first picture takes quantiser 14 and the others 32, where x264 finds nothing to add: all 25 decode to
# the same pixels, and the held second does not breathe.
_STILL = {"preset": "medium", "qp": "32", "x264-params": "ipratio=8.0:{group}"}
_CLIP = {"preset": "medium", "crf": "18", "x264-params": "{group}"}
_GROUP = "keyint={fps}:min-keyint={fps}:scenecut=0:bframes=0:open-gop=0:stitchable=1:force-cfr=1"

Report = Callable[[int], None]


class SegmentFault(Exception):
    """What was written is not in normal form; the text is a sentence."""


@dataclass(eq=False, slots=True)
class Stretch:
    """Whole seconds of frames that have the panel's size; `still`: one second in which nothing moves.

    A stretch that is shown again is encoded once: its groups are closed, so the packets may stand anywhere.
    """

    frames: Iterable[VideoFrame]
    still: bool = False


def standing(frame: VideoFrame, profile: Profile) -> Stretch:
    """Return a second of one frame."""
    return Stretch((frame for _ in range(profile.fps)), still=True)


def still(picture: Image.Image, profile: Profile) -> Stretch:
    """Return a second of an RGB picture, fitted whole on black."""
    return standing(Fitter(_size(profile)).fit(from_picture(picture)), profile)


def write_still(picture: Image.Image, profile: Profile, out: Path) -> int:
    """Write one second of a picture; return the number of frames."""
    return write([still(picture, profile)], profile, out)


def write(stretches: Sequence[Stretch], profile: Profile, out: Path) -> int:
    """Write stretches behind each other; return the number of frames.

    Raises:
        SegmentFault: a stretch is not of whole seconds.
    """
    count = 0
    with written(out) as container:
        stream = add_h264(container, _size(profile), Fraction(profile.fps), _options(stretches[0], profile))
        stream.profile = "High"
        for count, packet in enumerate(_all(stretches, stream.codec_context, profile), start=1):
            packet.time_base = Fraction(1, profile.fps)
            packet.pts = packet.dts = count - 1
            packet.duration = 1
            packet.stream = stream
            container.mux(packet)
    return count


def _all(stretches: Sequence[Stretch], first: VideoCodecContext, profile: Profile) -> Iterator[Packet[Stream]]:
    times = Counter(id(stretch) for stretch in stretches)
    kept: dict[int, list[tuple[bytes, bool]]] = {}
    for number, stretch in enumerate(stretches):
        key = id(stretch)
        if key in kept:
            yield from (_copied(*one) for one in kept[key])
            continue
        count, copies = 0, []
        for packet in _encoded(stretch, profile, _encoder(stretch, profile) if number else first):
            count += 1
            if times[key] > 1:
                copies.append((bytes(packet), packet.is_keyframe))
            yield packet
        _demand(count > 0 and count % profile.fps == 0, "a part of it does not last whole seconds")
        if times[key] > 1:
            kept[key] = copies


def _copied(content: bytes, is_keyframe: bool) -> Packet[Stream]:
    packet = Packet(content)
    packet.is_keyframe = is_keyframe
    return packet


def _size(profile: Profile) -> Size:
    return Size(profile.width, profile.height)


def clip_options(profile: Profile) -> dict[str, str]:
    """Return libx264's options for what moves."""
    return _filled(_CLIP, profile)


def _options(stretch: Stretch, profile: Profile) -> dict[str, str]:
    return _filled(_STILL, profile) if stretch.still else clip_options(profile)


def _filled(options: dict[str, str], profile: Profile) -> dict[str, str]:
    group = _GROUP.format(fps=profile.fps)
    return {name: value.format(group=group) for name, value in options.items()}


def _encoder(stretch: Stretch, profile: Profile) -> VideoCodecContext:
    context = VideoCodecContext.create("libx264", "w")
    context.width, context.height = _size(profile)
    context.framerate = Fraction(profile.fps)
    context.time_base = Fraction(1, profile.fps)
    context.flags |= Flags.global_header
    context.options = _options(stretch, profile)
    set_h264(context)
    context.profile = "High"
    return context


def _encoded(stretch: Stretch, profile: Profile, context: VideoCodecContext) -> Iterator[Packet[Stream]]:
    for number, picture in enumerate(stretch.frames):
        picture.pts = number
        picture.time_base = Fraction(1, profile.fps)
        picture.pict_type = 0
        yield from context.encode(picture)
    yield from context.encode(None)


def steady(decoded: Iterator[TimedFrame], profile: Profile, aspect: Fraction | None) -> Iterator[VideoFrame]:
    """Yield at every tick of the profile the frame that is due, fitted; the last one is held to a whole second.

    A tick is due when it lies before the next frame appears. The same frame comes again as the same object.
    """
    fitter = Fitter(_size(profile))
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


def prove(path: Path, profile: Profile, frames: int, report: Report) -> Worst:
    """Read the segment back, packet by packet and frame by frame; return the worst second of what is seen.

    The held last second counts, too. A second whose bytes were decoded before is not decoded again.

    Raises:
        SegmentFault: something of it is not in normal form.
    """
    seconds: list[bytes] = []
    with av.open(f"file:{path}", "r", format="mov") as container:
        _demand(
            len(container.streams) == 1 and len(container.streams.video) == 1, "it has other streams than one picture"
        )
        stream = container.streams.video[0]
        context = stream.codec_context
        _demand(context.name == "h264" and context.pix_fmt == "yuv420p", "it is not H.264 in yuv420p")
        _demand((context.width, context.height) == (profile.width, profile.height), "its size is not the profile's")
        tick = 1 / (profile.fps * (stream.time_base or Fraction(1)))
        digest, count = hashlib.sha256(), 0
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            _demand(packet.pts == packet.dts == count * tick, f"packet {count} is not at its time")
            _demand(packet.is_keyframe == (count % profile.fps == 0), f"packet {count} breaks the one-second groups")
            digest.update(bytes(packet))
            count += 1
            if count % profile.fps == 0:
                seconds.append(digest.digest())
                digest = hashlib.sha256()
    _demand(count == frames and frames % profile.fps == 0, f"it has {count} packets where {frames} frames were written")
    _demand(moov_before_mdat(path), "its index does not come first")
    return _watched(path, profile, seconds, report)


def _watched(path: Path, profile: Profile, seconds: Sequence[bytes], report: Report) -> Worst:
    """Decode every second whose bytes are new, and measure all of them in their order."""
    meter = FlashMeter()
    known: dict[bytes, list[Cells]] = {}
    with av.open(f"file:{path}", "r", format="mov") as container:
        container.streams.video[0].thread_type = "AUTO"
        container.streams.video[0].codec_context.thread_count = 1
        packets = (packet for packet in container.demux(video=0) if packet.pts is not None)
        for number, digest in enumerate(seconds):
            group = list(islice(packets, profile.fps))
            if digest not in known:
                known[digest] = _decoded(group, profile)
            report((number + 1) * 1000 // len(seconds))
    for number, digest in enumerate((*seconds, seconds[-1])):
        for place, seen in enumerate(known[digest]):
            meter.see(seen, 1000 * number + place * 1000 // profile.fps)
    return meter.worst


def _decoded(group: Sequence[Packet[VideoStream]], profile: Profile) -> list[Cells]:
    """Decode one closed group of a second; return what is measured of its frames."""
    context = group[0].stream.codec_context
    context.flush_buffers()
    frames = [frame for packet in group for frame in packet.decode()] + context.decode(None)
    sound = [f for f in frames if not f.is_corrupt and (f.width, f.height) == (profile.width, profile.height)]
    _demand(len(sound) == profile.fps, "not every frame can be decoded")
    return [cells(frame) for frame in sound]


def _demand(fine: bool, otherwise: str) -> None:
    if not fine:
        raise SegmentFault(f"The rendered segment is not in normal form: {otherwise}.")
