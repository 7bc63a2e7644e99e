"""In step: from captures around a change to its offset, and which changes can be measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_agent.health.player import in_step
from kiosk_agent.player.expected import Expectation
from kiosk_agent.player.onset import coming, offset_ms
from kiosk_agent.player.plan import Plan, PlannedSecond
from kiosk_agent.player.port import Cue
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.fault import CheckResult

from .conftest import COLOURS, PANEL, MakeSegment, in_turns, until

AT = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)


def after(ms: float) -> datetime:
    return AT + timedelta(milliseconds=ms)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([(-20, False), (-10, False), (4, True), (12, True)], 4),
        ([(-40, False), (-30, True), (-20, True)], -30),
        ([(-20, False), (90, False), (110, True), (120, False)], 110),
        ([(-20, True), (-10, True)], None),
        ([(-20, False), (30, True)], None),
        ([(-20, False), (-10, False)], None),
        ([], None),
    ],
)
def test_the_first_capture_of_the_new_item_tells_when_it_came(
    samples: list[tuple[int, bool]], expected: int | None
) -> None:
    assert offset_ms([(after(ms), is_new) for ms, is_new in samples], AT) == expected


def planned(*paths: Path) -> Plan:
    plan = Plan()
    for second, path in enumerate(paths):
        at = AT + timedelta(seconds=second)
        plan.add(PlannedSecond(at, Cue(f"{second}-{path.name}", path, at, at + timedelta(seconds=1)), path, 0))
    return plan


def test_a_change_to_the_same_picture_or_one_that_is_too_near_cannot_be_measured(make_segment: MakeSegment) -> None:
    red, green = make_segment("red"), make_segment("green")
    changing, still = planned(red, green), planned(red, red)
    found = coming(changing, Expectation(PANEL.profile, changing), after(200))
    assert found is not None
    assert found.at == after(1000)
    assert coming(changing, Expectation(PANEL.profile, changing), after(800)) is None
    assert coming(still, Expectation(PANEL.profile, still), after(200)) is None


@pytest.mark.parametrize(("ms", "result"), [(-100, CheckResult.OK), (8, CheckResult.OK), (101, CheckResult.FAULT)])
def test_the_reading_is_in_thousandths_of_a_second(ms: int, result: CheckResult) -> None:
    found = in_step(ms)
    assert found is not None
    assert (found.result, found.value_milli, found.unit, found.code) == (result, ms, "s", None)
    assert in_step(None) is None


def test_the_vlc_player_measures_a_change_by_itself(own_folder: Path, make_segment: MakeSegment) -> None:
    player = VlcPlayer(own_folder, own_display=True)
    try:
        player.start(PANEL, in_turns([(name, make_segment(name)) for name in COLOURS]))
        # A machine that is too busy to capture in time measures nothing, and tries again a minute later.
        until(lambda: player.report().frames > 0 and player._in_step._thread is not None, "a measurement", 60)
        thread = player._in_step._thread
        assert thread is not None
        thread.join(10)
        measured = player.report().in_step_offset_ms
        assert measured is None or abs(measured) < 250
    finally:
        player.stop()
