"""The witness: looks at what is captured beside the plan, and keeps the verdict on one life of the stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PIL import Image

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.expected import Expectation, is_dark, match_permille, thumbnail
from kiosk_agent.player.plan import Plan
from kiosk_agent.player.resized import is_resized
from kiosk_agent.player.truth import GOOD_PERMILLE, Look, Truth, judge
from playlists.profile import Profile

LOOK_EVERY_S = 0.5
"""Looks that follow each other faster say nothing new and are not judged."""
SETTLE = timedelta(seconds=1.5)
"""A stream that begins is given so long to get its first picture up."""
SECOND = timedelta(seconds=1)
OVERDUE = timedelta(seconds=0.5)
OVERLAY_SETTLE_S = 0.5
SAME_PERMILLE = 995
POOR_PERMILLE = 500


class Witness:
    """Compares captures with a plan; used by one thread."""

    def __init__(self, profile: Profile, plan: Plan) -> None:
        self._plan = plan
        self._expectation = Expectation(profile, plan)
        self._truth = Truth()
        self._was_fine = False
        self.matches = False
        """The last look found what was expected."""
        self._began: datetime | None = None
        self._looked_s: float | None = None
        self._before: Image.Image | None = None
        self._matched_at = datetime.fromtimestamp(0, UTC)
        self._stuck_since_s: float | None = None
        self._over: Image.Image | None = None
        self._over_is_item = False
        self._over_changed_s = float("-inf")

    @property
    def expectation(self) -> Expectation:
        """The thumbnails of what the plan has on screen."""
        return self._expectation

    @property
    def verdict(self) -> Verdict:
        """What the last looks come to."""
        return self._truth.verdict

    @property
    def was_fine(self) -> bool:
        """Tell whether the picture was ever found fine."""
        return self._was_fine

    def stuck_s(self, mono_s: float) -> float:
        """Return for how long captures have neither changed nor come near the plan."""
        return 0.0 if self._stuck_since_s is None else mono_s - self._stuck_since_s

    def overlay(self, picture: Image.Image | None, mono_s: float, *, of_item: bool = False) -> None:
        """Expect an overlay instead of the plan, or the plan again (None); `of_item`: it stands for the item due."""
        self._over = None if picture is None else thumbnail(picture)
        self._over_is_item = of_item
        self._over_changed_s = mono_s

    def look(self, picture: Image.Image | None, at: datetime, mono_s: float, *, output: bool = True) -> int | None:
        """Take a capture (None: there is none) of a UTC instant; return how well it equals the plan, 0 to 1000.

        Under an overlay, and while one comes or goes, there is no match: the planned item is not what is seen. A cover
        that stands for the item due is what it must equal.
        """
        match = None if picture is None else self._expectation.match(picture, at)
        self.matches = False
        if mono_s - self._over_changed_s < OVERLAY_SETTLE_S:
            return None
        if picture is not None and self._over is not None:
            covered = match_permille(thumbnail(picture), self._over)
            self.matches = covered >= GOOD_PERMILLE
            self._judge_if_due(picture, covered, at, mono_s, output)
            return covered if self._over_is_item else None
        self.matches = match is not None and match >= GOOD_PERMILLE
        self._judge_if_due(picture, match, at, mono_s, output)
        return match

    def is_right(self, picture: Image.Image, at: datetime, mono_s: float) -> bool:
        """Tell whether a picture is what is expected at a UTC instant; the verdict is not touched."""
        if mono_s - self._over_changed_s < OVERLAY_SETTLE_S:
            return False
        if self._over is not None:
            return match_permille(thumbnail(picture), self._over) >= GOOD_PERMILLE
        match = self._expectation.match(picture, at)
        return match is not None and match >= GOOD_PERMILLE

    def _judge_if_due(
        self, picture: Image.Image | None, match: int | None, at: datetime, mono_s: float, output: bool
    ) -> None:
        if self._looked_s is None or mono_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = mono_s
            self._judge(picture, match, at, mono_s, output)

    def _judge(self, picture: Image.Image | None, match: int | None, at: datetime, mono_s: float, output: bool) -> None:
        small = None if picture is None else thumbnail(picture)
        same = _is_same(small, self._before)
        self._before = small
        matches = match is not None and match >= GOOD_PERMILLE
        stuck = small is not None and same and match is not None and match < POOR_PERMILLE
        if not stuck:
            self._stuck_since_s = None
        elif self._stuck_since_s is None:
            self._stuck_since_s = mono_s
        newest = self._plan.newest()
        look = Look(
            match,
            planned=self._is_settled(at),
            overdue=newest is not None and newest.at + SECOND + OVERDUE < at,
            output=output,
            dark=small is not None and is_dark(small),
            held=same and small is not None and self._expectation.was_planned(small, self._matched_at, at),
            resized=picture is not None and not matches and self._is_resized(picture, at),
        )
        if matches:
            self._matched_at = at
        self._truth = judge(self._truth, look)
        self._was_fine = self._was_fine or self._truth.verdict is Verdict.FINE

    def _is_settled(self, at: datetime) -> bool:
        if self._began is None:
            row = self._plan.at(at)
            self._began = row.at if row is not None else None
        return self._began is not None and at - self._began >= SETTLE and self._plan.at(at) is not None

    def _is_resized(self, picture: Image.Image, at: datetime) -> bool:
        return any(is_resized(picture, expected) for expected in self._expectation.expected(at))


def _is_same(one: Image.Image | None, other: Image.Image | None) -> bool:
    return one is not None and other is not None and match_permille(one, other) >= SAME_PERMILLE
