"""The child is killed and stopped at random moments: pictures come back, and the core's faults come and go."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from kiosk_agent.core import events
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.health import player as player_health
from kiosk_agent.player.port import PlayerReport
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.fault import FaultCode
from tests.kiosk_agent.playbook import Playbook

from .conftest import COLOURS, PANEL, MakeSegment, in_turns, until

BLOWS = [signal.SIGKILL, signal.SIGSTOP, signal.SIGKILL]


class Watcher:
    """Tells the core what the player reports, as the agent does."""

    def __init__(self, player: VlcPlayer) -> None:
        self.player = player
        self.book = Playbook().start(installed_seq=4).link_up()
        self.reports: list[PlayerReport] = []

    def look(self) -> PlayerReport:
        said = self.player.report()
        self.reports.append(said)
        finding = player_health.check(frames=said.frames, stalled=said.stalled, error=said.error)
        event = events.PlayerReported(
            None, said.match_permille, said.frames, said.stalled, said.error, "vlc", finding, said.verdict
        )
        self.book.tell(event, 1)
        return said

    def active(self) -> set[FaultCode]:
        return {alarm.code for alarm in self.book.state.alarms.values() if alarm.active}


def is_well(watcher: Watcher) -> bool:
    time.sleep(0.3)
    return watcher.look().verdict is Verdict.FINE and not watcher.active()


@pytest.mark.parametrize("seed", [7])
def test_blows_at_random_moments_are_told_and_got_over(own_folder: Path, make_segment: MakeSegment, seed: int) -> None:
    chance = random.Random(seed)
    player = VlcPlayer(own_folder, own_display=True)
    watcher = Watcher(player)
    try:
        player.start(PANEL, in_turns([(name, make_segment(name)) for name in COLOURS]))
        until(lambda: is_well(watcher), "the first fine picture")
        for blow in BLOWS:
            time.sleep(chance.random())
            struck = player.child_pid
            assert struck is not None
            watcher.reports.clear()
            os.kill(struck, blow)
            raised: set[FaultCode] = set()

            def is_told(raised: set[FaultCode] = raised) -> bool:
                watcher.look()
                raised |= watcher.active()
                return FaultCode.PLAYER_STALLED in raised

            until(is_told, f"the fault after {blow.name}")
            until(lambda: is_well(watcher), f"a fine picture after {blow.name}")
            assert player.child_pid != struck
            deaths = [said.crashed for said in watcher.reports if said.crashed is not None]
            assert len(deaths) == 1
            assert deaths[0].key in COLOURS
    finally:
        player.stop()
