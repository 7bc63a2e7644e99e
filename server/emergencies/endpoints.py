"""Emergencies over HTTP: raising, signing, going on, ending, and who shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import Page, PageAsked, ReadSession, WriteSession, tag
from server.emergencies import activation, refusal, repository, service
from server.emergencies.schemas import EmergencyNew, EmergencyShown, Ending, Extension
from server.emergencies.shown import emergencies_shown
from server.parts import PartsDep
from server.routes import Router
from server.tables import EmergencyRow
from server.trust.endpoints import add
from server.trust.schemas import SignatureAsked

router = Router(prefix="/api/v1", tags=["emergencies"])


@router.get("/emergencies")
def emergencies(
    caller: CallerDep, session: ReadSession, asked: PageAsked, parts: PartsDep, past: bool = False
) -> Page[EmergencyShown]:
    """List emergencies that run or wait for signatures, or with `past` those that are over; newest first."""
    caller.require(Permission.SEE)
    at = parts.clock()
    rows = [row for row in repository.emergencies(session, asked, past=past) if service.sees(session, caller, row)]
    pictures = {one.id: one for one in emergencies_shown(session, rows[: asked.limit], at)}
    return asked.page(rows, lambda row: pictures[row.id], lambda row: row.id)


@router.post("/emergencies", status_code=201)
def raise_emergency(
    new: EmergencyNew,
    caller: CallerDep,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> EmergencyShown:
    """Prepare an emergency. No panel knows of it before its document (`document_id`) is signed."""
    at = parts.clock()
    row, is_new = service.raise_(session, caller, new, idempotency_key, at)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/emergencies/{row.id}"
    return _shown(session, response, row, at)


@router.get("/emergencies/{emergency_id}")
def emergency(
    emergency_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep
) -> EmergencyShown:
    """Show an emergency with its signed steps, and how it stands on each panel."""
    row = service.emergency_of(session, caller, emergency_id, Permission.SEE)
    return _shown(session, response, row, parts.clock())


@router.post("/emergencies/{emergency_id}/signatures")
def sign(
    emergency_id: UUID, asked: SignatureAsked, caller: CallerDep, response: Response, parts: PartsDep
) -> EmergencyShown:
    """Sign what waits; with the last signature the panels are told at once."""
    at = parts.clock()
    # The answer is made up after the commit: until then the panels wait.
    with parts.db.write() as session:
        row = service.emergency_of(session, caller, emergency_id, Permission.RAISE_EMERGENCY, lock=True)
        waiting = service.open_document(session, row)
        if waiting is None:
            raise refusal.nothing_asked()
        step, document = waiting
        signed = add(session, caller, document, asked, parts)
        activation.activate(session, row, step, signed, caller, at)
    with parts.db.read() as session:
        row = service.emergency_of(session, caller, emergency_id, Permission.RAISE_EMERGENCY)
        return _shown(session, response, row, at)


@router.post("/emergencies/{emergency_id}/extension")
def extend(
    emergency_id: UUID,
    asked: Extension,
    caller: CallerDep,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> EmergencyShown:
    """Prepare that an emergency goes on, counted from now; it is to be signed like the emergency itself."""
    at = parts.clock()
    return _shown(session, response, service.extend(session, caller, emergency_id, asked.minutes, at), at)


@router.post("/emergencies/{emergency_id}/end")
def end(
    emergency_id: UUID, asked: Ending, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> EmergencyShown:
    """Prepare the end of an emergency; one duty officer signs it."""
    at = parts.clock()
    return _shown(session, response, service.end(session, caller, emergency_id, asked.reason, at), at)


@router.post("/emergencies/{emergency_id}/give-up")
def give_up(
    emergency_id: UUID, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> EmergencyShown:
    """Give up what waits for signatures; what is on the panels stays."""
    at = parts.clock()
    return _shown(session, response, service.give_up(session, caller, emergency_id, at), at)


def _shown(session: Session, response: Response, row: EmergencyRow, at: datetime) -> EmergencyShown:
    tag(response, row.rev)
    return emergencies_shown(session, [row], at, whole=True)[0]
