"""How bright a panel shines: by ambient light, under caps by the sun's height and by the clock, slowly.

A pure decision. Levels are thousandths of full luminance (linear, as controllers count); what is written is 0 to 255.
The light sensor may only ask for less than sun and clock allow: headlights are no daylight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.daypart import Locality, WeeklyWindow, zone
from playlists.sun import Place

FULL = 255
NIGHT_DEGREES, DAY_DEGREES = -6.0, 5.0
"""The sun's height: below is night (end of civil twilight), above is day; between them the cap rises evenly."""
BRIGHT_DAY_DEGREES = 10.0
SAMPLES_S = 120.0
STUCK_SAMPLES = 90
STEADY_BY_NIGHT_LUX = 50
"""Darkness and street lamps may well give the same reading all night."""
HYSTERESIS_PERMILLE = 100
WRITE_GAP_S = 10.0
LEAST_CHANGE = 2
RAMP_PERMILLE_S = 10.0
MOST_STEP_PERMILLE = 50
Permille = Annotated[int, Field(ge=0, le=1000)]
Lux = Annotated[int, Field(ge=1, le=200_000)]
CURVE = ((5, 50), (50, 100), (500, 250), (5_000, 550), (20_000, 800), (50_000, 1000))


class ClockCap(BaseModel):
    """At most so bright within a weekly window."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: WeeklyWindow
    most_permille: Permille


class BrightnessPolicy(BaseModel):
    """How bright one panel may be, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: str = "Asia/Ho_Chi_Minh"
    place: Place | None = None
    """Where the panel stands, for the sun's height; without it only clock and light count."""
    curve: tuple[tuple[Lux, Permille], ...] = CURVE
    """Light in lux and the brightness for it, rising; between two points by the logarithm of the light."""
    least_permille: Permille = 50
    most_day_permille: Permille = 1000
    most_night_permille: Permille = 300
    without_sensor_permille: Permille = 700
    """At most this where there is no light reading to believe."""
    without_clock_permille: Permille = 300
    """At most this where the clock cannot be trusted, so that sun and windows say nothing."""
    clock_caps: tuple[ClockCap, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        zone(self.time_zone)
        if self.place is None and any(cap.window.follows_sun for cap in self.clock_caps):
            raise ValueError("a window that follows the sun needs the place of the panel")
        if len(self.curve) < 2:
            raise ValueError("a curve needs two points at least")
        if any(after[0] <= before[0] or after[1] < before[1] for before, after in pairwise(self.curve)):
            raise ValueError("a curve rises: more light, never less brightness")
        ceilings = (self.most_day_permille, self.most_night_permille, self.without_sensor_permille)
        if self.least_permille > min(*ceilings, self.without_clock_permille, *self._caps):
            raise ValueError("least_permille is above one of the caps")
        return self

    @property
    def _caps(self) -> list[int]:
        return [cap.most_permille for cap in self.clock_caps]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the panel stands in."""

    at: datetime
    """Aware."""
    mono_s: float
    clock_trusted: bool
    lux: int | None = None
    """None: there is no sensor, or it gives no reading."""
    sun_degrees: float | None = None
    """The sun's height above the horizon; None where nobody computes it."""


@dataclass(frozen=True, slots=True)
class Dimmer:
    """What is remembered between decisions."""

    samples: tuple[tuple[float, int], ...] = ()
    same: int = 0
    """How many readings in a row were equal."""
    held_lux: float | None = None
    """The light that counts, until it differs by a tenth."""
    level: int | None = None
    """What the panel has, 0 to 255, as far as known."""
    written_s: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Target:
    """How bright it should be, and why."""

    permille: int
    why: str
    sensor_believed: bool


def note_light(dimmer: Dimmer, around: Surroundings) -> Dimmer:
    """Take a reading of the light into the memory."""
    fresh = tuple((at_s, lux) for at_s, lux in dimmer.samples if around.mono_s - at_s < SAMPLES_S)
    if around.lux is None:
        return replace(dimmer, samples=fresh, same=0, held_lux=dimmer.held_lux if fresh else None)
    last = dimmer.samples[-1][1] if dimmer.samples else None
    fresh = (*fresh, (around.mono_s, around.lux))
    middle = float(median(lux for _, lux in fresh))
    held = dimmer.held_lux
    if held is None or abs(middle - held) * 1000 > held * HYSTERESIS_PERMILLE:
        held = middle
    return replace(dimmer, samples=fresh, same=dimmer.same + 1 if last == around.lux else 1, held_lux=held)


def is_believed(dimmer: Dimmer, around: Surroundings) -> bool:
    """Tell whether the sensor can be right: it reads, it moves, and it sees something by day."""
    by_day = around.clock_trusted and around.sun_degrees is not None and around.sun_degrees > BRIGHT_DAY_DEGREES
    if dimmer.held_lux is None or (by_day and dimmer.held_lux == 0):
        return False
    return dimmer.same < STUCK_SAMPLES or dimmer.held_lux < STEADY_BY_NIGHT_LUX


def target(policy: BrightnessPolicy, dimmer: Dimmer, around: Surroundings) -> Target:
    """Return how bright it should be, within [least, cap]."""
    cap, why = _cap(policy, around)
    believed = is_believed(dimmer, around)
    if believed and dimmer.held_lux is not None:
        wanted, why_light = _by_light(policy.curve, dimmer.held_lux), f"light {dimmer.held_lux:.0f} lux"
    else:
        wanted, why_light = policy.without_sensor_permille, "no light reading to believe"
    if wanted < cap:
        cap, why = wanted, why_light
    return Target(max(policy.least_permille, cap), why, believed)


def decide(policy: BrightnessPolicy, dimmer: Dimmer, around: Surroundings) -> tuple[Dimmer, int | None, Target]:
    """Return the memory after a reading, the level to write now (None: nothing), and what it aims at."""
    dimmer = note_light(dimmer, around)
    aim = target(policy, dimmer, around)
    level = _next(dimmer, aim.permille, around.mono_s)
    return dimmer, level, aim


def wrote(dimmer: Dimmer, level: int, mono_s: float) -> Dimmer:
    """Return the memory after a level was written."""
    return replace(dimmer, level=level, written_s=mono_s)


def _next(dimmer: Dimmer, permille: int, mono_s: float) -> int | None:
    wanted = round(permille * FULL / 1000)
    if dimmer.level is None:
        return wanted
    since_s = mono_s - dimmer.written_s
    if since_s < WRITE_GAP_S or abs(wanted - dimmer.level) < LEAST_CHANGE:
        return None
    step = min(MOST_STEP_PERMILLE, since_s * RAMP_PERMILLE_S) * FULL / 1000
    most = max(LEAST_CHANGE, int(step))
    return max(dimmer.level - most, min(dimmer.level + most, wanted))


def _cap(policy: BrightnessPolicy, around: Surroundings) -> tuple[int, str]:
    if not around.clock_trusted:
        return policy.without_clock_permille, "the clock is not trusted"
    caps = [(policy.most_day_permille, "the most by day")]
    if around.sun_degrees is not None:
        share = (around.sun_degrees - NIGHT_DEGREES) / (DAY_DEGREES - NIGHT_DEGREES)
        span = policy.most_day_permille - policy.most_night_permille
        by_sun = policy.most_night_permille + round(span * min(1.0, max(0.0, share)))
        caps.append((by_sun, f"the sun at {around.sun_degrees:.1f}°"))
    caps += [
        (cap.most_permille, f"the window {cap.window.start}-{cap.window.end}")
        for cap in policy.clock_caps
        if _covers(cap.window, around.at, Locality(zone(policy.time_zone), policy.place))
    ]
    return min(caps, key=lambda one: one[0])


def _covers(window: WeeklyWindow, at: datetime, locality: Locality) -> bool:
    today = at.astimezone(locality.tz).date()
    for day in (today, today - timedelta(days=1)):
        span = window.instance(day, locality) if day.isoweekday() in window.weekdays else None
        if span is not None and span[0] <= at < span[1]:
            return True
    return False


def _by_light(curve: Sequence[tuple[int, int]], lux: float) -> int:
    if lux <= curve[0][0]:
        return curve[0][1]
    for (dark, low), (bright, high) in pairwise(curve):
        if lux <= bright:
            return low + round((high - low) * math.log(lux / dark) / math.log(bright / dark))
    return curve[-1][1]
