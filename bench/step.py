"""`step`: do the panels of one site change items together, by the clock alone?

Two real players under an Xvfb each show three items in turns of a second; both screens are watched at 151 captures a
second. They are started anew several times, since how well a stream is in step is decided when it begins.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import vlc

from bench.eye import Change, changes, look
from bench.kills import ITEMS, make_player
from bench.report import Aim, Figure, Measured, percentile
from bench.settle import settle
from bench.ways import PANEL
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Cue

PANELS = 2


def by_second(seen: list[Change]) -> dict[int, float]:
    """Return for each planned whole second how long after it (ms) its change was seen."""
    found: dict[int, float] = {}
    for change in seen:
        second = round((change.at - change.item) / ITEMS) * ITEMS + change.item
        found[second] = (change.at - second) * 1000
    return found


def apart(offsets: list[dict[int, float]]) -> list[float]:
    """Return by how many ms the panels changed apart, for each second at which all did."""
    common = set.intersection(*(set(one) for one in offsets))
    return [max(one[at] for one in offsets) - min(one[at] for one in offsets) for at in sorted(common)]


def run(folder: Path, seconds: float) -> tuple[list[dict[int, float]], list[int]]:
    """Play on all panels for so long; return the changes of each, and what the players measured themselves."""
    players = []
    for number in range(PANELS):
        own = folder / str(number)
        own.mkdir()
        players.append(make_player(own))
    segments = players[0][1]

    def next_cue(at: datetime) -> Cue:
        second = int(at.timestamp())
        starts_at = datetime.fromtimestamp(second, UTC)
        return Cue(f"item-{second % ITEMS}", segments[second % ITEMS], starts_at, starts_at + timedelta(seconds=1))

    reported: list[int] = []
    try:
        for player, _ in players:
            player.start(PANEL, next_cue)
        settle(*(player for player, _ in players))
        with ThreadPoolExecutor(PANELS) as eyes:
            watching = [eyes.submit(look, player.display or "", Placement.of(PANEL), seconds) for player, _ in players]
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(1)
                said = [player.report() for player, _ in players]
            seen = [changes(one.result()).changes for one in watching]
        reported += [one.in_step_offset_ms for one in said if one.in_step_offset_ms is not None]
    finally:
        for player, _ in players:
            player.stop()
    return [by_second(one) for one in seen], reported


def measure(arguments: list[str]) -> Measured:
    """Play on two panels, several times."""
    parser = argparse.ArgumentParser(prog="python -m bench step", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how often the players are started (4)")
    parser.add_argument("--seconds", type=float, default=30, help="seconds watched in a round (30)")
    options = parser.parse_args(arguments)
    differences: list[float] = []
    offsets: list[float] = []
    reported: list[int] = []
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="bangtin-step-") as kept:
            panels, said = run(Path(kept), options.seconds)
        differences += apart(panels)
        offsets += [offset for panel in panels for offset in panel.values()]
        reported += said
    figures: dict[str, Figure] = {
        "panels": PANELS,
        "changes": len(differences),
        "apart_p50_ms": round(percentile(differences, 0.5), 1),
        "apart_p99_ms": round(percentile(differences, 0.99), 1),
        "apart_max_ms": round(max(differences), 1),
        "offset_p1_ms": round(percentile(offsets, 0.01), 1),
        "offset_p50_ms": round(percentile(offsets, 0.5), 1),
        "offset_p99_ms": round(percentile(offsets, 0.99), 1),
        "reported": len(reported),
        "reported_min_ms": min(reported, default=None),
        "reported_max_ms": max(reported, default=None),
    }
    aims = (Aim("changes", ">=", 60), Aim("apart_p99_ms", "<=", 100), Aim("reported", ">=", 1))
    return Measured(figures, aims, {"libvlc": vlc.libvlc_get_version().decode(errors="replace")})
