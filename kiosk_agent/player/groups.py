"""Closed groups of pictures: cuts a segment of normal form 1 into its one-second groups, ready for the stream.

Decides whether a file is playable at all. Nothing is decoded here; sizes are bounded, so a hostile file costs memory
for one group at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import av
from av.bitstream import BitStreamFilterContext

from kiosk_agent.core.seal import Seal, Verified
from kiosk_agent.player.sealed_file import SealedFile
from playlists.profile import Profile

MOST_GROUP_BYTES = 32 << 20


class Frame(NamedTuple):
    """One coded picture in Annex B form; a key frame carries its own parameter sets."""

    payload: bytes
    is_key: bool


Group = tuple[Frame, ...]
"""One second: a key frame and the frames that depend on it."""


class SegmentUnsound(ValueError):
    """A segment file cannot be played: it is missing, damaged, or not of the panel's normal form."""


def cut_groups(frames: Iterable[Frame], fps: int) -> Iterator[Group]:
    """Cut frames into groups of exactly one second each.

    Raises:
        SegmentUnsound: a group does not begin with a key frame, is not one second long, or is above 32 MiB.
    """
    group: list[Frame] = []
    size = 0
    for frame in frames:
        if frame.is_key != (len(group) in (0, fps)):
            kind = "key" if frame.is_key else "dependent"
            raise SegmentUnsound(f"a {kind} frame stands at place {len(group)} of a group of {fps}")
        if len(group) == fps:
            yield tuple(group)
            group, size = [], 0
        size += len(frame.payload)
        if size > MOST_GROUP_BYTES:
            raise SegmentUnsound(f"one second takes more than {MOST_GROUP_BYTES >> 20} MiB")
        group.append(frame)
    if len(group) != fps:
        raise SegmentUnsound(f"the last group has {len(group)} frames, not {fps}: the file is cut off or empty")
    yield tuple(group)


def closed_groups(path: Path, profile: Profile, seal: Seal | None = None) -> Iterator[Group]:
    """Yield a segment's one-second groups in order, reading the file as it goes, under its seal if it has one.

    Raises:
        SegmentUnsound: the file cannot be read, or is not MP4 of this profile (says what is wrong).
    """
    if not path.is_file():
        raise SegmentUnsound("there is no such file")
    try:
        if seal is None:
            yield from cut_groups(_frames(str(path), profile), profile.fps)
        else:
            with SealedFile(Verified(path, seal)) as file:
                yield from cut_groups(_frames(file, profile), profile.fps)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise SegmentUnsound(f"it cannot be read as MP4: {error}") from error


def _frames(source: str | SealedFile, profile: Profile) -> Iterator[Frame]:
    with av.open(source, "r", format="mp4", options={"protocol_whitelist": "file"}) as container:
        if not container.streams.video:
            raise SegmentUnsound("it holds no picture track")
        stream = container.streams.video[0]
        context = stream.codec_context
        if context.name != "h264" or (context.width, context.height) != (profile.width, profile.height):
            raise SegmentUnsound(f"it is {context.name} {context.width}x{context.height}, the panel plays {profile}")
        annexb = BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            if packet.pts != packet.dts:
                raise SegmentUnsound("its frames are out of order (B-frames)")
            if packet.size > MOST_GROUP_BYTES:
                raise SegmentUnsound(f"one frame takes more than {MOST_GROUP_BYTES >> 20} MiB")
            is_key = packet.is_keyframe
            for converted in annexb.filter(packet):
                yield Frame(bytes(converted), is_key)
