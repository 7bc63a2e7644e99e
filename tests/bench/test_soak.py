from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bench.kiosk import manifest
from bench.soak import PANEL, Reading, Said, grown, slope_per_min, summed_up
from playlists.fault import FaultCode, Severity
from playlists.manifest import Manifest
from playlists.plan import Layer
from playlists.wire.messages import FaultLine, Faults, Message, OnScreen, State

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
COMMON: dict[str, Any] = {"id": UUID(int=1), "at": START, "sid": 1}
FINE = Said(airings=15, seen=15, faults=0)


def readings(mb_per_min: float) -> list[Reading]:
    noise = (0.3, -0.3, 0.0)
    return [
        Reading(float(second), 100 + mb_per_min * second / 60 + noise[second % 3], 12, 20, second / 50)
        for second in range(121)
    ]


@pytest.mark.parametrize("growth", [0.0, 1.0, -2.0, 0.2])
def test_slope_is_the_growth_a_minute(growth: float) -> None:
    assert slope_per_min(readings(growth)) == pytest.approx(growth, abs=0.02)


def test_one_reading_has_no_slope() -> None:
    assert slope_per_min(readings(3.0)[:1]) == 0


def test_both_processes_count_together_and_growth_misses_the_aims() -> None:
    flat = readings(0.0)
    good = summed_up(flat, flat, FINE)
    assert good.ok
    assert (good.figures["cpu_pct"], good.figures["player_cpu_pct"], good.figures["threads"]) == (4.0, 2.0, 24)
    assert not summed_up(flat, readings(1.0), FINE).ok
    assert not summed_up(flat, flat, Said(15, 14, 0)).ok
    assert not summed_up(flat, flat, Said(15, 15, 1)).ok


def test_a_count_has_grown_when_it_stays_higher_and_not_when_a_file_is_open_at_one_reading() -> None:
    assert grown([20] * 60 + [21] * 60) == 1
    assert grown([21, *[20] * 118, 22]) == 0
    assert grown([20]) == 0
    leaky = [replace(one, fds=20 + number // 10) for number, one in enumerate(readings(0.0))]
    assert not summed_up(leaky, readings(0.0), FINE).ok


def shown(second: int, permille: int | None) -> State:
    starts_at = START + timedelta(seconds=second)
    on_screen = OnScreen(
        layer=Layer.DEFAULT, starts_at=starts_at, ends_at=starts_at + timedelta(seconds=8), match_permille=permille
    )
    return State(**COMMON, on_screen=on_screen)


def test_an_airing_is_seen_when_any_look_matched_and_the_last_one_is_left_out() -> None:
    said: list[Message] = [shown(0, None), shown(0, 950), shown(8, 400), shown(16, 990), shown(24, None)]
    fault = FaultLine(code=FaultCode.PICTURE_WRONG, severity=Severity.CRITICAL, since_at=START)
    other = FaultLine(code=FaultCode.CLOCK_UNTRUSTED, severity=Severity.WARNING, since_at=START)
    said = [*said, Faults(**COMMON, active=(fault, other)), Faults(**COMMON, active=(fault,))]
    assert Said.by(said, START) == Said(3, 2, 1)
    assert Said.by(said, START + timedelta(seconds=1)) == Said(2, 1, 0)


def test_the_kiosk_under_test_gets_a_manifest_that_a_kiosk_accepts(tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    path.write_bytes(b"x" * 10)
    made = Manifest.model_validate(manifest(PANEL, [(path, 8)]))
    assert made.segments[0].profile == str(PANEL.profile)
    assert made.playlists[0].items[0].on_air_ms == 8000
