"""Sunrise and sunset at a place, for windows that follow the sun: the one home of `astral`.

Refracted sunrise and sunset of the NOAA equations, cut to whole minutes, so that programs on other processors agree.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import elevation, sunrise, sunset
from pydantic import BaseModel, ConfigDict, Field

_MICRO = 1_000_000
_DAY = timedelta(days=1)
_NOON = time(12)


class Place(BaseModel):
    """Where a site lies, in millionths of a degree: north and east are positive."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    latitude_microdegrees: Annotated[int, Field(ge=-90 * _MICRO, le=90 * _MICRO)]
    longitude_microdegrees: Annotated[int, Field(ge=-180 * _MICRO, le=180 * _MICRO)]


@lru_cache(maxsize=4096)
def daylight(place: Place, day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return sunrise and sunset (UTC, whole minutes) of a local date, both within that date.

    Where the sun stays up all day these are the day's two midnights; where it stays down, both are 12:00 local.
    """
    observer = Observer(place.latitude_microdegrees / _MICRO, place.longitude_microdegrees / _MICRO)
    noon = datetime.combine(day, _NOON, tz).astimezone(UTC)
    bounds = _midnight(day, tz), _midnight(day + _DAY, tz)
    rises, sets = _within(sunrise, observer, day, bounds), _within(sunset, observer, day, bounds)
    if rises is None and sets is None and elevation(observer, noon) <= 0:
        return noon, noon
    return rises or bounds[0], sets or bounds[1]


def height_degrees(place: Place, at: datetime) -> float:
    """Return how high the sun stands above the horizon at an aware time, refracted; below it is negative.

    Its last digits may differ between processors: fit for dimming a panel, not for deciding what is on.
    """
    return float(elevation(Observer(place.latitude_microdegrees / _MICRO, place.longitude_microdegrees / _MICRO), at))


def _within(
    event: Callable[..., datetime], observer: Observer, day: date, bounds: tuple[datetime, datetime]
) -> datetime | None:
    for asked in (day, day - _DAY, day + _DAY):
        try:
            found = event(observer, date=asked, tzinfo=UTC)
        except ValueError:
            continue
        if bounds[0] <= found < bounds[1]:
            return found.replace(second=0, microsecond=0)
    return None


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tz).astimezone(UTC)
