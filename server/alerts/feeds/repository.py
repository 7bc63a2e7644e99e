"""Queries about feeds, hosts and codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, select

from server.db import Session
from server.tables import Site
from server.tables.alerts import AlertFeed, AlertHost, SiteAlertCode


def hosts(session: Session) -> frozenset[str]:
    """Return the hosts that feeds may lie on."""
    return frozenset(session.exec(select(AlertHost.host)))


def set_hosts(session: Session, wanted: Iterable[str], by: UUID, at: datetime) -> None:
    """Write which hosts feeds may lie on; what stays keeps who added it."""
    names = set(wanted)
    known = hosts(session)
    session.exec(delete(AlertHost).where(col(AlertHost.host).in_(known - names)))
    session.add_all(AlertHost(host=host, added_by=by, added_at=at) for host in sorted(names - known))
    session.flush()


def feeds(session: Session) -> list[AlertFeed]:
    """Return every feed, those that were stopped last, by name."""
    statement = select(AlertFeed).order_by(col(AlertFeed.stopped_at).is_not(None), col(AlertFeed.name))
    return list(session.exec(statement))


def feed(session: Session, feed_id: UUID) -> AlertFeed | None:
    """Return a feed; nobody else changes it until the transaction ends."""
    return session.get(AlertFeed, feed_id, with_for_update=True)


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def codes_of(session: Session, site_id: UUID) -> list[SiteAlertCode]:
    """Return the codes of a site."""
    statement = select(SiteAlertCode).where(SiteAlertCode.site_id == site_id)
    return list(session.exec(statement.order_by(col(SiteAlertCode.name), col(SiteAlertCode.code))))


def set_codes(session: Session, site_id: UUID, codes: Iterable[tuple[str, str]]) -> None:
    """Write the codes of a site."""
    session.exec(delete(SiteAlertCode).where(col(SiteAlertCode.site_id) == site_id))
    session.add_all(SiteAlertCode(site_id=site_id, name=name, code=code) for name, code in sorted(set(codes)))
    session.flush()
