"""`soak`: does the player stay the size it is? Memory, threads, descriptors and CPU of the agent's side and the child.

The real player under Xvfb plays stills and a clip at 768x384, reports once a second, and is read once a second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psutil
import vlc
from PIL import Image

from bench.eye import draw
from bench.report import Aim, Figure, Measured
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.encode import encode_segment
from kiosk_agent.player.port import Cue
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.manifest import PanelSpec

PANEL = PanelSpec(id=UUID(int=2), slug="bench-soak", name="soak", width=768, height=384)
STILLS, ITEM_S, CLIP_S = 4, 8, 4
WARM_UP_S = 20.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Both processes together at one monotonic second; `cpu_s` is CPU time since they began."""

    at_s: float
    rss_mb: float
    threads: int
    fds: int
    cpu_s: float


def slope_per_min(readings: list[Reading]) -> float:
    """Return by how many MB a minute memory grows: the line of least squares."""
    count = len(readings)
    mean_s = sum(one.at_s for one in readings) / count
    mean_mb = sum(one.rss_mb for one in readings) / count
    spread = sum((one.at_s - mean_s) ** 2 for one in readings)
    if spread == 0:
        return 0.0
    return 60 * sum((one.at_s - mean_s) * (one.rss_mb - mean_mb) for one in readings) / spread


def make_items(folder: Path) -> list[Path]:
    """Make four stills and a clip whose picture moves."""
    made = []
    for number in range(STILLS):
        made.append(folder / f"still-{number}.mp4")
        encode_segment(made[-1], PANEL.profile, [draw(number, PANEL.width, PANEL.height)])
    frames = []
    for number in range(CLIP_S * PANEL.fps):
        picture = draw(STILLS, PANEL.width, PANEL.height)
        picture.paste(Image.new("RGB", (60, 60), (240, 240, 240)), (100 + 5 * number, 150))
        frames.append(picture)
    made.append(folder / "clip.mp4")
    encode_segment(made[-1], PANEL.profile, frames)
    return made


def read(processes: list[psutil.Process]) -> Reading:
    """Read both processes now."""
    times = [process.cpu_times() for process in processes]
    return Reading(
        time.monotonic(),
        sum(process.memory_info().rss for process in processes) / 1e6,
        sum(process.num_threads() for process in processes),
        sum(process.num_fds() for process in processes),
        sum(one.user + one.system for one in times),
    )


def run(folder: Path, seconds: float) -> tuple[list[Reading], list[Verdict]]:
    """Play for so long after the warm-up; return the readings and the player's verdicts, one a second."""
    items = make_items(folder)

    def next_cue(at: datetime) -> Cue:
        turn = int(at.timestamp()) // ITEM_S
        starts_at = datetime.fromtimestamp(turn * ITEM_S, UTC)
        return Cue(
            f"item-{turn % len(items)}", items[turn % len(items)], starts_at, starts_at + timedelta(seconds=ITEM_S)
        )

    player = VlcPlayer(folder / "own", own_display=True)
    readings: list[Reading] = []
    verdicts: list[Verdict] = []
    try:
        player.start(PANEL, next_cue)
        first = player.child_pid
        begin = time.monotonic() + WARM_UP_S
        while time.monotonic() < begin + seconds:
            time.sleep(1)
            verdict = player.report().verdict
            if player.child_pid is None or player.child_pid != first:
                raise RuntimeError(f"the player's child did not last: {player.report().error}")
            if time.monotonic() >= begin:
                verdicts.append(verdict)
                readings.append(read([psutil.Process(), psutil.Process(first)]))
    finally:
        player.stop()
    return readings, verdicts


def measure(arguments: list[str]) -> Measured:
    """Play for some minutes."""
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=4, help="minutes measured after a warm-up of 20 s (4)")
    options = parser.parse_args(arguments)
    print(f"playing for {options.minutes:g} min", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bangtin-soak-") as kept:
        readings, verdicts = run(Path(kept), options.minutes * 60)
    return summed_up(readings, verdicts)


def summed_up(readings: list[Reading], verdicts: list[Verdict]) -> Measured:
    """Return the figures of a run."""
    first, last = readings[0], readings[-1]
    lasted_s = last.at_s - first.at_s
    figures: dict[str, Figure] = {
        "minutes": round(lasted_s / 60, 2),
        "rss_mb": round(last.rss_mb, 1),
        "rss_slope_mb_min": round(slope_per_min(readings), 2),
        "cpu_pct": round(100 * (last.cpu_s - first.cpu_s) / lasted_s, 1) if lasted_s else None,
        "threads": last.threads,
        "threads_grown": last.threads - first.threads,
        "fds": last.fds,
        "fds_grown": last.fds - first.fds,
        "looks": len(verdicts),
        "looks_not_fine": sum(verdict is not Verdict.FINE for verdict in verdicts),
    }
    aims = (
        Aim("rss_slope_mb_min", "<=", 0.2),
        Aim("cpu_pct", "<=", 6),
        Aim("threads_grown", "<=", 0),
        Aim("fds_grown", "<=", 0),
        Aim("looks_not_fine", "==", 0),
    )
    return Measured(figures, aims, {"libvlc": vlc.libvlc_get_version().decode(errors="replace")})
