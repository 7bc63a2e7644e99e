"""Quotas over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.routes import Router
from server.scheduling.quotas import service
from server.scheduling.quotas.schemas import QuotasAsked, QuotasShown
from server.scheduling.week.service import panel_of
from server.tables import Panel

router = Router(prefix="/api/v1", tags=["quotas"])


@router.get("/panels/{panel_id}/quotas")
def quotas(panel_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> QuotasShown:
    """Show which part of a panel's airtime each agency has."""
    return _shown(session, response, panel_of(session, caller, panel_id, Permission.SEE))


@router.put("/panels/{panel_id}/quotas")
def set_quotas(
    panel_id: UUID,
    asked: QuotasAsked,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> QuotasShown:
    """Set all quotas of a panel; an agency that has one may schedule on it."""
    return _shown(session, response, service.set_quotas(session, caller, panel_id, asked, expected))


def _shown(session: Session, response: Response, panel: Panel) -> QuotasShown:
    tag(response, panel.rev)
    return service.shown(session, panel)
