"""What would remain of panels' plans while only essential notices are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playlists.notice import ContentClass, stays
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.scheduling.essential_only import repository as panels
from server.scheduling.essential_only import service as essential_only
from server.scheduling.essential_only.schemas import NoticeJudged, PanelRemains, Remains
from server.scheduling.plans import repository
from server.tables import Notice, Panel


def remains(session: Session, caller: Caller, site_ids: Sequence[UUID], at: datetime) -> Remains:
    """Return what remains on each panel of sites, of all notices that its plan names from now on."""
    sites = essential_only.own_sites(session, caller, site_ids, Permission.SEE)
    return Remains(
        panels=[_remains(session, panel, at) for panel in panels.panels_at(session, [site.id for site in sites])]
    )


def _remains(session: Session, panel: Panel, at: datetime) -> PanelRemains:
    plan = repository.gather(session, panel, at)
    judged = [_judged(notice) for notice in sorted(plan.notices.values(), key=lambda one: (one.title_folded, one.id))]
    kept = {one.notice_id for one in judged if stays(one.content_class, festive=one.festive, animated=one.animated)}
    return PanelRemains(
        panel_id=panel.id,
        panel_name=panel.name,
        site_id=panel.site_id,
        stays=[one for one in judged if one.notice_id in kept],
        goes=[one for one in judged if one.notice_id not in kept],
    )


def _judged(notice: Notice) -> NoticeJudged:
    return NoticeJudged(
        notice_id=notice.id,
        title=notice.title,
        content_class=ContentClass(notice.content_class),
        festive=notice.festive,
        animated=notice.animated,
    )
