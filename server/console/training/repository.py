"""What the pages ask about training sites. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from server.db import Session
from server.seen import Seen
from server.tables import (
    Alarm,
    EmergencyRow,
    Kiosk,
    Notice,
    OverrideRow,
    Panel,
    PlaylistRow,
    ScheduleEntryRow,
    SignedDocument,
    Site,
    Submission,
    WorkOrder,
)
from server.tables.boards import Board

OF_AGENCIES = (Notice, PlaylistRow, Submission, ScheduleEntryRow, OverrideRow)
"""What belongs to an agency; that of a training site has nothing else."""
AT_SITES = (Panel, Board, Alarm, WorkOrder)


def training_sites(session: Session, seen: Seen) -> list[Site]:
    """Return the training sites that somebody sees, by name."""
    statement = select(Site).where(col(Site.training), seen.at(col(Site.agency_id), col(Site.id)))
    return list(session.exec(statement.order_by(col(Site.name), col(Site.id))))


def training_names(session: Session, seen: Seen) -> tuple[list[str], bool]:
    """Return the names of the training sites that somebody sees, and whether they see other sites."""
    names = [site.name for site in training_sites(session, seen)]
    if not names:
        return [], True
    other = select(Site.id).where(~col(Site.training), seen.at(col(Site.agency_id), col(Site.id))).limit(1)
    return names, session.exec(other).first() is not None


def of_training(session: Session, ids: Collection[UUID]) -> bool | None:
    """Tell whether the things with these ids are of training sites; None: none of them has a place or an owner."""
    found: set[bool] = set(session.exec(select(Site.training).where(col(Site.id).in_(ids))))
    for table in AT_SITES:
        statement = select(Site.training).join(table, col(table.site_id) == col(Site.id)).where(col(table.id).in_(ids))
        found |= set(session.exec(statement))
    kiosks = select(Site.training).join(Panel, col(Panel.site_id) == col(Site.id))
    kiosks = kiosks.join(Kiosk, col(Kiosk.panel_id) == col(Panel.id)).where(col(Kiosk.id).in_(ids))
    found |= set(session.exec(kiosks))
    documents = select(SignedDocument.training).where(col(SignedDocument.id).in_(ids))
    found |= set(session.exec(documents))
    owners = {owner for table in OF_AGENCIES for owner in _owners(session, table, ids)}
    for row in session.exec(select(EmergencyRow).where(col(EmergencyRow.id).in_(ids))):
        places = [UUID(one) for one in row.sites]
        panels = [UUID(one) for one in row.panels]
        at = select(Site.training).where(col(Site.id).in_(places))
        at_panels = (
            select(Site.training).join(Panel, col(Panel.site_id) == col(Site.id)).where(col(Panel.id).in_(panels))
        )
        found |= {*session.exec(at), *session.exec(at_panels)}
    if owners:
        training = set(session.exec(select(Site.agency_id).where(col(Site.training))))
        found |= {one in training for one in owners}
    return any(found) if found else None


def _owners(
    session: Session,
    table: type[Notice | PlaylistRow | Submission | ScheduleEntryRow | OverrideRow],
    ids: Collection[UUID],
) -> list[UUID]:
    return list(session.exec(select(table.agency_id).where(col(table.id).in_(ids))))
