"""How far a swap has come: nobody ticks anything, each step is what kiosk and controller say now."""

from __future__ import annotations

from datetime import datetime

from playlists.fault import CheckResult
from playlists.wire.messages import CommandName, Phase
from server.db import Session
from server.faults import repository as faults
from server.faults.commands.schemas import CommandState
from server.faults.saying import is_heard, readings_of, state_of
from server.faults.swaps import repository
from server.faults.swaps.schemas import StepShown, StepState, SwapKind, SwapStep
from server.fleet.certificates import repository as certificates
from server.tables import Kiosk, KioskStatus, Swap
from server.tables.faults import FaultSource

OF_THE_LINE = ("controller_", "hdmi_", "video_output_", "panel_signal_missing")
OF_THE_CARDS = ("panel_", "cabinet_")
MOST_VOLTAGES = 500


def steps_of(session: Session, swap: Swap, at: datetime) -> list[StepShown]:
    """Return the steps of a running swap as they stand at a time."""
    if swap.kind == SwapKind.KIOSK:
        return _of_kiosk(session, swap, at)
    return _of_controller(session, swap, at)


def voltages_of(session: Session, swap: Swap) -> dict[str, int]:
    """Return the voltages that the panel's cards read now, by part, in thousandths of a volt."""
    kiosk = repository.kiosk_behind(session, swap.panel_id)
    status = repository.status(session, kiosk.id) if kiosk is not None else None
    found = [one for one in readings_of(status) if one.check == "panel_voltage" and one.value_milli is not None]
    return {one.subject or "panel": one.value_milli or 0 for one in found[:MOST_VOLTAGES]}


def _of_kiosk(session: Session, swap: Swap, at: datetime) -> list[StepShown]:
    new, old = repository.kiosk(session, swap.new_kiosk_id), repository.kiosk(session, swap.old_kiosk_id)
    status = repository.status(session, new.id) if new is not None else None
    has_taken_over = new is not None and new.enrolled_at is not None and new.panel_id == swap.panel_id
    has_code = new is not None and (has_taken_over or repository.has_code(session, new.id, at))
    heard = has_taken_over and is_heard(status, at)
    state = state_of(status) if heard else None
    assigned = new.assigned_seq if new is not None else 0
    has_all = (
        state is not None
        and assigned > 0
        and state.installed_seq == assigned
        and state.stored_segments >= state.wanted_segments
    )
    how_far = (
        "" if state is None else f"{state.installed_seq}/{assigned}, {state.stored_segments}/{state.wanted_segments}"
    )
    plays = has_all and state is not None and state.phase is Phase.PLAYING and state.on_screen is not None
    return [
        _step(SwapStep.CODE, has_code),
        _step(SwapStep.ENROLLED, has_taken_over),
        _step(SwapStep.OLD_SHUT_OUT, has_taken_over and old is not None and _is_shut_out(session, old)),
        _step(SwapStep.HEARD, heard),
        _step(SwapStep.STORED, has_all, how_far),
        _step(SwapStep.PLAYS, plays),
    ]


def _of_controller(session: Session, swap: Swap, at: datetime) -> list[StepShown]:
    kiosk = repository.kiosk_behind(session, swap.panel_id)
    status = repository.status(session, kiosk.id) if kiosk is not None else None
    heard = is_heard(status, at)
    told = repository.last_command(session, swap.panel_id, CommandName.ACCEPT_DISPLAY, swap.begun_at)
    was_told = told is not None and told.state == CommandState.DONE and told.answered_at is not None
    is_read_since = (
        was_told
        and heard
        and status is not None
        and told is not None
        and told.answered_at is not None
        and status.health_at is not None
        and status.health_at >= told.answered_at
    )
    rows = faults.open_faults(session, kiosk.id, FaultSource.KIOSK) if kiosk is not None else []
    of_line = [f"{row.code} {row.subject}".strip() for row in rows if row.code.startswith(OF_THE_LINE)]
    of_cards = [
        f"{row.code} {row.subject}".strip()
        for row in rows
        if row.code.startswith(OF_THE_CARDS) and not row.code.startswith(OF_THE_LINE)
    ]
    return [
        _step(SwapStep.TOLD, was_told, told.detail if told is not None else ""),
        _step(SwapStep.ANSWERS, is_read_since and not of_line, "; ".join(of_line)[:300]),
        _step(SwapStep.CARDS, is_read_since and not of_cards, "; ".join(of_cards)[:300]),
        _read_back(SwapStep.BRIGHTNESS, "panel_brightness", status, is_read_since=is_read_since),
        _read_back(SwapStep.VOLTAGE, "panel_voltage", status, is_read_since=is_read_since),
    ]


def _read_back(step: SwapStep, check: str, status: KioskStatus | None, *, is_read_since: bool) -> StepShown:
    if not is_read_since:
        return _step(step, False)
    found = [one for one in readings_of(status) if one.check == check]
    bad = [one for one in found if one.result is CheckResult.FAULT]
    if bad:
        return _step(step, False, "; ".join(one.detail for one in bad)[:300])
    if any(one.result is CheckResult.OK for one in found):
        return _step(step, True)
    return StepShown(step=step, state=StepState.UNKNOWN, detail="; ".join(one.detail for one in found)[:300])


def _step(step: SwapStep, is_well: bool, detail: str = "") -> StepShown:
    return StepShown(step=step, state=StepState.WELL if is_well else StepState.WAITING, detail=detail)


def _is_shut_out(session: Session, old: Kiosk) -> bool:
    """Tell whether nothing that a kiosk holds opens anything: no token, no certificate in force, no open session."""
    has_secrets = old.token_sha256 is not None or old.mqtt_password_line is not None
    is_certified = old.id in certificates.standing(session, [old.id])
    return old.revoked_at is not None and not has_secrets and not is_certified and not old.session_to_end
