"""Airtime: one finite cycle of turns for all that share a panel at one time, by weight and without chance.

A deficit round over milliseconds (worst-case fair weighted fair queueing, Bennett and Zhang 1996): whoever has had no
more than its share waits for a turn; of those the one whose turn would end first in its own time is next, ties by id.
An item does not follow itself while another waits. Shares of one group (an agency with a quota) first share as one,
then among themselves by the same rule. Everything is integers, so every program gets the same cycle.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Generic, TypeVar

MOST_WEIGHT = 1_000
_MOST_ENDS_TRIED = 256
_MOST_ENDS_SOUGHT = 4_096
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Turn(Generic[_T]):
    """What goes on air without a break of others: an item's pieces (its languages), each with milliseconds on air."""

    item: str
    pieces: tuple[tuple[_T, int], ...]

    @property
    def length_ms(self) -> int:
        """Milliseconds of all pieces."""
        return sum(on_air_ms for _, on_air_ms in self.pieces)


@dataclass(frozen=True, slots=True)
class Share(Generic[_T]):
    """One party of a cycle: its turns go round in order; `weight` is its part of its group's airtime.

    All shares of a group (an agency) name the same `group_weight`: the group's part of the whole.
    """

    id: str
    weight: int
    turns: tuple[Turn[_T], ...]
    group: str = ""
    group_weight: int = 1


@dataclass(frozen=True, slots=True)
class Cycle(Generic[_T]):
    """A finite cycle: `ends_ms[i]` is when piece i ends, counted from the cycle's begin; `owners` index the shares."""

    pieces: tuple[_T, ...]
    ends_ms: tuple[int, ...]
    owners: tuple[int, ...]

    @property
    def length_ms(self) -> int:
        """Milliseconds of one cycle."""
        return self.ends_ms[-1]

    def at(self, elapsed_ms: int) -> tuple[int, int, int]:
        """Return the index of the piece on air after so many milliseconds, and when it starts and ends."""
        rounds, within = divmod(elapsed_ms, self.ends_ms[-1])
        index = bisect_right(self.ends_ms, within)
        base = rounds * self.ends_ms[-1]
        return index, base + (self.ends_ms[index - 1] if index else 0), base + self.ends_ms[index]


class _Queue:
    """The deficit round of named parties by weight, in integers. `length_of` and `item_of` tell a party's next turn."""

    def __init__(
        self,
        names: Sequence[str],
        weights: Sequence[int],
        length_of: Callable[[int], int],
        item_of: Callable[[int], str],
    ) -> None:
        self.weights = weights
        self.total_weight = sum(weights)
        self.aired = [0] * len(weights)
        self.total = 0
        self._scale = lcm(*weights)
        self._units = [self._scale // weight for weight in weights]
        self._length_of, self._item_of = length_of, item_of
        self._names = names
        self._early = [(0, name, index) for index, name in enumerate(names)]
        heapq.heapify(self._early)
        self._waiting: list[tuple[int, str, int]] = []

    def choose(self, last_item: str | None) -> int:
        """Return the party that is next; it stays in the queue."""
        while self._early and self._early[0][0] * self.total_weight <= self.total * self._scale:
            _, name, index = heapq.heappop(self._early)
            finish = (self.aired[index] + self._length_of(index)) * self._units[index]
            heapq.heappush(self._waiting, (finish, name, index))
        if self._item_of(self._waiting[0][2]) != last_item:
            return self._waiting[0][2]
        passed = []
        while self._waiting and self._item_of(self._waiting[0][2]) == last_item:
            passed.append(heapq.heappop(self._waiting))
        chosen = (self._waiting or passed)[0][2]
        for entry in passed:
            heapq.heappush(self._waiting, entry)
        return chosen

    def take(self, index: int, length: int) -> None:
        """Count the chosen party's turn."""
        if self._waiting[0][2] == index:
            heapq.heappop(self._waiting)
        else:
            self._waiting = [entry for entry in self._waiting if entry[2] != index]
            heapq.heapify(self._waiting)
        self.aired[index] += length
        self.total += length
        heapq.heappush(self._early, (self.aired[index] * self._units[index], self._names[index], index))


class _Group(Generic[_T]):
    """The shares of one group, which take turns by their weights."""

    def __init__(self, members: Sequence[tuple[int, Share[_T]]]) -> None:
        self.places = [place for place, _ in members]
        self.shares = [share for _, share in members]
        self.lengths = [tuple(turn.length_ms for turn in share.turns) for share in self.shares]
        self.taken = [0] * len(members)
        self.unfinished = len(members)
        names, weights = [share.id for share in self.shares], [share.weight for share in self.shares]
        self.queue = _Queue(names, weights, self._length_of, self._item_of)

    def _next(self, index: int) -> int:
        return self.taken[index] % len(self.lengths[index])

    def _length_of(self, index: int) -> int:
        return self.lengths[index][self._next(index)]

    def _item_of(self, index: int) -> str:
        return self.shares[index].turns[self._next(index)].item

    def peek(self, last_item: str | None) -> tuple[int, str]:
        """Return milliseconds and item of the turn that is next."""
        index = self.queue.choose(last_item)
        return self._length_of(index), self._item_of(index)

    def step(self, last_item: str | None) -> tuple[int, Turn[_T]]:
        """Take the next turn: the place of its share, and the turn."""
        index = self.queue.choose(last_item)
        turn = self.shares[index].turns[self._next(index)]
        length = self._length_of(index)
        self.taken[index] += 1
        if self.taken[index] == len(self.lengths[index]):
            self.unfinished -= 1
        self.queue.take(index, length)
        return self.places[index], turn

    def is_whole(self) -> bool:
        """Tell whether every share has ended a round of its turns."""
        return all(taken % len(own) == 0 for taken, own in zip(self.taken, self.lengths, strict=True))


class _Round(Generic[_T]):
    """Groups that take turns by their weights, and in each of them its shares by theirs."""

    def __init__(self, shares: Sequence[Share[_T]]) -> None:
        members: dict[str, list[tuple[int, Share[_T]]]] = {}
        for place, share in enumerate(shares):
            members.setdefault(share.group, []).append((place, share))
        self._groups = [_Group(members[name]) for name in sorted(members)]
        self._weights = [group.shares[0].group_weight for group in self._groups]
        self.longest = max(max(lengths) for group in self._groups for lengths in group.lengths)
        self.total = 0
        self._aired = [0] * len(self._groups)

    def step(self, last_item: str | None) -> tuple[int, Turn[_T]]:
        """Return the place of the share that is next, and its turn."""
        chosen = self._choose(last_item) if len(self._groups) > 1 else 0
        place, turn = self._groups[chosen].step(last_item)
        self._aired[chosen] += turn.length_ms
        self.total += turn.length_ms
        return place, turn

    def _choose(self, last_item: str | None) -> int:
        whole = sum(self._weights)
        waiting = []
        for index, (aired, weight) in enumerate(zip(self._aired, self._weights, strict=True)):
            if aired * whole <= self.total * weight:
                length, item = self._groups[index].peek(last_item)
                waiting.append((item == last_item, Fraction(aired + length, weight), index))
        return min(waiting)[2]

    @property
    def is_finished(self) -> bool:
        """Whether every share has shown all of its turns."""
        return not any(group.unfinished for group in self._groups)

    def is_whole(self) -> bool:
        """Tell whether every share has ended a round of its turns."""
        return all(group.is_whole() for group in self._groups)

    def error(self) -> Fraction:
        """Return the largest difference between airtime and share, of groups and of shares, in milliseconds."""
        whole = sum(self._weights)
        worst = Fraction(0)
        for group, aired, weight in zip(self._groups, self._aired, self._weights, strict=True):
            within, part = group.queue, weight * self.total
            scale = whole * within.total_weight
            errors = [
                abs(own * scale - part * own_weight)
                for own, own_weight in zip(within.aired, within.weights, strict=True)
            ]
            errors.append(abs(aired * whole - part) * within.total_weight)
            worst = max(worst, Fraction(max(errors), scale))
        return worst


def build_cycle(shares: Sequence[Share[_T]], horizon_ms: int) -> Cycle[_T]:
    """Return the cycle of shares that each have turns; it ends at the horizon where that comes first.

    It ends where every share has shown all of its turns, with the error of each share and group below the longest
    turn, and the last item is not the first one; of the first such ends the one with whole rounds and the least error
    is taken. Where only a repeated item stands in the way of an exact end, the cycle begins with another share.
    """
    ordered = sorted(shares, key=lambda share: share.id)
    taken, in_the_way = _run(ordered, horizon_ms, None)
    if in_the_way is not None:
        other, still = _run(ordered, horizon_ms, in_the_way)
        taken = taken if still is not None else other
    return _flatten(taken, ordered, shares)


def _run(
    ordered: Sequence[Share[_T]], horizon_ms: int, before: str | None
) -> tuple[list[tuple[int, Turn[_T]]], str | None]:
    """Return the turns of the best end, and the item that kept an exact end from being it.

    `before` is the item that goes before the first turn.
    """
    state = _Round(ordered)
    taken: list[tuple[int, Turn[_T]]] = []
    best: tuple[tuple[bool, bool, int], int] | None = None
    tried = 0
    while state.total < horizon_ms and tried < (_MOST_ENDS_TRIED if best else _MOST_ENDS_SOUGHT):
        taken.append(state.step(taken[-1][1].item if taken else before))
        if not state.is_finished:
            continue
        tried += 1
        error = state.error()
        if error >= state.longest:
            continue
        repeats = taken[-1][1].item == taken[0][1].item
        is_exact = error == 0 and state.is_whole()
        score = (repeats, not state.is_whole(), int(error * 1000 / state.total))
        if best is None or score < best[0]:
            best = score, len(taken)
        if is_exact or score == (False, False, 0):
            return taken[: best[1]], taken[-1][1].item if is_exact and repeats else None
    return taken if best is None else taken[: best[1]], None


def _flatten(
    taken: Sequence[tuple[int, Turn[_T]]], ordered: Sequence[Share[_T]], given: Sequence[Share[_T]]
) -> Cycle[_T]:
    place = {share.id: index for index, share in enumerate(given)}
    pieces: list[_T] = []
    ends: list[int] = []
    owners: list[int] = []
    at = 0
    for index, turn in taken:
        for piece, on_air_ms in turn.pieces:
            at += on_air_ms
            pieces.append(piece)
            ends.append(at)
            owners.append(place[ordered[index].id])
    return Cycle(tuple(pieces), tuple(ends), tuple(owners))
