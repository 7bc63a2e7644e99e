from __future__ import annotations

import contextlib
import hashlib
import io
import re
import struct
import zlib
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from playlists.language import Language
from playlists.notice import MediaKind
from server.media.check import Checked, CheckLimits, check_upload
from server.media.clips import opened, rgb
from server.media.refusal import Refusal, Refused, Remark, remark_sentence
from server.media.sniff import sniff
from tests.server.media.made import BLUE, GREEN, encoded, near, picture, write_film


def check(tmp_path: Path, content: bytes, limits: CheckLimits | None = None) -> Checked:
    source = tmp_path / "upload.bin"
    source.write_bytes(content)
    return check_upload(source, out=tmp_path / "out", limits=limits)


def refusal(tmp_path: Path, content: bytes, limits: CheckLimits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        check(tmp_path, content, limits)
    assert not (tmp_path / "out").exists()
    assert set(caught.value.sentences) == set(Language)
    assert all(re.search(r"[{}]", text) is None for text in caught.value.sentences.values())
    return caught.value


def film(tmp_path: Path, **facts: object) -> bytes:
    return write_film(tmp_path / "film.mp4", **facts).read_bytes()  # type: ignore[arg-type]


def png_header_only(width: int, height: int, depth: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compressobj(9)
    row = bytes(1 + (width * depth + 7) // 8)
    body = b"".join(rows.compress(row * 100) for _ in range(height // 100)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("form", "kind", "kept"),
    [
        ("PNG", MediaKind.PNG, MediaKind.PNG),
        ("JPEG", MediaKind.JPEG, MediaKind.JPEG),
        ("WEBP", MediaKind.WEBP, MediaKind.JPEG),
    ],
)
def test_a_good_picture_is_taken(tmp_path: Path, form: str, kind: MediaKind, kept: MediaKind) -> None:
    content = encoded(picture(), form)
    assert sniff(io.BytesIO(content)) is kind
    taken = check(tmp_path, content)
    assert (taken.kind, taken.width, taken.height, taken.duration_ms) == (kept, 64, 48, None)
    written = taken.path.read_bytes()
    assert (taken.sha256, taken.size) == (hashlib.sha256(written).hexdigest(), len(written))
    with Image.open(taken.path) as image:
        assert near(image.getpixel((5, 5)), GREEN)
        assert near(image.getpixel((60, 40)), BLUE)


def test_a_lossless_webp_loses_nothing(tmp_path: Path) -> None:
    taken = check(tmp_path, encoded(picture(), "WEBP", lossless=True))
    assert taken.kind is MediaKind.PNG
    with Image.open(taken.path) as image:
        assert image.tobytes() == picture().tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "I;16"])
def test_every_png_mode_becomes_plain_colour(tmp_path: Path, mode: str) -> None:
    grey = Image.new("I;16", (8, 8), 65535) if mode == "I;16" else Image.new("RGB", (8, 8), "white").convert("RGBA")
    image = grey if mode in {"I;16", "RGBA"} else grey.convert(mode if mode != "PA" else "P")
    with Image.open(check(tmp_path, encoded(image, "PNG")).path) as kept:
        assert kept.mode == "RGB"
        assert kept.getpixel((4, 4)) == (255, 255, 255)


def test_cmyk_becomes_plain_colour(tmp_path: Path) -> None:
    with Image.open(check(tmp_path, encoded(picture().convert("CMYK"), "JPEG")).path) as kept:
        assert kept.mode == "RGB"
        assert near(kept.getpixel((5, 5)), GREEN, 20)


def test_transparency_becomes_black_and_is_remarked(tmp_path: Path) -> None:
    image = picture().convert("RGBA")
    image.putpixel((3, 3), (255, 255, 255, 0))
    taken = check(tmp_path, encoded(image, "PNG"))
    assert taken.remarks == {Remark.HAD_TRANSPARENCY}
    with Image.open(taken.path) as kept:
        assert kept.getpixel((3, 3)) == (0, 0, 0)


def test_a_jpeg_is_turned_upright_and_keeps_no_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "GPS of somebody's home"
    content = encoded(picture(), "JPEG", exif=exif, comment=b"<script>alert(1)</script>", quality=95)
    content += b"PK\x03\x04<?php evil"
    assert b"<script>" in content
    taken = check(tmp_path, content)
    written = taken.path.read_bytes()
    assert not any(mark in written for mark in (b"<script>", b"home", b"php", b"Exif"))
    assert (taken.width, taken.height) == (48, 64)
    with Image.open(taken.path) as image:
        assert near(image.getpixel((40, 5)), GREEN), "the left half is on top now"
        assert near(image.getpixel((40, 60)), BLUE)


def test_png_text_and_colour_profile_are_gone(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "somebody")
    taken = check(tmp_path, encoded(picture(), "PNG", pnginfo=info, icc_profile=b"not a profile"))
    kinds = set(re.findall(rb"IHDR|IDAT|IEND|tEXt|iTXt|zTXt|iCCP|eXIf|gAMA", taken.path.read_bytes()))
    assert kinds == {b"IHDR", b"IDAT", b"IEND"}


def test_a_good_clip_is_taken_silent_and_bare(tmp_path: Path) -> None:
    taken = check(tmp_path, film(tmp_path, sound=True))
    assert b"somebody" not in taken.path.read_bytes()
    assert (taken.kind, taken.width, taken.height) == (MediaKind.MP4, 128, 72)
    assert taken.duration_ms == pytest.approx(1333, abs=2)
    assert taken.has_sound
    assert "silent" in remark_sentence(Remark.HAS_SOUND, Language.EN)
    with opened(taken.path) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        shown = [rgb(frame) for frame in container.decode(video=0)]
    assert len(shown) == 40
    assert near(shown[0].getpixel((20, 30)), (0, 168, 59), 16)
    assert near(shown[39].getpixel((20, 30)), (195, 168, 59), 16)


def test_a_clip_filmed_sideways_is_turned_upright(tmp_path: Path) -> None:
    taken = check(tmp_path, film(tmp_path, frames=5, rotation=90))
    assert (taken.width, taken.height) == (72, 128)
    with opened(taken.path) as container:
        image = rgb(next(container.decode(video=0)))
    assert near(image.getpixel((36, 120)), (0, 168, 59), 20), "turned counter-clockwise the left half is at the bottom"
    assert near(image.getpixel((36, 10)), BLUE, 20)


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"GIF89a\x01\x00\x01\x00", "GIF"),
        (HLS, "HLS"),
        ("Đây là một tệp văn bản".encode(), "text"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC/AVIF"),
        (bytes(range(256)), "binary"),
        (b"\x89PNG", "binary"),
    ],
)
def test_other_types_are_refused_by_their_content(tmp_path: Path, content: bytes, found: str) -> None:
    refused = refusal(tmp_path, content)
    assert (refused.reason, refused.facts["found"]) == (Refusal.WRONG_TYPE, found)
    assert all(found in text for text in refused.sentences.values())


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"").reason is Refusal.EMPTY


def test_too_many_bytes_are_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, encoded(picture(), "PNG"), CheckLimits(image_bytes=50))
    assert refused.reason is Refusal.TOO_MANY_BYTES
    assert "50" in refused.sentence(Language.VI)


@pytest.mark.parametrize(("side", "depth"), [(20_000, 8), (13_000, 1), (17_000, 1)])
def test_pixel_bombs_are_refused_on_their_header(tmp_path: Path, side: int, depth: int) -> None:
    content = png_header_only(side, side, depth)
    assert len(content) < 500_000
    refused = refusal(tmp_path, content, CheckLimits(memory_bytes=512 << 20))
    assert refused.reason is Refusal.TOO_MANY_PIXELS
    assert f"{side}x{side}" in refused.sentence(Language.EN)


def test_a_long_side_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, png_header_only(16_500, 100, 8)).reason is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.95])
def test_truncated_pictures_are_refused(tmp_path: Path, form: str, part: float) -> None:
    noise = Image.effect_noise((200, 200), 60)
    content = encoded(noise, form)
    assert refusal(tmp_path, content[: int(len(content) * part)]).reason in {Refusal.TRUNCATED, Refusal.DAMAGED}


def test_a_truncated_png_is_called_truncated(tmp_path: Path) -> None:
    content = encoded(Image.effect_noise((200, 200), 60), "PNG")
    assert refusal(tmp_path, content[: len(content) // 2]).reason is Refusal.TRUNCATED


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_animations_are_refused(tmp_path: Path, form: str) -> None:
    other = picture(left=(255, 0, 0))
    assert refusal(tmp_path, encoded(picture(), form, save_all=True, append_images=[other])).reason is Refusal.ANIMATED


@pytest.mark.parametrize("options", [{}, {"movflags": "+faststart"}])
def test_truncated_clips_are_refused(tmp_path: Path, options: dict[str, str]) -> None:
    content = film(tmp_path, **options)
    assert refusal(tmp_path, content[: len(content) * 2 // 3]).reason is Refusal.TRUNCATED


def test_a_clip_without_index_is_damaged(tmp_path: Path) -> None:
    content = film(tmp_path)
    assert refusal(tmp_path, content[: content.index(b"moov") - 4]).reason is Refusal.DAMAGED


def test_a_playlist_behind_an_mp4_head_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + HLS).reason is Refusal.TRUNCATED


def test_several_video_streams_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, film(tmp_path, streams=2, frames=5)).reason is Refusal.SEVERAL_VIDEO_STREAMS


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (CheckLimits(clip_s=1), Refusal.TOO_LONG),
        (CheckLimits(clip_fps=20), Refusal.TOO_MANY_FRAMES),
        (CheckLimits(clip_side_px=100), Refusal.TOO_MANY_PIXELS),
        (CheckLimits(clip_pixels=100), Refusal.TOO_MANY_PIXELS),
        (CheckLimits(clip_bytes=1000), Refusal.TOO_MANY_BYTES),
    ],
)
def test_clips_beyond_the_limits_are_refused(tmp_path: Path, limits: CheckLimits, reason: Refusal) -> None:
    assert refusal(tmp_path, film(tmp_path), limits).reason is reason


def test_a_clip_whose_header_lies_about_its_length_is_refused(tmp_path: Path) -> None:
    content = bytearray(film(tmp_path, frames=60))
    for name, at in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        place = content.index(name) + at
        content[place : place + 4] = struct.pack(">I", 1)
    assert refusal(tmp_path, bytes(content), CheckLimits(clip_s=1)).reason is Refusal.TOO_LONG


def test_a_large_clip_is_kept_smaller(tmp_path: Path) -> None:
    taken = check(tmp_path, film(tmp_path, frames=3), CheckLimits(kept_clip_side_px=64))
    assert (taken.width, taken.height) == (64, 36)


def test_a_check_that_runs_out_of_memory_is_a_refusal(tmp_path: Path) -> None:
    content = encoded(Image.new("RGB", (5000, 5000)), "PNG")
    assert refusal(tmp_path, content, CheckLimits(memory_bytes=200 << 20)).reason in {
        Refusal.CHECK_STOPPED,
        Refusal.DAMAGED,
    }


@pytest.mark.parametrize(
    ("manner", "end"),
    [
        ("crash", "status 1.*MemoryError"),
        ("kill", "killed by SIGKILL"),
        ("hang", "did not end in time"),
        ("nonsense", "no message"),
        ("silence", "without an answer"),
        ("lie", "5 validation errors"),
        ("flood", "line without an end"),
    ],
)
def test_a_child_that_misbehaves_is_a_refusal(tmp_path: Path, manner: str, end: str) -> None:
    (tmp_path / "upload").write_bytes(encoded(picture(), "PNG"))
    limits = CheckLimits(image_timeout_s=1 if manner == "hang" else 30)
    with pytest.raises(Refused) as caught:
        check_upload(
            tmp_path / "upload", out=tmp_path / "out", limits=limits, module=f"tests.server.media.bad_children.{manner}"
        )
    assert caught.value.reason is Refusal.CHECK_STOPPED
    assert re.search(end, str(caught.value.__cause__))
    assert not (tmp_path / "out").exists()


@given(
    head=st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\x00\x00\x00WEBPVP8 "]),
    rest=st.binary(max_size=300),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_are_refused_with_a_reason(tmp_path: Path, head: bytes, rest: bytes) -> None:
    refused = refusal(tmp_path, head + rest)
    assert refused.reason in {Refusal.EMPTY, Refusal.WRONG_TYPE, Refusal.TRUNCATED, Refusal.DAMAGED}


@given(place=st.integers(0, 10_000), value=st.binary(min_size=1, max_size=8))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_clip_with_changed_bytes_is_taken_or_refused(tmp_path: Path, place: int, value: bytes) -> None:
    content = bytearray(film(tmp_path, frames=3, size=(32, 32)))
    place %= len(content)
    content[place : place + len(value)] = value
    try:
        taken = check(tmp_path, bytes(content))
    except Refused:
        assert not (tmp_path / "out").exists()
    else:
        with av.open(str(taken.path)) as container:
            assert len(list(container.decode(video=0))) >= 1
        taken.path.unlink()


@given(st.binary(max_size=2000))
def test_sniffing_never_fails_otherwise_than_by_refusing(content: bytes) -> None:
    with contextlib.suppress(Refused):
        assert sniff(io.BytesIO(content)) in MediaKind


@pytest.mark.parametrize("reason", list(Refusal))
def test_every_refusal_is_a_sentence_in_three_languages(reason: Refusal) -> None:
    refused = Refused(reason)
    assert len({refused.sentence(language) for language in Language}) == 3
    assert refused.sentence(Language.ZH).endswith("。")
    assert all(refused.sentence(language).endswith(".") for language in (Language.VI, Language.EN))
