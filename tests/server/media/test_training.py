"""The frame of training: the picture whole inside it, the words readable at every size, and never a covered pixel."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from playlists.artwork import (
    CardArtwork,
    MediaArtwork,
    PlatedArtwork,
    TrainingArtwork,
    at_place,
    digest,
    files,
    for_site,
    is_animated,
    read_artwork,
)
from playlists.card import Card
from playlists.language import Language, SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.cards.palette import contrast
from server.media.clips import rgb
from server.media.plate import GROUND as PLATE
from server.media.render import render_segment
from server.media.training import GROUND, INK, around, empty, inner_box, inside
from tests.server.media.made import BLUE, near, write_film

SIZES = [(128, 64), (192, 96), (256, 128), (512, 768), (768, 384), (1920, 1080)]
LEAST_LETTER_PX = 6


def card(motion: str = "none") -> CardArtwork:
    look = {"template": "headline_body", "motion": motion, "seconds": 3}
    words = {Language.VI: {"title": "Thời tiết", "body": "Chiều có mưa rào."}}
    return CardArtwork(card=Card.model_validate({"look": look, "words": words}))


def frames(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [rgb(frame) for frame in container.decode(video=0)]


def difference(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(one, other).convert("L").histogram()
    return sum(level * count for level, count in enumerate(histogram)) / (one.width * one.height)


@pytest.mark.parametrize("size", SIZES)
def test_the_words_stand_whole_in_the_foot(size: tuple[int, int]) -> None:
    profile = Profile.of(*size)
    box, frame = inner_box(profile), empty(profile)
    assert all(number % 2 == 0 for number in box)
    foot = frame.crop((0, box.y + box.height, *size))
    left, top, right, bottom = ImageChops.difference(foot, Image.new("RGB", foot.size, GROUND)).getbbox() or (0,) * 4
    assert 0 < left < right < foot.width
    assert 0 <= top < bottom <= foot.height
    assert bottom - top >= LEAST_LETTER_PX
    rest = frame.crop((0, 0, size[0], box.y + box.height))
    assert rest.getcolors() == [(rest.width * rest.height, GROUND)]
    assert contrast(GROUND, INK) >= 7


@pytest.mark.parametrize("motion", ["none", "fade", "ticker"])
def test_a_card_is_set_anew_inside_the_frame(tmp_path: Path, motion: str) -> None:
    profile, out, plain = Profile.of(256, 128), tmp_path / "framed.mp4", tmp_path / "plain.mp4"
    rendered = render_segment(TrainingArtwork(artwork=card(motion)), SegmentLanguage.VI, lambda _: out, profile, out)
    render_segment(card(motion), SegmentLanguage.VI, lambda _: plain, inside(profile), plain)
    seen, alone, box = frames(out), frames(plain), inner_box(profile)
    assert len(seen) == len(alone) == rendered.duration_ms * profile.fps // 1000
    for whole, inner in ((seen[0], alone[0]), (seen[-1], alone[-1])):
        assert difference(whole, around(inner, profile)) < 4
        assert near(whole.getpixel((0, 0)), GROUND)
        assert near(whole.getpixel((255, box.y + 20)), GROUND)


def test_a_clip_and_what_grew_old_stay_whole_inside_the_frame(tmp_path: Path) -> None:
    source, out = write_film(tmp_path / "film.mp4"), tmp_path / "segment.mp4"
    profile = Profile.of(192, 96)
    clip = MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4)
    artwork = TrainingArtwork(artwork=PlatedArtwork(artwork=clip))
    render_segment(artwork, SegmentLanguage.ZH, lambda _: source, profile, out)
    last, box = frames(out)[-1], inner_box(profile)
    assert near(last.getpixel((120, 30)), BLUE)
    assert near(last.getpixel((box.x + 3, box.y + box.height - 3)), PLATE)
    assert near(last.getpixel((0, 40)), GROUND)
    assert near(last.getpixel((3, 93)), GROUND)


def test_the_frame_is_part_of_what_names_a_picture() -> None:
    plain = MediaArtwork(sha256="a" * 64, media_kind=MediaKind.MP4)
    framed = for_site(plain, training=True)
    assert framed == TrainingArtwork(artwork=plain)
    assert for_site(framed, training=True) == framed
    assert for_site(framed, training=False) == plain
    assert for_site(plain, training=False) == plain
    assert digest(framed) != digest(plain)
    assert (files(framed), is_animated(framed)) == (files(plain), True)
    assert read_artwork(framed.model_dump(mode="json")) == framed
    assert at_place(framed, "Asia/Shanghai") == framed
