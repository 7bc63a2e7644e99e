"""A panel whose controller says nothing: every reading is unknown."""

from __future__ import annotations

from kiosk_agent.core.finding import Finding
from kiosk_agent.panel.port import Done, Order
from playlists.fault import CheckResult

MUTE = "the panel's controller cannot be asked by this adapter"


class GenericPanel:
    """The adapter for controllers that cannot be asked, or that could not be set up (`reason`)."""

    name = "generic"

    def __init__(self, reason: str = MUTE) -> None:
        self._reason = reason
        self._findings = (Finding("panel_controller", CheckResult.UNKNOWN, detail=reason),)

    def read(self, *, clock_trusted: bool = False) -> tuple[Finding, ...]:  # noqa: ARG002 - the port's
        """Return one reading, unknown: a picture was sent, but nobody answers whether the panel shows it."""
        return self._findings

    def obey(self, order: Order, done: Done) -> None:  # noqa: ARG002 - the port's
        """Refuse."""
        done(self._reason)

    def close(self) -> None:
        """There is nothing to end."""
