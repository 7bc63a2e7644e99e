from __future__ import annotations

import io
import unicodedata
from itertools import pairwise, product

import av
import pytest
from PIL import Image, ImageChops, ImageFont, ImageStat

from playlists.language import Language
from simulator.demo.clips import FPS, SECONDS, ClipName, make_clip
from simulator.demo.notices import NOTICES, QUEUE, SAMPLE_MARK, WELCOME, Look, SampleNotice, Site
from simulator.demo.samples import GROUND, draw, plan_of, set_notice
from simulator.demo.typesetting import CLOSING, OPENING, font, pieces, wrap

LANDSCAPE, PORTRAIT = (768, 384), (512, 768)
EVERY = [
    pytest.param(notice, language, size, id=f"{notice.slug}-{language}-{size[0]}x{size[1]}")
    for notice, language, size in product(NOTICES, Language, (LANDSCAPE, PORTRAIT))
]


def texts(language: Language) -> str:
    words = [SAMPLE_MARK[language], WELCOME[language], QUEUE[language]]
    for notice in NOTICES:
        wording = notice.wordings[language]
        words += [wording.title, *wording.sentences]
        words += [text for figure in wording.figures for text in (figure.label, figure.value)]
    return "".join(words)


def test_every_notice_has_all_languages_and_respects_the_lengths() -> None:
    assert len(NOTICES) == 8
    assert len({notice.slug for notice in NOTICES}) == 8
    assert {site for notice in NOTICES for site in notice.sites} == set(Site)
    for notice in NOTICES:
        assert set(notice.wordings) == set(Language)
        for language, wording in notice.wordings.items():
            most_title, most_body = (14, 66) if language is Language.ZH else (40, 130)
            assert len(wording.title) <= most_title, wording.title
            assert len(" ".join(wording.sentences)) <= most_body, wording.sentences
            assert "!" not in wording.title + "".join(wording.sentences)


@pytest.mark.parametrize("language", Language)
def test_every_character_has_a_glyph(language: Language) -> None:
    text = texts(language)
    assert unicodedata.normalize("NFC", text) == text
    for weight in (500, 700):
        face = font(language, weight, 40)
        nothing = glyph(face, "\uffff")
        missing = {char for char in text if char not in " \u00a0" and glyph(face, char) == nothing}
        assert missing == set()
    assert glyph(font(Language.EN, 500, 40), "茶") == glyph(font(Language.EN, 500, 40), "\uffff"), "the test can fail"


def glyph(face: ImageFont.FreeTypeFont, char: str) -> bytes:
    return bytes(face.getmask(char))


@pytest.mark.parametrize(("notice", "language", "size"), EVERY)
def test_text_stays_inside_its_box_and_is_not_cut(
    notice: SampleNotice, language: Language, size: tuple[int, int]
) -> None:
    box = plan_of(notice, *size).text
    setting = set_notice(notice, language, *size)
    assert setting.size >= min(size) * 0.085, "large type"
    boxes = []
    for line in setting.lines:
        left, top, right, bottom = line.face.getbbox(line.text, anchor="ls")
        boxes.append((line.x + left, line.baseline + top, line.x + right, line.baseline + bottom))
    assert min(left for left, *_ in boxes) >= box.x - 4
    assert max(right for _, _, right, _ in boxes) <= box.x + box.width + 4
    assert min(top for _, top, *_ in boxes) >= 0
    assert max(bottom for *_, bottom in boxes) <= box.y + box.height + 2
    for (_, _, _, above), (_, below, _, _) in pairwise(boxes):
        assert above <= below + 3, "stacked marks do not run into the line above"
    wording = notice.wordings[language]
    figures = [text for figure in wording.figures for text in (figure.label, figure.value)]
    shown = "".join(line.text for line in setting.lines)
    wanted = "".join([wording.title, *figures, *wording.sentences])
    assert shown.replace(" ", "") == wanted.replace(" ", ""), "no word is lost"


def test_pictures_have_the_panel_s_size_and_high_contrast() -> None:
    for notice, size in product(NOTICES, (LANDSCAPE, PORTRAIT)):
        with Image.open(io.BytesIO(draw(notice, Language.VI, *size))) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "RGB", size)
            shades = [shade for shade, count in enumerate(image.convert("L").histogram()) if count]
            assert shades[-1] - shades[0] > 220


def test_the_three_languages_differ_and_carry_the_mark() -> None:
    for notice in NOTICES:
        pictures = [Image.open(io.BytesIO(draw(notice, language, *LANDSCAPE))) for language in Language]
        corners = [picture.crop((460, 355, 768, 384)) for picture in pictures]
        assert len({picture.tobytes() for picture in pictures}) == 3
        assert len({corner.tobytes() for corner in corners}) == 1
        assert corners[0].getcolors(1) is None, "something stands in the corner"
        assert corners[0].getpixel((0, 0)) == GROUND


def test_other_panel_sizes_are_served_and_too_small_ones_refused() -> None:
    for size in ((192, 96), (1280, 160), (1920, 1080)):
        with Image.open(io.BytesIO(draw(NOTICES[1], Language.ZH, *size))) as image:
            assert image.size == size
    scene = next(notice for notice in NOTICES if notice.look is Look.SCENE)
    with pytest.raises(ValueError, match="does not fit into"):
        draw(scene, Language.VI, 64, 32)


@pytest.mark.parametrize("width", range(90, 400, 23))
def test_chinese_lines_break_where_they_may(width: int) -> None:
    face = font(Language.ZH, 500, 24)
    for notice in NOTICES:
        for sentence in notice.wordings[Language.ZH].sentences:
            lines = wrap(sentence, Language.ZH, face, width)
            if lines is None:
                continue
            assert "".join(lines) == sentence
            assert not any(line.startswith(tuple(CLOSING)) or line.endswith(tuple(OPENING)) for line in lines)
            assert max(face.getlength(line) for line in lines) <= width


def test_numbers_and_held_words_stay_whole() -> None:
    assert pieces("即北京时间08:30–18:30。", Language.ZH) == ["即北京时间", "08:30–18:30。"]
    assert pieces("到服务台（联检大楼一层）", Language.ZH) == ["到", "服务台", "（联检大楼", "一层）"]
    assert pieces("thác Bản\u00a0Giốc", Language.VI) == ["thác", " Bản\u00a0Giốc"]


@pytest.mark.parametrize("name", ClipName)
@pytest.mark.parametrize("size", [(192, 96), (128, 192)])
def test_clips_are_silent_loops(name: ClipName, size: tuple[int, int]) -> None:
    with av.open(io.BytesIO(make_clip(name, *size)), "r") as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert container.streams.video[0].average_rate == FPS
        frames = [Image.frombytes("RGB", size, tightly(frame)) for frame in container.decode(video=0)]
    assert len(frames) == FPS * SECONDS
    assert frames[0].size == size
    assert difference(frames[0], frames[40]) > 1, "it moves"
    assert difference(frames[-1], frames[0]) < 2.5 * max(difference(frames[0], frames[1]), 1), "and ends where it began"


def tightly(frame: av.VideoFrame) -> bytes:
    plane = frame.reformat(format="rgb24").planes[0]
    content, row = bytes(plane), frame.width * 3
    return b"".join(content[at : at + row] for at in range(0, plane.line_size * frame.height, plane.line_size))


def difference(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3
