"""A panel whose controller says nothing: every reading is unknown."""

from __future__ import annotations

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult


class GenericPanel:
    """The adapter for controllers that cannot be asked."""

    @property
    def name(self) -> str:
        """The adapter's name."""
        return "generic"

    def read(self) -> tuple[Finding, ...]:
        """Return one reading, unknown: a picture was sent, but nobody answers whether the panel shows it."""
        detail = "the panel's controller cannot be asked by this adapter"
        return (Finding("panel_controller", CheckResult.UNKNOWN, detail=detail),)
