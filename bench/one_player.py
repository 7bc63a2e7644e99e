"""The baselines of `gap`: one MediaPlayer with `set_media` at every whole second, or a MediaListPlayer in a loop.

They play files of mixed native sizes, with the window and the VLC options of the real player. Runs as a child process:
`python -m bench.one_player SPEC`.
"""

from __future__ import annotations

import os
import sys
import time
from enum import StrEnum
from pathlib import Path

import vlc
from pydantic import BaseModel

from bench.eye import PURPLE, TEAL
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.stage import Frames, Stage


class Way(StrEnum):
    """How the files follow one another."""

    SET_MEDIA = "set_media"
    LIST_PLAYER = "list_player"


class BaselineSpec(BaseModel):
    """Where to play, how, what (item number is the index), and for how long."""

    display: str
    placement: Placement
    way: Way
    files: list[Path]
    seconds: float


def play(spec: BaselineSpec) -> None:
    """Show item `second % len(files)` from every whole UTC second on, as well as the way allows."""
    place = spec.placement
    frames = Frames(spec.display, place, PURPLE, TEAL)
    frames.show(beneath=False)
    stage = Stage(frames)
    stage.player.video_set_aspect_ratio(f"{place.width}:{place.height}")
    (_set_media if spec.way is Way.SET_MEDIA else _list)(stage, spec)
    stage.close()


def _set_media(stage: Stage, spec: BaselineSpec) -> None:
    media = _media(stage, spec.files, ":image-duration=30")
    second = int(time.time()) + 1
    end = second + spec.seconds
    while second < end:
        time.sleep(max(0.0, second - time.time()))
        stage.player.set_media(media[second % len(media)])
        stage.player.play()
        second += 1


def _list(stage: Stage, spec: BaselineSpec) -> None:
    media = _media(stage, spec.files, ":image-duration=1", ":stop-time=1")
    order = stage.instance.media_list_new()
    begin = int(time.time()) + 1
    for number in range(len(media)):
        order.add_media(media[(begin + number) % len(media)])
    player = stage.instance.media_list_player_new()
    player.set_media_player(stage.player)
    player.set_media_list(order)
    player.set_playback_mode(vlc.PlaybackMode.loop)
    time.sleep(max(0.0, begin - time.time()))
    player.play()
    time.sleep(spec.seconds)
    player.stop()


def _media(stage: Stage, files: list[Path], *options: str) -> list[vlc.Media]:
    made = [stage.instance.media_new_path(str(path)) for path in files]
    for medium in made:
        for option in options:
            medium.add_option(option)
    return made


if __name__ == "__main__":
    spec = BaselineSpec.model_validate_json(sys.argv[1])
    os.environ["DISPLAY"] = spec.display
    play(spec)
