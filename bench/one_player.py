"""The baseline of `gap`: one MediaPlayer, `set_media` at every whole second, files of mixed native sizes.

Runs as a child process with the window and the VLC options of the real player: `python -m bench.one_player SPEC`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from bench.eye import PURPLE, TEAL
from kiosk_agent.player.stage import Frames, Placement, Stage


class BaselineSpec(BaseModel):
    """Where to play, what (item number is the index), and for how long."""

    display: str
    placement: Placement
    files: list[Path]
    seconds: float


def play(spec: BaselineSpec) -> None:
    """Show item `second % len(files)` from every whole UTC second on."""
    place = spec.placement
    stage = Stage(Frames(spec.display, place, PURPLE, TEAL))
    stage.player.video_set_aspect_ratio(f"{place.width}:{place.height}")
    media = [stage.instance.media_new_path(str(path)) for path in spec.files]
    for medium in media:
        medium.add_option(":image-duration=30")
    second = int(time.time()) + 1
    end = second + spec.seconds
    while second < end:
        time.sleep(max(0.0, second - time.time()))
        stage.player.set_media(media[second % len(media)])
        stage.player.play()
        second += 1
    stage.close()


if __name__ == "__main__":
    spec = BaselineSpec.model_validate_json(sys.argv[1])
    os.environ["DISPLAY"] = spec.display
    play(spec)
