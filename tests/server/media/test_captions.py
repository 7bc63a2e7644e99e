"""Words over pictures: large enough, whole, with an outline, at their time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame
from PIL import Image

from playlists.artwork import AlbumArtwork, AlbumPicture, Cue, MediaArtwork
from playlists.language import Language, SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.albums import page
from server.media.captions import Unfit, bounds, burnt, caption, placed, subtitle, worst
from server.media.clips import Fitter, Size, from_picture, rgb
from server.media.render import RenderFault, render_segment
from tests.server.media.made import write_film

VI, EN, ZH = Language.VI, Language.EN, Language.ZH
SAID = {
    VI: "ẾỘỰ Ẩ Ỗ: Mời hành khách chuẩn bị sẵn hộ chiếu, tờ khai và xếp hàng theo đúng làn đường quy định.",
    EN: "Please have your passport and declaration ready, and queue in the lane that is marked for you.",
    ZH: "请旅客提前准备好护照和申报单，并按照规定的车道排队等候，感谢您的配合。",
}
SIZES = [Size(128, 64), Size(256, 128), Size(768, 384), Size(512, 768), Size(1920, 1080)]
PROFILE = Profile.of(192, 96, 25)


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.getchannel("A").point(lambda value: 255 if value > 20 else 0).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", list(Language))
def test_a_subtitle_is_whole_and_as_large_as_it_can_be(size: Size, language: Language) -> None:
    strip = subtitle(SAID[language], language, size)
    left, top, right, bottom = ink(strip.picture)
    assert strip.picture.width == size.width
    assert 0 < left < right < size.width, "nothing touches the sides"
    assert strip.top + top > 0
    assert strip.top + bottom < size.height
    least, greatest = bounds(size)
    assert placed(SAID[language], language, size).scale.base <= greatest
    if size.width > 128:
        assert placed(SAID[language], language, size).scale.base >= least
        assert strip.top + top >= size.height // 2 - 1, "it leaves the upper half free"


def test_letters_are_white_with_a_dark_outline() -> None:
    strip = subtitle("HHHH", EN, Size(768, 384))
    pixels = strip.picture.load()
    assert pixels is not None
    row = strip.picture.height // 2
    seen = [pixels[x, row] for x in range(strip.picture.width)]
    opaque = [one for one in seen if isinstance(one, tuple) and one[3] > 200]
    assert any(one[0] > 240 for one in opaque)
    assert any(one[0] < 20 for one in opaque)


def test_chinese_breaks_by_its_rules() -> None:
    lines = placed(SAID[ZH], ZH, Size(256, 128)).laid.lines
    assert len(lines) > 1
    assert all(line.text[0] not in "，。、" for line in lines)


def test_lines_of_a_cue_stay_lines_and_short_words_are_not_huge() -> None:
    lines = placed("Dừng lại\nStop", VI, Size(768, 384)).laid.lines
    assert [line.text for line in lines] == ["Dừng lại", "Stop"]
    assert {line.letters.size for line in lines} == {bounds(Size(768, 384))[1]}


def test_words_that_never_fit_are_a_sentence() -> None:
    with pytest.raises(Unfit, match="32x16 pixels; shorten"):
        placed("rất nhiều chữ " * 20, VI, Size(32, 16))


def test_the_worst_words_stand_for_all() -> None:
    found = worst(["Dừng", "", SAID[VI], "một \U0001f6c3 hai"], VI, Size(128, 64))
    assert found is not None
    (text,) = found.texts
    assert (text.text, text.clipped, text.missing) == (SAID[VI], False, "\U0001f6c3")
    assert text.size_px == placed(SAID[VI], VI, Size(128, 64)).scale.base < text.least_px + 3
    assert worst(["  "], VI, Size(128, 64)) is None
    small = worst(["rất nhiều chữ " * 20], VI, Size(32, 16))
    assert small is not None
    assert small.texts[0].clipped


def green(seconds: int) -> Iterator[VideoFrame]:
    frame = Fitter(Size(192, 96)).fit(from_picture(Image.new("RGB", (192, 96), (0, 120, 0))))
    for _ in range(25 * seconds):
        yield frame


def has_words(frame: VideoFrame) -> bool:
    return any(rgb(frame).convert("L").crop((0, 40, 192, 96)).histogram()[200:])


def test_cues_are_shown_at_their_ticks() -> None:
    cues = (Cue(start_ms=1000, end_ms=2000, text="một"), Cue(start_ms=2000, end_ms=2400, text="hai"))
    seen = list(burnt(green(3), cues, SegmentLanguage.VI, PROFILE))
    assert len(seen) == 75
    lit = [has_words(frame) for frame in (seen[24], seen[25], seen[49], seen[50], seen[59], seen[60])]
    assert lit == [False, True, True, True, True, False]
    assert seen[26] is seen[40], "an unchanged picture is laid over once"
    assert seen[49] is not seen[50]


def test_a_clip_is_rendered_with_its_subtitles(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", frames=60, fps=30, size=(192, 96))
    cues = (Cue(start_ms=400, end_ms=1200, text="Xếp hàng theo làn"),)
    clip = MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4, subtitles=cues)
    render_segment(clip, SegmentLanguage.VI, lambda _: film, PROFILE, tmp_path / "s.mp4")
    with av.open(str(tmp_path / "s.mp4")) as container:
        lit = [has_words(frame) for frame in container.decode(video=0)]
    assert len(lit) == 50
    assert (lit[9], lit[10], lit[29], lit[30]) == (False, True, True, False)


def test_an_album_has_its_captions(tmp_path: Path) -> None:
    sources = {}
    for number, colour in enumerate([(0, 90, 0), (90, 0, 0)]):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (300, 300), colour).save(path)
        sources[str(number) * 64] = path
    pictures = tuple(
        AlbumPicture(sha256=sha256, media_kind=MediaKind.PNG, caption=words)
        for sha256, words in zip(sources, ("Thác Bản Giốc", ""), strict=True)
    )
    album = AlbumArtwork(pictures=pictures, seconds_each=2)
    rendered = render_segment(album, SegmentLanguage.VI, sources.__getitem__, PROFILE, tmp_path / "s.mp4")
    assert (rendered.duration_ms, rendered.flashes) == (4000, 0)
    with av.open(str(tmp_path / "s.mp4")) as container:
        lit = [has_words(frame) for frame in container.decode(video=0)]
    assert (lit[0], lit[49], lit[70], lit[99]) == (True, True, False, False)


def test_a_caption_lies_on_a_dark_band_and_no_caption_changes_nothing() -> None:
    white = Image.new("RGB", (256, 128), (255, 255, 255))
    strip = caption("Bến xe cửa khẩu", VI, Size(256, 128))
    assert strip.top > 64
    low = page(white, "Bến xe cửa khẩu", VI).getpixel((2, 126))
    assert isinstance(low, tuple)
    assert low[0] < 100
    assert page(white, "  ", VI) is white


def test_a_subtitle_that_does_not_fit_is_said_in_words(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", frames=30, fps=30)
    cues = (Cue(start_ms=0, end_ms=900, text="rất nhiều chữ " * 20),)
    clip = MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4, subtitles=cues)
    with pytest.raises(RenderFault, match="do not fit on a panel of 32x16"):
        render_segment(clip, SegmentLanguage.VI, lambda _: film, Profile.of(32, 16), tmp_path / "s.mp4")
