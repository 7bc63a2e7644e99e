"""What time does to emergencies: pictures become ready, nobody signs, their end comes, kiosks come and go."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.db import Session
from server.emergencies import activation, audience, repository, service
from server.parts import Parts
from server.tables import EmergencyRow, EmergencyStep, SignedDocument
from server.tables.content import SegmentState
from server.tables.emergencies import EmergencyState
from server.tables.trust import DocumentState
from server.trust import service as trust

LOOK_S = 1.0
PATIENCE = timedelta(minutes=30)
"""How long an emergency waits for its signatures."""


def look(parts: Parts) -> None:
    """Do what is due; most times that is nothing, and then nothing is written."""
    at = parts.clock()
    with parts.db.read() as session:
        is_due = _is_due(session, at)
    if is_due:
        with parts.db.write() as session:
            _do(session, at)


def _is_due(session: Session, at: datetime) -> bool:
    running = repository.in_states(session, EmergencyState.RUNNING)
    is_over = any(row.expires_at is not None and row.expires_at <= at for row in running)
    is_ready = any(
        document.state == DocumentState.SEALED or document.created_at <= at - PATIENCE
        for _, document in repository.unfinished(session)
    )
    is_drawn = bool(repository.in_states(session, EmergencyState.PREPARING))
    return is_over or is_ready or is_drawn or bool(activation.news(session, at))


def _do(session: Session, at: datetime) -> None:
    for row in repository.in_states(session, EmergencyState.PREPARING):
        _draw(session, row, at)
    for step, document in repository.unfinished(session):
        begun = repository.emergency(session, step.emergency_id, lock=True)
        if begun is not None:
            _go_on(session, begun, step, document, at)
    activation.close_over(session, at)
    activation.tell(session, at)


def _go_on(session: Session, row: EmergencyRow, step: EmergencyStep, document: SignedDocument, at: datetime) -> None:
    """Carry out what was sealed elsewhere, and give up what nobody signs."""
    if activation.activate(session, row, step, document, None, at) or step.done_at is not None:
        return
    if document.created_at <= at - PATIENCE:
        if row.state in repository.WAITING:
            service.abandon(session, row, "unsigned", at)
        else:
            trust.cancel(session, document, at)


def _draw(session: Session, row: EmergencyRow, at: datetime) -> None:
    """Ask for signatures once every picture is drawn."""
    segments = repository.segments(session, (UUID(one) for one in row.segments))
    if any(one.state == SegmentState.FAILED for one in segments):
        service.abandon(session, row, "pictures", at)
    elif all(one.state == SegmentState.READY for one in segments):
        service.ask_to_begin(session, row, audience.chosen_of(session, row), at)
    elif row.created_at <= at - PATIENCE:
        service.abandon(session, row, "pictures", at)
