"""Withdrawals over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.factors.service import require_two_authenticators
from server.accounts.permissions import Permission
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.publishing.releases import publications
from server.publishing.withdrawals import repository, service
from server.publishing.withdrawals.schemas import WithdrawalAsked, WithdrawalShown
from server.routes import Router
from server.trust.endpoints import signature_of
from server.trust.schemas import SignatureAsked

router = Router(prefix="/api/v1", tags=["withdrawals"])


@router.get("/withdrawals")
def withdrawals(caller: CallerDep, session: ReadSession) -> list[WithdrawalShown]:
    """List withdrawals of the caller's agencies, the newest first, those that wait for a signature among them."""
    caller.require(Permission.SEE)
    return service.shown(session, repository.seen(session, caller.seen))


@router.get("/withdrawals/{withdrawal_id}")
def withdrawal(withdrawal_id: UUID, caller: CallerDep, session: ReadSession) -> WithdrawalShown:
    """Show one withdrawal, with the panels that may still show the notice."""
    return service.shown(session, [service.withdrawal_of(session, caller, withdrawal_id)])[0]


@router.post("/notices/{notice_id}/withdrawal", status_code=201)
def ask(
    notice_id: UUID, asked: WithdrawalAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> WithdrawalShown:
    """Ask for a notice to be withdrawn for ever; it is once an approver signs the document."""
    return service.shown(session, [service.ask(session, caller, notice_id, asked, parts.clock())])[0]


@router.post("/withdrawals/{withdrawal_id}/signatures", dependencies=[RECENT_FACTOR])
def sign(
    withdrawal_id: UUID, asked: SignatureAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> WithdrawalShown:
    """Sign a withdrawal as an approver; from then on the notice never plays again."""
    row = service.withdrawal_of(session, caller, withdrawal_id, lock=True)
    caller.require(Permission.APPROVE)
    require_two_authenticators(session, parts.settings, caller)
    at = parts.clock()
    if service.sign(session, caller, row, signature_of(asked), at):
        where = service.panels_of(session, row)
        publications.again(session, where, caller.user_id, row.agency_id)
    return service.shown(session, [row])[0]
