from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk_agent.player.watch import Reading, is_stalled, restart_pause_s, why_restart

WELL = Reading(age_s=100, heard_s=0.3, silent_s=0.3, rss_mb=120, frozen_s=0)


def test_child_that_is_well_goes_on() -> None:
    assert why_restart(WELL, 600) is None
    assert not is_stalled(WELL)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rss_mb": 601}, "601 MB of memory"),
        ({"heard_s": 5.1}, "hung for 5 s"),
        ({"heard_s": 5.1, "silent_s": None}, "hung for 5 s"),
        ({"silent_s": 8.1}, "no new picture for 8 s"),
        ({"frozen_s": 31}, "stood still for 31 s"),
        ({"age_s": 31, "heard_s": None, "silent_s": None}, "nothing within 30 s"),
        ({"age_s": 31, "silent_s": None}, "nothing within 30 s"),
    ],
)
def test_child_that_is_not_well_is_started_anew(change: dict[str, float | None], words: str) -> None:
    reading = replace(WELL, **change)  # type: ignore[arg-type]  # each case names what it changes
    assert words in (why_restart(reading, 600) or "")
    assert is_stalled(reading) or "memory" in words


@pytest.mark.parametrize("change", [{"heard_s": 2.5}, {"silent_s": 2.5}, {"frozen_s": 7}])
def test_stall_is_told_before_the_restart(change: dict[str, float]) -> None:
    reading = replace(WELL, **change)  # type: ignore[arg-type]  # each case names what it changes
    assert is_stalled(reading)
    assert why_restart(reading, 600) is None


def test_start_is_given_time() -> None:
    starting = Reading(age_s=1, heard_s=None, silent_s=None, rss_mb=50, frozen_s=0)
    assert why_restart(starting, 600) is None
    assert not is_stalled(starting)


def test_pauses_between_starts_grow_to_half_a_minute() -> None:
    assert [restart_pause_s(failures) for failures in range(1, 9)] == [0, 1, 2, 4, 8, 16, 30, 30]
