"""The overlay: a picture of exactly the panel's size that is laid over the running stream at once."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from playlists.manifest import PanelSpec

_SEPARATORS = frozenset(",;")
"""libVLC reads a logo's file name as a list; a name with one of these is more than one file to it."""


def read_overlay(path: Path, panel: PanelSpec) -> Image.Image:
    """Read an overlay for a panel; nothing is decoded before its size is known to be the panel's.

    Raises:
        ValueError: it cannot be read as a picture, or its size is not the panel's (says what is wrong).
    """
    try:
        with Image.open(path) as picture:
            if picture.size != (panel.width, panel.height):
                raise ValueError(
                    f"the overlay {path.name} is {picture.width}x{picture.height} px, "
                    f"the panel shows {panel.width}x{panel.height} px; draw it in the panel's size"
                )
            return picture.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise ValueError(f"the overlay {path.name} cannot be read as a picture: {error}") from error


def for_vlc(given: Path, picture: Image.Image, rotation: int, folder: Path) -> Path:
    """Return a PNG that libVLC can lay over its output, which is turned already; the given file where it will do.

    Raises:
        OSError: the folder cannot be written.
    """
    if rotation == 0 and given.suffix.lower() == ".png" and not _SEPARATORS & set(str(given.resolve())):
        return given.resolve()
    return draw_for_vlc(picture, rotation, folder / "overlay.png")


def draw_for_vlc(picture: Image.Image, rotation: int, path: Path) -> Path:
    """Write a picture of the panel's size as a PNG that libVLC can lay over its turned output; return its full path.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    turned = picture.rotate(-rotation, expand=True) if rotation else picture
    if rotation in (90, 270):
        # libVLC measures a logo against the picture before it is turned, and scales it by the ratio of their heights.
        scaled_by = turned.height / picture.height
        turned = turned.resize((round(turned.width / scaled_by), round(turned.height / scaled_by)))
    turned.save(path, compress_level=1)
    return path.resolve()
