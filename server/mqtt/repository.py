"""What the link asks of the database: which kiosks may speak, the epoch, and what the broker should hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select, update

from server.authority.certificates import Blocked
from server.mqtt.admitted import Admitted
from server.tables import Certificate, DesiredMessage, Kiosk, KioskStatus, Mark
from server.tables.boards import BoardSource

EPOCH = "broker-epoch"
GATHERING = 0x62616E67_67617468
"""The number of the lock under which what kiosks are told is gathered."""


def speakers(
    session: Session, ids: Collection[UUID], heard: Mapping[UUID, datetime]
) -> dict[UUID, tuple[Kiosk, KioskStatus]]:
    """Return those of these kiosks that are enrolled and not revoked, and write when they were last heard."""
    asked = (
        select(Kiosk, KioskStatus)
        .join(KioskStatus, col(KioskStatus.kiosk_id) == col(Kiosk.id), isouter=True)
        .where(col(Kiosk.id).in_(ids), col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None))
    )
    known: dict[UUID, tuple[Kiosk, KioskStatus]] = {}
    found: Iterable[tuple[Kiosk, KioskStatus | None]] = session.exec(asked)
    for kiosk, status in found:
        row = KioskStatus(kiosk_id=kiosk.id) if status is None else status
        at = heard.get(kiosk.id)
        if at is not None and (row.heard_at is None or at > row.heard_at):
            row.heard_at = at
        session.add(row)
        known[kiosk.id] = kiosk, row
    if session.new:
        session.flush()  # so that asking for one finds it
    return known


def admitted(session: Session, at: datetime) -> Admitted:
    """Return every kiosk and every other system that may connect, and which certificates may not."""
    kiosks = select(Kiosk.id, Kiosk.mqtt_password_line).where(
        col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None)
    )
    rows = list(session.exec(kiosks.order_by(col(Kiosk.id))))
    sources = select(BoardSource.id, BoardSource.mqtt_password_line).where(col(BoardSource.revoked_at).is_(None))
    others = list(session.exec(sources.order_by(col(BoardSource.id))))
    blocked = select(Certificate.serial, Certificate.blocked_at).where(
        col(Certificate.blocked_at).is_not(None), col(Certificate.not_after) > at
    )
    return Admitted(
        password_lines=tuple(line for _, line in (*rows, *others) if line is not None),
        kiosks=tuple(kiosk_id for kiosk_id, _ in rows),
        sources=tuple(source_id for source_id, _ in others),
        blocked=tuple(
            Blocked(serial, since) for serial, since in session.exec(blocked.order_by(col(Certificate.serial))) if since
        ),
    )


def to_end(session: Session, most: int) -> list[UUID]:
    """Return kiosks that were shut out and whose session the broker may still hold."""
    return list(session.exec(select(Kiosk.id).where(col(Kiosk.session_to_end).is_(True)).limit(most)))


def ended(session: Session, kiosk_id: UUID) -> None:
    """Write that a kiosk's session has ended."""
    kiosk = session.get(Kiosk, kiosk_id, with_for_update=True)
    if kiosk is not None:
        kiosk.session_to_end = False
        session.add(kiosk)


def read_epoch(session: Session) -> UUID | None:
    """Return the mark that the broker should hold, or None before the first one."""
    mark = session.get(Mark, EPOCH)
    return UUID(mark.value) if mark is not None else None


def write_epoch(session: Session, epoch: UUID) -> None:
    """Remember the mark that the broker should hold from now on."""
    mark = session.get(Mark, EPOCH) or Mark(name=EPOCH, value="")
    mark.value = str(epoch)
    session.add(mark)


class Unsaid(NamedTuple):
    """A body that the broker does not hold yet."""

    kiosk_id: UUID
    leaf: str
    seq: int
    body: bytes


def gather_alone(session: Session) -> None:
    """Keep others from gathering what kiosks are told until the transaction ends."""
    # On SQLite a writing transaction is BEGIN IMMEDIATE: there is no other writer.
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": GATHERING})


def desire(session: Session, leaf: str, bodies: Mapping[UUID, bytes], at: datetime) -> int:
    """Write what the broker should hold for kiosks on a topic; return for how many that is something new."""
    found = session.exec(
        select(DesiredMessage).where(DesiredMessage.leaf == leaf, col(DesiredMessage.kiosk_id).in_(list(bodies)))
    )
    rows = {row.kiosk_id: row for row in found}
    changed = 0
    for kiosk_id, body in bodies.items():
        row = rows.get(kiosk_id) or DesiredMessage(kiosk_id=kiosk_id, leaf=leaf, body=b"")
        if row.assigned_seq and row.body == body:
            continue
        row.body, row.changed_at = body, at
        row.assigned_seq += 1
        session.add(row)
        changed += 1
    session.flush()
    return changed


def desired_bodies(session: Session, kiosk_id: UUID) -> dict[str, bytes]:
    """Return what the broker should hold for a kiosk besides the pointer, by topic."""
    found = session.exec(select(DesiredMessage).where(DesiredMessage.kiosk_id == kiosk_id))
    return {row.leaf: row.body for row in found}


def unsaid(session: Session, first: str, most: int) -> list[Unsaid]:
    """Return bodies to publish, those of one topic before all others."""
    statement = (
        select(DesiredMessage.kiosk_id, DesiredMessage.leaf, DesiredMessage.assigned_seq, DesiredMessage.body)
        .join(Kiosk, col(Kiosk.id) == col(DesiredMessage.kiosk_id))
        .where(DesiredMessage.assigned_seq > DesiredMessage.published_seq, col(Kiosk.revoked_at).is_(None))
        .order_by(col(DesiredMessage.leaf) != first, col(DesiredMessage.kiosk_id), col(DesiredMessage.leaf))
        .limit(most)
    )
    return [Unsaid(*row) for row in session.exec(statement)]


def note_said(session: Session, said: Iterable[Unsaid]) -> None:
    """Write that the broker holds these bodies; a newer one stays to be said."""
    held = (col(DesiredMessage.kiosk_id) == bindparam("kiosk")) & (col(DesiredMessage.leaf) == bindparam("topic"))
    older = col(DesiredMessage.published_seq) < bindparam("said")
    session.connection().execute(
        sqlalchemy.update(DesiredMessage).where(held & older).values(published_seq=bindparam("said")),
        [{"kiosk": one.kiosk_id, "topic": one.leaf, "said": one.seq} for one in said],
    )


def forget_said(session: Session) -> None:
    """Write that the broker holds none of these bodies.

    Numbers go up instead of back, so that what is on its way to a broker that has just forgotten is said again too.
    """
    session.exec(update(DesiredMessage).values(assigned_seq=col(DesiredMessage.assigned_seq) + 1))
