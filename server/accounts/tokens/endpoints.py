"""One's own tokens for programs over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.calling import RECENT_FACTOR, CallerDep
from server.accounts.tokens import repository, service
from server.accounts.tokens.schemas import TokenMade, TokenNew, TokenShown
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.tables import ApiToken

router = Router(prefix="/api/v1/me/tokens", tags=["tokens"])


@router.get("")
def tokens(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[TokenShown]:
    """List the caller's tokens that still work."""
    return [_shown(row) for row in repository.tokens(session, caller.user_id, parts.clock())]


@router.post("", status_code=201, dependencies=[RECENT_FACTOR])
def make_token(new: TokenNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> TokenMade:
    """Make a token for a program; the answer holds its secret this once."""
    row, secret = service.make_token(session, parts.settings, caller, new, parts.clock())
    return TokenMade(token=secret, shown=_shown(row))


@router.delete("/{token_id}", status_code=204)
def end_token(token_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """End a token at once."""
    service.end_token(session, caller, token_id, parts.clock())


def _shown(row: ApiToken) -> TokenShown:
    return TokenShown(
        id=row.id,
        name=row.name,
        scopes=row.scopes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        last_address=row.last_address,
    )
