"""Queries on sites, panels, kiosks, what kiosks last said, and enrolment codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, delete, select

from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import EnrolmentCode, Kiosk, KioskStatus, Panel, PanelTag, Site, SpecialCalendar


def site(session: Session, site_id: UUID, *, lock: bool = False) -> Site | None:
    """Return a site; `lock` keeps it from others until the transaction ends."""
    return session.get(Site, site_id, with_for_update=lock or None)


def sites(session: Session, asked: Slice, seen: Seen) -> list[Site]:
    """Return sites, newest first, one more than asked for; only what is `seen`."""
    statement = select(Site).order_by(col(Site.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Site.id) < asked.before)
    statement = statement.where(seen.at(col(Site.agency_id), col(Site.id)))
    return list(session.exec(statement))


def is_slug_taken(session: Session, table: type[Site | Panel | Kiosk], slug: str) -> bool:
    """Tell whether a slug is in use."""
    return session.exec(select(table.id).where(table.slug == slug)).first() is not None


def panel(session: Session, panel_id: UUID, *, lock: bool = False) -> Panel | None:
    """Return a panel; `lock` keeps it from others until the transaction ends."""
    return session.get(Panel, panel_id, with_for_update=lock or None)


def panels(session: Session, asked: Slice, seen: Seen, site_id: UUID | None = None) -> list[Panel]:
    """Return panels, newest first, one more than asked for."""
    statement = select(Panel).order_by(col(Panel.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Panel.id) < asked.before)
    statement = statement.where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
    if site_id is not None:
        statement = statement.where(Panel.site_id == site_id)
    return list(session.exec(statement))


def tags(session: Session, panel_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the tags of panels, in order."""
    found: dict[UUID, list[str]] = {panel_id: [] for panel_id in panel_ids}
    rows = session.exec(select(PanelTag).where(col(PanelTag.panel_id).in_(panel_ids)).order_by(col(PanelTag.tag)))
    for row in rows:
        found[row.panel_id].append(row.tag)
    return found


def set_tags(session: Session, panel_id: UUID, words: Sequence[str]) -> None:
    """Put new tags in the place of all old ones of a panel."""
    session.exec(delete(PanelTag).where(col(PanelTag.panel_id) == panel_id))
    session.add_all(PanelTag(panel_id=panel_id, tag=word) for word in words)
    session.flush()


def special_calendar(session: Session, calendar_id: UUID) -> SpecialCalendar | None:
    """Return a calendar of special days."""
    return session.get(SpecialCalendar, calendar_id)


def kiosks_of(session: Session, panel_ids: Sequence[UUID]) -> dict[UUID, Kiosk]:
    """Return the kiosk that drives each panel, by the panel's id."""
    rows = session.exec(select(Kiosk).where(col(Kiosk.panel_id).in_(panel_ids)))
    return {row.panel_id: row for row in rows if row.panel_id is not None}


def kiosk(session: Session, kiosk_id: UUID, *, lock: bool = False) -> Kiosk | None:
    """Return a kiosk; `lock` keeps it from others until the transaction ends."""
    return session.get(Kiosk, kiosk_id, with_for_update=lock or None)


def panel_of_kiosk(session: Session, kiosk: Kiosk) -> Panel | None:
    """Return the panel that a kiosk drives, or is to take over."""
    if kiosk.panel_id is None and kiosk.replaces_id is not None:
        replaced = session.get(Kiosk, kiosk.replaces_id)
        kiosk = replaced if replaced is not None else kiosk
    return session.get(Panel, kiosk.panel_id) if kiosk.panel_id is not None else None


def is_for_training(session: Session, kiosk: Kiosk) -> bool:
    """Tell whether a kiosk drives a panel of a training site, or is to take one over."""
    panel = panel_of_kiosk(session, kiosk)
    site = session.get(Site, panel.site_id) if panel is not None else None
    return site is not None and site.training


def other_sites(session: Session, agency_id: UUID, site_id: UUID | None) -> list[Site]:
    """Return an agency's sites besides one."""
    rows = session.exec(select(Site).where(Site.agency_id == agency_id))
    return [row for row in rows if row.id != site_id]


def has_panels(session: Session, site_id: UUID) -> bool:
    """Tell whether any panel stands at a site."""
    return session.exec(select(Panel.id).where(Panel.site_id == site_id).limit(1)).first() is not None


def replacements(session: Session, kiosk_id: UUID) -> list[Kiosk]:
    """Return the kiosks that wait to take over another one's panel."""
    return list(session.exec(select(Kiosk).where(Kiosk.replaces_id == kiosk_id, col(Kiosk.revoked_at).is_(None))))


def kiosk_by_slug(session: Session, slug: str) -> Kiosk | None:
    """Return the kiosk of a slug."""
    return session.exec(select(Kiosk).where(Kiosk.slug == slug)).first()


def kiosk_by_token(session: Session, token_sha256: str) -> Kiosk | None:
    """Return the kiosk of a token, unless it was revoked."""
    statement = select(Kiosk).where(Kiosk.token_sha256 == token_sha256, col(Kiosk.revoked_at).is_(None))
    return session.exec(statement).first()


def kiosks(session: Session, asked: Slice, seen: Seen) -> list[Kiosk]:
    """Return kiosks, newest first, one more than asked for; only those of panels that are `seen`."""
    statement = select(Kiosk).order_by(col(Kiosk.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Kiosk.id) < asked.before)
    if seen != EVERYTHING:
        statement = statement.join(Panel, col(Panel.id) == col(Kiosk.panel_id))
        statement = statement.where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
    return list(session.exec(statement))


def statuses(session: Session, kiosk_ids: Sequence[UUID]) -> dict[UUID, KioskStatus]:
    """Return what kiosks last said, by the kiosk's id."""
    rows = session.exec(select(KioskStatus).where(col(KioskStatus.kiosk_id).in_(kiosk_ids)))
    return {row.kiosk_id: row for row in rows}


def status(session: Session, kiosk_id: UUID) -> KioskStatus | None:
    """Return what a kiosk last said, to be changed in this transaction."""
    return session.get(KioskStatus, kiosk_id, with_for_update=True)


def codes_in_force(session: Session, now: datetime) -> list[EnrolmentCode]:
    """Return the codes whose hour is not over, used or not."""
    return list(session.exec(select(EnrolmentCode).where(col(EnrolmentCode.expires_at) > now)))


def code_by_hash(session: Session, code_hash: str, now: datetime) -> EnrolmentCode | None:
    """Return the code of a digest whose hour is not over."""
    statement = select(EnrolmentCode).where(EnrolmentCode.code_hash == code_hash, col(EnrolmentCode.expires_at) > now)
    return session.exec(statement).first()


def code_of_kiosk(session: Session, kiosk_id: UUID, now: datetime) -> EnrolmentCode | None:
    """Return a kiosk's code whose hour is not over, to be changed in this transaction."""
    statement = select(EnrolmentCode).where(EnrolmentCode.kiosk_id == kiosk_id, col(EnrolmentCode.expires_at) > now)
    return session.exec(statement.with_for_update()).first()


def code(session: Session, code_id: UUID) -> EnrolmentCode | None:
    """Return a code, to be changed in this transaction."""
    return session.get(EnrolmentCode, code_id, with_for_update=True)


def forget_codes(session: Session, kiosk_id: UUID) -> None:
    """Forget a kiosk's codes, used or not."""
    session.exec(delete(EnrolmentCode).where(col(EnrolmentCode.kiosk_id) == kiosk_id))


def forget_old_codes(session: Session, now: datetime) -> None:
    """Forget codes whose hour is over."""
    session.exec(delete(EnrolmentCode).where(col(EnrolmentCode.expires_at) <= now))
