"""The console's words: gettext catalogues read once at start, and times and sizes as people write them.

The catalogues are the `.po` files beside this module; nothing is compiled to disk. A message id is the English
sentence. Times are shown in the zone of the site they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from playlists.language import Language

Day = date
"""A local date; inside `Texts` the word `date` is a method."""
LOCALE_DIR = Path(__file__).parent / "locale"
DEFAULT = Language.VI
OWN_NAMES = {Language.VI: "Tiếng Việt", Language.EN: "English", Language.ZH: "中文"}
HTML_LANG = {Language.VI: "vi", Language.EN: "en", Language.ZH: "zh-Hans"}
MOST_ACCEPT = 400
"""Characters of an Accept-Language header that are read."""
_ZH_LIKE = ("zh", "cmn", "yue")


def mark(message: str) -> str:
    """Return a message id as it is: marks it for extraction where it is translated later."""
    return message


class Texts:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.html_lang = HTML_LANG[language]
        self.translations = _translations(language)

    def say(self, message: str, **values: object) -> str:
        """Return a sentence in this language, its `%(name)s` filled in."""
        sentence = self.translations.ugettext(message)
        return sentence % values if values else sentence

    def count(self, one: str, many: str, number: int) -> str:
        """Return a sentence that counts; both message ids hold `%(num)s`."""
        return self.translations.ungettext(one, many, number) % {"num": number}

    def pick(self, three: tuple[str, str, str]) -> str:
        """Return this language's text of a (vi, en, zh) triple."""
        return three[list(Language).index(self.language)]

    def date(self, instant: datetime, tz: ZoneInfo) -> str:
        """Return a date: 23/11/2026, 23 Nov 2026, 2026年11月23日."""
        return self.day(instant.astimezone(tz).date())

    def long_date(self, day: Day) -> str:
        """Return a local date with its weekday: Thứ Hai, 23/11/2026."""
        weekday = self.say(WEEKDAYS[day.isoweekday() - 1])
        return self.say("%(weekday)s, %(date)s", weekday=weekday, date=self.day(day))

    def day(self, day: Day) -> str:
        """Return a local date: 23/11/2026, 23 Nov 2026, 2026年11月23日."""
        if self.language is Language.VI:
            return f"{day:%d/%m/%Y}"
        if self.language is Language.ZH:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def clock(self, instant: datetime, tz: ZoneInfo, *, seconds: bool = False) -> str:
        """Return a wall-clock time: 08:12, or 08:12:05."""
        return instant.astimezone(tz).strftime("%H:%M:%S" if seconds else "%H:%M")

    def when(self, instant: datetime, now: datetime, tz: ZoneInfo) -> str:
        """Return a time as people say it: the clock alone today, with "yesterday", else with the date."""
        clock = self.clock(instant, tz)
        days = (now.astimezone(tz).date() - instant.astimezone(tz).date()).days
        if days == 0:
            return clock
        if days == 1:
            return self.say("%(clock)s yesterday", clock=clock)
        return self.say("%(clock)s on %(date)s", clock=clock, date=self.date(instant, tz))

    def stamp(self, instant: datetime, tz: ZoneInfo) -> str:
        """Return date and clock, for tables."""
        return f"{self.date(instant, tz)} {self.clock(instant, tz)}"

    def span(self, milliseconds: int) -> str:
        """Return a length of time: 45 s, 2 min 05 s, 1 h 02 min."""
        total = timedelta(milliseconds=milliseconds) // timedelta(seconds=1)
        hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
        if hours:
            return self.say("%(hours)s h %(minutes)s min", hours=hours, minutes=f"{minutes:02}")
        if minutes:
            return self.say("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=f"{seconds:02}")
        return self.say("%(seconds)s s", seconds=seconds)

    def size(self, octets: int) -> str:
        """Return a file size in kB or MB (powers of 1024, as file managers count), with the language's decimal sign."""
        if octets < 1 << 20:
            return f"{max(1, round(octets / 1024))} kB"
        text = f"{octets / (1 << 20):.1f}".removesuffix(".0")
        return f"{text.replace('.', ',') if self.language is Language.VI else text} MB"

    def number(self, milli: int) -> str:
        """Return thousandths as a number with at most one decimal."""
        text = f"{milli / 1000:.1f}".removesuffix(".0")
        return text.replace(".", ",") if self.language is Language.VI else text

    def percent(self, permille: int) -> str:
        """Return thousandths as per cent for a number field: always with a point."""
        return f"{permille / 10:.1f}".removesuffix(".0")

    def language_name(self, code: str) -> str:
        """Return the name of a content language in this language."""
        return self.say(_LANGUAGE_NAMES.get(code, code))

    def weekdays(self, days: Iterable[int]) -> str:
        """Return ISO weekdays as words: every day, Mon-Fri, or a list."""
        ordered = sorted(set(days))
        if len(ordered) == 7:
            return self.say("every day")
        names = [self.say(WEEKDAYS[day - 1]) for day in ordered]
        if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
            return f"{names[0]}–{names[-1]}"
        return self.listed(names)

    def listed(self, names: Iterable[str]) -> str:
        """Return names one after another."""
        return ("、" if self.language is Language.ZH else ", ").join(names)


WEEKDAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LANGUAGE_NAMES = {
    "vi": mark("Vietnamese"),
    "en": mark("English"),
    "zh": mark("Chinese"),
    "mul": mark("three languages"),
}


@cache
def texts_of(language: Language) -> Texts:
    """Return the words of a language, read once."""
    return Texts(language)


def choose(saved: str | None, cookie: str | None, accept: str | None) -> Language:
    """Return the language to speak: what the person saved, else the cookie, else Accept-Language, else Vietnamese."""
    for code in (saved, cookie):
        if code in set(Language):
            return Language(code)
    header = accept or ""
    return _accepted(header if len(header) <= MOST_ACCEPT else header[:MOST_ACCEPT].rpartition(",")[0]) or DEFAULT


def _accepted(header: str) -> Language | None:
    offers: list[tuple[float, Language]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = _known(tag.lower().split("-")[0])
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if language is not None and quality > 0:
            offers.append((quality, language))
    return max(offers, key=lambda offer: offer[0])[1] if offers else None


def _known(primary: str) -> Language | None:
    if primary in _ZH_LIKE:
        return Language.ZH
    return Language(primary) if primary in set(Language) else None


def _translations(language: Language) -> Translations:
    path = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language.value)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
