from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from playlists.artwork import MediaArtwork
from playlists.language import SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.check import check_upload
from server.media.clips import Size, rgb, within
from server.media.frames import frame_at
from server.media.render import Rendered, RenderFault, render_key, render_segment, thumbnail
from server.media.segments import SegmentFault, prove
from server.media.sniff import moov_before_mdat, sniff
from tests.server.media.made import BLUE, GREEN, near, picture, write_film

LANDSCAPE = Profile.of(192, 96, 25)
PORTRAIT = Profile.of(64, 96, 30)


def still(tmp_path: Path, image: Image.Image) -> Path:
    path = tmp_path / "still.png"
    image.save(path)
    return path


def film(tmp_path: Path, **facts: object) -> Path:
    return write_film(tmp_path / "film.mp4", **facts)  # type: ignore[arg-type]


def of(path: Path) -> tuple[MediaArtwork, SegmentLanguage, Callable[[str], Path]]:
    """A file as what `render_segment` is asked for."""
    with path.open("rb") as file:
        kind = sniff(file)
    return MediaArtwork(sha256="0" * 64, media_kind=kind), SegmentLanguage.VI, lambda _: path


def decoded(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [rgb(frame) for frame in container.decode(video=0)]


def assert_normal_form(path: Path, profile: Profile, seconds: int) -> None:
    """Read the file with nothing but PyAV: what the kiosk's feeder and a browser rely on."""
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.width, context.height) == (profile.width, profile.height)
        assert stream.average_rate == profile.fps
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1, 1)
        assert not context.has_b_frames
        assert stream.time_base is not None
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        times = [packet.pts * stream.time_base for packet in packets if packet.pts is not None]
        assert [packet.dts for packet in packets] == [packet.pts for packet in packets]
        assert times == [Fraction(number, profile.fps) for number in range(profile.fps * seconds)]
        keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
        assert keys == [profile.fps * second for second in range(seconds)]
    assert moov_before_mdat(path)
    with av.open(str(path)) as container:
        kinds = [frame.pict_type for frame in container.decode(video=0)]
    assert set(kinds) <= {1, 2}, "I and P pictures only"
    assert len(kinds) == profile.fps * seconds


@pytest.mark.parametrize("profile", [LANDSCAPE, PORTRAIT])
def test_a_still_is_one_closed_second_in_normal_form(tmp_path: Path, profile: Profile) -> None:
    heard: list[int] = []
    out = tmp_path / "segment.mp4"
    source = still(tmp_path, picture(profile.width, profile.height))
    rendered = render_segment(*of(source), profile, out, heard.append)
    content = out.read_bytes()
    assert rendered == Rendered(hashlib.sha256(content).hexdigest(), len(content), 1000, 0)
    assert_normal_form(out, profile, 1)
    assert heard == sorted(heard)
    assert heard[-1] == 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["segment.mp4", "still.png"]


def test_a_held_still_does_not_breathe(tmp_path: Path) -> None:
    noisy = Image.merge("RGB", [Image.effect_noise((192, 96), 40)] * 3)
    render_segment(*of(still(tmp_path, noisy)), LANDSCAPE, tmp_path / "segment.mp4")
    first, *others = decoded(tmp_path / "segment.mp4")
    assert len(others) == 24
    assert all(ImageChops.difference(first, other).getbbox() is None for other in others)
    grey = ImageChops.difference(first.convert("L"), noisy.convert("L"))
    assert sum(grey.histogram()[12:]) < 192 * 96 // 100, "the picture is kept, not only its outline"


def test_a_still_is_shown_whole_on_black(tmp_path: Path) -> None:
    render_segment(*of(still(tmp_path, picture(96, 96))), LANDSCAPE, tmp_path / "segment.mp4")
    shown = decoded(tmp_path / "segment.mp4")[0]
    assert near(shown.getpixel((20, 48)), (0, 0, 0))
    assert near(shown.getpixel((60, 48)), GREEN)
    assert near(shown.getpixel((130, 48)), BLUE)
    assert near(shown.getpixel((180, 48)), (0, 0, 0))


@pytest.mark.parametrize(("fps", "frames", "seconds"), [(30, 40, 2), (25, 25, 1), (50, 101, 3), (10, 3, 1), (30, 1, 1)])
def test_a_clip_is_resampled_and_padded_to_whole_seconds(tmp_path: Path, fps: int, frames: int, seconds: int) -> None:
    source = film(tmp_path, fps=fps, frames=frames, sound=True)
    rendered = render_segment(*of(source), LANDSCAPE, tmp_path / "segment.mp4")
    assert rendered.duration_ms == seconds * 1000
    assert_normal_form(tmp_path / "segment.mp4", LANDSCAPE, seconds)


def test_a_clip_shows_each_frame_at_its_time_and_holds_the_last(tmp_path: Path) -> None:
    source = film(tmp_path, fps=30, frames=40)
    render_segment(*of(source), LANDSCAPE, tmp_path / "segment.mp4")
    seen = [image.getpixel((60, 48)) for image in decoded(tmp_path / "segment.mp4")]
    for tick, colour in enumerate(seen):
        number = min(39, tick * 30 // 25)
        assert near(colour, (number * 5, 168, 59), 20), f"tick {tick}"


def test_a_checked_clip_keeps_its_colours_to_the_segment(tmp_path: Path) -> None:
    taken = check_upload(film(tmp_path, frames=5), out=tmp_path / "checked")
    render_segment(*of(taken.path), LANDSCAPE, tmp_path / "segment.mp4")
    image = decoded(tmp_path / "segment.mp4")[0]
    assert near(image.getpixel((40, 48)), (0, 168, 59), 16)
    assert near(image.getpixel((150, 48)), BLUE, 16)


def test_segments_of_one_profile_have_the_same_parameter_sets(tmp_path: Path) -> None:
    render_segment(*of(still(tmp_path, picture())), LANDSCAPE, tmp_path / "one.mp4")
    render_segment(*of(film(tmp_path)), LANDSCAPE, tmp_path / "two.mp4")
    sets = []
    for name in ("one.mp4", "two.mp4"):
        with av.open(str(tmp_path / name)) as container:
            sets.append(container.streams.video[0].codec_context.extradata)
    assert sets[0] is not None
    assert sets[0] == sets[1]


def test_a_damaged_source_is_a_fault_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "still.png"
    source.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(RenderFault, match="cannot be rendered"):
        render_segment(*of(source), LANDSCAPE, tmp_path / "segment.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["still.png"]


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RenderFault):
        render_segment(*of(still(tmp_path, picture())), LANDSCAPE, tmp_path / "no" / "segment.mp4")


def children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def test_a_killed_child_is_a_fault_and_leaves_nothing(tmp_path: Path) -> None:
    source = film(tmp_path, frames=300)
    before = set(children())

    def kill(permille: int) -> None:
        if permille > 100:
            for pid in set(children()) - before:
                os.kill(pid, signal.SIGKILL)

    with pytest.raises(RenderFault, match="killed by SIGKILL"):
        render_segment(*of(source), LANDSCAPE, tmp_path / "segment.mp4", kill)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_rendering_can_be_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    def stop(permille: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_segment(*of(film(tmp_path)), LANDSCAPE, tmp_path / "segment.mp4", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_rendering_beyond_its_time_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RenderFault, match="in time"):
        render_segment(*of(film(tmp_path)), LANDSCAPE, tmp_path / "s", timeout_s=0.5,
            module="tests.server.media.bad_children.hang",
        )  # fmt: skip


def test_a_rendering_that_lies_is_a_fault(tmp_path: Path) -> None:
    source = still(tmp_path, picture())
    with pytest.raises(RenderFault, match="validation error"):
        render_segment(*of(source), LANDSCAPE, tmp_path / "s", module="tests.server.media.bad_children.lie")
    assert not (tmp_path / "s").exists()


PARENT = """
import sys
from pathlib import Path
from playlists.artwork import MediaArtwork
from playlists.language import SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.render import render_segment

def heard(permille):
    pid = Path(f"/proc/self/task/{__import__('os').getpid()}/children").read_text().strip()
    print(pid, flush=True)
    sys.stdin.read()

clip = MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4)
out = Path(sys.argv[2])
render_segment(clip, SegmentLanguage.VI, lambda _: Path(sys.argv[1]), Profile(192, 96, 25), out, heard)
"""


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    source = film(tmp_path, frames=3000, size=(64, 32))
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(source), str(tmp_path / "segment.mp4")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3],
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        watched = os.pidfd_open(child)
        parent.kill()
        parent.wait()
    import select

    assert select.select([watched], [], [], 30)[0], "the child ended"
    os.close(watched)
    assert not (tmp_path / "segment.mp4").exists()


def test_frame_at_shows_what_the_kiosk_shows(tmp_path: Path) -> None:
    segment = tmp_path / "segment.mp4"
    render_segment(*of(film(tmp_path, fps=25, frames=50)), LANDSCAPE, segment)

    def red(ms: int) -> int:
        with Image.open(io.BytesIO(frame_at(segment, ms))) as image:
            assert image.size == (192, 96)
            pixel = image.getpixel((60, 48))
            assert isinstance(pixel, tuple)
            return int(pixel[0])

    assert [abs(red(ms) - 4 * (ms // 40)) <= 12 for ms in (0, 400, 1000, 1600, 1999)] == [True] * 5
    assert red(5400) == red(1400), "beyond the end the last second repeats"
    with pytest.raises(ValueError, match="begins at 0"):
        frame_at(segment, -1)
    with pytest.raises(OSError, match="no such"):
        frame_at(tmp_path / "no such", 0)


@pytest.mark.parametrize(
    ("make", "kind"), [(lambda p: still(p, picture(400, 300)), MediaKind.PNG), (film, MediaKind.MP4)]
)
def test_a_thumbnail_is_a_small_jpeg(tmp_path: Path, make: Callable[[Path], Path], kind: MediaKind) -> None:
    content = thumbnail(make(tmp_path), kind, 60, folder=tmp_path)
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG"
        assert max(image.size) == 60
        assert near(image.getpixel((50, 20)), BLUE, 20)
    assert len(list(tmp_path.iterdir())) == 1


def test_the_proof_finds_what_is_not_normal_form(tmp_path: Path) -> None:
    segment = tmp_path / "segment.mp4"
    render_segment(*of(still(tmp_path, picture())), LANDSCAPE, segment)
    prove(segment, LANDSCAPE, 25, lambda _: None)
    with pytest.raises(SegmentFault, match="25 packets"):
        prove(segment, LANDSCAPE, 50, lambda _: None)
    with pytest.raises(SegmentFault, match="size"):
        prove(segment, PORTRAIT, 25, lambda _: None)
    with pytest.raises(SegmentFault, match=r"(groups|at its time)"):
        prove(film(tmp_path, size=(192, 96), fps=25, frames=50), LANDSCAPE, 50, lambda _: None)
    with pytest.raises(SegmentFault, match="other streams"):
        prove(film(tmp_path, size=(192, 96), sound=True), LANDSCAPE, 25, lambda _: None)


def test_the_render_key_names_everything_that_decides_the_pixels() -> None:
    key = render_key("a" * 64, "vi", LANDSCAPE)
    assert key == render_key("a" * 64, "vi", Profile.parse("192x96p25-nf1"))
    others = {
        render_key("b" * 64, "vi", LANDSCAPE),
        render_key("a" * 64, "zh", LANDSCAPE),
        render_key("a" * 64, "vi", PORTRAIT),
        render_key("a" * 64, "vi", LANDSCAPE, renderer_version="0"),
        render_key("a" * 64, "vi", LANDSCAPE, fonts_version="0"),
    }
    assert len(others | {key}) == 6
    assert len(key) == 64


sides = st.integers(1, 4000)


@given(st.builds(Size, sides, sides), st.builds(Size, sides, sides), st.booleans())
def test_fitted_sizes_are_even_and_inside(size: Size, box: Size, enlarge: bool) -> None:
    inner = within(size, box, enlarge=enlarge)
    assert inner.width % 2 == inner.height % 2 == 0
    assert inner.width <= max(2, box.width + 1)
    assert inner.height <= max(2, box.height + 1)
    if not enlarge:
        assert inner.width <= max(2, size.width + 1)
        assert inner.height <= max(2, size.height + 1)
