"""Every byte that is shown is checked as it is read (V12): a file that changes under the reader shows nothing new."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk_agent.core.seal import LEAST_PIECE, MOST_PIECES, Seal, Verified, piece_of, seal
from kiosk_agent.player.cover import cover_of
from kiosk_agent.player.encode import encode_segment
from kiosk_agent.player.feeder import Airing
from kiosk_agent.player.groups import SegmentUnsound, closed_groups
from kiosk_agent.player.port import Cue
from kiosk_agent.player.safe import SAFE, stand_ins
from kiosk_agent.player.sealed_file import BytesChanged, SealedFile, sealed_now
from tests.kiosk_agent.player.conftest import PANEL, MakeSegment

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def written(path: Path, size: int) -> bytes:
    content = random.Random(size).randbytes(size)
    path.write_bytes(content)
    return content


@pytest.mark.parametrize("size", [0, 1, LEAST_PIECE - 1, LEAST_PIECE, LEAST_PIECE + 1, 3 * LEAST_PIECE + 17])
def test_an_unchanged_file_is_read_as_it_is(tmp_path: Path, size: int) -> None:
    content = written(tmp_path / "a", size)
    with SealedFile(sealed_now(tmp_path / "a")) as file:
        assert file.read() == content
        assert file.read(10) == b""
        file.seek(0)
        assert b"".join(iter(lambda: file.read(1000), b"")) == content


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verified, bytes]:
    path = tmp_path_factory.mktemp("sealed") / "a"
    content = written(path, 150_000)
    return sealed_now(path), content


@given(st.lists(st.tuples(st.sampled_from([os.SEEK_SET, os.SEEK_CUR, os.SEEK_END]), st.integers(-999, 200_000))))
def test_it_seeks_and_reads_as_a_file_does(long_file: tuple[Verified, bytes], steps: list[tuple[int, int]]) -> None:
    verified, content = long_file
    with SealedFile(verified) as file:
        place = 0
        for whence, offset in steps:
            place = max(0, {os.SEEK_SET: 0, os.SEEK_CUR: place, os.SEEK_END: len(content)}[whence] + offset)
            assert file.seek(offset, whence) == place == file.tell()
            got = file.read(777)
            assert content[place:].startswith(got)
            assert got or place >= len(content)
            place += len(got)


def test_one_pass_gives_the_digest_and_a_small_seal() -> None:
    size = 40 << 20
    piece = piece_of(size)
    content = random.Random(1).randbytes(size)
    digest, made = seal(size, (content[place : place + piece] for place in range(0, size, piece)))
    assert digest == hashlib.sha256(content).hexdigest()
    assert made.pieces <= MOST_PIECES
    assert len(made.digests) < 9 << 10


@pytest.mark.parametrize("change", ["a bit", "longer", "shorter", "another file"])
def test_a_changed_file_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a"
    content = written(path, 200_000)
    verified = sealed_now(path)
    match change:
        case "a bit":
            path.write_bytes(content[:150_000] + bytes([content[150_000] ^ 1]) + content[150_001:])
        case "longer":
            path.write_bytes(content + b"x")
        case "shorter":
            path.write_bytes(content[:-1])
        case _:
            written(tmp_path / "b", 200_001)
            (tmp_path / "b").replace(path)
    with pytest.raises(BytesChanged), SealedFile(verified) as file:
        file.read()


def test_a_change_after_opening_is_seen_and_what_was_read_before_was_right(tmp_path: Path) -> None:
    path = tmp_path / "a"
    content = written(path, 3 * LEAST_PIECE)
    with SealedFile(sealed_now(path)) as file:
        assert file.read(LEAST_PIECE) == content[:LEAST_PIECE]
        with path.open("r+b") as other:
            other.seek(LEAST_PIECE + 5)
            other.write(b"changed")
        with pytest.raises(BytesChanged):
            file.read(1)


@pytest.fixture
def good(make_segment: MakeSegment, tmp_path: Path) -> Path:
    return Path(shutil.copy(make_segment("red", "green"), tmp_path / "good.mp4"))


def test_a_swapped_segment_is_never_decoded(make_segment: MakeSegment, good: Path) -> None:
    verified = sealed_now(good)
    assert len(list(closed_groups(good, PANEL.profile, verified.seal))) == 2
    shutil.copy(make_segment("blue", "blue"), good)
    with pytest.raises(SegmentUnsound):
        list(closed_groups(good, PANEL.profile, verified.seal))


def test_the_feeder_gives_way_to_the_safe_picture_and_names_the_segment(
    make_segment: MakeSegment, good: Path, tmp_path: Path
) -> None:
    cue = Cue("ab" * 32, good, AT, AT + timedelta(seconds=10), sealed_now(good).seal)
    spare = stand_ins(PANEL.profile, tmp_path / "spare")
    whole, _ = Airing(cue, AT, PANEL.profile, spare).next_second(AT)
    assert (whole.cue.key, whole.unsound) == ("ab" * 32, None)
    shutil.copy(make_segment("blue", "blue"), good)
    row, group = Airing(cue, AT, PANEL.profile, spare).next_second(AT)
    assert (row.cue.key, row.unsound) == (SAFE, "ab" * 32)
    assert group == next(closed_groups(spare.safe, PANEL.profile))
    assert cover_of(cue, AT, PANEL.profile, tmp_path / "spare").cue.key == SAFE


def test_a_swap_in_the_middle_of_an_airing_holds_the_last_good_second(tmp_path: Path) -> None:
    chance, size = random.Random(3), (PANEL.width, PANEL.height)
    path, fps = tmp_path / "long.mp4", PANEL.profile.fps
    noise = [Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3)) for _ in range(8)]
    encode_segment(path, PANEL.profile, [picture for picture in noise for _ in range(fps)])
    verified = sealed_now(path)
    assert verified.seal.pieces > 3, "the file has to be longer than what is read at once"
    expected = list(closed_groups(path, PANEL.profile))
    cue = Cue("ab" * 32, path, AT, AT + timedelta(seconds=60), verified.seal)
    airing = Airing(cue, AT, PANEL.profile, stand_ins(PANEL.profile, tmp_path / "spare"))
    assert airing.next_second(AT)[1] == expected[0]
    with path.open("r+b") as file:
        file.seek(2 * LEAST_PIECE)
        file.write(bytes(verified.seal.size - 2 * LEAST_PIECE))
    seen = [airing.next_second(AT) for _ in range(len(noise))]
    assert seen[-1][0].unsound == "ab" * 32
    held = expected.index(seen[-1][1])
    assert 0 <= held < len(noise) - 1
    assert [group for _, group in seen] == [*expected[1 : held + 1], *[expected[held]] * (len(noise) - held)]


@given(st.binary(max_size=200))
def test_a_seal_of_anything_says_no_to_anything_else(content: bytes) -> None:
    _, made = seal(len(content), [content] if content else [])
    assert not content or made.holds(0, content)
    assert not made.holds(0, content + b"x")


def test_a_seal_that_does_not_fit_its_file_refuses_it(tmp_path: Path) -> None:
    written(tmp_path / "a", 10)
    with pytest.raises(BytesChanged):
        SealedFile(Verified(tmp_path / "a", Seal(11, LEAST_PIECE, "0" * 32)))
    with pytest.raises(BytesChanged), SealedFile(Verified(tmp_path / "a", Seal(10, LEAST_PIECE, ""))) as file:
        file.read()
