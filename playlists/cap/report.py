"""What `bangtin cap check` tells of one alert: accepted or the rule that it breaks, and who would see what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from playlists.cap.accept import Feed, Kind, Said, Verdict
from playlists.cap.active import Active, Outcome, apply
from playlists.cap.alert import Alert, Reference, read_alert
from playlists.cap.rules import CapRule, Refused
from playlists.instant import format_instant
from playlists.language import Language


def check(
    content: bytes, feed: Feed, now: datetime | None = None, earlier: Sequence[bytes] | None = None
) -> dict[str, Any]:
    """Return the answer about an alert as plain values; `text` says it in lines.

    Judged is the moment at which it was sent, unless an aware `now` is given. With `earlier` alerts (in the order in
    which they came) an update or cancellation has to name one of them; without, what it names is taken for known.
    """
    conforms = False
    try:
        alert = read_alert(content)
        conforms = True
        verdict = _judge(alert, feed, now or alert.sent, earlier)
    except Refused as error:
        return refused(error, conforms=conforms)
    return accepted(verdict)


def refused(error: Refused, *, conforms: bool) -> dict[str, Any]:
    """Return the answer about an alert that goes no further; `conforms` says whether it is sound CAP at all."""
    answer = {"accepted": False, "code": str(error.rule), "reason": str(error), "conforms": conforms}
    return answer | {"languages": {}, "text": f"Refused by {error.rule}: {error}."}


def _judge(alert: Alert, feed: Feed, now: datetime, earlier: Sequence[bytes] | None) -> Verdict:
    state = Active() if earlier is not None else _pretend(alert, now)
    for content in earlier or ():
        before = read_alert(content)
        state, _ = apply(state, before, before.sent, feed)
    state, outcome = apply(state, alert, now, feed)
    if outcome is Outcome.PARKED:
        raise Refused(
            CapRule.C15_UNKNOWN, "it names no alert that is known; it waits ten minutes, then a person decides"
        )
    return state.known[alert.sender, alert.identifier]


def _pretend(alert: Alert, now: datetime) -> Active:
    """A set in which everything that an alert names is known."""
    names = (one for one in alert.references if one != alert.name)
    return Active(known={(one.sender, one.identifier): _stand_in(alert, one, now) for one in names})


def _stand_in(alert: Alert, name: Reference, now: datetime) -> Verdict:
    plain = Alert(name.identifier, name.sender, name.sent, alert.status, "Alert", "Public", "", (), (), is_signed=False)
    return Verdict(plain, Kind.LIVE, expires=now)


def accepted(verdict: Verdict) -> dict[str, Any]:
    """Return the answer about an alert that goes on to a person or to a template."""
    alert = verdict.alert
    way = {Kind.END: "nothing is shown", Kind.DRILL: "drill", Kind.LIVE: "live"}[verdict.kind]
    answer: dict[str, Any] = {
        "accepted": True,
        "code": None,
        "reason": None,
        "conforms": True,
        "identifier": alert.identifier,
        "sender": alert.sender,
        "sent_at": format_instant(alert.sent),
        "kind": str(verdict.kind),
        "message": alert.message.lower(),
        "frame": verdict.frame,
        "template": verdict.template,
        "signers": _signers(verdict),
        "severity": verdict.severity,
        "urgency": verdict.urgency,
        "ends_at": format_instant(verdict.expires) if verdict.expires is not None else None,
        "ends": [one.identifier for one in verdict.ends],
        "signature": "present, not checked" if alert.is_signed else "none",
        "languages": {str(one): said for one in Language if (said := _in_language(verdict.said, one))},
    }
    lines = [f"Accepted ({way}): {alert.identifier} of {alert.sender}, {alert.message}."]
    lines += [f"Ends: {', '.join(answer['ends'])}."] if answer["ends"] else []
    lines += [f"Frame: {verdict.frame}"] if verdict.frame is not None else []
    lines += [_line(language, one) for language, said in answer["languages"].items() for one in said]
    return answer | {"text": "\n".join(lines)}


def _signers(verdict: Verdict) -> str:
    """Whose word it takes: a person's in any case, as nothing is shown by an alert alone."""
    return "two duty officers" if verdict.template is None else "one duty officer, if the template is released"


def _in_language(said: Iterable[Said], language: Language) -> list[dict[str, Any]]:
    """What is said in one language, each text once with the panels that would show it."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in said:
        if one.language is language:
            text = (one.headline, one.instruction, one.area)
            shown = found.setdefault(
                text,
                {
                    "headline": one.headline,
                    "instruction": one.instruction,
                    "area": one.area,
                    "words_of": str(one.words),
                    "is_cut": one.is_cut,
                    "panels": [],
                },
            )
            shown["panels"].append(one.panel)
    return list(found.values())


def _line(language: str, said: dict[str, Any]) -> str:
    return f"{language}  {said['headline']} | {said['instruction']}  [{', '.join(said['panels'])}]"
