"""Queries on rules that choose routes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, func, select

from server.db import Session
from server.tables import Agency, RouteRule, Site


def rules(session: Session, *, ended: bool = False) -> list[RouteRule]:
    """Return rules, the newest first; those that ended only when asked for."""
    statement = select(RouteRule).order_by(col(RouteRule.number).desc())
    return list(session.exec(statement if ended else statement.where(col(RouteRule.ended_at).is_(None))))


def rule(session: Session, rule_id: UUID) -> RouteRule | None:
    """Return a rule."""
    return session.get(RouteRule, rule_id)


def last_number(session: Session) -> int:
    """Return the number of the newest version of the rules, 0 before the first."""
    return session.exec(select(func.max(RouteRule.number))).one() or 0


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def is_agency(session: Session, agency_id: UUID) -> bool:
    """Tell whether there is such an agency."""
    return session.get(Agency, agency_id) is not None
