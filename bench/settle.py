"""Before anything is measured, a player's picture is up and right: a busy machine takes its time to start one."""

from __future__ import annotations

import time

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.vlc_player import VlcPlayer

WITHIN_S = 60.0


def settle(*players: VlcPlayer) -> None:
    """Report until all pictures are fine.

    Raises:
        RuntimeError: they were not within a minute.
    """
    end = time.monotonic() + WITHIN_S
    while {player.report().verdict for player in players} != {Verdict.FINE}:
        if time.monotonic() > end:
            raise RuntimeError(f"no fine picture within {WITHIN_S:.0f} s")
        time.sleep(0.5)
