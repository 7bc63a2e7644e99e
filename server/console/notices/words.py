"""What a person reads about notices: kinds, templates, states of languages, findings and how to end them.

Every function takes values and returns words; what may be done is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from playlists.card import Level, Motion, Part, Template
from playlists.language import Language
from playlists.legibility import Finding, FindingCode, Fix, FixKind
from playlists.notice import ContentClass, NoticeKind
from server.console.texts import Texts, mark
from server.console.words import Said, Tone

KINDS = {
    NoticeKind.CARD: mark("Card"),
    NoticeKind.IMAGE: mark("Picture"),
    NoticeKind.CLIP: mark("Clip"),
    NoticeKind.ALBUM: mark("Album"),
    NoticeKind.BOARD: mark("Status board"),
}
ABOUT_KINDS = {
    NoticeKind.CARD: mark("Words on a template, drawn sharp for every panel."),
    NoticeKind.IMAGE: mark("A picture that is ready, one for each language."),
    NoticeKind.CLIP: mark("A film without sound, with subtitles burnt in."),
    NoticeKind.ALBUM: mark("2 to 30 pictures with captions in three languages."),
    NoticeKind.BOARD: mark("Open or closed, lanes, waiting time: changed with one tap."),
}
TEMPLATES = {
    Template.HEADLINE: mark("Headline"),
    Template.HEADLINE_BODY: mark("Headline and text"),
    Template.PICTURE_CAPTION: mark("Picture with caption"),
    Template.HOURS_TABLE: mark("Opening hours"),
    Template.QUEUE_STATUS: mark("Queues and lanes"),
    Template.WEATHER_WARNING: mark("Weather warning"),
    Template.WELCOME: mark("Welcome"),
    Template.COUNTDOWN: mark("Countdown"),
    Template.QR_TEXT: mark("QR code and text"),
    Template.SPLIT: mark("Three languages at once"),
}
MOTIONS = {
    Motion.NONE: mark("stands still"),
    Motion.FADE: mark("fades in"),
    Motion.SLIDE: mark("slides in"),
    Motion.TICKER: mark("runs as a ticker"),
}
LEVELS = {
    Level.NOTE: mark("Note (blue)"),
    Level.WATCH: mark("Watch (yellow)"),
    Level.WARNING: mark("Warning (orange)"),
    Level.DANGER: mark("Danger (red)"),
}
CLASSES = {
    ContentClass.ESSENTIAL: mark("Essential: safety, closures, orders"),
    ContentClass.SERVICE: mark("Service: hours, procedures, directions"),
    ContentClass.PROMOTION: mark("Promotion: sights, fairs, advertising"),
}
SHORT_CLASSES = {
    ContentClass.ESSENTIAL: mark("Essential"),
    ContentClass.SERVICE: mark("Service"),
    ContentClass.PROMOTION: mark("Promotion"),
}
ON_STALE = {
    "drop": mark("leave it out"),
    "plate": mark("say that it is out of date"),
    "keep": mark("show it all the same"),
}
PARTS = {
    Part.BODY: mark("text"),
    Part.ROWS: mark("lines"),
    Part.PICTURE: mark("a picture"),
    Part.URL: mark("an address for the QR code"),
    Part.LEVEL: mark("how serious it is"),
    Part.DEADLINE: mark("the time it counts down to"),
}
SHORT_LANGUAGES = {Language.VI: mark("Viet"), Language.EN: mark("Eng"), Language.ZH: mark("Chi")}
MISSING = "missing"
_STATES: Mapping[str, tuple[str, Tone]] = {
    MISSING: (mark("missing"), Tone.WARN),
    "draft": (mark("draft"), Tone.PLAIN),
    "translated": (mark("translated"), Tone.PLAIN),
    "reviewed": (mark("reviewed"), Tone.GOOD),
    "stale": (mark("Vietnamese has changed"), Tone.WARN),
}
_HANDED_OVER = mark("with the translators")


class Chip(NamedTuple):
    """A language's state, short."""

    short: str
    text: str
    tone: Tone


def state(texts: Texts, language: Language, state_: str) -> Said:
    """Return the state of a language of a notice; of the source, translated means handed over."""
    word, tone = _STATES.get(state_, (state_, Tone.PLAIN))
    if language is Language.VI and state_ == "translated":
        return Said(texts.say(_HANDED_OVER), Tone.PLAIN)
    return Said(texts.say(word), tone)


def chip(texts: Texts, language: Language, state_: str) -> Chip:
    """Return the state of a language with the language's short name."""
    said = state(texts, language, state_)
    name = SHORT_LANGUAGES[language]
    return Chip(texts.say(name), said.text, said.tone)


def said_of(texts: Texts, words: Mapping[Any, str], value: str) -> str:
    """Return a value's words in this language; one that has none stands for itself."""
    return texts.say(words[value]) if value in words else value


_ROLES = {
    "title": mark("headline"),
    "body": mark("text"),
    "label": mark("lines"),
    "value": mark("values of the lines"),
    "level": mark("level of the warning"),
    "corner": mark("remark in the corner"),
    "ticker": mark("ticker"),
    "code": mark("QR code"),
}
_FINDINGS = {
    FindingCode.MISSING_GLYPH: mark("The %(part)s has characters that the panel's letters lack: %(text)s"),
    FindingCode.CLIPPED: mark(
        "The %(part)s does not fit on %(panel)s. Shorten it, or choose a template with more room."
    ),
    FindingCode.TOO_SMALL: mark(
        "The %(part)s is too small to read on %(panel)s: %(size_px)s pixels, and %(needed_px)s are needed. Shorten it."
    ),
    FindingCode.CONTRAST: mark("The %(part)s hardly stands out from what lies behind it on %(panel)s."),
    FindingCode.FLASHING: mark("It flashes %(flashes)s times a second on %(panel)s; more than 3 can hurt people."),
    FindingCode.SMALL: mark(
        "The %(part)s is small on %(panel)s: %(size_px)s pixels; %(needed_px)s are read without effort."
    ),
    FindingCode.CODE_REACH: mark(
        "The QR code can be photographed from about %(reach_m)s m on %(panel)s; people stand %(distance_m)s m away."
    ),
    FindingCode.FAINT: mark("The %(part)s could stand out more from what lies behind it on %(panel)s."),
    FindingCode.TOO_FAST: mark("Reading this takes %(needed_s)s s, and it is on air for %(on_air_s)s s."),
    FindingCode.TOO_MUCH_TEXT: mark(
        "The %(part)s has %(characters)s characters; people take in about %(most)s in passing."
    ),
    FindingCode.TOO_LITTLE_TEXT: mark("Reading this takes %(needed_s)s s, and it stands for %(on_air_s)s s."),
    FindingCode.LANGUAGE_ORDER: mark("The order of the languages is not the one that this site prescribes."),
    FindingCode.LANGUAGE_SIZE: mark(
        "The %(part)s is %(size_px)s pixels high on %(panel)s; beside Vietnamese this site allows %(most_px)s."
    ),
}
_NUMBERS = ("size_px", "needed_px", "most_px", "characters", "most", "flashes", "reach_m", "distance_m")
_FIXES = {
    FixKind.ON_AIR_MS: mark("Give it %(seconds)s s"),
    FixKind.ONE_AFTER_ANOTHER: mark("One language after another"),
    FixKind.ORDER: mark("In the prescribed order"),
    FixKind.INK: mark("Take the ink that stands out"),
    FixKind.MOTION: mark("Let it stand still"),
    FixKind.REMOVE: mark("Take these characters out"),
}


def finding(texts: Texts, one: Finding, panels: Mapping[str, str]) -> str:
    """Return a finding as a sentence; `panels` are names by what the finding calls a panel."""
    numbers = one.numbers
    sentence = _FINDINGS[one.code]
    return texts.say(
        sentence,
        part=said_of(texts, _ROLES, one.role or "body"),
        panel=panels.get(one.panel or "", one.panel or texts.say("the panels")),
        text=" ".join(one.text),
        needed_s=-(-numbers.get("needed_ms", 0) // 1000),
        on_air_s=round(numbers.get("on_air_ms", 0) / 1000),
        **{name: numbers.get(name, 0) for name in _NUMBERS},
    )


NO_TAP = frozenset({FindingCode.TOO_SMALL, FindingCode.CLIPPED, FindingCode.SMALL, FindingCode.CODE_REACH})
"""Findings about room: only fewer words, another template or a larger panel end them."""


def why_no_tap(texts: Texts, one: Finding) -> str:
    """Return why no tap ends a finding about room."""
    if one.role == "code":
        return texts.say("No tap mends this: a shorter address has larger squares.")
    return texts.say("No tap mends this: only you know which words can go.")


def fix_name(texts: Texts, fix: Fix) -> str:
    """Return what a fix does, as the words on its button."""
    seconds = round(int(fix.value) / 1000) if fix.kind is FixKind.ON_AIR_MS else 0
    name = _FIXES[fix.kind]
    return texts.say(name, seconds=seconds)
