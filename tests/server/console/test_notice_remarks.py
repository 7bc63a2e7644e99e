"""What is said beside a notice's text, and the changes that its buttons make."""

from __future__ import annotations

from uuid import uuid4

import pytest

from playlists.card import VIETNAM, Row, Template
from playlists.daypart import zone
from playlists.glossary import Glossary, Term
from playlists.language import Language
from playlists.legibility import Finding, FindingCode, Fix, FixKind
from playlists.typed import TimeRangeValue, Value
from playlists.variant import Spoken, Wording
from server.console.notices import words
from server.console.notices.remarks import Draft, Remarks, remarks_of
from server.console.texts import texts_of

VI, EN, ZH = Language.VI, Language.EN, Language.ZH
HOURS: dict[str, Value] = {"hours": TimeRangeValue(start="07:00", end="17:00")}
GATE = Term(vi="cửa khẩu", en=("border gate",), zh=("口岸",), forbidden_zh=("关口",))


def said(
    spoken: dict[Language, Wording], values: dict[str, Value] | None = None, findings: tuple[Finding, ...] = ()
) -> dict[Language, Remarks]:
    draft = Draft({code: Spoken(words=one) for code, one in spoken.items()}, values or {}, zone(VIETNAM))
    found = remarks_of(texts_of(EN), draft, findings, {"p1": "Main gate"}, Glossary([GATE]))
    return {Language(one.code): one for one in found}


def test_every_language_is_spoken_of_even_without_words() -> None:
    found = said({VI: Wording(title="Xin chào")})
    assert list(found) == [VI, EN, ZH]
    assert found[EN].title.text == "0/40"
    assert found[ZH].title.text == "0/14"


def test_values_are_counted_as_they_are_written() -> None:
    found = said({VI: Wording(title="Giờ {hours}"), ZH: Wording(title="{hours}")}, HOURS)
    assert found[VI].title.text == f"{len('Giờ 07:00–17:00')}/40"
    assert found[ZH].title.over
    assert "北京时间08:00–18:00" in found[ZH].values[0].text


def test_a_value_that_a_language_does_not_name_is_offered() -> None:
    found = said({VI: Wording(title="Giờ {hours}"), EN: Wording(title="Hours")}, HOURS)
    assert [(one.name, one.used) for one in found[VI].values] == [("hours", True)]
    assert [(one.name, one.used) for one in found[EN].values] == [("hours", False)]


def test_hours_in_the_source_become_a_value_by_one_tap() -> None:
    found = said({VI: Wording(title="Giờ", body="Mở cửa 07:00–17:00 hằng ngày")})
    changes = found[VI].findings[0].fix
    assert changes == {
        "values.hours": {"kind": "time_range", "start": "07:00", "end": "17:00"},
        "variants.vi.words.body": "Mở cửa {hours} hằng ngày",
    }


def test_a_token_of_no_value_blocks() -> None:
    found = said({EN: Wording(title="Open {hours}")})
    assert [one.blocks for one in found[EN].findings] == [True]
    assert "{hours}" in found[EN].findings[0].text


def test_an_old_font_is_put_right_by_one_tap() -> None:
    found = said({VI: Wording(title="Céng hoµ x· héi chñ nghÜa ViÖt Nam")})
    note = found[VI].findings[0]
    assert note.fix == {"variants.vi.words.title": "Cộng hoà xã hội chủ nghĩa Việt Nam"}


def test_a_traditional_character_is_named_and_replaced() -> None:
    found = said({ZH: Wording(title="開放时间")})
    note = next(one for one in found[ZH].findings if "開" in one.text)
    assert note.fix == {"variants.zh.words.title": "开放时间"}
    assert not note.blocks


def test_an_empty_translation_is_offered_the_agreed_terms() -> None:
    found = said({VI: Wording(title="Giờ làm việc cửa khẩu")})
    assert [(one.insert, one.warns) for one in found[ZH].terms] == [("口岸", False)]
    assert found[VI].terms == []


@pytest.mark.parametrize(("title", "warned"), [("关口时间", True), ("时间", True), ("口岸时间", False)])
def test_a_translation_that_departs_from_the_glossary_is_warned_of(title: str, warned: bool) -> None:
    found = said({VI: Wording(title="Giờ cửa khẩu"), ZH: Wording(title=title)})
    assert [one.warns for one in found[ZH].terms] == [True] * warned


def test_findings_stand_with_their_language_and_those_of_none_with_the_source() -> None:
    small = Finding(code=FindingCode.TOO_SMALL, language=ZH, role="body", panel="p1")
    flashing = Finding(code=FindingCode.FLASHING, panel="p1")
    found = said({VI: Wording(title="Giờ"), ZH: Wording(title="时间")}, findings=(small, flashing))
    assert [one.blocks for one in found[VI].findings] == [True]
    assert "Main gate" in found[ZH].findings[0].text
    assert found[ZH].findings[0].key == ""


@pytest.mark.parametrize(
    ("fix", "changes"),
    [
        (Fix(kind=FixKind.INK, value="#000000"), {"content.look.colours.ink": "#000000"}),
        (Fix(kind=FixKind.MOTION, value="none"), {"content.look.motion": "none"}),
        (Fix(kind=FixKind.ONE_AFTER_ANOTHER), {"content.look.template": Template.HEADLINE}),
        (
            Fix(kind=FixKind.REMOVE, value="☃"),
            {"variants.en.words.title": "Snow", "variants.en.words.rows.0.label": "on"},
        ),
        (Fix(kind=FixKind.ORDER, value="vi,en,zh"), None),
    ],
)
def test_a_fix_becomes_changes_of_the_document(fix: Fix, changes: dict[str, str] | None) -> None:
    wording = Wording(title="Snow☃", rows=(Row(label="☃on"),))
    finding = Finding(code=FindingCode.FAINT, language=EN, role="title", panel="p1", fix=fix)
    note = next(one for one in said({EN: wording}, findings=(finding,))[EN].findings if one.key)
    assert note.fix == changes
    assert bool(note.fix_name) == (changes is not None)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", list(FindingCode))
def test_every_finding_has_a_sentence_in_every_language(language: Language, code: FindingCode) -> None:
    one = Finding(code=code, language=VI, role="title", panel=str(uuid4()), text="☃")
    sentence = words.finding(texts_of(language), one, {})
    assert sentence
    assert "%(" not in sentence


def test_three_languages_become_a_card_that_has_room_for_what_they_say() -> None:
    finding = Finding(code=FindingCode.TOO_SMALL, language=VI, role="title", panel="p1")
    apart = finding.model_copy(update={"fix": Fix(kind=FixKind.ONE_AFTER_ANOTHER)})
    (note,) = said({VI: Wording(title="Cửa khẩu", body="Mở cửa")}, findings=(apart,))[VI].findings
    assert note.fix == {"content.look.template": Template.HEADLINE_BODY}
    (note,) = said({VI: Wording(title="Cửa khẩu")}, findings=(apart,))[VI].findings
    assert note.fix == {"content.look.template": Template.HEADLINE}


@pytest.mark.parametrize("code", sorted(words.NO_TAP))
def test_a_finding_about_room_says_why_no_tap_ends_it(code: FindingCode) -> None:
    numbers = {"size_px": 8, "needed_px": 11, "reach_m": 3, "distance_m": 9}
    finding = Finding(code=code, language=VI, role="title", panel="p1", numbers=numbers)
    (note,) = said({VI: Wording(title="Cửa khẩu")}, findings=(finding,))[VI].findings
    assert note.fix is None
    assert note.text.endswith("No tap mends this: only you know which words can go.")
    (note,) = said({VI: Wording(title="Mã")}, findings=(finding.model_copy(update={"role": "code"}),))[VI].findings
    assert note.text.endswith("a shorter address has larger squares.")
