"""What a change takes from what was planned before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.change import Effect, EffectKind, effect_words, effects, parts_of
from playlists.daypart import zone
from playlists.document import Content, Document
from playlists.instant import from_millis, to_millis
from playlists.language import Language
from playlists.plan import Layer, Plan

HANOI = zone("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 23, tzinfo=HANOI).astimezone(UTC)
WORK = {"id": "work", "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "07:00", "end": "17:00"}]}
BASE = {"id": "base", "playlist_id": "a", "daypart_id": "work"}


def plan(*entries: dict[str, Any], **more: Any) -> Plan[Content]:
    playlists = [{"id": one, "items": [{"id": f"{one}1", "on_air_ms": 10_000}]} for one in "abcd"]
    fields = {"zone": "Asia/Ho_Chi_Minh", "playlists": playlists, "dayparts": [WORK], "default": "d"}
    return Document.model_validate(fields | {"entries": entries} | more).plan()


def at(start: str, hours: float, **more: Any) -> dict[str, Any]:
    fields = {"id": "new", "playlist_id": "b", "recurrence": {"dtstart": start}, "duration_s": int(hours * 3600)}
    return fields | more


def told(found: list[Effect]) -> list[tuple[str, str, str, str]]:
    def local(at_ms: int) -> str:
        return f"{from_millis(at_ms).astimezone(HANOI):%d %H:%M}"

    return [(one.kind.value, one.id, local(one.start_ms), local(one.end_ms)) for one in found]


def compared(before: Plan[Content], after: Plan[Content], days: int = 7, **more: Any) -> list[Effect]:
    return effects(before, after, MONDAY, MONDAY + timedelta(days=days), **more)


def test_a_higher_priority_shortens_what_it_lies_over_and_hides_what_it_covers() -> None:
    part = compared(plan(BASE), plan(BASE, at("2026-11-23T07:00", 2, priority=60)))
    assert told(part) == [("shortened", "base", "23 07:00", "23 09:00")]
    assert part[0].by == ("new",)
    whole = compared(plan(BASE), plan(BASE, at("2026-11-23T06:00", 12, priority=60)))
    assert told(whole) == [("hidden", "base", "23 07:00", "23 17:00")]


def test_an_equal_priority_shares() -> None:
    (found,) = compared(plan(BASE), plan(BASE, at("2026-11-24T07:00", 2, weight=3)))
    assert (found.kind, found.before_permille, found.after_permille) == (EffectKind.SHARED, 1000, 250)


def test_with_quotas_the_part_is_that_of_the_agency() -> None:
    panel = {"id": "p", "quotas": {"x": 800}}
    before = plan({**BASE, "agency": "x"}, panel=panel)
    after = plan({**BASE, "agency": "x"}, at("2026-11-24T07:00", 2), at("2026-11-24T07:00", 2, id="more"), panel=panel)
    (found,) = compared(before, after)
    assert (found.kind, found.after_permille) == (EffectKind.SHARED, 800)


def test_over_midnight_one_effect_stays_one() -> None:
    night = {"id": "base", "playlist_id": "a", "recurrence": {"dtstart": "2026-11-23T20:00"}, "duration_s": 8 * 3600}
    found = compared(plan(night), plan(night, at("2026-11-23T20:00", 8, priority=60)))
    assert told(found) == [("hidden", "base", "23 20:00", "24 04:00")]


def test_darkness_and_an_override_hide_too_and_gains_are_no_effects() -> None:
    hours = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "08:00"}]
    dark = compared(plan(BASE), plan(BASE, panel={"id": "p", "operating_hours": hours}), days=1)
    assert told(dark) == [("shortened", "base", "23 08:00", "23 17:00")]
    assert dark[0].by == ()
    urgent = {
        "id": "o",
        "playlist_id": "b",
        "starts_at": "2026-11-23T01:00:00Z",
        "ends_at": "2026-11-23T02:00:00Z",
    }
    assert told(compared(plan(BASE), plan(BASE, overrides=[urgent]))) == [("shortened", "base", "23 08:00", "23 09:00")]
    assert compared(plan(BASE, at("2026-11-23T07:00", 2, priority=60)), plan(BASE), changed={"new"}) == []


def test_what_the_change_is_about_is_not_warned_of() -> None:
    before, after = plan(at("2026-11-23T07:00", 2)), plan(at("2026-11-23T09:00", 2))
    assert told(compared(before, after)) == [("hidden", "new", "23 07:00", "23 09:00")]
    assert compared(before, after, changed={"new"}) == []


def test_an_unchanged_plan_has_no_effects() -> None:
    entries = BASE, at("2026-11-23T08:00", 30, weight=2)
    assert compared(plan(*entries), plan(*entries[::-1])) == []


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        (
            Language.VI,
            "Thay đổi này rút ngắn “Cửa khẩu” trên Trà Lĩnh 1: không phát 07:00-09:00 ngày 23/11/2026",
            "và 4 lần khác đến 27/11/2026",
        ),
        (
            Language.EN,
            "This shortens “Cửa khẩu” on Trà Lĩnh 1: it is off 07:00-09:00 on 23 November 2026",
            "and 4 more times until 27 November 2026",
        ),
        (
            Language.ZH,
            "此更改会缩短Trà Lĩnh 1上的“Cửa khẩu”：2026年11月23日07:00-09:00不播放",
            "另有4次，至2026年11月27日",
        ),
    ],
)
def test_effects_are_told_in_three_languages(language: Language, one: str, many: str) -> None:
    rule = {"dtstart": "2026-11-23T07:00", "rrule": "FREQ=DAILY"}
    found = compared(plan(BASE), plan(BASE, at("2026-11-23T07:00", 2, priority=60, recurrence=rule)))

    def said(same: list[Effect]) -> str:
        return effect_words(same, what="Cửa khẩu", where="Trà Lĩnh 1", tz=HANOI, language=language)

    assert said(found[:1]) == one
    assert said(found).startswith(one)
    assert said(found).endswith(many)


def test_hiding_and_sharing_have_their_own_words_and_two_are_one_more() -> None:
    whole = compared(plan(BASE), plan(BASE, at("2026-11-23T06:00", 12, priority=60)))
    shared = compared(plan(BASE), plan(BASE, at("2026-11-24T07:00", 2)))

    def said(same: list[Effect]) -> str:
        return effect_words(same, what="X", where="T", tz=HANOI, language=Language.EN)

    assert said(whole) == "This hides “X” on T, 07:00-17:00 on 23 November 2026"
    assert said(shared) == "“X” on T has 50% of the airtime instead of 100%, 07:00-09:00 on 24 November 2026"
    assert said([*shared, *shared]).endswith("and once more on 24 November 2026")


@st.composite
def dated(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        at(
            f"2026-11-{draw(st.integers(23, 26))}T{draw(st.integers(0, 23)):02}:00",
            draw(st.integers(1, 30)),
            id=f"e{number}",
            playlist_id=draw(st.sampled_from("abc")),
            priority=draw(st.sampled_from([40, 50])),
            weight=draw(st.integers(1, 3)),
        )
        for number in range(draw(st.integers(0, 4)))
    ]


@settings(deadline=None, max_examples=50)
@given(dated(), dated(), st.integers(0, 6 * 24 * 60 - 1))
def test_a_minute_is_in_an_effect_exactly_when_somebody_has_less_of_it(
    old: list[dict[str, Any]], new: list[dict[str, Any]], minute: int
) -> None:
    before, after = plan(*old), plan(*new)
    moment = MONDAY + timedelta(minutes=minute)

    def on(one: Plan[Content]) -> dict[str, Any]:
        active = one.span_at(moment).active
        return dict(parts_of(one, active)) if active.layer is Layer.SCHEDULE else {}

    had, has = on(before), on(after)
    losing = {one for one, part in had.items() if has.get(one, 0) < part}
    at_ms = to_millis(moment)
    assert {one.id for one in compared(before, after) if one.start_ms <= at_ms < one.end_ms} == losing
