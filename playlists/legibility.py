"""Legibility: can people read a segment on a panel, from what the renderer measured; what cannot be read is blocked.

Five findings block, the rest advise. Every finding is a code with numbers, and may carry a fix that an editor applies
by one tap; the sentences are worded elsewhere. Measuring is the renderer's.

The rules and where they come from:

- Size, as an angle at the panel's viewing distance: 16 minutes of arc is the least height of a capital letter for
  reading (ISO 9241-3 and 9241-303), and below 10 it is unreadable to most (MUTCD 2A: an inch for 30 feet, 9.5 minutes).
  Han characters hold more strokes and are measured by their whole height: 20 and 13 minutes (JIS Z 8513: at least 20).
- Size, in pixels: a capital of 7 is the least that can be told apart and 9 the least for reading (ISO 9241-3: 5x7 and
  7x9 dots); Han characters need 12, the coarsest that bitmap faces are drawn in, and 16 to be read well (GB/T 5199).
- Contrast: 3 to 1 at least, 4.5 to 1 well (WCAG 2.2, 1.4.3).
- Flashing: at most three in any second (WCAG 2.2, 2.3.1).
- Reading speed: 987 characters a minute in English, 255 in Chinese (IReST, Trauzettel-Klosinski and Dietz 2012).
  Vietnamese was not measured there; it has English's, its letters being the same.
- Vietnamese first, other languages at most three quarters of its letters (Law on Advertising 16/2012/QH13, 18.2): a
  site's policy, since notices of authorities need not be advertisements.
- What says how serious a warning is (its colour and sign do, too) is never blocked for its size, and a remark in a
  corner is not judged by size and contrast: nobody needs to read it.
- Length: titles of 40 letters or 14 Han characters and bodies of 130 or 66 still fit two lines and a glance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from playlists.card import Colour
from playlists.language import Language, SegmentLanguage
from playlists.measured import Measured, MeasuredCode, MeasuredText, TextRole

CAPITAL_PERMILLE = 700
"""The height of a capital letter in thousandths of the em, as the faces in use have it."""
ARC_MINUTE = math.pi / 180 / 60
LEAST_CONTRAST_X100, GOOD_CONTRAST_X100 = 300, 450
MOST_FLASHES = 3
LEAST_ON_AIR_MS, MOST_ON_AIR_MS = 3_000, 60_000
ALLOWANCE_PERCENT = 10
"""Reading speeds are averages: so much over the seconds on air is not worth a remark."""
IDLE_FACTOR = 6
"""Words that stand this many times longer than they take to read are few for their time."""
IDLE_FROM_MS = 12_000


class FindingCode(StrEnum):
    """What can be wrong."""

    MISSING_GLYPH = "missing_glyph"
    CLIPPED = "clipped"
    TOO_SMALL = "too_small"
    CONTRAST = "contrast"
    FLASHING = "flashing"
    SMALL = "small"
    CODE_REACH = "code_reach"
    FAINT = "faint"
    TOO_FAST = "too_fast"
    TOO_MUCH_TEXT = "too_much_text"
    TOO_LITTLE_TEXT = "too_little_text"
    LANGUAGE_ORDER = "language_order"
    LANGUAGE_SIZE = "language_size"


BLOCKING = frozenset(
    {
        FindingCode.MISSING_GLYPH,
        FindingCode.CLIPPED,
        FindingCode.TOO_SMALL,
        FindingCode.CONTRAST,
        FindingCode.FLASHING,
    }
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Frozen):
    """One segment as it would go on air: what was measured of its words, and how it flashes."""

    language: SegmentLanguage
    measured: Measured | None = None
    """None for pictures and clips: nobody can measure the words in them."""
    flashes: Annotated[int, Field(ge=0)] = 0
    """The most flashes within any second: pairs of opposing changes of luminance as WCAG 2.2 counts them."""
    is_animated: bool = False

    @property
    def texts(self) -> tuple[MeasuredText, ...]:
        """Its texts in the order of reading."""
        return self.measured.texts if self.measured is not None else ()


class PanelFacts(_Frozen):
    """What of a panel decides whether people can read it. A pitch or distance that is not known judges no angle."""

    panel: str
    """Its name or id, given back in findings."""
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    pitch_um: Annotated[int, Field(ge=100, le=100_000)] | None = None
    """From one LED to the next, in micrometres: 10000 for P10."""
    viewing_distance_m: Annotated[int, Field(ge=1, le=1000)] | None = None
    """From where most people read it."""


class SizePolicy(_Frozen):
    """A site's rule about languages on one picture and in turn; None lifts the rule about sizes."""

    order: tuple[Language, ...] = (Language.VI, Language.EN, Language.ZH)
    others_at_most_percent: Annotated[int, Field(ge=10, le=200)] | None = 75


class FixKind(StrEnum):
    """What one tap changes."""

    ON_AIR_MS = "on_air_ms"
    """Milliseconds on air, for the finding's language."""
    ONE_AFTER_ANOTHER = "one_after_another"
    """The languages take turns instead of sharing one picture."""
    ORDER = "order"
    """The order of the languages, as codes with commas."""
    INK = "ink"
    """The colour of the letters."""
    MOTION = "motion"
    """How the words appear."""
    REMOVE = "remove"
    """Characters to take out of the text."""


class Fix(_Frozen):
    """A change that ends a finding."""

    kind: FixKind
    value: int | str = ""


class Finding(_Frozen):
    """One thing that is wrong with one segment on one panel."""

    code: FindingCode
    language: Language | None = None
    role: str | None = None
    """A `TextRole`, or `code` for the QR code."""
    panel: str | None = None
    numbers: dict[str, int] = {}
    text: str = ""
    """The characters it is about, where it is about characters."""
    fix: Fix | None = None

    @property
    def blocks(self) -> bool:
        """Tell whether the notice cannot go on air like this."""
        return self.code in BLOCKING

    @property
    def key(self) -> str:
        """What stays the same while a finding is the same: advice that a person has seen is not given again."""
        return ":".join(str(part or "") for part in (self.code, self.language, self.role, self.panel))


class Airing(_Frozen):
    """How a notice is shown: milliseconds on air for each language, and the order of its languages."""

    on_air_ms: Annotated[int, Field(ge=1)] = 10_000
    order: tuple[Language, ...] = (Language.VI, Language.EN, Language.ZH)
    policy: SizePolicy = SizePolicy()


def check(segments: Sequence[Shown], panel: PanelFacts, airing: Airing) -> tuple[Finding, ...]:
    """Return what is wrong with a notice's segments on a panel: what blocks first, then advice; each once."""
    found = [finding for one in segments for finding in _of_segment(one, panel, airing)]
    found += _order(airing)
    unique: dict[str, Finding] = {}
    for finding in found:
        unique.setdefault(finding.key, finding)
    return tuple(sorted(unique.values(), key=lambda finding: not finding.blocks))


def may_go_on_air(findings: Iterable[Finding]) -> bool:
    """Tell whether nothing blocks."""
    return not any(finding.blocks for finding in findings)


def counted(text: str) -> tuple[int, int]:
    """Return how many Han characters a text has, and how many others, spaces at line ends left out.

    >>> counted("每日07:00–17:00（越南时间）")
    (6, 13)
    """
    joined = " ".join(text.split())
    han = sum(1 for char in joined if is_han(char))
    return han, len(joined) - han


def is_han(char: str) -> bool:
    """Tell whether a character is a Han character."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003ffff"


LATIN_CHARACTERS_PER_MINUTE = 987
HAN_CHARACTERS_PER_MINUTE = 255


def reading_ms(texts: Iterable[str]) -> int:
    """Return how long an adult reads texts, in milliseconds."""
    counts = [counted(text) for text in texts]
    han, others = sum(one for one, _ in counts), sum(one for _, one in counts)
    return han * 60_000 // HAN_CHARACTERS_PER_MINUTE + others * 60_000 // LATIN_CHARACTERS_PER_MINUTE


def arc_minutes_x10(height_px: int, panel: PanelFacts) -> int | None:
    """Return under which angle a height is seen on a panel, in tenths of a minute of arc; None when it is unknown."""
    if panel.pitch_um is None or panel.viewing_distance_m is None:
        return None
    return round(10 * height_px * panel.pitch_um / (panel.viewing_distance_m * 1_000_000) / ARC_MINUTE)


class _Sizes(NamedTuple):
    """Heights of a character: least pixels, good pixels, least and good tenths of a minute of arc."""

    least_px: int
    good_px: int
    least_arc_x10: int
    good_arc_x10: int


_LETTERS = _Sizes(7, 9, 100, 160)
_HAN = _Sizes(12, 16, 130, 200)


def least_size_px(language: Language, panel: PanelFacts, *, good: bool = False) -> int:
    """Return the em that a text needs on a panel, in pixels: to be readable at all, or to be read well."""
    sizes = _HAN if language is Language.ZH else _LETTERS
    needed = float(sizes.good_px if good else sizes.least_px)
    if panel.pitch_um is not None and panel.viewing_distance_m is not None:
        angle = (sizes.good_arc_x10 if good else sizes.least_arc_x10) / 10 * ARC_MINUTE
        by_angle = angle * panel.viewing_distance_m * 1_000_000 / panel.pitch_um
        needed = max(needed, by_angle)
    em = needed if language is Language.ZH else needed * 1000 / CAPITAL_PERMILLE
    return math.ceil(em - 1e-9)


def _of_segment(segment: Shown, panel: PanelFacts, airing: Airing) -> Iterator[Finding]:
    for text in segment.texts:
        yield from _of_text(segment, text, panel)
    if segment.measured is not None and segment.measured.code is not None:
        yield from _code(segment, segment.measured.code, panel)
    if segment.flashes > MOST_FLASHES:
        fix = Fix(kind=FixKind.MOTION, value="none") if segment.texts and segment.is_animated else None
        numbers = {"flashes": segment.flashes, "most": MOST_FLASHES}
        yield Finding(
            code=FindingCode.FLASHING, language=_language(segment), panel=panel.panel, numbers=numbers, fix=fix
        )
    yield from _amount(segment)
    yield from _pace(segment, airing)
    if segment.language is SegmentLanguage.MUL:
        yield from _language_sizes(segment, panel, airing.policy)


def _language(segment: Shown) -> Language | None:
    return None if segment.language is SegmentLanguage.MUL else Language(segment.language)


SCAN_DISTANCE, NEARER = 10, 3
"""A code is read from at most this many times its side; people come nearer, but not nearer than a third."""


def _code(segment: Shown, code: MeasuredCode, panel: PanelFacts) -> Iterator[Finding]:
    where = Finding(code=FindingCode.CLIPPED, language=_language(segment), role="code", panel=panel.panel)
    if code.clipped:
        yield where
    numbers = {"size_px": code.module_px, "needed_px": code.least_px}
    if code.module_px < code.least_px:
        yield where.model_copy(update={"code": FindingCode.TOO_SMALL, "numbers": numbers})
    elif panel.pitch_um is not None and panel.viewing_distance_m is not None:
        reach_m = code.module_px * code.modules * panel.pitch_um * SCAN_DISTANCE // 1_000_000
        if reach_m * NEARER < panel.viewing_distance_m:
            numbers = {"reach_m": reach_m, "distance_m": panel.viewing_distance_m}
            yield where.model_copy(update={"code": FindingCode.CODE_REACH, "numbers": numbers})


def _of_text(segment: Shown, text: MeasuredText, panel: PanelFacts) -> Iterator[Finding]:
    if text.missing:
        fix = Fix(kind=FixKind.REMOVE, value=text.missing)
        yield _at(FindingCode.MISSING_GLYPH, text, panel, {}, fix).model_copy(update={"text": text.missing})
    if text.clipped:
        yield _at(FindingCode.CLIPPED, text, panel, {}, _apart(segment))
    if text.role is not TextRole.CORNER:
        yield from _size(segment, text, panel)
        yield from _contrast(text, panel)


def _at(code: FindingCode, text: MeasuredText, panel: PanelFacts, numbers: dict[str, int], fix: Fix | None) -> Finding:
    return Finding(code=code, language=text.language, role=text.role, panel=panel.panel, numbers=numbers, fix=fix)


def _size(segment: Shown, text: MeasuredText, panel: PanelFacts) -> Iterator[Finding]:
    least, good = (least_size_px(text.language, panel, good=well) for well in (False, True))
    if text.size_px >= good:
        return
    blocks = text.size_px < least and text.role is not TextRole.LEVEL
    numbers = {"size_px": text.size_px, "needed_px": least if blocks else good}
    if panel.viewing_distance_m is not None:
        numbers["distance_m"] = panel.viewing_distance_m
    yield _at(FindingCode.TOO_SMALL if blocks else FindingCode.SMALL, text, panel, numbers, _apart(segment))


def _apart(segment: Shown) -> Fix | None:
    return Fix(kind=FixKind.ONE_AFTER_ANOTHER) if segment.language is SegmentLanguage.MUL else None


def _contrast(text: MeasuredText, panel: PanelFacts) -> Iterator[Finding]:
    if text.contrast_x100 >= GOOD_CONTRAST_X100:
        return
    blocks = text.contrast_x100 < LEAST_CONTRAST_X100
    needed = LEAST_CONTRAST_X100 if blocks else GOOD_CONTRAST_X100
    numbers = {"contrast_x100": text.contrast_x100, "needed_x100": needed}
    fix = Fix(kind=FixKind.INK, value=best_ink(text.ground))
    yield _at(FindingCode.CONTRAST if blocks else FindingCode.FAINT, text, panel, numbers, fix)


def luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_x100(one: Colour, other: Colour) -> int:
    """Return WCAG's contrast ratio of two colours, times 100 and rounded down."""
    dark, light = sorted((luminance(one), luminance(other)))
    return int(100 * (light + 0.05) / (dark + 0.05) + 1e-9)


def best_ink(ground: Colour) -> Colour:
    """Return white or black, whichever stands out more."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast_x100(ink, ground))


class _Lengths(NamedTuple):
    title: int
    body: int


MOST_LETTERS = _Lengths(40, 130)
MOST_HAN = _Lengths(14, 66)


def _amount(segment: Shown) -> Iterator[Finding]:
    for language in Language:
        for role in (TextRole.TITLE, TextRole.BODY):
            texts = [one.text for one in segment.texts if one.language is language and one.role is role]
            most = (MOST_HAN if language is Language.ZH else MOST_LETTERS)[role is TextRole.BODY]
            has = sum(room(text, language) for text in texts)
            if has > most:
                numbers = {"characters": has, "most": most}
                yield Finding(code=FindingCode.TOO_MUCH_TEXT, language=language, role=role, numbers=numbers)


def room(text: str, language: Language) -> int:
    """Return the room that a text takes: in Chinese, half-width characters count half."""
    joined = " ".join(text.split())
    if language is not Language.ZH:
        return len(joined)
    narrow = sum(1 for char in joined if ord(char) < 0x2E80)
    return len(joined) - narrow + (narrow + 1) // 2


_READ = frozenset(TextRole) - {TextRole.CORNER}


def _pace(segment: Shown, airing: Airing) -> Iterator[Finding]:
    read = [one for one in segment.texts if one.role in _READ]
    for language in dict.fromkeys(one.language for one in read):
        needed = reading_ms(one.text for one in read if one.language is language)
        rounded = min(max(-(-needed // 1000) * 1000, LEAST_ON_AIR_MS), MOST_ON_AIR_MS)
        numbers = {"on_air_ms": airing.on_air_ms, "needed_ms": needed}
        if needed * 100 > airing.on_air_ms * (100 + ALLOWANCE_PERCENT):
            fix = Fix(kind=FixKind.ON_AIR_MS, value=rounded) if rounded > airing.on_air_ms else None
            yield Finding(code=FindingCode.TOO_FAST, language=language, numbers=numbers, fix=fix)
        elif airing.on_air_ms >= IDLE_FROM_MS and needed * IDLE_FACTOR < airing.on_air_ms:
            shorter = Fix(kind=FixKind.ON_AIR_MS, value=max(rounded * 2, LEAST_ON_AIR_MS * 2))
            yield Finding(code=FindingCode.TOO_LITTLE_TEXT, language=language, numbers=numbers, fix=shorter)


def _order(airing: Airing) -> Iterator[Finding]:
    wanted = [language for language in airing.policy.order if language in airing.order]
    shown = [language for language in airing.order if language in airing.policy.order]
    if shown != wanted:
        yield Finding(
            code=FindingCode.LANGUAGE_ORDER, language=wanted[0], fix=Fix(kind=FixKind.ORDER, value=",".join(wanted))
        )


def _language_sizes(segment: Shown, panel: PanelFacts, policy: SizePolicy) -> Iterator[Finding]:
    firsts = list(dict.fromkeys(one.language for one in segment.texts if one.role is not TextRole.CORNER))
    yield from _order(Airing(order=tuple(firsts), policy=policy))
    if policy.others_at_most_percent is None or not policy.order:
        return
    first = policy.order[0]
    for role in (TextRole.TITLE, TextRole.BODY, TextRole.LABEL, TextRole.VALUE):
        texts = {one.language: one for one in segment.texts if one.role is role}
        if first not in texts:
            continue
        most = texts.pop(first).size_px * policy.others_at_most_percent // 100
        for text in texts.values():
            if text.size_px > most:
                numbers = {
                    "size_px": text.size_px,
                    "most_px": most,
                    "readable_px": least_size_px(text.language, panel, good=True),
                }
                apart = Fix(kind=FixKind.ONE_AFTER_ANOTHER)
                yield _at(FindingCode.LANGUAGE_SIZE, text, panel, numbers, apart)
