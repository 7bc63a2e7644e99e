"""The succession: one VLC child takes over the panel from another, without a moment in which neither is seen.

The new child starts beneath the windows of the old one. Composite keeps the pixels of a window that is covered, so its
picture can be checked before anybody sees it, and is whole at once when it is raised.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from enum import StrEnum

from kiosk_agent.player.child import Child
from kiosk_agent.player.screen import WindowEye

READY_WITHIN_S = 30.0


class Step(StrEnum):
    """How far the new child has come."""

    STARTING = "starting"
    RISING = "rising"
    UP = "up"
    FAILED = "failed"


class Succession:
    """The way of one new child; asked by one thread. `at_once` raises it as soon as its picture is right."""

    def __init__(self, heir: Child, eye: WindowEye, *, at_once: bool) -> None:
        self.heir = heir
        self.at_once = at_once
        self.failure = ""
        self._eye = eye
        self._step = Step.STARTING

    def proceed(self) -> Step:
        """Take the next step, if it is time for one."""
        ended = self.heir.why_ended()
        if ended is not None or self.heir.is_stopped or self.heir.age_s > READY_WITHIN_S:
            self.failure = ended or f"VLC showed no right picture within {READY_WITHIN_S:.0f} s of its start"
            self._step = Step.FAILED
        elif self.heir.is_raised:
            self._step = Step.UP
        elif self._step is Step.STARTING and self._is_right():
            self._step = Step.RISING
            self.heir.come_up(at_once=self.at_once)
        return self._step

    def close(self) -> None:
        """Let go of what looked at the window."""
        self._eye.close()

    def _is_right(self) -> bool:
        window = self.heir.window
        self.heir.cover()
        picture = None if window is None else self._eye.capture(window)
        return picture is not None and self.heir.witness.is_right(picture, datetime.now(UTC), time.monotonic())
