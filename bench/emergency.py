"""`emergency`: a duty officer signs a prepared warning; how long until pixels change, and until every kiosk says so?

A real server with Mosquitto, a root, a template that two people released and that is stored on every kiosk; a real
kiosk whose VLC plays on an Xvfb that is watched 151 times a second, and simulated kiosks on the real core. Counted
from the moment before the signature is sent. Simulated kiosks and the floor's clients run at the lowest priority: each
real one has a processor of its own. The floor is the same fan-out and fan-in of the same number of bytes on a broker
of its own, with clients that only echo.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mss import MSS
from PIL import Image, ImageChops, ImageStat

from bench.emergency_floor import floor
from bench.emergency_stage import EmergencyStage, staged
from bench.eye import CAPTURES_PER_S
from bench.report import Aim, Figure, Measured, percentile
from kiosk_agent.player.placement import Placement

PAUSE_S = (0.3, 1.3)
"""Between two warnings, so that they fall on all phases of the stream."""
LOOK_S = 15.0
NEVER_MS = 60_000.0
CHANGED = 12.0
"""The mean difference of grey levels from which a picture is another one."""


class Eye:
    """Looks at the panel and knows what is usually on it."""

    def __init__(self, grabber: MSS, placement: Placement) -> None:
        self._grabber = grabber
        self._area = {
            "left": placement.x,
            "top": placement.y,
            "width": placement.width,
            "height": placement.height,
        }
        self._usual = self._look()[0]

    def until(self, *, warned: bool, seconds: float) -> float | None:
        """Look until the panel shows a warning, or what is usual; return when, as monotonic seconds, or None."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            picture, at = self._look()
            if (self._difference(picture) > CHANGED) is warned:
                return at
            time.sleep(max(0.0, now + 1 / CAPTURES_PER_S - time.monotonic()))
        return None

    def _look(self) -> tuple[Image.Image, float]:
        shot = self._grabber.grab(self._area)
        at = time.monotonic()
        picture = Image.frombytes("RGB", shot.size, bytes(shot.bgra), "raw", "BGRX").reduce(8).convert("L")
        return picture, at

    def _difference(self, picture: Image.Image) -> float:
        return float(ImageStat.Stat(ImageChops.difference(picture, self._usual)).mean[0])


class Runs:
    """What was measured, in milliseconds from the signature."""

    def __init__(self) -> None:
        self.pixels_ms: list[float] = []
        self.acks_ms: list[float] = []


def measure(arguments: list[str]) -> Measured:
    """Furnish a place, raise and end warnings, and measure the broker alone beside it."""
    parser = argparse.ArgumentParser(prog="python -m bench emergency", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="warnings that are raised (50)")
    parser.add_argument("--kiosks", type=int, default=100, help="simulated kiosks (100)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangtin-emergency-", ignore_cleanup_errors=True) as kept:
        with staged(Path(kept) / "stage", options.kiosks) as stage:
            print(f"{options.kiosks} simulated kiosks and one real one hold the template", file=sys.stderr)
            runs = _watch(stage, options.times)
            size = stage.told_bytes
        floors = floor(Path(kept) / "floor", options.kiosks, options.times, size)
    figures: dict[str, Figure] = {
        "triggers": len(runs.pixels_ms),
        "kiosks": options.kiosks + 1,
        "unseen": runs.pixels_ms.count(NEVER_MS),
        "unacknowledged": runs.acks_ms.count(NEVER_MS),
        "pixels_p50_ms": round(percentile(runs.pixels_ms, 0.5)),
        "pixels_p99_ms": round(percentile(runs.pixels_ms, 0.99)),
        "acks_p50_ms": round(percentile(runs.acks_ms, 0.5)),
        "acks_p99_ms": round(percentile(runs.acks_ms, 0.99)),
        "floor_acks_p50_ms": round(percentile(floors, 0.5)),
        "floor_acks_p99_ms": round(percentile(floors, 0.99)),
        "told_bytes": size,
    }
    aims = (
        Aim("triggers", ">=", 50),
        Aim("unseen", "==", 0),
        Aim("unacknowledged", "==", 0),
        Aim("pixels_p99_ms", "<=", 499),
    )
    return Measured(figures, aims)


def _watch(stage: EmergencyStage, times: int) -> Runs:
    runs, chance = Runs(), random.Random(1)
    with MSS(backend="xshmgetimage", display=stage.display) as grabber, ThreadPoolExecutor(1) as hand:
        eye = Eye(grabber, stage.placement)
        for _ in range(times):
            time.sleep(chance.uniform(*PAUSE_S))
            stage.check()
            emergency = stage.prepare()
            began = time.monotonic()
            signing = hand.submit(stage.sign, emergency)
            seen = eye.until(warned=True, seconds=LOOK_S)
            signing.result()
            last = stage.until_acknowledged(emergency, LOOK_S)
            runs.pixels_ms.append(NEVER_MS if seen is None else (seen - began) * 1000)
            runs.acks_ms.append(NEVER_MS if last is None else (last - began) * 1000)
            stage.end(emergency)
            eye.until(warned=False, seconds=LOOK_S)
    return runs
