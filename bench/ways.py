"""The ways of playing that `gap` compares, and the hardships it puts the endless stream through.

Each is watched on a screen of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import UUID

from pydantic import BaseModel
from Xlib.display import Display

from bench.eye import FRAMES, PURPLE, TEAL, Sample, changes, draw, look
from bench.one_player import BaselineSpec, Way
from bench.one_stream import Hardship, StreamSpec
from kiosk_agent.player.encode import encode_segment
from kiosk_agent.player.pacing import RENEWAL_S
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Cue
from kiosk_agent.player.stage import BLACK
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
PLACEMENT = Placement.of(PANEL)
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
SETTLED_CHANGES = 1
"""Start-up is no change of items: nothing is counted before so many were seen ..."""
SETTLE_WITHIN_S = 30.0
"""... or this is over."""
HARDSHIP_AFTER_S = 7.0
"""After the start: late enough to be watched from before."""
ENCODERS = 2
REPORT_EVERY_S = 0.2
RENEWED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Items:
    """The items in their native sizes, as segments of the panel's profile, and a folder to work in."""

    natives: list[Path]
    segments: list[Path]
    folder: Path


def make_items(folder: Path) -> Items:
    """Make the six items; the frames of a clip differ in their barcodes."""
    natives, segments = [], []
    for item, (kind, width, height, fps) in enumerate(NATIVE):
        native, segment = folder / f"{item}.{kind}", folder / f"segment-{item}.mp4"
        if kind == "mp4":
            frames = (draw(item, width, height, number % FRAMES) for number in range(fps * CLIP_S))
            encode_segment(native, Profile.of(width, height, fps), frames)
            count = PANEL.fps * CLIP_S
        else:
            draw(item, width, height).save(native, quality=95)
            count = 1
        fitted = (draw(item, PANEL.width, PANEL.height, number % FRAMES) for number in range(count))
        encode_segment(segment, PANEL.profile, fitted)
        natives.append(native)
        segments.append(segment)
    return Items(natives, segments, folder)


def planned_item(at: datetime) -> int:
    """Return which item is on at a UTC instant: one a second."""
    return int(at.timestamp()) % len(NATIVE)


def watch(display: str, seconds: float) -> list[Sample]:
    """Wait until items change, then return what is seen in so many seconds."""
    await_changes(display)
    return look(display, PLACEMENT, seconds)


def await_changes(display: str) -> None:
    """Return when items change, or after half a minute."""
    deadline = time.monotonic() + SETTLE_WITHIN_S
    seen: list[Sample] = []
    while len(changes(seen).changes) < SETTLED_CHANGES and time.monotonic() < deadline:
        seen += look(display, PLACEMENT, 0.5)


def stream(items: Items, seconds: float, *, timeline_s: int = 0) -> list[Sample]:
    """Play through the real player and return what was seen.

    Raises:
        RuntimeError: the player says that something went wrong.
    """
    with playing(items, timeline_s) as player:
        samples = watch(player.display or "", seconds)
        error = player.report().error
    if error is not None:
        raise RuntimeError(f"the player had trouble during the measurement: {error}")
    return samples


def busy(items: Items, seconds: float) -> list[Sample]:
    """The same, while two encoders keep both cores busy."""
    encoders = [subprocess.Popen([sys.executable, "-m", "bench.busy"]) for _ in range(ENCODERS)]
    try:
        return stream(items, seconds)
    finally:
        for encoder in encoders:
            encoder.kill()
            encoder.wait()


def renewed_12h(items: Items, seconds: float) -> list[Sample]:
    """The same, from the last seconds of a twelve-hour timeline into the next."""
    return stream(items, seconds, timeline_s=RENEWAL_S - round(HARDSHIP_AFTER_S))


def renewed_process(items: Items, seconds: float) -> list[Sample]:
    """The real player, which changes its child for a new one under cover in the middle.

    Raises:
        RuntimeError: the child is the same in the end, or the player says that something went wrong.
    """
    with playing(items) as player, ThreadPoolExecutor(1) as eye:
        await_changes(player.display or "")
        before, renewed = player.child_pid, Event()
        watching = eye.submit(_look_until, player.display or "", seconds, renewed)
        begin, asked = time.monotonic(), False
        while not watching.done():
            player.report()
            if not asked and time.monotonic() > begin + seconds / 3:
                asked = True
                player.renew()
            if (asked and player.child_pid != before) or time.monotonic() > begin + RENEWED_WITHIN_S:
                renewed.set()
            time.sleep(REPORT_EVERY_S)
        if player.child_pid == before:
            raise RuntimeError(f"the player's child was not renewed: {player.report().error}")
        return watching.result()


def _look_until(display: str, seconds: float, over: Event) -> list[Sample]:
    """Look for so long, then on until it is over, then for two seconds more."""
    samples = look(display, PLACEMENT, seconds)
    while not over.is_set():
        samples += look(display, PLACEMENT, 1.0)
    return samples + look(display, PLACEMENT, 2.0)


def starved(items: Items, seconds: float) -> list[Sample]:
    """The endless stream, whose feeder is held up for four seconds."""
    return _hardship(items, seconds, Hardship.STARVED)


def renewed_13h(items: Items, seconds: float) -> list[Sample]:
    """The endless stream, whose timeline is renewed when it is thirteen hours old."""
    return _hardship(items, seconds, Hardship.RENEWED_13H)


def renewed_late(items: Items, seconds: float) -> list[Sample]:
    """The same, two seconds before its timestamps wrap; the real player does not let it come to this."""
    return _hardship(items, seconds, Hardship.RENEWED_LATE)


def wrapped(items: Items, seconds: float) -> list[Sample]:
    """The endless stream, whose timestamps wrap; the real player does not let it come to this."""
    return _hardship(items, seconds, Hardship.WRAPPED)


def one_player(items: Items, seconds: float) -> list[Sample]:
    """One MediaPlayer that is given the next file at every whole second."""
    return _baseline(items, seconds, Way.SET_MEDIA)


def list_player(items: Items, seconds: float) -> list[Sample]:
    """A MediaListPlayer that goes on to the next file by itself."""
    return _baseline(items, seconds, Way.LIST_PLAYER)


def _hardship(items: Items, seconds: float, hardship: Hardship) -> list[Sample]:
    return _child(
        "bench.one_stream",
        lambda display: StreamSpec(
            display=display,
            placement=PLACEMENT,
            profile=str(PANEL.profile),
            files=items.segments,
            folder=items.folder / "own",
            seconds=seconds + SETTLE_WITHIN_S,
            hardship=hardship,
            after_s=HARDSHIP_AFTER_S,
        ),
        seconds,
    )


def _baseline(items: Items, seconds: float, way: Way) -> list[Sample]:
    return _child(
        "bench.one_player",
        lambda display: BaselineSpec(
            display=display, placement=PLACEMENT, way=way, files=items.natives, seconds=seconds + SETTLE_WITHIN_S
        ),
        seconds,
    )


def _child(module: str, spec: Callable[[str], BaseModel], seconds: float) -> list[Sample]:
    """Watch what a child process shows on a screen of its own."""
    server = open_display(PLACEMENT.screen_width, PLACEMENT.screen_height, own=True)
    # Our Xvfb ends with its last client, and the child may not have come yet when the first look is over.
    kept = Display(server.display)
    child = subprocess.Popen([sys.executable, "-m", module, spec(server.display).model_dump_json()])
    try:
        return watch(server.display, seconds)
    finally:
        child.kill()
        child.wait()
        kept.close()
        server.stop()


@contextmanager
def playing(items: Items, timeline_s: int = 0, *, plain: bool = False) -> Iterator[VlcPlayer]:
    """Play the items through the real player, on a screen of its own, until the end of the block.

    Behind and around the picture are colours that tell a bare window from the rest; with `plain` black, as on a panel.
    """

    def next_cue(at: datetime) -> Cue:
        item = planned_item(at)
        starts_at = datetime.fromtimestamp(int(at.timestamp()), UTC)
        return Cue(f"item-{item}", items.segments[item], starts_at, starts_at + timedelta(seconds=1))

    player = VlcPlayer(
        items.folder / f"own-{time.monotonic_ns()}",
        own_display=True,
        backdrop=BLACK if plain else PURPLE,
        outside=BLACK if plain else TEAL,
        timeline_s=timeline_s,
    )
    player.start(PANEL, next_cue)
    try:
        yield player
    finally:
        player.stop()
