"""Pages about notices and playlists."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from playlists.language import Language
from playlists.notice import ContentClass, MediaKind
from server.accounts.permissions import Permission
from server.console import repository
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.repository import PAGE, Shown
from server.console.texts import mark
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.tables import Media, Notice, PlaylistRow

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DEFAULT_SECONDS = 10
CLASSES = {
    ContentClass.ESSENTIAL: mark("Essential: safety, closures, orders"),
    ContentClass.SERVICE: mark("Service: hours, procedures, directions"),
    ContentClass.PROMOTION: mark("Promotion: sights, fairs, advertising"),
}
Q = Annotated[str, Query(max_length=200)]


@router.get("/notices")
def notices(
    page: PageDep, session: ReadSession, q: Q = "", before: UUID | None = None, archived: bool = False
) -> HTMLResponse:
    """List notices."""
    rows = repository.notices(session, page.caller.agency_id, q, before, archived=archived)
    return page.render(
        "notices.html",
        "notices",
        q=q,
        archived=archived,
        rows=[_notice_line(page, row) for row in rows[:PAGE]],
        next_url=_next("/notices", [row.notice for row in rows], q=q, archived="1" if archived else ""),
    )


@router.get("/notices/new")
def new_notice(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show an empty notice."""
    page.caller.require(Permission.EDIT_CONTENT)
    return _notice_page(page, session, None, saved=False)


@router.get("/notices/{notice_id}")
def notice(notice_id: UUID, page: PageDep, session: ReadSession, saved: bool = False) -> HTMLResponse:
    """Show a notice in its three languages."""
    found = repository.notices_by_id(session, [notice_id]).get(notice_id)
    if found is None or not page.caller.sees(found.notice.agency_id):
        raise not_found("notice")
    return _notice_page(page, session, found, saved=saved)


@router.get("/playlists")
def playlists(page: PageDep, session: ReadSession, before: UUID | None = None, archived: bool = False) -> HTMLResponse:
    """List playlists."""
    rows = repository.playlists(session, page.caller.agency_id, before, archived=archived)
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
        agencies=repository.agencies(session, page.caller.agency_id),
        next_url=_next("/playlists", rows, archived="1" if archived else ""),
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
    choices = repository.notices(session, row.agency_id, q, None, archived=False, most=40)[:40]
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
            "media": None,
            "languages": [],
            "available": list(Language),
            "seconds": DEFAULT_SECONDS,
        },
        choices=[_choice(page, one) for one in choices],
        content_languages=[(code.value, page.texts.language_name(code)) for code in Language],
        editable=page.may(Permission.EDIT_PLAYLISTS) and row.archived_at is None,
    )


def _item(one: Shown, languages: list[str], seconds: int) -> dict[str, object]:
    return {
        "notice": one.notice.id,
        "title": one.notice.title,
        "media": _cover(one),
        "languages": languages,
        "available": list(one.variants),
        "seconds": seconds,
    }


def _choice(page: Page, one: Shown) -> dict[str, object]:
    codes = [code for code in Language if code in one.variants]
    clips = [medium.duration_ms for medium in one.variants.values() if medium.duration_ms]
    return {
        "id": one.notice.id,
        "title": one.notice.title,
        "cover": _cover(one),
        "codes": codes,
        "language_words": page.texts.listed(page.texts.language_name(code) for code in codes),
        "seconds": max(3, -(-max(clips) // 1000)) if clips else DEFAULT_SECONDS,
    }


def _cover(one: Shown) -> UUID | None:
    return next((one.variants[code].id for code in Language if code in one.variants), None)


def _used(page: Page, names: list[str]) -> str:
    if not names:
        return page.texts.say("On no panel yet")
    if len(names) > 3:
        return page.texts.say("On %(number)s panels", number=len(names))
    return page.texts.say("On %(panels)s", panels=page.texts.listed(names))


def _notice_line(page: Page, one: Shown) -> dict[str, object]:
    return {
        "id": one.notice.id,
        "title": one.notice.title,
        "cover": _cover(one),
        "facts": _notice_facts(page, one),
        "languages": [(code, page.texts.language_name(code), code in one.variants) for code in Language],
    }


def _notice_facts(page: Page, one: Shown) -> str:
    made = page.texts.date(one.notice.created_at, HOME_ZONE)
    return page.texts.say("Revision %(number)s · made on %(date)s", number=one.number, date=made)


def _notice_page(page: Page, session: Session, one: Shown | None, *, saved: bool) -> HTMLResponse:
    variants = one.variants if one is not None else {}
    files = repository.media(session, one.notice.agency_id if one is not None else page.caller.agency_id, "", None, 40)
    return page.render(
        "notice.html",
        "notices",
        notice=None
        if one is None
        else {"id": one.notice.id, "title": one.notice.title, "rev": one.notice.rev, "facts": _notice_facts(page, one)},
        classes=[(kind.value, page.texts.say(CLASSES[kind])) for kind in ContentClass],
        content_class=one.notice.content_class if one is not None else ContentClass.SERVICE.value,
        festive=one is not None and one.notice.festive,
        slots=[_slot(page, code, variants.get(code)) for code in Language],
        files=[{"id": row.id, "name": row.name, "kind": row.kind} for row in files[:40]],
        agencies=repository.agencies(session, page.caller.agency_id),
        saved=saved,
    )


def _slot(page: Page, code: Language, medium: Media | None) -> dict[str, object]:
    return {
        "code": code.value,
        "name": page.texts.language_name(code),
        "media": medium.id if medium is not None else None,
        "clip": medium is not None and medium.kind == MediaKind.MP4,
        "file": medium.name if medium is not None else "",
    }


def _url(path: str, **query: str) -> str:
    asked = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path


def _next(path: str, rows: list[Media] | list[Notice] | list[PlaylistRow], **query: str) -> str | None:
    return _url(path, before=str(rows[PAGE - 1].id), **query) if len(rows) > PAGE else None
