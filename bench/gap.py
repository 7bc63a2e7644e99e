"""`gap`: does the panel go blank, or show a picture in the wrong size, when one item gives way to the next?

The real player (child process, feeder, libVLC) under Xvfb against one MediaPlayer with `set_media`, the same six items
of one second each, in turns, watched at 151 captures a second.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import vlc

from bench.eye import PURPLE, TEAL, Sample, changes, draw, look
from bench.one_player import BaselineSpec
from bench.report import Aim, Figure, Measured, percentile
from kiosk_agent.player.encode import encode_segment, encode_still
from kiosk_agent.player.port import Cue
from kiosk_agent.player.stage import Placement
from kiosk_agent.player.vlc_player import VlcPlayer
from kiosk_agent.player.xserver import open_display
from playlists.manifest import OutputWindow, PanelSpec
from playlists.profile import Profile

PANEL = PanelSpec(
    id=UUID(int=1),
    slug="bench-gap",
    name="gap",
    width=512,
    height=256,
    window=OutputWindow(hdmi_width=640, hdmi_height=360, x=40, y=30),
)
NATIVE: tuple[tuple[str, int, int, int], ...] = (
    ("png", 512, 256, 0),
    ("mp4", 512, 256, 25),
    ("jpg", 1024, 512, 0),
    ("mp4", 1280, 720, 30),
    ("png", 1920, 1080, 0),
    ("mp4", 640, 480, 25),
)
"""The items as they come: kind, width, height, frames per second."""
CLIP_S = 2
SETTLE_S = 3.0
"""Start-up is not a change of items: nothing is counted before."""


@dataclass(slots=True)
class Side:
    """What was seen of one of the two ways, all rounds together."""

    blank: int = 0
    wrong_size: int = 0
    disturbed: int = 0
    longest_blank_ms: float = 0.0
    onset_ms: list[float] = field(default_factory=list)
    gaps_ms: list[float] = field(default_factory=list)
    watched_s: float = 0.0

    def add(self, samples: list[Sample]) -> None:
        """Count one round."""
        seen = changes(samples)
        self.disturbed += seen.disturbed
        self.watched_s += samples[-1].at - samples[0].at
        self.gaps_ms += [(b.at - a.at) * 1000 for a, b in pairwise(samples)]
        for change in seen.changes:
            self.blank += change.blank_ms > 0
            self.wrong_size += change.wrong_size_ms > 0
            self.longest_blank_ms = max(self.longest_blank_ms, change.blank_ms)
            self.onset_ms.append(onset_error_ms(change.at, change.item))

    @property
    def capture_hz(self) -> float:
        """Captures per second over all rounds."""
        return round(len(self.gaps_ms) / self.watched_s, 1)


def onset_error_ms(at: float, item: int) -> float:
    """Return how long after its planned whole second an item was first seen (negative: before)."""
    count = len(NATIVE)
    second = round((at - item) / count) * count + item
    return (at - second) * 1000


def make_items(folder: Path) -> tuple[list[Path], list[Path]]:
    """Make the six items in their native sizes, and as segments of the panel's profile."""
    natives, segments = [], []
    for item, (kind, width, height, fps) in enumerate(NATIVE):
        native, segment = folder / f"{item}.{kind}", folder / f"segment-{item}.mp4"
        picture = draw(item, width, height)
        fitted = picture.resize((PANEL.width, PANEL.height))
        if kind == "mp4":
            encode_segment(native, Profile.of(width, height, fps), [picture] * fps * CLIP_S)
            encode_segment(segment, PANEL.profile, [fitted] * PANEL.fps * CLIP_S)
        else:
            picture.save(native)
            encode_still(segment, PANEL.profile, fitted)
        natives.append(native)
        segments.append(segment)
    return natives, segments


def watch_stream(segments: list[Path], folder: Path, seconds: float) -> list[Sample]:
    """Play the items through the real player and return what was seen."""

    def next_cue(at: datetime) -> Cue:
        item = int(at.timestamp()) % len(segments)
        starts_at = datetime.fromtimestamp(int(at.timestamp()), UTC)
        return Cue(f"item-{item}", segments[item], starts_at, starts_at + timedelta(seconds=1))

    player = VlcPlayer(folder / "own", own_display=True, backdrop=PURPLE, outside=TEAL)
    player.start(PANEL, next_cue)
    try:
        display = player.display or ""
        look(display, Placement.of(PANEL), SETTLE_S)
        samples = look(display, Placement.of(PANEL), seconds)
        error = player.report().error
    finally:
        player.stop()
    if error is not None:
        raise RuntimeError(f"the player had trouble during the measurement: {error}")
    return samples


def watch_baseline(natives: list[Path], seconds: float) -> list[Sample]:
    """Play the items through one MediaPlayer with `set_media` and return what was seen."""
    placement = Placement.of(PANEL)
    server = open_display(placement.screen_width, placement.screen_height, own=True)
    spec = BaselineSpec(display=server.display, placement=placement, files=natives, seconds=seconds + SETTLE_S + 2)
    child = subprocess.Popen([sys.executable, "-m", "bench.one_player", spec.model_dump_json()])
    try:
        look(server.display, placement, SETTLE_S)
        return look(server.display, placement, seconds)
    finally:
        child.kill()
        child.wait()
        server.stop()


def measure(arguments: list[str]) -> Measured:
    """Run both sides in turn, several times."""
    parser = argparse.ArgumentParser(prog="python -m bench gap", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how many turns each side has (3)")
    parser.add_argument("--seconds", type=float, default=68, help="seconds of the stream watched in a round (68)")
    parser.add_argument("--baseline-seconds", type=float, default=15, help="the same for the baseline (15)")
    options = parser.parse_args(arguments)
    stream, baseline = Side(), Side()
    with tempfile.TemporaryDirectory(prefix="bangtin-gap-") as kept:
        folder = Path(kept)
        natives, segments = make_items(folder)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            stream.add(watch_stream(segments, folder, options.seconds))
            baseline.add(watch_baseline(natives, options.baseline_seconds))
    return summed_up(stream, baseline)


def summed_up(stream: Side, baseline: Side) -> Measured:
    """Return the figures of both sides."""
    onset = stream.onset_ms or [0.0]
    figures: dict[str, Figure] = {
        "transitions": len(stream.onset_ms),
        "blank": stream.blank,
        "wrong_size": stream.wrong_size,
        "disturbed_within_item": stream.disturbed,
        "longest_blank_ms": round(stream.longest_blank_ms, 1),
        "onset_p50_ms": round(percentile(onset, 0.5), 1),
        "onset_spread_ms": round(max(onset) - min(onset), 1),
        "onset_p1_p99_ms": round(percentile(onset, 0.99) - percentile(onset, 0.01), 1),
        "capture_hz": stream.capture_hz,
        "longest_capture_gap_ms": round(max(stream.gaps_ms), 1),
        "baseline_transitions": len(baseline.onset_ms),
        "baseline_blank": baseline.blank,
        "baseline_wrong_size": baseline.wrong_size,
        "baseline_disturbed_within_item": baseline.disturbed,
        "baseline_longest_blank_ms": round(baseline.longest_blank_ms, 1),
        "baseline_onset_spread_ms": round(max(baseline.onset_ms) - min(baseline.onset_ms), 1)
        if baseline.onset_ms
        else None,
        "baseline_capture_hz": baseline.capture_hz,
    }
    aims = (
        Aim("transitions", ">=", 200),
        Aim("blank", "==", 0),
        Aim("wrong_size", "==", 0),
        Aim("disturbed_within_item", "==", 0),
        Aim("capture_hz", ">=", 100),
    )
    version = vlc.libvlc_get_version().decode(errors="replace")
    return Measured(figures, aims, {"libvlc": version})
