"""The LED controller's port: what the agent asks of it. What a controller does not support is never ok."""

from __future__ import annotations

from typing import Protocol

from kiosk_agent.core.finding import Finding


class PanelController(Protocol):
    """One controller behind one panel."""

    @property
    def name(self) -> str:
        """The adapter's name, for reports."""

    def read(self) -> tuple[Finding, ...]:
        """Return what the controller says of itself and its cabinets, now."""
