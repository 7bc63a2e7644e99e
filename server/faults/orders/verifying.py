"""Whether a repair is confirmed: not by who says so, but by what the device reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from playlists.alarm.rule import rule_of
from playlists.fault import CheckResult
from playlists.wire.messages import Reading
from server.db import Session
from server.faults import repository as faults
from server.faults.orders.schemas import Checked, Verification
from server.faults.saying import is_heard, readings_of
from server.tables import Alarm, Panel
from server.tables.faults import FaultSource

READ_BACK = {"panel_card": "cards", "panel_brightness": "brightness"}
"""What a controller reads back of its cards, and how a verification calls it."""


def verify(session: Session, panel: Panel, rows: Iterable[Alarm], at: datetime) -> Verification:
    """Look at what the panel's kiosk says now of everything that an order is to close."""
    status = faults.status_of_panel(session, panel.id)
    heard = is_heard(status, at)
    checks = [Checked(what="kiosk", is_well=heard, detail="" if heard else "the kiosk is not heard")]
    checks += [_alarm(row, at) for row in rows]
    if status is not None:
        known = {row.code for row in rows}
        for open_ in faults.open_faults(session, status.kiosk_id, FaultSource.KIOSK):
            if open_.code not in known and open_.code.startswith(("panel_", "cabinet_", "controller_")):
                what = f"{open_.code} {open_.subject}".strip()
                checks.append(Checked(what=what, is_well=False, detail="the panel reports this now"))
    if heard:
        checks += [
            Checked(what=READ_BACK[one.check], is_well=True, detail=_value(one))
            for one in readings_of(status)
            if one.check in READ_BACK and one.result is CheckResult.OK and not one.subject
        ]
    return Verification(is_well=all(one.is_well for one in checks), at=at, checks=checks)


def _value(one: Reading) -> str:
    return f"{(one.value_milli or 0) // 1000} {one.unit}".strip() if one.value_milli is not None else ""


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
