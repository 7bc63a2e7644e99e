"""What plays where and when: schedule entries and overrides, as the API, the manifest and documents write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.airtime import MOST_WEIGHT
from playlists.daypart import midnight_of
from playlists.ids import Name
from playlists.instant import Instant, to_millis
from playlists.recurrence import Local, Recurrence, resolve
from playlists.special_day import SpecialDays

MOST_DURATION_S = 31 * 86_400
MOST_REASON = 200
WHOLE_PERMILLE = 1_000
Quotas = Mapping[Name, Annotated[int, Field(ge=1, le=WHOLE_PERMILLE)]]
"""Agencies' parts of a panel's airtime, in thousandths."""


class Targets(BaseModel):
    """Where an entry plays: on the panels, on panels with a tag, at the sites; nothing named means everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    panels: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    tags: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    sites: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()

    def hold(self, panel: str, site: str | None, tags: tuple[str, ...]) -> bool:
        """Tell whether a panel is meant."""
        if not (self.panels or self.tags or self.sites):
            return True
        return panel in self.panels or (site is not None and site in self.sites) or not set(tags).isdisjoint(self.tags)


class Timing(BaseModel):
    """When an entry is on air, and with which standing.

    With a daypart the recurrence names days (none: every day of the daypart); without one it names starts, each for
    `duration_s` elapsed seconds. An instance belongs to the day on which it starts, and is taken when it starts within
    `valid_from` and `valid_until`; a date as the end includes that day to 24:00 local, where an instance is cut.
    `special_days` ties the days of its starts to a calendar; `agency` owns the entry's share of the airtime.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    recurrence: Recurrence | None = None
    duration_s: Annotated[int, Field(ge=3, le=MOST_DURATION_S)] | None = None
    valid_from: Local | None = None
    valid_until: Local | None = None
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    weight: Annotated[int, Field(ge=1, le=MOST_WEIGHT)] = 1
    agency: Name | None = None
    special_days: SpecialDays | None = None

    def check(self, *, with_daypart: bool) -> None:
        """Refuse what names no time.

        Raises:
            ValueError: with the sentence.
        """
        if with_daypart and self.duration_s is not None:
            raise ValueError("an entry has a daypart or duration_s, not both; leave one out")
        if not with_daypart and (self.duration_s is None or self.recurrence is None):
            raise ValueError(
                "an entry needs a daypart, or a recurrence with duration_s; "
                "for round the clock use a daypart from 00:00 to 24:00"
            )
        if not with_daypart and self.recurrence is not None and not self.recurrence.is_timed:
            raise ValueError("without a daypart dtstart needs a time, for example 2026-11-23T07:00")
        if self.valid_from is not None and self.valid_until is not None:
            utc = ZoneInfo("UTC")
            if bound_ms(self.valid_from, utc, is_end=False) >= bound_ms(self.valid_until, utc, is_end=True):
                raise ValueError("valid_until lies before valid_from, so the entry never plays")


def bound_ms(local: date, tz: ZoneInfo, *, is_end: bool) -> int:
    """Return the instant (Unix milliseconds) of a validity bound; a date as the end is its 24:00 local."""
    if isinstance(local, datetime):
        return to_millis(resolve(local, tz))
    return to_millis(midnight_of(local + timedelta(days=1) if is_end else local, tz))


class Entry(Timing):
    """A schedule entry of a document: playlist, targets, daypart or recurrence with duration, band and weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Name
    playlist_id: Name
    daypart_id: Name | None = None
    targets: Targets = Targets()

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        self.check(with_daypart=self.daypart_id is not None)
        return self


class Limited(BaseModel):
    """What begins at an instant and always ends."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def _check_end(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("it ends after it starts; give a later ends_at")
        if self.starts_at.microsecond or self.ends_at.microsecond:
            raise ValueError("it starts and ends on a whole second")
        return self


class Urgency(Limited):
    """The times of an override. Of several the higher priority wins, then the later start, then the lower id."""

    priority: Annotated[int, Field(ge=0, le=100)] = 50


class Quiet(Limited):
    """A time in which only essential notices are shown: mourning, a storm, a grave incident."""

    reason: Annotated[str, Field(max_length=MOST_REASON)] = ""


class Override(Urgency):
    """An urgent playlist above the schedule, from one instant to another, as a document writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Name
    playlist_id: Name
    targets: Targets = Targets()


class EssentialOnly(Quiet):
    """The switch to essential notices, as a document writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Name
    targets: Targets = Targets()


def check_quotas(quotas: Quotas) -> None:
    """Refuse shares that are more than the whole.

    Raises:
        ValueError: with the sentence.
    """
    total = sum(quotas.values())
    if total > WHOLE_PERMILLE:
        raise ValueError(f"the quotas come to {total} thousandths; at most {WHOLE_PERMILLE} can be given away")
