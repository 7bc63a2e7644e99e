"""A timeline document: one panel's plan in one self-contained JSON text, and its airings with reasons.

No database, server or manifest is needed, so anybody can compare a rule with what another product makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Self

import tzdata
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from playlists.airtime import Turn
from playlists.daypart import ALWAYS, DayException, Daypart, DayWindow, Locality, Week, WeeklyWindow, zone
from playlists.ids import Name
from playlists.instant import Instant, format_instant, from_millis, to_millis, to_utc
from playlists.language import SegmentLanguage
from playlists.notice import ContentClass, stays
from playlists.plan import Layer, Piece, Plan, PlanSpan, describe, describe_displaced
from playlists.playlist import OnAirMs
from playlists.recurrence import FIRST_YEAR, LAST_YEAR, Local
from playlists.rotation import LanguageWeights, Rotation, Spoken, rotate
from playlists.rule import Hush, Rule, Urgent, WeekSpans
from playlists.schedule import Entry, EssentialOnly, Override, Quotas, bound_ms, check_quotas
from playlists.special_day import Calendar
from playlists.sun import Place
from playlists.trust import MOST_DEPTH, Untrusted, strict_json
from playlists.validity import validities

MOST_BYTES = 4 << 20
MOST_ENTRIES = 5_000


_MOMENT: TypeAdapter[date] = TypeAdapter(Local)


class Refused(ValueError):
    """A document that cannot be read; the message says what, where and what to do."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentItem(_Shape):
    """An item: its languages follow one another, each for `on_air_ms`."""

    id: Name
    title: Annotated[str, Field(max_length=400)] = ""
    languages: Annotated[tuple[SegmentLanguage, ...], Field(min_length=1, max_length=4)] = (SegmentLanguage.MUL,)
    on_air_ms: OnAirMs
    content_class: ContentClass = ContentClass.SERVICE
    festive: bool = False
    animated: bool = False
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    """Outside of [valid_from, valid_until) it is not shown."""


class DocumentPlaylist(_Shape):
    """A playlist; `language_weights` count for the rotation `weighted` only."""

    id: Name
    name: Annotated[str, Field(max_length=400)] = ""
    rotation: Rotation = Rotation.PER_ITEM
    language_weights: LanguageWeights = Field(default_factory=dict)
    items: Annotated[tuple[DocumentItem, ...], Field(max_length=200)]

    def turns(self, gone: frozenset[str], *, essential_only: bool = False) -> tuple[Turn[Content], ...]:
        """Return what is on air in one round, in order, without the items of some ids."""
        return rotate(
            self.rotation,
            self.language_weights,
            [
                Spoken(item.id, item.on_air_ms, tuple((one, Content(self, item, one)) for one in item.languages))
                for item in self.items
                if item.id not in gone
                if not essential_only or stays(item.content_class, festive=item.festive, animated=item.animated)
            ],
        )


@dataclass(frozen=True, slots=True)
class Content:
    """One language of one item of a playlist."""

    playlist: DocumentPlaylist
    item: DocumentItem
    language: SegmentLanguage


class DocumentPanel(_Shape):
    """The panel that is asked about: what targets name, its operating hours, and who has how much of its airtime."""

    id: Name = "panel"
    site: Name | None = None
    tags: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    operating_hours: Annotated[tuple[WeeklyWindow, ...], Field(max_length=100)] = (ALWAYS,)
    hours_exceptions: Annotated[tuple[DayException, ...], Field(max_length=500)] = ()
    hours_calendar_id: Name | None = None
    hours_day_off_windows: Annotated[tuple[DayWindow, ...], Field(max_length=48)] = ()
    quotas: Annotated[Quotas, Field(max_length=100)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_quotas(self.quotas)
        return self

    @property
    def hours(self) -> Week:
        """The operating hours as one week."""
        return Week(
            windows=self.operating_hours,
            exceptions=self.hours_exceptions,
            calendar_id=self.hours_calendar_id,
            day_off_windows=self.hours_day_off_windows,
        )


class DocumentDaypart(Daypart):
    """A daypart as a document writes it: an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentCalendar(Calendar):
    """A calendar as a document writes it: an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Shape):
    """A panel's plan: everything that decides what it shows, and nothing else."""

    zone: Annotated[str, Field(max_length=64)]
    place: Place | None = None
    panel: DocumentPanel = DocumentPanel()
    playlists: Annotated[tuple[DocumentPlaylist, ...], Field(max_length=1_000)]
    dayparts: Annotated[tuple[DocumentDaypart, ...], Field(max_length=1_000)] = ()
    calendars: Annotated[tuple[DocumentCalendar, ...], Field(max_length=20)] = ()
    entries: Annotated[tuple[Entry, ...], Field(max_length=MOST_ENTRIES)] = ()
    overrides: Annotated[tuple[Override, ...], Field(max_length=100)] = ()
    essential_only: Annotated[tuple[EssentialOnly, ...], Field(max_length=100)] = ()
    default: Name | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        zone(self.zone)
        groups: dict[str, list[str]] = {
            "playlists": [one.id for one in self.playlists],
            "dayparts": [one.id for one in self.dayparts],
            "calendars": [one.id for one in self.calendars],
            "entries and overrides": [one.id for one in self._planned],
            "essential_only": [one.id for one in self.essential_only],
        }
        for where, ids in groups.items():
            if len(set(ids)) != len(ids):
                raise ValueError(f"an id stands twice in {where}; give each its own")
        held = {name: set(ids) for name, ids in groups.items()}
        for who, kind, named in self._references():
            if named not in held[f"{kind}s"]:
                raise ValueError(f"{who} names the {kind} {named}, which {kind}s does not hold")
        if self.place is None and any(week.follows_sun for week in (self.panel.hours, *self.dayparts)):
            raise ValueError("a window follows the sun; add place with the site's coordinates")
        return self

    @property
    def _planned(self) -> tuple[Entry | Override, ...]:
        return *self.entries, *self.overrides

    def _references(self) -> Iterator[tuple[str, str, str]]:
        for one in self._planned:
            yield one.id, "playlist", one.playlist_id
        for entry in self.entries:
            if entry.daypart_id is not None:
                yield entry.id, "daypart", entry.daypart_id
            if entry.special_days is not None:
                yield entry.id, "calendar", entry.special_days.calendar_id
        for daypart in self.dayparts:
            if daypart.calendar_id is not None:
                yield daypart.id, "calendar", daypart.calendar_id
        if self.panel.hours_calendar_id is not None:
            yield "panel", "calendar", self.panel.hours_calendar_id
        if self.default is not None:
            yield "default", "playlist", self.default

    def plan(self, gone: frozenset[str] = frozenset()) -> Plan[Content]:
        """Return the compiled plan of the panel, without the items of some ids."""
        tz = zone(self.zone)
        panel = self.panel
        locality = Locality(tz, self.place, {one.id: one for one in self.calendars})
        weeks = {daypart.id: WeekSpans(daypart, locality) for daypart in self.dayparts}
        rules = tuple(
            Rule.of(one.id, one.playlist_id, one, weeks[one.daypart_id] if one.daypart_id else None, locality)
            for one in self.entries
            if one.targets.hold(panel.id, panel.site, panel.tags)
        )
        urgent = tuple(
            Urgent.of(one.id, one.playlist_id, one)
            for one in self.overrides
            if one.targets.hold(panel.id, panel.site, panel.tags)
        )
        hushes = tuple(
            Hush.of(one.id, one) for one in self.essential_only if one.targets.hold(panel.id, panel.site, panel.tags)
        )
        hours = WeekSpans(panel.hours, locality)
        turns = {playlist.id: playlist.turns(gone) for playlist in self.playlists}
        essential = {playlist.id: playlist.turns(gone, essential_only=True) for playlist in self.playlists}
        return Plan(tz, hours, rules, urgent, self.default, turns, essential, hushes, panel.quotas)


def read_document(content: bytes) -> Document:
    """Return a document from JSON bytes.

    Raises:
        Refused: it is too large, no sound JSON, or contradicts itself.
    """
    if len(content) > MOST_BYTES:
        raise Refused(f"the document has {len(content)} bytes; at most {MOST_BYTES} are read, so split it")
    try:
        return Document.model_validate(strict_json(content))
    except Untrusted as error:
        said = str(error).removeprefix("V6: ")
        raise Refused(f"the document is refused: {said}; write UTF-8 JSON, at most {MOST_DEPTH} levels deep") from error
    except ValidationError as error:
        raise Refused(_first(error)) from error


def _first(error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    where = ".".join(str(part) for part in problems[0]["loc"]) or "the document"
    plain = {"missing": "is missing; add it", "extra_forbidden": "is not known; leave it out or correct its name"}
    said = plain.get(problems[0]["type"]) or problems[0]["msg"].removeprefix("Value error, ")
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{where}: {said}{more}"


def read_moment(text: str, document: Document, *, is_end: bool) -> datetime:
    """Return the instant of an RFC 3339 time, or of a local date or time of the document's zone.

    A date as the end includes that day to 24:00.

    Raises:
        Refused: it is neither.
    """
    tz = zone(document.zone)
    try:
        if "T" in text.upper() and (instant := datetime.fromisoformat(text)).tzinfo is not None:
            if not FIRST_YEAR <= instant.year <= LAST_YEAR:
                raise Refused(f"{text} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
            return to_utc(instant)
        return from_millis(bound_ms(_MOMENT.validate_python(text), tz, is_end=is_end))
    except ValidationError as error:
        raise Refused(_first(error)) from error
    except (ValueError, OverflowError) as error:
        raise Refused(f"{text!r} is no time; write 2026-11-23, 2026-11-23T07:00 or 2026-11-23T00:00:00Z") from error


@dataclass(frozen=True, slots=True)
class Explained:
    """Spans and airings as JSON values; `complete` is false when there were more airings than asked for."""

    spans: list[dict[str, Any]]
    airings: list[dict[str, Any]]
    complete: bool


def explain_document(document: Document, start: datetime, end: datetime, *, most: int = 1_000) -> Explained:
    """Return what is on between two aware times: spans (who shares the panel, why, what is displaced) and airings.

    Spans are whole, airings as well; both overlap [start, end). Neighbouring spans of one kind over a local midnight,
    where cycles begin anew, stay two. An airing ends where an item's validity begins or ends, as on the kiosk.
    """
    airings: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    for part in _parts(document, start, end):
        for piece in part.plan.between(part.start, part.end):
            if len(airings) == most:
                break
            airings.append(_airing(part, piece))
        for span in _spans(part, most - len(spans)):
            if spans and part.cuts(spans[-1]["ends_at"]) and _alike(spans[-1], span):
                spans[-1] |= {"ends_at": span["ends_at"], "local_end": span["local_end"]}
            else:
                spans.append(span)
    complete = not airings or airings[-1]["ends_at"] >= format_instant(end)
    return Explained(spans, airings, complete)


@dataclass(frozen=True, slots=True)
class _Part:
    """A time in which the same items are valid: [start, end) of what is asked; its bounds, None where it has none."""

    plan: Plan[Content]
    start: datetime
    end: datetime
    since: datetime | None
    until: datetime | None

    def clipped(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Return a time within the bounds."""
        since = start_ms if self.since is None else max(start_ms, to_millis(self.since))
        return since, end_ms if self.until is None else min(end_ms, to_millis(self.until))

    def cuts(self, ended_at: str) -> bool:
        """Tell whether what ended at a written time ended only because this part begins there."""
        return self.since is not None and ended_at == format_instant(self.since)


def _parts(document: Document, start: datetime, end: datetime) -> Iterator[_Part]:
    held = validities(document.playlists)
    edges = sorted({edge for one in held for edge in (one.start, one.end) if edge is not None})
    plans: dict[frozenset[str], Plan[Content]] = {}
    moment = start
    while moment < end:
        gone = frozenset(one.item for one in held if not one.holds(moment))
        if gone not in plans:
            plans[gone] = document.plan(gone)
        since = max((edge for edge in edges if edge <= moment), default=None)
        until = min((edge for edge in edges if edge > moment), default=None)
        stop = end if until is None else min(end, until)
        yield _Part(plans[gone], moment, stop, since, until)
        moment = stop


_BOUNDS = frozenset({"starts_at", "ends_at", "local_start", "local_end"})


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two spans say the same; a new day's cycle begins anew, so over a midnight they do not."""
    if one["ends_at"] != other["starts_at"] or other["local_start"][11:19] == "00:00:00":
        return False
    return all(one[name] == other[name] for name in one.keys() - _BOUNDS)


def _spans(part: _Part, most: int) -> Iterator[dict[str, Any]]:
    plan = part.plan
    for number, span in enumerate(plan.spans_between(part.start, part.end)):
        if number >= most:
            return
        displaced = [
            {
                "layer": one.layer.value,
                "ids": list(one.ids),
                "playlists": [plan.playlist_of(one, each) for each in one.ids],
                "why": describe_displaced(plan, one, span.active),
            }
            for one in plan.displaced(span.start_ms, span.end_ms)
        ]
        yield _bounds(plan, *part.clipped(span.start_ms, span.end_ms)) | _who(plan, span) | {"displaced": displaced}


def _who(plan: Plan[Content], span: PlanSpan) -> dict[str, Any]:
    active = span.active
    playlists = [plan.playlist_of(active, each) for each in active.ids]
    planned = active.layer in (Layer.SCHEDULE, Layer.OVERRIDE)
    entries = list(active.ids) if planned else []
    return {
        "layer": active.layer.value,
        "entries": entries,
        "playlists": playlists,
        "essential_only": active.essential_only,
        "why": describe(plan, active),
    }


def _airing(part: _Part, piece: Piece[Content]) -> dict[str, Any]:
    plan, active, content = part.plan, piece.span.active, piece.content
    return _bounds(plan, *part.clipped(piece.start_ms, piece.end_ms)) | {
        "layer": active.layer.value,
        "entry": piece.owner if active.layer in (Layer.SCHEDULE, Layer.OVERRIDE) else None,
        "playlist": content.playlist.id if content else None,
        "item": content.item.id if content else None,
        "title": content.item.title if content else None,
        "language": content.language.value if content else None,
        "why": plan.why(piece),
    }


def _bounds(plan: Plan[Content], start_ms: int, end_ms: int) -> dict[str, Any]:
    start, end = from_millis(start_ms), from_millis(end_ms)
    return {
        "starts_at": format_instant(start),
        "ends_at": format_instant(end),
        "local_start": start.astimezone(plan.tz).isoformat(timespec="seconds"),
        "local_end": end.astimezone(plan.tz).isoformat(timespec="seconds"),
    }


def to_text(explained: Explained) -> str:
    """Return the spans as lines for people."""
    lines = []
    for span in explained.spans:
        what = ", ".join(span["playlists"]) or span["layer"]
        lines.append(f"{span['local_start']}  {span['local_end']}  {what}: {span['why']}")
        lines += [f"    instead of {', '.join(one['playlists'])}: {one['why']}" for one in span["displaced"]]
    if not explained.complete:
        lines.append("There are more airings than asked for; ask with a higher --most or a shorter time.")
    return "\n".join(lines)


def to_answer(document: Document, explained: Explained) -> dict[str, Any]:
    """Return the whole answer as one JSON object."""
    return {
        "zone": document.zone,
        "tzdata": tzdata.IANA_VERSION,
        "panel": document.panel.id,
        "spans": explained.spans,
        "airings": explained.airings,
        "complete": explained.complete,
    }
