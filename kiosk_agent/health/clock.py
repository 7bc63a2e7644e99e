"""Whether the wall clock can be believed: somebody confirms it, or a hardware clock kept it since somebody did."""

from __future__ import annotations

import ctypes
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode

NAME = "clock"
SANE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
SANE_UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
SERVER_AGREES_S = 5.0
MOST_AHEAD_S = 1e9
KEPT_BY_RTC = timedelta(days=180)
RTC_AGREES_S = 60
_STA_UNSYNC = 0x0040
_TIMEX_BYTES = 512
_STATUS_OFFSET = 5 * ctypes.sizeof(ctypes.c_long)


def check(
    root: Path,
    now: datetime,
    *,
    kernel_synchronised: bool | None,
    ahead_of_server_s: float | None = None,
    confirmed_at: datetime | None = None,
) -> Finding:
    """Judge the clock; the value is how far it is ahead of the server's, where that was heard lately.

    Args:
        root: where sysfs and /run are read.
        now: the wall clock's time.
        kernel_synchronised: what `adjtimex` says, or None when it cannot be asked.
        ahead_of_server_s: how far the clock is ahead of the server's newest answer, if there was one lately.
        confirmed_at: when the clock was last confirmed, in an earlier run.
    """
    found = _judged(root, now, kernel_synchronised, ahead_of_server_s, confirmed_at)
    if ahead_of_server_s is None or abs(ahead_of_server_s) > MOST_AHEAD_S:
        return found
    return replace(found, value_milli=round(ahead_of_server_s * 1000), unit="s")


def _judged(
    root: Path,
    now: datetime,
    kernel_synchronised: bool | None,
    ahead_of_server_s: float | None,
    confirmed_at: datetime | None,
) -> Finding:
    if not SANE_FROM <= now < SANE_UNTIL:
        return _found(CheckResult.FAULT, f"the clock says {now:%Y-%m-%d}, which cannot be")
    agrees = ahead_of_server_s is not None and abs(ahead_of_server_s) <= SERVER_AGREES_S
    if (root / "run/systemd/timesync/synchronized").exists() or kernel_synchronised or agrees:
        return _found(CheckResult.OK, "")
    if confirmed_at is not None and confirmed_at <= now < confirmed_at + KEPT_BY_RTC and _kept_by_rtc(root, now):
        return _found(CheckResult.OK, "")
    if ahead_of_server_s is not None:
        return _found(CheckResult.FAULT, f"the clock differs from the server's by {ahead_of_server_s:.0f} s")
    if kernel_synchronised is None:
        return _found(CheckResult.UNKNOWN, "nobody can be asked whether the clock is right")
    return _found(CheckResult.FAULT, "the clock is not synchronised and no hardware clock vouches for it")


def kernel_synchronised() -> bool | None:
    """Ask the kernel (adjtimex, read only) whether a time service keeps the clock; None when it cannot be asked."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    if adjtimex(timex) < 0:
        return None
    return not int.from_bytes(timex.raw[_STATUS_OFFSET : _STATUS_OFFSET + 4], "little") & _STA_UNSYNC


def remember(path: Path, now: datetime) -> None:
    """Note in a file that the clock was confirmed now; the file's own time carries it."""
    path.touch()
    os.utime(path, (now.timestamp(), now.timestamp()))


def remembered(path: Path) -> datetime | None:
    """Return when the clock was last confirmed."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _kept_by_rtc(root: Path, now: datetime) -> bool:
    for path in sorted(root.glob("sys/class/rtc/rtc*/since_epoch")):
        try:
            if abs(int(path.read_text(encoding="ascii")) - now.timestamp()) <= RTC_AGREES_S:
                return True
        except (OSError, ValueError):
            continue
    return False


def _found(result: CheckResult, detail: str) -> Finding:
    return Finding(NAME, result, FaultCode.CLOCK_UNTRUSTED, detail)
