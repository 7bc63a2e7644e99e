"""The console's catalogues are complete, and times, sizes and names read as people write them."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from playlists.language import Language
from server.console import script_texts
from server.console.texts import LOCALE_DIR, choose, texts_of

ROOT = Path(__file__).resolve().parents[3]
HOME = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
"""12:30 on the 23rd at home."""
HOLES = re.compile(r"%\(\w+\)s|\{\w+\}")


def _catalogue(language: Language) -> Catalog:
    with (LOCALE_DIR / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language.value)


def test_every_sentence_stands_in_every_language_and_none_is_left_over() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/messages.py", "--check"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("language", Language)
def test_translations_keep_every_hole(language: Language) -> None:
    for message in _catalogue(language):
        if not message.id:
            continue
        original = message.id if isinstance(message.id, str) else message.id[-1]
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for string in strings:
            assert sorted(HOLES.findall(string)) == sorted(HOLES.findall(original)), original


def test_vietnamese_and_chinese_are_not_english_left_standing() -> None:
    same = {"Menu"}
    for language in (Language.VI, Language.ZH):
        for message in _catalogue(language):
            if message.id and isinstance(message.id, str) and re.search("[A-Za-z]{3}", HOLES.sub("", message.id)):
                assert message.string != message.id or message.id in same, message.id


@pytest.mark.parametrize(
    ("instant", "vi", "en", "zh"),
    [
        (datetime(2026, 11, 23, 1, 12, tzinfo=UTC), "08:12", "08:12", "08:12"),
        (datetime(2026, 11, 22, 14, 40, tzinfo=UTC), "21:40 hôm qua", "21:40 yesterday", "昨天 21:40"),
        (
            datetime(2026, 11, 3, 23, 5, tzinfo=UTC),
            "06:05 ngày 04/11/2026",
            "06:05 on 4 Nov 2026",
            "2026年11月4日 06:05",
        ),
        (datetime(2026, 11, 22, 17, 30, tzinfo=UTC), "00:30", "00:30", "00:30"),
    ],
)
def test_times_are_said_in_the_sites_zone(instant: datetime, vi: str, en: str, zh: str) -> None:
    said = [texts_of(language).when(instant, NOW, HOME) for language in Language]
    assert said == [vi, en, zh]


def test_spans_and_sizes() -> None:
    vi, en = texts_of(Language.VI), texts_of(Language.EN)
    assert [vi.span(ms) for ms in (8_000, 125_000, 3_720_000)] == ["8 giây", "2 phút 05 giây", "1 giờ 02 phút"]
    assert [vi.size(size) for size in (10, 300 << 10, 40 << 20, 1_600_000)] == ["1 kB", "300 kB", "40 MB", "1,5 MB"]
    assert en.size(1_600_000) == "1.5 MB"
    assert (vi.number(51_250), en.number(51_250), en.number(600_000)) == ("51,2", "51.2", "600")


@pytest.mark.parametrize(
    ("days", "vi"), [((1, 2, 3, 4, 5, 6, 7), "hằng ngày"), ((1, 2, 3), "Thứ Hai–Thứ Tư"), ((7, 6), "Thứ Bảy, Chủ nhật")]
)
def test_weekdays(days: tuple[int, ...], vi: str) -> None:
    assert texts_of(Language.VI).weekdays(days) == vi


@pytest.mark.parametrize(
    ("saved", "cookie", "accept", "wanted"),
    [
        ("zh", "en", "vi", Language.ZH),
        (None, "en", "vi", Language.EN),
        (None, None, "fr;q=0.9, en;q=0.5, zh-TW;q=0.7", Language.ZH),
        (None, None, "fr, de", Language.VI),
        (None, "xx", None, Language.VI),
        (None, None, "en;q=zero, " * 3000, Language.VI),
        (None, None, "en;q=0, zh;q=nan", Language.VI),
    ],
)
def test_the_language_is_the_persons_then_the_cookies_then_the_browsers(
    saved: str | None, cookie: str | None, accept: str | None, wanted: Language
) -> None:
    assert choose(saved, cookie, accept) is wanted


def test_scripts_get_every_sentence() -> None:
    given = script_texts.collect(texts_of(Language.VI))
    assert isinstance(given["sentences"], dict)
    assert given["sentences"].keys() == script_texts.SENTENCES.keys()


def test_every_word_that_scripts_say_is_given_to_them() -> None:
    scripts = [path.read_text("utf-8") for path in (ROOT / "server" / "console" / "assets").rglob("*.js")]
    together = "\n".join(scripts)
    asked = set(re.findall(r'\bsay\("(\w+)"', together))
    begun = tuple(re.findall(r"\bsay\(`(\w+)\$", together))
    named = set(re.findall(r"\w+", together))
    assert asked <= set(script_texts.SENTENCES)
    assert [one for one in script_texts.SENTENCES if one not in named and not (begun and one.startswith(begun))] == []
