"""What a change of a plan takes from what was planned before: who is hidden, shortened, or has less of the airtime.

Two compiled plans of one panel are compared; nothing is saved and nothing is asked of a database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar
from zoneinfo import ZoneInfo

from playlists import phrases
from playlists.instant import from_millis, to_millis
from playlists.language import Language
from playlists.phrases import Words, pick
from playlists.plan import Active, Layer, Plan, PlanSpan

_T = TypeVar("_T")
_S = TypeVar("_S")
_PLANNED = (Layer.OVERRIDE, Layer.SCHEDULE)


class EffectKind(StrEnum):
    """What becomes of a time in which something was to be on."""

    HIDDEN = "hidden"
    """It is not on at all any more."""
    SHORTENED = "shortened"
    """It is off in this part of its time, and on in another."""
    SHARED = "shared"
    """It is on with a smaller part of the airtime."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to an entry or override between two instants (Unix milliseconds)."""

    kind: EffectKind
    id: str
    playlist: str
    start_ms: int
    end_ms: int
    before_permille: int
    after_permille: int
    by: tuple[str, ...] = ()
    """The entries or overrides that are on then; none where the panel is dark or nothing planned is on."""


def effects(
    before: Plan[_T], after: Plan[_S], start: datetime, end: datetime, *, changed: Collection[str] = ()
) -> list[Effect]:
    """Return what a change takes from what was to be on between two aware times, in order of time.

    `changed` are the entries that the change itself is about; nobody needs to be warned of those.
    """
    found: list[Effect] = []
    runs: dict[str, list[tuple[int, int]]] = {}
    for first, last, old, new in _both(before, after, to_millis(start), to_millis(end)):
        has = parts_of(after, new) if new.layer in _PLANNED else {}
        for one, part in (parts_of(before, old) if old.layer in _PLANNED else {}).items():
            _extend(runs.setdefault(one, []), first, last)
            rest = has.get(one, Fraction(0))
            if one not in changed and rest < part:
                kind = EffectKind.SHARED if rest else EffectKind.HIDDEN
                by = tuple(other for other in has if other != one)
                shares = int(part * 1000), int(rest * 1000)
                _add(found, Effect(kind, one, before.playlist_of(old, one), first, last, *shares, by))
    return [_judged(effect, runs[effect.id]) for effect in found]


def _extend(runs: list[tuple[int, int]], first: int, last: int) -> None:
    if runs and runs[-1][1] == first:
        runs[-1] = runs[-1][0], last
    else:
        runs.append((first, last))


def parts_of(plan: Plan[_T], active: Active) -> Mapping[str, Fraction]:
    """Return the part of the airtime of each that is on."""
    if active.layer is not Layer.SCHEDULE:
        return dict.fromkeys(active.ids, Fraction(1))
    groups: dict[str, int] = {}
    weights: dict[str, int] = {}
    for one in active.ids:
        group, quota = plan.quota_of(one)
        groups[group] = max(1, quota)
        weights[group] = weights.get(group, 0) + plan.rule(one).timing.weight
    whole = sum(groups.values())
    parts = {}
    for one in active.ids:
        group, _ = plan.quota_of(one)
        parts[one] = Fraction(groups[group] * plan.rule(one).timing.weight, whole * weights[group])
    return parts


def _both(before: Plan[_T], after: Plan[_S], start_ms: int, end_ms: int) -> Iterator[tuple[int, int, Active, Active]]:
    moment = start_ms
    while moment < end_ms:
        at = from_millis(moment)
        old: PlanSpan = before.span_at(at)
        new: PlanSpan = after.span_at(at)
        last = min(old.end_ms, new.end_ms, end_ms)
        yield moment, last, old.active, new.active
        moment = last


def _add(found: list[Effect], effect: Effect) -> None:
    for index in range(len(found) - 1, -1, -1):
        if found[index].id == effect.id:
            if found[index].end_ms == effect.start_ms and replace(found[index], start_ms=0, end_ms=0) == replace(
                effect, start_ms=0, end_ms=0
            ):
                found[index] = replace(found[index], end_ms=effect.end_ms)
                return
            break
    found.append(effect)


def _judged(effect: Effect, runs: Sequence[tuple[int, int]]) -> Effect:
    if effect.kind is not EffectKind.HIDDEN:
        return effect
    run = next(one for one in runs if one[0] <= effect.start_ms < one[1])
    whole = (effect.start_ms, effect.end_ms) == run
    return effect if whole else replace(effect, kind=EffectKind.SHORTENED)


_SAID: dict[EffectKind, Words] = {
    EffectKind.HIDDEN: (
        "Thay đổi này che “{what}” trên {where}, {when}",
        "This hides “{what}” on {where}, {when}",
        "此更改会遮挡{where}上的“{what}”，{when}",
    ),
    EffectKind.SHORTENED: (
        "Thay đổi này rút ngắn “{what}” trên {where}: không phát {when}",
        "This shortens “{what}” on {where}: it is off {when}",
        "此更改会缩短{where}上的“{what}”：{when}不播放",
    ),
    EffectKind.SHARED: (
        "“{what}” trên {where} còn {less}% thời lượng thay vì {more}%, {when}",
        "“{what}” on {where} has {less}% of the airtime instead of {more}%, {when}",
        "{where}上的“{what}”由{more}%减至{less}%的播放时长，{when}",
    ),
}
_AGAIN: Words = (
    "{0}, và {1} lần khác đến {2}",
    "{0}, and {1} more times until {2}",
    "{0}，另有{1}次，至{2}",
)
_AGAIN_ONCE: Words = ("{0}, và 1 lần khác ngày {2}", "{0}, and once more on {2}", "{0}，{2}另有1次")


def effect_words(same: Sequence[Effect], *, what: str, where: str, tz: ZoneInfo, language: Language) -> str:
    """Return what a change does to one entry on one panel, in one line without a full stop.

    `same` are effects of one kind on one entry, in order of time; the first is told and the others are counted.
    """
    first = same[0]
    start, end = (from_millis(one).astimezone(tz).replace(tzinfo=None) for one in (first.start_ms, first.end_ms))
    clocks, day = phrases.clock_span(start, end, language), phrases.day_of(start, language)
    when = pick((f"{clocks} ngày {day}", f"{clocks} on {day}", f"{day}{clocks}"), language)
    said = pick(_SAID[first.kind], language).format(
        what=what, where=where, when=when, less=_percent(first.after_permille), more=_percent(first.before_permille)
    )
    if len(same) == 1:
        return said
    last = phrases.day_of(from_millis(same[-1].start_ms).astimezone(tz).date(), language)
    words = _AGAIN_ONCE if len(same) == 2 else _AGAIN
    return pick(words, language).format(said, len(same) - 1, last)


def _percent(permille: int) -> int:
    return (permille + 5) // 10
