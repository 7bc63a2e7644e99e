"""The media library over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse

from playlists.notice import NoticeKind
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.accounts.service import agency_of
from server.content.library import exports, quotas, repository, service
from server.content.library.repository import Filter
from server.content.library.schemas import Bulk, BulkDone, LibraryMedia, MediaChange, Purged, Space, TagShown, Use
from server.content.library.uses import uses_of
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.office.sheet import XLSX, write_sheet
from server.parts import Parts, PartsDep
from server.routes import Router
from server.spreadsheet import csv_lines
from server.tables import Media

router = Router(prefix="/api/v1/library", tags=["library"])
MOST_EXPORTED = 20_000


def _filter(
    caller: CallerDep,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=200, description="Words of name, author, source, tags; no accents")] = "",
    agency_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[NoticeKind | None, Query()] = None,
    tag: Annotated[list[str] | None, Query(max_length=10)] = None,
    mine: Annotated[bool, Query()] = False,
    unused: Annotated[bool, Query()] = False,
    rights_missing: Annotated[bool, Query()] = False,
    trash: Annotated[bool, Query()] = False,
) -> Filter:
    return service.filter_of(
        caller,
        parts.clock(),
        q=q,
        agency_id=agency_id,
        kind=kind,
        tag=tag or (),
        mine=mine,
        unused=unused,
        rights_missing=rights_missing,
        trash=trash,
    )


Wanted = Annotated[Filter, Depends(_filter)]


@router.get("/media")
def media(wanted: Wanted, session: ReadSession, asked: PageAsked, parts: PartsDep) -> Page[LibraryMedia]:
    """Find media, newest first."""
    rows = repository.found(session, wanted, asked.before, asked.limit)
    shown = {one.id: one for one in service.shown(session, rows[: asked.limit], parts.clock())}
    return asked.page(rows, lambda row: shown[row.id], lambda row: row.id)


@router.get("/media.csv", response_class=StreamingResponse)
def as_csv(wanted: Wanted, session: ReadSession, parts: PartsDep) -> StreamingResponse:
    """Send the found media as CSV."""
    lines = _lines(session, wanted, parts)
    return StreamingResponse(iter(list(csv_lines(exports.HEAD, lines))), media_type="text/csv", headers=_named("csv"))


@router.get("/media.xlsx", response_class=Response)
def as_workbook(wanted: Wanted, session: ReadSession, parts: PartsDep) -> Response:
    """Send the found media as a workbook."""
    lines = ([exports.as_text(cell) for cell in line] for line in _lines(session, wanted, parts))
    content = write_sheet("media", exports.HEAD, lines, exports.WIDTHS)
    return Response(content, media_type=XLSX, headers=_named("xlsx"))


@router.patch("/media/{media_id}")
def change(
    media_id: UUID,
    asked: MediaChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> LibraryMedia:
    """Write name, source, author, right of use and tags of a medium."""
    return _one(session, response, service.change(session, caller, media_id, asked, expected), parts)


@router.post("/media/{media_id}/trash")
def trash(
    media_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> LibraryMedia:
    """Put a medium into the trash; what shows it goes on showing it."""
    return _one(session, response, service.trash(session, caller, media_id, parts.clock(), expected), parts)


@router.post("/media/{media_id}/restore")
def restore(
    media_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response, parts: PartsDep
) -> LibraryMedia:
    """Take a medium out of the trash."""
    return _one(session, response, service.trash(session, caller, media_id, None, expected), parts)


@router.get("/media/{media_id}/uses")
def uses(media_id: UUID, caller: CallerDep, session: ReadSession) -> list[Use]:
    """Tell where a medium is used."""
    return service.uses(session, caller, media_id)


@router.post("/bulk")
def bulk(asked: Bulk, caller: CallerDep, session: WriteSession, parts: PartsDep) -> BulkDone:
    """Tag, untag, trash or restore many media at once; all or none."""
    return service.bulk(session, caller, asked, parts.clock())


@router.post("/empty-trash")
def empty_trash(caller: CallerDep, parts: PartsDep, agency_id: Annotated[UUID | None, Query()] = None) -> Purged:
    """Delete for good what lies in the trash and nothing needs any more."""
    return service.empty_trash(parts, caller, agency_id)


@router.get("/tags")
def tags(caller: CallerDep, session: ReadSession, agency_id: Annotated[UUID | None, Query()] = None) -> list[TagShown]:
    """List the tags in use with their counts."""
    caller.require(Permission.SEE, agency_id=agency_id, what="agency")
    counted = repository.tag_counts(session, caller.seen.only(agency_id))
    return [TagShown(tag=name, count=count) for name, count in counted]


@router.get("/space/{agency_id}")
def space(agency_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> Space:
    """Tell how much room an agency's media and running uploads take, and how much they may."""
    agency = agency_of(session, caller, agency_id, Permission.SEE)
    limit = quotas.limit_of(agency, parts.settings.media_quota_bytes)
    return Space(used_bytes=repository.used_bytes(session, agency.id), quota_bytes=limit)


def _one(session: Session, response: Response, row: Media, parts: Parts) -> LibraryMedia:
    tag(response, row.rev)
    return service.shown(session, [row], parts.clock())[0]


def _lines(session: Session, wanted: Filter, parts: Parts) -> list[tuple[object, ...]]:
    rows = repository.found(session, wanted, None, MOST_EXPORTED)[:MOST_EXPORTED]
    shown = service.shown(session, rows, parts.clock())
    used = {str(row.id): uses_of(session, row) for row, one in zip(rows, shown, strict=True) if one.used}
    return exports.rows(shown, used)


def _named(end: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="media.{end}"'}
