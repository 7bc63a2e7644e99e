"""`board`: a value of a status board is stated; how long until a panel's pixels show it?

A real server with Mosquitto, and a real kiosk whose VLC plays on an Xvfb that is watched 151 times a second. The gate's
phrase is stated open (green) and closed (red) in turns at random moments: by a call of the web API, and by a message of
another system over MQTT. Counted from the moment before the call or the publish to the first capture that shows the
colour; "told" is when the API's answer, or the broker's receipt, was there.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import paho.mqtt.client as paho
from mss import MSS
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from PIL import Image, ImageChops

from bench.board_stage import HEIGHT, WIDTH, BoardStage, Source, staged
from bench.eye import CAPTURES_PER_S
from bench.report import Aim, Figure, Measured, percentile
from kiosk_agent.player.placement import Placement
from playlists.wire.messages import Statement, encode
from simulator.demo.api import wait_for

PAUSE_S = (1.0, 2.5)
"""Between two changes, so that they fall on all phases of the stream."""
LOOK_S = 15.0
"""So long is looked for a change."""
NEVER_MS = 60_000.0
"""Stands for a change that was not seen at all."""
LEAST_PIXELS = 40
LEVEL = 70
"""A pixel is red or green where this channel stands out by so much over the others."""
COLOURS = {"open": "green", "closed": "red"}

Say = Callable[[str], None]


def colour_of(picture: Image.Image) -> str | None:
    """Name the colour of the gate's phrase, the only red or green on the board; None where there is neither."""
    red, green, blue = picture.split()
    counted = {
        "red": _standing_out(red, green, blue),
        "green": _standing_out(green, red, blue),
    }
    colour = max(counted, key=lambda name: counted[name])
    return colour if counted[colour] >= LEAST_PIXELS else None


def _standing_out(one: Image.Image, *others: Image.Image) -> int:
    least = ImageChops.darker(*(ImageChops.subtract(one, other) for other in others))
    return sum(least.histogram()[LEVEL:])


def until_seen(grabber: MSS, placement: Placement, colour: str, seconds: float) -> float | None:
    """Capture the panel until it shows a colour; return when, as monotonic seconds, or None."""
    area = {"left": placement.x, "top": placement.y, "width": placement.width, "height": placement.height}
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        shot = grabber.grab(area)
        at = time.monotonic()
        if colour_of(Image.frombytes("RGB", shot.size, bytes(shot.bgra), "raw", "BGRX")) == colour:
            return at
        time.sleep(max(0.0, now + 1 / CAPTURES_PER_S - time.monotonic()))
    return None


def by_api(stage: BoardStage) -> Say:
    """Return what states a phrase by one call of the web API."""
    return lambda phrase: stage.state({"gate": phrase})


class BySource:
    """Another system: connected to the broker under its own name, one message a statement."""

    def __init__(self, source: Source) -> None:
        """Connect, and wait until the broker has let us in."""
        self._source = source
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=str(source.id), protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.username_pw_set(str(source.id), source.password)
        self._client.connect(source.broker.host, source.broker.port)
        self._client.loop_start()
        # The broker learns of a new name a moment later; until then the loop tries again each second.
        wait_for(
            "the broker to let the source in", lambda: self._client.is_connected() or None, timeout_s=30, between=_rest
        )

    def __call__(self, phrase: str) -> None:
        """State a phrase and return when the broker has it."""
        said = Statement(id=uuid4(), at=datetime.now(UTC), set={"gate": phrase})
        self._client.publish(self._source.topic, encode(said), qos=1).wait_for_publish(10)

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()


class Turns:
    """What was seen of one way: milliseconds from the statement to pixels, and to the answer."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.pixels_ms: list[float] = []
        self.told_ms: list[float] = []

    def figures(self, name: str) -> dict[str, Figure]:
        """Return the figures of the way."""
        return {
            f"{name}_changes": len(self.pixels_ms),
            f"{name}_p50_ms": round(percentile(self.pixels_ms, 0.5)),
            f"{name}_p99_ms": round(percentile(self.pixels_ms, 0.99)),
            f"{name}_max_ms": round(max(self.pixels_ms)),
            f"{name}_told_p50_ms": round(percentile(self.told_ms, 0.5)),
        }


def watch(stage: BoardStage, say: Say, times: int, seed: int) -> Turns:
    """State open and closed in turns, so many times in all, and look for each."""
    turns, chance = Turns(), random.Random(seed)
    with MSS(backend="xshmgetimage", display=stage.display) as grabber, ThreadPoolExecutor(1) as mouth:
        for number in range(times):
            phrase = ("closed", "open")[number % 2]
            time.sleep(chance.uniform(*PAUSE_S))
            stage.check()
            began = time.monotonic()
            saying = mouth.submit(_timed, say, phrase)
            seen = until_seen(grabber, stage.placement, COLOURS[phrase], LOOK_S)
            turns.pixels_ms.append(NEVER_MS if seen is None else (seen - began) * 1000)
            turns.told_ms.append((saying.result() - began) * 1000)
    return turns


def _rest() -> None:
    """There is nothing to look after while one waits."""


def _timed(say: Say, phrase: str) -> float:
    say(phrase)
    return time.monotonic()


def measure(arguments: list[str]) -> Measured:
    """Furnish a place, wait until its board is on air, and change its values by both ways."""
    parser = argparse.ArgumentParser(prog="python -m bench board", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="changes by each way (20)")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="bangtin-board-", ignore_cleanup_errors=True) as kept,
        staged(Path(kept)) as stage,
    ):
        print("the board is on air", file=sys.stderr)
        called = watch(stage, by_api(stage), options.times, 1)
        with closing(BySource(stage.source())) as system:
            sent = watch(stage, system, options.times, 2)
    whole = Turns()
    whole.pixels_ms, whole.told_ms = called.pixels_ms + sent.pixels_ms, called.told_ms + sent.told_ms
    figures: dict[str, Figure] = {
        "changes": len(whole.pixels_ms),
        "unseen": whole.pixels_ms.count(NEVER_MS),
        "pixels_p50_ms": round(percentile(whole.pixels_ms, 0.5)),
        "pixels_p99_ms": round(percentile(whole.pixels_ms, 0.99)),
        "pixels_max_ms": round(max(whole.pixels_ms)),
    }
    figures |= called.figures("api") | sent.figures("mqtt")
    aims = (Aim("changes", ">=", 30), Aim("unseen", "==", 0), Aim("pixels_max_ms", "<=", 2000))
    return Measured(figures, aims, {"panel": f"{WIDTH}x{HEIGHT}"})
