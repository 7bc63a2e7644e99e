"""The truth about the picture: from single looks at the panel to a verdict that stands. Pure: values in, values out.

A look is bad when the pixels are not the planned ones. Two bad looks among the last three make a verdict, three good
ones in a row take it back, so that with a look a second a wrong picture is told within three seconds and one unlucky
capture is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk_agent.core.verdict import Verdict

GOOD_PERMILLE = 900
"""From here on a capture counts as the planned picture, as it does for proof of play."""
LOOKS_KEPT = 3
BAD_LOOKS = 2


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the panel found.

    `match_permille` says how well the capture equals the plan (None: it could not be captured or compared). `planned`:
    the plan has had a picture for this instant for long enough to be up. `overdue`: the plan has come to its end and
    was not carried on. `output`: there is something that draws. `dark`: the capture is black. `held`: it is the
    picture of the look before, and one that was planned before now. `resized`: it is the planned picture, but not in
    the planned size.
    """

    match_permille: int | None
    planned: bool = True
    overdue: bool = False
    output: bool = True
    dark: bool = False
    held: bool = False
    resized: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """The verdict that stands, and the looks that it may still change with, oldest first."""

    verdict: Verdict = Verdict.UNKNOWN
    looks: tuple[Verdict, ...] = ()


def name_look(look: Look) -> Verdict:
    """Return what a single look says."""
    if not look.planned:
        return Verdict.UNKNOWN
    if not look.output:
        return Verdict.OUTPUT_MISSING
    if look.match_permille is None:
        return Verdict.FROZEN if look.overdue else Verdict.UNKNOWN
    matches = look.match_permille >= GOOD_PERMILLE
    if matches and not look.overdue:
        return Verdict.FINE
    if look.dark and not matches:
        return Verdict.BLACK
    if look.overdue or look.held:
        return Verdict.FROZEN
    return Verdict.WRONG_SIZE if look.resized else Verdict.WRONG


def judge(truth: Truth, look: Look) -> Truth:
    """Return the truth after one more look; a look that says nothing starts from nothing."""
    said = name_look(look)
    if said is Verdict.UNKNOWN:
        return Truth()
    looks = (*truth.looks, said)[-LOOKS_KEPT:]
    bad = [one for one in looks if one is not Verdict.FINE]
    if len(bad) >= BAD_LOOKS:
        return Truth(_foremost(bad), looks)
    if not bad and len(looks) == LOOKS_KEPT:
        return Truth(Verdict.FINE, looks)
    return Truth(truth.verdict, looks)


def _foremost(bad: Iterable[Verdict]) -> Verdict:
    """Return what was said most often, the newest where it is a draw."""
    newest_first = list(bad)[::-1]
    return max(newest_first, key=newest_first.count)
