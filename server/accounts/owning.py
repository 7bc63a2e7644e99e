"""The one way to a row that an agency owns: it is there, and the caller may do something with it."""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.errors import not_found


class Owned(Protocol):
    """Something of an agency."""

    agency_id: UUID


OwnedRow = TypeVar("OwnedRow", bound=Owned)


def let_in(caller: Caller, row: OwnedRow | None, permission: Permission, what: str) -> OwnedRow:
    """Return a row that was looked up for a caller who may do something with it; `what` is what people call it.

    Raises:
        Problem: 404 when it is not there or not the caller's to see, 403 when no role allows it.
    """
    if row is None:
        raise not_found(what)
    caller.require(permission, agency_id=row.agency_id, what=what)
    return row
