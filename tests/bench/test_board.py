from __future__ import annotations

from PIL import Image

from bench.board import NEVER_MS, Turns, colour_of

DARK = (12, 42, 67)


def board(*, phrase: tuple[int, int, int] | None, pixels: int = 100) -> Image.Image:
    """A dark board with a light headline and the phrase as a bar of so many pixels."""
    picture = Image.new("RGB", (200, 100), DARK)
    picture.paste((255, 255, 255), (0, 0, 200, 10))
    picture.paste((255, 200, 60), (0, 20, 200, 22))
    if phrase is not None:
        picture.paste(phrase, (10, 50, 10 + pixels, 51))
    return picture


def test_the_colour_of_the_phrase_is_named() -> None:
    assert colour_of(board(phrase=(70, 240, 140))) == "green"
    assert colour_of(board(phrase=(250, 90, 90))) == "red"


def test_without_enough_of_it_there_is_no_colour() -> None:
    assert colour_of(board(phrase=None)) is None
    assert colour_of(board(phrase=(250, 90, 90), pixels=20)) is None


def test_the_figures_of_a_way() -> None:
    turns = Turns()
    turns.pixels_ms, turns.told_ms = [100.0, 300.0, NEVER_MS], [10.0, 20.0, 30.0]
    said = turns.figures("api")
    assert said == {
        "api_changes": 3,
        "api_p50_ms": 300,
        "api_p99_ms": 60_000,
        "api_max_ms": 60_000,
        "api_told_p50_ms": 20,
    }
