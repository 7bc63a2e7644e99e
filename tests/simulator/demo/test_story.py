from __future__ import annotations

import io
import unicodedata
from itertools import product

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from playlists.card import MOST_TITLE, NEEDS, Part, Template
from playlists.language import Language
from simulator.demo.clips import FPS, SECONDS, ClipName, make_clip
from simulator.demo.notices import NOTICES, QUEUE, SAMPLE_MARK, WELCOME, Site
from simulator.demo.scenery import waterfall
from simulator.demo.story import card, subtitle


def test_every_notice_has_all_languages_and_respects_the_lengths() -> None:
    assert len(NOTICES) == 8
    assert len({notice.slug for notice in NOTICES}) == 8
    assert {site for notice in NOTICES for site in notice.sites} == set(Site)
    for notice in NOTICES:
        assert set(notice.wordings) == set(Language)
        for language, wording in notice.wordings.items():
            most_title, most_body = (14, 66) if language is Language.ZH else (40, 130)
            assert len(wording.title) <= most_title < MOST_TITLE, wording.title
            assert len(" ".join(wording.sentences)) <= most_body, wording.sentences
            assert "!" not in wording.title + "".join(wording.sentences)


def test_every_notice_is_a_card_that_says_it_is_sample_data() -> None:
    for notice in NOTICES:
        written = card(notice, "a picture's id")
        look = written["content"]["look"]
        assert look["corner"] == SAMPLE_MARK
        held = {Part.LEVEL: look.get("level"), Part.PICTURE: look["picture_id"]}
        assert all(held.get(part, True) for part in NEEDS[notice.template].needed)
        for variant in written["variants"].values():
            words = variant["words"]
            assert bool(words["rows"]) == (notice.template is Template.HOURS_TABLE)
            assert words["body"]
            assert unicodedata.is_normalized("NFC", words["title"] + words["body"])


def test_a_clip_says_its_words_as_long_as_it_lasts() -> None:
    for name, language in product(ClipName, Language):
        said = subtitle(name, language)
        assert (said["start_ms"], said["end_ms"]) == (0, SECONDS * 1000)
        assert said["text"] == (WELCOME if name is ClipName.WELCOME else QUEUE)[language]


def test_the_picture_of_the_falls_has_its_size_and_many_colours() -> None:
    picture = waterfall(320, 200)
    assert picture.size == (320, 200)
    assert picture.getcolors(500) is None


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
