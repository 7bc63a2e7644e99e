"""When an entry is on air, read from what was asked: refusals carry what would fit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from playlists.language import Language
from playlists.recurrence import LAST_YEAR, Expansion, Recurrence, StartExcluded, parse_rule, wall
from playlists.schedule import Timing
from server.errors import Problem
from server.scheduling.entries.schemas import EntryChange, RecurrenceAsked

_EARLIEST = "Etc/GMT-14"
"""The zone in which a wall time comes first: an UNTIL in UTC cuts nothing there that it leaves elsewhere."""


def read_timing(asked: EntryChange) -> Timing:
    """Return the timing of an entry.

    Raises:
        Problem: 422 with the place and the sentence; `fix` holds what to change where something would fit.
    """
    recurrence = asked.recurrence.model_dump() if asked.recurrence is not None else None
    try:
        timing = Timing.model_validate(
            {
                "recurrence": recurrence,
                "duration_s": asked.duration_s,
                "special_days": asked.special_days.model_dump(mode="json") if asked.special_days is not None else None,
                "valid_from": asked.valid_from,
                "valid_until": asked.valid_until,
                "priority": asked.priority,
                "weight": asked.weight,
            }
        )
    except ValidationError as error:
        raise _refusal(error, asked.recurrence) from error
    if asked.daypart_id is not None and asked.window is not None:
        raise _plain("an entry has a window of its own or a daypart, not both; leave one out")
    try:
        timing.check(with_daypart=asked.daypart_id is not None or asked.window is not None)
    except ValueError as error:
        raise _plain(str(error)) from error
    return timing


def last_on(timing: Timing) -> date | None:
    """Return the last local date on which an entry can be on air, or None when it has no end."""
    ends = [] if timing.valid_until is None else [wall(timing.valid_until).date()]
    if timing.recurrence is not None and (last := _last_start(timing.recurrence)) is not None:
        ends.append((last + timedelta(seconds=max(0, (timing.duration_s or 1) - 1))).date())
    return min(ends, default=None)


def _last_start(recurrence: Recurrence) -> datetime | None:
    extra = [wall(one) for one in recurrence.rdate]
    first = wall(recurrence.dtstart)
    if recurrence.rrule is None:
        return max([first, *extra])
    parts = parse_rule(recurrence.rrule, first)
    if "COUNT" not in parts and "UNTIL" not in parts:
        return None
    expansion = Expansion(recurrence, ZoneInfo(_EARLIEST))
    latest = datetime(LAST_YEAR, 12, 31)  # noqa: DTZ001 - a wall time
    if "UNTIL" in parts:
        latest = min(latest, datetime.strptime(parts["UNTIL"][:8], "%Y%m%d") + timedelta(days=2))  # noqa: DTZ007 - a wall time
    for days in (64, 800, 100_000):
        after = max(first, latest - timedelta(days=days))
        if starts := expansion.between(after, latest):
            return max([starts[-1], *extra])
    return max([first, *extra])


def _refusal(error: ValidationError, asked: RecurrenceAsked | None) -> Problem:
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    place = ".".join(str(part) for part in first["loc"])
    if isinstance(cause, StartExcluded) and asked is not None:
        return _excluded(cause, asked)
    said = str(cause) if cause is not None else first["msg"]
    return _plain(f"{place}: {said}" if place else said, place)


def _excluded(cause: StartExcluded, asked: RecurrenceAsked) -> Problem:
    fix: dict[str, Any] = {}
    offered = cause.offered
    if offered is not None:
        fix = {"fix": {"recurrence": {**asked.model_dump(), "dtstart": offered}}}
        sentences = {
            Language.VI: f"Chính quy tắc lặp không cho phép bắt đầu lúc {asked.dtstart}. Hãy dời sang {offered}.",
            Language.EN: f"The start {asked.dtstart} is excluded by its own rule. Move it to {offered}.",
            Language.ZH: f"开始时间 {asked.dtstart} 不符合其自身的重复规则。请移至 {offered}。",
        }
    else:
        sentences = {
            Language.VI: f"Quy tắc lặp không bao giờ đúng sau {asked.dtstart}. Hãy sửa quy tắc.",
            Language.EN: f"The rule never holds after {asked.dtstart}. Change the rule.",
            Language.ZH: f"该规则在 {asked.dtstart} 之后永不成立。请修改规则。",
        }
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "start-excluded",
        sentences[Language.EN],
        sentences={str(language): text for language, text in sentences.items()},
        field="recurrence",
        **fix,
    )


def _plain(said: str, field: str = "") -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-entry", f"The entry cannot be planned: {said}.", field=field
    )
