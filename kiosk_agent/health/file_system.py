"""Errors that ext4 has counted in its superblock. The count outlives restarts, so only an increase is news."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look, number
from playlists.fault import CheckResult, FaultCode

NAME = "file_system"


def check(look: Look) -> Iterable[Finding]:
    """Read every ext4's count. What was there at the first look is the mark; a repair (fsck) sets the count back."""
    folders = [path.parent for path in look.folders("sys/fs/ext4/*/errors_count")]
    if not folders:
        yield Finding(NAME, CheckResult.UNKNOWN, FaultCode.STORAGE_ERRORS, "no ext4 file system counts its errors here")
    for folder in folders:
        device, count = folder.name, look.number(folder / "errors_count")
        if count is None:
            detail = f"the errors of {device} cannot be read"
            yield Finding(NAME, CheckResult.UNKNOWN, FaultCode.STORAGE_ERRORS, detail, subject=device)
            continue
        mark = number(look.kept.get(f"ext4 {device}"))
        if mark is None or count < mark:
            look.kept.put(f"ext4 {device}", str(count))
            mark = count
        result = CheckResult.FAULT if count > mark else CheckResult.OK
        detail = f"{count - mark} new errors on {device}" if count > mark else ""
        yield Finding(NAME, result, FaultCode.STORAGE_ERRORS, detail, count * 1000, "errors", device)
