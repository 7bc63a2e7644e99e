"""Pages of the media library: finding, uploading, describing, trashing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.notice import MediaKind, NoticeKind
from playlists.rights import RightOfUse
from server.accounts.permissions import Permission
from server.console import repository as console_repository
from server.console.narrowing import address, following, known
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.repository import PAGE
from server.console.space import space_of
from server.console.texts import mark
from server.content.library import repository, service
from server.content.library.schemas import LibraryMedia, Use, UseKind
from server.db import Session
from server.edge import ReadSession
from server.media.sheet_size import pages
from server.routes import Router
from server.tables import Media, User

router = Router(route_class=PageRoute, include_in_schema=False)
RIGHTS = {
    RightOfUse.UNKNOWN: mark("Not said yet"),
    RightOfUse.OWN: mark("Our own work"),
    RightOfUse.LICENSED: mark("By contract or written consent"),
    RightOfUse.FREE: mark("Under a free licence"),
    RightOfUse.OFFICIAL: mark("Official document or sign"),
}
KINDS = {NoticeKind.IMAGE: mark("Pictures"), NoticeKind.CLIP: mark("Clips")}
USES = {
    UseKind.NOTICE: mark("Notice"),
    UseKind.PLAYLIST: mark("Playlist"),
    UseKind.LOGO: mark("Logo of the agency"),
}
Q = Annotated[str, Query(max_length=200)]
Flag = Annotated[str, Query(max_length=1)]


@router.get("/media")
def media(
    page: PageDep,
    session: ReadSession,
    q: Q = "",
    kind: Q = "",
    tag: Q = "",
    mine: Flag = "",
    unused: Flag = "",
    rights: Flag = "",
    trash: Flag = "",
    before: UUID | None = None,
) -> HTMLResponse:
    """Show the library, or its trash."""
    asked = {"q": q, "kind": kind, "tag": tag, "mine": mine, "unused": unused, "rights": rights, "trash": trash}
    wanted = service.filter_of(
        page.caller,
        page.now,
        q=q,
        kind=known(NoticeKind, kind),
        tag=[tag],
        mine=bool(mine),
        unused=bool(unused),
        rights_missing=bool(rights),
        trash=bool(trash),
    )
    rows = repository.found(session, wanted, before, PAGE)
    agencies = console_repository.agencies(session, page.caller.seen)
    settings = page.parts.settings
    return page.render(
        "media.html",
        "media",
        asked=asked,
        is_narrowed=any(value for name, value in asked.items() if name != "trash"),
        rows=_tiles(page, session, rows[:PAGE]),
        next_url=following("/media", asked, rows, PAGE),
        here=address("/media", asked),
        query=address("", _for_api(asked)),
        tags=[{"name": name, "count": count} for name, count in repository.tag_counts(session, wanted.seen)],
        kinds=[(one.value, page.texts.say(KINDS[one])) for one in KINDS],
        rights=_rights(page),
        agencies=agencies,
        space=[space_of(page, session, agency) for agency in agencies],
        limits=(page.texts.size(settings.image_max_bytes), page.texts.size(settings.clip_max_bytes)),
        trash_days=settings.trash_days,
    )


@router.get("/media/{media_id}")
def medium(media_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one medium: what it is, where it comes from, where it is used."""
    row = service.medium_of(session, page.caller, media_id, Permission.SEE)
    shown = service.shown(session, [row], page.now)[0]
    uploader = session.get(User, row.uploaded_by)
    return page.render(
        "medium.html",
        "media",
        one=shown,
        tile=_tile(page, shown),
        is_clip=shown.kind is MediaKind.MP4,
        sheets=pages(shown.duration_ms or 0) if shown.kind is MediaKind.MP4 else 0,
        uploader=uploader.display_name if uploader is not None else "",
        uses=[_use(page, use) for use in service.uses(session, page.caller, media_id)],
        rights=_rights(page),
        editable=page.may(Permission.EDIT_CONTENT),
    )


def _tiles(page: Page, session: Session, rows: Sequence[Media]) -> list[dict[str, object]]:
    return [_tile(page, one) for one in service.shown(session, rows, page.now)]


def _tile(page: Page, one: LibraryMedia) -> dict[str, object]:
    facts = f"{one.width}×{one.height} · {page.texts.size(one.size)}"
    if one.duration_ms:
        facts += f" · {page.texts.span(one.duration_ms)}"
    return {
        "id": one.id,
        "name": one.name,
        "facts": facts,
        "when": page.texts.when(one.created_at, page.now, HOME_ZONE),
        "tags": one.tags,
        "marks": _marks(page, one),
        "goes": _goes(page, one),
    }


def _marks(page: Page, one: LibraryMedia) -> list[str]:
    """Return what somebody should do about a medium."""
    marks = []
    if one.has_sound:
        marks.append(page.texts.say("Has sound: people will not hear it, add subtitles"))
    if one.rights_until is not None and one.rights_until < service.today(page.now):
        marks.append(page.texts.say("The right of use ended on %(date)s", date=page.texts.day(one.rights_until)))
    elif one.rights_missing:
        marks.append(page.texts.say("Source, author or right of use missing"))
    if not one.used and one.deleted_at is None:
        marks.append(page.texts.say("Not used"))
    return marks


def _goes(page: Page, one: LibraryMedia) -> str | None:
    if one.deleted_at is None:
        return None
    if one.used:
        return page.texts.say("Still used, so it stays")
    day = page.texts.date(one.deleted_at + timedelta(days=page.parts.settings.trash_days), HOME_ZONE)
    return page.texts.say("Deleted for good on %(date)s", date=day)


def _use(page: Page, use: Use) -> dict[str, object]:
    links = {UseKind.NOTICE: f"/notices/{use.id}", UseKind.PLAYLIST: f"/playlists/{use.id}"}
    return {
        "kind": page.texts.say(USES[use.kind]),
        "title": use.title,
        "link": links.get(use.kind),
        "newest": use.newest,
        "off_air": f"/notices/{use.id}/off-air" if use.kind is UseKind.NOTICE else None,
    }


def _rights(page: Page) -> list[tuple[str, str]]:
    return [(one.value, page.texts.say(RIGHTS[one])) for one in RIGHTS]


def _for_api(asked: dict[str, str]) -> dict[str, str]:
    """Return the page's filter in the API's words."""
    flags = {"mine": "mine", "unused": "unused", "rights": "rights_missing", "trash": "trash"}
    words = {name: asked[name] for name in ("q", "kind", "tag")}
    return words | {flags[name]: "true" for name in flags if asked[name]}
