"""Decisions about swaps: one at a time at a panel, given up at any step, done when the panel itself says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import Problem, conflict, invalid, not_found
from server.faults.orders import service as orders
from server.faults.orders.schemas import PartNew
from server.faults.swaps import repository
from server.faults.swaps.schemas import DeviceAsked, StepState, SwapDone, SwapKind, SwapNew, SwapState
from server.faults.swaps.steps import steps_of, voltages_of
from server.fleet import enrolment
from server.fleet import service as fleet
from server.fleet.certificates import service as certificates
from server.fleet.enrolment import NewCode
from server.parts import Parts
from server.tables import Panel, Swap

WHAT = "swap"
PART_NAMES = {SwapKind.KIOSK: "Máy phát", SwapKind.CONTROLLER: "Bộ điều khiển LED"}
"""As the Vietnamese records name the device."""


def panel_of(session: Session, caller: Caller, panel_id: UUID, permission: Permission, *, lock: bool = False) -> Panel:
    """Return a panel that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    panel = repository.panel(session, panel_id, lock=lock)
    if panel is None:
        raise not_found("panel")
    caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panel


def swap_of(
    session: Session, caller: Caller, swap_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Swap, Panel]:
    """Return a swap and its panel that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    row = repository.swap(session, swap_id, lock=lock)
    panel = repository.panel(session, row.panel_id) if row is not None else None
    if row is None or panel is None:
        raise not_found(WHAT)
    caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what=WHAT)
    return row, panel


def begin(session: Session, caller: Caller, panel_id: UUID, new: SwapNew, at: datetime) -> Swap:
    """Begin a swap; what plays, plays on.

    Raises:
        Problem: 404, 403; 409 when one runs at this panel, with whose it is, or when there is no kiosk to swap.
    """
    panel = panel_of(session, caller, panel_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    if (other := repository.running(session, panel.id)) is not None:
        raise _runs(session, other, panel)
    kiosk = repository.kiosk_behind(session, panel.id)
    if kiosk is None or kiosk.enrolled_at is None:
        raise conflict("no-kiosk", f"No kiosk is enrolled behind {panel.name}; enrol one, there is nothing to swap.")
    if new.work_order_id is not None:
        _check_order(session, caller, new.work_order_id, panel)
    row = Swap(
        panel_id=panel.id, kind=new.kind, state=SwapState.RUNNING, begun_by=caller.user_id, begun_at=at,
        old_kiosk_id=kiosk.id if new.kind is SwapKind.KIOSK else None, work_order_id=new.work_order_id,
    )  # fmt: skip
    return _written(session, caller, row, panel, {"begun": new.kind})


def make_device(
    session: Session, parts: Parts, caller: Caller, swap_id: UUID, asked: DeviceAsked
) -> tuple[Swap, NewCode]:
    """Make the new kiosk and its code; asked again before it is enrolled, another code, and the older one is void.

    Raises:
        Problem: 404, 403; 409 when the swap has ended, swaps a controller, or the new kiosk is enrolled.
    """
    row, panel = swap_of(session, caller, swap_id, Permission.MANAGE_CERTIFICATES, lock=True)
    _check_running(row)
    if row.kind != SwapKind.KIOSK or row.old_kiosk_id is None:
        raise conflict("no-kiosk-swap", "A controller needs no code; connect it and let the kiosk accept it.")
    new = repository.kiosk(session, row.new_kiosk_id)
    if new is not None and new.enrolled_at is not None:
        raise conflict("kiosk-enrolled", f"{new.slug} is enrolled already; it needs no code.")
    if new is None or new.revoked_at is not None:
        new = fleet.replace_kiosk(session, caller, row.old_kiosk_id, asked.slug)
        row.new_kiosk_id = new.id
    made = enrolment.make_code(session, parts, new)
    return _written(session, caller, row, panel, {"code for": new.slug}), made


def finish(session: Session, caller: Caller, swap_id: UUID, done: SwapDone, at: datetime, expected: Expected) -> Swap:
    """End a swap that the panel itself confirms, with old and new serial number.

    Raises:
        Problem: 404, 403, 412; 409 with what is not so yet, or when it has ended; 422 for an order of another panel.
    """
    row, panel = swap_of(session, caller, swap_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    expected.check(row.rev)
    _check_running(row)
    steps = steps_of(session, row, at)
    if left := [one.step for one in steps if one.state is StepState.WAITING]:
        raise conflict("swap-not-confirmed", f"The panel does not confirm the swap yet: {', '.join(left)}.")
    order_id = done.work_order_id or row.work_order_id
    if order_id is not None:
        _check_order(session, caller, order_id, panel)
        name = PART_NAMES[SwapKind(row.kind)]
        part = PartNew(name=name, old_serial=done.old_serial, new_serial=done.new_serial)
        orders.change_part(session, caller, order_id, part, at)
    row.work_order_id, row.old_serial, row.new_serial = order_id, done.old_serial, done.new_serial
    row.found = {"steps": [one.model_dump(mode="json") for one in steps], "voltages_milli": voltages_of(session, row)}
    _end(row, SwapState.DONE, caller, at)
    return _written(session, caller, row, panel, {"done": row.kind, "old": row.old_serial, "new": row.new_serial})


def give_up(session: Session, caller: Caller, swap_id: UUID, note: str, at: datetime, expected: Expected) -> Swap:
    """Give a swap up. A new kiosk that is not enrolled is shut out and the old one plays on; an enrolled one stays.

    Raises:
        Problem: 404, 403, 412; 409 when it has ended.
    """
    row, panel = swap_of(session, caller, swap_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    expected.check(row.rev)
    _check_running(row)
    new = repository.kiosk(session, row.new_kiosk_id)
    if new is not None and new.enrolled_at is None and new.revoked_at is None:
        certificates.shut_out(session, new, certificates.REPLACED, at, caller.user_id)
    row.found = {"steps": [one.model_dump(mode="json") for one in steps_of(session, row, at)], "voltages_milli": {}}
    row.note = note
    _end(row, SwapState.ABANDONED, caller, at)
    return _written(session, caller, row, panel, {"given up": row.kind, "note": note})


def _end(row: Swap, state: SwapState, caller: Caller, at: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, caller.user_id, at


def _check_running(row: Swap) -> None:
    if row.state != SwapState.RUNNING:
        raise conflict("swap-ended", "This swap has ended; begin another one.")


def _check_order(session: Session, caller: Caller, order_id: UUID, panel: Panel) -> None:
    order, _ = orders.order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS)
    if order.panel_id != panel.id:
        raise invalid("order-elsewhere", "This work order is of another panel.")
    if order.closed_at is not None:
        raise orders.closed()


def _runs(session: Session, other: Swap, panel: Panel) -> Problem:
    name = repository.names(session, [other.begun_by]).get(other.begun_by, "?")
    sentences = {
        "vi": f"{name} đang thay thiết bị của {panel.name}. Hãy làm tiếp lần thay đó hoặc hủy nó trước.",
        "en": f"{name} is swapping a device of {panel.name}. Go on with that swap, or give it up first.",
        "zh": f"{name}正在更换{panel.name}的设备。请继续该次更换，或先放弃它。",
    }
    return conflict("swap-running", sentences["en"], sentences=sentences, swap_id=str(other.id))


def _written(session: Session, caller: Caller, row: Swap, panel: Panel, after: dict[str, object]) -> Swap:
    row.rev += 1
    session.add(row)
    session.flush()
    audit(session, caller, Action.DEVICE_SWAPPED, "panel", panel.id, name=panel.name, agency_id=panel.agency_id,
          after=after)  # fmt: skip
    note_change(session, "swap", row.id)
    return row
