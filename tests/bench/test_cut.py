from __future__ import annotations

from bench.cut import NEVER_MS, ORDINARY, URGENT, Turn, figures, outcomes
from bench.eye import Sample, Sight


def sample(at: float, item: int | None, sight: Sight = Sight.WHOLE) -> Sample:
    return Sample(at, sight, item)


def test_the_old_picture_before_the_new_one_is_latency_and_after_it_a_relapse() -> None:
    samples = [
        sample(9.9, 0),
        sample(10.01, 0),
        sample(10.02, None, Sight.BLANK),
        sample(10.04, 1),
        sample(10.5, 0),
        sample(10.6, 1),
        sample(11.02, 1),
        sample(11.05, 2),
        sample(11.9, 0),
    ]
    turns = [Turn(10.0, URGENT, 11.9), Turn(11.0, ORDINARY)]
    first, second = outcomes(turns, samples)
    assert (round(first.shown_ms), first.relapses) == (40, 1)
    assert (round(second.shown_ms), second.relapses) == (50, 0)
    said = figures(turns, samples)
    assert said["cut_old_samples"] == 1
    assert said["cut_blank_samples"] == 1
    assert said["cut_stream_takes_over_max_ms"] == 1900
    assert said["cut_never_uncovered"] == 1


def test_a_cut_that_was_never_seen_counts_as_ten_seconds() -> None:
    (outcome,) = outcomes([Turn(1.0, URGENT)], [sample(0.5, 0), sample(2.0, 2)])
    assert outcome.shown_ms == NEVER_MS
