from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_agent.player.clock import Moment
from kiosk_agent.player.feeder import TICKS_PER_S
from kiosk_agent.player.pacing import (
    RENEWAL_GRACE_S,
    RENEWAL_S,
    Anchor,
    first_anchor,
    first_frame_anchor,
    follow_clock,
    renewal_due,
    seconds_into,
    stall_shift,
    whole_second_after,
)

EIGHT = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)


@given(micros=st.integers(0, 10**12), mono=st.floats(0, 1e7), ahead_s=st.floats(0.01, 3))
def test_stream_begins_on_a_whole_second_that_can_still_be_written_in_time(
    micros: int, mono: float, ahead_s: float
) -> None:
    utc = EIGHT + timedelta(microseconds=micros)
    anchor = first_anchor(Moment(mono, utc), ahead_s)
    assert anchor.wall.microsecond == 0
    assert anchor.due(0) - ahead_s >= mono - 1e-5
    assert anchor.due(0) - ahead_s < mono + 1 + 1e-5
    assert abs((anchor.wall - utc).total_seconds() - (anchor.mono - mono)) < 1e-5


@pytest.mark.parametrize(
    ("late_s", "shift"),
    [(-1.0, 0), (0.0, 0), (0.5, 0), (0.51, 1), (1.0, 1), (1.01, 2), (3600.2, 3601)],
)
def test_stall_moves_the_plan_by_whole_seconds(late_s: float, shift: int) -> None:
    assert stall_shift(late_s, 0.5) == shift


def test_frames_lie_evenly_in_their_second() -> None:
    anchor = Anchor(100.0, EIGHT)
    assert [anchor.due(3, frame, 25) for frame in (0, 1, 24)] == pytest.approx([103.0, 103.04, 103.96])
    assert anchor.later(2).due(0) == 102.0
    assert anchor.later(2).instant(1) == EIGHT + timedelta(seconds=3)


def test_small_disagreement_of_the_clocks_moves_nothing() -> None:
    anchor = Anchor(100.0, EIGHT)
    assert follow_clock(anchor, 5, Moment(104.0, EIGHT + timedelta(seconds=4.2))) is anchor


@given(second=st.integers(0, 10**6), error=st.floats(-(10**8), 10**8).filter(lambda error: abs(error) > 0.3))
def test_clock_that_was_set_is_followed_within_a_second(second: int, error: float) -> None:
    anchor = Anchor(100.0, EIGHT)
    now = Moment(100.0 + second, EIGHT + timedelta(seconds=second + error))
    moved = follow_clock(anchor, second, now)
    assert moved.instant(second).microsecond == 0
    assert -1e-4 <= moved.due(second) - anchor.due(second) < 1.0
    shown = (moved.instant(second) - now.utc).total_seconds()
    assert shown == pytest.approx(moved.due(second) - now.mono, abs=1e-3)


@pytest.mark.parametrize(
    ("timeline_s", "at_item_end", "due"),
    [
        (RENEWAL_S - 1, True, False),
        (RENEWAL_S, True, True),
        (RENEWAL_S, False, False),
        (RENEWAL_S + RENEWAL_GRACE_S, False, True),
    ],
)
def test_renewal_waits_for_an_items_end_but_not_for_ever(timeline_s: int, at_item_end: bool, due: bool) -> None:
    assert renewal_due(timeline_s, at_item_end=at_item_end) is due


@pytest.mark.parametrize(("into_s", "whole"), [(-5, 0), (0, 0), (0.4, 0), (0.9995, 1), (1, 1), (61.2, 61)])
def test_airing_is_joined_at_a_whole_second(into_s: float, whole: int) -> None:
    assert seconds_into(EIGHT, EIGHT + timedelta(seconds=into_s)) == whole


def test_whole_second_stays_itself() -> None:
    assert whole_second_after(EIGHT) == EIGHT
    assert whole_second_after(EIGHT + timedelta(microseconds=1)) == EIGHT + timedelta(seconds=1)


def test_every_renewal_comes_before_the_half_of_the_timestamps_where_vlc_would_freeze_at_it() -> None:
    latest_s = next(age for age in range(RENEWAL_S, 27 * 3600) if renewal_due(age, at_item_end=False))
    assert latest_s * TICKS_PER_S < 1 << 32


@pytest.mark.parametrize(
    ("into_s", "over", "seconds_on"), [(0.0, 2, 1), (0.5, 14, 1), (0.9, 24, 1), (0.92, 0, 2), (0.96, 1, 2)]
)
def test_a_stream_may_begin_in_the_middle_of_a_second(into_s: float, over: int, seconds_on: int) -> None:
    now = Moment(100.0, EIGHT + timedelta(seconds=into_s))
    anchor, left_out = first_frame_anchor(now, 1.053, 25)
    assert left_out == over
    assert anchor.wall == EIGHT + timedelta(seconds=seconds_on)
    assert 0 <= anchor.due(0, over) - (now.mono + 1.053) < 0.0401
