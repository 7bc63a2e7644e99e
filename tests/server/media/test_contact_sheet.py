"""The contact sheet of a clip: nothing that differs is missed."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from server.media.check import check_upload
from server.media.clips import from_picture
from server.media.contact_sheet import MOST_EXTRA, Seen, Why, cell, chosen
from server.media.render import RenderFault, contact_sheet
from server.media.sheet_size import CELL_PX, COLUMNS, GAP_PX, PAGE_S, pages
from tests.server.media.made import picture

GREEN, RED, BLUE = (40, 150, 60), (210, 30, 40), (30, 60, 210)


def write(path: Path, draw: Callable[[int], Image.Image], frames: int, fps: int = 10) -> Path:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 128, 72, "yuv420p"
        for number in range(frames):
            frame = from_picture(draw(number))
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (128, 72), colour)


def test_a_single_odd_frame_in_twenty_seconds_is_seen(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", lambda number: plain(RED if number == 137 else GREEN), 200)
    taken = check_upload(film, out=tmp_path / "taken.mp4")
    answer, content = contact_sheet(taken.path, 0, folder=tmp_path)
    assert [one.at_ms for one in answer.pictures if one.why == "second"] == [1000 * second for second in range(20)]
    odd = [(number, one) for number, one in enumerate(answer.pictures) if one.why == "different"]
    assert [one.at_ms for _, one in odd] == [13_700]
    assert (answer.width, answer.height) == (CELL_PX, 135)
    with Image.open(io.BytesIO(content)) as sheet:
        number = odd[0][0]
        x = GAP_PX + number % COLUMNS * (answer.width + GAP_PX) + answer.width // 2
        y = GAP_PX + number // COLUMNS * (answer.height + GAP_PX) + answer.height // 2
        seen = sheet.getpixel((x, y))
        assert isinstance(seen, tuple)
        assert seen[0] > 150 > 90 > seen[1], "the frame itself is there to be seen"
        frame = sheet.getpixel((x - answer.width // 2 - 2, y))
        assert isinstance(frame, tuple)
        assert frame[0] > 180 > 120 > frame[2], "and it is marked"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "taken.mp4"]


def test_a_long_clip_has_pages_whose_pictures_stay_large(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", lambda number: picture(128, 72, (number % 250, 168, 59)), 70 * 4, 4)
    taken = check_upload(film, out=tmp_path / "taken.mp4")
    assert taken.duration_ms == 70_000
    assert pages(taken.duration_ms) == 3
    seconds: list[int] = []
    for page in range(3):
        answer, content = contact_sheet(taken.path, page, folder=tmp_path)
        seconds += [one.at_ms for one in answer.pictures if one.why == "second"]
        with Image.open(io.BytesIO(content)) as sheet:
            rows = -(-len(answer.pictures) // COLUMNS)
            assert sheet.size == (COLUMNS * (CELL_PX + GAP_PX) + GAP_PX, rows * (answer.height + GAP_PX) + GAP_PX)
    assert seconds == [1000 * second for second in range(70)]
    with pytest.raises(RenderFault, match="no page 3"):
        contact_sheet(taken.path, 3, folder=tmp_path)


def seen(at_ms: int, *colours: tuple[int, int, int]) -> Seen:
    small = Image.new("RGB", (48, 48), colours[0])
    for number, colour in enumerate(colours[1:]):
        small.paste(colour, (0, 8 * number, 48, 8 * number + 8))
    return Seen(at_ms, small, small)


def test_within_a_second_the_most_different_frames_come_first() -> None:
    second = [seen(0, GREEN), seen(40, GREEN, RED), seen(80, RED), seen(120, GREEN), seen(160, BLUE)]
    shown = list(chosen([second, [seen(1000, BLUE)]]))
    assert [(one.at_ms, one.why) for one in shown] == [
        (0, Why.SECOND), (40, Why.DIFFERENT), (80, Why.DIFFERENT), (160, Why.DIFFERENT), (1000, Why.SECOND),
    ]  # fmt: skip
    assert shown[2].difference > shown[1].difference


def test_a_wild_second_shows_its_most_different_pictures() -> None:
    second = [seen(40 * number, (number * 10, 255 - number * 10, number * 97 % 256)) for number in range(25)]
    assert len(list(chosen([second]))) == 1 + MOST_EXTRA


def test_what_goes_on_into_the_next_second_is_shown_once() -> None:
    shown = list(chosen([[seen(0, GREEN), seen(500, RED)], [seen(1000, RED), seen(1500, RED)]]))
    assert [(one.at_ms, one.why) for one in shown] == [
        (0, Why.SECOND), (500, Why.DIFFERENT), (1000, Why.SECOND),
    ]  # fmt: skip
    assert list(chosen([[], []])) == []


@pytest.mark.parametrize(("duration_ms", "count"), [(0, 1), (1, 1), (30_000, 1), (30_001, 2), (600_000, 20)])
def test_pages_hold_half_a_minute(duration_ms: int, count: int) -> None:
    assert PAGE_S == 30
    assert pages(duration_ms) == count


def test_a_tall_clip_has_tall_pictures() -> None:
    assert cell(512, 768) == (160, 240)
    assert cell(4000, 2) == (240, 1)
