"""Captures: the newest picture of each kiosk's screen, one file a kiosk, replaced whole."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

from server.errors import invalid

MOST_BYTES = 2 << 20
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SEGMENTS = 256
_MOST_SIDE_PX = 8192


def check_jpeg(content: bytes) -> None:
    """Check that bytes are built like a JPEG with a picture in it, without decoding any of it.

    Raises:
        Problem: 422 with a sentence.
    """
    if not content.startswith(b"\xff\xd8\xff") or not content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        raise invalid("no-jpeg", "A capture is a whole JPEG file; these bytes do not begin or end like one.")
    size = _size(content)
    if size is None or not all(0 < side <= _MOST_SIDE_PX for side in size):
        raise invalid("no-jpeg", f"This JPEG holds no picture of at most {_MOST_SIDE_PX} pixels a side.")


def path_of(folder: Path, kiosk_id: UUID) -> Path:
    """Return where a kiosk's newest capture lies or would lie."""
    return folder / f"{kiosk_id}.jpg"


def store(folder: Path, kiosk_id: UUID, content: bytes) -> None:
    """Replace a kiosk's capture; a reader sees the old one or the new one, whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{kiosk_id}.{uuid4().hex}.part"
    try:
        part.write_bytes(content)
        part.replace(path_of(folder, kiosk_id))
    finally:
        part.unlink(missing_ok=True)


def _size(content: bytes) -> tuple[int, int] | None:
    """Walk the markers to the frame header (ITU T.81, B.2) and return height and width."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if at + 9 > len(content) or content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _START_OF_FRAME:
            return int.from_bytes(content[at + 5 : at + 7], "big"), int.from_bytes(content[at + 7 : at + 9], "big")
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2 or marker == 0xDA:
            return None
        at += 2 + length
    return None
