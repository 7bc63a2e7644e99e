"""Queries about times of essential notices only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from server.db import Session
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import EssentialOnlyRow, EssentialOnlySite, Panel, Site


def row(session: Session, row_id: UUID, *, lock: bool = False) -> EssentialOnlyRow | None:
    """Return one; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(EssentialOnlyRow, row_id, with_for_update=lock or None)


def rows(session: Session, seen: Seen, at: datetime, part: Slice, *, past: bool) -> list[EssentialOnlyRow]:
    """Return those that are over at a time, or those that are not, newest first, one more than the page holds."""
    over = or_(col(EssentialOnlyRow.ended_at).is_not(None), col(EssentialOnlyRow.ends_at) <= at)
    statement = select(EssentialOnlyRow).where(over if past else ~over)
    statement = statement.order_by(col(EssentialOnlyRow.id).desc()).limit(part.limit + 1)
    if seen != EVERYTHING:
        own = (
            select(EssentialOnlySite.essential_only_id)
            .join(Site, col(Site.id) == col(EssentialOnlySite.site_id))
            .where(seen.at(col(Site.agency_id), col(Site.id)))
        )
        statement = statement.where(col(EssentialOnlyRow.id).in_(own))
    if part.before is not None:
        statement = statement.where(col(EssentialOnlyRow.id) < part.before)
    return list(session.exec(statement))


def of_site(session: Session, site_id: UUID, since: datetime) -> list[EssentialOnlyRow]:
    """Return those of a site that last beyond a time and were not ended, by id."""
    named = select(EssentialOnlySite.essential_only_id).where(EssentialOnlySite.site_id == site_id)
    statement = (
        select(EssentialOnlyRow)
        .where(
            col(EssentialOnlyRow.id).in_(named),
            col(EssentialOnlyRow.ended_at).is_(None),
            col(EssentialOnlyRow.ends_at) > since,
        )
        .order_by(col(EssentialOnlyRow.id))
    )
    return list(session.exec(statement))


def site_ids(session: Session, row_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return the sites of each."""
    found: dict[UUID, list[UUID]] = {row_id: [] for row_id in row_ids}
    wanted = col(EssentialOnlySite.essential_only_id).in_(list(found))
    for one in session.exec(select(EssentialOnlySite).where(wanted).order_by(col(EssentialOnlySite.site_id))):
        found[one.essential_only_id].append(one.site_id)
    return found


def add_sites(session: Session, row_id: UUID, ids: Iterable[UUID]) -> None:
    """Write which sites a new one is for."""
    session.add_all(EssentialOnlySite(essential_only_id=row_id, site_id=site_id) for site_id in dict.fromkeys(ids))
    session.flush()


def sites(session: Session, ids: Iterable[UUID]) -> list[Site]:
    """Return sites."""
    return list(session.exec(select(Site).where(col(Site.id).in_(list(ids)))))


def panels_at(session: Session, ids: Iterable[UUID]) -> list[Panel]:
    """Return the panels of sites, by name."""
    statement = select(Panel).where(col(Panel.site_id).in_(list(ids)))
    return list(session.exec(statement.order_by(col(Panel.name), col(Panel.id))))
