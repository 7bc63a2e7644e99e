"""What becomes of a sound alert: which panels would say what in which language, until when; or why it goes no further.

An alert reaches a panel only through a person, or through a template that people released beforehand. Nothing is
translated by a machine: a language that an alert lacks is said in a template's reviewed words, or the alert is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from playlists.cap.alert import Alert, Info, Reference
from playlists.cap.area import FIRST_PANELS, CapPanel, holds_at
from playlists.cap.rules import CapRule, Refused
from playlists.language import Language
from playlists.trust.emergency import DRILL_FRAME
from playlists.trust.emergency import LONGEST as LONGEST_ON_AIR

AHEAD = timedelta(minutes=5)
"""How far a sender's clock may be ahead."""
WITHOUT_END = timedelta(hours=6)
MOST_HEADLINE, MOST_TEXT = 160, 400
TEMPLATE_CODES = ("bangtin:template", "signage:template")
_TEMPLATE = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)


class Kind(StrEnum):
    """What an alert is for: the real thing, an exercise or test, or the end of others."""

    LIVE = "live"
    DRILL = "drill"
    END = "end"


class Words(StrEnum):
    """Whose words they are."""

    ALERT = "alert"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed may do: who sends in it (None: not checked), to which panels, and the reviewed words of templates.

    With `lacks_ends` an alert without an end is taken for six hours; otherwise it is refused.
    """

    panels: Sequence[CapPanel] = FIRST_PANELS
    senders: frozenset[str] | None = None
    templates: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    lacks_ends: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What one panel would say in one language. `is_cut` when the alert's text was too long."""

    panel: str
    language: Language
    headline: str
    instruction: str
    area: str
    words: Words
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """An accepted alert: what it would show, until when (aware), and what it ends or takes the place of.

    `expires` lies within the 24 hours that an emergency lasts; for a longer alert a person raises it again.
    """

    alert: Alert
    kind: Kind
    said: tuple[Said, ...] = ()
    template: str | None = None
    expires: datetime | None = None
    severity: str = "Unknown"
    urgency: str = "Unknown"

    @property
    def frame(self) -> str | None:
        """The words that stand around a drill."""
        return DRILL_FRAME if self.alert.status in ("Exercise", "Test") else None

    @property
    def ends(self) -> tuple[Reference, ...]:
        """The alerts that this one ends or takes the place of."""
        return self.alert.references


def judge(alert: Alert, feed: Feed, now: datetime) -> Verdict:
    """Return what becomes of an alert at an aware time.

    Raises:
        Refused: C8, C10 to C14, C18 to C21, C23, C25.
    """
    _check_addressed(alert, feed, now)
    if alert.message == "Cancel":
        return Verdict(alert, Kind.END)
    if not alert.infos:
        raise Refused(CapRule.C20_LANGUAGES, "the alert has no info, so there is nothing to show")
    is_drill = alert.status in ("Exercise", "Test")
    template = _template(alert.infos)
    ends = {id(info): _end(info, alert, feed) for info in alert.infos}
    panels = [panel for panel in feed.panels if any(holds_at(area, panel) for one in alert.infos for area in one.areas)]
    if not panels:
        raise Refused(CapRule.C23_ELSEWHERE, "no panel lies in the alert's areas")
    if is_drill and not (panels := [panel for panel in panels if panel.drills]):
        raise Refused(CapRule.C25_DRILL, "an exercise or test, and no panel there shows those")
    chosen = [
        (panel, language, _choose(alert.infos, panel, language)) for panel in panels for language in panel.languages
    ]
    used = [info for _, _, info in chosen if info is not None]
    expires = min((ends[id(info)] for info in used), default=None)
    said = tuple(_say(panel, language, info, template, feed) for panel, language, info in chosen)
    if expires is None:
        raise Refused(CapRule.C20_LANGUAGES, "the alert speaks none of the panels' languages")
    if expires <= now:
        raise Refused(CapRule.C19_OVER, f"the alert was over at {expires.isoformat()}")
    return Verdict(
        alert=alert,
        kind=Kind.DRILL if is_drill else Kind.LIVE,
        said=said,
        template=template,
        expires=min(expires, now + LONGEST_ON_AIR),
        severity=_most(SEVERITIES, (info.severity for info in used)),
        urgency=_most(URGENCIES, (info.urgency for info in used)),
    )


SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")


def _check_addressed(alert: Alert, feed: Feed, now: datetime) -> None:
    if alert.status in ("System", "Draft"):
        raise Refused(
            CapRule.C10_STATUS, f"the alert's status is {alert.status}; such ones are for machines or not ready"
        )
    if alert.message in ("Ack", "Error"):
        raise Refused(CapRule.C11_MESSAGE, f"the message {alert.message} has nothing to show")
    if alert.scope != "Public":
        raise Refused(CapRule.C12_SCOPE, f"the alert's scope is {alert.scope}; panels show what is public")
    if feed.senders is not None and alert.sender not in feed.senders:
        raise Refused(CapRule.C13_SENDER, f"{alert.sender} may not send in this feed")
    if alert.sent > now + AHEAD:
        raise Refused(CapRule.C8_TIME, f"the alert was sent in the future ({alert.sent.isoformat()})")
    if alert.message in ("Update", "Cancel") and not alert.references:
        raise Refused(CapRule.C14_REFERENCES, f"the message {alert.message} names no alert (references)")
    foreign = sorted({one.sender for one in alert.references} - {alert.sender})
    if foreign:
        raise Refused(CapRule.C14_REFERENCES, f"{alert.sender} refers to an alert of {foreign[0]}")
    if alert.name in alert.references:
        raise Refused(CapRule.C14_REFERENCES, "the alert refers to itself")


def _end(info: Info, alert: Alert, feed: Feed) -> datetime:
    begins = max(time for time in (alert.sent, info.effective) if time is not None)
    if info.expires is None:
        if not feed.lacks_ends:
            raise Refused(CapRule.C18_ENDS, f"the info in {info.language} has no end (expires)")
        return begins + WITHOUT_END
    if info.expires <= begins:
        raise Refused(CapRule.C18_ENDS, f"the info in {info.language} ends before it begins")
    return info.expires


def _template(infos: Iterable[Info]) -> str | None:
    named = {value for info in infos for name in TEMPLATE_CODES for value in info.codes.get(name, ())}
    return named.pop() if len(named) == 1 and _TEMPLATE.fullmatch(next(iter(named))) else None


def _choose(infos: Sequence[Info], panel: CapPanel, language: Language) -> Info | None:
    """The first block in a language that holds at the panel; a block without areas holds where the others do."""
    spoken = [info for info in infos if info.language.lower().split("-")[0] == language]
    here = [info for info in spoken if not info.areas or any(holds_at(area, panel) for area in info.areas)]
    return min(here, key=_is_traditional, default=None)


def _is_traditional(info: Info) -> bool:
    return not {"hant", "tw", "hk", "mo"}.isdisjoint(info.language.lower().split("-")[1:])


def _say(panel: CapPanel, language: Language, info: Info | None, template: str | None, feed: Feed) -> Said:
    if info is None:
        reviewed = feed.templates.get(template or "", {}).get(language)
        if reviewed is None:
            sentence = f"the alert does not speak {language}, and no template has reviewed words for it"
            raise Refused(CapRule.C20_LANGUAGES, sentence)
        return Said(panel.panel, language, reviewed, "", "", Words.TEMPLATE, is_cut=False)
    headline = info.headline or info.event
    if not headline:
        raise Refused(CapRule.C21_TEXT, f"the info in {info.language} has neither a headline nor an event")
    said = [_cut(headline, MOST_HEADLINE), _cut(info.instruction or info.description, MOST_TEXT)]
    area = "; ".join(area.described for area in info.areas if holds_at(area, panel))
    is_cut = any(cut for _, cut in said)
    return Said(panel.panel, language, said[0][0], said[1][0], _cut(area, MOST_HEADLINE)[0], Words.ALERT, is_cut=is_cut)


def _cut(text: str, most: int) -> tuple[str, bool]:
    return (text, False) if len(text) <= most else (text[: most - 1].rstrip() + "…", True)


def _most(order: Sequence[str], said: Iterable[str]) -> str:
    return min(said, key=order.index, default=order[-1])
