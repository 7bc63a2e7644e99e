from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from playlists.artwork import CardArtwork, MediaArtwork, PlatedArtwork, digest, files, is_animated, read_artwork
from playlists.card import Card
from playlists.language import Language, SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.cards.palette import contrast
from server.media.clips import rgb
from server.media.plate import GROUND, INK, above, strip_of, strip_px
from server.media.render import render_segment
from tests.server.media.made import BLUE, near, write_film

SIZES = [(128, 64), (256, 128), (768, 384), (512, 768), (1920, 1080)]


def card(motion: str = "none") -> CardArtwork:
    look = {"template": "headline_body", "motion": motion, "seconds": 3}
    words = {Language.VI: {"title": "Thời tiết", "body": "Chiều có mưa rào."}}
    return CardArtwork(card=Card.model_validate({"look": look, "words": words}))


def frames(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [rgb(frame) for frame in container.decode(video=0)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", SegmentLanguage)
def test_the_words_of_the_strip_stand_whole_in_it(size: tuple[int, int], language: SegmentLanguage) -> None:
    profile = Profile.of(*size)
    strip = strip_of(language, profile)
    assert strip.size == (size[0], strip_px(profile))
    assert strip.height % 2 == 0
    ground = Image.new("RGB", strip.size, GROUND)
    left, top, right, bottom = ImageChops.difference(strip, ground).getbbox() or (0, 0, 0, 0)
    assert 0 < left < right < strip.width
    assert 0 < top < bottom < strip.height
    assert contrast(GROUND, INK) >= 7


@pytest.mark.parametrize("motion", ["none", "fade", "ticker"])
def test_a_card_is_set_anew_in_the_rows_above_the_strip(tmp_path: Path, motion: str) -> None:
    profile, out = Profile.of(256, 128), tmp_path / "segment.mp4"
    artwork = PlatedArtwork(artwork=card(motion))
    rendered = render_segment(artwork, SegmentLanguage.VI, lambda _: out, profile, out)
    plain = tmp_path / "plain.mp4"
    render_segment(card(motion), SegmentLanguage.VI, lambda _: plain, above(profile), plain)
    seen, alone = frames(out), frames(plain)
    assert len(seen) == len(alone) == rendered.duration_ms * profile.fps // 1000
    strip = strip_of(SegmentLanguage.VI, profile)
    for whole, upper in ((seen[0], alone[0]), (seen[-1], alone[-1])):
        assert difference(whole.crop((0, 0, 256, upper.height)), upper) < 3
        assert difference(whole.crop((0, upper.height, 256, 128)), strip) < 6


def test_a_clip_stays_whole_above_the_strip(tmp_path: Path) -> None:
    source, out = write_film(tmp_path / "film.mp4"), tmp_path / "segment.mp4"
    profile = Profile.of(192, 96)
    artwork = PlatedArtwork(artwork=MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4))
    render_segment(artwork, SegmentLanguage.ZH, lambda _: source, profile, out)
    last = frames(out)[-1]
    assert near(last.getpixel((120, 40)), BLUE)
    assert near(last.getpixel((3, 93)), GROUND)


def difference(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(one, other).convert("L").histogram()
    return sum(level * count for level, count in enumerate(histogram)) / (one.width * one.height)


def test_it_is_an_artwork_of_its_own_with_the_same_files() -> None:
    plain = MediaArtwork(sha256="a" * 64, media_kind=MediaKind.MP4)
    plated = PlatedArtwork(artwork=plain)
    assert digest(plated) != digest(plain)
    assert (files(plated), is_animated(plated)) == (files(plain), True)
    assert read_artwork(plated.model_dump(mode="json")) == plated
