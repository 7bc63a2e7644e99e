"""`soak`: does a kiosk stay the size it is? Memory, threads, descriptors and CPU of the real agent and its player.

`bangtin-kiosk run` plays four stills and a clip at 768x384 through VLC under Xvfb, linked to a broker, and is read
once a second from outside: what this process and the X server use is not counted, the player's spare child is.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from uuid import UUID

import psutil
import vlc
from PIL import Image

from bench.eye import draw
from bench.kiosk import Kiosk, running
from bench.report import Aim, Figure, Measured
from kiosk_agent.player.encode import encode_segment
from playlists.fault import FaultCode
from playlists.manifest import PanelSpec
from playlists.wire.messages import SEEN_PERMILLE, Faults, Message, State

PANEL = PanelSpec(id=UUID(int=2), slug="bench-soak", name="soak", width=768, height=384)
STILLS, ITEM_S, CLIP_S = 4, 8, 4
WARM_UP_S = 90.0
"""Until the read-ahead is full, every item has been on air, and its changes have been measured once."""
PICTURE_FAULTS = frozenset(
    {
        FaultCode.PLAYER_STALLED,
        FaultCode.PICTURE_FROZEN,
        FaultCode.PICTURE_BLACK,
        FaultCode.PICTURE_WRONG,
        FaultCode.PICTURE_WRONG_SIZE,
        FaultCode.VIDEO_OUTPUT_MISSING,
        FaultCode.SEGMENT_QUARANTINED,
        FaultCode.CONTENT_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One process at one monotonic second; `cpu_s` is CPU time since it began."""

    at_s: float
    rss_mb: float
    threads: int
    fds: int
    cpu_s: float

    @classmethod
    def of(cls, process: psutil.Process) -> Reading:
        """Read a process now."""
        with process.oneshot():
            times = process.cpu_times()
            rss_mb = process.memory_info().rss / 1e6
            return cls(time.monotonic(), rss_mb, process.num_threads(), process.num_fds(), times.user + times.system)

    def plus(self, other: Reading) -> Reading:
        """Return both processes as one."""
        return Reading(
            self.at_s,
            self.rss_mb + other.rss_mb,
            self.threads + other.threads,
            self.fds + other.fds,
            self.cpu_s + other.cpu_s,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What the kiosk said of its picture: airings told, those of them that a capture matched, and faults of it."""

    airings: int
    seen: int
    faults: int

    @classmethod
    def by(cls, messages: Sequence[Message], since: datetime) -> Said:
        """Count airings and faults that began after a time, but not the last airing: it may not have been looked at."""
        airings: dict[object, bool] = {}
        faults: set[tuple[str, str, object]] = set()
        for message in messages:
            if isinstance(message, State) and message.on_screen is not None and message.on_screen.starts_at >= since:
                shown = message.on_screen
                good = shown.match_permille is not None and shown.match_permille >= SEEN_PERMILLE
                airings[shown.starts_at] = airings.get(shown.starts_at, False) or good
            elif isinstance(message, Faults):
                of_picture = [one for one in message.active if one.code in PICTURE_FAULTS and one.since_at >= since]
                faults |= {(one.code, one.subject, one.since_at) for one in of_picture}
        looked = list(airings.values())[:-1]
        return cls(len(looked), sum(looked), len(faults))


def slope_per_min(readings: Sequence[Reading]) -> float:
    """Return by how many MB a minute memory grows: the line of least squares."""
    count = len(readings)
    mean_s = sum(one.at_s for one in readings) / count
    mean_mb = sum(one.rss_mb for one in readings) / count
    spread = sum((one.at_s - mean_s) ** 2 for one in readings)
    if spread == 0:
        return 0.0
    return 60 * sum((one.at_s - mean_s) * (one.rss_mb - mean_mb) for one in readings) / spread


def cpu_pct(readings: Sequence[Reading]) -> float | None:
    """Return the CPU used from the first to the last reading, in percent of one core."""
    first, last = readings[0], readings[-1]
    lasted_s = last.at_s - first.at_s
    return round(100 * (last.cpu_s - first.cpu_s) / lasted_s, 1) if lasted_s else None


def grown(values: Sequence[int]) -> int:
    """Return by how much a count grew: the middle of the last third less that of the first.

    A file that is open while it is fed, and a connection that is tried, are there at some readings and not at others.
    """
    third = max(1, len(values) // 3)
    return statistics.median_low(values[-third:]) - statistics.median_low(values[:third])


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


def watch(kiosk: Kiosk, seconds: float) -> tuple[list[Reading], list[Reading]]:
    """Read the agent and its player's processes once a second for so long.

    Raises:
        RuntimeError: a child of the player did not last.
    """
    first = {one.pid for one in kiosk.players()}
    agents: list[Reading] = []
    players: list[Reading] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        now = kiosk.players()
        if not first or {one.pid for one in now} != first:
            raise RuntimeError("a child of the player did not last; see what the kiosk says of it")
        agents.append(Reading.of(kiosk.agent))
        players.append(reduce(Reading.plus, map(Reading.of, now)))
    return agents, players


def measure(arguments: list[str]) -> Measured:
    """Play for some minutes."""
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=3, help=f"minutes measured after a warm-up of {WARM_UP_S:g} s (3)"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangtin-soak-") as kept:
        folder = Path(kept)
        items = [(path, ITEM_S) for path in make_items(folder)]
        with running(folder, PANEL, items) as kiosk:
            print(f"playing for {options.minutes:g} min after {WARM_UP_S:g} s", file=sys.stderr)
            time.sleep(WARM_UP_S)
            since = datetime.now(UTC)
            agents, players = watch(kiosk, options.minutes * 60)
            said = Said.by(kiosk.heard.all(), since)
    return summed_up(agents, players, said)


def summed_up(agents: list[Reading], players: list[Reading], said: Said) -> Measured:
    """Return the figures of a run: both processes together, then each."""
    both = [one.plus(other) for one, other in zip(agents, players, strict=True)]
    first, last = both[0], both[-1]
    figures: dict[str, Figure] = {
        "minutes": round((last.at_s - first.at_s) / 60, 2),
        "rss_mb": round(last.rss_mb, 1),
        "rss_slope_mb_min": round(slope_per_min(both), 3),
        "cpu_pct": cpu_pct(both),
        "threads": last.threads,
        "threads_grown": grown([one.threads for one in both]),
        "fds": last.fds,
        "fds_grown": grown([one.fds for one in both]),
        "agent_rss_mb": round(agents[-1].rss_mb, 1),
        "agent_rss_slope_mb_min": round(slope_per_min(agents), 3),
        "agent_cpu_pct": cpu_pct(agents),
        "player_rss_mb": round(players[-1].rss_mb, 1),
        "player_rss_slope_mb_min": round(slope_per_min(players), 3),
        "player_cpu_pct": cpu_pct(players),
        "airings": said.airings,
        "airings_not_seen": said.airings - said.seen,
        "picture_faults": said.faults,
    }
    aims = (
        Aim("rss_slope_mb_min", "<=", 0.2),
        Aim("cpu_pct", "<=", 6),
        Aim("threads_grown", "<=", 0),
        Aim("fds_grown", "<=", 0),
        Aim("airings_not_seen", "==", 0),
        Aim("picture_faults", "==", 0),
    )
    return Measured(figures, aims, {"libvlc": vlc.libvlc_get_version().decode(errors="replace")})
