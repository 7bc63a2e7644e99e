"""What kiosks say of emergencies in up/state: which they hold, since when they show them, and which they refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from playlists.ids import sha256_hex
from playlists.wire.messages import EmergencyShown, State
from playlists.wire.topics import Up
from server.changes import note_change
from server.db import Session
from server.emergencies import repository
from server.mqtt.inbox import Answer, Hearing, Takers
from server.tables import EmergencyAck


def take_state(session: Session, kiosk_id: UUID, said: State, heard: Hearing) -> Iterable[Answer]:
    """Write who shows what since when; what a kiosk no longer speaks of is gone from its panel."""
    if said.trust is None:
        return ()
    held = {one: each for each in said.trust.emergencies if (one := _id(each.id)) is not None}
    known = repository.acks_of(session, kiosk_id)
    fresh = repository.by_ids(session, held.keys() - known.keys())
    for emergency_id, each in held.items():
        row = known.get(emergency_id)
        if row is None and emergency_id in fresh:
            row = repository.ack(session, emergency_id, kiosk_id)
            row = row or EmergencyAck(emergency_id=emergency_id, kiosk_id=kiosk_id)
        if row is not None:
            _hold(session, row, each, said.at)
    for emergency_id in known.keys() - held.keys():
        known[emergency_id].gone_at = said.at
        session.add(known[emergency_id])
        note_change(session, "emergency", emergency_id)
    _take_refusals(session, kiosk_id, said, heard)
    return ()


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


TAKERS: Takers = {Up.STATE: [take_state]}
