"""The VLC child is renewed, stopped and killed: what is on the screen meanwhile, captured as fast as it can be."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from bench.eye import PURPLE, TEAL, Sample, Sight, draw, look
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.encode import encode_still
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.vlc_player import VlcPlayer

from .conftest import PANEL, in_turns, until

ITEMS = 3
LOOK_S = 1.0


@pytest.fixture
def player(tmp_path: Path) -> Iterator[VlcPlayer]:
    items: list[tuple[str, Path | None]] = []
    for number in range(ITEMS):
        path = tmp_path / f"{number}.mp4"
        encode_still(path, PANEL.profile, draw(number, PANEL.width, PANEL.height))
        items.append((str(number), path))
    made = VlcPlayer(tmp_path / "own", own_display=True, backdrop=PURPLE, outside=TEAL)
    made.start(PANEL, in_turns(items))
    until(lambda: made.report().verdict is Verdict.FINE, "the stream", 60)
    yield made
    made.stop()


def watched(player: VlcPlayer, act: Callable[[], None]) -> list[Sample]:
    """Return what was seen while something was done."""
    done = Event()

    def see() -> list[Sample]:
        samples: list[Sample] = []
        while not done.is_set():
            samples += look(player.display or "", Placement.of(PANEL), LOOK_S)
        return samples

    with ThreadPoolExecutor(1) as eye:
        seeing: Future[list[Sample]] = eye.submit(see)
        try:
            act()
        finally:
            done.set()
        return seeing.result()


def has_come_back(player: VlcPlayer, struck: int | None) -> bool:
    said = player.report()
    return player.child_pid not in (None, struck) and not said.stalled and (said.match_permille or 0) >= 900


def test_a_planned_renewal_is_not_seen(player: VlcPlayer) -> None:
    first = player.child_pid

    def renew() -> None:
        player.renew()
        until(lambda: has_come_back(player, first) and not player.renewing, "the new child", 60)

    samples = watched(player, renew)
    assert {sample.sight for sample in samples} == {Sight.WHOLE}
    assert player.child_pid != first


def test_a_stopped_childs_picture_stays_until_the_new_one_is_there(player: VlcPlayer) -> None:
    first = player.child_pid
    assert first is not None

    def stop() -> None:
        os.kill(first, signal.SIGSTOP)
        until(lambda: player.report().stalled, "the stop to be told")
        until(lambda: has_come_back(player, first), "the new child", 60)

    assert {sample.sight for sample in watched(player, stop)} == {Sight.WHOLE}


def test_behind_a_killed_child_hangs_its_last_good_picture(player: VlcPlayer) -> None:
    first = player.child_pid
    assert first is not None
    until(lambda: (player.report().match_permille or 0) >= 900, "a match")
    os.kill(first, signal.SIGKILL)
    until(lambda: player.report().crashed is not None, "the death to be told")
    samples = look(player.display or "", Placement.of(PANEL), 0.2)
    assert Sight.WHOLE in {sample.sight for sample in samples}
    until(lambda: has_come_back(player, first), "the new child", 60)


def test_a_renewal_that_comes_to_nothing_leaves_the_old_child(player: VlcPlayer) -> None:
    first = player.child_pid
    player.renew()
    heirs = [child for child in player._children() if child.pid != first]
    os.kill(heirs[0].pid, signal.SIGKILL)

    def is_given_up() -> bool:
        player.report()
        return not player.renewing

    until(is_given_up, "the renewal to be given up")
    assert player.child_pid == first
    assert "ended with status -9" in (player.report().error or "")
    assert player.report().crashed is None
    until(lambda: player.report().verdict is Verdict.FINE, "the old picture")
