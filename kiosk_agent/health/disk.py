"""The disk under the data folder: free space, mounted read-only, and whether a write really comes back."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode

SPACE, WRITABLE = "disk_space", "disk_writable"
LEAST_FREE_PERMILLE = 50
LEAST_FREE_BYTES = 64 << 20
CANARY = ".canary"
CANARY_BYTES = 4096


def check_space(data_dir: Path) -> Finding:
    """Read the free space, in thousandths of the disk; below 5 % or 64 MiB is a fault."""
    try:
        usage = shutil.disk_usage(data_dir)
    except OSError as error:
        return Finding(SPACE, CheckResult.UNKNOWN, FaultCode.STORAGE_LOW, f"{data_dir}: {error.strerror}")
    permille = usage.free * 1000 // usage.total if usage.total else 0
    if permille < LEAST_FREE_PERMILLE or usage.free < LEAST_FREE_BYTES:
        detail = f"{usage.free >> 20} MiB of {usage.total >> 20} MiB are free"
        return Finding(SPACE, CheckResult.FAULT, FaultCode.STORAGE_LOW, detail, permille * 100, "%")
    return Finding(SPACE, CheckResult.OK, FaultCode.STORAGE_LOW, "", permille * 100, "%")


def check_writable(root: Path, data_dir: Path, *, canary: bool) -> Finding:
    """Look at the mount's options, and where `canary` is set write 4 KiB, sync it and read it back."""
    read_only = mounted_read_only(root, data_dir)
    if read_only:
        return _writable(CheckResult.FAULT, f"the disk under {data_dir} is mounted read-only")
    if canary:
        return _canary(data_dir)
    if read_only is None:
        return _writable(CheckResult.UNKNOWN, "the list of mounts cannot be read")
    return _writable(CheckResult.OK, "")


def mounted_read_only(root: Path, data_dir: Path) -> bool | None:
    """Tell from /proc/self/mountinfo whether the mount of a folder is read-only; None when it cannot be told."""
    try:
        lines = (root / "proc/self/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return None
    best, found = -1, None
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 10 or "-" not in fields:
            continue
        point = Path(fields[4].replace("\\040", " "))
        if data_dir.absolute().is_relative_to(point) and len(point.parts) >= best:
            best = len(point.parts)
            options = {*fields[5].split(","), *fields[-1].split(",")}
            found = bool(options & {"ro", "emergency_ro", "shutdown"})
    return found


def _canary(data_dir: Path) -> Finding:
    content, path = secrets.token_bytes(CANARY_BYTES), data_dir / CANARY
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        same = path.read_bytes() == content
        path.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _writable(CheckResult.UNKNOWN, "the disk is full, so writing could not be tried")
        return _writable(CheckResult.FAULT, f"a test write failed: {error.strerror}")
    if not same:
        return _writable(CheckResult.FAULT, "a test write came back different")
    return _writable(CheckResult.OK, "")


def _writable(result: CheckResult, detail: str) -> Finding:
    return Finding(WRITABLE, result, FaultCode.STORAGE_READ_ONLY, detail)
