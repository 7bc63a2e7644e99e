"""Incoming warnings: what others sent, to be raised as an emergency or rejected, and the feeds that may send."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.language import Language
from server.accounts.permissions import Permission
from server.alerts import repository
from server.alerts.feeds import repository as feed_rows
from server.alerts.schemas import AlertShown
from server.alerts.shown import alerts_shown
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import mark
from server.edge import ReadSession, Slice
from server.routes import Router
from server.tables.alerts import AlertFeed, AlertState, FeedKind

router = Router(route_class=PageRoute, include_in_schema=False)
MOST = 50
STATES = {
    AlertState.WAITING: mark("Waits for a decision"),
    AlertState.PARKED: mark("Waits for the alert that it names"),
    AlertState.OVERTAKEN: mark("A later one took its place"),
    AlertState.ENDED: mark("Its sender ended it"),
    AlertState.OVER: mark("Was over before anybody decided"),
    AlertState.REJECTED: mark("Rejected"),
    AlertState.RAISED: mark("Raised as an emergency"),
    AlertState.REFUSED: mark("Refused by a rule"),
}
TONES = {
    AlertState.WAITING: "warn",
    AlertState.PARKED: "warn",
    AlertState.RAISED: "good",
    AlertState.REFUSED: "bad",
}
KINDS = {
    "live": mark("A real warning"),
    "drill": mark("An exercise or test"),
    "end": mark("The end of an earlier warning"),
}
SEVERITIES = {
    "Extreme": mark("extremely serious"),
    "Severe": mark("very serious"),
    "Moderate": mark("serious"),
    "Minor": mark("a note"),
    "Unknown": mark("not known"),
}
REASONS = (mark("Does not concern our places"), mark("Known already, raised by ourselves"), mark("Not plausible"))


@router.get("/alerts")
def inbox(page: PageDep, session: ReadSession, q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Show what waits for a decision, and what became of earlier ones."""
    page.caller.require(Permission.SEE)
    part = Slice(limit=MOST, before=None)
    waiting = repository.alerts(session, page.caller.seen, part, open_only=True, words=q)
    decided = repository.alerts(session, page.caller.seen, part, open_only=False, words=q)
    feeds = feed_rows.feeds(session)
    return page.render(
        "alerts.html",
        "emergency",
        q=q,
        waiting=[_alert(page, one) for one in alerts_shown(session, waiting)],
        decided=[_alert(page, one) for one in alerts_shown(session, decided)],
        failing=[_feed(page, row) for row in feeds if row.failing_since is not None and row.stopped_at is None],
        has_feeds=any(row.stopped_at is None for row in feeds),
        reasons=[page.texts.say(one) for one in REASONS],
    )


@router.get("/alerts/feeds")
def feeds(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the feeds that may send, and the hosts that they may lie on."""
    page.caller.require(Permission.EDIT_TRUST)
    return page.render(
        "alert_feeds.html",
        "emergency",
        hosts=sorted(feed_rows.hosts(session)),
        feeds=[_feed(page, row) for row in feed_rows.feeds(session)],
    )


def _alert(page: Page, one: AlertShown) -> dict[str, Any]:
    texts = page.texts
    said, how_serious = one.report.get("languages", {}), one.report.get("severity")
    return {
        "id": one.id,
        "state": one.state.value,
        "state_words": texts.say(STATES[one.state]),
        "tone": TONES.get(one.state, ""),
        "kind": texts.say(KINDS[one.kind]) if one.kind in KINDS else "",
        "is_end": one.kind == "end",
        "is_drill": one.kind == "drill",
        "frame": one.report.get("frame"),
        "ends": texts.listed(one.report.get("ends", [])),
        "severity": texts.say(SEVERITIES[how_serious]) if how_serious in SEVERITIES else "",
        "words": [(code.value, said[code][0]) for code in Language if said.get(code)],
        "where": texts.listed(f"{panel.name}" for panel in one.panels),
        "sender": one.sender or one.feed_name,
        "feed": one.feed_name,
        "identifier": one.identifier,
        "received": texts.when(one.received_at, page.now, HOME_ZONE),
        "until": texts.when(one.expires_at, page.now, HOME_ZONE) if one.expires_at is not None else "",
        "code": one.code,
        "refusal": one.report.get("reason") or "",
        "template": one.template,
        "by": one.decided_by_name,
        "decided": texts.when(one.decided_at, page.now, HOME_ZONE) if one.decided_at is not None else "",
        "reason": one.reason,
    }


def _feed(page: Page, row: AlertFeed) -> dict[str, Any]:
    texts = page.texts
    return {
        "id": row.id,
        "rev": row.rev,
        "name": row.name,
        "polled": row.kind == FeedKind.POLLED,
        "url": row.url or "",
        "senders": texts.listed(row.senders),
        "drills": row.takes_drills,
        "automatic": row.automatic,
        "stopped": row.stopped_at is not None,
        "heard": texts.when(row.heard_at, page.now, HOME_ZONE) if row.heard_at is not None else "",
        "trouble": row.trouble,
        "failing": texts.when(row.failing_since, page.now, HOME_ZONE) if row.failing_since is not None else "",
    }
