"""Airtime: one finite cycle of turns for all that share a panel at one time, by weight and without chance.

A deficit round over milliseconds (worst-case fair weighted fair queueing, Bennett and Zhang 1996): whoever has had no
more than its share waits for a turn; of those the one whose turn would end first in its own time is next, ties by id.
An item does not follow itself while another waits. Everything is integers, so every program gets the same cycle.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import Generic, TypeVar

MOST_WEIGHT = 1_000
_MOST_ENDS_TRIED = 256
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
    """One party of a cycle: its turns go round in order; `weight` is its part of the airtime."""

    id: str
    weight: int
    turns: tuple[Turn[_T], ...]


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


class _Round(Generic[_T]):
    """The running sums of the deficit round."""

    def __init__(self, shares: Sequence[Share[_T]]) -> None:
        self.shares = shares
        self.total_weight = sum(share.weight for share in shares)
        self.scale = lcm(*(share.weight for share in shares))
        self.units = [self.scale // share.weight for share in shares]
        self.lengths = [tuple(turn.length_ms for turn in share.turns) for share in shares]
        self.longest = max(max(lengths) for lengths in self.lengths)
        self.aired = [0] * len(shares)
        self.turns_taken = [0] * len(shares)
        self.total = 0
        self.unfinished = len(shares)
        self._early = [(0, share.id, index) for index, share in enumerate(shares)]
        heapq.heapify(self._early)
        self._waiting: list[tuple[int, str, int]] = []

    def _next_turn(self, index: int) -> int:
        return self.turns_taken[index] % len(self.lengths[index])

    def step(self, last_item: str | None) -> tuple[int, Turn[_T]]:
        """Return the share that is next and its turn."""
        while self._early and self._early[0][0] * self.total_weight <= self.total * self.scale:
            _, name, index = heapq.heappop(self._early)
            finish = (self.aired[index] + self.lengths[index][self._next_turn(index)]) * self.units[index]
            heapq.heappush(self._waiting, (finish, name, index))
        passed = []
        chosen = heapq.heappop(self._waiting)
        while self._waiting and self._item(chosen[2]) == last_item:
            passed.append(chosen)
            chosen = heapq.heappop(self._waiting)
        if passed and self._item(chosen[2]) == last_item:
            passed.append(chosen)
            chosen = passed.pop(0)
        for entry in passed:
            heapq.heappush(self._waiting, entry)
        return self._take(chosen[2])

    def _item(self, index: int) -> str:
        return self.shares[index].turns[self._next_turn(index)].item

    def _take(self, index: int) -> tuple[int, Turn[_T]]:
        number = self._next_turn(index)
        length = self.lengths[index][number]
        self.turns_taken[index] += 1
        self.aired[index] += length
        self.total += length
        if self.turns_taken[index] == len(self.lengths[index]):
            self.unfinished -= 1
        heapq.heappush(self._early, (self.aired[index] * self.units[index], self.shares[index].id, index))
        return index, self.shares[index].turns[number]

    def error(self) -> int:
        """Return the largest difference between airtime and share, in milliseconds times the total weight."""
        pairs = zip(self.aired, self.shares, strict=True)
        return max(abs(aired * self.total_weight - share.weight * self.total) for aired, share in pairs)

    def is_whole(self) -> bool:
        """Tell whether every share has ended a round of its turns."""
        return all(taken % len(own) == 0 for taken, own in zip(self.turns_taken, self.lengths, strict=True))


def build_cycle(shares: Sequence[Share[_T]], horizon_ms: int) -> Cycle[_T]:
    """Return the cycle of shares that each have turns; it ends at the horizon where that comes first.

    It ends where every share has shown all of its turns, with each share's error below the longest turn, and the last
    item is not the first one; of the first such ends the one with whole rounds and the least error is taken.
    """
    ordered = sorted(shares, key=lambda share: share.id)
    state = _Round(ordered)
    taken: list[tuple[int, Turn[_T]]] = []
    best: tuple[tuple[bool, bool, int], int] | None = None
    tried = 0
    while state.total < horizon_ms and tried < _MOST_ENDS_TRIED:
        taken.append(state.step(taken[-1][1].item if taken else None))
        if state.unfinished:
            continue
        tried += 1
        error = state.error()
        if error >= state.longest * state.total_weight:
            continue
        repeats = taken[-1][1].item == taken[0][1].item
        score = (repeats, not state.is_whole(), error * 1000 // state.total)
        if best is None or score < best[0]:
            best = score, len(taken)
        if score == (False, False, 0) or (error == 0 and state.is_whole()):
            break
    if best is not None:
        taken = taken[: best[1]]
    return _flatten(taken, ordered, shares)


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
