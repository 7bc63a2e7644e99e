"""What people read of the audit log, and how a kept head is compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from server.accounts.auditing.schemas import EntryShown, HeadCompared, HeadKept
from server.accounts.permissions import Caller, Permission
from server.accounts.succession import repository as agencies
from server.audit import repository
from server.audit.repository import Sought
from server.db import Database, Session
from server.tables import AuditEntry

AT_ONCE = 1000
HEAD = (
    "number",
    "at",
    "username",
    "display_name",
    "agency_name",
    "address",
    "action",
    "object_kind",
    "object_id",
    "object_name",
    "digest",
    "before",
    "after",
    "sha256",
)
"""The columns of an export."""


def readable(session: Session, caller: Caller) -> frozenset[UUID] | None:
    """Return the agencies whose entries the caller reads, with those that went into them; None: all entries.

    Raises:
        Problem: 403.
    """
    caller.require(Permission.SEE_AUDIT)
    own = caller.agencies(Permission.SEE_AUDIT)
    return own if own is None else agencies.with_predecessors(session, own)


def shown(row: AuditEntry) -> EntryShown:
    """Return the API's picture of an entry."""
    said = row.model_dump(exclude={"folded", "agency_id"})
    return EntryShown.model_validate(said | {"before": _read(row.before), "after": _read(row.after)})


def lines(db: Database, sought: Sought, most: int) -> Iterator[list[str]]:
    """Yield entries as rows of an export, newest first, in short transactions."""
    before: int | None = None
    while most > 0:
        with db.read() as session:
            rows = repository.entries(session, sought, before, min(AT_ONCE, most))
        for row in rows:
            said = row.model_dump(mode="json")
            yield ["" if said[name] is None else str(said[name]) for name in HEAD]
        if len(rows) < AT_ONCE:
            return
        before, most = rows[-1].number, most - len(rows)


def compare(session: Session, kept: HeadKept) -> HeadCompared:
    """Tell whether the log still holds the entry that a kept head names."""
    now = repository.head(session)
    row = repository.entry(session, kept.number)
    why = None
    if row is None:
        why = f"The log ends at entry {now.number}; entry {kept.number} is gone. Its end was cut off."
    elif row.sha256 != kept.sha256:
        why = f"Entry {kept.number} is another one than your head says. The log was written anew."
    return HeadCompared(holds=why is None, why=why, number=now.number)


def _read(text: str | None) -> Any:
    return json.loads(text) if text is not None else None
