"""A reading over time as a drawing: the mean as a line, least and most as a band, nothing where nothing was read.

Everything is computed in values; the template only places what stands here. Lengths are units of the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.faults.readings.service import Point

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 18, 28
TICKS = 4
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the drawing with its words."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn; `lines` and `bands` are SVG paths, one for each time without a gap."""

    lines: list[str]
    bands: list[str]
    across: list[Tick]
    down: list[Tick]


def draw(points: Sequence[Point], grain_s: int, start: datetime, end: datetime, tz: ZoneInfo, number: str) -> Chart:
    """Draw points of [start, end); `number` is the decimal sign."""
    low, high, step = scale(min(one.least for one in points) / 1000, max(one.most for one in points) / 1000)

    def x(at: datetime) -> float:
        share = (at - start) / (end - start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(milli: float) -> float:
        share = (milli / 1000 - low) / (high - low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    lines, bands = [], []
    for run in runs(points, timedelta(seconds=2 * grain_s)):
        line = [(x(min(one.begin_at + timedelta(seconds=grain_s / 2), end)), one) for one in run]
        if len(run) == 1:  # a single span is drawn as wide as it lasted
            only, over = run[0], min(run[0].begin_at + timedelta(seconds=grain_s), end)
            line = [(x(max(only.begin_at, start)), only), (x(over), only)]
        lines.append(path([(at, y(one.mean)) for at, one in line]))
        around = [(at, y(one.most)) for at, one in line] + [(at, y(one.least)) for at, one in reversed(line)]
        bands.append(f"{path(around)} Z")
    count = round((high - low) / step)
    digits = next((n for n in range(9) if abs(step * 10**n - round(step * 10**n)) < 1e-6), 9)
    levels = [low + step * n for n in range(count + 1)]
    across = [Tick(y(level * 1000), f"{level:.{digits}f}".replace(".", number)) for level in levels]
    return Chart(lines, bands, across, [Tick(x(at), text) for at, text in moments(start, end, tz)])


def scale(least: float, most: float) -> tuple[float, float, float]:
    """Return a round low and high around values, and the step of the lines between."""
    if most - least < 1e-9:
        least, most = least - 0.5, most + 0.5
    rough = (most - least) / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(one * power for one in _STEPS if one * power >= rough * (1 - 1e-9))
    low, high = math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step
    return low, high if high > low else low + step, step


def runs(points: Sequence[Point], gap: timedelta) -> list[list[Point]]:
    """Return points in runs without a gap as long as this or longer."""
    found: list[list[Point]] = []
    for one in points:
        if found and one.begin_at - found[-1][-1].begin_at < gap:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def moments(start: datetime, end: datetime, tz: ZoneInfo) -> list[tuple[datetime, str]]:
    """Return the lines down: every four hours of a day or two, days of a week, every fifth day of a month."""
    length = end - start
    day = start.astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[tuple[datetime, str]] = []
    while day <= end:
        if length <= timedelta(days=2):
            times = [day.replace(hour=hour) for hour in range(0, 24, 4)]
            found += [(at, f"{at:%H:%M}") for at in times]
        elif length <= timedelta(days=10) or day.toordinal() % 5 == 0:
            found.append((day, f"{day:%d/%m}"))
        day = (day + timedelta(hours=26)).replace(hour=0)
    return [(at, text) for at, text in found if start <= at < end]


def path(places: Iterable[tuple[float, float]]) -> str:
    """Return an SVG path through places."""
    return "M" + " L".join(f"{x:g},{y:g}" for x, y in places)
