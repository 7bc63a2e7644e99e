"""Status boards over HTTP: plans, values with one call, undo, history, and other systems that may state values."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response

from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.factors.service import require_two_authenticators
from server.accounts.permissions import Permission
from server.content.boards import repository, service, signing, sources
from server.content.boards.schemas import (
    BoardChange,
    BoardNew,
    BoardShown,
    ChangeShown,
    SourceMade,
    SourceNew,
    SourceShown,
    ValuesStated,
)
from server.content.boards.shown import board_shown, boards_shown, changes_shown
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.errors import not_found
from server.parts import PartsDep
from server.routes import Router
from server.tables.boards import ChangeSource
from server.tables.trust import DocumentState
from server.trust.endpoints import add, document_shown
from server.trust.schemas import DocumentShown, SignatureAsked

router = Router(prefix="/api/v1", tags=["boards"])
FromConsole = Annotated[str | None, Header(alias="HX-Request", include_in_schema=False)]


@router.get("/boards")
def boards(caller: CallerDep, session: ReadSession, parts: PartsDep, site_id: UUID | None = None) -> list[BoardShown]:
    """List status boards with what they show now and how they stand on each panel."""
    caller.require(Permission.SEE)
    return boards_shown(session, repository.boards(session, caller.seen, site_id), parts.clock())


@router.post("/boards", status_code=201)
def create_board(
    new: BoardNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> BoardShown:
    """Make a status board and the notice that brings it into playlists."""
    row = service.create(session, caller, new, parts.clock())
    tag(response, row.rev)
    return board_shown(session, row, parts.clock())


@router.get("/boards/{board_id}")
def board(board_id: UUID, caller: CallerDep, session: ReadSession, response: Response, parts: PartsDep) -> BoardShown:
    """Show a status board."""
    row = service.board_of(session, caller, board_id, Permission.SEE)
    tag(response, row.rev)
    return board_shown(session, row, parts.clock())


@router.patch("/boards/{board_id}")
def change_board(
    board_id: UUID,
    change: BoardChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> BoardShown:
    """Set a board's name or plan; its panels follow with the next publication."""
    row = service.change(session, caller, board_id, change, expected)
    tag(response, row.rev)
    return board_shown(session, row, parts.clock())


@router.post("/boards/{board_id}/values")
def state_values(
    board_id: UUID,
    said: ValuesStated,
    caller: CallerDep,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
    console: FromConsole = None,
) -> BoardShown:
    """State values; the board's panels show them within seconds, without a publication."""
    source = ChangeSource.CONSOLE if console else ChangeSource.API
    row = service.state_values(session, caller, board_id, said, parts.clock(), source)
    tag(response, row.rev)
    return board_shown(session, row, parts.clock())


@router.post("/boards/{board_id}/values/prepare", status_code=201)
def prepare_values(
    board_id: UUID, said: ValuesStated, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> DocumentShown:
    """Prepare values for a status officer's signature, which is sent to the document's `sign_path`."""
    return document_shown(session, caller, signing.prepare(session, caller, board_id, said, parts.clock()))


@router.post("/boards/{board_id}/values/{document_id}/signatures", dependencies=[RECENT_FACTOR])
def sign_values(
    board_id: UUID,
    document_id: UUID,
    asked: SignatureAsked,
    caller: CallerDep,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> BoardShown:
    """Sign prepared values; the board's panels show them within seconds, without a publication."""
    row, document = signing.prepared(session, caller, board_id, document_id)
    require_two_authenticators(session, parts.settings, caller)
    document = add(session, caller, document, asked, parts)
    if document.state == DocumentState.SEALED:
        row = signing.take(session, caller, row, document, parts.clock())
    tag(response, row.rev)
    return board_shown(session, row, parts.clock())


@router.post("/boards/{board_id}/changes/{seq}/undo")
def undo_change(
    board_id: UUID, seq: int, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> BoardShown:
    """Take the newest change back."""
    row = service.undo(session, caller, board_id, seq, parts.clock())
    tag(response, row.rev)
    return board_shown(session, row, parts.clock())


@router.get("/boards/{board_id}/changes")
def changes(
    board_id: UUID, caller: CallerDep, session: ReadSession, most: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[ChangeShown]:
    """List who changed a board's values, how and when, newest first."""
    row = service.board_of(session, caller, board_id, Permission.SEE)
    return changes_shown(session, repository.changes(session, row.id, most))


@router.get("/boards/{board_id}/sources")
def board_sources(board_id: UUID, caller: CallerDep, session: ReadSession) -> list[SourceShown]:
    """List the systems that may state a board's values over MQTT."""
    row = service.board_of(session, caller, board_id, Permission.EDIT_FLEET)
    return [sources.shown(one) for one in repository.sources(session, row.id)]


@router.post("/boards/{board_id}/sources", status_code=201)
def create_source(board_id: UUID, new: SourceNew, caller: CallerDep, session: WriteSession) -> SourceMade:
    """Let another system state a board's values over MQTT; the password is shown this once."""
    row = service.board_of(session, caller, board_id, Permission.EDIT_FLEET)
    return sources.create(session, caller, row, new)


@router.post("/boards/{board_id}/sources/{source_id}/revoke")
def revoke_source(
    board_id: UUID, source_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> SourceShown:
    """Take the right back from a system; the broker lets it in no more."""
    row = service.board_of(session, caller, board_id, Permission.EDIT_FLEET)
    source = repository.source(session, source_id)
    if source is None or source.board_id != row.id:
        raise not_found("source")
    return sources.shown(sources.revoke(session, source, parts.clock()))
