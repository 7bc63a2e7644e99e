"""How bright: examples of a day at the gate, and what holds whatever the light does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk_agent.panel.brightness import (
    CURVE,
    FULL,
    LEAST_CHANGE,
    MOST_STEP_PERMILLE,
    STUCK_SAMPLES,
    WRITE_GAP_S,
    BrightnessPolicy,
    ClockCap,
    Dimmer,
    Surroundings,
    decide,
    target,
    wrote,
)
from playlists.daypart import WeeklyWindow

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
POLICY = BrightnessPolicy()
QUIET = WeeklyWindow(weekdays=(1, 2, 3, 4, 5, 6, 7), start="22:00", end="05:00")
MOST_STEP = MOST_STEP_PERMILLE * FULL // 1000
LIGHTS = st.lists(st.none() | st.integers(0, 150_000), min_size=1, max_size=60)


def aim(
    lux: int | None,
    sun: float | None = 40.0,
    at: datetime = NOON,
    policy: BrightnessPolicy = POLICY,
    *,
    trusted: bool = True,
) -> tuple[int, str]:
    """Return what is aimed at in steady surroundings."""
    around = Surroundings(at, 0.0, trusted, lux, sun)
    _, _, found = decide(policy, Dimmer(), around)
    return found.permille, found.why


@pytest.mark.parametrize(("lux", "permille"), CURVE)
def test_the_curves_points_are_met(lux: int, permille: int) -> None:
    assert aim(lux) == (permille, f"light {lux} lux" if permille < 1000 else "the most by day")


@pytest.mark.parametrize(
    ("lux", "sun", "at", "trusted", "expected"),
    [
        (0, -20.0, NIGHT, True, (50, "light 0 lux")),
        (158, 40.0, NOON, True, (175, "light 158 lux")),
        (100_000, -20.0, NIGHT, True, (300, "the sun at -20.0°")),
        (100_000, -0.5, NIGHT, True, (650, "the sun at -0.5°")),
        (100_000, None, NOON, True, (1000, "the most by day")),
        (100_000, 40.0, NOON, False, (300, "the clock is not trusted")),
        (5, 40.0, NOON, False, (50, "light 5 lux")),
        (None, 40.0, NOON, True, (700, "no light reading to believe")),
        (None, -20.0, NIGHT, True, (300, "the sun at -20.0°")),
        (0, 40.0, NOON, True, (700, "no light reading to believe")),
    ],
)
def test_examples_of_a_day(
    lux: int | None, sun: float | None, at: datetime, trusted: bool, expected: tuple[int, str]
) -> None:
    assert aim(lux, sun, at, trusted=trusted) == expected


def test_a_window_of_the_clock_is_a_cap() -> None:
    quiet = BrightnessPolicy(clock_caps=(ClockCap(window=QUIET, most_permille=120),))
    late = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # 23:00 at the gate
    assert aim(100_000, None, late, quiet) == (120, "the window 22:00-05:00")
    assert aim(100_000, None, late - timedelta(hours=2), quiet)[0] == 1000


def test_a_sensor_that_does_not_move_is_not_believed() -> None:
    dimmer, believed = Dimmer(), []
    for number in range(STUCK_SAMPLES + 1):
        around = Surroundings(NOON, number * 10.0, True, 40_000, 40.0)
        dimmer, _, found = decide(POLICY, dimmer, around)
        believed.append(found.sensor_believed)
    assert believed == [True] * (STUCK_SAMPLES - 1) + [False] * 2
    _, _, found = decide(POLICY, dimmer, Surroundings(NOON, 2000.0, True, 40_100, 40.0))
    assert found.sensor_believed


def test_a_steady_night_is_believed() -> None:
    dimmer, found = Dimmer(), target(POLICY, Dimmer(), Surroundings(NIGHT, 0.0, True))
    for number in range(3 * STUCK_SAMPLES):
        dimmer, _, found = decide(POLICY, dimmer, Surroundings(NIGHT, number * 10.0, True, 4, -20.0))
    assert (found.permille, found.sensor_believed) == (50, True)


def test_headlights_do_not_count_and_a_tenth_of_difference_neither() -> None:
    dimmer = Dimmer()
    for number in range(20):
        lux = 100_000 if number == 15 else 100 + number % 2
        dimmer, _, found = decide(POLICY, dimmer, Surroundings(NIGHT, number * 10.0, True, lux, -20.0))
        assert found.permille == aim(100, -20.0, NIGHT)[0]


def test_without_knowing_the_level_it_is_set_at_once_and_then_slowly() -> None:
    _, level, _ = decide(POLICY, Dimmer(), Surroundings(NOON, 0.0, True, 50_000, 40.0))
    assert level == FULL
    _, level, _ = decide(POLICY, Dimmer(level=26), Surroundings(NOON, 0.0, True, 50_000, 40.0))
    assert level == 26 + MOST_STEP


def run(
    policy: BrightnessPolicy, lights: list[int | None], suns: list[float | None], start: int
) -> list[tuple[float, int]]:
    dimmer, written = Dimmer(level=start), [(0.0, start)]
    for number, lux in enumerate(lights):
        mono_s = number * 3.7
        around = Surroundings(NOON, mono_s, True, lux, suns[number % len(suns)])
        dimmer, level, _ = decide(policy, dimmer, around)
        if level is not None:
            dimmer = wrote(dimmer, level, mono_s)
            written.append((mono_s, level))
    return written


@given(LIGHTS, st.lists(st.none() | st.floats(-90, 90), min_size=1, max_size=5), st.integers(0, FULL))
def test_writes_are_rare_and_small_whatever_the_light_does(
    lights: list[int | None], suns: list[float | None], start: int
) -> None:
    written = run(POLICY, lights, suns, start)
    for (_, before), (_, after) in pairwise(written):
        assert LEAST_CHANGE <= abs(after - before) <= MOST_STEP
    for (before_s, _), (after_s, _) in pairwise(written[1:]):
        assert after_s - before_s >= WRITE_GAP_S


@given(LIGHTS, st.none() | st.floats(-90, 90), st.booleans())
def test_it_stays_between_least_and_cap(lights: list[int | None], sun: float | None, trusted: bool) -> None:
    dimmer = Dimmer()
    for number, lux in enumerate(lights):
        around = Surroundings(NIGHT, number * 5.0, trusted, lux, sun)
        dimmer, level, found = decide(POLICY, dimmer, around)
        assert POLICY.least_permille <= found.permille <= POLICY.most_day_permille
        if not trusted:
            assert found.permille <= POLICY.without_clock_permille
        elif sun is not None and sun < -6:
            assert found.permille <= POLICY.most_night_permille
        if not found.sensor_believed:
            assert found.permille <= POLICY.without_sensor_permille
        if level is not None:
            dimmer = wrote(dimmer, level, around.mono_s)


@given(st.integers(0, 150_000), st.integers(0, 150_000), st.none() | st.floats(11, 90))
def test_more_light_is_never_darker(one: int, other: int, sun: float | None) -> None:
    dim, bright = sorted((max(1, one), max(1, other)))
    assert aim(dim, sun)[0] <= aim(bright, sun)[0]


@given(st.integers(1, 100_000), st.integers(0, FULL))
def test_steady_light_is_reached_and_then_left_alone(lux: int, start: int) -> None:
    lights: list[int | None] = [lux + number % 2 for number in range(120)]
    written = run(POLICY, lights, [40.0], start)
    steady = Dimmer(held_lux=float(lux))
    wanted = round(target(POLICY, steady, Surroundings(NOON, 0.0, True, lux, 40.0)).permille * FULL / 1000)
    assert abs(written[-1][1] - wanted) <= LEAST_CHANGE
    assert len(written) <= FULL // MOST_STEP + 4


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"curve": [[5, 50]]}, "two points"),
        ({"curve": [[5, 50], [5, 60]]}, "a curve rises"),
        ({"curve": [[5, 50], [6, 40]]}, "a curve rises"),
        ({"least_permille": 400}, "above one of the caps"),
        (
            {"clock_caps": [{"window": {"weekdays": [1], "start": "sunset", "end": "24:00"}, "most_permille": 100}]},
            "needs the place",
        ),
        ({"time_zone": "Moon/Base"}, "no IANA time zone"),
        ({"most_day_permille": 1001}, "less than or equal"),
        ({"brightness": 1}, "Extra inputs"),
    ],
)
def test_a_wrong_policy_says_what_is_wrong(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        BrightnessPolicy.model_validate(wrong)
