"""The queue: what asks for the reader, what waits for others, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.language import fold
from server.accounts.permissions import Permission
from server.console.approvals import words
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.pages_roster import thin_weekends
from server.console.texts import mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.publishing.holds import repository as hold_rows
from server.publishing.holds import service as holding
from server.publishing.releases import repository as rows
from server.publishing.releases import showing
from server.publishing.releases.schemas import SubmissionLine
from server.publishing.reviews import repository
from server.publishing.withdrawals import repository as withdrawal_rows
from server.publishing.withdrawals import service as withdrawing
from server.routes import Router
from server.tables.releases import SubmissionState
from server.trust import service as trust

router = Router(route_class=PageRoute, include_in_schema=False)
MOST = 200
_ONLINE = mark("%(panel)s: online, has not confirmed yet (heard at %(since)s)")
GROUPS = (
    (SubmissionState.ASKING, SubmissionState.PREPARING),
    (SubmissionState.RETURNED, SubmissionState.FAILED),
    (SubmissionState.RELEASED,),
)


@router.get("/approvals")
def approvals(page: PageDep, session: ReadSession, q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Show what asks for the reader, what waits, what came back, what was released, and what is off the air."""
    page.caller.require(Permission.SEE)
    lines = _lines(page, session, q)
    mine = [one for one in lines if one["asks_me"]]
    groups = [[one for one in lines if one["state"] in states and not one["asks_me"]] for states in GROUPS]
    return page.render(
        "approvals.html",
        "approvals",
        q=q,
        mine=mine,
        withdrawals=_withdrawals(page, session),
        waiting=groups[0],
        back=groups[1],
        released=groups[2][:50],
        holds=_holds(page, session),
        warnings=thin_weekends(page, session),
        may_submit=page.may(Permission.SUBMIT),
    )


def asking_count(page: Page, session: Session) -> int:
    """Return how many documents wait for a signature of the reader's."""
    return len(trust.asking(session, page.caller)) if page.may(Permission.APPROVE) else 0


def _lines(page: Page, session: Session, q: str) -> list[dict[str, Any]]:
    asked = Slice(limit=MOST, before=None)
    found = rows.submissions(session, asked, page.caller.seen, showing.asking_ids(session, page.caller), None)
    shown = showing.lines(session, page.caller, found[:MOST])
    sites = repository.sites(session, {one for line in shown for one in line.site_ids})
    panels = repository.panels(session, {one for line in shown for one in line.panel_ids})
    beside = repository.sites(session, {panel.site_id for panel in panels.values()})
    wanted = fold(q).split()
    lines = []
    for one in shown:
        names = [(key, sites[key].name) for key in one.site_ids if key in sites]
        single = [(panels[key].name, beside[panels[key].site_id].name) for key in one.panel_ids if key in panels]
        line = _line(page, one, words.audience(page.texts, names, single))
        text = fold(f"{line['title']} {line['where']} {line['author']}")
        if all(word in text for word in wanted):
            lines.append(line)
    return lines


def _line(page: Page, one: SubmissionLine, where: str) -> dict[str, Any]:
    since = one.asked_at or one.created_at
    return {
        "id": one.id,
        "title": page.texts.listed(one.titles) or page.texts.say(words.PURPOSES[one.purpose]),
        "purpose": page.texts.say(words.PURPOSES[one.purpose]),
        "where": where,
        "author": one.author_name,
        "since": page.texts.when(since, page.now, HOME_ZONE),
        "state": one.state,
        "said": words.state(page.texts, one.state),
        "permille": one.progress_permille,
        "asks_me": one.asks_me,
    }


def _withdrawals(page: Page, session: Session) -> list[dict[str, Any]]:
    asking = {row.id for row in trust.asking(session, page.caller)}
    found = [
        row
        for row in withdrawal_rows.seen(session, page.caller.seen)
        if row.withdrawn_at is None or row.document_id in asking
    ]
    return [
        {
            "id": one.id,
            "notice_id": one.notice_id,
            "title": one.title,
            "reason": words.reason(page.texts, one.reason),
            "note": one.note,
            "by": one.asked_by,
            "document_id": one.document_id,
            "asks_me": one.document_id in asking,
        }
        for one in withdrawing.shown(session, [row for row in found if row.withdrawn_at is None])
    ]


def _holds(page: Page, session: Session) -> Sequence[dict[str, Any]]:
    return [hold_piece(page, one) for one in holding.shown(session, hold_rows.seen_holds(session, page.caller.seen))]


def hold_piece(page: Page, one: Any) -> dict[str, Any]:
    """Return a hold in words, with the panels that may still show the notice."""
    missing = [panel for panel in one.panels if not panel.heard]
    return {
        "notice_id": one.notice_id,
        "title": one.title,
        "site": one.site_name,
        "reason": words.reason(page.texts, one.reason),
        "note": one.note,
        "by": one.held_by,
        "since": page.texts.when(one.held_at, page.now, HOME_ZONE),
        "lifted": page.texts.when(one.lifted_at, page.now, HOME_ZONE) if one.lifted_at else None,
        "lifted_by": one.lifted_by,
        "panels": [panel_words(page, panel) for panel in missing],
        "all_heard": not missing,
    }


def panel_words(page: Page, panel: Any) -> str:
    """Return a panel that may still show something, and since when nothing was heard of it."""
    if panel.since_at is None:
        return page.texts.say("%(panel)s: its kiosk never said anything", panel=panel.name)
    since = page.texts.when(panel.since_at, page.now, HOME_ZONE)
    if panel.online:
        return page.texts.say(
            "%(panel)s: online, has not confirmed yet (heard at %(since)s)", panel=panel.name, since=since
        )
    return page.texts.say("%(panel)s: no contact since %(since)s", panel=panel.name, since=since)
