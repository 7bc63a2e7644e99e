from __future__ import annotations

from bench.eye import Change
from bench.step import apart, by_second


def test_changes_are_held_against_their_planned_second_and_each_other() -> None:
    first = by_second([Change(1_200.010, 0, 0, 0), Change(1_200.990, 1, 0, 0)])
    second = by_second([Change(1_200.030, 0, 0, 0), Change(1_201.015, 1, 0, 0), Change(1_202.0, 2, 0, 0)])
    assert {at: round(ms) for at, ms in first.items()} == {1_200: 10, 1_201: -10}
    assert [round(ms) for ms in apart([first, second])] == [20, 25]
