"""Whether pictures advance."""

from __future__ import annotations

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode, Severity

NAME = "player"
IN_STEP = "in_step"
IN_STEP_MS = 100
"""Panels of one site change items within this of each other."""
OUTPUT = "video_output"
DROPS = "player_drops"
DROPS_PERMILLE, BAD_DROPS_PERMILLE = 50, 300


def check(*, frames: int, stalled: bool, error: str | None) -> Finding:
    """Judge the player's newest report; the reading counts frames."""
    if stalled:
        detail = error or "pictures stopped; the player is started again"
        return Finding(NAME, CheckResult.FAULT, FaultCode.PLAYER_STALLED, detail, frames * 1000, "frames")
    if frames <= 0:
        return Finding(NAME, CheckResult.UNKNOWN, FaultCode.PLAYER_STALLED, "no picture was shown yet")
    return Finding(NAME, CheckResult.OK, FaultCode.PLAYER_STALLED, "", frames * 1000, "frames")


def in_step(offset_ms: int | None) -> Finding | None:
    """Return the reading of how far item changes are from their planned second; it raises no fault."""
    if offset_ms is None:
        return None
    if abs(offset_ms) > IN_STEP_MS:
        detail = f"items change {offset_ms} ms beside their planned second; {IN_STEP_MS} ms are allowed"
        return Finding(IN_STEP, CheckResult.FAULT, None, detail, offset_ms, "s")
    return Finding(IN_STEP, CheckResult.OK, None, "", offset_ms, "s")


def check_drops(lost_permille: int | None) -> Finding | None:
    """Judge the frames of the last half minute that were not shown in time: 5 % are too many, 30 % nobody can watch."""
    if lost_permille is None:
        return None
    if lost_permille <= DROPS_PERMILLE:
        return Finding(DROPS, CheckResult.OK, FaultCode.PLAYER_DROPS, "", lost_permille * 100, "%")
    severity = Severity.MAJOR if lost_permille > BAD_DROPS_PERMILLE else None
    detail = f"{lost_permille / 10:.1f} % of the frames were not shown in time"
    value = lost_permille * 100
    return Finding(DROPS, CheckResult.FAULT, FaultCode.PLAYER_DROPS, detail, value, "%", severity=severity)


def check_output(misfit: str | None) -> Finding:
    """Judge whether the display suits the panel; `misfit` says why it does not."""
    result = CheckResult.OK if misfit is None else CheckResult.FAULT
    return Finding(OUTPUT, result, FaultCode.VIDEO_OUTPUT_UNFIT, misfit or "")
