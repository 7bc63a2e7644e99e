"""Setting paragraphs below each other in a box, as large as the box allows between a least and a greatest size.

A text that does not fit at the declared least is made smaller still, down to `FLOOR_PX`, and then runs over: what was
done is told by `Setting.scale` and `Setting.fits`, nothing is left out. Lines keep so far apart that a stacked mark
never touches the line above, by the ink of the very letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol

from playlists.language import Language
from playlists.measured import TextRole
from server.media.cards.composition import Box, Role, Slot
from server.media.cards.fonts import Type
from server.media.cards.lines import broken
from server.media.cards.palette import Colour

FLOOR_PX = 6
"""Below this no letter can be told from another."""
CAP = 0.74
"""Height of a capital in parts of the em, for places; the two faces agree within a hundredth."""
DESCENT = 0.2
BESIDE_MOST = 0.75
"""The em of another language beside the first, at most, in parts of the first's."""
_SHRUNK_FOR_LOOKS = 0.7
_LEADING = {Language.VI: 1.3, Language.EN: 1.24, Language.ZH: 1.34}
_TIGHT = {Language.VI: 1.2, Language.EN: 1.12, Language.ZH: 1.22}


class Align(StrEnum):
    """Where lines stand in their box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Scale(NamedTuple):
    """The size of a group's largest text, between its declared bounds; ems in pixels."""

    base: int
    least: int
    greatest: int

    @property
    def share(self) -> float:
        """How far the size is from the least (0) to the greatest (1)."""
        return max(0.0, min(1.0, (self.base - self.least) / max(1, self.greatest - self.least)))


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: its size is `ratio` of the group's, or `small_ratio` when the group is at its least.

    `least` is its own declared least in pixels; `beside` is the block of another language that it stays below by
    `BESIDE_MOST`, whatever its least. `above` is the gap over it in parts of its own size. More than `most_lines` do
    not fit, more than `wanted_lines` are avoided.
    """

    text: str
    language: Language
    role: TextRole
    weight: int
    colour: Colour
    ground: Colour
    ratio: float = 1.0
    small_ratio: float | None = None
    beside: Block | None = None
    least: int = FLOOR_PX
    above: float = 0.0
    align: Align = Align.LEFT
    bullet: Colour | None = None
    most_lines: int = 99
    wanted_lines: int = 99
    layer: Role = Role.BODY

    def size(self, scale: Scale) -> int:
        """Return the em in pixels when the group has this scale."""
        small = self.ratio if self.small_ratio is None else self.small_ratio
        wanted = round(scale.base * (small + (self.ratio - small) * scale.share))
        least = self.least if scale.base >= scale.least else FLOOR_PX
        size = max(wanted, least)
        return max(FLOOR_PX, size if self.beside is None else min(size, int(self.beside.size(scale) * BESIDE_MOST)))


class Line(NamedTuple):
    """A set line: the pen's start and the baseline in pixels of the box."""

    text: str
    x: int
    baseline: int
    letters: Type
    block: Block


class Mark(NamedTuple):
    """A filled rectangle: part of a layer, or of the ground."""

    box: Box
    colour: Colour
    layer: Role | None = None


class Laid(NamedTuple):
    """Something set at one size: its parts relative to its left upper corner, and whether it is as it should be.

    `height` ends at the lowest ink; `tail` is the room below it that letters with descenders would take. `poor`: it
    would look better a little smaller (a split word, a lonely syllable, more lines than wanted).
    """

    height: int
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    slots: tuple[Slot, ...] = ()
    fits: bool = True
    poor: bool = False
    tail: int = 0

    def moved(self, x: int, y: int) -> Laid:
        """Return the same elsewhere."""
        return self._replace(
            lines=tuple(line._replace(x=line.x + x, baseline=line.baseline + y) for line in self.lines),
            marks=tuple(mark._replace(box=_shifted(mark.box, x, y)) for mark in self.marks),
            slots=tuple(slot._replace(box=_shifted(slot.box, x, y)) for slot in self.slots),
        )


def _shifted(box: Box, x: int, y: int) -> Box:
    return box._replace(x=box.x + x, y=box.y + y)


class Flowing(Protocol):
    """What can be set below other things."""

    def lay(self, scale: Scale, width: int) -> Laid:
        """Set it at a scale within a width."""

    def gap(self, scale: Scale) -> int:
        """Return the pixels to leave free above it when it is not the first."""


class Setting(NamedTuple):
    """A group set in its box: everything in pixels of the panel."""

    laid: Laid
    scale: Scale
    box: Box

    @property
    def fits(self) -> bool:
        """Whether all of it lies in the box."""
        return self.laid.fits and self.laid.height <= self.box.height


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block as something that flows."""

    block: Block

    def gap(self, scale: Scale) -> int:
        """Return the pixels to leave free above it."""
        return round(self.block.above * self.block.size(scale))

    def lay(self, scale: Scale, width: int) -> Laid:
        """Set the paragraph."""
        return set_block(self.block, self.block.size(scale), width)


@lru_cache(maxsize=4096)
def set_block(block: Block, size: int, width: int) -> Laid:
    """Set a block at a size; its height goes from the top of the first line's ink to the bottom of the last."""
    letters = Type(block.language, block.weight, size)
    indent = round(size * 0.8) if block.bullet else 0
    how = broken(block.text, letters, width - indent)
    inks = [letters.ink(line) for line in how.lines]
    leading = _leading(block, size, inks)
    top = max(round(CAP * size), -inks[0].top) if inks else 0
    lines = []
    for number, (text, ink) in enumerate(zip(how.lines, inks, strict=True)):
        spare = width - indent - (ink.right - ink.left)
        x = {Align.LEFT: -ink.left, Align.CENTRE: round(spare / 2), Align.RIGHT: width - indent - ink.right}[
            block.align
        ]
        lines.append(Line(text, indent + x, top + number * leading, letters, block))
    bottom = max(0, inks[-1].bottom) if inks else 0
    height = top + leading * max(0, len(lines) - 1) + bottom
    return Laid(
        height,
        tuple(lines),
        _bullet(block, size, top),
        fits=not how.too_wide and len(lines) <= block.most_lines,
        poor=how.poor or len(lines) > block.wanted_lines,
        tail=max(0, round(DESCENT * size) - bottom),
    )


def _leading(block: Block, size: int, inks: Sequence[tuple[int, int, int, int]]) -> int:
    usual = (_TIGHT if block.role is TextRole.TITLE else _LEADING)[block.language]
    clear = max(1, round(size * 0.05))
    needed = [above[3] - below[1] + clear for above, below in pairwise(inks)]
    return max(round(size * usual), *needed, 0)


def _bullet(block: Block, size: int, baseline: int) -> tuple[Mark, ...]:
    if block.bullet is None:
        return ()
    side = max(2, round(size * 0.28))
    middle = round(size * (0.36 if block.language is Language.ZH else 0.3))
    return (Mark(Box(0, baseline - middle - side // 2, side, side), block.bullet, block.layer),)


def flow(items: Sequence[Flowing], scale: Scale, width: int) -> Laid:
    """Set things below each other."""
    y, tail, parts = 0, 0, []
    for number, item in enumerate(items):
        y += tail + item.gap(scale) if number else 0
        part = item.lay(scale, width)
        parts.append(part.moved(0, y))
        y, tail = y + part.height, part.tail
    return Laid(
        y,
        tuple(line for part in parts for line in part.lines),
        tuple(mark for part in parts for mark in part.marks),
        tuple(slot for part in parts for slot in part.slots),
        all(part.fits for part in parts),
        any(part.poor for part in parts),
        tail,
    )


def fit(items: Sequence[Flowing], box: Box, least: int, greatest: int, *, upright: float = 0.5) -> Setting:
    """Set things below each other in a box, as large as it goes.

    `upright` says where they stand when there is room: 0 at the top, 0.5 in the middle, 1 at the bottom.
    """
    return fit_together([Group(tuple(items), box, upright)], least, greatest)[0]


class Group(NamedTuple):
    """Things to set below each other in a box; see `fit` for `upright`."""

    items: tuple[Flowing, ...]
    box: Box
    upright: float = 0.5


def fit_best(arrangements: Sequence[Sequence[Group]], least: int, greatest: int) -> tuple[int, list[Setting]]:
    """Return the number of the arrangement that can be set largest (of equals the first), and its settings."""
    best: tuple[int, list[Setting]] | None = None
    for number, groups in enumerate(arrangements):
        if best is not None and _all_fit(best[1]) and best[1][0].scale.base >= least:
            larger = best[1][0].scale.base + 1
            if larger > greatest or not _all_fit(_at_scale(groups, Scale(larger, least, max(least, greatest)))):
                continue
        settings = fit_together(groups, least, greatest)
        if best is None or _worth(settings) > _worth(best[1]):
            best = number, settings
    if best is None:
        raise ValueError("there is no arrangement to choose from")
    return best


def _worth(settings: Sequence[Setting]) -> tuple[bool, int]:
    return _all_fit(settings), settings[0].scale.base


def _at_scale(groups: Sequence[Group], scale: Scale) -> list[Setting]:
    return [Setting(flow(group.items, scale, group.box.width), scale, group.box) for group in groups]


def fit_together(groups: Sequence[Group], least: int, greatest: int) -> list[Setting]:
    """Set several groups, each in its box, at the one largest scale at which all of them fit."""

    def at(base: int) -> list[Setting]:
        return _at_scale(groups, Scale(base, least, max(least, greatest)))

    chosen = _largest(at, least, max(least, greatest)) or _largest(at, FLOOR_PX, least - 1) or at(FLOOR_PX)
    chosen = _without_poor(chosen, at, least)
    return [
        setting._replace(laid=setting.laid.moved(group.box.x, group.box.y + _spare(setting, group.upright)))
        for setting, group in zip(chosen, groups, strict=True)
    ]


def _spare(setting: Setting, upright: float) -> int:
    return round(max(0, setting.box.height - setting.laid.height) * upright)


def _all_fit(settings: Sequence[Setting]) -> bool:
    return all(setting.fits for setting in settings)


def _without_poor(chosen: list[Setting], at: _At, least: int) -> list[Setting]:
    """Return smaller settings when only those split no word and end no paragraph with a lonely syllable."""

    def poor(settings: list[Setting]) -> bool:
        return any(setting.laid.poor for setting in settings)

    base = chosen[0].scale.base if chosen else 0
    if not poor(chosen) or not _all_fit(chosen):
        return chosen
    smaller = _ladder(max(least, round(base * _SHRUNK_FOR_LOOKS)), base - 1)[::-1]
    return next((one for one in map(at, smaller) if _all_fit(one) and not poor(one)), chosen)


class _At(Protocol):
    def __call__(self, base: int, /) -> list[Setting]: ...


def _ladder(low: int, high: int) -> list[int]:
    """Return sizes from the lowest to the highest, about a fortieth apart where that is more than a pixel."""
    steps, size = [], high
    while size >= low:
        steps.append(size)
        size -= max(1, size // 40)
    if steps and steps[-1] != low:
        steps.append(low)
    return steps[::-1]


def _largest(at: _At, low: int, high: int) -> list[Setting] | None:
    """Return the largest settings that fit, by bisection; None when even the smallest do not."""
    sizes = _ladder(low, high)
    if not sizes:
        return None
    best = at(low)
    if not _all_fit(best):
        return None
    first, last = 0, len(sizes) - 1
    while first < last:
        middle = (first + last + 1) // 2
        tried = at(sizes[middle])
        if _all_fit(tried):
            first, best = middle, tried
        else:
            last = middle - 1
    return best


def fit_line(block: Block, box: Box, greatest: int, least: int = FLOOR_PX) -> Setting:
    """Set a block on one line in the middle of a box, as large as width and height allow."""
    single = replace(block, most_lines=1)

    def at(base: int) -> list[Setting]:
        return [Setting(set_block(single, base, box.width), Scale(base, base, base), box)]

    chosen = (_largest(at, least, max(least, greatest)) or at(least))[0]
    return chosen._replace(laid=chosen.laid.moved(box.x, box.y + (box.height - chosen.laid.height) // 2))
