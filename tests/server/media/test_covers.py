from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from playlists.notice import MediaKind
from server.media.clips import from_picture
from server.media.covers import ENOUGH, cover, fullness
from server.media.render import thumbnail
from tests.server.media.made import picture

BLACK = Image.new("RGB", (128, 72))
FPS = 25


def film(path: Path, *stretches: tuple[Image.Image, int]) -> Path:
    """A clip of pictures, each for so many frames."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "50"})
        stream.width, stream.height, stream.pix_fmt = 128, 72, "yuv420p"
        number = 0
        for image, frames in stretches:
            for _ in range(frames):
                frame = from_picture(image)
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                container.mux(stream.encode(frame))
                number += 1
        container.mux(stream.encode(None))
    return path


def test_a_clip_that_begins_black_is_shown_by_a_picture_with_something_on_it(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", (BLACK, 4 * FPS), (picture(128, 72), 4 * FPS))
    assert fullness(BLACK) < ENOUGH < fullness(cover(clip))
    with Image.open(io.BytesIO(thumbnail(clip, MediaKind.MP4, 64, folder=tmp_path))) as small:
        assert fullness(small.convert("RGB")) > ENOUGH


def test_the_picture_after_a_second_stands_where_it_shows_something(tmp_path: Path) -> None:
    red, green = picture(128, 72, (220, 30, 30)), picture(128, 72, (30, 220, 30))
    clip = film(tmp_path / "clip.mp4", (BLACK, FPS // 2), (red, FPS), (green, 3 * FPS))
    shown = cover(clip).getpixel((20, 36))
    assert isinstance(shown, tuple)
    assert shown[0] > 150 > shown[1]


def test_a_clip_that_is_black_to_its_end_is_shown_black(tmp_path: Path) -> None:
    assert fullness(cover(film(tmp_path / "clip.mp4", (BLACK, 2 * FPS)))) == 0


def test_a_clip_of_one_frame_has_a_cover(tmp_path: Path) -> None:
    assert fullness(cover(film(tmp_path / "clip.mp4", (picture(128, 72), 1)))) > ENOUGH
