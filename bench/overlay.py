"""`overlay`: from the command to pixels, and back, over the running stream; does the panel go blank meanwhile?

The real player under Xvfb plays two items in turns of a second; a third picture is laid over them and taken away at
random phases, watched at 151 captures a second. Then the same for items that may not stay: see `bench.cut`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import vlc

from bench import cut
from bench.eye import PURPLE, TEAL, Sample, Sight, draw, look
from bench.report import Aim, Figure, Measured, percentile
from bench.settle import settle
from bench.ways import PANEL
from kiosk_agent.player.encode import encode_still
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Cue
from kiosk_agent.player.vlc_player import VlcPlayer

BELOW, ABOVE = (0, 2), 1
UP_S = (0.3, 0.7)
"""An overlay stays up, and away, for a random time of this range, so that commands fall on all phases of the stream."""
NEVER_MS = 10_000.0
"""Stands for an overlay that was not seen at all."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command: Unix time in seconds, and whether the overlay is to be up from then on."""

    at: float
    up: bool


def latencies_ms(orders: list[Order], samples: list[Sample]) -> list[float]:
    """Return for each order how long it took until a capture showed it."""
    found = []
    for order in orders:
        seen = (
            sample.at
            for sample in samples
            if sample.at >= order.at and sample.sight is Sight.WHOLE and (sample.item == ABOVE) == order.up
        )
        found.append((next(seen, order.at + NEVER_MS / 1000) - order.at) * 1000)
    return found


def run(folder: Path, times: int) -> tuple[list[Order], list[Sample]]:
    """Play, lay over and take away so many times; return the orders and what was seen."""
    segments = []
    for item in BELOW:
        segments.append(folder / f"{item}.mp4")
        encode_still(segments[-1], PANEL.profile, draw(item, PANEL.width, PANEL.height))
    picture = folder / "over.png"
    draw(ABOVE, PANEL.width, PANEL.height).save(picture)

    def next_cue(at: datetime) -> Cue:
        starts_at = datetime.fromtimestamp(int(at.timestamp()), UTC)
        item = int(at.timestamp()) % len(segments)
        return Cue(f"item-{item}", segments[item], starts_at, starts_at + timedelta(seconds=1))

    player = VlcPlayer(folder / "own", own_display=True, backdrop=PURPLE, outside=TEAL)
    player.start(PANEL, next_cue)
    orders: list[Order] = []
    pauses = [random.uniform(*UP_S) for _ in range(2 * times)]
    try:
        settle(player)
        with ThreadPoolExecutor(1) as eye:
            watching = eye.submit(look, player.display or "", Placement.of(PANEL), sum(pauses) + 2)
            time.sleep(1)
            for number, pause in enumerate(pauses):
                up = number % 2 == 0
                orders.append(Order(datetime.now(UTC).timestamp(), up))
                player.overlay(picture if up else None)
                time.sleep(pause)
            samples = watching.result()
        error = player.report().error
    finally:
        player.stop()
    if error is not None:
        raise RuntimeError(f"the player had trouble during the measurement: {error}")
    return orders, samples


def measure(arguments: list[str]) -> Measured:
    """Lay a picture over the stream many times."""
    parser = argparse.ArgumentParser(prog="python -m bench overlay", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="how often the overlay goes up (50)")
    parser.add_argument("--cuts", type=int, default=50, help="how often something is cut in at once (50)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangtin-overlay-") as kept:
        orders, samples = run(Path(kept), options.times)
        cut_figures = cut.figures(*cut.run(Path(kept), options.cuts))
    shown = latencies_ms([order for order in orders if order.up], samples)
    gone = latencies_ms([order for order in orders if not order.up], samples)
    figures: dict[str, Figure] = {
        "times": len(shown),
        "shown_p50_ms": round(percentile(shown, 0.5), 1),
        "shown_p99_ms": round(percentile(shown, 0.99), 1),
        "gone_p50_ms": round(percentile(gone, 0.5), 1),
        "gone_p99_ms": round(percentile(gone, 0.99), 1),
        "blank_samples": sum(sample.sight is Sight.BLANK for sample in samples),
        "wrong_size_samples": sum(sample.sight is Sight.WRONG_SIZE for sample in samples),
        "samples": len(samples),
        "capture_hz": round((len(samples) - 1) / (samples[-1].at - samples[0].at), 1),
    }
    figures |= cut_figures
    aims = (
        Aim("times", ">=", 50),
        Aim("shown_p99_ms", "<=", 100),
        Aim("blank_samples", "==", 0),
        Aim("capture_hz", ">=", 100),
        *cut.AIMS,
    )
    return Measured(figures, aims, {"libvlc": vlc.libvlc_get_version().decode(errors="replace")})
