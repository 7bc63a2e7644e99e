"""`detect`: how soon is what is broken seen in the API and the console, and is anybody called while nothing is?

100 kiosks of a real server with Mosquitto: 98 simulated on the real core, two with VLC and played LED controllers. A
kiosk is killed, its cable is cut without a word (keepalive 10 s, and the field's 30 s), it falls silent on a standing
connection, a receiving card is unplugged, the player is frozen, the panel is covered in black: each several times, and
each counts from the act until the fault, its alarm (after the delay of its rule: 30 s for a kiosk, 10 s for a card),
and the console's page can be seen. Before that, half an hour of weak lines without a fault in simulated time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.detection.place import Going, Place, Way, placed
from bench.detection.quiet import measure_quiet
from bench.detection.watch import Awaited, Seen, Watch
from bench.picture import cover_display
from bench.report import Aim, Figure, Measured, percentile
from playlists.fault import FaultCode
from simulator.demo.api import wait_for
from simulator.demo.breakage import Breakage, Hardware

KIOSKS, REAL = 100, 2
GOERS = {Way.KILLED: 8, Way.CUT_SHORT: 10, Way.CUT_FIELD: 10, Way.MUTE: 10}
SPREAD_S = 20.0
"""Kiosks go at random within so long."""
SEEN_WITHIN_S, FINE_WITHIN_S = 150.0, 120.0
STOPPED = frozenset({FaultCode.PLAYER_STALLED, FaultCode.PICTURE_FROZEN})
BLACK = frozenset({FaultCode.PICTURE_BLACK, FaultCode.PLAYER_STALLED})
"""A player whose pictures do not come is replaced: that is told first, and the black picture beneath it."""
CARD = frozenset({FaultCode.PANEL_CARD_OFFLINE})
OFFLINE = frozenset({FaultCode.KIOSK_OFFLINE})


def measure(arguments: list[str]) -> Measured:
    """Let half an hour pass quietly, then break everything."""
    parser = argparse.ArgumentParser(prog="python -m bench detect", description=__doc__)
    parser.add_argument("--kiosks", type=int, default=KIOSKS, help="all kiosks, two of them real (100)")
    parser.add_argument("--times", type=int, default=1, help="how often a card is unplugged at each real kiosk (1)")
    parser.add_argument("--minutes", type=float, default=30, help="simulated minutes without a fault (30)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangtin-detect-", ignore_cleanup_errors=True) as kept:
        print(f"{options.minutes:g} simulated minutes without a fault", file=sys.stderr)
        quiet = measure_quiet(Path(kept), options.kiosks, options.minutes, random.randrange(2**32))
        with placed(Path(kept), _counts(options.kiosks)) as place:
            awaited = _break_everything(place, options.times)
    return summed_up(awaited, quiet)


def _counts(kiosks: int) -> dict[Way, int]:
    """Let those that go stand beside those that stay: two to a site, in turns."""
    return GOERS | {Way.WELL: kiosks - REAL - sum(GOERS.values())}


def _break_everything(place: Place, times: int) -> list[Awaited]:
    running, api = place.running, place.running.api

    def all_there() -> bool | None:
        online = sum(bool(one["online"]) for one in api.get("/kiosks?limit=200")["items"])
        return online >= len(place.going) + REAL or None

    wait_for("every kiosk to be there", all_there, timeout_s=SEEN_WITHIN_S, between=place.demo.processes.check)
    made: list[Awaited] = []
    with Watch(api.base_url, running.username, running.password) as watch:
        with ThreadPoolExecutor(1 + 2 * REAL) as doing:
            done = [doing.submit(_let_go, place, watch, made)]
            for hardware in place.demo.hardware.values():
                done.append(doing.submit(_unplug, hardware, place, watch, made, times))
                done.append(doing.submit(_spoil_picture, hardware, place, watch, made))
        for one in done:
            one.result()
        if watch.failure is not None:
            raise watch.failure
    return made


def _let_go(place: Place, watch: Watch, made: list[Awaited]) -> None:
    leaving = [one for one in place.going if one.way is not Way.WELL]
    at = sorted((random.uniform(0, SPREAD_S), number) for number in range(len(leaving)))
    began, found = time.monotonic(), []
    for moment, number in at:
        time.sleep(max(0.0, began + moment - time.monotonic()))
        found.append(_gone(leaving[number], watch))
    made += found
    end = time.monotonic() + SEEN_WITHIN_S
    for one in found:
        watch.wait(one, end - time.monotonic())


def _gone(going: Going, watch: Watch) -> Awaited:
    awaited = Awaited(going.way, going.panel_id, OFFLINE, time.monotonic())
    going.go()
    return watch.expect(awaited)


def _unplug(hardware: Hardware, place: Place, watch: Watch, made: list[Awaited], times: int) -> None:
    for _ in range(times):
        time.sleep(random.uniform(0, SPREAD_S))
        awaited = _at(hardware, place, "card", CARD)
        hardware.do(Breakage.CARD)
        made.append(watch.expect(awaited))
        watch.wait(awaited, SEEN_WITHIN_S)
        hardware.mend(Breakage.CARD)
        _until_gone(awaited, watch)


def _spoil_picture(hardware: Hardware, place: Place, watch: Watch, made: list[Awaited]) -> None:
    """Freeze the player, then blacken the picture; a third death within ten minutes would be another fault, a loop."""
    awaited = _at(hardware, place, "frozen", STOPPED)
    hardware.do(Breakage.PLAYER)
    made.append(watch.expect(awaited))
    watch.wait(awaited, SEEN_WITHIN_S)
    hardware.mend(Breakage.PLAYER)
    _until_gone(awaited, watch)
    awaited = _at(hardware, place, "black", BLACK)
    uncover = cover_display(place.display(hardware.slug), 0)
    made.append(watch.expect(awaited))
    watch.wait(awaited, SEEN_WITHIN_S)
    uncover()
    _until_gone(awaited, watch)


def _at(hardware: Hardware, place: Place, kind: str, codes: frozenset[FaultCode]) -> Awaited:
    panel_id = place.demo.panel_ids[hardware.slug]
    return Awaited(kind, panel_id, frozenset(map(str, codes)), time.monotonic())


def _until_gone(awaited: Awaited, watch: Watch) -> None:
    end = time.monotonic() + FINE_WITHIN_S
    while time.monotonic() < end and not watch.is_gone(awaited.panel_id, awaited.codes):
        time.sleep(1)


def summed_up(made: list[Awaited], quiet: dict[str, Figure]) -> Measured:
    """Return the figures: each kind's fault, alarm and page, those of the aims by name, and what was never seen."""
    figures: dict[str, Figure] = {"faults_made": len(made), "unseen": sum(not one.is_seen for one in made)}
    for name, kinds in (
        ("killed", {Way.KILLED}),
        ("lastwill", {Way.CUT_SHORT}),
        ("lastwill_field", {Way.CUT_FIELD}),
        ("silence", {Way.MUTE}),
        ("player", {"frozen", "black"}),
        ("frozen", {"frozen"}),
        ("black", {"black"}),
        ("panel", {"card"}),
    ):
        of_kind = [one for one in made if one.kind in kinds]
        for where, word in ((Seen.FAULT, ""), (Seen.ALARM, "alarm_"), (Seen.CONSOLE, "console_")):
            seconds = [one.seen_s[where] for one in of_kind if where in one.seen_s]
            for share, rank in ((0.5, "p50"), (0.99, "p99")):
                figures[f"{name}_{word}{rank}_s"] = round(percentile(seconds, share), 1) if seconds else None
    aims = (
        Aim("unseen", "==", 0),
        Aim("lastwill_p99_s", "<=", 20),
        Aim("silence_p99_s", "<=", 45),
        Aim("player_alarm_p99_s", "<=", 10),
        Aim("quiet_death_alarms", "==", 1),
        Aim("false_alarms", "==", 0),
    )
    return Measured(figures | quiet, aims)
