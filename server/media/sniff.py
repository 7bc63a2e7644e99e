"""What a file is by its first bytes, and whether its outer structure reaches the end. Decodes nothing.

The name and the announced type of an upload are ignored: only the content decides.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from playlists.notice import MediaKind
from server.media.refusal import Refusal, Refused

_HEAD_BYTES = 512
_MOST_BOXES = 4096
_CLIP_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso3",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"qt  ",
        b"dash",
        b"MSNV",
    }
)
_STILL_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc"})
_SIGNS = (
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP/DOCX/PPTX"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x1a\x45\xdf\xa3", "WebM/MKV"),
    (b"#EXTM3U", "HLS"),
    (b"%!PS", "PostScript"),
)


def sniff(file: BinaryIO) -> MediaKind:
    """Return what the file is.

    Raises:
        Refused: the file is empty, or none of the four types.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not head:
        raise Refused(Refusal.EMPTY)
    if head.startswith(b"\xff\xd8\xff"):
        return MediaKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaKind.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return MediaKind.WEBP
    if head[4:8] == b"ftyp" and _is_clip(head):
        return MediaKind.MP4
    raise Refused(Refusal.WRONG_TYPE, found=_guess(head))


def _is_clip(head: bytes) -> bool:
    size = min(int.from_bytes(head[:4]), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, size - 3, 4)}
    return bool(brands & _CLIP_BRANDS) and head[8:12] not in _STILL_BRANDS


def _guess(head: bytes) -> str:
    """Name what the uploader probably chose; never used to decide."""
    for sign, name in _SIGNS:
        if head.startswith(sign):
            return name
    if head[4:8] == b"ftyp":
        return "HEIC/AVIF" if head[8:12] in _STILL_BRANDS else "MP4?"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in text:
        return "SVG"
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "HTML"
    if text.startswith(b"<?xml"):
        return "XML"
    return "binary" if b"\x00" in head or not _is_text(head) else "text"


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3
    return True


def check_boxes(path: Path) -> None:
    """Walk the outermost boxes of an ISO base media file (ISO/IEC 14496-12, 4.2).

    Raises:
        Refused: a box ends after the file does, the boxes are nonsense, or the index (`moov`) is missing.
    """
    end = path.stat().st_size
    seen: set[bytes] = set()
    with path.open("rb") as file:
        at = 0
        for _ in range(_MOST_BOXES):
            if at == end:
                break
            kind, size = _box(file, at, end)
            seen.add(kind)
            at += size
            if at > end:
                raise Refused(Refusal.TRUNCATED)
    if at != end or b"moov" not in seen:
        raise Refused(Refusal.DAMAGED)


def _box(file: BinaryIO, at: int, end: int) -> tuple[bytes, int]:
    file.seek(at)
    head = file.read(16)
    if len(head) < 8:
        raise Refused(Refusal.TRUNCATED)
    size, kind, least = int.from_bytes(head[:4]), head[4:8], 8
    if size == 1:
        size, least = int.from_bytes(head[8:16]), 16
    elif size == 0:
        size = end - at
    if size < least:
        raise Refused(Refusal.DAMAGED)
    return kind, size


def moov_before_mdat(path: Path) -> bool:
    """Say whether a player can begin before it has the whole file."""
    end = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at < end:
            kind, size = _box(file, at, end)
            if kind in {b"moov", b"mdat"}:
                return kind == b"moov"
            at += size
    return False
