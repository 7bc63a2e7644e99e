"""Queries about emergencies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, or_, select

from playlists.trust.emergency import LONGEST
from playlists.trust.shape import Reader
from server.db import Session
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import (
    AlertPanel,
    DesiredMessage,
    EmergencyAck,
    EmergencyRow,
    EmergencyStep,
    IncomingAlert,
    Kiosk,
    KioskStatus,
    Panel,
    Segment,
    SignedDocument,
    Site,
    User,
)
from server.tables.emergencies import EmergencyState
from server.tables.trust import DocumentState

WAITING = (EmergencyState.PREPARING, EmergencyState.ASKING)
CLOSED = (EmergencyState.ENDED, EmergencyState.REPLACED, EmergencyState.OVER, EmergencyState.GIVEN_UP)


def places(session: Session) -> list[tuple[Panel, Site]]:
    """Return every panel with its site, by name."""
    statement = select(Panel, Site).join(Site, col(Site.id) == col(Panel.site_id))
    return list(session.exec(statement.order_by(col(Site.name), col(Panel.name), col(Panel.id))))


def count_places(session: Session, site_ids: Iterable[UUID], panel_ids: Iterable[UUID]) -> int:
    """Return how many panels stand at some sites or are named singly."""
    meant = col(Panel.site_id).in_(list(site_ids)) | col(Panel.id).in_(list(panel_ids))
    return session.exec(select(func.count()).select_from(Panel).where(meant)).one()


def sites(session: Session, ids: Iterable[UUID] | None = None) -> list[Site]:
    """Return sites, or all of them, by name."""
    statement = select(Site).order_by(col(Site.name), col(Site.id))
    if ids is not None:
        statement = statement.where(col(Site.id).in_(list(ids)))
    return list(session.exec(statement))


def emergency(session: Session, emergency_id: UUID, *, lock: bool = False) -> EmergencyRow | None:
    """Return an emergency; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(EmergencyRow, emergency_id, with_for_update=lock or None, populate_existing=lock)


def emergencies(session: Session, part: Slice, *, past: bool) -> list[EmergencyRow]:
    """Return emergencies that run or wait, or those that are over; newest first."""
    closed = col(EmergencyRow.state).in_(CLOSED)
    statement = select(EmergencyRow).where(closed if past else ~closed).order_by(col(EmergencyRow.id).desc())
    if part.before is not None:
        statement = statement.where(col(EmergencyRow.id) < part.before)
    return list(session.exec(statement))


def by_key(session: Session, key: str) -> EmergencyRow | None:
    """Return the emergency of an Idempotency-Key."""
    return session.exec(select(EmergencyRow).where(EmergencyRow.idempotency_key == key)).first()


def by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, EmergencyRow]:
    """Return emergencies."""
    return {row.id: row for row in session.exec(select(EmergencyRow).where(col(EmergencyRow.id).in_(list(ids))))}


def in_states(session: Session, *states: EmergencyState) -> list[EmergencyRow]:
    """Return emergencies in some states, oldest first."""
    statement = select(EmergencyRow).where(col(EmergencyRow.state).in_(states)).order_by(col(EmergencyRow.id))
    return list(session.exec(statement))


def told(session: Session, at: datetime) -> list[EmergencyRow]:
    """Return emergencies that began within the last day or are not over yet: what kiosks may have to be told of.

    A day is the longest that a warning lasts, so what took the place of another has begun within it.
    """
    began = col(EmergencyRow.began_at).is_not(None)
    recent = or_(col(EmergencyRow.expires_at) > at, col(EmergencyRow.began_at) > at - LONGEST)
    statement = select(EmergencyRow).where(began, recent).order_by(col(EmergencyRow.id))
    return list(session.exec(statement.execution_options(populate_existing=True)))


def steps(session: Session, emergency_id: UUID) -> list[EmergencyStep]:
    """Return the steps of an emergency in order."""
    statement = select(EmergencyStep).where(EmergencyStep.emergency_id == emergency_id)
    return list(session.exec(statement.order_by(col(EmergencyStep.number))))


def steps_with_documents(
    session: Session, ids: Iterable[UUID]
) -> dict[UUID, list[tuple[EmergencyStep, SignedDocument]]]:
    """Return the steps of emergencies with what was signed, in order."""
    statement = (
        select(EmergencyStep, SignedDocument)
        .join(SignedDocument, col(SignedDocument.id) == col(EmergencyStep.document_id))
        .where(col(EmergencyStep.emergency_id).in_(list(ids)))
        .order_by(col(EmergencyStep.number))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[tuple[EmergencyStep, SignedDocument]]] = {}
    for step, document in session.exec(statement):
        found.setdefault(step.emergency_id, []).append((step, document))
    return found


def unfinished(session: Session) -> list[tuple[EmergencyStep, SignedDocument]]:
    """Return steps that reached no kiosk yet, with their documents, unless those were given up."""
    statement = (
        select(EmergencyStep, SignedDocument)
        .join(SignedDocument, col(SignedDocument.id) == col(EmergencyStep.document_id))
        .where(col(EmergencyStep.done_at).is_(None), SignedDocument.state != DocumentState.CANCELLED)
        .order_by(col(EmergencyStep.id))
    )
    return list(session.exec(statement))


def readers(session: Session) -> list[Reader]:
    """Return every kiosk that may speak, with its panel and site."""
    statement = (
        select(Kiosk.id, Panel.id, Site.slug)
        .join(Panel, col(Panel.id) == col(Kiosk.panel_id))
        .join(Site, col(Site.id) == col(Panel.site_id))
        .where(col(Kiosk.enrolled_at).is_not(None), col(Kiosk.revoked_at).is_(None))
        .order_by(col(Kiosk.id))
    )
    return [Reader(*row) for row in session.exec(statement)]


def told_bodies(session: Session, leaf: str) -> dict[UUID, bytes]:
    """Return what kiosks were told last on a topic."""
    found = select(DesiredMessage.kiosk_id, DesiredMessage.body).where(DesiredMessage.leaf == leaf)
    return dict(session.exec(found).all())


def acks(session: Session, emergency_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, EmergencyAck]]:
    """Return what kiosks said, by emergency and kiosk."""
    found: dict[UUID, dict[UUID, EmergencyAck]] = {one: {} for one in emergency_ids}
    for row in session.exec(select(EmergencyAck).where(col(EmergencyAck.emergency_id).in_(list(emergency_ids)))):
        found[row.emergency_id][row.kiosk_id] = row
    return found


def acks_of(
    session: Session, kiosk_ids: Collection[UUID], emergency_ids: Collection[UUID]
) -> dict[UUID, dict[UUID, EmergencyAck]]:
    """Return what kiosks said of emergencies that they still hold, and of the named ones, by kiosk and emergency."""
    asked = col(EmergencyAck.gone_at).is_(None) | col(EmergencyAck.emergency_id).in_(emergency_ids)
    statement = select(EmergencyAck).where(col(EmergencyAck.kiosk_id).in_(kiosk_ids), asked)
    found: dict[UUID, dict[UUID, EmergencyAck]] = {}
    for row in session.exec(statement):
        found.setdefault(row.kiosk_id, {})[row.emergency_id] = row
    return found


def ack(session: Session, emergency_id: UUID, kiosk_id: UUID) -> EmergencyAck | None:
    """Return what a kiosk said of an emergency."""
    return session.get(EmergencyAck, (emergency_id, kiosk_id))


def standings(session: Session, panel_ids: Iterable[UUID]) -> dict[UUID, tuple[Kiosk, KioskStatus | None]]:
    """Return the kiosk behind each panel, and what it last said."""
    statement = (
        select(Kiosk, KioskStatus)
        .join(KioskStatus, col(KioskStatus.kiosk_id) == col(Kiosk.id), isouter=True)
        .where(col(Kiosk.panel_id).in_(list(panel_ids)), col(Kiosk.revoked_at).is_(None))
    )
    return {kiosk.panel_id: (kiosk, status) for kiosk, status in session.exec(statement) if kiosk.panel_id is not None}


def alert(session: Session, alert_id: UUID) -> IncomingAlert | None:
    """Return an incoming alert; nobody else changes it until the transaction ends."""
    return session.get(IncomingAlert, alert_id, with_for_update=True)


def alert_means(session: Session, alert_id: UUID, seen: Seen) -> bool:
    """Tell whether an alert means a panel or site that somebody sees."""
    if seen == EVERYTHING:
        return True
    here = seen.at(col(Panel.agency_id), col(Panel.site_id)), seen.at(col(Site.agency_id), col(Site.id))
    statement = (
        select(AlertPanel.alert_id)
        .join(Panel, col(Panel.id) == col(AlertPanel.panel_id))
        .join(Site, col(Site.id) == col(Panel.site_id))
        .where(AlertPanel.alert_id == alert_id, or_(*here))
    )
    return session.exec(statement).first() is not None


def segments(session: Session, ids: Iterable[UUID]) -> list[Segment]:
    """Return segments."""
    return list(session.exec(select(Segment).where(col(Segment.id).in_(list(ids))).order_by(col(Segment.id))))


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return people's names."""
    return {row.id: row.display_name for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}


def documents(session: Session, ids: Iterable[UUID]) -> dict[UUID, SignedDocument]:
    """Return signed documents."""
    return {row.id: row for row in session.exec(select(SignedDocument).where(col(SignedDocument.id).in_(list(ids))))}


def running(session: Session) -> int:
    """Return how many emergencies run."""
    return session.exec(select(func.count()).where(EmergencyRow.state == EmergencyState.RUNNING)).one()
