"""Cards as PNG files in memory, and the scene that examples of templates show where they need a picture."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from PIL import Image, ImageDraw

from playlists.card import Card
from server.media.cards import compose, flatten

SCENE_SIDE = 640


def card_png(card: Card, width: int, height: int, pictures: Mapping[str, Path]) -> bytes:
    """Return a card as a PNG of a panel's pixels; a moving one as it stands at its end. `pictures` are by digest."""
    out = BytesIO()
    flatten(compose(card, width, height, pictures)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def scene(path: Path) -> Path:
    """Return the path of a drawn scene, hills with a waterfall and its pool; it is drawn where it is not there yet."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{uuid4().hex}")
        _drawn().save(part, "PNG")
        part.replace(path)
    return path


def _drawn() -> Image.Image:
    side = SCENE_SIDE
    image = Image.new("RGB", (side, side))
    draw = ImageDraw.Draw(image)
    for line in range(side):
        share = line / side
        draw.line((0, line, side, line), fill=(int(150 - 60 * share), int(190 - 40 * share), int(215 - 60 * share)))
    draw.polygon([(0, 300), (150, 170), (330, 310), (480, 190), (640, 320), (640, 640), (0, 640)], fill=(46, 92, 70))
    draw.polygon([(0, 400), (220, 300), (640, 420), (640, 640), (0, 640)], fill=(33, 70, 54))
    for left in (250, 300, 350):
        draw.polygon([(left, 320), (left + 34, 326), (left + 44, 520), (left - 12, 520)], fill=(226, 238, 244))
    draw.ellipse((150, 490, 520, 620), fill=(70, 138, 150))
    return image
