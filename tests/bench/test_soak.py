from __future__ import annotations

import pytest

from bench.soak import Reading, slope_per_min, summed_up
from kiosk_agent.core.verdict import Verdict


def readings(mb_per_min: float, fds: int = 20) -> list[Reading]:
    noise = (0.3, -0.3, 0.0)
    return [
        Reading(float(second), 100 + mb_per_min * second / 60 + noise[second % 3], 12, fds, second * 0.05)
        for second in range(121)
    ]


@pytest.mark.parametrize("growth", [0.0, 1.0, -2.0, 0.2])
def test_slope_is_the_growth_a_minute(growth: float) -> None:
    assert slope_per_min(readings(growth)) == pytest.approx(growth, abs=0.02)


def test_one_reading_has_no_slope() -> None:
    assert slope_per_min(readings(3.0)[:1]) == 0


def test_aims_are_missed_by_growth_and_by_looks_that_were_not_fine() -> None:
    good = summed_up(readings(0.0), [Verdict.FINE] * 121)
    assert good.ok
    assert (good.figures["cpu_pct"], good.figures["minutes"]) == (5.0, 2.0)
    assert not summed_up(readings(1.0), [Verdict.FINE] * 121).ok
    assert not summed_up(readings(0.0), [Verdict.FINE, Verdict.FROZEN]).ok
