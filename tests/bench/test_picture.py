from __future__ import annotations

import pytest

from bench.picture import Told, is_alarm, names, summed_up
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.port import Cue, PlayerReport
from tests.kiosk_agent.making import START


def report(verdict: Verdict, *, stalled: bool = False, crashed: bool = False) -> PlayerReport:
    cue = Cue("item", None, START, START)
    return PlayerReport(cue, 990, 1, stalled, verdict=verdict, crashed=cue if crashed else None)


@pytest.mark.parametrize(
    ("said", "alarm"),
    [
        (report(Verdict.FINE), False),
        (report(Verdict.UNKNOWN), False),
        (report(Verdict.BLACK), True),
        (report(Verdict.FINE, stalled=True), True),
        (report(Verdict.UNKNOWN, crashed=True), True),
    ],
)
def test_what_a_report_says_is_an_alarm_or_not(said: PlayerReport, alarm: bool) -> None:
    assert is_alarm(said) is alarm


def test_a_fault_is_named_by_its_verdict_or_by_a_player_that_is_told_dead() -> None:
    assert names(report(Verdict.BLACK), Verdict.BLACK)
    assert not names(report(Verdict.WRONG), Verdict.BLACK)
    assert not names(report(Verdict.FINE, stalled=True), Verdict.BLACK)
    assert names(report(Verdict.UNKNOWN, crashed=True), Verdict.FROZEN)
    assert names(report(Verdict.UNKNOWN, stalled=True), Verdict.OUTPUT_MISSING)


def test_slow_and_missed_faults_and_false_alarms_miss_the_aims() -> None:
    good = Told(good_reports=60)
    good.note("black", 2.0, 0)
    good.note("frozen", 2.9, 1)
    measured = summed_up(good, 1)
    assert measured.ok
    assert (measured.figures["player_p99_s"], measured.figures["black_max_s"]) == (2.9, 2.0)
    assert (measured.figures["faults"], measured.figures["reports_with_another_name"]) == (2, 1)
    for latency_s in (3.2, None):
        bad = Told()
        bad.note("black", 2.0, 0)
        bad.note("black", latency_s, 0)
        assert not summed_up(bad, 1).ok
    assert not summed_up(Told(latency_s={"black": [1.0]}, false_alarms=1), 1).ok
