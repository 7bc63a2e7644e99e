"""Rules as plain sentences in three languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.daypart import Week, WeeklyWindow, zone
from playlists.language import Language
from playlists.rule_words import rule_words, week_words, weekdays_words
from playlists.schedule import Timing

HANOI = zone("Asia/Ho_Chi_Minh")


def timing(start: str, rule: str | None = None, duration_s: int | None = 10_800, **more: Any) -> Timing:
    """Return an entry's timing."""
    recurrence = {"dtstart": start, "rrule": rule} | {key: more.pop(key) for key in ("exdate", "rdate") if key in more}
    return Timing.model_validate({"recurrence": recurrence, "duration_s": duration_s} | more)


@pytest.mark.parametrize(
    ("asked", "vi", "en", "zh"),
    [
        (
            timing("2026-11-23T07:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261231"),
            "Thứ Hai đến thứ Sáu, 07:00-10:00, đến hết 31/12/2026",
            "Monday to Friday, 07:00-10:00, until the end of 31 December 2026",
            "周一至周五，07:00-10:00，至2026年12月31日止",
        ),
        (
            timing("2026-11-23T07:00", "FREQ=DAILY;UNTIL=20261124T000000Z", 3600),
            "Hằng ngày, 07:00-08:00, đến 07:00 ngày 24/11/2026",
            "Every day, 07:00-08:00, until 07:00 on 24 November 2026",
            "每天，07:00-08:00，至2026年11月24日07:00",
        ),
        (
            timing("2027-01-31T08:00", "FREQ=MONTHLY;BYMONTHDAY=-1", exdate=["2027-03-31"]),
            "Ngày cuối cùng của mỗi tháng, 08:00-11:00, trừ 31/03/2027",
            "The last day of each month, 08:00-11:00, except 31 March 2027",
            "每月最后一天，08:00-11:00，2027年3月31日除外",
        ),
        (
            timing("2026-11-09T21:00", "FREQ=MONTHLY;BYDAY=2MO;COUNT=5"),
            "Thứ Hai lần thứ 2 của mỗi tháng, 21:00-24:00, 5 lần",
            "The second Monday of each month, 21:00-24:00, 5 times",
            "每月第2个周一，21:00-24:00，共5次",
        ),
        (
            timing("2026-11-30T15:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
            "Ngày cuối cùng trong các ngày thứ Hai đến thứ Sáu của mỗi tháng, 15:00-18:00",
            "The last day among Monday to Friday of each month, 15:00-18:00",
            "每月周一至周五中的最后一天，15:00-18:00",
        ),
        (
            timing("2026-11-24T23:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA", valid_from="2026-12-01"),
            "Hai tuần một lần vào thứ Ba và thứ Bảy, 23:00-02:00 hôm sau, từ 01/12/2026",
            "Every other week on Tuesday and Saturday, 23:00-02:00 the next day, from 1 December 2026",
            "每两周的周二和周六，23:00-次日02:00，自2026年12月1日起",
        ),
        (
            timing("2026-11-24T09:00", rdate=["2026-11-28T19:00"]),
            "09:00 ngày 24/11/2026 và 19:00 ngày 28/11/2026, mỗi lần 3 giờ",
            "09:00 on 24 November 2026 and 19:00 on 28 November 2026, 3 hours each time",
            "2026年11月24日09:00和2026年11月28日19:00，每次3小时",
        ),
        (
            timing("2027-01-01T08:00", "FREQ=MONTHLY;BYMONTHDAY=1,15", valid_until="2027-12-31T17:00"),
            "Ngày 1 và 15 của mỗi tháng, 08:00-11:00, đến 17:00 ngày 31/12/2027",
            "Days 1 and 15 of each month, 08:00-11:00, until 17:00 on 31 December 2027",
            "每月1日和15日，08:00-11:00，至2027年12月31日17:00",
        ),
        (
            timing("2026-09-02T00:00", "FREQ=YEARLY", 172_800),
            "Ngày 02/09 hằng năm, từ 00:00, kéo dài 48 giờ",
            "Each year on 2 September, from 00:00 for 48 hours",
            "每年9月2日，自00:00起，持续48小时",
        ),
        (
            timing("2026-11-23T07:00", "FREQ=HOURLY;INTERVAL=7", 1800),
            "Cứ 7 giờ một lần, từ 07:00, mỗi lần 30 phút",
            "Every 7 hours, from 07:00, 30 minutes each time",
            "每7小时一次，自07:00起，每次30分钟",
        ),
        (
            timing("2026-11-23T07:00", "FREQ=DAILY", special_days={"calendar_id": "vn", "rule": "only"}),
            "Hằng ngày, 07:00-10:00, chỉ vào ngày nghỉ (Việt Nam)",
            "Every day, 07:00-10:00, only on days off (Việt Nam)",
            "每天，07:00-10:00，仅限休息日（Việt Nam）",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_three_languages(asked: Timing, vi: str, en: str, zh: str) -> None:
    said = [rule_words(asked, one, tz=HANOI, calendar_names={"vn": "Việt Nam"}) for one in Language]
    assert said == [vi, en, zh]


def test_a_rule_beyond_these_words_is_named_as_it_is_written() -> None:
    asked = timing("2026-11-24T09:00", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TU")
    assert rule_words(asked, Language.EN) == "By the rule FREQ=YEARLY;BYMONTH=11;BYDAY=4TU, 09:00-12:00"


def test_windows_and_dayparts_say_their_hours() -> None:
    window = WeeklyWindow(weekdays=(6, 7), start="18:00", end="24:00")
    assert rule_words(Timing(), Language.EN, window=window) == "Saturday and Sunday, 18:00-24:00"
    assert rule_words(Timing(), Language.VI, daypart="Giờ làm việc") == "Khung giờ “Giờ làm việc”"
    every_monday = Timing.model_validate({"recurrence": {"dtstart": "2026-11-23", "rrule": "FREQ=WEEKLY"}})
    assert rule_words(every_monday, Language.EN, daypart="Office") == "Monday, in “Office”"
    office = Week(windows=(WeeklyWindow(weekdays=(1, 2, 3, 4, 5), start="07:00", end="17:00"),))
    assert rule_words(every_monday, Language.EN, daypart="Office", week=office) == "Monday, 07:00-17:00"
    assert rule_words(Timing(), Language.ZH, daypart="Office", week=office) == "周一至周五，07:00-17:00"


def test_windows_that_follow_the_sun_are_said_and_days_with_equal_windows_stand_together() -> None:
    every = (1, 2, 3, 4, 5, 6, 7)
    dusk = WeeklyWindow(weekdays=every, start="sunset-00:30", end="22:00")
    night = WeeklyWindow(weekdays=every, start="sunset", end="sunrise+01:15")
    said = [week_words(Week(windows=(dusk,)), one) for one in Language]
    assert said == [
        "Hằng ngày, 30 phút trước lúc mặt trời lặn đến 22:00",
        "Every day, 30 minutes before sunset to 22:00",
        "每天，日落前30分钟至22:00",
    ]
    assert week_words(Week(windows=(night,)), Language.EN) == (
        "Every day, sunset to 1 hour 15 minutes after sunrise the next day"
    )
    morning = WeeklyWindow(weekdays=(1, 2, 6), start="07:00", end="11:00")
    late = WeeklyWindow(weekdays=(1, 2), start="22:00", end="02:00")
    assert week_words(Week(windows=(late, morning)), Language.EN) == (
        "Monday and Tuesday, 07:00-11:00 and 22:00-02:00 the next day; Saturday, 07:00-11:00"
    )
    assert week_words(Week(), Language.VI) == "không có khung giờ nào"


def test_a_start_that_is_still_to_come_is_said() -> None:
    asked = timing("2026-11-23T07:00", "FREQ=DAILY")
    assert rule_words(asked, Language.EN, today=date(2026, 11, 1)) == "Every day, 07:00-10:00, from 23 November 2026"
    assert rule_words(asked, Language.EN, today=date(2026, 11, 23)) == "Every day, 07:00-10:00"


def test_many_dates_are_counted() -> None:
    dates = ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]
    asked = timing("2026-11-24T09:00", "FREQ=DAILY", exdate=dates)
    assert rule_words(asked, Language.EN) == "Every day, 09:00-12:00, except 4 days"


@settings(deadline=None)
@given(st.sets(st.integers(1, 7), min_size=1), st.sampled_from(list(Language)))
def test_weekdays_are_never_two_sets_in_one_text(days: set[int], language: Language) -> None:
    others = [set(range(1, 8)) - {day} for day in days if days != set(range(1, 8)) - {day}]
    assert weekdays_words(days, language)
    assert all(weekdays_words(days, language) != weekdays_words(other, language) for other in others)


_FREQUENCIES = st.sampled_from(["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
_LIMITS = ["INTERVAL=2", "INTERVAL=5", "COUNT=1", "UNTIL=20271231"]
_DAYS = ["BYDAY=MO,WE", "BYDAY=-1FR", "BYMONTHDAY=1,-1", "BYSETPOS=2"]
_OTHERS = ["BYMONTH=2,11", "BYHOUR=7,9", "BYYEARDAY=-1", "BYWEEKNO=20;BYDAY=MO"]
_PARTS = st.sampled_from([*_LIMITS, *_DAYS, *_OTHERS])


@settings(deadline=None)
@given(_FREQUENCIES, st.lists(_PARTS, max_size=3, unique=True), st.sampled_from(list(Language)))
def test_any_rule_that_is_taken_has_a_sentence(frequency: str, parts: list[str], language: Language) -> None:
    rule = ";".join([f"FREQ={frequency}", *parts])
    try:
        asked = timing("2026-11-23T07:00", rule)
    except ValueError:
        return
    said = rule_words(asked, language)
    assert said
    assert "{" not in said
