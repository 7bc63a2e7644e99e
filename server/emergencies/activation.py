"""What happens when an emergency's document has its last signature: kiosks are told at once, in this transaction.

Also how an emergency ends by itself in the books; on the panel it does so without us.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from playlists.instant import from_micros
from playlists.trust.shape import Document
from playlists.wire.topics import Down
from server.accounts.permissions import Caller
from server.audit.actions import Action
from server.audit.service import SERVER, Actor, audit
from server.changes import note_change
from server.db import Session
from server.emergencies import audience, bundle, repository
from server.emergencies.bundle import Part
from server.mqtt.desired import alone, say
from server.tables import EmergencyRow, EmergencyStep, SignedDocument
from server.tables.alerts import AlertState
from server.tables.emergencies import EmergencyState, StepKind
from server.tables.trust import DocumentState
from server.trust import service as trust
from server.trust.kinds import is_for


def activate(
    session: Session, row: EmergencyRow, step: EmergencyStep, document: SignedDocument, by: Caller | None, at: datetime
) -> bool:
    """Carry out a step whose document is sealed; tell whether there was anything to do."""
    if document.state != DocumentState.SEALED or step.done_at is not None:
        return False
    step.done_at = at
    session.add(step)
    if row.state in repository.CLOSED:
        # sealed by two people while a third gave it up or its time came: nothing goes to panels
        return False
    if step.kind == StepKind.END:
        row.state, row.ended_at, row.ended_by = EmergencyState.ENDED, at, by.user_id if by is not None else step.made_by
    else:
        row.state, row.expires_at = EmergencyState.RUNNING, step.expires_at
        row.began_at = row.began_at or at
        if step.kind == StepKind.RAISE:
            _take_place(session, row, at)
            _decide_alert(session, row, at)
    row.rev += 1
    session.add(row)
    session.flush()
    tell(session, at)
    note_change(session, "emergency", row.id)
    _write_down(session, row, step, document, by)
    return True


def tell(session: Session, at: datetime) -> int:
    """Have every kiosk told what concerns its panel now; return for how many that is news."""
    alone(session)
    return say(session, Down.EMERGENCY, news(session, at), at)


def news(session: Session, at: datetime) -> dict[UUID, bytes]:
    """Return what kiosks have to be told now and were not told yet."""
    parts, before = _parts(session, at), repository.told_bodies(session, Down.EMERGENCY)
    if not parts and not before:
        return {}
    nothing = bundle.empty()
    bodies: dict[tuple[int, ...], bytes | None] = {}
    found: dict[UUID, bytes] = {}
    for reader in repository.readers(session):
        mine = tuple(number for number, (_, document) in enumerate(parts) if is_for(document, reader))
        if mine not in bodies:
            bodies[mine] = bundle.bundle([parts[number][0] for number in mine], at)
        body, told = bodies[mine], before.get(reader.kiosk)
        if body is None and told is not None:
            body = nothing
        if body is not None and body != told:
            found[reader.kiosk] = body
    return found


def close_over(session: Session, at: datetime) -> int:
    """Write that emergencies whose time came are over; return how many."""
    over = [
        row
        for row in repository.in_states(session, EmergencyState.RUNNING)
        if row.expires_at is not None and row.expires_at <= at
    ]
    for row in over:
        row.state, row.ended_at = EmergencyState.OVER, row.expires_at
        row.rev += 1
        session.add(row)
        note_change(session, "emergency", row.id)
    return len(over)


def _parts(session: Session, at: datetime) -> list[tuple[Part, Document]]:
    """Every document that kiosks have to be told of, with what it says."""
    told = repository.told(session, at)
    rows = {row.id: row for row in told if row.replaces or (row.expires_at is not None and row.expires_at > at)}
    pairs = repository.steps_with_documents(session, rows)
    found: list[tuple[Part, Document]] = []
    for row in rows.values():
        done = [(step, document) for step, document in pairs.get(row.id, []) if step.done_at is not None]
        for step, document, until in _standing(session, row, done):
            if document.envelope is not None and step.done_at is not None and until > at:
                part = Part(document.envelope, step.done_at, until, row.state == EmergencyState.RUNNING)
                found.append((part, trust.read_document(document)))
    return found


def _standing(
    session: Session, row: EmergencyRow, done: Sequence[tuple[EmergencyStep, SignedDocument]]
) -> Iterator[tuple[EmergencyStep, SignedDocument, datetime]]:
    """What stands of an emergency, and until when: its newest warning, its end, and what it took the place of."""
    warnings = [pair for pair in done if pair[0].kind != StepKind.END]
    ends = [pair for pair in done if pair[0].kind == StepKind.END]
    if row.expires_at is None or not warnings:
        return
    if row.state == EmergencyState.RUNNING:
        yield (*warnings[-1], max(row.expires_at, _replaced_until(session, row)))
        return
    if row.state == EmergencyState.ENDED and ends:
        yield (*ends[-1], row.expires_at)
    if row.replaces:
        yield (*warnings[-1], _replaced_until(session, row))


def _replaced_until(session: Session, row: EmergencyRow) -> datetime:
    """Until when a kiosk that was away could still show what this one took the place of."""
    replaced = repository.by_ids(session, (UUID(one) for one in row.replaces)).values()
    return max((one.expires_at for one in replaced if one.expires_at is not None), default=from_micros(0))


def _take_place(session: Session, row: EmergencyRow, at: datetime) -> None:
    for one in repository.by_ids(session, (UUID(name) for name in row.replaces)).values():
        if one.state == EmergencyState.RUNNING:
            one.state, one.ended_at, one.ended_by = EmergencyState.REPLACED, at, row.raised_by
            one.rev += 1
            session.add(one)
            note_change(session, "emergency", one.id)


def _decide_alert(session: Session, row: EmergencyRow, at: datetime) -> None:
    alert = repository.alert(session, row.alert_id) if row.alert_id is not None else None
    if alert is not None:
        alert.state, alert.decided_by, alert.decided_at = AlertState.RAISED, row.raised_by, at
        session.add(alert)
        note_change(session, "alert", alert.id)


def _write_down(
    session: Session, row: EmergencyRow, step: EmergencyStep, document: SignedDocument, by: Caller | None
) -> None:
    is_drill = row.status != "actual"
    begins = Action.DRILL_RAISED if is_drill else Action.EMERGENCY_RAISED
    actor: Caller | Actor = by if by is not None else SERVER
    audit(
        session,
        actor,
        Action.EMERGENCY_ENDED if step.kind == StepKind.END else begins,
        "emergency",
        row.id,
        name=str(row.words.get("vi", {}).get("title", ""))[:120],
        agency_id=row.agency_id,
        digest=document.digest,
        after={"step": step.kind, "until": str(row.expires_at), "panels": audience.size_of(session, row)},
    )
