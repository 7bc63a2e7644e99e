from __future__ import annotations

import unicodedata
from importlib.resources import as_file, files
from itertools import product

import pytest
from PIL import Image, ImageDraw, ImageFont

from playlists.language import Language
from server.media.cards import fonts
from server.media.cards.fonts import BOLD, MEDIUM, Script, Type, covered, missing, runs

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
CONSONANTS = "bcdđghklmnpqrstvxfjwz"
VIETNAMESE = sorted(
    {
        unicodedata.normalize("NFC", letter)
        for base in (*(vowel + tone for vowel, tone in product(VOWELS, TONES)), *CONSONANTS)
        for letter in (base, base.upper())
    }
)
GB2312_LEVEL_1 = [
    bytes((row + 0xA0, cell + 0xA0)).decode("gb2312")
    for row in range(16, 56)
    for cell in range(1, 95)
    if (row, cell) < (55, 90)
]
SIGNS = "0123456789.,:;?!–—-()[]“”‘’…%°₫/&+=•·"
WIDE_MARKS = "，。、；：？！（）《》“”‘’…—～％℃￥·"


def test_the_lists_are_whole() -> None:
    assert len(VIETNAMESE) == 2 * (12 * 6 + 21)
    assert len(GB2312_LEVEL_1) == len(set(GB2312_LEVEL_1)) == 3755
    assert GB2312_LEVEL_1[0] == "啊"
    assert GB2312_LEVEL_1[-1] == "座"


@pytest.mark.parametrize("weight", [MEDIUM, BOLD])
def test_every_vietnamese_letter_is_drawn_from_its_own_face(weight: int) -> None:
    assert not [letter for letter in VIETNAMESE + list(SIGNS) if ord(letter) not in covered(Script.LATIN)]
    assert {script for script, _ in runs("".join(VIETNAMESE), Language.VI)} == {Script.LATIN}
    nothing = picture(Type(Language.VI, weight, 40), "\uffff")
    drawn = {letter: picture(Type(Language.VI, weight, 40), letter) for letter in VIETNAMESE}
    assert nothing not in drawn.values()
    assert len(set(drawn.values())) == len(VIETNAMESE), "no letter loses its mark"


@pytest.mark.parametrize("weight", [MEDIUM, BOLD])
def test_every_character_of_gb2312_level_1_is_drawn_from_the_chinese_face(weight: int) -> None:
    assert not [char for char in GB2312_LEVEL_1 + list(WIDE_MARKS) if ord(char) not in covered(Script.HAN)]
    assert {script for script, _ in runs("".join(GB2312_LEVEL_1), Language.ZH)} == {Script.HAN}
    letters = Type(Language.ZH, weight, 20)
    nothing = picture(letters, "\uffff")
    assert not [char for char in GB2312_LEVEL_1[::25] if picture(letters, char) == nothing]


def test_han_is_drawn_in_its_forms_for_zh_hans_in_every_language() -> None:
    """直 and others are one code point with a form for each region; a Japanese form would be wrong here."""
    for language in Language:
        for char in "直骨角":
            drawn = picture(Type(language, MEDIUM, 64), char)
            assert drawn == bare("notosanssc/NotoSansSC[wght].ttf", char), char
            assert drawn != bare("notosansjp/NotoSansJP[wght].ttf", char), char
    assert picture(Type(Language.ZH, MEDIUM, 64), "门") == bare("notosanssc/NotoSansSC[wght].ttf", "门")


def test_a_name_in_another_script_is_drawn_from_the_face_that_has_it() -> None:
    assert runs("Cửa khẩu 茶岭.", Language.VI) == (
        (Script.LATIN, "Cửa khẩu "),
        (Script.HAN, "茶岭"),
        (Script.LATIN, "."),
    )
    assert missing("Trà Lĩnh 茶岭 07:00–17:00，22°C") == ""


def test_characters_that_no_face_has_are_named_once() -> None:
    assert missing("Vui 🎉🎉 lòng \u0b95 chờ") == "🎉\u0b95"


def test_what_is_invisible_is_not_drawn_and_not_missing() -> None:
    assert fonts.drawable("  a\tb \u200bc\u00a0d \u202e ") == "a b c\u00a0d"
    assert missing("a\u00a0b\tc") == ""


def test_decomposed_letters_are_drawn_like_composed_ones() -> None:
    assert fonts.drawable(unicodedata.normalize("NFD", "Ẩm thực")) == "Ẩm thực"


def test_without_raqm_the_start_is_refused_with_what_to_do() -> None:
    fonts.require_raqm()
    with pytest.raises(fonts.NoRaqm, match="apt-get install libfribidi0"):
        fonts.require_raqm(found=False)


def picture(letters: Type, text: str) -> bytes:
    mask = Image.new("L", (letters.size * 2, letters.size * 2))
    letters.draw(ImageDraw.Draw(mask), letters.size // 4, round(letters.size * 1.5), text)
    return mask.tobytes()


def bare(name: str, char: str) -> bytes:
    """The same character from a file, without anything of ours."""
    with as_file(files("justmytype_intl_cjk") / "fonts" / "ofl" / name) as path:
        face = ImageFont.truetype(path, 64)
    face.set_variation_by_axes([MEDIUM])
    mask = Image.new("L", (128, 128))
    ImageDraw.Draw(mask).text((16, 96), char, 255, face, "ls")
    return mask.tobytes()
