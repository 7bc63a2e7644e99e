"""What is planned and does not play: notices that are held at a site, and what was withdrawn for a panel.

A kiosk leaves their segments out and goes on with what else is planned, so what the server says of a panel does too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from playlists.trust.shape import Reader
from playlists.trust.statements import Withdrawal
from server.db import Session
from server.publishing.holds import repository as holds
from server.publishing.released import repository as released
from server.tables import Panel, Site

_NOBODY = UUID(int=0)


class Why(StrEnum):
    """Why something that is planned does not play."""

    HELD = "held"
    WITHDRAWN = "withdrawn"


class Resting(NamedTuple):
    """The digests of segments that do not play on a panel."""

    held: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()

    @property
    def digests(self) -> frozenset[str]:
        """All of them."""
        return self.held | self.withdrawn

    def why(self, digests: Iterable[str]) -> Why | None:
        """Return why none of some segments plays; None when one does, or there are none."""
        wanted = frozenset(digests)
        if not wanted or not wanted <= self.digests:
            return None
        return Why.WITHDRAWN if wanted <= self.withdrawn else Why.HELD


def of_panels(session: Session, panels: Sequence[Panel], sites: Mapping[UUID, Site]) -> dict[UUID, Resting]:
    """Return what rests on panels, by panel; `sites` are theirs."""
    held: dict[UUID, set[str]] = {}
    for row in holds.holds(session, site_ids=sites):
        held.setdefault(row.site_id, set()).update(row.digests)
    gone = [Withdrawal.read(row.payload) for row in released.withdrawals(session)]
    found = {}
    for panel in panels:
        reader = Reader(_NOBODY, panel.id, sites[panel.site_id].slug)
        withdrawn = {one for said in gone if said.audience.includes(reader) for one in said.withdraws}
        found[panel.id] = Resting(frozenset(held.get(panel.site_id, ())), frozenset(withdrawn))
    return found


def of_panel(session: Session, panel: Panel) -> Resting:
    """Return what rests on one panel."""
    site = released.site_of(session, panel)
    return of_panels(session, [panel], {site.id: site})[panel.id]


def notices(session: Session, resting: Resting, notice_ids: Iterable[UUID]) -> dict[UUID, Why]:
    """Return which notices would not play if they were published now: those whose newest release rests."""
    if not resting.digests:
        return {}
    newest = holds.newest_released(session, notice_ids)
    return {notice_id: why for notice_id, digests in newest.items() if (why := resting.why(digests)) is not None}
