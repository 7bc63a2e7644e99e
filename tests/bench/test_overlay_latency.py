from __future__ import annotations

from bench.eye import Sample, Sight
from bench.overlay import ABOVE, NEVER_MS, Order, latencies_ms

BELOW = Sample(0.0, Sight.WHOLE, 0)


def sample(at: float, item: int | None, sight: Sight = Sight.WHOLE) -> Sample:
    return Sample(at, sight, item)


def test_latency_ends_at_the_first_whole_picture_of_the_ordered_kind() -> None:
    samples = [
        sample(9.9, ABOVE),
        sample(10.01, 0),
        sample(10.02, None, Sight.WRONG_SIZE),
        sample(10.03, ABOVE),
        sample(10.5, ABOVE),
        sample(10.6, 2),
    ]
    up, down = latencies_ms([Order(10.0, up=True), Order(10.52, up=False)], samples)
    assert round(up) == 30
    assert round(down) == 80


def test_overlay_that_never_came_counts_as_ten_seconds() -> None:
    (latency,) = latencies_ms([Order(1.0, up=True)], [BELOW, sample(2.0, 2)])
    assert round(latency) == NEVER_MS
