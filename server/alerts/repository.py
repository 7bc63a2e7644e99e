"""Queries about incoming alerts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, or_, select

from playlists.language import fold
from server.db import Session
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import Panel, Site, User
from server.tables.alerts import AlertFeed, AlertPanel, AlertState, IncomingAlert, SiteAlertCode

OPEN = (AlertState.WAITING, AlertState.PARKED)


def feed_of_token(session: Session, token_sha256: str) -> AlertFeed | None:
    """Return the feed of a credential, unless it was stopped."""
    statement = select(AlertFeed).where(AlertFeed.token_sha256 == token_sha256, col(AlertFeed.stopped_at).is_(None))
    return session.exec(statement).first()


def feed(session: Session, feed_id: UUID) -> AlertFeed | None:
    """Return a feed."""
    return session.get(AlertFeed, feed_id)


def alert(session: Session, alert_id: UUID, *, lock: bool = False) -> IncomingAlert | None:
    """Return an alert; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(IncomingAlert, alert_id, with_for_update=lock or None)


def by_bytes(session: Session, feed_id: UUID, sha256: str) -> IncomingAlert | None:
    """Return what came of the same bytes in a feed before."""
    statement = select(IncomingAlert).where(IncomingAlert.feed_id == feed_id, IncomingAlert.sha256 == sha256)
    return session.exec(statement).first()


def known_since(session: Session, since: datetime) -> list[IncomingAlert]:
    """Return alerts that were not refused, received after a time, in the order in which they came."""
    statement = (
        select(IncomingAlert)
        .where(col(IncomingAlert.name_sha256).is_not(None), IncomingAlert.received_at > since)
        .order_by(col(IncomingAlert.received_at), col(IncomingAlert.id))
    )
    return list(session.exec(statement))


def named(session: Session, names: Iterable[str]) -> dict[str, IncomingAlert]:
    """Return alerts by the digests of their names."""
    found = session.exec(select(IncomingAlert).where(col(IncomingAlert.name_sha256).in_(list(names))))
    return {row.name_sha256: row for row in found if row.name_sha256 is not None}


def alerts(session: Session, seen: Seen, part: Slice, *, open_only: bool, words: str) -> list[IncomingAlert]:
    """Return alerts, newest first, one more than the page holds; people see those that mean what they see."""
    statement = select(IncomingAlert).order_by(col(IncomingAlert.id).desc()).limit(part.limit + 1)
    waits = col(IncomingAlert.state).in_(OPEN)
    statement = statement.where(waits if open_only else ~waits)
    for word in fold(words).split():
        statement = statement.where(col(IncomingAlert.folded).contains(word, autoescape=True))
    if seen != EVERYTHING:
        statement = statement.where(col(IncomingAlert.id).in_(_meaning(seen)))
    if part.before is not None:
        statement = statement.where(col(IncomingAlert.id) < part.before)
    return list(session.exec(statement))


def concerns(session: Session, alert_id: UUID, seen: Seen) -> bool:
    """Tell whether an alert means a panel or site that somebody sees."""
    if seen == EVERYTHING:
        return True
    statement = _meaning(seen).where(AlertPanel.alert_id == alert_id)
    return session.exec(statement).first() is not None


def _meaning(seen: Seen):  # type: ignore[no-untyped-def]  # a Select of SQLAlchemy, which has no name of its own
    here = seen.at(col(Panel.agency_id), col(Panel.site_id)), seen.at(col(Site.agency_id), col(Site.id))
    return (
        select(AlertPanel.alert_id)
        .join(Panel, col(Panel.id) == col(AlertPanel.panel_id))
        .join(Site, col(Site.id) == col(Panel.site_id))
        .where(or_(*here))
    )


def panels_of(session: Session, alert_ids: Sequence[UUID]) -> dict[UUID, list[Panel]]:
    """Return the panels that alerts mean, by name."""
    statement = (
        select(AlertPanel.alert_id, Panel)
        .join(Panel, col(Panel.id) == col(AlertPanel.panel_id))
        .where(col(AlertPanel.alert_id).in_(list(alert_ids)))
        .order_by(col(Panel.name), col(Panel.id))
    )
    found: dict[UUID, list[Panel]] = {alert_id: [] for alert_id in alert_ids}
    for alert_id, panel in session.exec(statement):
        found[alert_id].append(panel)
    return found


def set_panels(session: Session, alert_id: UUID, panel_ids: Iterable[UUID]) -> None:
    """Write which panels an alert means."""
    session.exec(delete(AlertPanel).where(col(AlertPanel.alert_id) == alert_id))
    session.add_all(AlertPanel(alert_id=alert_id, panel_id=panel_id) for panel_id in sorted(set(panel_ids)))


def all_panels(session: Session) -> list[tuple[Panel, Site]]:
    """Return every real panel with its site: an alert from outside never means one that is there for training."""
    statement = select(Panel, Site).join(Site, col(Site.id) == col(Panel.site_id)).where(~col(Site.training))
    return list(session.exec(statement.order_by(col(Panel.id))))


def codes(session: Session) -> dict[UUID, dict[str, tuple[str, ...]]]:
    """Return the codes of sites, by the code's name."""
    found: dict[UUID, dict[str, tuple[str, ...]]] = {}
    statement = select(SiteAlertCode).order_by(col(SiteAlertCode.name), col(SiteAlertCode.code))
    for row in session.exec(statement):
        mine = found.setdefault(row.site_id, {})
        mine[row.name] = (*mine.get(row.name, ()), row.code)
    return found


def overdue(session: Session, parked_before: datetime) -> list[IncomingAlert]:
    """Return alerts that have waited too long for the one that they name."""
    statement = select(IncomingAlert).where(
        IncomingAlert.state == AlertState.PARKED, IncomingAlert.received_at <= parked_before
    )
    return list(session.exec(statement))


def run_out(session: Session, at: datetime) -> list[IncomingAlert]:
    """Return alerts that nobody decided on before their end."""
    statement = select(IncomingAlert).where(
        col(IncomingAlert.state).in_(OPEN),
        col(IncomingAlert.expires_at).is_not(None),
        col(IncomingAlert.expires_at) <= at,
    )
    return list(session.exec(statement))


def forget(session: Session, refused_before: datetime) -> None:
    """Delete what was refused long ago."""
    old = (col(IncomingAlert.state) == AlertState.REFUSED) & (col(IncomingAlert.received_at) < refused_before)
    session.exec(delete(IncomingAlert).where(old))


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return people's names."""
    found = session.exec(select(User).where(col(User.id).in_(list(ids))))
    return {row.id: row.display_name for row in found}


def waiting(session: Session, seen: Seen) -> int:
    """Return how many alerts wait for a person."""
    statement = select(IncomingAlert.id).where(col(IncomingAlert.state).in_(OPEN))
    if seen != EVERYTHING:
        statement = statement.where(col(IncomingAlert.id).in_(_meaning(seen)))
    return len(list(session.exec(statement)))


def due_feed(session: Session, at: datetime) -> AlertFeed | None:
    """Return one polled feed that is to be asked, and keep others from taking it."""
    statement = (
        select(AlertFeed)
        .where(col(AlertFeed.url).is_not(None), col(AlertFeed.stopped_at).is_(None), col(AlertFeed.next_at) <= at)
        .order_by(col(AlertFeed.next_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.exec(statement).first()
