from __future__ import annotations

import json

import pytest
from PIL import Image

from bench.eye import BORDER, COLOURS, Colour, Sample, Sight, changes, draw, tell
from bench.gap import onset_error_ms
from bench.report import Aim, Measured, percentile

PURPLE = (0x80, 0, 0x80)
RED = COLOURS[0]


@pytest.mark.parametrize(
    ("inner", "edges", "sight"),
    [
        ([RED] * 3, [BORDER] * 4, Sight.WHOLE),
        ([RED] * 3, [RED] * 4, Sight.WRONG_SIZE),
        ([RED] * 3, [BORDER, BORDER, PURPLE, PURPLE], Sight.WRONG_SIZE),
        ([RED, RED, COLOURS[1]], [BORDER] * 4, Sight.WRONG_SIZE),
        ([BORDER] * 3, [BORDER] * 4, Sight.WRONG_SIZE),
        ([(0, 0, 0)] * 3, [(0, 0, 0)] * 4, Sight.BLANK),
        ([RED, PURPLE, RED], [BORDER] * 4, Sight.BLANK),
        ([(0, 0x80, 0x80)] * 3, [BORDER] * 4, Sight.BLANK),
    ],
)
def test_capture_is_told(inner: list[tuple[int, int, int]], edges: list[tuple[int, int, int]], sight: Sight) -> None:
    assert tell(inner, edges) == (sight, 0 if sight is Sight.WHOLE else None)


def _colour(picture: Image.Image, x: int, y: int) -> Colour:
    raw, at = picture.tobytes(), 3 * (y * picture.width + x)
    return raw[at], raw[at + 1], raw[at + 2]


def test_test_pictures_are_whole_in_any_size() -> None:
    for item in range(len(COLOURS)):
        picture = draw(item, 1280, 720).resize((512, 256))
        assert tell([_colour(picture, 256, 128)], [_colour(picture, 20, 128)]) == (Sight.WHOLE, item)


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
