"""What a person reads about approvals: states, steps of routes, questions, reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from playlists.daypart import zone
from server.console.page import HOME_ZONE, Page
from server.console.texts import Texts, mark
from server.console.words import Said, Tone
from server.publishing.questions.answers import Question
from server.tables import Site
from server.tables.holds import OffReason
from server.tables.releases import Purpose, SubmissionState

STATES = {
    SubmissionState.PREPARING: (mark("is being rendered"), Tone.PLAIN),
    SubmissionState.ASKING: (mark("waits for signatures"), Tone.WARN),
    SubmissionState.RETURNED: (mark("returned"), Tone.BAD),
    SubmissionState.RELEASED: (mark("released"), Tone.GOOD),
    SubmissionState.CANCELLED: (mark("cancelled by its author"), Tone.PLAIN),
    SubmissionState.SUPERSEDED: (mark("a later one took its place"), Tone.PLAIN),
    SubmissionState.FAILED: (mark("could not be rendered"), Tone.BAD),
}
PURPOSES = {
    Purpose.NOTICES: mark("Notices"),
    Purpose.RENEWAL: mark("The same pictures for longer"),
    Purpose.PROFILE: mark("A new size of panel"),
    Purpose.TEMPLATE: mark("Pictures of a warning"),
}
STEPS = {
    "approver": mark("approver"),
    "leader": mark("leader of the agency"),
    "department": mark("lead department"),
    "opinion": mark("office that is asked for its opinion"),
}
REASONS = {
    OffReason.WRONG_FACT: mark("Something is wrong in it"),
    OffReason.WRONG_TRANSLATION: mark("The translation is wrong"),
    OffReason.OUT_OF_DATE: mark("It is out of date"),
    OffReason.PICTURE: mark("The picture is not right"),
    OffReason.COMPLAINT: mark("Somebody complained"),
    OffReason.ORDERED: mark("Ordered from above"),
    OffReason.OTHER: mark("Another reason"),
}
QUESTIONS = {
    Question.SYMBOLS: mark("Does it show a map, a flag or a border line?"),
    Question.FACES: mark("Does it show faces or children?"),
    Question.PERSONAL: mark("Does it tell personal data: names, numbers, addresses of people?"),
    Question.CLEARED: mark("Are all rights cleared, and is nothing in it confidential?"),
}
STEP_NAMES = {
    Question.SYMBOLS: mark("Opinion of the office in charge"),
    Question.FACES: mark("Consent of those who are shown"),
    Question.PERSONAL: mark("Legal basis for the personal data"),
}


CONCERN_NAMES = {
    Question.SYMBOLS: mark("a map, a flag or a border line"),
    Question.FACES: mark("faces or children"),
    Question.PERSONAL: mark("personal data"),
}


class Window(NamedTuple):
    """From when until when, in words of the zone."""

    starts: str
    ends: str


def state(texts: Texts, value: str) -> Said:
    """Return a submission's state in words."""
    name, tone = STATES[SubmissionState(value)]
    return Said(texts.say(name), tone)


def address(page: Page) -> str:
    """Return the address at which people reach this server."""
    return (page.parts.settings.base_url or str(page.request.base_url)).rstrip("/")


def step(texts: Texts, role: str) -> str:
    """Return the name of a step of a route; one that only a root names stands for itself."""
    return texts.say(STEPS[role]) if role in STEPS else role


def reason(texts: Texts, value: str) -> str:
    """Return a reason from the short list in words."""
    return texts.say(REASONS[OffReason(value)])


def reasons(texts: Texts) -> list[tuple[str, str]]:
    """Return the short list of reasons."""
    return [(one.value, texts.say(name)) for one, name in REASONS.items()]


def zone_of(sites: Iterable[Site]) -> ZoneInfo:
    """Return the zone in which times of sites are written: the first one's, or the house's."""
    first = next(iter(sites), None)
    return zone(first.time_zone) if first is not None else HOME_ZONE


def window(texts: Texts, starts: datetime, ends: datetime, tz: ZoneInfo) -> Window:
    """Return a window in words."""
    return Window(texts.stamp(starts, tz), texts.stamp(ends, tz))


def audience(texts: Texts, sites: Iterable[tuple[UUID, str]], panels: Iterable[tuple[str, str]]) -> str:
    """Return whom a submission is for: whole sites by name, and single panels with their site."""
    whole = [texts.say("all panels of %(site)s", site=name) for _, name in sites]
    return texts.listed([*whole, *(f"{name} ({site})" for name, site in panels)])
