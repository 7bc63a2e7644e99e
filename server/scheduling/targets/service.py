"""Decisions about targets."""

from __future__ import annotations

from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import not_found
from server.fleet import repository as fleet
from server.scheduling.targets import repository
from server.scheduling.targets.schemas import TargetPanel, Targets, TargetSite, TargetsOffered
from server.seen import seen_of
from server.tables import Panel


def check(session: Session, agency_id: UUID, targets: Targets) -> None:
    """Let pass panels and sites that an agency may use.

    Raises:
        Problem: 404 for one that is not there or not the agency's to use.
    """
    panels = repository.usable(session, seen_of(agency_id))
    if not set(targets.panels) <= {panel.id for panel in panels}:
        raise not_found("panel")
    named = repository.sites(session, targets.sites)
    own = {site.id for site in named.values() if site.agency_id == agency_id}
    if not set(targets.sites) <= own | {panel.site_id for panel in panels}:
        raise not_found("site")


def offered(session: Session, caller: Caller) -> TargetsOffered:
    """Return all that an entry of the caller's agency may be meant for."""
    caller.require(Permission.SEE)
    panels = repository.usable(session, caller.seen)
    tags = fleet.tags(session, [panel.id for panel in panels])
    sites = repository.sites(session, {panel.site_id for panel in panels})
    return TargetsOffered(
        panels=[
            TargetPanel(
                id=panel.id,
                name=panel.name,
                site_id=panel.site_id,
                agency_id=panel.agency_id,
                tags=tags[panel.id],
                is_guest=not caller.sees(panel.agency_id, panel.site_id),
            )
            for panel in panels
        ],
        sites=[
            TargetSite(id=site.id, name=site.name, time_zone=site.time_zone)
            for site in sorted(sites.values(), key=lambda site: (site.name, site.id))
        ],
        tags=sorted({tag for names in tags.values() for tag in names}),
    )


def visible_panel(session: Session, caller: Caller, panel: Panel | None) -> Panel:
    """Return a panel whose schedule the caller may see: its own, or one that its agency has a quota on.

    Raises:
        Problem: 404, 403.
    """
    if panel is None:
        raise not_found("panel")
    caller.require(Permission.SEE)
    if not caller.sees(panel.agency_id, panel.site_id) and not repository.is_guest(session, caller.seen, panel.id):
        raise not_found("panel")
    return panel
