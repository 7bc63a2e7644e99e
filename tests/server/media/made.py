"""Small media files, made when they are asked for."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw

from server.media.clips import from_picture

GREEN = (39, 168, 59)
BLUE = (30, 60, 200)


def picture(width: int = 64, height: int = 48, left: tuple[int, int, int] = GREEN) -> Image.Image:
    """A picture whose left half has one colour and whose right half is blue."""
    image = Image.new("RGB", (width, height), BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height), fill=left)
    return image


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


def near(seen: Any, wanted: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(seen, wanted, strict=True))


def write_film(
    path: Path,
    *,
    frames: int = 40,
    fps: int = 30,
    size: tuple[int, int] = (128, 72),
    streams: int = 1,
    sound: bool = False,
    rotation: int = 0,
    **options: str,
) -> Path:
    """An MP4 whose left half is green at first and grows red from frame to frame."""
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata["comment"] = "made at somebody's home"
        pictures = []
        for _ in range(streams):
            stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "bf": "2"})
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            if rotation:
                stream.set_display_rotation(rotation)
            pictures.append(stream)
        speaker = container.add_stream("aac", rate=48000, layout="mono") if sound else None
        for stream in pictures:
            for number in range(frames):
                frame = from_picture(picture(*size, left=(number * 200 // frames, 168, 59)))
                frame.pts, frame.time_base = number, Fraction(1, fps)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        if speaker is not None:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            silence.planes[0].update(bytes(4096))
            silence.sample_rate, silence.pts = 48000, 0
            container.mux(speaker.encode(silence))
            container.mux(speaker.encode(None))
    return path
