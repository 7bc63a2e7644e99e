"""What the kernel sees at the HDMI outputs (DRM connectors) and the description (EDID) of what is connected.

"Connected" does not prove that a panel shows anything: a controller without receiving cards says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult, FaultCode

NAME = "hdmi"
KEPT = "edid"
MOST_EDID = 32_768
_BLOCK = 128
_HEADER = bytes.fromhex("00ffffffffffff00")


def check(look: Look) -> Iterable[Finding]:
    """Read the connectors. The first description that was read is the one to expect; `accept` takes another."""
    connectors = [path.parent for path in look.folders("sys/class/drm/card*-HDMI-A-*/status")]
    states = {folder: look.text(folder / "status") for folder in connectors}
    if not states or all(state not in {"connected", "disconnected"} for state in states.values()):
        why = "no HDMI output is seen" if not states else "the HDMI outputs do not say whether something is connected"
        for code in (FaultCode.HDMI_DISCONNECTED, FaultCode.HDMI_EDID_MISSING, FaultCode.HDMI_EDID_CHANGED):
            yield Finding(NAME, CheckResult.UNKNOWN, code, why)
        return
    used = next((folder for folder, state in states.items() if state == "connected"), None)
    if used is None:
        yield Finding(NAME, CheckResult.FAULT, FaultCode.HDMI_DISCONNECTED, "nothing is connected to HDMI")
        for code in (FaultCode.HDMI_EDID_MISSING, FaultCode.HDMI_EDID_CHANGED):
            yield Finding(NAME, CheckResult.UNKNOWN, code, "nothing is connected to HDMI")
        return
    yield Finding(NAME, CheckResult.OK, FaultCode.HDMI_DISCONNECTED)
    yield from _described(look, used)


def accept(look: Look) -> str | None:
    """Take what is connected now as what is to be expected; return its name, or None when it cannot be read."""
    for status in look.folders("sys/class/drm/card*-HDMI-A-*/status"):
        edid = _edid(status.parent)
        if look.text(status) == "connected" and edid is not None:
            look.kept.put(KEPT, hashlib.sha256(edid).hexdigest())
            return name_of(edid)
    return None


def name_of(edid: bytes) -> str:
    """Return the maker, product number and, where it is told, the name of what a description describes."""
    letters = int.from_bytes(edid[8:10], "big")
    maker = "".join(chr(64 + (letters >> shift & 31)) for shift in (10, 5, 0))
    product = int.from_bytes(edid[10:12], "little")
    for start in (54, 72, 90, 108):
        if edid[start : start + 5] == b"\x00\x00\x00\xfc\x00":
            text = edid[start + 5 : start + 18].split(b"\n")[0].decode("ascii", "replace").strip()
            return f"{maker} {product:04X} {''.join(char for char in text if char.isprintable())}".strip()
    return f"{maker} {product:04X}"


def _described(look: Look, folder: Path) -> Iterable[Finding]:
    edid = _edid(folder)
    if edid is None:
        detail = f"{folder.name}: something is connected, but its description cannot be read"
        yield Finding(NAME, CheckResult.FAULT, FaultCode.HDMI_EDID_MISSING, detail)
        yield Finding(NAME, CheckResult.UNKNOWN, FaultCode.HDMI_EDID_CHANGED, "the description cannot be read")
        return
    yield Finding(NAME, CheckResult.OK, FaultCode.HDMI_EDID_MISSING, name_of(edid))
    digest = hashlib.sha256(edid).hexdigest()
    if look.kept.get(KEPT) is None:
        look.kept.put(KEPT, digest)
    changed = look.kept.get(KEPT) != digest
    result = CheckResult.FAULT if changed else CheckResult.OK
    yield Finding(NAME, result, FaultCode.HDMI_EDID_CHANGED, f"now {name_of(edid)}" if changed else "")


def _edid(folder: Path) -> bytes | None:
    """Return a description whose blocks are whole and add up; None else."""
    try:
        with (folder / "edid").open("rb") as file:
            edid = file.read(MOST_EDID)
    except OSError:
        return None
    blocks = [edid[start : start + _BLOCK] for start in range(0, len(edid), _BLOCK)]
    sound = edid[:8] == _HEADER and all(len(block) == _BLOCK and sum(block) % 256 == 0 for block in blocks)
    return edid if sound else None
