"""What a health check or the panel's controller found."""

from __future__ import annotations

from dataclasses import dataclass

from playlists.fault import CheckResult, FaultCode, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One reading of one check. `code` is the fault that it can raise, or None for a reading that raises none."""

    check: str
    result: CheckResult
    code: FaultCode | None = None
    detail: str = ""
    """The reason, in a sentence, when the result is not ok."""
    value_milli: int | None = None
    unit: str = ""
    subject: str = ""
    """The part that it concerns, for example `port 1 card 2`; empty for the kiosk as a whole."""
    severity: Severity | None = None
    """Where one code has degrees; else the catalogue's."""
    settled: bool = False
    """The check has waited and counted by itself: no second reading is needed."""
