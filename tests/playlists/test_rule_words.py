"""Rules as plain sentences in three languages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.daypart import WeeklyWindow
from playlists.language import Language
from playlists.rule_words import hours_words, rule_words, weekdays_words
from playlists.schedule import Timing


def timing(start: str, rule: str | None = None, duration_s: int | None = 10_800, **more: Any) -> Timing:
    """Return an entry's timing."""
    recurrence = {"dtstart": start, "rrule": rule} | {key: more.pop(key) for key in ("exdate", "rdate") if key in more}
    return Timing.model_validate({"recurrence": recurrence, "duration_s": duration_s} | more)


@pytest.mark.parametrize(
    ("asked", "vi", "en", "zh"),
    [
        (
            timing("2026-11-23T07:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261231"),
            "Thứ Hai đến thứ Sáu, 07:00–10:00, từ 23/11/2026 đến hết 31/12/2026",
            "Monday to Friday, 07:00–10:00, from 23 November 2026 to the end of 31 December 2026",
            "周一至周五，07:00–10:00，自2026年11月23日起至2026年12月31日结束",
        ),
        (
            timing("2027-01-31T08:00", "FREQ=MONTHLY;BYMONTHDAY=-1", exdate=["2027-03-31"]),
            "Hằng tháng vào ngày cuối tháng, 08:00–11:00, từ 31/01/2027, trừ 31/03/2027",
            "Every month on the last day of the month, 08:00–11:00, from 31 January 2027, except 31 March 2027",
            "每月最后一天，08:00–11:00，自2027年1月31日起，2027年3月31日除外",
        ),
        (
            timing("2026-11-09T21:00", "FREQ=MONTHLY;BYDAY=2MO;COUNT=5"),
            "Hằng tháng vào thứ Hai lần thứ hai trong tháng, 21:00–24:00, từ 09/11/2026 5 lần",
            "Every month on the second Monday, 21:00–24:00, from 9 November 2026 5 times",
            "每月第二个周一，21:00–24:00，自2026年11月9日起共5次",
        ),
        (
            timing("2026-11-24T23:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA"),
            "Cứ 2 tuần một lần, thứ Ba, thứ Bảy, 23:00–02:00, từ 24/11/2026",
            "Every 2 weeks on Tuesday, Saturday, 23:00–02:00, from 24 November 2026",
            "每2周的周二、周六，23:00–02:00，自2026年11月24日起",
        ),
        (
            timing("2026-11-24T09:00"),
            "24/11/2026, 09:00–12:00",
            "24 November 2026, 09:00–12:00",
            "2026年11月24日，09:00–12:00",
        ),
        (
            timing("2027-01-29T08:00", "FREQ=MONTHLY", valid_until="2027-12-31"),
            "Hằng tháng vào ngày 29, 08:00–11:00, từ 29/01/2027, đến hết 31/12/2027",
            "Every month on day 29, 08:00–11:00, from 29 January 2027, to the end of 31 December 2027",
            "每月29日，08:00–11:00，自2027年1月29日起，至2027年12月31日结束",
        ),
        (
            timing("2026-09-02T00:00", "FREQ=YEARLY", 172_800),
            "Hằng năm vào ngày 2/9, từ 00:00, kéo dài 48 giờ 00 phút, từ 02/09/2026",
            "Every year on 2 September, from 00:00 for 48 h 00 min, from 2 September 2026",
            "每年9月2日，00:00起，持续48小时00分钟，自2026年9月2日起",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_three_languages(asked: Timing, vi: str, en: str, zh: str) -> None:
    assert [rule_words(asked, language) for language in Language] == [vi, en, zh]


def test_a_rule_beyond_these_words_is_named_as_it_is_written() -> None:
    asked = timing("2026-11-24T09:00", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TU")
    assert rule_words(asked, Language.EN).startswith("By the rule FREQ=YEARLY;BYMONTH=11;BYDAY=4TU, 09:00–12:00, from")


def test_windows_and_dayparts_say_their_hours() -> None:
    window = WeeklyWindow(weekdays=(6, 7), start="18:00", end="24:00")
    assert rule_words(Timing(), Language.EN, window=window) == "Saturday, Sunday, 18:00–24:00"
    assert rule_words(Timing(), Language.VI, daypart="Giờ làm việc") == "Trong khung giờ “Giờ làm việc”"
    every_monday = Timing.model_validate({"recurrence": {"dtstart": "2026-11-23", "rrule": "FREQ=WEEKLY"}})
    said = rule_words(every_monday, Language.EN, daypart="Office")
    assert said == "Monday, in the daypart “Office”, from 23 November 2026"


@pytest.mark.parametrize(
    ("start", "end", "vi", "en", "zh"),
    [
        ("sunset", "24:00", "mặt trời lặn–24:00", "sunset–24:00", "日落–24:00"),
        (
            "sunset-00:30",
            "sunrise+01:15",
            "30 phút trước khi mặt trời lặn–75 phút sau khi mặt trời mọc",
            "30 min before sunset–75 min after sunrise",
            "日落前30分钟–日出后75分钟",
        ),
    ],
)
def test_hours_by_the_sun_are_said(start: str, end: str, vi: str, en: str, zh: str) -> None:
    assert [hours_words(start, end, language) for language in Language] == [vi, en, zh]


def test_many_dates_are_counted() -> None:
    dates = ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]
    asked = timing("2026-11-24T09:00", "FREQ=DAILY", exdate=dates)
    assert rule_words(asked, Language.EN).endswith(
        "except 25 November 2026, 26 November 2026, 27 November 2026 and 1 more days"
    )


@given(st.sets(st.integers(1, 7), min_size=1), st.sampled_from(list(Language)))
def test_weekdays_are_never_two_sets_in_one_text(days: set[int], language: Language) -> None:
    others = [set(range(1, 8)) - {day} for day in days if days != set(range(1, 8)) - {day}]
    assert weekdays_words(days, language)
    assert all(weekdays_words(days, language) != weekdays_words(other, language) for other in others)
