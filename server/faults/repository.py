"""Queries about faults, their history, and who is silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, false, func, or_, select

from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import Certificate, Fault, FaultEvent, Kiosk, KioskStatus, Panel, PowerCut, Site, User
from server.tables.faults import FaultSource


def fault(session: Session, fault_id: UUID, *, lock: bool = False) -> Fault | None:
    """Return a fault."""
    return session.get(Fault, fault_id, with_for_update=lock or None)


def open_faults(session: Session, kiosk_id: UUID, source: FaultSource) -> list[Fault]:
    """Return a kiosk's open faults of one source."""
    statement = select(Fault).where(Fault.kiosk_id == kiosk_id, Fault.source == source, col(Fault.cleared_at).is_(None))
    return list(session.exec(statement))


def add_fault(session: Session, row: Fault) -> bool:
    """Add an open fault; False when the same one is open already."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def history(session: Session, fault_id: UUID) -> list[FaultEvent]:
    """Return what happened to a fault, oldest first."""
    statement = select(FaultEvent).where(FaultEvent.fault_id == fault_id).order_by(col(FaultEvent.id))
    return list(session.exec(statement))


@dataclass(frozen=True)
class Sought:
    """Which faults a list asks for. `panel_ids` None: of every panel, and those without one."""

    open: bool | None = None
    panel_ids: Sequence[UUID] | None = None
    or_codes: Sequence[str] = ()
    of_panels: Sequence[UUID] | None = None
    """With `or_codes`: panels whose faults are found whatever their code."""


def faults(session: Session, sought: Sought, part: Slice) -> list[Fault]:
    """Return faults, newest first, one more than the page holds."""
    statement = select(Fault).order_by(col(Fault.id).desc()).limit(part.limit + 1)
    if sought.open is not None:
        cleared = col(Fault.cleared_at)
        statement = statement.where(cleared.is_(None) if sought.open else cleared.is_not(None))
    if sought.panel_ids is not None:
        statement = statement.where(col(Fault.panel_id).in_(list(sought.panel_ids)) if sought.panel_ids else false())
    if sought.of_panels is not None:
        found = or_(col(Fault.panel_id).in_(list(sought.of_panels)), col(Fault.code).in_(list(sought.or_codes)))
        statement = statement.where(found)
    if part.before is not None:
        statement = statement.where(col(Fault.id) < part.before)
    return list(session.exec(statement))


def kiosk(session: Session, kiosk_id: UUID) -> Kiosk | None:
    """Return a kiosk."""
    return session.get(Kiosk, kiosk_id)


def status(session: Session, kiosk_id: UUID) -> KioskStatus | None:
    """Return what a kiosk last said."""
    return session.get(KioskStatus, kiosk_id)


def status_of_panel(session: Session, panel_id: UUID) -> KioskStatus | None:
    """Return what the kiosk behind a panel last said."""
    statement = (
        select(KioskStatus).join(Kiosk, col(Kiosk.id) == col(KioskStatus.kiosk_id)).where(Kiosk.panel_id == panel_id)
    )
    return session.exec(statement).first()


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


class Place(NamedTuple):
    """What a panel and its site are called."""

    panel_id: UUID
    panel: str
    slug: str
    site: str


_PLACES = select(Panel.id, Panel.name, Panel.slug, Site.name).join(Site, col(Site.id) == col(Panel.site_id))


def places_seen(session: Session, seen: Seen) -> list[Place]:
    """Return the names of every panel that a caller sees."""
    return [Place(*row) for row in session.exec(_PLACES.where(seen.at(col(Panel.agency_id), col(Panel.site_id))))]


def places(session: Session, panel_ids: Iterable[UUID | None]) -> dict[UUID | None, Place]:
    """Return the names of some panels, by id."""
    wanted = {one for one in panel_ids if one is not None}
    return {row[0]: Place(*row) for row in session.exec(_PLACES.where(col(Panel.id).in_(wanted)))} if wanted else {}


def has_panel(session: Session, seen: Seen, panel_id: UUID) -> bool:
    """Tell whether a panel is one that a caller sees."""
    statement = select(Panel.id).where(Panel.id == panel_id, seen.at(col(Panel.agency_id), col(Panel.site_id)))
    return session.exec(statement).first() is not None


def users(session: Session, ids: Iterable[UUID]) -> dict[UUID, User]:
    """Return people by id."""
    return {row.id: row for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}


def watched(session: Session) -> list[tuple[UUID, datetime | None]]:
    """Return every enrolled, not revoked kiosk with a panel, and when it was last heard or else enrolled."""
    statement = (
        select(Kiosk.id, Kiosk.enrolled_at, KioskStatus.heard_at)
        .outerjoin(KioskStatus, col(Kiosk.id) == col(KioskStatus.kiosk_id))
        .where(col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None), col(Kiosk.panel_id).is_not(None))
    )
    return [
        (kiosk_id, max((at for at in times if at is not None), default=None))
        for kiosk_id, *times in session.exec(statement)
    ]


def offline_kiosks(session: Session, code: str) -> set[UUID]:
    """Return kiosks with an open fault of a code that the server raises."""
    statement = select(Fault.kiosk_id).where(
        Fault.code == code, Fault.source == FaultSource.SERVER, col(Fault.cleared_at).is_(None)
    )
    return set(session.exec(statement))


def frozen(session: Session) -> list[UUID]:
    """Return kiosks whose code two computers used."""
    return list(
        session.exec(select(Kiosk.id).where(col(Kiosk.frozen_at).is_not(None), col(Kiosk.revoked_at).is_(None)))
    )


def certificates_ending(session: Session, before: datetime) -> list[tuple[UUID, datetime]]:
    """Return kiosks in use whose last good certificate ends before a time, and when."""
    ends = func.max(col(Certificate.not_after))
    statement = (
        select(Certificate.kiosk_id, ends)
        .join(Kiosk, col(Kiosk.id) == col(Certificate.kiosk_id))
        .where(col(Certificate.blocked_at).is_(None), col(Kiosk.revoked_at).is_(None), col(Kiosk.panel_id).is_not(None))
        .group_by(col(Certificate.kiosk_id))
        .having(ends < before)
    )
    return list(session.exec(statement))


def agents(session: Session) -> list[tuple[UUID, str]]:
    """Return the software that each kiosk in use said that it runs."""
    statement = (
        select(KioskStatus.kiosk_id, KioskStatus.agent)
        .join(Kiosk, col(Kiosk.id) == col(KioskStatus.kiosk_id))
        .where(col(Kiosk.revoked_at).is_(None), col(Kiosk.panel_id).is_not(None), col(KioskStatus.agent) != "")
    )
    return list(session.exec(statement))


def server_faults(session: Session, codes: Sequence[str]) -> list[Fault]:
    """Return open faults of some codes that the server raises."""
    statement = select(Fault).where(
        col(Fault.code).in_(list(codes)), Fault.source == FaultSource.SERVER, col(Fault.cleared_at).is_(None)
    )
    return list(session.exec(statement))


def faults_of_revoked(session: Session) -> list[Fault]:
    """Return open faults of kiosks that are no longer in use; what somebody saw at the panel stays."""
    statement = (
        select(Fault)
        .join(Kiosk, col(Kiosk.id) == col(Fault.kiosk_id))
        .where(col(Fault.cleared_at).is_(None), col(Kiosk.revoked_at).is_not(None), Fault.source != FaultSource.PERSON)
    )
    return list(session.exec(statement))


def note_power_cut(session: Session, kiosk: Kiosk, from_at: datetime, to_at: datetime) -> None:
    """Keep a time in which a kiosk had no power, once."""
    if session.get(PowerCut, (kiosk.id, from_at)) is None:
        session.add(PowerCut(kiosk_id=kiosk.id, from_at=from_at, panel_id=kiosk.panel_id, to_at=to_at))
        session.flush()
