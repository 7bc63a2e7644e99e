"""What the cards' voltage is on a good day: measured at commissioning and written into the panel's profile.

A card is low by how far it falls below this, so it is taken only when every card answers and none stands out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from kiosk_agent.panel import limits, profile
from kiosk_agent.panel.survey import Controller, Link, Place, Unknown

ROUNDS = 5


class NotTaken(Exception):
    """This is no good day; the text says which part to look at first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The median of all cards, and the lowest and highest of them. Millivolts."""

    usual: int
    least: int
    most: int
    cards: int


def measure(controller: Controller, places: Collection[Place], wait: Callable[[], object]) -> Taken:
    """Ask every card ROUNDS times.

    Raises:
        NotTaken: a card does not answer or tells no voltage, is beyond a hard limit, or differs from the others.
    """
    if not places:
        raise NotTaken("the panel's profile names no cabinets: write them down first")
    said: dict[Place, list[int]] = {place: [] for place in places}
    for number in range(ROUNDS):
        if number:
            wait()
        survey = controller.survey(places)
        if survey.link is not Link.ANSWERS:
            raise NotTaken(f"the controller is not reached: {survey.reason}")
        for place in places:
            card = survey.cards.get(place)
            if card is None or card.answers is not True:
                raise NotTaken(f"{place.subject} does not answer: mend it first")
            if isinstance(card.voltage_milli, Unknown):
                raise NotTaken(f"{place.subject} tells no voltage: {card.voltage_milli.reason}")
            said[place].append(card.voltage_milli)
    return _judged({place: round(median(values)) for place, values in said.items()})


def _judged(cards: dict[Place, int]) -> Taken:
    usual = round(median(cards.values()))
    for place, millivolts in sorted(cards.items()):
        text = f"{place.subject} reads {millivolts / 1000:.1f} V"
        if millivolts < limits.HARD_LOW or limits.degree(millivolts, limits.HIGH_MILLIVOLTS, None) is not None:
            raise NotTaken(f"{text}, which no card should: mend its supply first")
        if abs(millivolts - usual) > limits.LOW_BELOW_USUAL:
            raise NotTaken(f"{text} where the others read {usual / 1000:.1f} V: look at it first")
    return Taken(usual, min(cards.values()), max(cards.values()), len(cards))


def written(path: Path, taken: Taken) -> bytes:
    """Return a profile's file with the new value in it; everything else stays as it was written.

    Raises:
        WrongProfile: the file is not a profile.
        OSError: it cannot be read.
    """
    profile.load(path)
    document = json.loads(path.read_bytes()) | {"usual_millivolts": taken.usual}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
