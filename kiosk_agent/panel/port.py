"""What the agent asks of a panel's controller. What a controller does not support is never ok."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk_agent.core.commands import LeaveController, ShowPicture
from kiosk_agent.core.finding import Finding

Order = ShowPicture | LeaveController
Done = Callable[[str | None], None]
"""Called once, from any thread: None when it was done, else why not."""


class PanelController(Protocol):
    """One controller behind one panel. No call waits for it."""

    @property
    def name(self) -> str:
        """The adapter's name, for reports."""

    def read(self, *, clock_trusted: bool = False) -> tuple[Finding, ...]:
        """Return what is known of the controller and its cabinets; the same object while nothing has changed."""

    def obey(self, order: Order, done: Done) -> None:
        """Do an order as soon as possible."""

    def close(self) -> None:
        """End; a test picture ends with it."""
