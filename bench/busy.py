"""An encoder that keeps one core busy until it is killed: `python -m bench.busy`."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

from PIL import Image

from kiosk_agent.player.encode import encode_segment
from playlists.profile import Profile

SIZE = (1280, 720)


def main() -> None:
    """Encode noise again and again."""
    frames = [Image.effect_noise(SIZE, 20 + step).convert("RGB") for step in range(5)]
    with tempfile.TemporaryDirectory(prefix="bangtin-busy-") as folder:
        for number in count():
            encode_segment(Path(folder) / f"{number % 2}.mp4", Profile.of(*SIZE), frames)


if __name__ == "__main__":
    main()
