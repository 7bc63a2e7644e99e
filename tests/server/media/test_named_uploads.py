"""The uploads that everybody asks about by name: each is taken as people mean it, or refused with its reason."""

from __future__ import annotations

import contextlib
import struct
import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from playlists.language import Language
from server.content.uploads import display_name
from server.media.check import Checked, CheckLimits, check_upload
from server.media.clips import from_picture, opened, rgb
from server.media.refusal import Refusal, Refused, Remark, remark_sentence
from tests.server.media.made import BLUE, GREEN, encoded, near, picture, write_film

MARKS = (b"<script>", b"<?php", b"PK\x03\x04", b"+22.85", b"Exif", b"somebody")


def check(folder: Path, content: bytes, limits: CheckLimits | None = None) -> Checked:
    (folder / "upload").write_bytes(content)
    taken = check_upload(folder / "upload", out=folder / "out", limits=limits)
    written = taken.path.read_bytes()
    assert [mark for mark in MARKS if mark in written] == []
    return taken


def refused(folder: Path, content: bytes, limits: CheckLimits | None = None) -> Refusal:
    with pytest.raises(Refused) as caught:
        check(folder, content, limits)
    return caught.value.reason


def clip(path: Path, times: list[int], **options: Any) -> bytes:
    """A clip whose frames, each redder than the one before, appear at these times (1/25 s)."""
    size = options.pop("size", (64, 48))
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height = size
        stream.pix_fmt = options.pop("pix_fmt", "yuv420p")
        stream.codec_context.time_base = Fraction(1, 25)
        for name, value in options.items():
            setattr(stream.codec_context, name, value)
        for number, at in enumerate(times):
            frame = from_picture(picture(size[0], size[1], (number * 60, 168, 59))).reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = at, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def shown(taken: Checked) -> list[tuple[Fraction, Image.Image]]:
    with opened(taken.path) as container:
        return [(_time(frame), rgb(frame)) for frame in container.decode(video=0)]


def _time(frame: av.VideoFrame) -> Fraction:
    assert frame.pts is not None
    assert frame.time_base is not None
    return frame.pts * frame.time_base


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_text_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 60_000_000, zip=True)
    content = encoded(picture(), "PNG", pnginfo=info)
    assert len(content) < 200_000
    assert refused(tmp_path, content, CheckLimits(memory_bytes=512 << 20)) is Refusal.DAMAGED


@pytest.mark.parametrize(
    "playlist", [b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", b"#EXTM3U\nhttp://127.0.0.1/x.ts\n"]
)
def test_an_hls_playlist_named_mp4_is_no_clip(tmp_path: Path, playlist: bytes) -> None:
    assert refused(tmp_path, playlist) is Refusal.WRONG_TYPE
    assert refused(tmp_path, b"\n" + playlist) is Refusal.WRONG_TYPE
    behind_a_head = box(b"ftyp", b"isom\x00\x00\x00\x00") + box(b"free", playlist)
    assert refused(tmp_path, behind_a_head) is Refusal.DAMAGED


@pytest.mark.parametrize(
    ("form", "tail"),
    [("JPEG", b"PK\x03\x04evil"), ("PNG", b"<?php system('id'); ?>"), ("WEBP", b"<script>alert(1)</script>")],
)
def test_of_a_picture_that_is_something_else_too_the_picture_is_kept(tmp_path: Path, form: str, tail: bytes) -> None:
    taken = check(tmp_path, encoded(picture(), form) + tail)
    with Image.open(taken.path) as image:
        assert near(image.getpixel((5, 5)), GREEN, 16)


def test_a_page_in_front_of_a_picture_is_a_page(tmp_path: Path) -> None:
    assert refused(tmp_path, b"<!doctype html>" + encoded(picture(), "JPEG")) is Refusal.WRONG_TYPE


def test_a_clip_that_is_something_else_too_is_only_a_clip(tmp_path: Path) -> None:
    content = clip(tmp_path / "a.mp4", [0, 1, 2])
    hidden = content + box(b"free", b"<script>alert(1)</script>") + box(b"uuid", b"PK\x03\x04" * 9)
    assert check(tmp_path, hidden).duration_ms == 120
    assert refused(tmp_path, content + b"PK\x03\x04 and no box at all") in {Refusal.DAMAGED, Refusal.TRUNCATED}


def test_where_a_picture_was_taken_is_gone(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "somebody"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = "+22.85 somebody's home"
    content = encoded(picture(), "JPEG", exif=exif)
    assert b"+22.85" in content
    check(tmp_path, content)


def test_where_a_clip_was_filmed_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", format="mp4", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update({"location": "+22.8550+106.7240/", "artist": "somebody"})
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = from_picture(picture())
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert b"+22.85" in path.read_bytes()
    check(tmp_path, path.read_bytes())


def test_a_clip_of_ten_hours_is_refused_by_what_its_header_says(tmp_path: Path) -> None:
    content = bytearray(clip(tmp_path / "a.mp4", [0, 36_000 * 25]))
    at = content.index(b"mdat")
    size = int.from_bytes(content[at - 4 : at])
    content[at + 4 : at - 4 + size] = bytes(size - 8)  # not one frame of it could be decoded
    assert refused(tmp_path, bytes(content)) is Refusal.TOO_LONG


def test_a_clip_keeps_its_frames_at_their_own_times(tmp_path: Path) -> None:
    times = [0, 1, 11, 12, 50]
    taken = check(tmp_path, clip(tmp_path / "a.mp4", times))
    frames = shown(taken)
    assert [round(at * 25, 2) for at, _ in frames] == times
    reds = [image.getpixel((10, 20))[0] for _, image in frames]  # type: ignore[index]  # an RGB picture's pixel is a triple
    assert reds == sorted(reds)


@pytest.mark.parametrize(("rotation", "corner"), [(90, (24, 60)), (-90, (24, 4)), (180, (60, 24))])
def test_a_phone_that_was_held_another_way_is_turned_upright(
    tmp_path: Path, rotation: int, corner: tuple[int, int]
) -> None:
    film = write_film(tmp_path / "a.mp4", frames=3, size=(64, 48), rotation=rotation)
    taken = check(tmp_path, film.read_bytes())
    assert (taken.width, taken.height) == ((64, 48) if rotation == 180 else (48, 64))
    (_, first), *_ = shown(taken)
    assert near(first.getpixel(corner), (0, 168, 59), 24)
    opposite = (taken.width - 1 - corner[0], taken.height - 1 - corner[1])
    assert near(first.getpixel(opposite), BLUE, 24)


def hdr_code(nits: float) -> float:
    """The signal (0 to 1) of a brightness by SMPTE ST 2084."""
    power = (nits / 10_000) ** (2610 / 16_384)
    return float(((3424 / 4096 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


HDR = {16: (hdr_code(10), hdr_code(203), hdr_code(2000)), 18: (0.25, 0.75, 1.0)}
"""Signals of something dim, of the white of a page and of glare, by transfer curve (ITU-T H.273: PQ and HLG)."""


@pytest.mark.parametrize("curve", list(HDR))
def test_hdr_is_brought_to_what_a_panel_shows(tmp_path: Path, curve: int) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "profile": "high10"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace, context.color_range = curve, 9, 9, 1
        for number, signal in enumerate(HDR[curve]):
            frame = av.VideoFrame(64, 48, "yuv420p10le")
            for plane, level in zip(frame.planes, (64 + signal * 876, 512, 512), strict=True):
                plane.update(struct.pack("<H", round(level)) * (plane.line_size * plane.height // 2))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    seen = [image.getpixel((30, 20)) for _, image in shown(check(tmp_path, path.read_bytes()))]
    levels = [pixel[0] for pixel in seen]  # type: ignore[index]  # an RGB picture's pixel is a triple
    assert 50 <= levels[0] <= 100
    assert levels[1] >= 240, "the white of a page is white, not the grey that the bare signal would be"
    assert levels[2] >= 250


@pytest.mark.parametrize("size", [(63, 47), (2, 2), (161, 3)])
def test_odd_sizes_of_clips_become_even(tmp_path: Path, size: tuple[int, int]) -> None:
    taken = check(tmp_path, clip(tmp_path / "a.mp4", [0, 1], size=size, pix_fmt="yuv444p"))
    assert (taken.width % 2, taken.height % 2) == (0, 0)
    assert abs(taken.width - size[0]) <= 1
    assert abs(taken.height - size[1]) <= 1


@pytest.mark.parametrize("size", [(1, 1), (63, 47), (1, 900)])
def test_odd_sizes_of_pictures_stay(tmp_path: Path, size: tuple[int, int]) -> None:
    taken = check(tmp_path, encoded(Image.new("RGB", size, GREEN), "PNG"))
    assert (taken.width, taken.height) == size


def test_nothing_is_refused_as_empty(tmp_path: Path) -> None:
    assert refused(tmp_path, b"") is Refusal.EMPTY


@pytest.mark.parametrize(
    ("form", "options"), [("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True}), ("PNG", {"default_image": True})]
)
def test_moving_pictures_are_refused_with_the_way_out(tmp_path: Path, form: str, options: dict[str, Any]) -> None:
    others = [picture(left=(255, 0, 0)), picture(left=(0, 0, 255))]
    with pytest.raises(Refused) as caught:
        check(tmp_path, encoded(picture(), form, save_all=True, append_images=others, duration=100, **options))
    assert caught.value.reason is Refusal.ANIMATED
    assert all("MP4" in caught.value.sentence(language) for language in Language)


def test_print_colours_and_sixteen_bits_become_what_a_panel_shows(tmp_path: Path) -> None:
    with Image.open(check(tmp_path, encoded(Image.new("CMYK", (8, 8), (255, 0, 255, 0)), "JPEG")).path) as image:
        red, green, blue = image.getpixel((4, 4))  # type: ignore[misc]  # an RGB picture's pixel is a triple
    assert green > max(red, blue) + 60
    with Image.open(check(tmp_path, encoded(Image.new("I;16", (8, 8), 32_768), "PNG")).path) as image:
        assert near(image.getpixel((4, 4)), (127, 127, 127), 2)


def test_of_sound_people_are_told_what_to_do(tmp_path: Path) -> None:
    taken = check(tmp_path, write_film(tmp_path / "a.mp4", frames=3, sound=True).read_bytes())
    assert taken.remarks == {Remark.HAS_SOUND}
    words = {Language.VI: "phụ đề", Language.EN: "subtitles", Language.ZH: "字幕"}
    assert all(word in remark_sentence(Remark.HAS_SOUND, language) for language, word in words.items())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (unicodedata.normalize("NFD", "Thác Bản Giốc mùa thu.jpg"), "Thác Bản Giốc mùa thu.jpg"),
        ("Thác Bản Giốc mùa thu.jpg", "Thác Bản Giốc mùa thu.jpg"),
        ("水口口岸 通关须知.png", "水口口岸 通关须知.png"),
        ("ảnh\u202egpj.exe", "ảnhgpj.exe"),
        ("\u2066a\u2069\u200f\u200e\ufeff.png", "a.png"),
        ("a\u0000\u001f\nb.png", "ab.png"),
        ("..\\..\\C:\\Windows\\a.png", "a.png"),
        ("../../../etc/passwd", "passwd"),
        ("\u202e", "upload"),
        ("ố" * 500, "ố" * 120),
    ],
)
def test_names_are_kept_for_people_and_never_become_paths(name: str, kept: str) -> None:
    assert display_name(name) == kept


def test_a_name_of_lone_surrogates_does_no_harm() -> None:
    with contextlib.suppress(UnicodeEncodeError):
        assert display_name("a\ud800b") == "ab"
