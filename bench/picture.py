"""`picture`: how soon is a fault of the picture told, and is one told while all is well?

The real player under Xvfb plays six items of a second in turns and reports once a second, as the agent asks it. Each
fault is made for real at a random moment, several times: the panel covered by a still of itself, in black, and by
another picture; the child stopped; VLC's window at half its size; VLC's window destroyed. Time counts from the first
frame that should differ: for a still and a stopped child that is the next change of items. The core raises a fault at
the first report that tells it.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import vlc
from Xlib import X
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from bench.report import Aim, Figure, Measured, percentile
from bench.ways import PANEL, PLACEMENT, Items, make_items, playing
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.port import PlayerReport
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.vlc_player import VlcPlayer

REPORT_EVERY_S = 1.0
FINE_WITHIN_S = 60.0
TOLD_WITHIN_S = 15.0
BAD = frozenset(Verdict) - {Verdict.FINE, Verdict.UNKNOWN}
Fault = Callable[[VlcPlayer], Callable[[], None]]
"""Makes a fault and returns what ends it."""


@dataclass(slots=True)
class Told:
    """What came of the faults that were made, and of the reports while all was well."""

    latency_s: dict[str, list[float]] = field(default_factory=dict)
    undetected: int = 0
    misnamed: int = 0
    good_reports: int = 0
    false_alarms: int = 0

    def note(self, name: str, latency_s: float | None, misnamed: int) -> None:
        """Count one fault: after how many seconds it was told (None: not at all), and reports that named another."""
        self.misnamed += misnamed
        if latency_s is None:
            self.undetected += 1
        else:
            self.latency_s.setdefault(name, []).append(latency_s)


class Reports:
    """The player's reports, one a second, whatever happens in between."""

    def __init__(self, player: VlcPlayer) -> None:
        self._player = player
        self._due_s = time.monotonic()

    def next(self) -> PlayerReport:
        """Wait for the next full second and return the report of then."""
        self._due_s = max(self._due_s + REPORT_EVERY_S, time.monotonic())
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        return self._player.report()

    def until_fine(self) -> None:
        """Wait until the picture is fine.

        Raises:
            RuntimeError: it does not become fine.
        """
        deadline = time.monotonic() + FINE_WITHIN_S
        while (report := self.next()).verdict is not Verdict.FINE or report.stalled:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the picture did not become fine: {report.verdict}, {report.error}")

    def until_told(self, wanted: Verdict, since: float) -> tuple[float | None, int]:
        """Return how many seconds after a Unix time a fault was told by name, and how many reports named another."""
        misnamed = 0
        while time.time() < since + TOLD_WITHIN_S:
            report = self.next()
            if names(report, wanted):
                return max(0.0, time.time() - since), misnamed
            misnamed += report.verdict in BAD
        return None, misnamed


def names(report: PlayerReport, wanted: Verdict) -> bool:
    """Tell whether a report names a fault; a player that is told to stall or to have died needs no verdict as well."""
    dead = report.stalled or report.crashed is not None
    return report.verdict is wanted or (dead and wanted in (Verdict.FROZEN, Verdict.OUTPUT_MISSING))


def is_alarm(report: PlayerReport) -> bool:
    """Tell whether a report makes the core raise a fault."""
    return report.verdict in BAD or report.stalled or report.crashed is not None


def stop_child(player: VlcPlayer) -> Callable[[], None]:
    """Stop the child's process; it goes on afterwards, if the player has not replaced it."""
    child = player.child_pid

    def go_on() -> None:
        if child is not None and child == player.child_pid:
            os.kill(child, signal.SIGCONT)

    if child is not None:
        os.kill(child, signal.SIGSTOP)
    return go_on


def cover(colour: int) -> Fault:
    """Return a fault that lays a window of one colour over the screen, as another program would."""
    return lambda player: cover_display(player.display or "", colour)


def cover_display(display: str, colour: int) -> Callable[[], None]:
    """Lay a window of one colour over a whole X display; return what takes it away."""
    connection = Display(display)

    def uncover() -> None:
        connection.close()

    root = connection.screen().root
    size = root.get_geometry()
    window = root.create_window(
        0, 0, size.width, size.height, 0, X.CopyFromParent, background_pixel=colour, override_redirect=1
    )
    window.map()
    window.raise_window()
    connection.sync()
    return uncover


def freeze(player: VlcPlayer) -> Callable[[], None]:
    """Lay what the panel shows over the panel as a still."""
    connection = Display(player.display or "")
    seen = Screen(player.display or "", PLACEMENT)
    picture = seen.capture()
    seen.close()
    if picture is None:
        raise RuntimeError("the screen cannot be captured")
    root, place = connection.screen().root, PLACEMENT
    window = root.create_window(place.x, place.y, place.width, place.height, 0, X.CopyFromParent, override_redirect=1)
    drawn = window.create_pixmap(place.width, place.height, connection.screen().root_depth)
    drawn.put_pil_image(drawn.create_gc(), 0, 0, picture)
    window.change_attributes(background_pixmap=drawn)
    window.map()
    window.raise_window()
    connection.sync()

    def uncover() -> None:
        connection.close()

    return uncover


def picture_window(connection: Display) -> Window:
    """Return the player's window that can be seen and that VLC draws in.

    Raises:
        RuntimeError: there is none.
    """
    for window in reversed(connection.screen().root.query_tree().children):
        if window.get_attributes().map_state == X.IsViewable and window.query_tree().children:
            return window
    raise RuntimeError("VLC draws in no window")


def shrink(player: VlcPlayer) -> Callable[[], None]:
    """Make the picture's window half as large; it gets its size back afterwards."""
    connection = Display(player.display or "")
    picture = picture_window(connection)
    picture.configure(width=PANEL.width // 2, height=PANEL.height // 2)
    connection.sync()

    def restore() -> None:
        picture.configure(width=PANEL.width, height=PANEL.height)
        connection.sync()
        connection.close()

    return restore


def destroy(player: VlcPlayer) -> Callable[[], None]:
    """Destroy VLC's own window; nothing but a new child brings it back."""
    connection = Display(player.display or "")
    picture = picture_window(connection)
    for child in picture.query_tree().children:
        child.destroy()
    connection.sync()
    connection.close()
    return lambda: None


FAULTS: tuple[tuple[str, Fault, Verdict], ...] = (
    ("frozen", freeze, Verdict.FROZEN),
    ("stopped", stop_child, Verdict.FROZEN),
    ("black", cover(0x000000), Verdict.BLACK),
    ("wrong", cover(0x805010), Verdict.WRONG),
    ("wrong_size", shrink, Verdict.WRONG_SIZE),
    ("output_missing", destroy, Verdict.OUTPUT_MISSING),
)
"""The last one ends the player's life, so it comes last."""


@contextmanager
def fine(items: Items) -> Iterator[tuple[VlcPlayer, Reports]]:
    """Play until the picture is fine."""
    with playing(items, plain=True) as player:
        reports = Reports(player)
        reports.until_fine()
        yield player, reports


def inflict(player: VlcPlayer, reports: Reports, told: Told, name: str) -> None:
    """Make one fault at a random moment and see when it is told."""
    make, wanted = next((make, wanted) for known, make, wanted in FAULTS if known == name)
    reports.until_fine()
    time.sleep(random.uniform(0, REPORT_EVERY_S))
    end = make(player)
    made = time.time()
    since = float(int(made) + 1) if wanted is Verdict.FROZEN else made
    told.note(name, *reports.until_told(wanted, since))
    end()


def measure(arguments: list[str]) -> Measured:
    """Make every fault several times, then play without one."""
    parser = argparse.ArgumentParser(prog="python -m bench picture", description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="how often each fault is made (3)")
    parser.add_argument("--minutes", type=float, default=1.0, help="minutes of play without a fault (1)")
    options = parser.parse_args(arguments)
    told = Told()
    with tempfile.TemporaryDirectory(prefix="bangtin-picture-", ignore_cleanup_errors=True) as kept:
        items = make_items(Path(kept))
        for number in range(options.times):
            print(f"faults, turn {number + 1} of {options.times}", file=sys.stderr)
            with fine(items) as (player, reports):
                for name, _, _ in FAULTS:
                    inflict(player, reports, told, name)
        print(f"playing for {options.minutes:g} min", file=sys.stderr)
        with fine(items) as (_, reports):
            end = time.monotonic() + 60 * options.minutes
            while time.monotonic() < end:
                told.good_reports += 1
                told.false_alarms += is_alarm(reports.next())
    return summed_up(told, options.minutes)


def summed_up(told: Told, minutes: float) -> Measured:
    """Return the figures: all faults together, the slowest of each, and what was told without one."""
    every = [seconds for found in told.latency_s.values() for seconds in found]
    figures: dict[str, Figure] = {
        "faults": len(every) + told.undetected,
        "player_p50_s": round(percentile(every, 0.5), 2) if every else None,
        "player_p99_s": round(percentile(every, 0.99), 2) if every else None,
        **{f"{name}_max_s": round(max(found), 2) for name, found in told.latency_s.items()},
        "undetected": told.undetected,
        "reports_with_another_name": told.misnamed,
        "good_minutes": minutes,
        "good_reports": told.good_reports,
        "false_alarms": told.false_alarms,
    }
    aims = (
        Aim("player_p99_s", "<=", 3),
        Aim("undetected", "==", 0),
        Aim("false_alarms", "==", 0),
    )
    return Measured(figures, aims, {"libvlc": vlc.libvlc_get_version().decode(errors="replace")})
