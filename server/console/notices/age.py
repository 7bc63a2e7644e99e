"""Whether a notice is still right: until when it counts as such, who said so last, and the button to say it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playlists.board import OnStale
from playlists.notice import NoticeKind
from server.accounts.permissions import Permission
from server.console.page import HOME_ZONE, Page
from server.content.notices.service import Held
from server.db import Session
from server.publishing.confirmations import repository


def age_of(page: Page, session: Session, held: Held | None) -> dict[str, Any] | None:
    """Return what the page says about the age of a notice; None for one that does not grow old."""
    if held is None or held.whole.freshness is None or held.notice.kind == NoticeKind.BOARD:
        return None
    texts, freshness, row = page.texts, held.whole.freshness, held.revision
    last = next(iter(repository.confirmations(session, held.notice.id, 1)), None)
    is_of_this = last is not None and last[1] == row.number
    right_at = max(row.created_at, last[0].confirmed_at) if last is not None and is_of_this else row.created_at
    old_at = right_at + timedelta(seconds=freshness.max_age_s)
    is_old = old_at <= page.now
    when = texts.when(old_at, page.now, HOME_ZONE)
    return {
        "is_old": is_old,
        "words": texts.say("Out of date since %(when)s", when=when)
        if is_old
        else texts.say("Right until %(when)s", when=when),
        "said": _said(page, last if is_of_this else None),
        "means": _means(page, freshness.on_stale),
        "may": page.may(Permission.EDIT_CONTENT) and held.notice.archived_at is None,
        "body": {"revision": row.number},
    }


def _said(page: Page, last: Any) -> str:
    if last is None:
        return page.texts.say("It counts from when it was saved.")
    row, _, name = last
    when = page.texts.when(row.confirmed_at, page.now, HOME_ZONE)
    said = page.texts.say("%(name)s said at %(when)s that it is still right.", name=name, when=when)
    return f"{said} “{row.note}”" if row.note else said


def _means(page: Page, on_stale: OnStale) -> str:
    texts = page.texts
    return {
        OnStale.DROP: texts.say("Then it leaves the panels."),
        OnStale.PLATE: texts.say("Then panels show it above a strip that says that it may be out of date."),
        OnStale.KEEP: texts.say("Panels show it all the same."),
    }[on_stale]
