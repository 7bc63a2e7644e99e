"""Defects over HTTP."""

from __future__ import annotations

from uuid import UUID

from playlists.fault import Severity
from server.accounts.endpoints import CallerDep
from server.edge import IfMatch, WriteSession
from server.faults.defects import service
from server.faults.defects.schemas import DefectNew, DefectShown, MendedAsked
from server.parts import PartsDep
from server.routes import Router
from server.tables import Fault

router = Router(prefix="/api/v1", tags=["faults"])


@router.post("/panels/{panel_id}/defects", status_code=201)
def report(panel_id: UUID, new: DefectNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> DefectShown:
    """Report what no check can measure: dead pixels, a damaged module. It becomes an alarm as of a check."""
    return _shown(service.report(session, caller, panel_id, new, parts.clock()), panel_id)


@router.post("/alarms/{alarm_id}/mended")
def mended(
    alarm_id: UUID, asked: MendedAsked, caller: CallerDep, expected: IfMatch, session: WriteSession, parts: PartsDep
) -> DefectShown:
    """Declare a reported defect mended."""
    row = service.mend(session, caller, alarm_id, asked.note, parts.clock(), expected)
    return _shown(row, row.panel_id or row.kiosk_id)


def _shown(row: Fault, panel_id: UUID) -> DefectShown:
    return DefectShown(
        fault_id=row.id,
        panel_id=panel_id,
        part=row.subject,
        severity=Severity(row.severity),
        note=row.detail,
        since_at=row.since_at,
        cleared_at=row.cleared_at,
    )
