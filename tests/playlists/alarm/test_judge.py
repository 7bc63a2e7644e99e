"""The states of an alarm: delays, acknowledgement, return, latches, shelving, chatter; the order of arrival is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.alarm.event import Event, Word
from playlists.alarm.judge import ACTIVE, Phase, Shown, judge, shown
from playlists.alarm.rule import CHATTER_QUIET_S, RULES, AlarmRule, rule_of
from playlists.fault import FaultCode
from tests.playlists.alarm.making import BEGIN, RULE, at, log, stands

W = Word


def test_a_fault_is_an_alarm_after_its_delay_and_says_since_when() -> None:
    before = stands(29, (0, W.RAISED))
    assert (before.phase, before.next_at) == (Phase.PENDING, at(30))
    after = stands(500, (0, W.RAISED))
    assert (after.phase, after.since_at, after.active_at) == (Phase.UNACKNOWLEDGED, at(0), at(30))
    assert after.next_at is None


def test_what_is_gone_before_the_delay_was_never_an_alarm() -> None:
    standing = stands(100, (0, W.RAISED), (20, W.CLEARED))
    assert (standing.phase, standing.active_at, standing.wants_somebody) == (Phase.NORMAL, None, False)


def test_acknowledged_then_gone_is_normal() -> None:
    standing = stands(200, (0, W.RAISED), (60, W.ACKNOWLEDGED), (90, W.CLEARED))
    assert (standing.phase, standing.ended_at) == (Phase.NORMAL, at(100))


def test_gone_before_anybody_looked_waits_for_a_look() -> None:
    entries = ((0, W.RAISED), (90, W.CLEARED))
    assert stands(95, *entries).phase is Phase.UNACKNOWLEDGED
    standing = stands(200, *entries)
    assert (standing.phase, standing.returned_at) == (Phase.RETURNED, at(100))
    assert stands(300, *entries, (250, W.ACKNOWLEDGED)).ended_at == at(250)


def test_an_alarm_that_comes_back_before_the_look_is_the_same_one() -> None:
    standing = stands(200, (0, W.RAISED), (60, W.CLEARED), (150, W.RAISED))
    assert (standing.phase, standing.since_at, standing.raises) == (Phase.UNACKNOWLEDGED, at(0), 2)


def test_an_alarm_that_comes_back_after_the_end_is_a_new_one() -> None:
    standing = stands(600, (0, W.RAISED), (40, W.ACKNOWLEDGED), (60, W.CLEARED), (500, W.RAISED))
    assert (standing.phase, standing.since_at, standing.acknowledged_at) == (Phase.UNACKNOWLEDGED, at(500), None)


def test_a_short_gap_does_not_return_an_alarm() -> None:
    standing = stands(200, (0, W.RAISED), (40, W.ACKNOWLEDGED), (60, W.CLEARED), (65, W.RAISED))
    assert (standing.phase, standing.acknowledged_at) == (Phase.ACKNOWLEDGED, at(40))


def test_work_that_begins_acknowledges() -> None:
    standing = stands(100, (0, W.RAISED), (40, W.STARTED))
    assert (standing.phase, standing.started_at) == (Phase.ACKNOWLEDGED, at(40))
    assert shown(standing, at(100)) is Shown.IN_REPAIR


def test_an_escalation_takes_the_acknowledgement_back_unless_somebody_works() -> None:
    assert stands(100, (0, W.RAISED), (40, W.ACKNOWLEDGED), (60, W.ESCALATED)).phase is Phase.UNACKNOWLEDGED
    assert stands(100, (0, W.RAISED), (40, W.STARTED), (60, W.ESCALATED)).phase is Phase.ACKNOWLEDGED


def test_a_latched_alarm_stays_until_somebody_lets_it_go() -> None:
    smoke = AlarmRule(2, 60, is_latched=True)
    entries = ((0, W.RAISED), (10, W.CLEARED), (20, W.ACKNOWLEDGED))
    assert stands(9_000, *entries, rule=smoke).phase is Phase.ACKNOWLEDGED
    standing = stands(9_000, *entries, (100, W.RESET), rule=smoke)
    assert (standing.phase, standing.ended_at) == (Phase.NORMAL, at(160))
    still = stands(9_000, (0, W.RAISED), (20, W.ACKNOWLEDGED), (100, W.RESET), rule=smoke)
    assert still.phase is Phase.ACKNOWLEDGED


def test_shelving_hides_and_ends_by_itself() -> None:
    entries = ((0, W.RAISED), (40, W.SHELVED, 400.0))
    hidden = stands(100, *entries)
    assert (hidden.phase, hidden.shelved_until, hidden.next_at) == (Phase.UNACKNOWLEDGED, at(400), at(400))
    assert shown(hidden, at(100)) is Shown.HIDDEN
    assert shown(stands(400, *entries), at(400)) is Shown.NEW
    assert stands(100, *entries, (60, W.UNSHELVED)).shelved_until is None


def test_a_chattering_alarm_is_one_alarm_until_it_is_quiet() -> None:
    rule = AlarmRule(0, 5)
    entries = [entry for start in range(0, 200, 40) for entry in ((start, W.RAISED), (start + 20, W.CLEARED))]
    chattering = stands(300, *entries, rule=rule)
    assert (chattering.phase, chattering.is_chattering) == (Phase.UNACKNOWLEDGED, True)
    assert chattering.next_at == at(180 + CHATTER_QUIET_S)
    assert stands(180 + CHATTER_QUIET_S, *entries, rule=rule).phase is Phase.RETURNED


def test_a_site_that_comes_and_goes_is_an_alarm_though_it_is_never_gone_for_long() -> None:
    drops = [entry for start in range(0, 120, 12) for entry in ((start, W.RAISED), (start + 6, W.CLEARED))]
    assert stands(130, *drops).active_at is None
    assert stands(130, *drops, rule=RULES[FaultCode.SITE_OFFLINE]).phase is Phase.UNACKNOWLEDGED


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        (((0, W.RAISED),), Shown.NEW),
        (((0, W.RAISED), (40, W.ACKNOWLEDGED)), Shown.TAKEN),
        (((0, W.RAISED), (40, W.STARTED)), Shown.IN_REPAIR),
        (((0, W.RAISED), (40, W.STARTED), (60, W.CLEARED)), Shown.DONE),
        (((0, W.RAISED), (60, W.CLEARED)), Shown.DONE),
    ],
)
def test_four_words_on_a_phone(entries: tuple[tuple[float, Word], ...], word: Shown) -> None:
    assert shown(stands(500, *entries), at(500)) is word


def test_what_repeats_changes_nothing() -> None:
    once = stands(100, (0, W.RAISED), (40, W.ACKNOWLEDGED))
    assert stands(100, (0, W.RAISED), (10, W.RAISED), (40, W.ACKNOWLEDGED), (50, W.ACKNOWLEDGED)) == once
    assert stands(100, (0, W.CLEARED), (5, W.RESET), (6, W.ACKNOWLEDGED)).phase is Phase.NORMAL


def test_rules_are_sound_and_a_site_may_have_its_own() -> None:
    with pytest.raises(ValueError, match="delay"):
        AlarmRule(-1)
    with pytest.raises(ValueError, match="chatter"):
        AlarmRule(flaps_to_alarm=1)
    own = {"kiosk_offline": AlarmRule(120, 10)}
    assert rule_of("kiosk_offline", own).on_delay_s == 120
    assert rule_of("from-a-newer-kiosk") == AlarmRule()


words = st.sampled_from(list(Word))
seconds = st.integers(0, 900)
rules = st.builds(
    AlarmRule,
    st.integers(0, 90),
    st.integers(0, 90),
    is_latched=st.booleans(),
    flaps_to_alarm=st.none() | st.integers(3, 6),
)


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Draw a log in any order."""
    entries = draw(st.lists(st.tuples(seconds, words, seconds), max_size=25))
    made = [
        Event(at(second), UUID(int=number), word, at(until) if word is W.SHELVED else None)
        for number, (second, word, until) in enumerate(entries)
    ]
    return draw(st.permutations(made))


@given(logs(), rules, seconds, st.randoms())
def test_the_order_of_arrival_does_not_matter(
    entries: list[Event], rule: AlarmRule, second: int, random: object
) -> None:
    assert judge(entries, rule, at(second)) == judge(sorted(entries), rule, at(second))


@given(logs(), rules)
def test_what_was_kept_is_what_a_replay_says(entries: list[Event], rule: AlarmRule) -> None:
    """A program that judges at every entry and at every `next_at` never differs from a replay at any second."""
    kept, due = judge((), rule, BEGIN), None
    known: list[Event] = []
    waiting = sorted(entries)
    for second in range(0, 1000, 7):
        now = at(second)
        came = [one for one in waiting if one.at <= now]
        waiting = waiting[len(came) :]
        known += came
        if came or (due is not None and due <= now):
            kept = judge(known, rule, now)
            due = kept.next_at
        # A replay of the whole log also knows when its next entry comes.
        assert replace(kept, next_at=None) == replace(judge(entries, rule, now), next_at=None)


@given(logs(), rules, seconds)
def test_nothing_changes_before_it_says_so(entries: list[Event], rule: AlarmRule, second: int) -> None:
    standing = judge(entries, rule, at(second))
    until = min(standing.next_at or at(2000), at(second + 200))
    just_before = judge(entries, rule, until - timedelta(milliseconds=1))
    if until > at(second):
        assert just_before == standing


@given(logs(), rules, seconds)
def test_times_of_an_episode_are_in_order(entries: list[Event], rule: AlarmRule, second: int) -> None:
    one = judge(entries, rule, at(second))
    times = [time for time in (one.since_at, one.active_at, one.acknowledged_at, one.started_at) if time is not None]
    assert times == sorted(times)
    if one.phase in ACTIVE:
        assert one.active_at is not None
        assert one.ended_at is None


def test_a_log_of_a_year_is_read_in_one_go() -> None:
    entries = [entry for day in range(365) for entry in ((day * 86_400, W.RAISED), (day * 86_400 + 3600, W.CLEARED))]
    assert judge(log(*entries), RULE, at(366 * 86_400)).raises == 365
