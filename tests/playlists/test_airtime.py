from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.airtime import Cycle, Share, Turn, build_cycle

FOREVER_MS = 25 * 3_600_000


def share(name: str, weight: int, *lengths_s: int) -> Share[str]:
    turns = [Turn(f"{name}{number}", ((f"{name}{number}", length * 1000),)) for number, length in enumerate(lengths_s)]
    return Share(name, weight, tuple(turns))


def lengths(cycle: Cycle[str]) -> list[int]:
    return [end - start for start, end in pairwise((0, *cycle.ends_ms))]


def airtime(cycle: Cycle[str], owner: int) -> int:
    return sum(length for length, own in zip(lengths(cycle), cycle.owners, strict=True) if own == owner)


@st.composite
def parties(draw: st.DrawFn) -> list[Share[str]]:
    names = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True))
    items = st.lists(st.integers(3, 60), min_size=1, max_size=6)
    return [share(name, draw(st.integers(1, 12)), *draw(items)) for name in names]


@settings(deadline=None)
@given(parties())
def test_each_share_is_off_by_less_than_one_item_and_everything_is_shown(shares: list[Share[str]]) -> None:
    cycle = build_cycle(shares, FOREVER_MS)
    weights = sum(one.weight for one in shares)
    longest = max(turn.length_ms for one in shares for turn in one.turns)
    for index, one in enumerate(shares):
        assert abs(airtime(cycle, index) - cycle.length_ms * one.weight / weights) < longest
    assert set(cycle.pieces) == {turn.item for one in shares for turn in one.turns}


@settings(deadline=None)
@given(parties(), st.integers(1, 3_600))
def test_a_cut_cycle_is_the_start_of_the_whole_way_and_fair_as_well(shares: list[Share[str]], seconds: int) -> None:
    cycle = build_cycle(shares, seconds * 1000)
    weights = sum(one.weight for one in shares)
    longest = max(turn.length_ms for one in shares for turn in one.turns)
    for index, one in enumerate(shares):
        assert abs(airtime(cycle, index) - cycle.length_ms * one.weight / weights) < 2 * longest


@settings(deadline=None)
@given(parties())
def test_the_order_of_the_shares_does_not_matter(shares: list[Share[str]]) -> None:
    cycle = build_cycle(shares, FOREVER_MS)
    turned = build_cycle(shares[::-1], FOREVER_MS)
    assert (turned.pieces, turned.ends_ms) == (cycle.pieces, cycle.ends_ms)


@settings(deadline=None)
@given(parties())
def test_an_item_repeats_only_while_no_other_is_behind_its_share(shares: list[Share[str]]) -> None:
    cycle = build_cycle(shares, FOREVER_MS)
    weights = sum(one.weight for one in shares)
    aired = [0] * len(shares)
    total = 0
    for number, (owner, length) in enumerate(zip(cycle.owners, lengths(cycle), strict=True)):
        if number and cycle.pieces[number] == cycle.pieces[number - 1]:
            others = [index for index in range(len(shares)) if index != owner]
            assert all(aired[index] * weights > total * shares[index].weight for index in others)
        aired[owner] += length
        total += length


@settings(deadline=None)
@given(parties(), st.integers(0, 10**9))
def test_index_arithmetic_is_the_same_as_playing_from_the_start(shares: list[Share[str]], elapsed: int) -> None:
    cycle = build_cycle(shares, FOREVER_MS)
    index, start, end = cycle.at(elapsed)
    assert start <= elapsed < end
    assert end - start == lengths(cycle)[index]
    assert cycle.at(elapsed % cycle.length_ms)[0] == index


@pytest.mark.parametrize("weight", [1, 2, 5])
def test_nobody_repeats_when_all_have_several_items_and_equal_weight(weight: int) -> None:
    cycle = build_cycle([share("a", weight, 10, 10), share("b", weight, 10, 10, 10)], FOREVER_MS)
    assert all(earlier != later for earlier, later in pairwise((*cycle.pieces, cycle.pieces[0])))


@st.composite
def agencies(draw: st.DrawFn) -> list[Share[str]]:
    parts = draw(st.lists(st.integers(40, 1000), min_size=2, max_size=4))
    made = []
    for number, part in enumerate(parts):
        for one in range(draw(st.integers(1, 3))):
            lengths = draw(st.lists(st.integers(3, 60), min_size=1, max_size=4))
            plain = share(f"{number}{one}", draw(st.integers(1, 9)), *lengths)
            made.append(Share(plain.id, plain.weight, plain.turns, f"agency{number}", part))
    return made


def expected(shares: list[Share[str]], one: Share[str]) -> Fraction:
    groups = {each.group: each.group_weight for each in shares}
    within = sum(each.weight for each in shares if each.group == one.group)
    return Fraction(one.group_weight * one.weight, sum(groups.values()) * within)


@settings(deadline=None, max_examples=60)
@given(agencies())
def test_with_quotas_agencies_and_their_entries_are_off_by_less_than_one_item(shares: list[Share[str]]) -> None:
    cycle = build_cycle(shares, FOREVER_MS)
    longest = max(turn.length_ms for one in shares for turn in one.turns)
    for group in {one.group for one in shares}:
        members = [index for index, one in enumerate(shares) if one.group == group]
        part = sum((expected(shares, shares[index]) for index in members), Fraction(0))
        assert abs(sum(airtime(cycle, index) for index in members) - part * cycle.length_ms) < longest
    for index, one in enumerate(shares):
        assert abs(airtime(cycle, index) - expected(shares, one) * cycle.length_ms) < longest


@settings(deadline=None, max_examples=40)
@given(agencies())
def test_with_quotas_the_order_of_the_shares_does_not_matter(shares: list[Share[str]]) -> None:
    cycle, turned = build_cycle(shares, 3_600_000), build_cycle(shares[::-1], 3_600_000)
    assert (turned.pieces, turned.ends_ms) == (cycle.pieces, cycle.ends_ms)


@settings(deadline=None)
@given(parties())
def test_one_group_alone_shares_as_if_there_were_none(shares: list[Share[str]]) -> None:
    grouped = [Share(one.id, one.weight, one.turns, "alone", 400) for one in shares]
    assert build_cycle(grouped, 3_600_000) == build_cycle(shares, 3_600_000)


@pytest.mark.parametrize(("one", "other"), [(7, 3), (3, 2), (9, 1), (700, 300)])
def test_two_single_items_share_exactly_and_the_wrap_repeats_none_while_the_other_waits(one: int, other: int) -> None:
    cycle = build_cycle([share("a", one, 10), share("b", other, 10)], FOREVER_MS)
    assert airtime(cycle, 0) * (one + other) == cycle.length_ms * one
    assert cycle.pieces[0] != cycle.pieces[-1]
