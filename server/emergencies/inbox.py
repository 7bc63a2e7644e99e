"""What kiosks say of emergencies in up/state: which they hold, since when they show them, and which they refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from playlists.ids import sha256_hex
from playlists.wire.messages import EmergencyShown, State
from playlists.wire.topics import Up
from server.changes import note_change
from server.db import Session
from server.emergencies import repository
from server.mqtt.inbox import Answer, Hearing, Said, Takers
from server.tables import EmergencyAck


def take_states(session: Session, said: Sequence[Said]) -> Iterable[Answer]:
    """Write who shows what since when; what a kiosk no longer speaks of is gone from its panel."""
    states: list[tuple[UUID, State, dict[UUID, EmergencyShown], Hearing]] = [
        (one.speaker, one.message, _held(one.message), one.hearing) for one in said if one.message.trust is not None
    ]
    named = {emergency_id for _, _, held, _ in states for emergency_id in held}
    acks = repository.acks_of(session, {kiosk_id for kiosk_id, *_ in states}, named)
    known = repository.by_ids(session, named) if named else {}
    for kiosk_id, state, held, heard in states:
        rows = acks.setdefault(kiosk_id, {})
        for emergency_id, shown in held.items():
            if emergency_id not in rows and emergency_id in known:
                rows[emergency_id] = EmergencyAck(emergency_id=emergency_id, kiosk_id=kiosk_id)
            if emergency_id in rows:
                _hold(session, rows[emergency_id], shown, state.at)
        for row in rows.values():
            if row.gone_at is None and row.emergency_id not in held:
                row.gone_at = state.at
                session.add(row)
                note_change(session, "emergency", row.emergency_id)
        _take_refusals(session, kiosk_id, state, heard)
    return ()


def _held(said: State) -> dict[UUID, EmergencyShown]:
    shown = said.trust.emergencies if said.trust is not None else ()
    return {one: each for each in shown if (one := _id(each.id)) is not None}


def _hold(session: Session, row: EmergencyAck, said: EmergencyShown, at: datetime) -> None:
    before = (row.seq, row.shown_since_at, row.gone_at, row.accepted_at)
    row.seq, row.shown_since_at, row.gone_at = said.seq, said.shown_since_at, None
    row.accepted_at, row.refused = row.accepted_at or at, ""
    session.add(row)
    if before != (row.seq, row.shown_since_at, row.gone_at, row.accepted_at):
        note_change(session, "emergency", row.emergency_id)


def _take_refusals(session: Session, kiosk_id: UUID, said: State, heard: Hearing) -> None:
    """A refusal names the bytes that came: those of an emergency that is being told say which one it is."""
    refused = {one.sha256: one.rule for one in said.trust.rejects if one.kind == "emergency"} if said.trust else {}
    if not refused:
        return
    rows = repository.told(session, heard.at)
    for emergency_id, pairs in repository.steps_with_documents(session, [row.id for row in rows]).items():
        for _, document in pairs:
            rule = refused.get(sha256_hex(document.envelope)) if document.envelope is not None else None
            if rule is None:
                continue
            row = repository.ack(session, emergency_id, kiosk_id)
            row = row or EmergencyAck(emergency_id=emergency_id, kiosk_id=kiosk_id)
            is_held = row.accepted_at is not None and row.gone_at is None
            if not is_held and row.refused != rule:
                row.refused = rule
                session.add(row)
                note_change(session, "emergency", emergency_id)


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


TAKERS: Takers = {Up.STATE: [take_states]}
