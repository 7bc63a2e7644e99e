"""A server that turned: everything ever signed comes in any order, again, stripped, swapped and mutated, with restarts.

A small model beside the verifier says what may be shown at most; the verifier never goes beyond.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from playlists.trust.chain import recheck, take_root
from playlists.trust.rules import Untrusted
from playlists.trust.showing import emergencies, pictures, shown, values
from playlists.trust.take import take_hold, take_manifest, take_release, take_time, take_values, take_withdrawal
from playlists.trust.trusted import Clock, Source, Trusted, from_bytes
from playlists.trust.warn import take_emergency
from tests.playlists.trust import making as m
from tests.playlists.trust.making import BOARD, NOW, sha
from tests.playlists.trust.mutations import WAYS, Case

DAY = timedelta(days=1)
STEPS = 60
NAMES = ("a", "b", "c", "d", "elsewhere", "half", "own", "server-made")
SOUND = {name: m.release(name, show_until=m.moment(DAY * (1 + number))) for number, name in enumerate("abc")}
RETIRING = m.release("d", by=("an", "binh"), retires=[m.digest(SOUND["a"])])
WITHDRAWAL = m.withdrawal(sha("b"))
TEMPLATE, BOARDS = m.template_release(), m.board_release()
UNSOUND = (
    m.release("elsewhere", audience={"sites": ["ban-gioc"]}),
    m.release("half", by=("an",)),
    m.release("own", author="an"),
    m.release("server-made", by=("server", "cap")),
)


def _taken_time(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    return take_time(trusted, content, m.NONCE, clock)[0]


def _taken_manifest(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    return take_manifest(trusted, content, clock)[0]


Take = Callable[[Trusted, bytes, Clock], Trusted]
BAG: tuple[tuple[Take, bytes], ...] = (
    *((take_release, one) for one in (*SOUND.values(), RETIRING, TEMPLATE, BOARDS, *UNSOUND)),
    (take_withdrawal, WITHDRAWAL),
    *((take_hold, m.hold(seq, *names)) for seq, names in enumerate([(sha("c"),), (), (sha("c"), sha("d"))], 1)),
    *((take_values, m.values(seq, values={"queue": seq * 10})) for seq in (1, 2, 3)),
    (take_values, m.values(9, values={"queue": 100})),
    (take_emergency, m.emergency()),
    (take_emergency, m.cancel("flood-7")),
    (take_emergency, m.free_text(who=("dung", "cap"), id="forged")),
    (_taken_time, m.time(issued_at=m.moment(-DAY))),
    (_taken_time, m.time(issued_at=m.moment(900 * DAY))),
    *((_taken_manifest, m.manifest("c", seq=seq, releases=(m.digest(SOUND["c"]),))) for seq in (1, 2, 5)),
    (take_root, m.root(version=2)),
    (take_root, m.root("root-a", "server", version=3)),
)
ALL = tuple(Case(str(number), content, lambda _, __: None, ()) for number, (_, content) in enumerate(BAG))


def allowed(state: Trusted, now: Any, has: set[bytes]) -> set[str]:
    """What two people allowed, and one did not take away, of what was delivered whole."""
    found = {sha("base"), sha("sheet")} if BOARDS in has else set()
    for number, name in enumerate("abc"):
        if SOUND[name] in has and now < NOW + DAY * (1 + number):
            found.add(sha(name))
    if RETIRING in has:
        found = (found - {sha("a")}) | {sha("d")}
    if WITHDRAWAL in has:
        found.discard(sha("b"))
    held = state.hold.document.holds if state.hold is not None else ()
    return found - set(held)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_shown_that_people_did_not_allow(seed: int) -> None:
    rng = random.Random(seed)
    state, has, seen, floors = m.fresh(), set[bytes](), set[str](), [m.fresh().floor]
    for _ in range(STEPS):
        number = rng.randrange(len(BAG))
        take, content = BAG[number]
        offered = content if rng.random() < 0.6 else rng.choice(WAYS)(rng, ALL[number], ALL)
        known = rng.choice([Source.SYNCHRONISED, Source.TOLD, Source.UNKNOWN])
        clock = Clock(NOW + timedelta(minutes=rng.randrange(-400, 4000)), known)
        try:
            state = take(state, offered, clock)
        except Untrusted:
            pass
        else:
            has.add(content)
        if rng.random() < 0.1:
            state = recheck(from_bytes(state.to_bytes()))
        floors.append(state.floor)
        _hold_to_the_model(state, clock, has)
        seen |= shown(state, clock)
    assert seen, "the sequence came to something"
    assert floors == sorted(floors)
    assert floors[-1] <= max(NOW + timedelta(minutes=4000), state.sure + DAY)


def _hold_to_the_model(state: Trusted, clock: Clock, has: set[bytes]) -> None:
    assert shown(state, clock) <= allowed(state, state.time(clock), has)
    assert shown(state, clock).isdisjoint({sha(name) for name in NAMES[4:]})
    for one in emergencies(state, clock):
        assert one.id == "flood-7"
        assert pictures(state, one) <= {sha(f"flood-{language}") for language in ("vi", "en", "zh")}
    said = values(state, BOARD, clock)
    assert said is None or said.values["queue"] in (10, 20, 30)


def test_what_was_sent_again_in_another_order_ends_the_same() -> None:
    orders = []
    for seed in range(6):
        bag = [BAG[number] for number in range(len(BAG)) if BAG[number][0] in (take_release, take_withdrawal)]
        random.Random(seed).shuffle(bag)
        state = m.fresh()
        for take, content in bag * 2:
            try:
                state = take(state, content, m.CLOCK)
            except Untrusted:
                continue
        orders.append((shown(state, m.CLOCK), state.retired, state.withdrawn))
    assert all(one == orders[0] for one in orders)
    assert orders[0][0] == {sha("c"), sha("d"), sha("base"), sha("sheet")}
