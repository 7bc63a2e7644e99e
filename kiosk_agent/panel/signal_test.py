"""The commissioning test of a lost signal: somebody pulls the HDMI cable, and the panel must turn black and come back.

What came of it is one line of JSON in the kiosk's data folder; a panel of which it cannot be told is not passed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kiosk_agent.panel.picture import Shown
from kiosk_agent.panel.survey import Controller, Link, Place, Shows, Survey, Unknown
from playlists.instant import format_instant

RECORD = "commissioning.jsonl"
LONGEST_S = 120.0


class Outcome(StrEnum):
    """What came of it."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and why in a sentence."""

    outcome: Outcome
    detail: str
    model: str = ""


class Pull:
    """One test. `say` tells a person what to do, `wait` lets a second pass and returns the monotonic time."""

    def __init__(
        self,
        controller: Controller,
        shown: Shown,
        places: Collection[Place],
        say: Callable[[str], None],
        wait: Callable[[], float],
        longest_s: float = LONGEST_S,
    ) -> None:
        self._controller, self._shown, self._places = controller, shown, places
        self._say, self._wait, self._longest_s = say, wait, longest_s

    def run(self) -> Result:
        """Lead a person through it."""
        first = self._controller.survey(self._places)
        if first.link is not Link.ANSWERS:
            return Result(Outcome.UNKNOWN, f"the controller is not reached: {first.reason}")
        if isinstance(first.signal, Unknown):
            return Result(Outcome.UNKNOWN, f"whether a signal comes in is not told: {first.signal.reason}", first.model)
        if not first.signal:
            return Result(Outcome.FAILED, "no signal comes in: check the cable and the input first", first.model)
        self._say("Pull the HDMI cable out of the kiosk.")
        if not self._until(lambda survey: survey.signal is False):
            return Result(Outcome.FAILED, "the controller still tells of a signal", first.model)
        result = self._black(first.model)
        self._say("Plug the HDMI cable in again.")
        if not self._until(lambda survey: survey.signal is True and survey.shows is not Shows.BLACK):
            return Result(Outcome.FAILED, "the signal does not come back", first.model)
        return result if self._shown.is_video else Result(Outcome.FAILED, "the video does not return", first.model)

    def _black(self, model: str) -> Result:
        last: list[Survey] = []

        def is_black(survey: Survey) -> bool:
            last.append(survey)
            return not self._shown.is_video and survey.shows is not Shows.VIDEO

        if not self._until(is_black):
            return Result(Outcome.FAILED, "the panel does not turn black", model)
        if isinstance(last[-1].shows, Unknown):
            return Result(Outcome.UNKNOWN, f"black was sent, not read back: {last[-1].shows.reason}", model)
        return Result(Outcome.PASSED, "without a signal the cards say black, and with it the video returns", model)

    def _until(self, met: Callable[[Survey], bool]) -> bool:
        began_s = now_s = self._wait()
        while now_s - began_s < self._longest_s:
            survey = self._controller.survey(self._places)
            self._shown.note_signal(survey.signal)
            self._shown.mind(now_s)
            if met(survey):
                return True
            now_s = self._wait()
        return False


def record(folder: Path, result: Result, controller: str, at: datetime) -> None:
    """Add a line to the record.

    Raises:
        OSError: it cannot be written.
    """
    line = {"at": format_instant(at), "test": "signal_loss", "controller": controller, **asdict(result)}
    with (folder / RECORD).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
