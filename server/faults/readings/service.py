"""Keeping readings in summary, and giving them back as points in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from playlists.instant import from_micros, to_micros
from playlists.wire.messages import Health
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import not_found
from server.faults.readings import repository
from server.tables import Kiosk, Panel, ReadingSpan

FINE_S, COARSE_S = 300, 3600
KEPT = {FINE_S: timedelta(days=3), COARSE_S: timedelta(days=90)}
FINE_FOR = timedelta(days=2)
"""Periods of up to so long are answered in the finer grain."""
MOST_NAMES = 60
NO_CHART = frozenset({"player", "boot", "versions", "panel_map"})
"""Counts that only grow, and words."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a reading was in a span that began at a time; thousandths of its unit."""

    begin_at: datetime
    least: int
    mean: int
    most: int


@dataclass(frozen=True, slots=True)
class Series:
    """One reading over a period. A span without a point had no reading: nothing is drawn through it."""

    name: str
    unit: str
    grain_s: int
    points: list[Point]


def note(session: Session, kiosk: Kiosk, said: Health, at: datetime) -> None:
    """Add what a kiosk says of itself to the spans that run; readings of single parts and unknown ones are left out."""
    measured = [one for one in said.readings if one.value_milli is not None and not one.subject]
    for grain_s in KEPT:
        begin_at = _floor(at, grain_s)
        row = repository.span(session, kiosk.id, grain_s, begin_at)
        kept = dict(row.readings) if row is not None else {}
        for one in measured:
            if one.value_milli is None or one.check in NO_CHART or (one.check not in kept and len(kept) >= MOST_NAMES):
                continue
            least, most, total, times, _ = kept.get(one.check, (one.value_milli, one.value_milli, 0, 0, one.unit))
            value = one.value_milli
            kept[one.check] = [min(least, value), max(most, value), total + value, times + 1, one.unit]
        if row is None:
            row = ReadingSpan(kiosk_id=kiosk.id, grain_s=grain_s, begin_at=begin_at, panel_id=kiosk.panel_id)
        row.readings = kept
        session.add(row)


def forget(session: Session, at: datetime) -> None:
    """Delete what is older than is kept."""
    repository.forget(session, {grain: at - kept for grain, kept in KEPT.items()})


def panel_of(session: Session, caller: Caller, panel_id: UUID) -> Panel:
    """Return a panel whose readings the caller may see.

    Raises:
        Problem: 404.
    """
    panel = repository.panel(session, panel_id)
    if panel is None:
        raise not_found("panel")
    caller.require(Permission.SEE, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panel


def history(session: Session, panel_id: UUID, start: datetime, end: datetime) -> list[Series]:
    """Return every reading of a panel in [start, end), by name."""
    grain_s = FINE_S if end - start <= FINE_FOR else COARSE_S
    return series(repository.spans(session, panel_id, grain_s, start, end), grain_s)


def series(rows: Iterable[ReadingSpan], grain_s: int) -> list[Series]:
    """Return rows by reading; where two kiosks spoke of one span, as at a swap, the later row counts."""
    found: dict[str, dict[datetime, Point]] = {}
    units: dict[str, str] = {}
    for row in rows:
        for name, (least, most, total, times, unit) in row.readings.items():
            found.setdefault(name, {})[row.begin_at] = Point(row.begin_at, least, round(total / times), most)
            units[name] = unit
    return [Series(name, units[name], grain_s, list(points.values())) for name, points in sorted(found.items())]


def _floor(at: datetime, grain_s: int) -> datetime:
    grain = grain_s * 1_000_000
    return from_micros(to_micros(at) // grain * grain)
