"""Whether a repair is confirmed: not by who says so, but by what the device reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from playlists.alarm.rule import rule_of
from server.db import Session
from server.faults import repository as faults
from server.faults.orders.schemas import Checked, Verification
from server.tables import Alarm, Panel
from server.tables.faults import FaultSource

HEARD = timedelta(minutes=5)
"""A device that was not heard for longer proves nothing."""


def verify(session: Session, panel: Panel, rows: Iterable[Alarm], at: datetime) -> Verification:
    """Look at what the panel's kiosk says now of everything that an order is to close."""
    status = faults.status_of_panel(session, panel.id)
    is_heard = status is not None and status.online and status.heard_at is not None and at - status.heard_at <= HEARD
    checks = [Checked(what="kiosk", is_well=is_heard, detail="" if is_heard else "the kiosk is not heard")]
    checks += [_alarm(row, at) for row in rows]
    if status is not None:
        known = {row.code for row in rows}
        for open_ in faults.open_faults(session, status.kiosk_id, FaultSource.KIOSK):
            if open_.code not in known and open_.code.startswith(("panel_", "cabinet_", "controller_")):
                what = f"{open_.code} {open_.subject}".strip()
                checks.append(Checked(what=what, is_well=False, detail="the panel reports this now"))
    return Verification(is_well=all(one.is_well for one in checks), at=at, checks=checks)


def _alarm(row: Alarm, at: datetime) -> Checked:
    what = f"{row.code} {row.subject}".strip()
    if row.is_raised:
        return Checked(what=what, is_well=False, detail="the condition still stands")
    if rule_of(row.code).is_latched and row.ended_at is None:
        return Checked(what=what, is_well=False, detail="nobody has let the latched alarm go")
    gone = row.returned_at or row.ended_at
    if gone is None or gone > at:
        return Checked(what=what, is_well=False, detail="it has not been gone for long enough")
    return Checked(what=what, is_well=True, detail="")
