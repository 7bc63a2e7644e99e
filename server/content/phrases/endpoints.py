"""The phrase book over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.phrases import repository, service
from server.content.phrases.schemas import PhraseChange, PhraseNew, PhraseShown
from server.db import Session
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.tables.boards import Phrase

router = Router(prefix="/api/v1", tags=["phrases"])


@router.get("/phrases")
def phrases(caller: CallerDep, session: ReadSession, archived: bool = False) -> list[PhraseShown]:
    """List the phrase book."""
    caller.require(Permission.SEE)
    return service.shown(session, repository.phrases(session, caller.seen, archived=archived))


@router.post("/phrases", status_code=201)
def create_phrase(new: PhraseNew, caller: CallerDep, session: WriteSession, response: Response) -> PhraseShown:
    """Write a phrase; another person approves it."""
    return _shown(session, response, service.create(session, caller, new))


@router.get("/phrases/{phrase_id}")
def phrase(phrase_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> PhraseShown:
    """Show a phrase."""
    return _shown(session, response, service.phrase_of(session, caller, phrase_id, Permission.SEE))


@router.patch("/phrases/{phrase_id}")
def change_phrase(
    phrase_id: UUID,
    change: PhraseChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> PhraseShown:
    """Write other words, which need a new approval."""
    return _shown(session, response, service.change(session, caller, phrase_id, change, expected))


@router.post("/phrases/{phrase_id}/approve")
def approve_phrase(
    phrase_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> PhraseShown:
    """Approve the words of another person; boards may show them from the next publication."""
    return _shown(session, response, service.approve(session, caller, phrase_id, parts.clock(), expected))


@router.post("/phrases/{phrase_id}/archive")
def archive_phrase(
    phrase_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> PhraseShown:
    """Take a phrase out of the lists."""
    return _shown(session, response, service.archive(session, caller, phrase_id, parts.clock(), expected))


def _shown(session: Session, response: Response, row: Phrase) -> PhraseShown:
    tag(response, row.rev)
    return service.shown(session, [row])[0]
