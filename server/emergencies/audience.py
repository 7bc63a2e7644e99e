"""Whom an emergency is for, and who may say so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from playlists.trust.shape import Audience, PanelAt
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.emergencies import refusal, repository
from server.emergencies.schemas import AudienceAsked
from server.errors import not_found
from server.tables import EmergencyRow, Panel, Site
from server.trust.refusal import mixed_training

MOST_PANELS = 60
"""Single panels in one signed document: more would not fit into its 16 KiB beside pictures and signatures."""

Place = tuple[Panel, Site]


class Chosen(NamedTuple):
    """Whole sites and single panels, and every panel that is meant by them."""

    sites: tuple[Site, ...]
    panels: tuple[Place, ...]
    meant: tuple[Place, ...]

    @property
    def is_training(self) -> bool:
        """Whether all of it is of training sites; `choose` mixes these with no others."""
        return any(site.training for _, site in self.meant)

    @property
    def audience(self) -> Audience:
        """As a signed document says it."""
        return Audience(
            sites=tuple(site.slug for site in self.sites),
            panels=tuple(PanelAt(site=site.slug, panel=panel.id) for panel, site in self.panels),
        )


def choose(session: Session, caller: Caller, asked: AudienceAsked) -> Chosen:
    """Return what the caller may warn of what they ask for.

    Raises:
        Problem: 403, 404; 422 nothing would show it, or too many single panels.
    """
    caller.require(Permission.RAISE_EMERGENCY)
    fleet = repository.places(session)
    known = {site.id: site for site in repository.sites(session)}
    if asked.everything:
        allowed = [site for site in known.values() if _may(caller, site.agency_id, site.id)]
        training = bool(allowed) and all(site.training for site in allowed)
        fleet = [one for one in fleet if one[1].training is training]
        sites = [site for site in allowed if site.training is training]
        whole = {site.id for site in sites}
        panels = [one for one in fleet if one[1].id not in whole and _may(caller, one[0].agency_id, one[1].id)]
    else:
        sites = [_site(caller, known.get(one)) for one in dict.fromkeys(asked.sites)]
        by_id = {panel.id: (panel, site) for panel, site in fleet}
        panels = [_panel(caller, by_id.get(one)) for one in dict.fromkeys(asked.panels)]
    return _chosen(sites, panels, fleet)


def chosen_of(session: Session, row: EmergencyRow) -> Chosen:
    """Return whom an emergency is for, as the network is now."""
    fleet = repository.places(session)
    wanted = {UUID(one) for one in row.panels}
    sites = repository.sites(session, (UUID(one) for one in row.sites))
    return _plain(sites, [one for one in fleet if one[0].id in wanted], fleet)


def size_of(session: Session, row: EmergencyRow) -> int:
    """Return for how many panels an emergency is, as the network is now."""
    return repository.count_places(session, (UUID(one) for one in row.sites), (UUID(one) for one in row.panels))


def _chosen(sites: list[Site], panels: list[Place], fleet: list[Place]) -> Chosen:
    found = _plain(sites, panels, fleet)
    if not found.meant:
        raise refusal.no_panels()
    if len({site.training for _, site in found.meant}) > 1:
        raise mixed_training()
    if len(found.panels) > MOST_PANELS:
        raise refusal.too_many(MOST_PANELS)
    return found


def _plain(sites: Iterable[Site], panels: Iterable[Place], fleet: Iterable[Place]) -> Chosen:
    whole = {site.id: site for site in sites}
    single = tuple(one for one in panels if one[1].id not in whole)
    ids = {panel.id for panel, _ in single}
    meant = tuple(one for one in fleet if one[1].id in whole or one[0].id in ids)
    return Chosen(tuple(whole.values()), single, meant)


def _site(caller: Caller, site: Site | None) -> Site:
    if site is None:
        raise not_found("site")
    caller.require(Permission.RAISE_EMERGENCY, agency_id=site.agency_id, site_id=site.id, what="site")
    return site


def _panel(caller: Caller, place: Place | None) -> Place:
    if place is None:
        raise not_found("panel")
    panel, site = place
    # whoever owns the site may warn on every panel that stands there
    owner = site.agency_id if _may(caller, site.agency_id, site.id) else panel.agency_id
    caller.require(Permission.RAISE_EMERGENCY, agency_id=owner, site_id=site.id, what="panel")
    return place


def _may(caller: Caller, agency_id: UUID, site_id: UUID) -> bool:
    return caller.may(Permission.RAISE_EMERGENCY, agency_id=agency_id, site_id=site_id)
