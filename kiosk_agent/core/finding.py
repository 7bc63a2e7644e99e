"""What a health check or the panel's controller found."""

from __future__ import annotations

from dataclasses import dataclass

from playlists.fault import CheckResult, FaultCode


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
