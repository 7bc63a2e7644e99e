"""Both players end to end, on real pixels: the software player, and VLC in its child under Xvfb."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest
from PIL import Image

from kiosk_agent.player.choose import PlayerUnavailable, make_player
from kiosk_agent.player.pacing import RENEWAL_S
from kiosk_agent.player.port import Cue, Player, PlayerReport
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.manifest import OutputWindow

from .conftest import COLOURS, PANEL, MakeSegment, in_turns, until
from .test_groups import hostile_files


@pytest.fixture(params=["software", "vlc"])
def player(request: pytest.FixtureRequest, own_folder: Path) -> Iterator[Player]:
    made: Player = (
        SoftwarePlayer(own_folder) if request.param == "software" else VlcPlayer(own_folder, own_display=True)
    )
    yield made
    made.stop()


@pytest.fixture
def vlc_player(own_folder: Path) -> Iterator[VlcPlayer]:
    made = VlcPlayer(own_folder, own_display=True)
    yield made
    made.stop()


def picture(player: Player) -> Image.Image | None:
    jpeg = player.capture_jpeg()
    return None if jpeg is None else Image.open(io.BytesIO(jpeg))


def colour(player: Player) -> str | None:
    """Name the colour that is in the middle of the panel."""
    seen = picture(player)
    if seen is None:
        return None
    pixel = seen.getpixel((seen.width // 2, seen.height * 3 // 4))
    assert isinstance(pixel, tuple)
    if max(pixel) < 24:
        return "black"
    near = [name for name, known in COLOURS.items() if all(abs(a - b) < 16 for a, b in zip(pixel, known, strict=True))]
    return near[0] if near else "other"


def good_report(player: Player) -> PlayerReport | None:
    report = player.report()
    good = report.shown is not None and (report.match_permille or 0) >= 950 and not report.stalled
    return report if good else None


def watch_colours(player: Player, count: int) -> list[str]:
    """Return the next colours on the panel, each named once."""
    seen: list[str] = []

    def another() -> bool:
        player.report()
        now = colour(player)
        if now is not None and now != (seen[-1] if seen else None):
            seen.append(now)
        return len(seen) >= count

    until(another, f"{count} pictures, seen {seen}")
    return seen


def test_items_are_shown_in_order_and_equal_the_plan(player: Player, make_segment: MakeSegment) -> None:
    items: list[tuple[str, Path | None]] = [(name, make_segment(name)) for name in COLOURS]
    player.start(PANEL, in_turns(items))
    until(lambda: colour(player) in COLOURS, "the first picture")
    seen = watch_colours(player, 4)
    order = ["red", "green", "blue", "red", "green", "blue", "red"]
    assert any(order[n : n + 4] == seen for n in range(3)), seen
    report = until(lambda: good_report(player), "a capture that equals the plan")
    assert report.shown is not None
    assert report.shown.key in COLOURS
    assert report.frames > 0
    assert report.error is None
    seen_now = picture(player)
    assert seen_now is not None
    assert seen_now.size == (PANEL.width, PANEL.height)


def test_hostile_segments_and_dark_never_end_the_stream(
    player: Player, tmp_path: Path, make_segment: MakeSegment
) -> None:
    bad = hostile_files(tmp_path, make_segment("red", "green"))
    items: list[tuple[str, Path | None]] = [
        ("random", bad["random"]),
        ("dark", None),
        ("cut", bad["cut_head"]),
        ("blue", make_segment("blue")),
    ]
    player.start(PANEL, in_turns(items))
    told: dict[str, PlayerReport] = {}

    def all_shown() -> bool:
        report = player.report()
        if report.shown is not None and (report.match_permille or 0) >= 950:
            told[report.shown.key] = report
        return {"safe_loop", "dark", "blue"} <= set(told)

    until(all_shown, "the safe picture, black, and the sound segment")
    assert "cannot be played" in (told["safe_loop"].error or "")
    assert told["blue"].error is None


def test_refresh_brings_the_change_and_an_agent_that_fails_holds_the_picture(
    player: Player, make_segment: MakeSegment
) -> None:
    on_air = ["red"]

    def next_cue(at: datetime) -> Cue:
        if on_air == ["nothing"]:
            raise RuntimeError("the manifest is gone")
        return Cue(on_air[0], make_segment(on_air[0]), at, at + timedelta(hours=1))

    player.start(PANEL, next_cue)
    until(lambda: good_report(player) and colour(player) == "red", "red")
    on_air[0] = "green"
    player.refresh()
    until(lambda: good_report(player) and colour(player) == "green", "green")
    on_air[0] = "nothing"
    player.refresh()
    report = until(lambda: _if_error(player.report()), "the complaint")
    assert "the manifest is gone" in (report.error or "")
    until(lambda: player.report().frames > report.frames, "more frames")
    assert colour(player) == "green"
    on_air[0] = "green"
    until(lambda: player.report().error is None, "the complaint to go")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_child_that_dies_or_hangs_is_started_anew(
    how: signal.Signals, vlc_player: VlcPlayer, make_segment: MakeSegment
) -> None:
    items: list[tuple[str, Path | None]] = [(name, make_segment(name)) for name in COLOURS]
    vlc_player.start(PANEL, in_turns(items))
    before = until(lambda: good_report(vlc_player), "the first picture")
    first = vlc_player.child_pid
    assert first is not None
    os.kill(first, how)
    trouble = until(lambda: _if_error(vlc_player.report()), "the report of the death")
    assert trouble.stalled
    assert "started anew" in (trouble.error or "")
    assert trouble.crashed is not None
    assert trouble.crashed.key in COLOURS
    assert vlc_player.report().crashed is None
    until(lambda: good_report(vlc_player), "pictures again")
    assert vlc_player.child_pid != first
    assert not psutil.pid_exists(first)
    until(lambda: vlc_player.report().frames > before.frames, "the count of frames to go on")


def test_child_above_its_memory_ceiling_is_started_anew(own_folder: Path, make_segment: MakeSegment) -> None:
    player = VlcPlayer(own_folder, own_display=True, most_rss_mb=5)
    try:
        player.start(PANEL, in_turns([("red", make_segment("red"))]))
        report = until(lambda: _if_error(player.report()), "the ceiling")
        assert "the ceiling is 5 MB" in (report.error or "")
    finally:
        player.stop()


def test_dead_xvfb_is_started_anew_and_stop_leaves_no_process(vlc_player: VlcPlayer, make_segment: MakeSegment) -> None:
    others = set(psutil.Process().children(recursive=True))
    vlc_player.start(PANEL, in_turns([("red", make_segment("red"))]))
    until(lambda: good_report(vlc_player), "the first picture")
    assert vlc_player._x is not None
    assert vlc_player._x.process is not None
    vlc_player._x.process.kill()
    until(lambda: not good_report(vlc_player), "the loss of the screen")
    until(lambda: good_report(vlc_player), "pictures again")
    ours = set(psutil.Process().children(recursive=True)) - others
    assert len(ours) >= 2
    vlc_player.stop()
    assert not any(child.is_running() for child in ours)
    assert vlc_player.capture_jpeg() is None
    assert vlc_player.report().stalled


def test_vlc_plays_on_over_a_renewed_timeline(own_folder: Path, make_segment: MakeSegment) -> None:
    player = VlcPlayer(own_folder, own_display=True, timeline_s=RENEWAL_S - 3)
    try:
        player.start(PANEL, in_turns([(name, make_segment(name)) for name in COLOURS]))
        until(lambda: good_report(player), "the first picture")
        seen = watch_colours(player, 5)
        turns = list(COLOURS)
        first = turns.index(seen[1])
        assert seen[1:] == [turns[(first + n) % 3] for n in range(4)]
        assert player.report().error is None
    finally:
        player.stop()


def test_start_with_another_panel_begins_anew_upright(player: Player, make_segment: MakeSegment) -> None:
    player.start(PANEL, in_turns([("red", make_segment("red"))]))
    until(lambda: good_report(player), "the first panel")
    window = OutputWindow(hdmi_width=320, hdmi_height=320, rotation=90)
    taller = PANEL.model_copy(update={"width": 96, "height": 160, "window": window})
    player.start(taller, in_turns([("green", make_segment("green", profile=taller.profile))]))
    until(lambda: good_report(player), "the second panel, which is turned")
    seen = picture(player)
    assert seen is not None
    assert seen.size == (96, 160)
    assert colour(player) == "green"
    corner = seen.getpixel((8, 8))
    assert isinstance(corner, tuple)
    assert min(corner) > 200


def test_auto_takes_vlc_where_it_can_run(own_folder: Path) -> None:
    assert make_player("auto", own_folder).name == "vlc"
    assert make_player("vlc", own_folder).name == "vlc"
    assert make_player("software", own_folder).name == "software"


def test_auto_falls_back_where_there_is_no_display(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert make_player("auto", own_folder).name == "software"
    with pytest.raises(PlayerUnavailable, match="apt-get install"):
        make_player("vlc", own_folder)


def test_unknown_kind_of_player_is_refused(own_folder: Path) -> None:
    with pytest.raises(ValueError, match="omx"):
        make_player("omx", own_folder)


def _if_error(report: PlayerReport) -> PlayerReport | None:
    return report if report.error is not None else None
