"""Still pictures: opening uploads safely, rebuilding them from bare pixels, fitting them into a panel.

Runs in confined children only. A picture that leaves `clean` is upright, sRGB, opaque and carries nothing but pixels:
`Image.save` of an opened file would keep comments, so the pixels are moved into a new image.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps, PngImagePlugin, UnidentifiedImageError

from playlists.notice import MediaKind
from server.media.refusal import Refusal, Refused

_FORMATS = {MediaKind.JPEG: "JPEG", MediaKind.PNG: "PNG", MediaKind.WEBP: "WEBP"}
_TRANSPARENT = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_ERRORS = (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError, Warning)
BLACK = (0, 0, 0)


class Clean(NamedTuple):
    """A rebuilt picture, and what was lost on the way."""

    image: Image.Image
    had_transparency: bool
    lossless: bool


def open_clean(source: Path, kind: MediaKind, *, most_pixels: int, most_side: int) -> Clean:
    """Read an upload of this kind and rebuild it from bare pixels.

    Raises:
        Refused: too many pixels (decided on the header, before any pixel is decoded), animated, truncated or damaged.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = most_pixels
    PngImagePlugin.MAX_TEXT_MEMORY = 1 << 20
    try:
        with _header(source, kind) as image:
            width, height = image.size
            if width * height > most_pixels or max(width, height) > most_side:
                raise _too_many(width, height, most_pixels, most_side)
            if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
                raise Refused(Refusal.ANIMATED)
            lossless = kind is MediaKind.PNG or (kind is MediaKind.WEBP and _is_lossless_webp(source))
            image.load()
            return _rebuilt(image, lossless)
    except _ERRORS as error:
        raise Refused(Refusal.TRUNCATED if _is_short(error) else Refusal.DAMAGED) from error


def _header(source: Path, kind: MediaKind) -> Image.Image:
    try:
        return Image.open(source, formats=(_FORMATS[kind],))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(Refusal.TOO_MANY_PIXELS, **_numbers_in(source, kind)) from error


def _numbers_in(source: Path, kind: MediaKind) -> dict[str, int]:
    """Return the size that a PNG's header states, for the sentence; Pillow refuses before it tells."""
    if kind is not MediaKind.PNG:
        return {}
    with source.open("rb") as file:
        head = file.read(24)
    return {"width": int.from_bytes(head[16:20]), "height": int.from_bytes(head[20:24])}


def _too_many(width: int, height: int, most_pixels: int, most_side: int) -> Refused:
    return Refused(Refusal.TOO_MANY_PIXELS, width=width, height=height, limit=most_pixels, side=most_side)


def _is_short(error: BaseException) -> bool:
    return isinstance(error, EOFError) or "truncated" in str(error).lower()


def _is_lossless_webp(source: Path) -> bool:
    with source.open("rb") as file:
        return b"VP8L" in file.read(64)


def _rebuilt(image: Image.Image, lossless: bool) -> Clean:
    profile = image.info.get("icc_profile")
    transparent = image.mode in _TRANSPARENT or "transparency" in image.info
    upright = ImageOps.exif_transpose(image)
    plain = _rgb(upright, transparent)
    if isinstance(profile, bytes) and profile:
        plain = _srgb(upright if image.mode == "CMYK" else plain, profile) or plain
    return Clean(Image.frombytes("RGB", plain.size, plain.tobytes()), transparent, lossless)


def _rgb(image: Image.Image, transparent: bool) -> Image.Image:
    if transparent:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (*BLACK, 255))
        return Image.alpha_composite(ground, layer).convert("RGB")
    if image.mode.startswith("I") or image.mode == "F":  # 16-bit grey: Pillow's own conversion clips instead of scaling
        return image.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    return image.convert("RGB")


def _srgb(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Bring the colours to sRGB; None when the embedded profile does not fit the picture."""
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, embedded, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def write_clean(clean: Clean, out: Path) -> MediaKind:
    """Write the rebuilt picture: PNG when the source lost nothing, else JPEG (quality 92, 4:4:4); return which."""
    if clean.lossless:
        clean.image.save(out, "PNG", optimize=False)
        return MediaKind.PNG
    clean.image.save(out, "JPEG", quality=92, subsampling=0)
    return MediaKind.JPEG


def fit(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the whole picture, as large as it goes, centred on black; pixels are untouched where the sizes agree."""
    if image.size == (width, height):
        return image
    scale = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    canvas = Image.new("RGB", (width, height), BLACK)
    canvas.paste(image.resize(size, Image.Resampling.LANCZOS), ((width - size[0]) // 2, (height - size[1]) // 2))
    return canvas


def open_stored(source: Path) -> Image.Image:
    """Read a picture that `write_clean` wrote.

    Raises:
        OSError: it is not readable.
    """
    try:
        with Image.open(source, formats=("PNG", "JPEG")) as image:
            return image.convert("RGB")
    except UnidentifiedImageError as error:
        raise OSError(f"{source} is no picture: {error}") from error


def jpeg(image: Image.Image, quality: int = 88) -> bytes:
    """Return the picture as JPEG bytes without metadata."""
    held = io.BytesIO()
    image.save(held, "JPEG", quality=quality)
    return held.getvalue()


def open_jpeg(content: bytes) -> Image.Image:
    """Return a picture that was written here, from its bytes."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        return image.convert("RGB")
