"""The simulated line and the sums of `detect`."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench.detect import summed_up
from bench.detection.line import GIVEN_UP, Arrived, Cut, Line, Turned, cuts
from bench.detection.quiet import measure_quiet
from bench.detection.watch import Awaited, Seen


def live(line: Line, seconds: int, say_every_s: int = 5) -> tuple[list[Arrived], list[Turned]]:
    """Let a line live and speak; return what came to the broker and what its end noticed."""
    came, noticed = [], []
    for second in range(seconds):
        turned = line.turn(float(second))
        if turned is Turned.UP:
            came += line.open(float(second))
        if turned is not None:
            noticed.append(turned)
        if line.is_up and second % say_every_s == 0:
            line.say(float(second), second)
        came += line.arrivals(float(second))
    return came, noticed


@given(st.integers(0, 2**32), st.floats(0, 0.4), st.sampled_from([10.0, 30.0]))
def test_what_arrives_was_said_and_comes_in_order_on_each_connection(
    seed: int, loss: float, keepalive_s: float
) -> None:
    chance = random.Random(seed)
    line = Line(chance, loss, keepalive_s, cuts(chance, 600, 60, 20))
    came, _ = live(line, 600)
    for session in {one.session for one in came}:
        said = [one for one in came if one.session == session and one.body is not None]
        assert [one.body for one in said] == sorted({int(str(one.body)) for one in said})
        assert all(one.at_s >= one.body for one in said if one.body is not None)
        assert sum(one.body is None for one in came if one.session == session) <= 1


def test_a_whole_line_loses_nothing_and_connects_once() -> None:
    came, noticed = live(Line(random.Random(1), 0.0, 30.0, []), 60)
    assert [one.body for one in came] == list(range(0, 60, 5))
    assert noticed == [Turned.UP]


def test_a_short_cut_delays_and_a_long_one_ends_the_connection_by_its_last_will() -> None:
    came, noticed = live(Line(random.Random(1), 0.0, 10.0, [Cut(20, 25, takes_address=False)]), 60)
    assert [one.body for one in came] == list(range(0, 60, 5))
    assert noticed == [Turned.UP]
    came, noticed = live(Line(random.Random(1), 0.0, 10.0, [Cut(20, 45, takes_address=False)]), 90)
    wills = [one.at_s for one in came if one.body is None]
    assert len(wills) == 1
    assert 15 + GIVEN_UP * 10 <= wills[0] <= 20 + GIVEN_UP * 10 + 2
    assert noticed == [Turned.UP, Turned.DOWN, Turned.UP]


def test_a_new_address_lets_the_broker_say_the_old_will_at_the_take_over() -> None:
    came, noticed = live(Line(random.Random(1), 0.0, 30.0, [Cut(20, 22, takes_address=True)]), 60)
    assert noticed == [Turned.UP, Turned.DOWN, Turned.UP]
    assert [(one.session, one.body) for one in came if one.body is None] == [(1, None)]


def test_a_few_quiet_minutes_alarm_nobody_but_the_dead(tmp_path: Path) -> None:
    figures = measure_quiet(tmp_path, kiosks=10, minutes=6, seed=1)
    assert (figures["false_alarms"], figures["quiet_death_alarms"]) == (0, 1)


def test_what_was_never_seen_misses_the_aims() -> None:
    quiet = {"false_alarms": 0, "quiet_death_alarms": 1}
    everywhere = {Seen.FAULT: 1.0, Seen.ALARM: 2.0, Seen.CONSOLE: 2.5}
    kinds = ("killed", "cut_short", "cut_field", "mute", "frozen", "black", "card")
    made = [Awaited(kind, "a", frozenset(), 0.0, dict(everywhere)) for kind in kinds]
    assert summed_up(made, dict(quiet)).ok
    assert summed_up(made, {**quiet, "false_alarms": 1}).ok is False
    made.append(Awaited("mute", "b", frozenset(), 0.0))
    found = summed_up(made, dict(quiet))
    assert (found.ok, found.figures["unseen"], found.figures["silence_p99_s"]) == (False, 1, 1.0)
