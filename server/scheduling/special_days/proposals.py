"""What a year's special days of a country probably are; decrees decide, so an administrator confirms.

The one home of `holidays`.
"""

from __future__ import annotations

from datetime import date

import holidays

from playlists.special_day import DayKind, SpecialDate

LANGUAGES = {"VN": "vi", "CN": "zh_CN"}
"""The countries for which days are proposed, and the language of their names."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
_SWAPPED = {"VN": "Ngày làm việc hoán đổi", "CN": "调休上班"}


def propose(country: str, year: int) -> list[SpecialDate]:
    """Return the public holidays of a country in a year, and the weekend days that are worked instead, by date.

    A swapped working day counts as a Monday until somebody says otherwise.
    """
    found = holidays.country_holidays(country, years=year, language=LANGUAGES[country])
    worked: set[date] = getattr(found, "weekend_workdays", set())
    dates = [SpecialDate(date=day, name=name[:120]) for day, name in found.items() if day.year == year]
    dates += [
        SpecialDate(date=day, name=_SWAPPED[country], kind=DayKind.WORKING_DAY)
        for day in worked
        if day.year == year and day not in found
    ]
    return sorted(dates, key=lambda one: one.date)
