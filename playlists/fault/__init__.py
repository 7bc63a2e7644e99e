"""Faults: the codes that checks raise and clear, with severity, words for people and the words of other standards."""

from __future__ import annotations

from playlists.fault import of_kiosk, of_link, of_panel, of_picture
from playlists.fault.code import CheckResult, FaultCode, Severity
from playlists.fault.explained import EventType, Explained, Said, SignError

__all__ = ["CATALOGUE", "CheckResult", "EventType", "Explained", "FaultCode", "Said", "Severity", "SignError"]

CATALOGUE: dict[FaultCode, Explained] = {
    **of_link.FAULTS,
    **of_kiosk.FAULTS,
    **of_picture.FAULTS,
    **of_panel.FAULTS,
}
"""What is known of each code."""
