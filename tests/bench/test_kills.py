from __future__ import annotations

from bench.eye import Sample, Sight
from bench.kills import longest_blank_ms

STEP_S = 1 / 151


def test_the_longest_time_without_a_whole_picture() -> None:
    sights = [Sight.WHOLE, Sight.BLANK, Sight.WHOLE, Sight.WRONG_SIZE, Sight.BLANK, Sight.BLANK, Sight.WHOLE]
    samples = [Sample(number * STEP_S, sight, None) for number, sight in enumerate(sights)]
    assert round(longest_blank_ms(samples), 1) == round(3 * STEP_S * 1000, 1)
    assert longest_blank_ms(samples[:1]) == 0
