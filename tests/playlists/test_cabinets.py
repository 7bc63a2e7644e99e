from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.cabinets import MOST_TEXT, Cabinet, read, write

ROWS = [Cabinet(row, column, row, column) for row in (1, 2) for column in (1, 2, 3, 4)]
SERPENTINE = [
    Cabinet(1, card, 1 + (card - 1) // 4, c) for card, c in zip(range(1, 9), (1, 2, 3, 4, 4, 3, 2, 1), strict=True)
]


def test_a_regular_panel_is_a_few_runs() -> None:
    assert write(ROWS) == "1 1 1 1 0 1 4;2 1 2 1 0 1 4"
    assert write(SERPENTINE) == "1 1 1 1 0 1 4;1 5 2 4 0 -1 4"
    assert write([Cabinet(1, 1, 1, 1)]) == "1 1 1 1 0 0 1"


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 6), st.integers(1, 9)),
        min_size=1,
        max_size=20,
        unique_by=(lambda one: one[:2], lambda one: one[2:]),
    )
)
def test_what_is_written_is_read_again(places: list[tuple[int, int, int, int]]) -> None:
    cabinets = sorted(Cabinet(*one) for one in places)
    text = write(cabinets)
    if text is None:
        assert len(cabinets) > MOST_TEXT // 20
    else:
        assert sorted(read(text)) == cabinets


@pytest.mark.parametrize(
    "text",
    ["", "1", "1 1 1 1 0 0 1;", "1 1 1 1 0 0 2", "1 1 1 1 0 1 9999", "1 1 0 1 0 1 1", "1 1 1 1 0 1 2;1 1 2 1 0 1 1",
     "1 1 1 1 1 -1 3", "x" * 400, "1 1 1 1 0 1 ٣"],
)  # fmt: skip
def test_a_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(text)


@given(st.text(alphabet="0123456789 ;-", max_size=320))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        found = read(text)
    except ValueError:
        return
    assert len({one[2:] for one in found}) == len(found) <= 2000
