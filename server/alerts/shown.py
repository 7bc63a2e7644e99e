"""The API's picture of incoming alerts."""

from __future__ import annotations

from collections.abc import Sequence

from server.alerts import repository
from server.alerts.schemas import AlertShown, PanelMeant
from server.db import Session
from server.tables.alerts import AlertState, IncomingAlert


def alerts_shown(session: Session, rows: Sequence[IncomingAlert]) -> list[AlertShown]:
    """Return the API's picture of alerts."""
    panels = repository.panels_of(session, [row.id for row in rows])
    people = repository.names(session, {row.decided_by for row in rows if row.decided_by is not None})
    feeds = {feed_id: repository.feed(session, feed_id) for feed_id in {row.feed_id for row in rows}}
    return [
        AlertShown(
            id=row.id,
            feed_id=row.feed_id,
            feed_name=feed.name if (feed := feeds[row.feed_id]) is not None else "",
            sender=row.sender,
            identifier=row.identifier,
            sent_at=row.sent_at,
            kind=row.kind,
            state=AlertState(row.state),
            code=row.code,
            report=row.report,
            template=row.template,
            expires_at=row.expires_at,
            received_at=row.received_at,
            decided_at=row.decided_at,
            decided_by_name=people.get(row.decided_by, "") if row.decided_by is not None else "",
            reason=row.reason,
            repeats=row.repeats,
            panels=[PanelMeant.model_validate(panel) for panel in panels[row.id]],
        )
        for row in rows
    ]
