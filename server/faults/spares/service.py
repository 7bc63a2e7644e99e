"""Decisions about spare parts: whoever repairs the agency's panels keeps its stock."""

from __future__ import annotations

from uuid import UUID

from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import not_found
from server.faults.spares import repository
from server.faults.spares.schemas import SpareChange, SpareNew
from server.tables import SparePart


def make(session: Session, caller: Caller, new: SpareNew) -> SparePart:
    """Begin to keep a kind of spare part.

    Raises:
        Problem: 404, 403, 409 for a closed agency.
    """
    accounts.open_agency_of(session, caller, new.agency_id, Permission.ACKNOWLEDGE_FAULTS)
    return _touched(session, SparePart(**new.model_dump(), rev=0))


def change(session: Session, caller: Caller, spare_id: UUID, asked: SpareChange, expected: Expected) -> SparePart:
    """Write how many there are now, how many there should be, or another name.

    Raises:
        Problem: 404, 403, 412.
    """
    row = repository.spare(session, spare_id, lock=True)
    if row is None:
        raise not_found("spare part")
    caller.require(Permission.ACKNOWLEDGE_FAULTS, agency_id=row.agency_id, what="spare part")
    expected.check(row.rev)
    for name, value in asked.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    return _touched(session, row)


def _touched(session: Session, row: SparePart) -> SparePart:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "spare", row.id)
    return row
