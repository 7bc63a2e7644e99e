"""Values that a status officer signs: prepared as a document, written and told when the signature is there.

A kiosk that holds a root shows these only; whoever takes over the server can state none.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.board_values import Values
from playlists.trust import statements
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.content.boards import repository, service
from server.content.boards.refusal import overtaken
from server.content.boards.schemas import ValuesStated
from server.db import Session
from server.errors import not_found
from server.tables import SignedDocument
from server.tables.boards import Board, BoardChange, ChangeSource
from server.trust import service as trust
from server.trust.kinds import Kind
from server.trust.refusal import elsewhere


def prepare(session: Session, caller: Caller, board_id: UUID, said: ValuesStated, at: datetime) -> SignedDocument:
    """Fix the values that a statement makes, to be signed by a status officer of the site.

    Raises:
        Problem: 403, 404, 409 no root is installed, 422 as for a statement that nobody signs.
    """
    row = service.board_of(session, caller, board_id, Permission.SIGN_VALUES)
    values = service.next_values(session, row, said.set, at, service.end_of(said, at))
    site = repository.site(session, row.site_id)
    if site is None:
        raise not_found("site")
    return trust.open_document(
        session,
        document_of(values, site.slug),
        made_by=caller.user_id,
        at=at,
        agency_id=row.agency_id,
        site_id=row.site_id,
        sign_path=f"/api/v1/boards/{row.id}/values/{{id}}/signatures",
        note=said.note.strip(),
    )


def document_of(values: Values, site: str) -> statements.Values:
    """Return values as the document that is signed; its times are on whole milliseconds."""
    return statements.Values(
        issued_at=_milliseconds(values.set_at),
        site=site,
        board=values.board,
        seq=values.seq,
        expires_at=_milliseconds(values.expires_at),
        values=values.values,
        until={name: _milliseconds(until) for name, until in values.until.items()},
        stated_at={name: _milliseconds(since) for name, since in values.stated_at.items()},
    )


def prepared(session: Session, caller: Caller, board_id: UUID, document_id: UUID) -> tuple[Board, SignedDocument]:
    """Return a locked board and a document of its values that waits for a signature.

    Raises:
        Problem: 403, 404, 409 other values were stated since, or this is another document.
    """
    row = service.board_of(session, caller, board_id, Permission.SIGN_VALUES, lock=True)
    document = trust.document_of(session, caller, document_id, lock=True)
    if document.kind != Kind.VALUES or _said(document).board != row.id:
        raise elsewhere(document.sign_path)
    if _said(document).seq <= row.seq:
        raise overtaken()
    return row, document


def take(session: Session, caller: Caller, row: Board, document: SignedDocument, at: datetime) -> Board:
    """Write signed values, and let the board's kiosks be told at once."""
    said = _said(document)
    made = BoardChange(board_id=row.id, source=ChangeSource.API, set_by=caller.user_id, note=document.note)
    written = service.write(session, row, said.stated, made, at, document.envelope)
    audit(
        session,
        caller,
        Action.VALUES_SIGNED,
        "board",
        row.id,
        name=row.name,
        agency_id=row.agency_id,
        digest=document.digest,
        after=dict(said.values),
    )
    return written


def _said(document: SignedDocument) -> statements.Values:
    return statements.Values.read(document.payload)


def _milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
