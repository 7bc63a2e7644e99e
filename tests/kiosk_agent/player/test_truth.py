"""The verdict on the picture: tables and properties of the decision, and each fault made for real on both players."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from Xlib import X
from Xlib.display import Display

from kiosk_agent.core.verdict import Verdict
from kiosk_agent.player.expected import thumbnail
from kiosk_agent.player.port import Cue, Player
from kiosk_agent.player.resized import is_resized
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.player.truth import Look, Truth, judge, name_look
from kiosk_agent.player.vlc_player import VlcPlayer

from .conftest import PANEL, MakeSegment, in_turns, until

GOOD = Look(1000)
POOR = Look(100)
LOOK_S = 0.5


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (GOOD, Verdict.FINE),
        (Look(900), Verdict.FINE),
        (Look(899), Verdict.WRONG),
        (Look(1000, dark=True), Verdict.FINE),
        (Look(1000, held=True), Verdict.FINE),
        (Look(1000, overdue=True), Verdict.FROZEN),
        (replace(POOR, dark=True), Verdict.BLACK),
        (replace(POOR, dark=True, held=True, overdue=True), Verdict.BLACK),
        (replace(POOR, held=True, resized=True), Verdict.FROZEN),
        (replace(POOR, resized=True), Verdict.WRONG_SIZE),
        (Look(1000, output=False), Verdict.OUTPUT_MISSING),
        (Look(None, output=False), Verdict.OUTPUT_MISSING),
        (Look(None), Verdict.UNKNOWN),
        (Look(None, overdue=True), Verdict.FROZEN),
        (Look(0, planned=False, output=False, dark=True), Verdict.UNKNOWN),
    ],
)
def test_what_a_single_look_says(look: Look, said: Verdict) -> None:
    assert name_look(look) is said


def after(looks: list[Look]) -> list[Verdict]:
    truth, verdicts = Truth(), []
    for look in looks:
        truth = judge(truth, look)
        verdicts.append(truth.verdict)
    return verdicts


def test_one_bad_look_is_none_and_two_are_a_verdict_until_three_good_ones() -> None:
    assert after([GOOD] * 3)[-1] is Verdict.FINE
    assert after([GOOD, GOOD, GOOD, POOR, GOOD, GOOD, GOOD])[3:] == [Verdict.FINE] * 4
    assert after([GOOD, GOOD, GOOD, POOR, POOR])[-2:] == [Verdict.FINE, Verdict.WRONG]
    assert after([POOR, POOR, GOOD, GOOD, GOOD])[1:] == [Verdict.WRONG] * 3 + [Verdict.FINE]


def test_frozen_picture_that_is_due_again_every_other_second_is_told_all_the_same() -> None:
    held = replace(POOR, held=True)
    assert after([GOOD, held, GOOD, held, GOOD, held])[2:] == [Verdict.UNKNOWN] + [Verdict.FROZEN] * 3


LOOKS = st.builds(
    Look,
    st.none() | st.integers(0, 1000),
    planned=st.booleans(),
    overdue=st.booleans(),
    output=st.booleans(),
    dark=st.booleans(),
    held=st.booleans(),
    resized=st.booleans(),
)


@given(st.lists(LOOKS), LOOKS)
def test_two_looks_that_agree_decide_whatever_was_before(looks: list[Look], last: Look) -> None:
    said = name_look(last)
    verdict = after([*looks, last, last])[-1]
    if said is Verdict.FINE:
        assert after([*looks, last, last, last])[-1] is Verdict.FINE
    elif said is Verdict.UNKNOWN:
        assert verdict is Verdict.UNKNOWN
    else:
        assert verdict is said


@given(st.lists(LOOKS))
def test_verdict_is_never_anything_that_no_look_said(looks: list[Look]) -> None:
    said = {name_look(look) for look in looks} | {Verdict.UNKNOWN}
    assert set(after(looks)) <= said


def drawn(width: int = 256, height: int = 128) -> Image.Image:
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((240, 240, 240), (0, 0, width // 4, height // 4))
    picture.paste((30, 90, 200), (width // 2, height // 2, width * 3 // 4, height))
    return picture


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("centred", [True, False])
def test_smaller_picture_on_black_is_told_from_another(share: float, centred: bool) -> None:
    right = drawn()
    small = right.resize((round(256 * share), round(128 * share)))
    seen = Image.new("RGB", right.size)
    seen.paste(small, ((256 - small.width) // 2, (128 - small.height) // 2) if centred else (0, 0))
    assert is_resized(seen, thumbnail(right))
    assert not is_resized(seen, thumbnail(right.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))


@pytest.mark.parametrize("zoom", [1.5, 2.0, 3.0])
def test_larger_picture_that_is_cut_off_is_told(zoom: float) -> None:
    right = drawn()
    seen = right.resize((round(256 * zoom), round(128 * zoom))).crop((0, 0, 256, 128))
    assert is_resized(seen, thumbnail(right))


def test_other_pictures_and_black_are_no_other_size() -> None:
    wanted = thumbnail(drawn())
    assert not is_resized(Image.new("RGB", (256, 128), (30, 170, 60)), wanted)
    assert not is_resized(Image.new("RGB", (256, 128)), wanted)
    assert not is_resized(drawn(), thumbnail(Image.new("RGB", (256, 128))))


def turns(make_segment: MakeSegment) -> list[tuple[str, Path | None]]:
    return [(name, make_segment(name)) for name in ("red", "green", "blue")]


def wait_for(player: Player, verdict: Verdict, within_s: float = 30) -> None:
    def told() -> bool:
        time.sleep(LOOK_S)
        return player.report().verdict is verdict

    until(told, f"the verdict {verdict}", within_s)


def looks_until(player: Player, verdict: Verdict, most: int) -> list[Verdict]:
    """Look twice a second until a verdict comes; all verdicts on the way."""
    seen: list[Verdict] = []
    while verdict not in seen and len(seen) < most:
        time.sleep(LOOK_S)
        seen.append(player.report().verdict)
    return seen


@pytest.fixture
def vlc_player(own_folder: Path) -> Iterator[VlcPlayer]:
    made = VlcPlayer(own_folder, own_display=True)
    yield made
    made.stop()


def cover(display: str, colour: int, picture: Image.Image | None = None) -> Display:
    """Lay a window of one colour over the whole screen, as another program would; or a picture over the panel."""
    connection = Display(display)
    root = connection.screen().root
    size = root.get_geometry()
    x, y, width, height = 0, 0, size.width, size.height
    if picture is not None:
        x, y, width, height = PANEL.window.x, PANEL.window.y, picture.width, picture.height
    window = root.create_window(x, y, width, height, 0, X.CopyFromParent, background_pixel=colour, override_redirect=1)
    if picture is not None:
        drawn = window.create_pixmap(width, height, connection.screen().root_depth)
        drawn.put_pil_image(drawn.create_gc(), 0, 0, picture)
        window.change_attributes(background_pixmap=drawn)
    window.map()
    window.raise_window()
    connection.sync()
    return connection


def test_picture_that_stands_still_is_frozen_and_fine_again(vlc_player: VlcPlayer, make_segment: MakeSegment) -> None:
    vlc_player.start(PANEL, in_turns(turns(make_segment)))
    wait_for(vlc_player, Verdict.FINE)
    jpeg = vlc_player.capture_jpeg()
    assert jpeg is not None
    over = cover(vlc_player.display or "", 0, Image.open(io.BytesIO(jpeg)).convert("RGB"))
    assert looks_until(vlc_player, Verdict.FROZEN, 9)[-1] is Verdict.FROZEN
    over.close()
    wait_for(vlc_player, Verdict.FINE)


@pytest.mark.parametrize(("colour", "verdict"), [(0x000000, Verdict.BLACK), (0x805010, Verdict.WRONG)])
def test_covered_picture_is_black_or_wrong_until_it_is_uncovered(
    vlc_player: VlcPlayer, make_segment: MakeSegment, colour: int, verdict: Verdict
) -> None:
    vlc_player.start(PANEL, in_turns(turns(make_segment)))
    wait_for(vlc_player, Verdict.FINE)
    over = cover(vlc_player.display or "", colour)
    assert looks_until(vlc_player, verdict, 6)[-1] is verdict
    over.close()
    wait_for(vlc_player, Verdict.FINE)


def test_window_of_the_wrong_size_is_told(vlc_player: VlcPlayer, make_segment: MakeSegment) -> None:
    vlc_player.start(PANEL, in_turns(turns(make_segment)))
    wait_for(vlc_player, Verdict.FINE)
    connection = Display(vlc_player.display or "")
    *_, picture = connection.screen().root.query_tree().children
    picture.configure(width=PANEL.width // 2, height=PANEL.height // 2)
    connection.sync()
    assert looks_until(vlc_player, Verdict.WRONG_SIZE, 8)[-1] is Verdict.WRONG_SIZE
    picture.configure(width=PANEL.width, height=PANEL.height)
    connection.sync()
    wait_for(vlc_player, Verdict.FINE)
    connection.close()


def test_destroyed_window_of_vlc_is_a_missing_output(vlc_player: VlcPlayer, make_segment: MakeSegment) -> None:
    vlc_player.start(PANEL, in_turns(turns(make_segment)))
    wait_for(vlc_player, Verdict.FINE)
    connection = Display(vlc_player.display or "")
    *_, picture = connection.screen().root.query_tree().children
    for child in picture.query_tree().children:
        child.destroy()
    connection.sync()
    assert looks_until(vlc_player, Verdict.OUTPUT_MISSING, 9)[-1] is Verdict.OUTPUT_MISSING
    connection.close()


def as_black(picture: Image.Image) -> Image.Image:
    return Image.new("RGB", picture.size)


def as_other(picture: Image.Image) -> Image.Image:
    return Image.new("RGB", picture.size, (128, 80, 16))


def as_smaller(picture: Image.Image) -> Image.Image:
    seen = as_black(picture)
    seen.paste(picture.resize((picture.width // 2, picture.height // 2)), (0, 0))
    return seen


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (as_black, Verdict.BLACK),
        (as_other, Verdict.WRONG),
        (as_smaller, Verdict.WRONG_SIZE),
        (lambda _: None, Verdict.OUTPUT_MISSING),
    ],
)
def test_software_player_says_the_same(
    own_folder: Path,
    make_segment: MakeSegment,
    fault: Callable[[Image.Image], Image.Image | None],
    verdict: Verdict,
) -> None:
    faulty = [False]
    player = SoftwarePlayer(own_folder, lambda picture: fault(picture) if faulty[0] else picture)
    try:
        player.start(PANEL, in_turns(turns(make_segment)))
        wait_for(player, Verdict.FINE)
        faulty[0] = True
        assert looks_until(player, verdict, 6)[-1] is verdict
        faulty[0] = False
        wait_for(player, Verdict.FINE)
    finally:
        player.stop()


def test_software_player_whose_picture_stands_still_is_frozen(own_folder: Path, make_segment: MakeSegment) -> None:
    kept: list[Image.Image] = []
    frozen = [False]

    def paint(picture: Image.Image) -> Image.Image:
        kept[:] = kept if frozen[0] else [picture]
        return kept[0]

    player = SoftwarePlayer(own_folder, paint)
    try:
        player.start(PANEL, in_turns(turns(make_segment)))
        wait_for(player, Verdict.FINE)
        frozen[0] = True
        assert looks_until(player, Verdict.FROZEN, 8)[-1] is Verdict.FROZEN
    finally:
        player.stop()


def test_stream_that_nobody_feeds_any_more_is_frozen(own_folder: Path, make_segment: MakeSegment) -> None:
    held = [False]

    def next_cue(at: datetime) -> Cue:
        while held[0]:
            time.sleep(0.05)
        return Cue("red", make_segment("red"), at, at + timedelta(seconds=1))

    player = SoftwarePlayer(own_folder)
    try:
        player.start(PANEL, next_cue)
        wait_for(player, Verdict.FINE)
        held[0] = True
        assert looks_until(player, Verdict.FROZEN, 9)[-1] is Verdict.FROZEN
        held[0] = False
        wait_for(player, Verdict.FINE)
    finally:
        held[0] = False
        player.stop()


def test_before_the_stream_began_nothing_is_said(own_folder: Path) -> None:
    player = SoftwarePlayer(own_folder)
    assert player.report().verdict is Verdict.UNKNOWN
    assert VlcPlayer(own_folder).report().verdict is Verdict.UNKNOWN
