"""Decisions about quotas."""

from __future__ import annotations

from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import not_found
from server.scheduling.quotas import repository
from server.scheduling.quotas.schemas import QuotasAsked, QuotaShown, QuotasShown
from server.scheduling.week.service import panel_of
from server.tables import Panel


def set_quotas(session: Session, caller: Caller, panel_id: UUID, asked: QuotasAsked, expected: Expected) -> Panel:
    """Set all quotas of a panel; they hold with the next publication."""
    panel = panel_of(session, caller, panel_id, Permission.EDIT_FLEET, lock=True)
    expected.check(panel.rev)
    parts = {one.agency_id: one.permille for one in asked.quotas}
    if repository.open_agencies(session, parts) != set(parts):
        raise not_found("agency")
    repository.replace(session, panel.id, parts)
    panel.rev += 1
    session.add(panel)
    note_change(session, "panel", panel.id)
    return panel


def shown(session: Session, panel: Panel) -> QuotasShown:
    """Return the API's picture of a panel's quotas."""
    return QuotasShown(
        panel_id=panel.id,
        quotas=[
            QuotaShown(agency_id=agency.id, agency_name=agency.name, permille=row.permille)
            for row, agency in repository.of_panel(session, panel.id)
        ],
        rev=panel.rev,
    )
