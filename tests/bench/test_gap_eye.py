from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bench.eye import (
    BORDER,
    CELLS,
    COLOURS,
    FRAMES,
    Colour,
    Sample,
    Sight,
    changes,
    code_of,
    decoded,
    draw,
    tell,
    told,
)
from bench.gap import Side, onset_error_ms, summed_up
from bench.report import Aim, Measured, percentile
from kiosk_agent.player.placement import Placement

PURPLE = (0x80, 0, 0x80)
RED = COLOURS[0]


def cells(code: int) -> list[Colour]:
    return [(235, 235, 235) if code >> bit & 1 else (16, 16, 16) for bit in reversed(range(CELLS))]


GOOD = cells(code_of(0, 7))


@pytest.mark.parametrize(
    ("inner", "edges", "code", "sight"),
    [
        ([RED] * 3, [BORDER] * 4, GOOD, Sight.WHOLE),
        ([RED] * 3, [RED] * 4, GOOD, Sight.WRONG_SIZE),
        ([RED] * 3, [BORDER, BORDER, PURPLE, PURPLE], GOOD, Sight.WRONG_SIZE),
        ([RED, RED, COLOURS[1]], [BORDER] * 4, GOOD, Sight.WRONG_SIZE),
        ([BORDER] * 3, [BORDER] * 4, GOOD, Sight.WRONG_SIZE),
        ([RED] * 3, [BORDER] * 4, cells(code_of(1, 7)), Sight.WRONG_SIZE),
        ([RED] * 3, [BORDER] * 4, [RED] * CELLS, Sight.WRONG_SIZE),
        ([(0, 0, 0)] * 3, [(0, 0, 0)] * 4, [(0, 0, 0)] * CELLS, Sight.BLANK),
        ([RED, PURPLE, RED], [BORDER] * 4, GOOD, Sight.BLANK),
        ([(0, 0x80, 0x80)] * 3, [BORDER] * 4, GOOD, Sight.BLANK),
    ],
)
def test_capture_is_told(inner: list[Colour], edges: list[Colour], code: list[Colour], sight: Sight) -> None:
    assert tell(inner, edges, code) == (sight, 0 if sight is Sight.WHOLE else None)


@given(st.integers(0, 5), st.integers(0, FRAMES - 1), st.integers(0, CELLS - 1))
def test_barcode_says_the_item_and_no_single_cell_can_be_read_wrongly(item: int, frame: int, cell: int) -> None:
    code = code_of(item, frame)
    assert decoded(code) == item
    assert decoded(code ^ 1 << cell) is None


def seen_of(picture: Image.Image) -> tuple[Sight, int | None]:
    """Look at a picture as at a capture of a window of its size."""
    placement = Placement(picture.width, picture.height, 0, 0, picture.width, picture.height)
    return told(picture.convert("RGB").tobytes("raw", "BGRX"), placement)


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (1920, 1080), (512, 256)])
def test_test_pictures_are_whole_in_any_size(size: tuple[int, int]) -> None:
    for item in range(len(COLOURS)):
        assert seen_of(draw(item, *size, frame=3 * item).resize((512, 256))) == (Sight.WHOLE, item)


def test_picture_that_is_unscaled_cut_off_or_torn_is_of_a_wrong_size() -> None:
    one, other = draw(2, 512, 256, 5), draw(2, 512, 256, 6)
    assert seen_of(draw(2, 1280, 720).crop((0, 0, 512, 256)))[0] is Sight.WRONG_SIZE
    assert seen_of(draw(2, 1280, 720).crop((384, 232, 896, 488)))[0] is Sight.WRONG_SIZE
    half = Image.new("RGB", (512, 256))
    half.paste(draw(2, 256, 128), (128, 64))
    assert seen_of(half)[0] is not Sight.WHOLE
    other.paste(one.crop((0, 0, 320, 256)), (0, 0))
    assert seen_of(other)[0] is Sight.WRONG_SIZE


def test_changes_are_found_with_what_lay_between() -> None:
    sights = [(Sight.WHOLE, 0), (Sight.WHOLE, 0), (Sight.WHOLE, 1), (Sight.BLANK, None), (Sight.BLANK, None)]
    sights += [(Sight.WHOLE, 2), (Sight.WRONG_SIZE, None), (Sight.WHOLE, 3), (Sight.BLANK, None), (Sight.WHOLE, 3)]
    seen = changes(Sample(n / 100, sight, item) for n, (sight, item) in enumerate(sights))
    assert [change.item for change in seen.changes] == [1, 2, 3]
    assert [change.blank_ms for change in seen.changes] == [0, pytest.approx(20), 0]
    assert [change.wrong_size_ms > 0 for change in seen.changes] == [False, False, True]
    assert seen.disturbed == 1


@pytest.mark.parametrize(
    ("at", "item", "error_ms"), [(600.004, 0, 4), (602.5, 3, -500), (601.9, 2, -100), (605.2, 5, 200)]
)
def test_onset_is_held_against_the_items_own_second(at: float, item: int, error_ms: float) -> None:
    assert onset_error_ms(at, item) == pytest.approx(error_ms, abs=0.1)


def test_report_is_one_object_with_aims() -> None:
    measured = Measured(
        {"blank": 0, "rate": 99.0}, (Aim("blank", "==", 0), Aim("rate", ">=", 100), Aim("gone", "<=", 1))
    )
    told = json.loads(measured.as_json("gap"))
    assert told["bench"] == "gap"
    assert [aim["met"] for aim in told["aims"]] == [True, False, False]
    assert told["ok"] is False
    assert "NOT met" in measured.as_text("gap")


def test_percentile_is_by_nearest_rank() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([5.0], 0.99) == 5.0


def samples_of(*seconds: tuple[float, Sight, int | None]) -> list[Sample]:
    return [Sample(at, sight, item) for at, sight, item in seconds]


def test_a_side_counts_changes_and_captures_of_what_is_not_due() -> None:
    side = Side()
    side.add(
        samples_of(
            (600.5, Sight.WHOLE, 0),
            (601.02, Sight.WHOLE, 1),
            (602.03, Sight.WHOLE, 1),
            (602.5, Sight.WHOLE, 1),
            (602.6, Sight.BLANK, None),
            (602.7, Sight.WHOLE, 2),
            (605.7, Sight.WHOLE, 2),
        )
    )
    assert (side.transitions, side.blank, side.wrong_size, side.old) == (2, 1, 0, 2)
    assert side.still_s == pytest.approx(3)
    assert side.spread_ms(0.0) == pytest.approx(680, abs=1)
    assert Side().spread_ms() is None


def test_hardships_that_freeze_are_shown_and_not_counted() -> None:
    good, bad = Side(onset_ms=[1.0] * 150, gaps_ms=[6.6] * 1510, watched_s=10), Side(blank=3, still_s=9)
    hard = {"busy": replace(good, onset_ms=[1.0] * 60), "wrapped": replace(bad, gaps_ms=[1.0], watched_s=1)}
    measured = summed_up(good, replace(bad, gaps_ms=[1.0], watched_s=1), replace(bad, gaps_ms=[1.0], watched_s=1), hard)
    assert measured.ok
    assert (measured.figures["transitions"], measured.figures["blank"]) == (210, 0)
    assert measured.figures["wrapped_still_at_end_s"] == 9
    assert not summed_up(good, good, good, {**hard, "busy": replace(good, blank=1)}).ok
