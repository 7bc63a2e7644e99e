from __future__ import annotations

import random
from pathlib import Path

import av
import pytest
from PIL import Image

from kiosk_agent.player.encode import encode_segment
from kiosk_agent.player.groups import Frame, SegmentUnsound, closed_groups, cut_groups
from kiosk_agent.player.safe import stand_ins
from playlists.profile import Profile

from .conftest import PANEL, MakeSegment

KEY, LEAN = Frame(b"key", True), Frame(b"lean", False)


@pytest.mark.parametrize("seconds", [1, 2, 7])
def test_groups_are_one_second_each(seconds: int) -> None:
    groups = list(cut_groups([KEY, LEAN, LEAN] * seconds, 3))
    assert groups == [(KEY, LEAN, LEAN)] * seconds


@pytest.mark.parametrize(
    ("frames", "complaint"),
    [
        ([], "cut off or empty"),
        ([LEAN, LEAN, LEAN], "dependent frame stands at place 0"),
        ([KEY, LEAN], "2 frames, not 3"),
        ([KEY, LEAN, LEAN, LEAN], "dependent frame stands at place 3"),
        ([KEY, KEY, LEAN], "key frame stands at place 1"),
        ([KEY, LEAN, LEAN, KEY], "1 frames, not 3"),
        ([Frame(bytes(33 << 20), True), LEAN, LEAN], "more than 32 MiB"),
    ],
)
def test_frames_that_are_no_closed_seconds_are_refused(frames: list[Frame], complaint: str) -> None:
    with pytest.raises(SegmentUnsound, match=complaint):
        list(cut_groups(frames, 3))


def test_good_groups_come_before_the_complaint() -> None:
    groups = cut_groups([KEY, LEAN, KEY, KEY], 2)
    assert next(groups) == (KEY, LEAN)
    with pytest.raises(SegmentUnsound):
        next(groups)


def test_every_group_decodes_by_itself(make_segment: MakeSegment) -> None:
    groups = list(closed_groups(make_segment("red", "green", "blue"), PANEL.profile))
    assert len(groups) == 3
    for group in groups:
        decoder = av.CodecContext.create("h264", "r")
        decoded = [frame for unit in group for frame in decoder.decode(av.Packet(unit.payload))]
        assert len(decoded) + len(decoder.decode(None)) == 25


@pytest.mark.parametrize("profile", ["256x128p25-nf1", "96x160p30-nf1", "16x16p25-nf1"])
def test_own_segments_are_of_normal_form(profile: str, tmp_path: Path) -> None:
    made = stand_ins(Profile.parse(profile), tmp_path)
    for path in made:
        assert len(list(closed_groups(path, Profile.parse(profile)))) == 1


def test_damaged_stand_in_is_made_anew(tmp_path: Path) -> None:
    made = stand_ins(PANEL.profile, tmp_path)
    made.safe.write_bytes(b"damaged")
    assert len(list(closed_groups(stand_ins(PANEL.profile, tmp_path).safe, PANEL.profile))) == 1


def test_frames_of_another_size_are_not_encoded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_segment(tmp_path / "a.mp4", PANEL.profile, [Image.new("RGB", (10, 10))])
    assert list(tmp_path.iterdir()) == []


def hostile_files(folder: Path, sound: Path) -> dict[str, Path]:
    """Write files that are no segments, each in another way."""
    whole = sound.read_bytes()
    noise = random.Random(5)
    holed = bytearray(whole)
    for _ in range(200):
        holed[noise.randrange(len(holed) // 4)] = noise.randrange(256)
    contents = {
        "empty": b"",
        "random": noise.randbytes(50_000),
        "cut_head": whole[: len(whole) // 3],
        "text": b"<html>no film</html>" * 100,
        "holed": bytes(holed),
        "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    }
    files = {name: folder / f"{name}.mp4" for name in contents}
    for name, path in files.items():
        path.write_bytes(contents[name])
    return files | {"missing": folder / "missing.mp4", "folder": folder}


@pytest.mark.parametrize("name", ["empty", "random", "cut_head", "text", "holed", "playlist", "missing", "folder"])
def test_hostile_file_is_refused_with_a_sentence(name: str, tmp_path: Path, make_segment: MakeSegment) -> None:
    path = hostile_files(tmp_path, make_segment("red", "green"))[name]
    with pytest.raises(SegmentUnsound):
        list(closed_groups(path, PANEL.profile))


def test_segment_of_another_panel_is_refused(make_segment: MakeSegment) -> None:
    other = make_segment("red", profile=Profile.of(96, 160))
    with pytest.raises(SegmentUnsound, match="96x160, the panel plays 256x128p25-nf1"):
        list(closed_groups(other, PANEL.profile))
