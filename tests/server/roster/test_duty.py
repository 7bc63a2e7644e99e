"""Who is asked, who next, and what a weekend lacks: decided in values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.roster.duty import Asked, Away, Gap, Turn, asked, gaps, moved, next_asked_at, reached, weekend_ahead

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 28, 5, tzinfo=UTC)
H = timedelta(hours=1)
LAN, MINH, HOA = (UUID(int=n) for n in (1, 2, 3))


def turn(who: UUID, rank: int = 1, start: int = -2, end: int = 2) -> Turn:
    return Turn(uuid4(), who, rank, NOON + start * H, NOON + end * H)


def names(found: list[Asked]) -> list[UUID]:
    return [one.user_id for one in found]


def test_the_first_in_order_is_asked_first_and_each_person_once() -> None:
    turns = [turn(MINH, 2), turn(LAN, 1), turn(LAN, 3), turn(HOA, 1, start=1)]
    assert names(asked(turns, [], NOON)) == [LAN, MINH]
    assert names(asked(turns, [], NOON + H)) == [LAN, HOA, MINH]
    assert names(asked(turns, [], NOON + 2 * H)) == []


def test_a_replacement_stands_in_the_place_of_whoever_is_away() -> None:
    turns = [turn(LAN, 1), turn(MINH, 2)]
    away = [Away(LAN, NOON - H, NOON + H, HOA)]
    first = asked(turns, away, NOON)[0]
    assert (first.user_id, first.instead_of, first.until_at) == (HOA, LAN, NOON + H)
    assert names(asked(turns, away, NOON + H)) == [LAN, MINH]


def test_a_replacement_who_is_away_too_is_not_asked() -> None:
    away = [Away(LAN, NOON - H, NOON + H, HOA), Away(HOA, NOON - H, NOON + H)]
    assert names(asked([turn(LAN), turn(MINH, 2)], away, NOON)) == [MINH]


def test_one_more_is_asked_after_each_wait_without_an_answer() -> None:
    order = asked([turn(LAN, 1), turn(MINH, 2), turn(HOA, 3)], [], NOON)
    wait = timedelta(minutes=15)
    at = [NOON + timedelta(minutes=n) for n in (0, 14, 15, 31, 90)]
    assert [len(reached(order, NOON, moment, wait)) for moment in at] == [1, 1, 2, 3, 3]
    assert next_asked_at(order, NOON, NOON, wait) == NOON + wait
    assert next_asked_at(order, NOON, NOON + 2 * wait, wait) is None
    assert reached([], NOON, NOON, wait) == []


def test_the_weekend_is_looked_at_from_its_thursday_on() -> None:
    wednesday = datetime(2026, 11, 25, 16, 59, tzinfo=UTC)
    saturday, monday = datetime(2026, 11, 27, 17, tzinfo=UTC), datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert weekend_ahead(wednesday, TZ) is None
    assert weekend_ahead(wednesday + timedelta(minutes=1), TZ) == (saturday, monday)
    assert weekend_ahead(NOON, TZ) == (NOON, monday)
    assert weekend_ahead(monday, TZ) is None


def test_gaps_name_when_too_few_can_be_reached_and_how_few() -> None:
    start, end = NOON - 4 * H, NOON + 4 * H
    turns = [turn(LAN, 1, -4, 4), turn(MINH, 2, -4, 0)]
    away = [Away(LAN, NOON + 3 * H, end)]
    assert gaps(turns, away, start, end) == [Gap(NOON, NOON + 3 * H, 1), Gap(NOON + 3 * H, end, 0)]
    assert gaps([*turns, turn(HOA, 3, -4, 4)], away, start, end) == [Gap(NOON + 3 * H, end, 1)]


def test_a_repeated_shift_keeps_its_local_time_over_a_change_of_the_clock() -> None:
    paris = ZoneInfo("Europe/Paris")
    starts_at = datetime(2026, 10, 23, 6, tzinfo=UTC)
    later, _ = moved(Turn(uuid4(), LAN, 1, starts_at, starts_at + H), 1, paris)
    assert later.astimezone(paris).hour == starts_at.astimezone(paris).hour == 8
    assert later - starts_at == timedelta(days=7, hours=1)


spans = st.tuples(st.integers(-20, 20), st.integers(1, 20)).map(lambda one: (one[0], one[0] + one[1]))
people = st.sampled_from([LAN, MINH, HOA])


@given(
    st.lists(st.tuples(people, st.integers(1, 3), spans), max_size=8),
    st.lists(st.tuples(people, st.none() | people, spans), max_size=5),
)
def test_outside_of_gaps_two_people_are_asked_at_every_moment(
    shifts: list[tuple[UUID, int, tuple[int, int]]], absences: list[tuple[UUID, UUID | None, tuple[int, int]]]
) -> None:
    turns = [turn(who, rank, start, end) for who, rank, (start, end) in shifts]
    away = [Away(who, NOON + a * H, NOON + b * H, other) for who, other, (a, b) in absences if who != other]
    start, end = NOON - 20 * H, NOON + 20 * H
    found = gaps(turns, away, start, end)
    for step in range(-40, 40):
        at = NOON + step * H / 2
        lacking = next((gap for gap in found if gap.starts_at <= at < gap.ends_at), None)
        people_now = len(asked(turns, away, at))
        assert (people_now < 2) == (lacking is not None)
        assert lacking is None or lacking.people == people_now
