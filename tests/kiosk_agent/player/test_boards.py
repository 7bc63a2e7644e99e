"""The picture of a status board: composed of base and tiles, spliced between segments that the server made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from kiosk_agent.player.compose import Undrawable, compose
from kiosk_agent.player.expected import decode_group, match_permille, thumbnail
from kiosk_agent.player.groups import Group, closed_groups
from kiosk_agent.player.sealed_file import sealed_now
from kiosk_agent.player.studio import KEPT, Studio
from playlists.board import Box
from playlists.board_picture import BoardPicture, Laid
from playlists.board_shown import Standing
from playlists.profile import Profile
from server.media.segments import write_still

PROFILE = Profile.of(256, 128)
GROUND, RED, GREEN = (11, 42, 74), (220, 40, 30), (40, 190, 80)
AT = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a base as the server renders it: a plain ground with a white frame."""
    picture = Image.new("RGB", (256, 128), GROUND)
    picture.paste((255, 255, 255), (0, 0, 256, 16))
    path = tmp_path_factory.mktemp("base") / "base.mp4"
    write_still(picture, PROFILE, path)
    return path


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sheet of two tiles, each 64x32 px."""
    picture = Image.new("RGB", (128, 32))
    picture.paste(RED, (0, 0, 64, 32))
    picture.paste(GREEN, (64, 0, 128, 32))
    path = tmp_path_factory.mktemp("sheet") / "sheet.png"
    picture.save(path)
    return path


def picture(*cells: tuple[int, int, int], base: str = "b" * 64) -> BoardPicture:
    """Return a picture that lays the first or second tile (0 or 1) at a place."""
    laid = tuple(Laid(Box(64 * tile, 0, 64, 32), x, y) for tile, x, y in cells)
    return BoardPicture(UUID(int=1), base, "5" * 64, laid, AT, AT + timedelta(minutes=1), 1, Standing.CURRENT)


def near(seen: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = seen.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(one - other) <= 6 for one, other in zip(found, colour, strict=True))


def parameter_sets(group: Group) -> set[bytes]:
    units = group[0].payload.split(b"\x00\x00\x01")
    return {unit.rstrip(b"\x00") for unit in units if unit and unit[0] & 31 in (7, 8)}


def only_group(path: Path) -> Group:
    (group,) = closed_groups(path, PROFILE)
    return group


def test_a_board_is_base_and_tiles_and_nothing_else(base: Path, sheet: Path, tmp_path: Path) -> None:
    compose(
        picture((0, 32, 40), (1, 160, 80)), PROFILE, sealed_now(base), sealed_now(sheet), out := tmp_path / "board.mp4"
    )
    expected = decode_group(only_group(base))[0]
    expected.paste(decode_one(RED, tmp_path), (32, 40, 96, 72))
    expected.paste(decode_one(GREEN, tmp_path), (160, 80, 224, 112))
    seen = decode_group(only_group(out))
    assert len(seen) == PROFILE.fps
    for frame in (seen[0], seen[-1]):
        assert match_permille(thumbnail(frame), thumbnail(expected)) == 1000
        for place in ((4, 4), (128, 30), (64, 56), (192, 96), (250, 120), (38, 46), (90, 66)):
            colour = expected.getpixel(place)
            assert isinstance(colour, tuple)
            assert near(frame, place, (colour[0], colour[1], colour[2])), (place, colour, frame.getpixel(place))


def decode_one(colour: tuple[int, int, int], folder: Path) -> tuple[int, int, int]:
    """Return a colour as a segment of the server shows it."""
    write_still(Image.new("RGB", (256, 128), colour), PROFILE, folder / "one.mp4")
    found = decode_group(only_group(folder / "one.mp4"))[0].getpixel((8, 8))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def test_a_composed_second_has_the_parameter_sets_of_the_servers_segments(
    base: Path, sheet: Path, tmp_path: Path
) -> None:
    compose(picture((0, 0, 0)), PROFILE, sealed_now(base), sealed_now(sheet), out := tmp_path / "board.mp4")
    assert parameter_sets(only_group(out)) == parameter_sets(only_group(base)) != set()


@pytest.mark.parametrize(
    ("spoil", "blamed"), [("base", "b" * 64), ("sheet", "5" * 64), ("cell", None), ("place", None)]
)
def test_what_cannot_be_composed_says_which_file_is_to_blame(
    base: Path, sheet: Path, tmp_path: Path, spoil: str, blamed: str | None
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and nothing else")
    wanted = {"cell": picture((2, 0, 0)), "place": picture((0, 224, 0))}.get(spoil, picture((0, 0, 0)))
    with pytest.raises(Undrawable) as raised:
        compose(
            wanted,
            PROFILE,
            sealed_now(broken if spoil == "base" else base),
            sealed_now(broken if spoil == "sheet" else sheet),
            tmp_path / "board.mp4",
        )
    assert raised.value.damaged == blamed
    assert not (tmp_path / "board.mp4").exists()


@pytest.fixture
def studio(base: Path, sheet: Path, tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path, {"b" * 64: sealed_now(base), "5" * 64: sealed_now(sheet)}.get)
    yield made
    made.close()


def test_a_studio_gives_out_what_is_drawn_and_says_what_never_will_be(studio: Studio) -> None:
    good, bad = picture((0, 0, 0)), picture((0, 0, 0), base="c" * 64)
    with pytest.raises(LookupError):
        studio.wait(good.key, 0.0)
    assert studio.draw(good, PROFILE) == frozenset()
    drawn = studio.wait(good.key, 0.0)
    assert drawn is not None
    assert only_group(drawn.path)
    with pytest.raises(Undrawable) as raised:
        studio.draw(bad, PROFILE)
    assert raised.value.damaged == "c" * 64
    assert studio.wait(bad.key, 0.0) is None


def test_a_studio_keeps_the_newest_pictures_only(studio: Studio) -> None:
    keys = [picture((0, 2 * number, 0), base="c" * 64) for number in range(KEPT)]
    for one in keys:
        with pytest.raises(Undrawable):
            studio.draw(one, PROFILE)
    assert studio.draw(picture((1, 0, 64)), PROFILE) == {keys[0].key}
    with pytest.raises(LookupError):
        studio.wait(keys[0].key, 0.0)


def test_what_a_killed_run_drew_is_removed(base: Path, sheet: Path, tmp_path: Path) -> None:
    files = {"b" * 64: sealed_now(base), "5" * 64: sealed_now(sheet)}
    killed = Studio(tmp_path, files.get)
    killed.draw(picture((0, 0, 0)), PROFILE)
    left_over = killed.wait(picture((0, 0, 0)).key, 0.0)
    assert left_over is not None
    again = Studio(tmp_path, files.get)
    again.draw(picture((1, 0, 0)), PROFILE)
    assert not left_over.path.parent.exists()
    again.close()
