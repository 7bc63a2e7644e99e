"""Where an alert holds: polygons, circles and codes of CAP, and the panels that lie in them.

Coordinates are whole millionths of a degree (WGS84), so that a point on a border is on it everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playlists.cap.rules import CapRule, Refused
from playlists.ids import Name, Slug
from playlists.language import Language
from playlists.sun import Place

MOST_POINTS = 5_000
EARTH_KM = 6371.0088
_NUMBER = r"[+-]?\d{1,3}(?:\.\d{0,20})?"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_RADIUS = re.compile(r"\+?\d{1,5}(?:\.\d{0,20})?", re.ASCII)
_MICRO = 1_000_000

Code = Annotated[str, Field(min_length=1, max_length=100)]


class Point(NamedTuple):
    """A place: latitude and longitude in millionths of a degree."""

    lat: int
    lon: int


class Circle(NamedTuple):
    """A centre, and a radius in kilometres."""

    centre: Point
    radius_km: float


class Area(NamedTuple):
    """What one `<area>` says."""

    described: str
    polygons: tuple[tuple[Point, ...], ...]
    circles: tuple[Circle, ...]
    codes: Mapping[str, tuple[str, ...]]


class CapPanel(BaseModel):
    """A panel as alerts find it: its place, and the codes that stand for its site, by the code's name.

    Without a place only codes find it. With `drills` it shows exercises and tests, in their frame.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    panel: Slug
    site: Slug
    place: Place | None = None
    codes: Annotated[dict[Annotated[str, Field(max_length=100)], tuple[Code, ...]], Field(max_length=20)] = Field(
        default_factory=dict
    )
    languages: tuple[Language, ...] = tuple(Language)
    drills: bool = True


PANELS: TypeAdapter[tuple[CapPanel, ...]] = TypeAdapter(Annotated[tuple[CapPanel, ...], Field(max_length=2000)])


def _panel(panel: Name, site: str, latitude: int, longitude: int, *codes: str) -> CapPanel:
    place = Place(latitude_microdegrees=latitude, longitude_microdegrees=longitude)
    names = dict.fromkeys(("bangtin:site", "signage:site"), (site, *codes))
    return CapPanel(panel=panel, site=site, place=place, codes=names)


FIRST_PANELS = (
    _panel("tra-linh-1", "tra-linh-gate", 22_838_000, 106_325_000, "tralinh", "tra-linh"),
    _panel("ban-gioc-1", "ban-gioc-falls", 22_854_000, 106_724_000, "bangioc", "ban-gioc"),
)
"""The first two panels, for a check without a description of panels."""


def read_polygon(text: str, path: str) -> tuple[Point, ...]:
    """Return the corners of a polygon, the first again at the end.

    Raises:
        Refused: C22, fewer than four pairs, not closed, or not coordinates.
    """
    corners = tuple(_point(written, path) for written in text.split())
    if len(corners) < 4:
        raise Refused(CapRule.C22_GEOMETRY, f"{path} has {len(corners)} pairs; a polygon has at least four")
    if len(corners) > MOST_POINTS:
        raise Refused(CapRule.C22_GEOMETRY, f"{path} has {len(corners)} pairs; at most {MOST_POINTS} are read")
    if corners[0] != corners[-1]:
        raise Refused(CapRule.C22_GEOMETRY, f"{path} is not closed: its last pair has to be its first")
    return corners


def read_circle(text: str, path: str) -> Circle:
    """Return a circle.

    Raises:
        Refused: C22.
    """
    words = text.split()
    if len(words) != 2 or _RADIUS.fullmatch(words[1]) is None:
        raise Refused(CapRule.C22_GEOMETRY, f"{path} is {text!r:.80}; a circle looks like 22.85,106.72 5.0")
    return Circle(_point(words[0], path), float(words[1]))


def holds_at(area: Area, panel: CapPanel) -> bool:
    """Tell whether an area contains a panel's place (its border counts), or has a code of its site."""
    if any(_same_code(area.codes.get(name, ()), codes) for name, codes in panel.codes.items()):
        return True
    if panel.place is None:
        return False
    here = Point(panel.place.latitude_microdegrees, panel.place.longitude_microdegrees)
    return any(is_inside(here, polygon) for polygon in area.polygons) or any(
        distance_km(here, circle.centre) <= circle.radius_km for circle in area.circles
    )


def is_inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Tell whether a point lies in a closed polygon or on its border (even-odd, exact)."""
    inside = False
    for start, end in pairwise(polygon):
        turn = (end.lon - start.lon) * (point.lat - start.lat) - (end.lat - start.lat) * (point.lon - start.lon)
        if turn == 0 and _between(point, start, end):
            return True
        if (start.lat > point.lat) != (end.lat > point.lat) and (turn > 0) == (end.lat > start.lat):
            inside = not inside
    return inside


def distance_km(one: Point, other: Point) -> float:
    """Return the distance of two points on a sphere, in kilometres (haversine)."""
    lat, other_lat = (math.radians(point.lat / _MICRO) for point in (one, other))
    half_lat, half_lon = (other_lat - lat) / 2, math.radians((other.lon - one.lon) / _MICRO) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(half_lon) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def _between(point: Point, start: Point, end: Point) -> bool:
    lats, lons = sorted((start.lat, end.lat)), sorted((start.lon, end.lon))
    return lats[0] <= point.lat <= lats[1] and lons[0] <= point.lon <= lons[1]


def _point(text: str, path: str) -> Point:
    match = _POINT.fullmatch(text)
    if match is not None:
        lat, lon = (int(Decimal(written) * _MICRO) for written in match.groups())
        if abs(lat) <= 90 * _MICRO and abs(lon) <= 180 * _MICRO:
            return Point(lat, lon)
    raise Refused(CapRule.C22_GEOMETRY, f"{path} has {text!r:.40}; a place looks like 22.8544,106.7240")


def _same_code(said: Sequence[str], known: Sequence[str]) -> bool:
    return not {_bare(code) for code in said}.isdisjoint(_bare(code) for code in known)


def _bare(code: str) -> str:
    return re.sub(r"[\s_-]", "", code.casefold())
