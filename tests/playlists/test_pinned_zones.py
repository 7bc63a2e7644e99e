from __future__ import annotations

import os
import subprocess
import sys
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from playlists.daypart import use_pinned_zones, zone

SERVER = """
from server.app import create_app
from server.keys import NoKey
from server.settings import Settings
with suppress(NoKey):
    create_app(Settings(data_dir="nothing"))
"""
KIOSK = """
from kiosk_agent.agent import Agent
with suppress(AttributeError):
    Agent(None, None, None)
"""
ASKED = """
import datetime, zoneinfo
print(datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")))
"""


def test_the_pinned_zones_are_really_used(tmp_path: Path) -> None:
    """A system whose zone files say something else changes nothing once the pinned ones are in use."""
    _write_wrong_zone(tmp_path)
    name, noon = "Asia/Ho_Chi_Minh", datetime.fromisoformat("2026-11-23T12:00")
    try:
        zoneinfo.reset_tzpath([str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()
        assert noon.replace(tzinfo=zone(name)).utcoffset() == timedelta(0)
        use_pinned_zones()
        assert zoneinfo.TZPATH == ()
        assert noon.replace(tzinfo=zone(name)).utcoffset() == timedelta(hours=7)
    finally:
        use_pinned_zones()


@pytest.mark.parametrize(("started", "offset"), [(SERVER, "+07:00"), (KIOSK, "+07:00"), ("", "+00:00")])
def test_both_programs_use_the_pinned_zones(started: str, offset: str, tmp_path: Path) -> None:
    """The last row shows that without either program the wrong zone would be read."""
    _write_wrong_zone(tmp_path)
    environment = os.environ | {"PYTHONTZPATH": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", f"from contextlib import suppress\n{started}{ASKED}"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert done.stdout.strip() == f"2026-01-01 00:00:00{offset}", done.stderr


def _write_wrong_zone(folder: Path) -> None:
    (folder / "Asia").mkdir()
    (folder / "Asia" / "Ho_Chi_Minh").write_bytes(_utc_zone_file())


def _utc_zone_file() -> bytes:
    header = b"TZif\x00" + b"\0" * 15 + b"".join(count.to_bytes(4, "big") for count in (0, 0, 0, 0, 1, 4))
    return header + (0).to_bytes(4, "big") + b"\0\0" + b"UTC\0"
