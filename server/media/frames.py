"""Single pictures out of segments: what a panel should be showing now.

Decodes in the server's own process, therefore only files that the renderer wrote and proved.
"""

from __future__ import annotations

from pathlib import Path

import av

from server.media.clips import rgb
from server.media.pictures import jpeg


def frame_at(segment: Path, ms: int, *, quality: int = 88) -> bytes:
    """Return as JPEG what a player shows `ms` milliseconds after the segment began.

    Beyond the end the last second repeats, as it does on the kiosk.

    Raises:
        OSError: the file is missing or no segment.
        ValueError: the time is negative.
    """
    if ms < 0:
        raise ValueError(f"{ms} ms: a segment begins at 0.")
    with av.open(f"file:{segment}", "r", format="mov") as container:
        stream = container.streams.video[0]
        fps = round(stream.average_rate or 25)
        seconds = max(1, stream.frames // fps)
        second, rest = divmod(ms, 1000)
        group = min(second, seconds - 1)
        tick = round(1 / (fps * (stream.time_base or 1)))
        wanted = (group * fps + rest * fps // 1000) * tick
        container.seek(group * fps * tick, stream=stream)
        shown = None
        for frame in container.decode(stream):
            shown = frame
            if frame.pts is not None and frame.pts >= wanted:
                break
        if shown is None:
            raise OSError(f"{segment} holds no picture.")
        return jpeg(rgb(shown), quality)
