"""Queries on the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, and_, col, or_, select

from server.audit.chain import BEGINNING, Head
from server.tables import AuditEntry

LOCK = 0x62616E67_61756474
"""The advisory lock of whoever writes the log's next entry; any number that nothing else uses."""
BATCH = 1000


@dataclass(frozen=True)
class Sought:
    """What is looked for; None and "" do not narrow."""

    agencies: frozenset[UUID] | None = None
    """Entries of these agencies only; None: of the whole installation."""
    words: tuple[str, ...] = ()
    """Folded; each must occur."""
    user_id: UUID | None = None
    action: str = ""
    """A whole action, or a noun for all that was done with it."""
    object_kind: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def lock_end(session: Session) -> None:
    """Keep other writers from the log's end until the transaction ends; readers are not kept from anything."""
    # On SQLite a writing transaction is BEGIN IMMEDIATE: there is no other writer.
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def head(session: Session) -> Head:
    """Return the newest entry's number and hash; number 0 when the log is empty."""
    statement = select(AuditEntry.number, AuditEntry.sha256).order_by(col(AuditEntry.number).desc()).limit(1)
    found = session.exec(statement).first()
    return Head(*found) if found is not None else Head(0, BEGINNING)


def entry(session: Session, number: int) -> AuditEntry | None:
    """Return one entry."""
    return session.get(AuditEntry, number)


def in_order(session: Session) -> Iterator[AuditEntry]:
    """Yield every entry, oldest first, without holding them all."""
    after = 0
    while True:
        statement = select(AuditEntry).where(col(AuditEntry.number) > after)
        rows = list(session.exec(statement.order_by(col(AuditEntry.number)).limit(BATCH)))
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].number
        session.expunge_all()


def entries(session: Session, sought: Sought, before: int | None, most: int) -> list[AuditEntry]:
    """Return entries, newest first, with numbers below `before`."""
    statement = select(AuditEntry).where(and_(True, *_conditions(sought)))
    if before is not None:
        statement = statement.where(col(AuditEntry.number) < before)
    return list(session.exec(statement.order_by(col(AuditEntry.number).desc()).limit(most)))


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.agencies is not None:
        yield col(AuditEntry.agency_id).in_(sought.agencies)
    for word in sought.words:
        yield col(AuditEntry.folded).contains(word, autoescape=True)
    if sought.user_id is not None:
        yield col(AuditEntry.user_id) == sought.user_id
    if sought.action:
        of_noun = col(AuditEntry.action).startswith(f"{sought.action}.", autoescape=True)
        yield or_(col(AuditEntry.action) == sought.action, of_noun)
    if sought.object_kind:
        yield col(AuditEntry.object_kind) == sought.object_kind
    if sought.object_id:
        yield col(AuditEntry.object_id) == sought.object_id
    if sought.since is not None:
        yield col(AuditEntry.at) >= sought.since
    if sought.until is not None:
        yield col(AuditEntry.at) < sought.until
