"""Reporting a defect and declaring it mended: the alarm is the same as of a check, and so is the way to its repair."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.fault import CATALOGUE, FaultCode, Severity
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, not_found
from server.faults import service as faults
from server.faults.alarms import service as alarms
from server.faults.alarms import standing as alarm_rows
from server.faults.defects import repository
from server.faults.defects.schemas import DefectNew
from server.tables import Fault, Kiosk, Panel
from server.tables.faults import FaultSource

CODE = FaultCode.PIXEL_DEFECT
LARGE = Severity.MAJOR


def report(session: Session, caller: Caller, panel_id: UUID, new: DefectNew, at: datetime) -> Fault:
    """Raise what somebody saw; what stands of the same part already is said anew.

    Raises:
        Problem: 404, 403, 409 when no kiosk stands behind the panel.
    """
    panel = repository.panel(session, panel_id)
    if panel is None:
        raise not_found("panel")
    caller.require(Permission.KEEP_SHIFT_BOOK, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    kiosk = repository.kiosk_of(session, panel.id)
    if kiosk is None:
        raise conflict("no-kiosk", f"No kiosk is enrolled behind {panel.name}: it is not in use yet.")
    severity = LARGE if new.is_large else CATALOGUE[CODE].severity
    row = note(session, panel, kiosk, new.part, severity, _plain(new.note), at)
    audit(session, caller, Action.DEFECT_REPORTED, "panel", panel.id, name=panel.name, agency_id=panel.agency_id,
          after={"part": new.part, "severity": severity, "note": row.detail})  # fmt: skip
    return row


def note(session: Session, panel: Panel, kiosk: Kiosk, part: str, severity: Severity, said: str, at: datetime) -> Fault:
    """Make a defect of a part stand, or say it anew."""
    row = repository.standing(session, panel.id, CODE, part)
    if row is None:
        row = Fault(kiosk_id=kiosk.id, panel_id=panel.id, code=CODE, subject=part, severity=severity, detail=said,
                    source=FaultSource.PERSON, since_at=at)  # fmt: skip
        faults.raise_found(session, row, at)
        return row
    row.severity, row.detail = severity, said
    row.rev += 1
    session.add(row)
    alarm_rows.said_anew(session, row, at)
    note_change(session, "fault", row.id)
    return row


def mend(session: Session, caller: Caller, alarm_id: UUID, said: str, at: datetime, expected: Expected) -> Fault:
    """Declare a defect mended; what a check measures clears by itself.

    Raises:
        Problem: 404, 403, 409 when it is no defect that people report, or gone already, 412.
    """
    alarm = alarms.alarm_of(session, caller, alarm_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    expected.check(alarm.rev)
    if alarm.code != CODE or alarm.panel_id is None:
        raise conflict("fault-measured", "A check measures this fault; it clears by itself when it is mended.")
    row = repository.standing(session, alarm.panel_id, CODE, alarm.subject)
    if row is None:
        raise conflict("defect-mended", "This defect was declared mended already.")
    faults.clear(session, row, at)
    panel = repository.panel(session, alarm.panel_id)
    audit(session, caller, Action.DEFECT_MENDED, "panel", alarm.panel_id, name=panel.name if panel else "",
          agency_id=panel.agency_id if panel else None, after={"part": row.subject, "note": _plain(said)})  # fmt: skip
    return row


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
