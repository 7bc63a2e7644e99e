"""Small pictures and clips, and the same with damage: what somebody hostile, or a bad disk, makes of a file.

The damage of a number is always the same, so that a file that broke something can be made again.
"""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from PIL import Image, ImageDraw

from server.media.clips import from_picture

SIZE = (96, 64)
KINDS = ("png", "jpeg", "webp", "mp4")


class Damaged(NamedTuple):
    """A damaged file: its number, what it was, and its bytes."""

    number: int
    kind: str
    how: str
    content: bytes


def picture() -> Image.Image:
    """A small picture with shapes, so that its encodings hold some of everything."""
    image = Image.new("RGB", SIZE, (30, 60, 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 47, 63), fill=(39, 168, 59))
    draw.ellipse((20, 10, 80, 60), outline="white", fill=(200, 30, 60))
    for x in range(0, SIZE[0], 7):
        draw.line((x, 0, SIZE[0] - x, SIZE[1]), fill=(x * 2, 255 - x, 90))
    return image


def originals(folder: Path) -> dict[str, list[bytes]]:
    """Return sound files by kind, several ways of writing each."""
    image = picture()
    ways: dict[str, list[tuple[Image.Image, dict[str, object]]]] = {
        "PNG": [(image, {}), (image.convert("P"), {}), (image.convert("RGBA"), {"compress_level": 0})],
        "JPEG": [(image, {}), (image, {"progressive": True, "quality": 60}), (image.convert("CMYK"), {})],
        "WEBP": [(image, {}), (image, {"lossless": True}), (image.convert("RGBA"), {"quality": 40})],
    }
    made = {form.lower(): [_encoded(one, form, options) for one, options in kinds] for form, kinds in ways.items()}
    clips = [("plain.mp4", {}), ("fast.mp4", {"movflags": "+faststart"}), ("parts.mp4", {"movflags": "+frag_keyframe"})]
    made["mp4"] = [write_clip(folder / name, options=options).read_bytes() for name, options in clips]
    return made


def _encoded(image: Image.Image, form: str, options: dict[str, object]) -> bytes:
    held = io.BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


def write_clip(path: Path, *, frames: int = 6, options: dict[str, str] | None = None) -> Path:
    """Write a small clip with sound."""
    with av.open(str(path), "w", format="mp4", options=options or {}) as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        speaker = container.add_stream("aac", rate=48000, layout="mono")
        for number in range(frames):
            frame = from_picture(picture().rotate(number))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        silence.planes[0].update(bytes(4096))
        silence.sample_rate, silence.pts = 48000, 0
        container.mux(speaker.encode(silence))
        container.mux(speaker.encode(None))
    return path


def padded_clip(path: Path, size: int) -> Path:
    """Write a sound clip of exactly `size` bytes: a small one and a box `free`, which holds nothing (sparse)."""
    small = write_clip(path.with_suffix(".small.mp4"), options={"movflags": "+faststart"}).read_bytes()
    with path.open("wb") as file:
        file.write(small + struct.pack(">I4s", size - len(small), b"free"))
        file.truncate(size)
    return path


def damaged(number: int, sound: dict[str, list[bytes]]) -> Damaged:
    """Return the damaged file of a number; kinds and ways come in turns."""
    chance = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    content = bytearray(chance.choice(sound[kind]))
    name, way = WAYS[(number // len(KINDS)) % len(WAYS)]
    way(content, chance, sound)
    if chance.random() < 0.2:
        other, second = chance.choice(WAYS)
        second(content, chance, sound)
        name = f"{name}, {other}"
    return Damaged(number, kind, name, bytes(content))


Way = Callable[[bytearray, random.Random, dict[str, list[bytes]]], None]


def _bits(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    for _time in range(chance.choice((1, 1, 3, 20))):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _head(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    for _time in range(chance.choice((1, 2, 8))):
        if content:
            content[chance.randrange(min(len(content), 120))] = chance.randrange(256)


def _cut(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    del content[chance.randrange(len(content) + 1) :]


def _hole(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    at = chance.randrange(len(content) + 1)
    del content[at : at + chance.randrange(1, 200)]


def _noise(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    at = chance.randrange(len(content) + 1)
    content[at : at + chance.randrange(64)] = chance.randbytes(chance.randrange(1, 400))


def _twice(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = content[at : at + chance.randrange(1, 2000)] * chance.choice((1, 2, 30))


def _big_number(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    value = chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 65535, 20_000))
    at = chance.randrange(max(1, len(content) - 4))
    content[at : at + 4] = struct.pack(chance.choice((">I", "<I")), value)


def _field(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    """Change a number right after a name that parsers know, and mend a PNG's checksum."""
    names = (b"IHDR", b"PLTE", b"IDAT", b"mvhd", b"tkhd", b"mdhd", b"stsz", b"stco", b"stsc", b"stts", b"avcC", b"VP8 ")
    present = [at for name in names if (at := content.find(name)) >= 0]
    if present:
        at = chance.choice(present)
        place = at + 4 + chance.randrange(24)
        content[place : place + 4] = struct.pack(">I", chance.choice((0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 60_000, 1 << 24)))
        if content[at : at + 4] == b"IHDR":
            content[at + 17 : at + 21] = struct.pack(">I", zlib.crc32(content[at : at + 17]))


def _joined(content: bytearray, chance: random.Random, sound: dict[str, list[bytes]]) -> None:
    other = chance.choice(sound[chance.choice(KINDS)])
    at = chance.choice((0, len(content), chance.randrange(len(content) + 1)))
    content[at:at] = other


def _dressed(content: bytearray, chance: random.Random, sound: dict[str, list[bytes]]) -> None:
    """Give one kind's beginning to another kind's rest."""
    other = chance.choice(sound[chance.choice(KINDS)])
    content[16:] = other[16:]


def _script(content: bytearray, chance: random.Random, _: dict[str, list[bytes]]) -> None:
    words = (
        b"<?php system('id'); ?>",
        b"<script>alert(1)</script>",
        b"PK\x03\x04evil",
        b"#EXTM3U\nfile:///etc/passwd\n",
    )
    at = chance.choice((0, len(content), chance.randrange(len(content) + 1)))
    content[at:at] = chance.choice(words)


WAYS: tuple[tuple[str, Way], ...] = (
    ("bits", _bits), ("head", _head), ("cut", _cut), ("hole", _hole), ("noise", _noise), ("twice", _twice),
    ("big number", _big_number), ("field", _field), ("joined", _joined), ("dressed", _dressed), ("script", _script),
)  # fmt: skip
