"""Decisions about status boards: plans, and the one way by which values change, whoever states them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from playlists.board import Slot
from playlists.board_card import BoardPlan
from playlists.board_statement import Unsaid, next_seq, state
from playlists.board_values import Refusal, Value, Values, misfit
from playlists.daypart import zone
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content.boards import repository
from server.content.boards.notice import make_notice
from server.content.boards.refusal import needs_signature
from server.content.boards.schemas import BoardChange, BoardNew, ValuesStated
from server.content.faces.repository import calendars as special_calendars
from server.content.faces.service import plan_of
from server.content.phrases import repository as phrases
from server.content.phrases.service import owning_agency
from server.db import Session
from server.edge import Expected
from server.errors import Problem, conflict, invalid, not_found
from server.seen import seen_of
from server.tables.boards import Board, ChangeSource
from server.tables.boards import BoardChange as ChangeRow
from server.trust.roots import current_root

MOST_HISTORY = 200
_SUN = (
    "Opening hours of a board are times of the clock: people read them as a promise, and kiosks of several places, "
    "each with a sun of its own, may show one board. Give the hours by the clock."
)


def board_of(session: Session, caller: Caller, board_id: UUID, permission: Permission, *, lock: bool = False) -> Board:
    """Return a board that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    row = repository.board(session, board_id, lock=lock)
    if row is None:
        raise not_found("board")
    caller.require(permission, agency_id=row.agency_id, site_id=row.site_id, what="board")
    return row


def create(session: Session, caller: Caller, new: BoardNew, at: datetime) -> Board:
    """Make a board and the notice that brings it into playlists.

    Raises:
        Problem: 403, 404, 422 for phrases that the book does not have.
    """
    agency = owning_agency(session, caller, new.agency_id, Permission.EDIT_CONTENT)
    site = repository.site(session, new.site_id)
    if site is None or not (caller.sees(site.agency_id, site.id) or site.agency_id == agency.id):
        raise not_found("site")
    _check_plan(session, agency.id, new.plan)
    row = Board(
        agency_id=agency.id,
        site_id=site.id,
        name=new.name,
        definition=new.plan.model_dump(mode="json"),
        definition_by=caller.user_id,
        created_by=caller.user_id,
    )
    session.add(row)
    session.flush()
    row.notice_id = make_notice(session, caller, row, at)
    session.add(row)
    session.flush()
    note_change(session, "board", row.id)
    return row


def change(session: Session, caller: Caller, board_id: UUID, asked: BoardChange, expected: Expected) -> Board:
    """Set a board's name or plan; what it shows stays until the next publication.

    Raises:
        Problem: 403, 404, 412, 422 for phrases that the book does not have.
    """
    row = board_of(session, caller, board_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    row.name = asked.name or row.name
    if asked.plan is not None:
        _check_plan(session, row.agency_id, asked.plan)
        row.definition, row.definition_by = asked.plan.model_dump(mode="json"), caller.user_id
        row.definition_number += 1
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "board", row.id)
    return row


def values_of(row: Board) -> Values | None:
    """Return a board's newest values document."""
    return Values.model_validate(row.values) if row.values else None


def state_values(
    session: Session, caller: Caller, board_id: UUID, said: ValuesStated, at: datetime, source: ChangeSource
) -> Board:
    """Take a person's word: it reaches the panels at once, without a publication.

    Raises:
        Problem: 403, 404, 422 for values outside of the board's ranges or an end that cannot be.
    """
    row = board_of(session, caller, board_id, Permission.STATE_VALUES, lock=True)
    until = end_of(said, at)
    before = values_of(row)
    taken = take(session, row, said.set, at, until=until, source=source, set_by=caller.user_id, note=said.note)
    _write_down(session, caller, taken, before)
    return taken


def take(
    session: Session,
    row: Board,
    said: Mapping[str, Value | None],
    at: datetime,
    *,
    source: ChangeSource,
    until: datetime | None = None,
    set_by: UUID | None = None,
    source_id: UUID | None = None,
    message_id: UUID | None = None,
    note: str = "",
) -> Board:
    """Write the next values of a locked board, and let its kiosks be told.

    Raises:
        Problem: 409 for an archived board, or where a root is installed: then a status officer signs what is stated;
            422 for values outside of its ranges or an end that cannot be.
    """
    require_unsigned(session, row)
    values = next_values(session, row, said, at, until)
    made = ChangeRow(
        board_id=row.id, source=source, set_by=set_by, source_id=source_id, message_id=message_id, note=note.strip()
    )
    return write(session, row, values, made, at)


def next_values(
    session: Session, row: Board, said: Mapping[str, Value | None], at: datetime, until: datetime | None
) -> Values:
    """Return the values that a statement makes of those before it; nothing is written.

    Raises:
        Problem: 409 for an archived board, 422 for values outside of its ranges or an end that cannot be.
    """
    if row.archived_at is not None:
        raise conflict("board-archived", f"{row.name} is archived. Restore it before you state values.")
    check(plan_of(row), said)
    tz = zone(time_zone(session, row))
    try:
        return state(row.id, values_of(row), said, at, seq=next_seq(row.seq, at), tz=tz, until=until)
    except Unsaid as error:
        raise invalid("invalid-end", str(error)) from error


def require_unsigned(session: Session, row: Board) -> None:
    """Let values be stated without a signature only before a root is installed: kiosks with one show signed ones only.

    Raises:
        Problem: 409.
    """
    if current_root(session, training=repository.is_training(session, row)) is not None:
        raise needs_signature()


def end_of(said: ValuesStated, at: datetime) -> datetime | None:
    """Return until when a statement counts; None: until the site's day ends.

    Raises:
        Problem: 422 for two ends.
    """
    if said.until is not None and said.for_s is not None:
        raise invalid("two-ends", "Give until or for_s, not both.")
    return said.until if said.for_s is None else at + timedelta(seconds=said.for_s)


def undo(session: Session, caller: Caller, board_id: UUID, seq: int, at: datetime) -> Board:
    """Take the newest change back; what it replaced counts again as far as it has not ended since.

    Raises:
        Problem: 403, 404, 409 when another change was made since.
    """
    row = board_of(session, caller, board_id, Permission.STATE_VALUES, lock=True)
    require_unsigned(session, row)
    newest = next(iter(repository.changes(session, row.id, 1)), None)
    if newest is None or newest.seq != seq:
        raise conflict("not-newest", "Only the newest change can be undone. Look at what was changed since.")
    before = Values.model_validate(newest.before) if newest.before else None
    number = next_seq(row.seq, at)
    values = state(row.id, None, {}, at, seq=number, tz=zone(time_zone(session, row)))
    if before is not None and before.expires_at > at:
        values = before.model_copy(update={"seq": number})
    made = ChangeRow(board_id=row.id, source=ChangeSource.UNDO, set_by=caller.user_id, undoes=seq)
    held = values_of(row)
    undone = write(session, row, values, made, at)
    _write_down(session, caller, undone, held)
    return undone


def check(plan: BoardPlan, said: Mapping[str, Value | None]) -> None:
    """Let pass what the board's slots can show.

    Raises:
        Problem: 422 with the slot and what it can show.
    """
    slots = {one.slot.name: one.slot for one in plan.slots}
    for name, value in said.items():
        slot = slots.get(name)
        if slot is None:
            settable = ", ".join(slot.name for slot in slots.values() if slot.kind.is_settable)
            raise refused(Refusal.UNKNOWN_SLOT, f"The board has no slot {name}; it has: {settable}.", name)
        reason = misfit(slot, value) if value is not None else (None if slot.kind.is_settable else Refusal.NOT_SETTABLE)
        if reason is not None:
            raise refused(reason, f"{name} cannot be {value}: {_range(slot)}.", name)


def refused(reason: Refusal, sentence: str, slot: str) -> Problem:
    """Return the 422 of a value that is not shown."""
    return invalid(f"values-{reason.value.replace('_', '-')}", sentence, slot=slot, refusal=reason.value)


def _range(slot: Slot) -> str:
    if not slot.kind.is_settable:
        return "it shows itself and cannot be stated"
    return f"it shows one of {', '.join(slot.phrases)}" if slot.phrases else f"it shows {slot.least} to {slot.most}"


def write(
    session: Session, row: Board, values: Values, made: ChangeRow, at: datetime, envelope: bytes | None = None
) -> Board:
    """Write the values of a locked board, with the envelope of whoever signed them, and let its kiosks be told."""
    made.seq, made.before, made.created_at = values.seq, dict(row.values), at
    row.values, row.seq, row.set_at = values.model_dump(mode="json", exclude_defaults=True), values.seq, values.set_at
    made.values, row.values_envelope = row.values, envelope
    row.rev += 1
    session.add(row)
    session.add(made)
    session.flush()
    repository.tell(session, [one.kiosk.id for one in repository.holders(session, [row.id])])
    note_change(session, "board", row.id)
    return row


def _write_down(session: Session, caller: Caller, row: Board, before: Values | None) -> None:
    now = values_of(row)
    audit(
        session,
        caller,
        Action.VALUES_STATED,
        "board",
        row.id,
        name=row.name,
        agency_id=row.agency_id,
        before=before.model_dump(mode="json") if before is not None else None,
        after=now.model_dump(mode="json") if now is not None else None,
    )


def time_zone(session: Session, row: Board) -> str:
    """Return the time zone of a board's site."""
    site = repository.site(session, row.site_id)
    return site.time_zone if site is not None else "UTC"


def _check_plan(session: Session, agency_id: UUID, plan: BoardPlan) -> None:
    known = {row.key for row in phrases.phrases(session, seen_of(agency_id))}
    missing = sorted(plan.phrases - known)
    if missing:
        raise invalid("unknown-phrase", f"The phrase book has no {', '.join(missing)}. Write it there first.")
    calendars = {one.slot.hours.calendar_id for one in plan.slots if one.slot.hours is not None} - {None}
    if len(special_calendars(session, [one for one in calendars if one is not None])) != len(calendars):
        raise not_found("calendar")
    if any(one.slot.hours is not None and one.slot.hours.follows_sun for one in plan.slots):
        raise invalid("sun-hours", _SUN)
