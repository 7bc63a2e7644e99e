from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from mss import MSS
from PIL import Image

from bench.emergency import Eye
from bench.running import split
from kiosk_agent.player.placement import Placement
from playlists.manifest import PanelSpec

SIZE = (64, 32)
PANEL = PanelSpec.model_validate({"id": "0" * 32, "slug": "bench-0", "name": "Bench", "width": 64, "height": 32})


@dataclass
class Shot:
    size: tuple[int, int]
    bgra: bytes


class Screen:
    """What stands on the panel, one picture after another; the last one stays."""

    def __init__(self, *greys: int) -> None:
        self.greys = list(greys)

    def grab(self, _area: object) -> Shot:
        grey = self.greys.pop(0) if len(self.greys) > 1 else self.greys[0]
        return Shot(SIZE, Image.new("RGBX", SIZE, (grey, grey, grey, 0)).tobytes())


def eye(*greys: int) -> Eye:
    return Eye(cast("MSS", Screen(*greys)), Placement.of(PANEL))


def test_a_warning_is_whatever_differs_from_what_is_usually_there() -> None:
    assert eye(10, 10, 14, 200).until(warned=True, seconds=5) is not None
    assert eye(10, 200, 200, 11).until(warned=False, seconds=5) is not None


def test_what_does_not_come_is_never_seen() -> None:
    assert eye(10, 14).until(warned=True, seconds=0.05) is None


def test_kiosks_are_shared_between_processes() -> None:
    parts = split(list(range(101)))
    assert sorted(one for part in parts for one in part) == list(range(101))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
