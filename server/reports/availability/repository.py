"""What availability is computed from. Plays are joined in the database: a month of a panel has 250,000."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, case, type_coerce
from sqlmodel import and_, col, func, or_, select

from playlists.instant import to_micros
from server.db import Session
from server.reports.availability.spans import Span
from server.seen import Seen
from server.tables import (
    Alarm,
    ExpectedWindow,
    Fault,
    Kiosk,
    Panel,
    PlayRow,
    PowerCut,
    Site,
    WorkOrder,
    WorkOrderPart,
)

SEAM_US = 2_000_000
"""Plays with so little between them are one time: a player that changes items is not dark."""


@dataclass(frozen=True)
class Asked:
    """A period, [start, end) in UTC."""

    start: datetime
    end: datetime

    @property
    def span(self) -> Span:
        """The period in microseconds."""
        return to_micros(self.start), to_micros(self.end)


def panels(session: Session, seen: Seen, site_id: UUID | None) -> list[tuple[Panel, Site]]:
    """Return the panels that somebody sees with their sites, in order of names; training is no service."""
    statement = (
        select(Panel, Site)
        .join(Site, col(Site.id) == col(Panel.site_id))
        .where(seen.at(col(Panel.agency_id), col(Panel.site_id)), col(Site.training).is_(False))
        .order_by(col(Site.name), col(Site.id), col(Panel.name), col(Panel.id))
    )
    if site_id is not None:
        statement = statement.where(Site.id == site_id)
    return list(session.exec(statement))


def panel(session: Session, panel_id: UUID) -> tuple[Panel, Site] | None:
    """Return a panel with its site."""
    statement = select(Panel, Site).join(Site, col(Site.id) == col(Panel.site_id)).where(Panel.id == panel_id)
    return session.exec(statement).first()


def in_service_since(session: Session, panel_id: UUID) -> datetime | None:
    """Return since when a panel has had a kiosk, as far as is known; None for one that never had."""
    kiosk = session.exec(select(func.min(Kiosk.enrolled_at)).where(Kiosk.panel_id == panel_id)).one()
    play = session.exec(select(func.min(PlayRow.started_at)).where(PlayRow.panel_id == panel_id)).one()
    return min((one for one in (kiosk, play) if one is not None), default=None)


def proven(session: Session, panel_id: UUID, asked: Asked) -> list[Span]:
    """Return when captures proved what was played, plays that follow each other as one."""
    start, end = asked.span
    begun = type_coerce(col(PlayRow.started_at), BigInteger)
    over = type_coerce(col(PlayRow.ended_at), BigInteger)
    order = (begun, over, col(PlayRow.seq))
    before = func.max(over).over(order_by=order, rows=(None, -1))
    plays = (
        select(begun.label("begun"), over.label("over"), col(PlayRow.seq).label("seq"), before.label("before"))
        .where(PlayRow.panel_id == panel_id, col(PlayRow.seen).is_(True), begun < end, over > start)
        .subquery()
    )
    is_new = case((plays.c.before.is_(None), 1), (plays.c.begun > plays.c.before + SEAM_US, 1), else_=0)
    number = func.sum(is_new).over(order_by=(plays.c.begun, plays.c.over, plays.c.seq))
    times = select(plays.c.begun, plays.c.over, number.label("number")).subquery()
    joined = select(func.min(times.c.begun), func.max(times.c.over)).group_by(times.c.number)
    return sorted((int(one), int(other)) for one, other in session.exec(joined))


def faults(session: Session, panel_id: UUID, codes: Collection[str], asked: Asked) -> list[Fault]:
    """Return the conditions of some codes that stood at a panel in a period."""
    return list(
        session.exec(
            select(Fault)
            .where(
                Fault.panel_id == panel_id,
                col(Fault.code).in_(list(codes)),
                col(Fault.since_at) < asked.end,
                or_(col(Fault.cleared_at).is_(None), col(Fault.cleared_at) > asked.start),
            )
            .order_by(col(Fault.since_at), col(Fault.id))
        )
    )


def power_cuts(session: Session, panel_id: UUID, asked: Asked) -> list[Span]:
    """Return when a panel's kiosks were without power."""
    statement = select(PowerCut).where(
        PowerCut.panel_id == panel_id, col(PowerCut.from_at) < asked.end, col(PowerCut.to_at) > asked.start
    )
    return [(to_micros(row.from_at), to_micros(row.to_at)) for row in session.exec(statement)]


def planned(session: Session, row: Panel, asked: Asked) -> list[Span]:
    """Return the announced times of a panel and of its site."""
    here = or_(
        ExpectedWindow.panel_id == row.id,
        and_(col(ExpectedWindow.panel_id).is_(None), ExpectedWindow.site_id == row.site_id),
    )
    statement = select(ExpectedWindow).where(
        here, col(ExpectedWindow.from_at) < asked.end, col(ExpectedWindow.to_at) > asked.start
    )
    return [(to_micros(one.from_at), to_micros(one.to_at)) for one in session.exec(statement)]


def alarms(session: Session, panel_id: UUID, asked: Asked) -> list[Alarm]:
    """Return the alarms of a panel that came in a period and did not only follow from another."""
    return list(
        session.exec(
            select(Alarm)
            .where(
                Alarm.panel_id == panel_id,
                col(Alarm.active_at) >= asked.start,
                col(Alarm.active_at) < asked.end,
                col(Alarm.cause_id).is_(None),
            )
            .order_by(col(Alarm.active_at), col(Alarm.id))
        )
    )


def parts(session: Session, panel_ids: Collection[UUID], asked: Asked) -> Sequence[tuple[WorkOrderPart, WorkOrder]]:
    """Return the parts that were changed at panels in a period, oldest first."""
    statement = (
        select(WorkOrderPart, WorkOrder)
        .join(WorkOrder, col(WorkOrder.id) == col(WorkOrderPart.work_order_id))
        .where(
            col(WorkOrder.panel_id).in_(list(panel_ids)),
            col(WorkOrderPart.at) >= asked.start,
            col(WorkOrderPart.at) < asked.end,
        )
        .order_by(col(WorkOrderPart.at), col(WorkOrderPart.id))
    )
    return session.exec(statement).all()
