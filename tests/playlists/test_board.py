"""What a status board shows: the calendar, exceptions that end by themselves, freshness, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playlists.board import Board, OnStale, Slot, SlotKind
from playlists.board_picture import BoardPicture, picture
from playlists.board_shown import Shown, Standing, shown
from playlists.board_values import Refusal, Values, newest, refusal
from tests.playlists.boards import ALL, AS_OF, BASE, BOARD, CALM, CLOCK, HERE, LEFT, NOW, WAIT, board, local, stated


def look(one: Board, values: Values | None, at: datetime, *, clock_trusted: bool = True) -> dict[str, str]:
    """Return the tiles of each slot, written together."""
    return {name: "".join(tiles) for name, tiles in see(one, values, at, clock_trusted=clock_trusted).tiles}


def see(one: Board, values: Values | None, at: datetime, *, clock_trusted: bool = True) -> Shown:
    return shown(one, values, at, HERE, clock_trusted=clock_trusted)


@pytest.mark.parametrize(
    ("at", "gate"),
    [
        ("2026-11-26 06:59", "closed"),
        ("2026-11-26 07:00", "open"),
        ("2026-11-26 18:59", "open"),
        ("2026-11-26 19:00", "closed"),
        ("2026-11-29 12:00", "closed"),
    ],
)
def test_the_calendar_says_open_and_closed_by_itself(at: str, gate: str) -> None:
    assert look(board(), None, local(at))["gate"] == gate


def test_an_exception_ends_by_itself_and_the_calendar_speaks_again() -> None:
    said = stated(gate="closed", wait=25, until={"gate": local("2026-11-26 14:00")})
    during = look(board(), said, local("2026-11-26 13:59"))
    assert (during["gate"], during["gate_until"], during["wait"]) == ("closed", "> 14:00", "25")
    after = look(board(), said, local("2026-11-26 14:00"))
    assert (after["gate"], after["gate_until"], after["wait"]) == ("open", "", "25")


def test_the_time_of_another_day_is_written_with_its_day() -> None:
    said = stated(gate="limited", until={"gate": local("2026-11-27 09:30")}, hours=48)
    assert look(board(), said, NOW)["gate_until"] == "> 27/11 09:30"
    assert look(board(), said, NOW)["as_of"] == "@ 08:00"
    assert look(board(), said, local("2026-11-27 09:00"))["as_of"] == "@ 26/11 08:00"


def test_every_kind_of_slot_is_written_in_its_tiles() -> None:
    said = stated(gate="limited", lanes=3, wait=120, heat=-4)
    assert look(board(ALL), said, local("2026-11-26 08:07")) == {
        "gate": "limited",
        "gate_until": "",
        "lanes": "3",
        "wait": "120",
        "heat": "-4°",
        "clock": "08:07",
        "left": "29",
        "as_of": "@ 08:00",
    }


def test_what_nobody_has_said_is_not_known() -> None:
    assert look(board(), None, NOW) == {"gate": "open", "gate_until": "", "wait": "?", "as_of": ""}
    assert see(board(), None, NOW).standing is Standing.STALE


@pytest.mark.parametrize(
    ("on_stale", "standing", "wait"),
    [
        (OnStale.KEEP, Standing.STALE, "25"),
        (OnStale.PLATE, Standing.PLATE, None),
        (OnStale.DROP, Standing.DROPPED, None),
    ],
)
def test_the_freshness_contract_holds(on_stale: OnStale, standing: Standing, wait: str | None) -> None:
    one, said = board(on_stale=on_stale, max_age_s=600), stated(wait=25)
    fresh = see(one, said, NOW + timedelta(seconds=599))
    assert (fresh.standing, fresh.until) == (Standing.CURRENT, NOW + timedelta(seconds=600))
    stale = see(one, said, NOW + timedelta(seconds=600))
    assert (stale.standing, dict(stale.tiles).get("wait")) == (standing, tuple(wait) if wait else None)


def test_an_exception_to_the_calendar_does_not_grow_stale_and_other_values_do_whatever_was_stated_since() -> None:
    one, said = board(max_age_s=600), stated(gate="closed")
    assert see(board((CALM[0],), max_age_s=600), said, local("2026-11-26 16:59")).standing is Standing.CURRENT
    repeated = stated(seq=2, at=NOW + timedelta(seconds=300), gate="closed", wait=5)
    repeated = repeated.model_copy(update={"stated_at": {"wait": NOW}})
    assert look(one, repeated, NOW + timedelta(seconds=400))["as_of"] == "@ 08:00"
    assert see(one, repeated, NOW + timedelta(seconds=599)).standing is Standing.CURRENT
    assert see(one, repeated, NOW + timedelta(seconds=600)).standing is Standing.STALE


def test_values_that_expired_are_never_shown() -> None:
    said = stated(hours=2, wait=25)
    assert look(board(), said, local("2026-11-26 10:00"))["wait"] == "?"
    assert see(board(), said, local("2026-11-26 10:00")).seq == 0


@pytest.mark.parametrize(
    ("on_stale", "standing"),
    [(OnStale.KEEP, Standing.STALE), (OnStale.PLATE, Standing.PLATE), (OnStale.DROP, Standing.DROPPED)],
)
def test_with_a_doubtful_clock_nothing_that_depends_on_time_is_claimed(on_stale: OnStale, standing: Standing) -> None:
    found = see(board(ALL, on_stale=on_stale), stated(wait=25), NOW, clock_trusted=False)
    assert found.standing is standing
    if on_stale is OnStale.KEEP:
        tiles = {name: "".join(each) for name, each in found.tiles}
        assert (tiles["clock"], tiles["left"], tiles["gate"]) == ("?", "?", "?")
        assert (tiles["wait"], tiles["as_of"]) == ("25", "@ 26/11 08:00")


def test_a_board_of_clock_and_calendar_needs_no_values() -> None:
    alone = board((CALM[0], CLOCK, LEFT), on_stale=OnStale.DROP, max_age_s=60)
    assert see(alone, None, NOW).standing is Standing.CURRENT
    assert look(alone, None, local("2027-01-02 08:00"))["left"] == "0"


@given(at_s=st.integers(0, 3 * 86400), ahead_s=st.integers(1, 7200))
def test_between_its_edges_a_board_does_not_change(at_s: int, ahead_s: int) -> None:
    one = board(ALL, max_age_s=1800)
    said = stated(gate="closed", wait=25, until={"gate": local("2026-11-26 14:00:30")}, hours=30)
    at = NOW + timedelta(seconds=at_s)
    first = see(one, said, at)
    assert first.since <= at < first.until
    for moment in (first.since, at + min(timedelta(seconds=ahead_s), (first.until - at) / 2)):
        assert see(one, said, moment).tiles == first.tiles


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"gate": "open"}, None),
        ({"wait": 240, "gate": "limited"}, None),
        ({"wait": 241}, Refusal.OUTSIDE_RANGE),
        ({"wait": -1}, Refusal.OUTSIDE_RANGE),
        ({"gate": "beautiful"}, Refusal.OUTSIDE_RANGE),
        ({"gate": 3}, Refusal.WRONG_KIND),
        ({"wait": "open"}, Refusal.WRONG_KIND),
        ({"as_of": 3}, Refusal.NOT_SETTABLE),
        ({"nothing": 3}, Refusal.UNKNOWN_SLOT),
    ],
)
def test_values_outside_of_what_was_released_are_refused(values: dict[str, Any], refused: Refusal | None) -> None:
    assert refusal(board(), None, stated(**values), NOW, clock_trusted=True) is refused


def test_old_expired_and_future_values_are_refused() -> None:
    one, held = board(), stated(seq=7, wait=1)
    assert refusal(one, held, stated(seq=7, wait=2), NOW, clock_trusted=True) is Refusal.OLD_SEQ
    assert refusal(one, None, stated(hours=1), NOW + timedelta(hours=1), clock_trusted=True) is Refusal.EXPIRED
    assert refusal(one, None, stated(), NOW - timedelta(minutes=6), clock_trusted=True) is Refusal.FROM_FUTURE
    assert refusal(one, None, stated(), NOW + timedelta(days=9), clock_trusted=False) is None
    assert refusal(None, None, stated(), NOW, clock_trusted=True) is Refusal.UNKNOWN_BOARD


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_at": NOW},
        {"expires_at": NOW + timedelta(days=40)},
        {"until": {"gate": NOW}},
        {"values": {"Gate": 1}},
        {"values": {"gate": 1.5}},
        {"values": {"gate": True}},
        {"values": {f"s{number}": 1 for number in range(25)}},
        {"seq": 0},
        {"seq": 1 << 63},
    ],
)
def test_a_document_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    whole = stated(wait=1).model_dump() | wrong
    with pytest.raises(ValidationError):
        Values.model_validate(whole)


@given(order=st.permutations(range(8)), again=st.lists(st.integers(0, 7), max_size=6), seed=st.integers(0, 99))
def test_the_newest_valid_values_win_whatever_the_order(order: list[int], again: list[int], seed: int) -> None:
    one, random = board(), Random(seed)
    documents = [stated(seq=number + 1, wait=random.choice([5, 10, 999])) for number in range(8)]
    held: Values | None = None
    for number in [*order, *again]:
        offered = documents[number]
        if refusal(one, held, offered, NOW, clock_trusted=True) is None:
            held = offered
    valid = [each for each in documents if each.values["wait"] != 999]
    assert held == (valid[-1] if valid else None)
    assert newest([one], documents) == ((valid[-1],) if valid else ())


def laid(one: Board, values: Values | None, at: datetime = NOW, *, clock_trusted: bool = True) -> BoardPicture:
    found = picture(one, one.faces[0], see(one, values, at, clock_trusted=clock_trusted))
    assert found is not None
    return found


def test_a_picture_is_named_by_what_it_looks_like() -> None:
    one = board()
    assert laid(one, stated(wait=25)).key == laid(one, stated(seq=2, wait=25)).key
    assert laid(one, stated(wait=25)).key != laid(one, stated(wait=26)).key
    first = laid(one, stated(wait=25))
    assert (first.board, first.base, first.seq) == (BOARD, BASE, 1)


def test_a_value_that_does_not_fit_is_not_shown_in_part() -> None:
    one = board((WAIT,))
    narrow = one.faces[0].places["wait"].model_copy(update={"box": one.faces[0].places["wait"].box._replace(width=25)})
    tight = one.model_copy(update={"faces": (one.faces[0].model_copy(update={"places": {"wait": narrow}}),)})
    assert len(laid(tight, stated(wait=25)).laid) == 2
    assert len(laid(tight, stated(wait=120)).laid) == 1
    assert laid(tight, stated(wait=120)).laid[0].cell == narrow.cells["?"]


def test_a_plate_lies_over_the_slots() -> None:
    one = board(on_stale=OnStale.PLATE)
    assert [each.cell for each in laid(one, None).laid] == [one.faces[0].plate]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"slots": (WAIT, WAIT)}, "two slots of one name"),
        ({"slots": (Slot(name="u", kind=SlotKind.UNTIL, of="gate"),)}, "does not have"),
        ({"slots": (AS_OF,)}, None),
        ({"slots": (WAIT, Slot(name="other", kind=SlotKind.CLOCK))}, "no place"),
    ],
)
def test_a_board_that_contradicts_itself_is_refused(wrong: dict[str, Any], why: str | None) -> None:
    made = board(CALM).model_dump() | {name: [slot.model_dump() for slot in slots] for name, slots in wrong.items()}
    if why is None:
        assert Board.model_validate(made).slots == wrong["slots"]
        return
    with pytest.raises(ValidationError, match=why):
        Board.model_validate(made)
