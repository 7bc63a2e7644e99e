"""Queries about targets. Whoever owns something uses its own panels, and those on which it has a quota."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import col, delete, or_, select

from server.db import Session
from server.scheduling.targets.schemas import Targets
from server.seen import Seen
from server.tables import (
    EntryTarget,
    OverrideRow,
    OverrideTarget,
    Panel,
    PanelQuota,
    PanelTag,
    ScheduleEntryRow,
    Site,
)
from server.tables.scheduling import TargetKind


def entries_mean(panel: Panel) -> ColumnElement[bool]:
    """Return the condition that a schedule entry is meant for a panel, and its agency may use it."""
    meant = select(EntryTarget.entry_id).where(_names(EntryTarget, panel))
    return col(ScheduleEntryRow.id).in_(meant) & _may_use(col(ScheduleEntryRow.agency_id), panel)


def overrides_mean(panel: Panel) -> ColumnElement[bool]:
    """Return the condition that an override is meant for a panel, and its agency may use it."""
    meant = select(OverrideTarget.override_id).where(_names(OverrideTarget, panel))
    return col(OverrideRow.id).in_(meant) & _may_use(col(OverrideRow.agency_id), panel)


def usable_by(agency_id: UUID) -> ColumnElement[bool]:
    """Return the condition that an agency may schedule on a panel."""
    guest = select(PanelQuota.panel_id).where(PanelQuota.agency_id == agency_id)
    return or_(col(Panel.agency_id) == agency_id, col(Panel.id).in_(guest))


def panels_meant(session: Session, agency_id: UUID, targets: Targets) -> list[Panel]:
    """Return the panels that targets of an agency mean, by name."""
    statement = select(Panel).where(usable_by(agency_id)).order_by(col(Panel.name), col(Panel.id))
    if not targets.is_everywhere:
        tagged = select(PanelTag.panel_id).where(col(PanelTag.tag).in_(targets.tags))
        statement = statement.where(
            or_(col(Panel.id).in_(targets.panels), col(Panel.site_id).in_(targets.sites), col(Panel.id).in_(tagged))
        )
    return list(session.exec(statement))


def panels_playing(session: Session, playlist_ids: Iterable[UUID]) -> list[tuple[UUID, Panel]]:
    """Return which panels entries of playlists are meant for: playlist's id and panel, maybe more than once."""
    tagged = select(PanelTag.panel_id).where(PanelTag.tag == EntryTarget.tag)
    guest = select(PanelQuota.panel_id).where(PanelQuota.agency_id == ScheduleEntryRow.agency_id)
    meant = or_(
        col(EntryTarget.kind) == TargetKind.EVERYWHERE,
        col(EntryTarget.panel_id) == col(Panel.id),
        col(EntryTarget.site_id) == col(Panel.site_id),
        col(Panel.id).in_(tagged),
    )
    statement = (
        select(ScheduleEntryRow.playlist_id, Panel)
        .join(EntryTarget, col(EntryTarget.entry_id) == col(ScheduleEntryRow.id))
        .join(Panel, meant & or_(col(Panel.agency_id) == col(ScheduleEntryRow.agency_id), col(Panel.id).in_(guest)))
        .where(col(ScheduleEntryRow.playlist_id).in_(list(playlist_ids)), col(ScheduleEntryRow.deleted_at).is_(None))
    )
    return list(session.exec(statement).all())


def usable(session: Session, seen: Seen) -> list[Panel]:
    """Return the panels that are seen, and those on which a seen agency has a quota, by name."""
    guest = select(PanelQuota.panel_id).where(seen.of(col(PanelQuota.agency_id)))
    may = or_(seen.at(col(Panel.agency_id), col(Panel.site_id)), col(Panel.id).in_(guest))
    return list(session.exec(select(Panel).where(may).order_by(col(Panel.name), col(Panel.id))))


def is_guest(session: Session, seen: Seen, panel_id: UUID) -> bool:
    """Tell whether an agency that is seen has a quota on a panel."""
    statement = select(PanelQuota.panel_id).where(PanelQuota.panel_id == panel_id)
    return session.exec(statement.where(seen.of(col(PanelQuota.agency_id)))).first() is not None


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def entry_targets(session: Session, entry_ids: Iterable[UUID]) -> dict[UUID, Targets]:
    """Return what entries are meant for."""
    found = {entry_id: Targets() for entry_id in entry_ids}
    for row in session.exec(select(EntryTarget).where(col(EntryTarget.entry_id).in_(list(found)))):
        _note(found[row.entry_id], row)
    return found


def override_targets(session: Session, override_ids: Iterable[UUID]) -> dict[UUID, Targets]:
    """Return what overrides are meant for."""
    found = {override_id: Targets() for override_id in override_ids}
    for row in session.exec(select(OverrideTarget).where(col(OverrideTarget.override_id).in_(list(found)))):
        _note(found[row.override_id], row)
    return found


def set_entry_targets(session: Session, entry_id: UUID, targets: Targets) -> None:
    """Put new targets in the place of all old ones of an entry."""
    session.exec(delete(EntryTarget).where(col(EntryTarget.entry_id) == entry_id))
    session.add_all(EntryTarget(entry_id=entry_id, **columns) for columns in _columns(targets))
    session.flush()


def set_override_targets(session: Session, override_id: UUID, targets: Targets) -> None:
    """Write what a new override is meant for."""
    session.add_all(OverrideTarget(override_id=override_id, **columns) for columns in _columns(targets))
    session.flush()


def _names(table: type[EntryTarget | OverrideTarget], panel: Panel) -> ColumnElement[bool]:
    tagged = select(PanelTag.tag).where(PanelTag.panel_id == panel.id)
    return or_(
        col(table.kind) == TargetKind.EVERYWHERE,
        col(table.panel_id) == panel.id,
        col(table.site_id) == panel.site_id,
        col(table.tag).in_(tagged),
    )


def _may_use(agency_id: Mapped[UUID], panel: Panel) -> ColumnElement[bool]:
    guests = select(PanelQuota.agency_id).where(PanelQuota.panel_id == panel.id)
    return or_(agency_id == panel.agency_id, agency_id.in_(guests))


def _note(targets: Targets, row: EntryTarget | OverrideTarget) -> None:
    if row.panel_id is not None:
        targets.panels.append(row.panel_id)
    if row.site_id is not None:
        targets.sites.append(row.site_id)
    if row.tag is not None:
        targets.tags.append(row.tag)


def _columns(targets: Targets) -> list[dict[str, Any]]:
    if targets.is_everywhere:
        return [{"kind": TargetKind.EVERYWHERE}]
    return [
        *({"kind": TargetKind.PANEL, "panel_id": one} for one in targets.panels),
        *({"kind": TargetKind.SITE, "site_id": one} for one in targets.sites),
        *({"kind": TargetKind.TAG, "tag": one} for one in targets.tags),
    ]
