"""`kills`: the player's child is killed and stopped at random moments. How soon is the planned picture back?

The real player under Xvfb shows three items in turns of a second and reports as it does to the agent: once a second,
and at once when it is in a hurry. The faults are those of the agent's core. The screen is watched at 151 captures a
second meanwhile.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import UUID

import vlc

from bench.eye import PURPLE, TEAL, Sample, Sight, draw, look
from bench.report import Aim, Figure, Measured, percentile
from bench.ways import PANEL
from kiosk_agent.core import events
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import Identity, State
from kiosk_agent.core.step import step
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.health import player as player_health
from kiosk_agent.player.encode import encode_still
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Cue, PlayerReport
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.fault import FaultCode
from playlists.wire.messages import SEEN_PERMILLE

ITEMS = 3
PAUSE_S = (1.5, 5.5)
"""From the picture being back to the next blow: on some the spare child stands by, on some it does not yet."""
REPORT_EVERY_S = 1.0
GIVE_UP_S = 30.0
BLOWS = (signal.SIGKILL, signal.SIGSTOP)


@dataclass(slots=True)
class Parent:
    """The agent's side: reports, and keeps the core's faults."""

    player: VlcPlayer
    hurry: Event = field(default_factory=Event)
    state: State = field(default_factory=lambda: State(Identity(UUID(int=1), bytes(32), 1)))
    blocked_ms: list[float] = field(default_factory=list)
    deaths: int = 0
    raised: int = 0
    cleared: int = 0

    def tell(self, event: events.Event) -> None:
        """Let the core step, and count what comes and goes."""
        had = self.has_fault()
        self.state, _ = step(self.state, event, Moment(datetime.now(UTC), time.monotonic()))
        self.raised += self.has_fault() and not had
        self.cleared += had and not self.has_fault()

    def has_fault(self) -> bool:
        """Tell whether the player counts as stalled."""
        alarm = self.state.alarms.get((FaultCode.PLAYER_STALLED, ""))
        return alarm is not None and alarm.active

    def report(self, within_s: float = REPORT_EVERY_S) -> PlayerReport:
        """Wait until a report is due or the player is in a hurry, and take it."""
        self.hurry.wait(within_s)
        self.hurry.clear()
        begun = time.monotonic()
        said = self.player.report()
        self.blocked_ms.append((time.monotonic() - begun) * 1000)
        self.deaths += said.crashed is not None
        finding = player_health.check(frames=said.frames, stalled=said.stalled, error=said.error)
        self.tell(
            events.PlayerReported(
                None, said.match_permille, said.frames, said.stalled, said.error, "vlc", finding, said.verdict
            )
        )
        return said

    def settle(self) -> None:
        """Report until the picture is fine.

        Raises:
            RuntimeError: it was not within 30 s.
        """
        end = time.monotonic() + GIVE_UP_S
        while self.report().verdict is not Verdict.FINE:
            if time.monotonic() > end:
                raise RuntimeError(f"no fine picture within {GIVE_UP_S:.0f} s: {self.player.report().error}")

    def play(self, seconds: float) -> None:
        """Report for so long."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            self.report(min(REPORT_EVERY_S, rest))

    def strike(self, blow: signal.Signals) -> float:
        """Strike the child; return after how many seconds a capture equalled the plan again.

        Raises:
            RuntimeError: it did not within 30 s.
        """
        struck = self.player.child_pid
        if struck is None:
            raise RuntimeError("there is no child to strike")
        at = time.monotonic()
        os.kill(struck, blow)
        while time.monotonic() - at < GIVE_UP_S:
            said = self.report(0.1)
            is_new = self.player.child_pid not in (None, struck) and not said.stalled
            if is_new and (said.match_permille or 0) >= SEEN_PERMILLE:
                return time.monotonic() - at
        raise RuntimeError(f"no picture came back within {GIVE_UP_S:.0f} s of {blow.name}")


def longest_blank_ms(samples: list[Sample]) -> float:
    """Return how long the panel was without a whole picture at most."""
    longest, begun = 0.0, None
    for sample in samples:
        if sample.sight is Sight.WHOLE:
            begun = None
            continue
        begun = sample.at if begun is None else begun
        longest = max(longest, (sample.at - begun) * 1000 + 1000 / 151)
    return longest


def make_player(folder: Path) -> tuple[VlcPlayer, list[Path]]:
    """Return a player and the segments that it will show."""
    segments = [folder / f"{item}.mp4" for item in range(ITEMS)]
    for item, path in enumerate(segments):
        encode_still(path, PANEL.profile, draw(item, PANEL.width, PANEL.height))
    return VlcPlayer(folder / "own", own_display=True, backdrop=PURPLE, outside=TEAL), segments


def run(folder: Path, blows: int) -> tuple[Parent, dict[signal.Signals, list[float]], list[Sample]]:
    """Strike so many times; return the parent, the seconds until the picture was back, and what was seen."""
    player, segments = make_player(folder)

    def next_cue(at: datetime) -> Cue:
        second = int(at.timestamp())
        starts_at = datetime.fromtimestamp(second, UTC)
        return Cue(f"item-{second % ITEMS}", segments[second % ITEMS], starts_at, starts_at + timedelta(seconds=1))

    parent = Parent(player)
    parent.tell(events.Started())
    back: dict[signal.Signals, list[float]] = {blow: [] for blow in BLOWS}
    samples: list[Sample] = []
    player.start(PANEL, next_cue, parent.hurry.set)
    try:
        parent.settle()
        for number in range(blows):
            blow = BLOWS[number % len(BLOWS)]
            with ThreadPoolExecutor(1) as eye:
                pause_s = random.uniform(*PAUSE_S)
                watching = eye.submit(look, player.display or "", Placement.of(PANEL), pause_s + 2)
                parent.play(pause_s)
                back[blow].append(parent.strike(blow))
                samples += watching.result()
        parent.play(2)
    finally:
        player.stop()
    return parent, back, samples


def measure(arguments: list[str]) -> Measured:
    """Strike many times."""
    parser = argparse.ArgumentParser(prog="python -m bench kills", description=__doc__)
    parser.add_argument("--blows", type=int, default=50, help="how many, kill -9 and SIGSTOP in turn (50)")
    options = parser.parse_args(arguments)
    print(f"{options.blows} blows, about {options.blows * 5 / 60:.0f} min", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bangtin-kills-") as kept:
        parent, back, samples = run(Path(kept), options.blows)
    both = [seconds for blow in BLOWS for seconds in back[blow]]
    figures: dict[str, Figure] = {
        "blows": len(both),
        "back_p50_s": round(percentile(both, 0.5), 2),
        "back_p99_s": round(percentile(both, 0.99), 2),
        "back_max_s": round(max(both), 2),
        "back_within_2_s": sum(seconds <= 2 for seconds in both),
        "killed_back_p50_s": round(percentile(back[signal.SIGKILL], 0.5), 2),
        "stopped_back_p50_s": round(percentile(back[signal.SIGSTOP], 0.5), 2) if back[signal.SIGSTOP] else None,
        "parent_blocked_max_ms": round(max(parent.blocked_ms), 1),
        "faults_raised": parent.raised,
        "faults_cleared": parent.cleared,
        "deaths_told": parent.deaths,
        "not_whole_samples": sum(sample.sight is not Sight.WHOLE for sample in samples),
        "longest_not_whole_ms": round(longest_blank_ms(samples), 1),
        "samples": len(samples),
    }
    aims = (
        Aim("blows", ">=", 50),
        Aim("back_max_s", "<=", 2),
        Aim("parent_blocked_max_ms", "<=", 1000),
        Aim("faults_raised", "==", len(both)),
        Aim("faults_cleared", "==", len(both)),
        Aim("deaths_told", "==", len(both)),
    )
    return Measured(figures, aims, {"libvlc": vlc.libvlc_get_version().decode(errors="replace")})
