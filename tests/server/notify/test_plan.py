"""Who is told what and when, decided in values."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from playlists.fault import Severity
from server.notify.choosing import USUAL_ALARMS, choose, usual
from server.notify.plan import (
    DIGEST_TIMES,
    Cause,
    Kind,
    Reader,
    Rule,
    Step,
    Tell,
    Told,
    Way,
    decide,
    is_quiet,
    next_digest,
)
from server.tables import NotifyRule

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
"""12:00 at the site."""
M = timedelta(minutes=1)
LAN, MINH, HOA = Reader(uuid4()), Reader(uuid4()), Reader(uuid4())
NOW = Rule(delay=2 * M, next_after=10 * M)


def whom(tells: list[Tell]) -> list[tuple[UUID, Step]]:
    return [(one.user_id, one.step) for one in tells]


def test_nothing_is_told_before_the_delay_nor_of_what_ended_before_it() -> None:
    cause = Cause("c", NOON)
    assert decide(cause, NOW, [LAN], {}, NOON + 2 * M - timedelta(seconds=1), TZ) == []
    over = Cause("c", NOON, ended_at=NOON + M)
    assert decide(over, NOW, [LAN], {}, NOON + 30 * M, TZ) == []
    assert whom(decide(cause, NOW, [LAN], {}, NOON + 2 * M, TZ)) == [(LAN.user_id, Step.RAISED)]


def test_the_next_one_is_told_while_nobody_has_taken_it() -> None:
    cause, order = Cause("c", NOON), [LAN, MINH, HOA]
    told = {LAN.user_id: Told(NOON + 2 * M)}
    assert decide(cause, NOW, order, told, NOON + 11 * M, TZ) == []
    assert whom(decide(cause, NOW, order, told, NOON + 12 * M, TZ)) == [(MINH.user_id, Step.RAISED)]
    assert decide(Cause("c", NOON, is_taken=True), NOW, order, told, NOON + 60 * M, TZ) == []
    late = whom(decide(cause, NOW, order, told, NOON + 60 * M, TZ))
    assert late == [(MINH.user_id, Step.RAISED), (HOA.user_id, Step.RAISED)]


def test_what_follows_from_another_cause_or_is_hidden_is_not_told() -> None:
    assert decide(Cause("c", NOON, is_silent=True), NOW, [LAN], {}, NOON + 60 * M, TZ) == []


def test_the_end_is_told_once_and_only_to_those_who_were_told() -> None:
    over = Cause("c", NOON, ended_at=NOON + 20 * M)
    order = [LAN, Reader(MINH.user_id, wants_end=False), HOA]
    told = {LAN.user_id: Told(NOON), MINH.user_id: Told(NOON)}
    assert whom(decide(over, NOW, order, told, NOON + 21 * M, TZ)) == [(LAN.user_id, Step.ENDED)]
    told[LAN.user_id] = Told(NOON, ended=True)
    assert decide(over, NOW, order, told, NOON + 22 * M, TZ) == []


def test_who_cannot_be_reached_is_passed_over() -> None:
    order = [Reader(LAN.user_id, is_reachable=False), MINH]
    assert whom(decide(Cause("c", NOON), NOW, order, {}, NOON + 2 * M, TZ)) == [(MINH.user_id, Step.RAISED)]


def test_quiet_hours_hold_back_what_can_wait_and_nothing_urgent() -> None:
    night = datetime(2026, 11, 24, 18, tzinfo=UTC)  # 01:00 at the site
    sleeper = Reader(LAN.user_id, quiet_from=time(22), quiet_to=time(6))
    rule = Rule()
    assert decide(Cause("c", night, is_urgent=False), rule, [sleeper], {}, night, TZ) == []
    assert whom(decide(Cause("c", night, is_urgent=False), rule, [sleeper], {}, night + 300 * M, TZ)) == [
        (LAN.user_id, Step.RAISED)
    ]
    assert len(decide(Cause("c", night), rule, [sleeper], {}, night, TZ)) == 1
    assert not is_quiet(sleeper, night + 300 * M, TZ)
    assert not is_quiet(Reader(LAN.user_id, quiet_from=time(22), quiet_to=time(22)), night, TZ)


def test_a_digest_goes_to_the_first_one_at_the_next_fixed_time_of_the_site() -> None:
    found = decide(Cause("c", NOON), Rule(Way.DIGEST), [LAN, MINH], {}, NOON, TZ)
    assert [(one.user_id, one.is_digest) for one in found] == [(LAN.user_id, True)]
    assert found[0].send_at.astimezone(TZ).time() == time(16, 30)
    assert decide(Cause("c", NOON), Rule(Way.DIGEST), [MINH], {LAN.user_id: Told(NOON)}, NOON + M, TZ) == []


@given(st.integers(0, 365 * 24 * 60), st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Paris"]))
def test_the_next_digest_lies_ahead_and_at_a_fixed_time(minutes: int, name: str) -> None:
    at, tz = NOON + minutes * M, ZoneInfo(name)
    found = next_digest(at, tz)
    assert at < found <= at + timedelta(hours=25)
    assert found.astimezone(tz).time() in DIGEST_TIMES


people = st.lists(st.sampled_from([LAN, MINH, HOA]), unique_by=lambda one: one.user_id, max_size=3)
moments = st.tuples(
    st.integers(0, 90), people, st.booleans(), st.booleans(), st.sampled_from([Way.NOW, Way.NOW, Way.DIGEST, Way.OFF])
)


@given(
    st.lists(moments, max_size=25),
    st.booleans(),
    st.integers(0, 20),
    st.integers(1, 15),
    st.none() | st.integers(0, 90),
)
def test_never_two_messages_of_one_cause_to_one_person(
    looks: list[tuple[int, list[Reader], bool, bool, Way]], to_all: bool, delay: int, pace: int, ends: int | None
) -> None:
    """Whatever the roster, the rules and the cause do between two looks, and whatever the looks see."""
    told: dict[UUID, Told] = {}
    said: list[tuple[UUID, Step]] = []
    for minute, order, taken, silent, way in sorted(looks, key=lambda one: one[0]):
        at = NOON + minute * M
        over = NOON + ends * M if ends is not None and minute >= ends else None
        cause = Cause("c", NOON, is_taken=taken, is_silent=silent, ended_at=over)
        rule = Rule(way, delay * M, pace * M, to_all)
        for tell in decide(cause, rule, order, told, at, TZ):
            assert tell.step is Step.RAISED or tell.user_id in told, "an end is told to those who were told"
            assert tell.step is Step.ENDED or (minute >= delay and over is None and not silent and not taken)
            said.append((tell.user_id, tell.step))
            before = told.get(tell.user_id)
            told[tell.user_id] = Told(before.raised_at if before else at, tell.step is Step.ENDED)
    assert len(said) == len(set(said))


@given(people.filter(bool), st.integers(1, 15), st.integers(0, 60))
def test_while_nobody_takes_it_everybody_is_reached_in_order(order: list[Reader], pace: int, late: int) -> None:
    rule = Rule(next_after=pace * M)
    told: dict[UUID, Told] = {}
    reached: list[tuple[UUID, int]] = []
    for minute in range(late, late + pace * len(order) + 1):
        at = NOON + minute * M
        for tell in decide(Cause("c", NOON), rule, order, told, at, TZ):
            told[tell.user_id] = Told(at)
            reached.append((tell.user_id, minute - late))
    assert reached == [(one.user_id, n * pace) for n, one in enumerate(order)]


def rule(**more: Any) -> NotifyRule:
    fields: dict[str, Any] = {"kind": Kind.ALARM, "way": Way.NOW, "roles": ["approver"], "created_by": uuid4()}
    return NotifyRule(**fields | more)


def test_the_narrowest_rule_wins_then_the_higher_severity() -> None:
    agency, site = uuid4(), uuid4()
    everywhere = rule(delay_s=1)
    of_agency = rule(agency_id=agency, delay_s=2)
    of_site = rule(agency_id=agency, site_id=site, delay_s=3)
    grave = rule(agency_id=agency, site_id=site, least_severity="critical", delay_s=4)
    every = [grave, of_site, of_agency, everywhere]

    def delay(severity: str, agency_id: UUID | None, site_id: UUID | None) -> float:
        return choose(every, Kind.ALARM, severity, agency_id, site_id).rule.delay.total_seconds()

    assert delay("critical", agency, site) == 4
    assert delay("minor", agency, site) == 3
    assert delay("minor", agency, uuid4()) == 2
    assert delay("minor", uuid4(), uuid4()) == 1


def test_webhooks_hear_besides_the_people_and_other_kinds_do_not_count() -> None:
    hook = rule(roles=[], channel="soc", least_severity="major")
    chosen = choose([hook, rule(kind=Kind.HOLD)], Kind.ALARM, "critical", uuid4(), uuid4())
    assert chosen.webhooks == ("soc",)
    assert chosen.roles == usual(Kind.ALARM, "critical").roles
    assert choose([hook], Kind.ALARM, "minor", None, None).webhooks == ()
    assert choose([rule(roles=[], channel="soc", way=Way.OFF)], Kind.ALARM, "minor", None, None).webhooks == ()


def test_every_severity_and_kind_has_a_usual_way() -> None:
    assert set(USUAL_ALARMS) == set(Severity)
    for kind in Kind:
        assert usual(kind, "critical").roles
