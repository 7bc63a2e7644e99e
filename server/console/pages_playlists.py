"""Pages about playlists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.language import SegmentLanguage
from server.accounts.permissions import Permission
from server.console import repository
from server.console.narrowing import following
from server.console.page import Page, PageDep, PageRoute
from server.console.repository import PAGE, Offered
from server.edge import ReadSession
from server.errors import not_found
from server.routes import Router
from server.seen import seen_of
from server.tables import PlaylistRow

router = Router(route_class=PageRoute, include_in_schema=False)
DEFAULT_SECONDS = 10
Q = Annotated[str, Query(max_length=200)]


@router.get("/playlists")
def playlists(page: PageDep, session: ReadSession, before: UUID | None = None, archived: bool = False) -> HTMLResponse:
    """List playlists."""
    rows = repository.playlists(session, page.caller.seen, before, archived=archived)
    items = repository.items(session, [row.id for row in rows])
    panels = repository.panels_playing(session, [row.id for row in rows])
    lines = []
    for row in rows[:PAGE]:
        length = sum(item.on_air_ms * len(item.languages) for item in items[row.id])
        counted = page.texts.count("%(num)s notice", "%(num)s notices", len(items[row.id]))
        facts = page.texts.say(
            "%(notices)s, one round lasts %(length)s", notices=counted, length=page.texts.span(length)
        )
        used = [panel.name for panel in panels.get(row.id, [])]
        lines.append({"id": row.id, "name": row.name, "facts": facts, "used": _used(page, used), "in_use": bool(used)})
    return page.render(
        "playlists.html",
        "playlists",
        rows=lines,
        archived=archived,
        agencies=repository.agencies(session, page.caller.seen),
        next_url=following("/playlists", {"archived": "1" if archived else ""}, rows, PAGE),
    )


@router.get("/playlists/{playlist_id}")
def playlist(playlist_id: UUID, page: PageDep, session: ReadSession, q: Q = "") -> HTMLResponse:
    """Show a playlist's editor."""
    row = session.get(PlaylistRow, playlist_id)
    if row is None or not page.caller.sees(row.agency_id):
        raise not_found("playlist")
    items = repository.items(session, [row.id])[row.id]
    known = repository.notices_by_id(session, [item.notice_id for item in items])
    used = repository.panels_playing(session, [row.id]).get(row.id, [])
    choices = repository.notices(session, seen_of(row.agency_id), q, most=40)
    shown = []
    for item in items:
        one = known[item.notice_id]
        seconds = item.on_air_ms // 1000
        languages = item.languages
        shown.append(_item(one, languages, seconds) | {"id": item.id})
    return page.render(
        "playlist.html",
        "playlists",
        playlist={
            "id": row.id,
            "name": row.name,
            "rev": row.rev,
            "panel_ids": [panel.id for panel in used],
            "used": _used(page, [panel.name for panel in used]),
        },
        items=shown,
        blank={
            "id": "",
            "notice": None,
            "title": None,
            "cover": None,
            "languages": [],
            "available": list(SegmentLanguage),
            "seconds": DEFAULT_SECONDS,
        },
        choices=[_choice(page, one) for one in choices],
        content_languages=[(code.value, page.texts.language_name(code)) for code in SegmentLanguage],
        editable=page.may(Permission.EDIT_PLAYLISTS) and row.archived_at is None,
    )


def _item(one: Offered, languages: list[str], seconds: int) -> dict[str, object]:
    return {
        "notice": one.notice.id,
        "title": one.notice.title,
        "cover": repository.cover_url(one.notice.id),
        "languages": languages,
        "available": one.languages,
        "seconds": seconds,
    }


def _choice(page: Page, one: Offered) -> dict[str, object]:
    return {
        "id": one.notice.id,
        "title": one.notice.title,
        "cover": repository.cover_url(one.notice.id),
        "codes": one.languages,
        "language_words": page.texts.listed(page.texts.language_name(code) for code in one.languages)
        or page.texts.say("In no language yet; it can be added once its text is whole"),
        "seconds": max(3, -(-one.lasts_ms // 1000)) if one.lasts_ms else DEFAULT_SECONDS,
    }


def _used(page: Page, names: list[str]) -> str:
    if not names:
        return page.texts.say("On no panel yet")
    if len(names) > 3:
        return page.texts.say("On %(number)s panels", number=len(names))
    return page.texts.say("On %(panels)s", panels=page.texts.listed(names))
