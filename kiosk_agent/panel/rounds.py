"""Which cards are asked in a round: some in each, all of them now and then, doubtful ones at once, absent ones slowly.

An absent card costs up to a second of everybody's time on the bus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk_agent.panel.survey import Card, Place

ALL_EVERY_S = 30.0
MISSES_TO_BE_ABSENT = 3


class Rounds:
    """The order of asking; it counts misses and knows nothing of faults."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = list(places)
        self._misses: dict[Place, int] = {}
        self._all_due_s = float("-inf")
        self._turn = 0

    def due(self, mono_s: float) -> list[Place]:
        """Return the cards to ask now."""
        absent = [place for place in self._places if self._misses.get(place, 0) >= MISSES_TO_BE_ABSENT]
        present = [place for place in self._places if place not in absent]
        doubtful = [place for place in present if self._misses.get(place, 0)]
        if mono_s < self._all_due_s:
            return list(dict.fromkeys([*present[:1], *doubtful]))
        self._all_due_s = mono_s + ALL_EVERY_S
        self._turn += 1
        return [*present, *self._one_a_port(absent)]

    def note(self, cards: Mapping[Place, Card], mono_s: float) -> None:
        """Take what a round said. Where one absent card is back, those behind it are asked at once."""
        for place, card in cards.items():
            if card.answers is True and self._misses.pop(place, 0) >= MISSES_TO_BE_ABSENT:
                for other in self._places:
                    if other.port == place.port and other in self._misses:
                        self._misses[other] = 1
                self._all_due_s = mono_s
            elif card.answers is False:
                self._misses[place] = self._misses.get(place, 0) + 1

    def _one_a_port(self, absent: Sequence[Place]) -> list[Place]:
        by_port: dict[int, list[Place]] = {}
        for place in absent:
            by_port.setdefault(place.port, []).append(place)
        return [places[self._turn % len(places)] for places in by_port.values()]
