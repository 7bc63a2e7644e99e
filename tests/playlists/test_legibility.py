"""Legibility: what blocks, what advises, and the one tap that ends it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.language import Language, SegmentLanguage
from playlists.legibility import (
    BLOCKING,
    Airing,
    Finding,
    FindingCode,
    Fix,
    FixKind,
    PanelFacts,
    Shown,
    SizePolicy,
    arc_minutes_x10,
    best_ink,
    check,
    contrast_x100,
    counted,
    least_size_px,
    may_go_on_air,
    reading_ms,
    room,
)
from playlists.measured import Measured, MeasuredCode, MeasuredText, TextRole

GATE = PanelFacts(panel="gate", width=128, height=64, pitch_um=10_000, viewing_distance_m=20)
"""P10 read from 20 m: a capital of 100 mm is seen under 17 minutes of arc."""
UNKNOWN = PanelFacts(panel="unknown", width=128, height=64)


def text(words: str = "Giờ làm việc", **changes: object) -> MeasuredText:
    usual: dict[str, object] = {
        "role": TextRole.TITLE,
        "language": Language.VI,
        "text": words,
        "size_px": 24,
        "least_px": 12,
        "lines": 1,
        "contrast_x100": 1400,
        "ground": "#0b2a4a",
        "clipped": False,
    }
    return MeasuredText.model_validate(usual | changes)


def shown(*texts: MeasuredText, code: MeasuredCode | None = None, **changes: object) -> Shown:
    measured = Measured(width=128, height=64, texts=texts, code=code)
    return Shown.model_validate({"language": SegmentLanguage.VI, "measured": measured} | changes)


def found(one: Shown, panel: PanelFacts = GATE, airing: Airing | None = None) -> list[FindingCode]:
    return [finding.code for finding in check([one], panel, airing or Airing())]


def test_a_good_card_has_no_findings() -> None:
    body = text("Hằng ngày 07:00–17:00 (giờ Việt Nam). Ngày lễ, Tết có thông báo riêng.", role=TextRole.BODY)
    assert check([shown(text(), body)], GATE, Airing()) == ()


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (shown(text(missing="ẩ")), FindingCode.MISSING_GLYPH),
        (shown(text(clipped=True)), FindingCode.CLIPPED),
        (shown(text(size_px=8)), FindingCode.TOO_SMALL),
        (shown(text(contrast_x100=299)), FindingCode.CONTRAST),
        (shown(text(), flashes=4), FindingCode.FLASHING),
        (Shown(language=SegmentLanguage.VI, flashes=4), FindingCode.FLASHING),
        (shown(code=MeasuredCode(module_px=1, least_px=2, modules=25, clipped=False)), FindingCode.TOO_SMALL),
        (shown(code=MeasuredCode(module_px=2, least_px=2, modules=25, clipped=True)), FindingCode.CLIPPED),
    ],
)
def test_the_five_findings_block(one: Shown, code: FindingCode) -> None:
    findings = check([one], GATE, Airing())
    assert findings[0].code is code
    assert findings[0].blocks
    assert not may_go_on_air(findings)


@pytest.mark.parametrize(
    ("language", "size_px", "panel", "codes"),
    [
        # 16 minutes of arc in 20 m are 93 mm: 9.3 px of capitals, which are 0.7 em
        (Language.VI, 9, GATE, [FindingCode.TOO_SMALL]),
        (Language.VI, 10, GATE, [FindingCode.SMALL]),
        (Language.VI, 14, GATE, []),
        (Language.ZH, 11, GATE, [FindingCode.TOO_SMALL]),
        (Language.ZH, 12, GATE, [FindingCode.SMALL]),
        (Language.ZH, 16, GATE, []),
        (Language.ZH, 16, GATE.model_copy(update={"viewing_distance_m": 60}), [FindingCode.TOO_SMALL]),
        (Language.ZH, 16, UNKNOWN, []),
        (Language.VI, 9, UNKNOWN, [FindingCode.TOO_SMALL]),
    ],
)
def test_size_is_judged_in_pixels_and_by_the_angle(
    language: Language, size_px: int, panel: PanelFacts, codes: list[FindingCode]
) -> None:
    words = "开放时间" if language is Language.ZH else "Mở cửa"
    assert found(shown(text(words, language=language, size_px=size_px)), panel) == codes


def test_a_size_finding_says_what_would_be_enough() -> None:
    (finding,) = check([shown(text(size_px=8))], GATE, Airing())
    assert finding.numbers == {"size_px": 8, "needed_px": 10, "distance_m": 20}
    assert found(shown(text(size_px=finding.numbers["needed_px"]))) == [FindingCode.SMALL]
    assert arc_minutes_x10(10, GATE) == 172
    assert arc_minutes_x10(10, UNKNOWN) is None


@given(
    language=st.sampled_from(list(Language)),
    pitch=st.integers(1_000, 40_000),
    distance=st.integers(1, 300),
    good=st.booleans(),
)
def test_the_least_size_is_enough_and_one_pixel_less_is_not(
    language: Language, pitch: int, distance: int, good: bool
) -> None:
    panel = PanelFacts(panel="p", width=512, height=256, pitch_um=pitch, viewing_distance_m=distance)
    least = least_size_px(language, panel, good=good)
    bad = {FindingCode.TOO_SMALL, FindingCode.SMALL} if good else {FindingCode.TOO_SMALL}
    assert not bad & set(found(shown(text("x", language=language, size_px=least)), panel))
    assert bad & set(found(shown(text("x", language=language, size_px=least - 1)), panel))


def test_a_corner_remark_is_not_judged_and_the_word_for_a_level_never_blocks() -> None:
    corner = text("Dữ liệu mẫu", role=TextRole.CORNER, size_px=6, contrast_x100=200)
    level = text("CẢNH BÁO", role=TextRole.LEVEL, size_px=6)
    assert found(shown(text(), corner, level)) == [FindingCode.SMALL]
    assert found(shown(text(), corner.model_copy(update={"missing": "ẫ"}))) == [FindingCode.MISSING_GLYPH]


def test_faint_letters_get_the_better_ink() -> None:
    (finding,) = check([shown(text(contrast_x100=200, ground="#ffe066"))], GATE, Airing())
    assert finding.fix == Fix(kind=FixKind.INK, value="#000000")
    assert found(shown(text(contrast_x100=350))) == [FindingCode.FAINT]
    assert contrast_x100("#ffffff", "#000000") == 2100
    assert contrast_x100("#767676", "#ffffff") == 454


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_the_better_ink_can_always_be_read(ground: str) -> None:
    assert contrast_x100(best_ink(ground), ground) >= 450


def test_flashing_letters_are_told_to_stand_still() -> None:
    (finding,) = check([shown(text(), flashes=5, is_animated=True)], GATE, Airing())
    assert finding.fix == Fix(kind=FixKind.MOTION, value="none")
    (clip,) = check([Shown(language=SegmentLanguage.VI, flashes=5, is_animated=True)], GATE, Airing())
    assert clip.fix is None
    assert found(shown(text(), flashes=3)) == []


LONG = "Xin rời xa mép nước và làm theo hướng dẫn của nhân viên. " * 2


@pytest.mark.parametrize(
    ("words", "language", "on_air_ms", "code", "fixed_ms"),
    [
        (LONG, Language.VI, 5_000, FindingCode.TOO_FAST, 7_000),
        (LONG, Language.VI, 6_500, None, None),
        ("请远离水边，听从工作人员指引。求助请到服务台。" * 2, Language.ZH, 5_000, FindingCode.TOO_FAST, 10_000),
        ("请远离水边", Language.ZH, 5_000, None, None),
        ("Mở cửa", Language.VI, 30_000, FindingCode.TOO_LITTLE_TEXT, 6_000),
        ("Mở cửa", Language.VI, 10_000, None, None),
    ],
)
def test_seconds_on_air_follow_the_reading_speed_of_the_language(
    words: str, language: Language, on_air_ms: int, code: FindingCode | None, fixed_ms: int | None
) -> None:
    one = shown(text(words, language=language, role=TextRole.BODY), language=SegmentLanguage(language))
    findings = check([one], GATE, Airing(on_air_ms=on_air_ms))
    assert [finding.code for finding in findings] == ([] if code is None else [code])
    if code is not None:
        assert findings[0].fix == Fix(kind=FixKind.ON_AIR_MS, value=fixed_ms)
        assert check([one], GATE, Airing(on_air_ms=fixed_ms or 0)) == ()


@given(st.lists(st.text(max_size=300), max_size=4), st.integers(1_000, 60_000))
def test_the_offered_seconds_end_the_finding(words: list[str], on_air_ms: int) -> None:
    one = shown(*(text(one, role=TextRole.LABEL) for one in words))
    for finding in check([one], GATE, Airing(on_air_ms=on_air_ms)):
        if finding.fix is not None and finding.fix.kind is FixKind.ON_AIR_MS:
            again = check([one], GATE, Airing(on_air_ms=int(finding.fix.value)))
            assert finding.code not in {other.code for other in again} or finding.fix.value == 60_000


def test_characters_are_counted_as_people_read_them() -> None:
    assert counted("每日07:00–17:00（越南时间）") == (6, 13)
    assert reading_ms(["a" * 987]) == 60_000
    assert reading_ms(["每" * 255]) == 60_000
    assert reading_ms([]) == 0


def test_length_is_counted_as_room() -> None:
    assert room("07:00开放", Language.ZH) == 5
    assert room("Giờ  mở", Language.VI) == 6
    title = "Chuẩn bị giấy tờ trước khi làm thủ tục xuất cảnh"
    (finding,) = check([shown(text(title))], GATE, Airing())
    assert (finding.code, finding.numbers) == (FindingCode.TOO_MUCH_TEXT, {"characters": 48, "most": 40})


def split(*texts: MeasuredText) -> Shown:
    return shown(*texts, language=SegmentLanguage.MUL)


VI, EN, ZH = (
    text("Mở cửa", size_px=28),
    text("Open", language=Language.EN, size_px=20),
    text("开放", language=Language.ZH, size_px=20),
)


def test_on_one_picture_vietnamese_comes_first_and_is_the_largest() -> None:
    assert found(split(VI, EN, ZH)) == []
    (order,) = check([split(EN, VI, ZH)], GATE, Airing())
    assert (order.code, order.fix) == (FindingCode.LANGUAGE_ORDER, Fix(kind=FixKind.ORDER, value="vi,en,zh"))
    (size,) = check([split(VI, EN.model_copy(update={"size_px": 22}), ZH)], GATE, Airing())
    assert (size.code, size.language) == (FindingCode.LANGUAGE_SIZE, Language.EN)
    assert size.numbers["most_px"] == 21
    lifted = Airing(policy=SizePolicy(others_at_most_percent=None))
    assert found(split(VI, EN.model_copy(update={"size_px": 28}), ZH), GATE, lifted) == []


def test_where_the_rule_makes_chinese_illegible_one_after_another_is_offered() -> None:
    small = text("Mở cửa", size_px=14), text("开放", language=Language.ZH, size_px=10)
    (finding,) = check([split(*small)], GATE, Airing())
    assert (finding.code, finding.language) == (FindingCode.TOO_SMALL, Language.ZH)
    assert finding.fix == Fix(kind=FixKind.ONE_AFTER_ANOTHER)
    assert check([shown(small[1])], GATE, Airing())[0].fix is None


def test_the_order_of_languages_in_turn_is_the_site_s() -> None:
    airing = Airing(order=(Language.ZH, Language.VI))
    (finding,) = check([shown(text())], GATE, airing)
    assert finding.fix == Fix(kind=FixKind.ORDER, value="vi,zh")
    other = SizePolicy(order=(Language.ZH, Language.VI, Language.EN))
    assert check([shown(text())], GATE, airing.model_copy(update={"policy": other})) == ()


def test_a_code_that_people_must_come_close_to_is_advice() -> None:
    code = MeasuredCode(module_px=2, least_px=2, modules=25, clipped=False)
    (finding,) = check([shown(code=code)], GATE, Airing())
    assert (finding.code, finding.blocks) == (FindingCode.CODE_REACH, False)
    assert finding.numbers == {"reach_m": 5, "distance_m": 20}
    assert found(shown(code=code), GATE.model_copy(update={"viewing_distance_m": 15})) == []
    assert found(shown(code=code), UNKNOWN) == []


def test_the_same_finding_is_said_once_and_keeps_its_key() -> None:
    again = check([shown(text(size_px=8), text("Xin chào", size_px=7))], GATE, Airing())
    assert [one.key for one in again] == ["too_small:vi:title:gate"]
    assert again[0].numbers["size_px"] == 8


@given(
    st.lists(
        st.builds(
            text,
            st.just("每日 mở"),
            role=st.sampled_from(list(TextRole)),
            language=st.sampled_from(list(Language)),
            size_px=st.integers(1, 60),
            contrast_x100=st.integers(100, 2100),
            clipped=st.booleans(),
            missing=st.sampled_from(["", "ẩ"]),
        ),
        max_size=6,
    ),
    st.sampled_from(list(SegmentLanguage)),
    st.integers(0, 9),
)
def test_what_blocks_comes_first_and_every_finding_is_whole(
    texts: list[MeasuredText], language: SegmentLanguage, flashes: int
) -> None:
    findings = check([shown(*texts, language=language, flashes=flashes)], GATE, Airing())
    blocks = [one.blocks for one in findings]
    assert blocks == sorted(blocks, reverse=True)
    assert len({one.key for one in findings}) == len(findings)
    assert all(one.blocks == (one.code in BLOCKING) for one in findings)
    assert [Finding.model_validate(one.model_dump(mode="json")) for one in findings] == list(findings)
