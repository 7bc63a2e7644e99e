"""A panel's day as a picture and in words: lanes of who asks for the panel, stretches of who is on, and why.

Takes values and returns words and whole minutes; what is planned was computed by `playlists.timeline`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from playlists.daypart import midnight_of
from playlists.timeline import Layer
from server.console.texts import Texts, mark

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Party:
    """Somebody who asks for the panel: an entry, an override, the default playlist, or nobody (dark, safe loop)."""

    layer: Layer
    id: str = ""
    name: str = ""
    """What it plays."""
    rule: str = ""
    """When it plays, in words."""
    href: str = ""
    cover: str = ""
    """The address of a small picture."""
    rank: int = 0
    """Higher is drawn first within a layer."""


@dataclass(frozen=True)
class Stretch:
    """A time in which the same parties are on, and those who ask in vain, highest first."""

    starts_at: datetime
    ends_at: datetime
    on: tuple[Party, ...]
    under: tuple[Party, ...] = ()
    essential: bool = False
    """Whether only essential notices are shown."""


@dataclass(frozen=True)
class Bar:
    """A part of a lane, in minutes since midnight; `on` tells whether it is what the panel shows."""

    x: int
    width: int
    on: bool
    words: str
    layer: Layer


@dataclass(frozen=True)
class Lane:
    """One party through the day."""

    name: str
    kind: str
    href: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Line:
    """One stretch in words."""

    hours: str
    at: str
    """Its start as HH:MM."""
    layer: Layer
    layer_words: str
    parties: tuple[Party, ...]
    shares: str
    under: tuple[tuple[str, str], ...]
    """Names of what it displaces, with their layer."""
    is_now: bool
    essential: bool


KINDS = {
    Layer.OVERRIDE: mark("Urgent"),
    Layer.SCHEDULE: mark("Schedule"),
    Layer.DEFAULT: mark("Default"),
    Layer.SAFE_LOOP: mark("Safe loop"),
    Layer.DARK: mark("Dark by plan"),
}
_ORDER = list(KINDS)


def bounds_of(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a local day's first instant and its end."""
    return midnight_of(day, tz), midnight_of(day + timedelta(days=1), tz)


def moment_of(day: date, clock: time, tz: ZoneInfo) -> datetime:
    """Return the instant of a wall time on a day; one that the clocks skip is taken with the offset before the gap."""
    first, end = bounds_of(day, tz)
    found = datetime.combine(day, clock, tz).astimezone(first.tzinfo)
    return min(max(first, found), end - MINUTE)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches with neighbours of the same parties joined."""
    found: list[Stretch] = []
    for one in stretches:
        last = found[-1] if found else None
        if last is not None and (last.on, last.under, last.essential) == (one.on, one.under, one.essential):
            found[-1] = replace(last, ends_at=one.ends_at)
        else:
            found.append(one)
    return found


def lanes(texts: Texts, stretches: Sequence[Stretch], day: date, tz: ZoneInfo) -> list[Lane]:
    """Return the lanes of a day: first what is on air, then each party, highest first."""
    first, end = bounds_of(day, tz)
    seen: dict[tuple[Layer, str], tuple[Party, list[Bar]]] = {}
    air: list[Bar] = []
    for one in stretches:
        x, width = _minutes(one, first, end)
        if width <= 0:
            continue
        hours = hours_of(texts, one, tz)
        names = texts.listed(party.name or kind(texts, party.layer) for party in one.on)
        air.append(Bar(x, width, True, f"{hours} {names}", one.on[0].layer))
        for party, on in [*((each, True) for each in one.on), *((each, False) for each in one.under)]:
            bar = Bar(x, width, on, hours, party.layer)
            seen.setdefault((party.layer, party.id), (party, []))[1].append(bar)
    ordered = sorted(seen.values(), key=lambda pair: (_ORDER.index(pair[0].layer), -pair[0].rank, pair[0].name))
    parties = [
        Lane(party.name or kind(texts, party.layer), kind(texts, party.layer), party.href, tuple(_melted(bars)))
        for party, bars in ordered
    ]
    return [Lane(texts.say("On air"), "", "", tuple(air)), *parties]


def lines(texts: Texts, stretches: Sequence[Stretch], tz: ZoneInfo, now: datetime) -> list[Line]:
    """Return the day in words."""
    return [
        Line(
            hours=hours_of(texts, one, tz),
            at=texts.clock(one.starts_at, tz),
            layer=one.on[0].layer,
            layer_words=kind(texts, one.on[0].layer),
            parties=tuple(party for party in one.on if party.name),
            shares=texts.say("They share the airtime.") if len(one.on) > 1 else "",
            under=tuple((party.name, kind(texts, party.layer)) for party in one.under if party.name),
            is_now=one.starts_at <= now < one.ends_at,
            essential=one.essential,
        )
        for one in stretches
    ]


def summary(texts: Texts, stretches: Sequence[Stretch]) -> str:
    """Return a day in one sentence: how long it is lit, by schedule, urgent or default."""
    total: Mapping[Layer, timedelta] = {
        layer: sum((one.ends_at - one.starts_at for one in stretches if one.on[0].layer is layer), timedelta())
        for layer in KINDS
    }
    said = [f"{kind(texts, layer)} {texts.span(_millis(length))}" for layer, length in total.items() if length]
    return " · ".join(said)


def kind(texts: Texts, layer: Layer) -> str:
    """Return the name of a layer."""
    name = KINDS[layer]
    return texts.say(name)


def hours_of(texts: Texts, one: Stretch, tz: ZoneInfo) -> str:
    """Return a stretch as 07:00-10:00; midnight as an end is 24:00."""
    end = texts.clock(one.ends_at, tz)
    return f"{texts.clock(one.starts_at, tz)}–{'24:00' if end == '00:00' else end}"


def _minutes(one: Stretch, first: datetime, end: datetime) -> tuple[int, int]:
    start, until = max(one.starts_at, first), min(one.ends_at, end)
    x = (start - first) // MINUTE
    return x, max((until - first) // MINUTE - x, 1 if until > start else 0)


def _melted(bars: Sequence[Bar]) -> list[Bar]:
    """Return the bars of a lane with neighbours of one kind melted into one."""
    found = list(bars[:1])
    for before, bar in pairwise(bars):
        last = found[-1]
        if before.x + before.width == bar.x and last.on == bar.on:
            words = f"{last.words.split('–')[0]}–{bar.words.split('–')[-1]}"
            found[-1] = Bar(last.x, bar.x + bar.width - last.x, bar.on, words, bar.layer)
        else:
            found.append(bar)
    return found


def _millis(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
