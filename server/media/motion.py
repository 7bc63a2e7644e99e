"""Cards that move: the layers of a composition become frames, and the frames whole seconds.

A card comes in within its first second and then stands still, so that the held last second looks right. A ticker rests,
runs through once around at whole pixels a frame, and rests where it began: its segment is whole rounds. Only the rows
that change are drawn for a frame. Runs in confined children only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from av.video.frame import VideoFrame
from PIL import Image

from playlists.card import Motion
from playlists.profile import Profile
from server.media.cards.composition import Composition, Layer, Role, flatten, lay
from server.media.planes import Band, Canvas
from server.media.segments import Stretch, still

MOVING = frozenset({Role.TITLE, Role.BODY, Role.ROWS})
STAGGER = 0.12
"""How much later than the one before it a layer begins, in parts of the second."""
_TRAVEL = 6
"""A sliding layer comes from a sixth of the panel's shorter side below its place."""
_SPEED = 3.5
"""How far a ticker runs in a second, in heights of its letters' line: about seven Latin or four Han characters."""


def card_stretches(composition: Composition, motion: Motion, seconds: int, profile: Profile) -> list[Stretch]:
    """Return a card's seconds: one for a still card, `seconds` for a moving one, whole rounds for a ticker."""
    end = still(flatten(composition), profile)
    if motion is Motion.TICKER:
        ticker = next((layer for layer in composition.layers if layer.role is Role.TICKER), None)
        return [end] if ticker is None else _rounds(composition, ticker, seconds, profile, end)
    coming = [layer for layer in composition.layers if layer.role in MOVING]
    if motion is Motion.NONE or not coming:
        return [end]
    travel = min(composition.width, composition.height) // _TRAVEL if motion is Motion.SLIDE else 0
    return [Stretch(_entry(composition, coming, travel, profile.fps)), *[end] * max(1, seconds - 1)]


def eased(part: float) -> float:
    """Return how far something has come that starts fast and stops softly (cubic), both from 0 to 1.

    >>> [round(eased(part), 3) for part in (-1, 0, 0.5, 1, 2)]
    [0.0, 0.0, 0.875, 1.0, 1.0]
    """
    return 1 - (1 - min(1.0, max(0.0, part))) ** 3


def arrivals(count: int, number: int, frames: int) -> list[float]:
    """Return how far each of `count` layers has come in frame `number` of `frames`; in the last one all are there."""
    stagger = min(STAGGER, 0.5 / max(1, count - 1))
    takes = 1 - stagger * (count - 1)
    at = (number + 1) / frames
    return [eased((at - stagger * place) / takes) for place in range(count)]


def _entry(composition: Composition, coming: Sequence[Layer], travel: int, fps: int) -> Iterator[VideoFrame]:
    top = min(layer.y for layer in coming)
    bottom = max(layer.y + layer.image.height for layer in coming) + travel
    band = Band.around(top, bottom, composition.height)
    ground = _without(composition, coming)
    canvas = Canvas(ground, band)
    rows = ground.crop((0, band.top, ground.width, band.bottom)).convert("RGBA")
    for number in range(fps):
        drawn = rows.copy()
        for layer, there in zip(coming, arrivals(len(coming), number, fps), strict=True):
            if there > 0:
                lay(drawn, _faint(layer, there), layer.x, layer.y - band.top + round(travel * (1 - there)))
        yield canvas.drawn(drawn.convert("RGB"))


def _without(composition: Composition, left_out: Sequence[Layer]) -> Image.Image:
    """Return the card without some of its layers."""
    kept = tuple(layer for layer in composition.layers if all(layer is not one for one in left_out))
    return flatten(replace(composition, layers=kept))


def _faint(layer: Layer, share: float) -> Layer:
    """Return the layer with so much of its opacity, and without a window."""
    image = layer.image
    if share < 1:
        image = image.copy()
        image.putalpha(image.getchannel("A").point([round(value * share) for value in range(256)]))
    return Layer(layer.role, image, layer.x, layer.y)


class Round(NamedTuple):
    """A ticker's way around: its places are `position(frame)` pixels to the left of where it begins."""

    seconds: int
    length: int
    """How far it runs until it looks as at the start: the text's width and the gap behind it."""
    position: Callable[[int], int]


def around(width: int, window: int, height: int, fps: int) -> Round:
    """Return how a text of `width` pixels runs through a window: whole pixels a frame, starting and stopping softly.

    The gap behind the text is at least half the window and makes the round whole seconds.
    """
    step = max(1, round(_SPEED * height / fps))
    ramp = fps // 2
    least = width + window // 2
    frames = math.ceil((math.ceil(least / step) + ramp) / fps) * fps
    length = step * (frames - ramp)

    def position(frame: int) -> int:
        """Constant speed between two ramps of constant acceleration, each half a second."""
        into, left = min(frame, ramp), min(max(0, frames - frame), ramp)
        run = step * into * into / (2 * ramp) + step * max(0, min(frame, frames - ramp) - ramp)
        run += step * (ramp / 2 - left * left / (2 * ramp)) if frame > frames - ramp else 0
        return min(length, int(run))

    return Round(frames // fps, length, position)


def _rounds(
    composition: Composition, ticker: Layer, seconds: int, profile: Profile, rest: Stretch
) -> list[Stretch]:  # fmt: skip
    window = ticker.window
    if window is None or ticker.image.width <= window.width:
        return [rest]
    trip = around(ticker.image.width, window.width, ticker.image.height, profile.fps)
    run = Stretch(_running(composition, ticker, trip, profile.fps))
    times = max(1, (seconds - 1) // (trip.seconds + 1))
    return [rest, *[run, rest] * times]


def _running(composition: Composition, ticker: Layer, trip: Round, fps: int) -> Iterator[VideoFrame]:
    window = ticker.window
    if window is None:
        return
    band = Band.around(window.y, window.bottom, composition.height)
    ground = _without(composition, [ticker])
    canvas = Canvas(ground, band)
    rows = ground.crop((0, band.top, ground.width, band.bottom)).convert("RGBA")
    seen = window._replace(y=window.y - band.top)
    layer = Layer(ticker.role, ticker.image, ticker.x, ticker.y - band.top, seen)
    for frame in range(trip.seconds * fps):
        left = layer.x - trip.position(frame + 1)
        drawn = rows.copy()
        lay(drawn, layer, left, layer.y)
        lay(drawn, layer, left + trip.length, layer.y)
        yield canvas.drawn(drawn.convert("RGB"))
