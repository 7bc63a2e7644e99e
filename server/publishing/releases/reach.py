"""Whom a submission is for: sites, panels, and the profiles of all their panels."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from playlists.profile import Profile
from playlists.trust.shape import Audience, PanelAt
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.publishing.releases import repository
from server.publishing.releases.refusal import no_panels
from server.publishing.releases.schemas import AudienceAsked
from server.scheduling.targets import service as targets
from server.scheduling.targets.schemas import Targets
from server.tables import Panel, Site, Submission
from server.trust.refusal import mixed_training


@dataclass(frozen=True)
class Reach:
    """Whom a submission is for: whole sites, single panels, and every panel that is meant by these."""

    sites: list[Site]
    named: list[Panel]
    panels: list[Panel]
    all_sites: dict[UUID, Site]

    @property
    def profiles(self) -> list[Profile]:
        """The profiles of all panels, each once."""
        found = {str(profile): profile for profile in map(profile_of, self.panels)}
        return [found[name] for name in sorted(found)]

    @property
    def is_training(self) -> bool:
        """Whether all of it is of training sites; `reach_of` mixes these with no others."""
        return any(one.training for one in self.all_sites.values())

    @property
    def audience(self) -> Audience:
        """The same as a document says it."""
        return Audience(
            sites=tuple(sorted(one.slug for one in self.sites)),
            panels=tuple(PanelAt(site=self.all_sites[one.site_id].slug, panel=one.id) for one in self.named),
        )


def profile_of(panel: Panel) -> Profile:
    """Return a panel's profile."""
    return Profile.of(panel.width, panel.height, panel.fps)


def panels_of(session: Session, row: Submission) -> list[Panel]:
    """Return every panel that a submission is for."""
    named = repository.panels(session, map(UUID, row.panels))
    at_sites = {one.id: one for one in repository.panels_at(session, map(UUID, row.sites))}
    return list((named | at_sites).values())


def reach_of(session: Session, caller: Caller, agency_id: UUID, asked: AudienceAsked) -> Reach:
    """Return whom a submission is for.

    Raises:
        Problem: 404 a site or panel that the agency may not use, 422 there is no panel.
    """
    targets.check(session, agency_id, Targets(panels=asked.panel_ids, sites=asked.site_ids))
    caller.require(Permission.SUBMIT, agency_id=agency_id, what="agency")
    whole = repository.sites(session, asked.site_ids)
    named = {key: one for key, one in repository.panels(session, asked.panel_ids).items() if one.site_id not in whole}
    meant = {one.id: one for one in repository.panels_at(session, whole)} | named
    if not meant:
        raise no_panels()
    all_sites = repository.sites(session, {one.site_id for one in meant.values()} | set(whole))
    if len({one.training for one in all_sites.values()}) > 1:
        raise mixed_training()
    return Reach(
        sites=sorted(whole.values(), key=lambda one: one.slug),
        named=sorted(named.values(), key=lambda one: one.id),
        panels=sorted(meant.values(), key=lambda one: one.id),
        all_sites=all_sites,
    )
