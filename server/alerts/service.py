"""What becomes of an alert that came in, and what a person may decide about it.

The rules are those of `playlists.cap`; what was taken before is read back as its value `Active`, so that a server
that was restarted judges as one that was not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from playlists.cap.accept import Feed, Kind, Verdict, judge
from playlists.cap.active import MEMORY, PATIENCE, Active, Outcome, Parked, apply
from playlists.cap.alert import Alert, Reference, read_alert
from playlists.cap.area import CapPanel
from playlists.cap.report import accepted, refused
from playlists.cap.rules import CapRule, Refused
from playlists.ids import sha256_hex
from playlists.language import Language, fold
from playlists.sun import Place
from server.accounts.permissions import Caller, Permission
from server.alerts import repository
from server.changes import note_change
from server.db import Session
from server.emergencies import automatic
from server.emergencies.templates.service import prepared_words
from server.errors import conflict, forbidden, not_found
from server.tables import Site
from server.tables.alerts import AlertFeed, AlertState, IncomingAlert

REFUSED_KEPT = timedelta(days=30)
NOT_KEPT = (CapRule.C23_ELSEWHERE, CapRule.C25_DRILL, CapRule.C19_OVER, CapRule.C1_SIZE)
"""Refusals of which nothing is written: a weather service's feed is full of alerts for elsewhere."""
FOLDED_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Taken:
    """What an alert did: the answer of `playlists.cap`, its outcome in a word, and its row when one was written."""

    answer: dict[str, Any]
    outcome: str
    row: IncomingAlert | None = None


def take(
    session: Session,
    feed: AlertFeed,
    content: bytes,
    at: datetime,
    cap_key: bytes | None = None,
) -> Taken:
    """Take an alert's bytes in a feed: write what becomes of it, and of those that it ends or takes the place of.

    A language that an alert lacks is said in the words of its prepared warning. With a `cap_key` a feed that is set to
    it reaches panels by itself, as far as the root lets it.
    """
    before = repository.by_bytes(session, feed.id, sha256_hex(content))
    if before is not None and before.state == AlertState.REFUSED:
        before.repeats += 1
        session.add(before)
        return Taken(dict(before.report), "refused", before)
    rules = rules_of(session, feed, prepared_words(session))
    conforms = False
    try:
        alert = read_alert(content)
        conforms = True
        known = active(session, at)
        after, outcome = apply(known, alert, at, rules)
    except Refused as error:
        return _refuse(session, feed, content, error, at, conforms=conforms)
    if outcome is Outcome.TWICE:
        row = repository.named(session, [name_sha256(alert.name)]).get(name_sha256(alert.name))
        return Taken(dict(row.report) if row is not None else accepted(judge(alert, rules, at)), "twice", row)
    row = _write(session, feed, content, alert, judge(alert, rules, at), at, is_parked=outcome is Outcome.PARKED)
    _follow(session, known, after, row)
    note_change(session, "alert", row.id)
    if feed.automatic and cap_key is not None and outcome is not Outcome.PARKED:
        ends = list(repository.named(session, [name_sha256(one) for one in alert.references]).values())
        return Taken(dict(row.report), _by_itself(session, row, ends, cap_key, str(outcome), at), row)
    return Taken(dict(row.report), str(outcome), row)


def _by_itself(
    session: Session, row: IncomingAlert, ends: Sequence[IncomingAlert], cap_key: bytes, outcome: str, at: datetime
) -> str:
    """Do what a person would do, where the root lets the server; return the outcome."""
    if row.kind == Kind.END:
        if not automatic.end_for(session, ends, cap_key, at):
            return outcome
        decide(session, row, AlertState.ENDED, None, at)
        return "automatic"
    panels = [panel.id for panel in repository.panels_of(session, [row.id])[row.id]]
    why = automatic.raise_for(session, row, panels, ends, cap_key, at)
    if why:
        row.reason = why[:400]
        session.add(row)
        return outcome
    return "automatic"


def active(session: Session, at: datetime) -> Active:
    """Return the alerts of the last week as the value that the next one is judged by."""
    known: dict[tuple[str, str], Verdict] = {}
    over: dict[tuple[str, str], datetime] = {}
    parked: list[Parked] = []
    for row in repository.known_since(session, at - MEMORY):
        alert = read_alert(row.content)
        if row.state == AlertState.PARKED:
            parked.append(Parked(alert, row.received_at))
            continue
        known[alert.sender, alert.identifier] = Verdict(alert, Kind(row.kind), expires=row.expires_at)
        for one in alert.references:
            key = (one.sender, one.identifier)
            over[key] = max(over.get(key, alert.sent), alert.sent)
    return Active(known, over, tuple(parked))


def rules_of(session: Session, feed: AlertFeed, templates: Mapping[str, Mapping[Language, str]]) -> Feed:
    """Return what a feed may do, with every panel that an area can mean: by its site's place, or by a code."""
    codes = repository.codes(session)
    panels = [
        CapPanel(
            panel=panel.slug,
            site=site.slug,
            place=_place(site),
            codes={"bangtin:site": (site.slug,), "signage:site": (site.slug,)} | codes.get(site.id, {}),
            languages=tuple(Language(one) for one in site.language_order),
            drills=feed.takes_drills,
        )
        for panel, site in repository.all_panels(session)
    ]
    return Feed(panels, frozenset(feed.senders), templates, feed.lacks_ends)


def reject(session: Session, caller: Caller, alert_id: UUID, reason: str, at: datetime) -> IncomingAlert:
    """Decide that an alert is not shown.

    Raises:
        Problem: 404, 403, 409 when it was decided already.
    """
    row = alert_of(session, caller, alert_id, Permission.RAISE_EMERGENCY, lock=True)
    if row.state not in repository.OPEN:
        raise conflict(
            "alert-decided", "This alert was decided or is over. Load the page anew to see what became of it."
        )
    decide(session, row, AlertState.REJECTED, caller.user_id, at, reason)
    return row


def decide(
    session: Session, row: IncomingAlert, state: AlertState, by: UUID | None, at: datetime, reason: str = ""
) -> None:
    """Write what became of an alert; `by` is None when the rules decided."""
    row.state, row.decided_by, row.decided_at, row.reason = state, by, at, reason.strip()
    session.add(row)
    note_change(session, "alert", row.id)


def alert_of(
    session: Session, caller: Caller, alert_id: UUID, permission: Permission, *, lock: bool = False
) -> IncomingAlert:
    """Return an alert that means a panel of the caller's.

    Raises:
        Problem: 404, 403.
    """
    row = repository.alert(session, alert_id, lock=lock)
    if row is None or not repository.concerns(session, row.id, caller.seen):
        raise not_found("alert")
    if permission is not Permission.SEE and not _may_decide(session, caller, row, permission):
        raise forbidden()
    return row


def _may_decide(session: Session, caller: Caller, row: IncomingAlert, permission: Permission) -> bool:
    """Tell whether somebody may do something on one of the panels that an alert means, or at one of their sites."""
    meant = {panel.id for panel in repository.panels_of(session, [row.id])[row.id]}
    places = [place for place in repository.all_panels(session) if place[0].id in meant]
    return any(
        caller.may(permission, agency_id=owner, site_id=site.id)
        for panel, site in places
        for owner in (panel.agency_id, site.agency_id)
    )


def tidy(session: Session, at: datetime) -> None:
    """Close what is over, hand to a person what waited in vain, and forget what was refused long ago."""
    for row in repository.run_out(session, at):
        decide(session, row, AlertState.OVER, None, at)
    for row in repository.overdue(session, at - PATIENCE):
        if row.kind == Kind.END:
            decide(session, row, AlertState.ENDED, None, at)
    repository.forget(session, at - REFUSED_KEPT)


def name_sha256(name: Reference) -> str:
    """Return what the database knows an alert by: the digest of sender and identifier."""
    return sha256_hex(f"{name.sender},{name.identifier}".encode())


def _place(site: Site) -> Place | None:
    if site.latitude_microdegrees is None or site.longitude_microdegrees is None:
        return None
    return Place(latitude_microdegrees=site.latitude_microdegrees, longitude_microdegrees=site.longitude_microdegrees)


def _refuse(
    session: Session, feed: AlertFeed, content: bytes, error: Refused, at: datetime, *, conforms: bool
) -> Taken:
    answer = refused(error, conforms=conforms)
    if error.rule in NOT_KEPT or repository.by_bytes(session, feed.id, sha256_hex(content)) is not None:
        return Taken(answer, "refused")
    row = IncomingAlert(
        feed_id=feed.id,
        sha256=sha256_hex(content),
        content=content,
        state=AlertState.REFUSED,
        code=str(error.rule),
        report=answer,
        folded=fold(f"{feed.name} {answer['reason']}")[:FOLDED_CHARACTERS],
        received_at=at,
    )
    session.add(row)
    session.flush()
    note_change(session, "alert", row.id)
    return Taken(answer, "refused", row)


def _write(
    session: Session, feed: AlertFeed, content: bytes, alert: Alert, verdict: Verdict, at: datetime, *, is_parked: bool
) -> IncomingAlert:
    answer = accepted(verdict)
    words = [f"{one['headline']} {one['area']}" for said in answer["languages"].values() for one in said]
    row = IncomingAlert(
        feed_id=feed.id,
        sha256=sha256_hex(content),
        content=content,
        name_sha256=name_sha256(alert.name),
        sender=alert.sender,
        identifier=alert.identifier,
        sent_at=alert.sent,
        kind=str(verdict.kind),
        state=AlertState.PARKED if is_parked else AlertState.WAITING,
        report=answer,
        template=verdict.template,
        expires_at=verdict.expires,
        folded=fold(" ".join([*words, alert.sender, alert.identifier, feed.name]))[:FOLDED_CHARACTERS],
        received_at=at,
    )
    session.add(row)
    session.flush()
    slugs = {one.panel for one in verdict.said}
    panels = [panel.id for panel, _ in repository.all_panels(session) if panel.slug in slugs]
    repository.set_panels(session, row.id, panels or _meant_by_named(session, alert))
    return row


def _meant_by_named(session: Session, alert: Alert) -> list[UUID]:
    """The panels of the alerts that this one names, because an end says no places of its own."""
    rows = repository.named(session, [name_sha256(one) for one in alert.references]).values()
    found = repository.panels_of(session, [row.id for row in rows])
    return [panel.id for panels in found.values() for panel in panels]


def _follow(session: Session, before: Active, after: Active, row: IncomingAlert) -> None:
    """Write what an alert changed about others: what waited for it, and what it ends or takes the place of."""
    newly = {key: one for key, one in after.known.items() if key not in before.known}
    rows = repository.named(session, [name_sha256(one.alert.name) for one in newly.values()])
    for waited in rows.values():
        if waited.state == AlertState.PARKED and waited.id != row.id:
            waited.state = AlertState.WAITING
            session.add(waited)
    for verdict in newly.values():
        ends = repository.named(session, [name_sha256(one) for one in verdict.ends])
        was_raised = any(one.state == AlertState.RAISED for one in ends.values())
        for one in ends.values():
            if one.state in repository.OPEN:
                one.state = AlertState.ENDED if verdict.kind is Kind.END else AlertState.OVERTAKEN
                session.add(one)
                note_change(session, "alert", one.id)
        mine = rows.get(name_sha256(verdict.alert.name))
        if mine is not None and verdict.kind is Kind.END and not was_raised and mine.state == AlertState.WAITING:
            mine.state = AlertState.ENDED
            session.add(mine)
