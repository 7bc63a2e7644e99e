"""What a release has published by itself: the panels for which something is new, without a press of Publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from server.db import Session
from server.publishing import repository as published
from server.publishing import service as publishing
from server.publishing.releases import repository
from server.publishing.releases.reach import panels_of
from server.tables import Panel, Publication, Submission


def publish(session: Session, row: Submission, panels: Iterable[Panel], why: str) -> Publication | None:
    """Publish panels in the name of a submission's author; None when that was asked for already, or for no panel.

    `why` (released, begun, over) makes it happen once.
    """
    wanted = sorted(str(panel.id) for panel in panels)
    if not wanted:
        return None
    key = f"release:{row.id}:{why}"
    made = Publication(requested_by=row.author_id, panel_ids=wanted, idempotency_key=key)
    if published.publication_by_key(session, key) is not None or not published.add_publication(session, made):
        return None
    publishing.start(session, made, row.agency_id)
    return made


def again(session: Session, panels: Iterable[Panel], by: UUID, agency_id: UUID | None) -> Publication | None:
    """Publish panels once more in somebody's name, for example after a withdrawal; None for no panel."""
    wanted = sorted(str(panel.id) for panel in panels)
    if not wanted:
        return None
    made = Publication(requested_by=by, panel_ids=wanted)
    session.add(made)
    session.flush()
    publishing.start(session, made, agency_id)
    return made


def of_windows(session: Session, at: datetime) -> int:
    """Publish the panels of releases that began or ended since the last look; return for how many releases."""
    started = 0
    for row in repository.due(session, at):
        over = row.show_until <= at
        row.begun, row.over = True, over
        session.add(row)
        session.flush()
        if publish(session, row, panels_of(session, row), "over" if over else "begun") is not None:
            started += 1
    return started
