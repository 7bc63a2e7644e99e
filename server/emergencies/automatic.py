"""Alerts that reach panels without a person: by the role `cap`, whose key lies on the server.

Only templates that two people released are shown so. It is off unless the root has the role and a feed is set to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from playlists.language import Language
from playlists.trust.emergency import LONGEST, Emergency, Severity, Status, Text, Urgency
from playlists.trust.key import key_id, public_key
from playlists.trust.root import RoleName, Root
from playlists.trust.rules import Untrusted
from server.db import Session
from server.emergencies import activation, audience, documents, repository
from server.emergencies.templates import released
from server.emergencies.templates import repository as templates
from server.emergencies.templates.service import headlines_of
from server.tables import EmergencyRow, IncomingAlert
from server.tables.emergencies import EmergencyState, Purpose, StepKind
from server.trust import service as trust

SHORTEST = timedelta(minutes=1)


def may_act(root: Root | None, cap_key: bytes | None) -> bool:
    """Tell whether the root lets this server's `cap` key raise anything."""
    if root is None or cap_key is None or RoleName.CAP not in root.roles:
        return False
    return key_id(public_key(cap_key)) in root.role(RoleName.CAP).keys


def raise_for(
    session: Session,
    alert: IncomingAlert,
    panel_ids: Iterable[UUID],
    ends: Sequence[IncomingAlert],
    cap_key: bytes,
    at: datetime,
) -> str:
    """Raise an alert by its template, in the place of what it `ends`; return why not, or an empty text.

    Whatever the reason: the alert then waits for a person, as all others do.
    """
    word, until = alert.template, alert.expires_at
    if not may_act(trust.current_root(session), cap_key):
        return "the root does not let this server raise anything by itself"
    if word is None or until is None or until <= at + SHORTEST:
        return "it names no template, or is over within a minute"
    wanted = set(panel_ids)
    meant = [place for place in repository.places(session) if place[0].id in wanted and not place[1].training]
    standing = released.best(released.standing(session, at), word, meant)
    reached = [place for place in meant if standing is not None and standing.reaches(*place)]
    template = next((row for row in templates.templates(session) if row.word == word), None)
    if standing is None or template is None or not reached:
        return f"the template {word} is not released for the panels there"
    if len(reached) > audience.MOST_PANELS:
        return "it means more panels than one signed document can name"
    heads = headlines_of(session, template)
    row = EmergencyRow(
        state=EmergencyState.ASKING,
        panels=[str(panel.id) for panel, _ in reached],
        purpose=Purpose.WARNING,
        status=Status.EXERCISE if alert.kind == "drill" else Status.ACTUAL,
        text=Text.TEMPLATE,
        by=RoleName.CAP,
        word=word,
        release=standing.digest,
        words={language: {"title": heads.get(language) or word, "body": ""} for language in Language},
        severity=_said(Severity, alert.report.get("severity"), template.severity),
        urgency=_said(Urgency, alert.report.get("urgency"), template.urgency),
        minutes=max(1, int(min(until - at, LONGEST) / timedelta(minutes=1))),
        replaces=[str(one.id) for one in _raised(session, ends)],
        alert_id=alert.id,
        created_at=at,
    )
    session.add(row)
    session.flush()
    said = documents.warning(row, audience.chosen_of(session, row).audience, 1, at)
    return _sealed(session, row, said, StepKind.RAISE, cap_key, at)


def end_for(session: Session, ends: Sequence[IncomingAlert], cap_key: bytes, at: datetime) -> int:
    """End what the server itself raised for alerts that their sender has ended; return how many.

    What a duty officer raised is theirs to end.
    """
    ended = 0
    for row in _raised(session, ends):
        chosen = audience.chosen_of(session, row)
        said = documents.cancellation(row, chosen.audience, at, row.expires_at or at, RoleName.CAP)
        ended += not _sealed(session, row, said, StepKind.END, cap_key, at)
    return ended


def _sealed(session: Session, row: EmergencyRow, said: Emergency, kind: StepKind, cap_key: bytes, at: datetime) -> str:
    try:
        sealed = trust.seal_by_server(session, said, cap_key, at=at)
    except Untrusted as error:
        row.state, row.trouble = EmergencyState.GIVEN_UP, str(error)[:400]
        session.add(row)
        return str(error)
    step = documents.add_step(session, row, sealed, said, kind, by=None)
    activation.activate(session, row, step, sealed, None, at)
    return ""


def _raised(session: Session, alerts: Sequence[IncomingAlert]) -> list[EmergencyRow]:
    """What the server raised for alerts and what runs."""
    wanted = {one.id for one in alerts}
    running = repository.in_states(session, EmergencyState.RUNNING)
    return [row for row in running if row.alert_id in wanted and row.by == RoleName.CAP]


def _said(kind: type[Severity | Urgency], word: object, otherwise: str) -> str:
    text = str(word or "").lower()
    return text if text in set(kind) else otherwise
