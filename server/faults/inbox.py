"""What kiosks say about their health, and what their presence says."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from playlists.wire.messages import Faults, Health, Log, Message, Presence, PresenceWord, Reply, State
from playlists.wire.topics import Up
from server.changes import note_change
from server.db import Session
from server.faults import power_cuts, repository, service
from server.faults.commands import service as commands
from server.faults.logs import service as logs
from server.faults.readings import service as readings
from server.mqtt.inbox import Answer, Hearing, Takers, each
from server.mqtt.presence import is_newer, is_stale
from server.tables import KioskStatus


def take_presence(session: Session, kiosk_id: UUID, said: Presence, heard: Hearing) -> Iterable[Answer]:
    """Raise offline at a last will, clear it at a birth. To be called after the status was written.

    A clean farewell raises nothing: silence does, when the kiosk does not come back.
    """
    status = session.get_one(KioskStatus, kiosk_id)
    kiosk = repository.kiosk(session, kiosk_id)
    if kiosk is None or is_stale(said, status.birth_sid):
        return ()
    if said.state is PresenceWord.READY:
        service.clear_offline(session, kiosk_id, heard.at)
    elif said.state is PresenceWord.LOST and kiosk.panel_id is not None:
        service.raise_offline(session, kiosk, status.changed_at or heard.at, "the connection broke", heard.at)
    return ()


def take_faults(session: Session, kiosk_id: UUID, said: Faults, heard: Hearing) -> Iterable[Answer]:
    """Make a kiosk's faults those of its newest snapshot."""
    status = session.get_one(KioskStatus, kiosk_id)
    kiosk = repository.kiosk(session, kiosk_id)
    known = status.faults_sid, status.faults_seq
    if kiosk is None or not is_newer((said.sid, said.seq), known, status.birth_sid):
        return ()
    status.faults_sid, status.faults_seq = said.sid, said.seq
    session.add(status)
    service.apply_snapshot(session, kiosk, said.active, heard.at)
    return take_word(session, kiosk_id, said, heard)


def take_health(session: Session, kiosk_id: UUID, said: Health, heard: Hearing) -> Iterable[Answer]:
    """Keep a kiosk's newest readings."""
    status = session.get_one(KioskStatus, kiosk_id)
    known = status.health.get("sid", 0), status.health.get("seq", -1)
    if is_newer((said.sid, said.seq), known, status.birth_sid):
        status.health = said.model_dump(mode="json", exclude_none=True)
        status.health_at = heard.at
        session.add(status)
        kiosk = repository.kiosk(session, kiosk_id)
        if kiosk is not None and kiosk.panel_id is not None:
            power_cuts.note(session, kiosk, said, heard.at)
            readings.note(session, kiosk, said, heard.at)
            note_change(session, "panel", kiosk.panel_id)
    return take_word(session, kiosk_id, said, heard)


def take_word(session: Session, kiosk_id: UUID, said: Message, heard: Hearing) -> Iterable[Answer]:
    """Take any fresh word on the newest connection as proof that the kiosk is there."""
    status = session.get_one(KioskStatus, kiosk_id)
    kiosk = repository.kiosk(session, kiosk_id)
    if kiosk is not None and not heard.retained and said.sid >= status.birth_sid:
        service.note_alive(session, status, kiosk, heard.at)
    return ()


def take_state(session: Session, kiosk_id: UUID, said: State, heard: Hearing) -> Iterable[Answer]:
    """Only the proof of life; the state itself is publishing's."""
    return take_word(session, kiosk_id, said, heard)


def take_reply(session: Session, kiosk_id: UUID, said: Reply, heard: Hearing) -> Iterable[Answer]:
    """Take the answer to a command."""
    commands.take_reply(session, kiosk_id, said, heard.at)
    return ()


def take_log(session: Session, kiosk_id: UUID, said: Log, heard: Hearing) -> Iterable[Answer]:
    """Keep lines of a kiosk's log that somebody asked for."""
    logs.take(session, kiosk_id, said, heard.at)
    return ()


TAKERS: Takers = {
    Up.PRESENCE: [each(take_presence)],
    Up.FAULTS: [each(take_faults)],
    Up.HEALTH: [each(take_health)],
    Up.STATE: [each(take_state)],
    Up.REPLY: [each(take_reply)],
    Up.LOG: [each(take_log)],
}
