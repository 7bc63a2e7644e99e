"""What may not stay is covered at once and cut out of the stream, on both players; stills of what is due."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.cover import cover_of
from kiosk_agent.player.expected import is_dark
from kiosk_agent.player.plan import Plan
from kiosk_agent.player.port import Cue, PlayerReport
from kiosk_agent.player.safe import DARK, SAFE, StandIns
from kiosk_agent.player.safe_picture import safe_picture
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.player.vlc_player import VlcPlayer
from kiosk_agent.player.witness import Witness

from .conftest import COLOURS, PANEL, MakeSegment, in_turns, until

AnyPlayer = SoftwarePlayer | VlcPlayer
START = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)
MIDDLE = (PANEL.width * 2 // 3, PANEL.height * 2 // 3)


@pytest.fixture(params=["software", "vlc"])
def player(request: pytest.FixtureRequest, own_folder: Path) -> Iterator[AnyPlayer]:
    made = SoftwarePlayer(own_folder) if request.param == "software" else VlcPlayer(own_folder, own_display=True)
    yield made
    made.stop()


def colour(picture: Image.Image) -> str | None:
    """Name the colour of a picture; None for any that no segment has."""
    seen = picture.convert("RGB").getpixel(MIDDLE)
    assert isinstance(seen, tuple)
    near = (name for name, known in COLOURS.items() if all(abs(a - b) < 30 for a, b in zip(seen, known, strict=True)))
    return next(near, None)


def on_panel(player: AnyPlayer) -> str | None:
    jpeg = player.capture_jpeg()
    return None if jpeg is None else colour(Image.open(io.BytesIO(jpeg)))


def test_the_old_picture_never_comes_back_once_it_is_covered(player: AnyPlayer, make_segment: MakeSegment) -> None:
    ordinary = in_turns([(name, make_segment(name)) for name in ("red", "green")])
    urgent = [False]

    def next_cue(at: datetime) -> Cue:
        return Cue("blue", make_segment("blue"), START, START + timedelta(days=9999)) if urgent[0] else ordinary(at)

    player.start(PANEL, next_cue)
    until(lambda: player.report().verdict is Verdict.FINE, "the stream")
    urgent[0] = True
    player.cut_in()
    until(lambda: on_panel(player) == "blue", "the cover")
    seen: set[str | None] = set()
    said: list[PlayerReport] = []

    def has_caught_up() -> bool:
        seen.add(on_panel(player))
        said.append(player.report())
        return not player.is_covered

    assert player.is_covered
    until(has_caught_up, "the stream to catch up")
    for _ in range(10):
        has_caught_up()
    assert seen == {"blue"}
    assert {one.shown.key for one in said if one.shown is not None} == {"blue"}
    assert not {one.verdict for one in said} & {Verdict.WRONG, Verdict.WRONG_SIZE, Verdict.BLACK}
    until(lambda: (player.report().match_permille or 0) >= 900, "a match with the stream")


@pytest.mark.parametrize(("of_item", "match"), [(True, 1000), (False, None)])
def test_a_cover_is_matched_for_the_item_that_it_stands_for(of_item: bool, match: int | None) -> None:
    witness, cover = Witness(PANEL.profile, Plan()), Image.new("RGB", (PANEL.width, PANEL.height), COLOURS["blue"])
    witness.overlay(cover, 100.0, of_item=of_item)
    assert witness.look(cover, START, 100.0) is None
    assert (witness.look(cover, START, 110.0), witness.matches) == (match, True)


def test_a_cut_back_before_the_stream_has_caught_up(player: AnyPlayer, make_segment: MakeSegment) -> None:
    due = ["red"]

    def next_cue(at: datetime) -> Cue:
        return Cue(due[0], make_segment(due[0]), START, START + timedelta(days=9999))

    player.start(PANEL, next_cue)
    until(lambda: player.report().verdict is Verdict.FINE, "the stream")
    for name in ("blue", "green"):
        due[0] = name
        player.cut_in()
        until(lambda: on_panel(player) == due[0], f"the {name} cover")
    seen: set[str | None] = set()

    def has_caught_up() -> bool:
        seen.add(on_panel(player))
        return not player.is_covered

    until(has_caught_up, "the stream to catch up")
    for _ in range(5):
        has_caught_up()
    assert seen == {"green"}
    until(lambda: (player.report().match_permille or 0) >= 900, "a match")


def test_the_new_stream_takes_over_at_a_renewal(player: AnyPlayer, make_segment: MakeSegment) -> None:
    player.start(PANEL, lambda at: Cue("red", make_segment("red"), START, START + timedelta(days=9999)))
    until(lambda: player.report().verdict is Verdict.FINE, "the stream")
    frames = player.report().frames
    player.renew()
    assert player.renewing
    seen: set[str | None] = set()

    def has_renewed() -> bool:
        seen.add(on_panel(player))
        said = player.report()
        assert said.shown is not None
        assert (said.stalled, said.shown.key, said.error) == (False, "red", None)
        return not player.renewing

    until(has_renewed, "the new stream")
    until(lambda: player.report().verdict is Verdict.FINE, "a fine picture")
    assert seen == {"red"}
    assert player.report().frames > frames


def cue(key: str, path: Path | None, seconds: int = 10) -> Cue:
    return Cue(key, path, START, START + timedelta(seconds=seconds))


@pytest.mark.parametrize(("into_s", "expected"), [(0, "red"), (1, "green"), (2, "blue"), (3, "blue"), (600, "blue")])
def test_the_still_is_of_the_second_that_is_due(
    make_segment: MakeSegment, spare: StandIns, own_folder: Path, into_s: int, expected: str
) -> None:
    clip = cue("clip", make_segment("red", "green", "blue"), 1000)
    made = cover_of(clip, START + timedelta(seconds=into_s + 0.5), PANEL.profile, own_folder)
    assert (made.cue, colour(made.picture)) == (clip, expected)


def test_black_is_covered_by_black_and_what_cannot_be_read_by_the_safe_picture(
    spare: StandIns, own_folder: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film" * 100)
    for folder in (own_folder, tmp_path / "nothing"):
        black = cover_of(cue(DARK, None), START, PANEL.profile, folder)
        assert black.cue.key == DARK
        assert is_dark(black.picture)
        safe = cover_of(cue("broken", broken), START, PANEL.profile, folder)
        assert (safe.cue.key, safe.cue.starts_at) == (SAFE, START)
        x, y = MIDDLE
        wanted, seen = safe_picture(PANEL.width, PANEL.height).getpixel((x, y)), safe.picture.getpixel((x, y))
        assert isinstance(wanted, tuple)
        assert isinstance(seen, tuple)
        assert all(abs(a - b) < 30 for a, b in zip(wanted, seen, strict=True))
