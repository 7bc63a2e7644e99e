"""How this run began: switched on properly, after a power cut, after a watchdog's reset, or only the program again.

A kiosk notes every minute that it lives, and when it was told to stop. What is missing between the last note and the
start tells a power cut ("no power 14:02 to 16:40") from a crash and from a lost link, which leaves no hole here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from kiosk_agent.health.under_voltage import boot_id
from playlists.fault import CheckResult, FaultCode
from playlists.instant import format_instant, parse_instant

NAME, LOOP = "boot", "boot_loop"
ALIVE, BOOT, STOPPED, STARTS = "alive", "boot", "stopped", "starts"
NOTE_EVERY = timedelta(minutes=1)
LOOP_STARTS, LOOP_WINDOW = 3, timedelta(hours=1)
WATCHDOG_RESET = 0x20
"""WDIOF_CARDRESET: the watchdog caused the last reset."""


class Cause(StrEnum):
    """How this run began."""

    FIRST = "first"
    PROPER = "proper"
    POWER_CUT = "power_cut"
    WATCHDOG = "watchdog"
    PROGRAM = "program"
    """The computer ran on; only the agent began anew."""


@dataclass(frozen=True, slots=True)
class Start:
    """What was found at the start. The hole is from the last note to the start; both None where there is none."""

    cause: Cause
    from_at: datetime | None = None
    to_at: datetime | None = None


class Boot:
    """Judges the start once, then notes that the kiosk lives."""

    def __init__(self) -> None:
        self._start: Start | None = None
        self._noted_at: datetime | None = None

    def check(self, look: Look, *, clock_is_known: bool) -> tuple[Finding, Finding]:
        """Return how this run began, and whether starts follow each other too fast."""
        if self._start is None:
            self._start = _judge(look)
            _note_start(look, self._start)
            look.kept.put(BOOT, boot_id(look.root))
            look.kept.put(STOPPED, "")
        if clock_is_known and (self._noted_at is None or abs(look.wall - self._noted_at) >= NOTE_EVERY):
            self._noted_at = look.wall
            look.kept.put(ALIVE, format_instant(look.wall))
        return Finding(NAME, CheckResult.OK, None, _words(self._start)), _loop(look)


def note_stop(look: Look) -> None:
    """Note that the agent was told to stop: what follows is no crash."""
    look.kept.put(STOPPED, format_instant(look.wall))


def _judge(look: Look) -> Start:
    boot, alive = look.kept.get(BOOT), _instant(look.kept.get(ALIVE))
    if boot is None:
        return Start(Cause.FIRST)
    if boot == boot_id(look.root):
        return Start(Cause.PROPER if look.kept.get(STOPPED) else Cause.PROGRAM)
    hole = (alive, look.wall) if alive is not None and alive < look.wall else (None, None)
    if look.kept.get(STOPPED):
        return Start(Cause.PROPER, *hole)
    status = look.number("sys/class/watchdog/watchdog0/bootstatus")
    if status is not None and status & WATCHDOG_RESET:
        return Start(Cause.WATCHDOG, *hole)
    return Start(Cause.POWER_CUT, *hole)


def _note_start(look: Look, start: Start) -> None:
    if start.cause in {Cause.POWER_CUT, Cause.WATCHDOG}:
        kept = [*_starts(look), look.wall][-LOOP_STARTS:]
        look.kept.put(STARTS, " ".join(format_instant(one) for one in kept))


def _loop(look: Look) -> Finding:
    recent = [one for one in _starts(look) if look.wall - LOOP_WINDOW < one <= look.wall]
    if len(recent) >= LOOP_STARTS:
        detail = f"{len(recent)} starts without a proper stop within an hour"
        return Finding(LOOP, CheckResult.FAULT, FaultCode.BOOT_LOOP, detail, settled=True)
    return Finding(LOOP, CheckResult.OK, FaultCode.BOOT_LOOP)


def _starts(look: Look) -> list[datetime]:
    found = (_instant(text) for text in (look.kept.get(STARTS) or "").split())
    return [one for one in found if one is not None]


def _instant(text: str | None) -> datetime | None:
    try:
        return parse_instant(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _words(start: Start) -> str:
    """Return `cause`, or `cause from/to`: the server reads this form (docs/faults.md)."""
    if start.from_at is None or start.to_at is None:
        return start.cause
    return f"{start.cause} {format_instant(start.from_at)}/{format_instant(start.to_at)}"
