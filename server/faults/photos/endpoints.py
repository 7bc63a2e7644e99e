"""Photos of work orders over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from playlists.notice import MediaKind
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.content import receiving
from server.content.endpoints import FOREVER, WIDTHS, small_picture
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.faults.orders import repository as orders
from server.faults.orders import service as ordering
from server.faults.photos import repository, service
from server.faults.photos.schemas import Moment, PhotoList, PhotoShown
from server.parts import PartsDep
from server.routes import Router
from server.tables import WorkOrder

router = Router(prefix="/api/v1/work-orders/{order_id}/photos", tags=["faults"])
_FILE = {"type": "string", "format": "binary"}
_PICTURES = ("image/jpeg", "image/png", "image/webp")
_BODY = {"required": True, "content": {kind: {"schema": _FILE} for kind in _PICTURES}}


@router.get("")
def photos(order_id: UUID, caller: CallerDep, session: ReadSession) -> PhotoList:
    """List the photos of a work order."""
    order, _ = ordering.order_of(session, caller, order_id, Permission.SEE)
    return shown(session, caller, order)


@router.post("", max_body_size=2 * service.MOST_BYTES, openapi_extra={"requestBody": _BODY})
async def add(
    order_id: UUID,
    request: Request,
    caller: CallerDep,
    parts: PartsDep,
    moment: Annotated[Moment, Query(description="when it was taken")] = Moment.OTHER,
    note: Annotated[str, Query(max_length=200)] = "",
    client_id: Annotated[UUID | None, Query(description="makes a photo that is sent twice count once")] = None,
) -> PhotoList:
    """Add a photo (JPEG, PNG, WebP), as the body itself or as a form with one file; only its pixels are kept."""
    is_wanted = await run_in_threadpool(service.is_wanted, parts, caller, order_id, client_id)
    sent = service.Sent(moment, note.strip(), client_id)
    lent = parts.blobs.workspace()
    folder = await run_in_threadpool(lent.__enter__)
    try:
        file = folder / "received"
        content_type = request.headers.get("content-type", "")
        await receiving.receive(request.stream(), content_type, file, service.MOST_BYTES)
        if is_wanted:
            await to_thread.run_sync(
                service.take, parts, caller, order_id, sent, folder, file, limiter=parts.upload_checks
            )
    finally:
        await run_in_threadpool(lent.__exit__, None, None, None)

    def answer() -> PhotoList:
        with parts.db.read() as session:
            return shown(session, caller, ordering.order_of(session, caller, order_id, Permission.SEE)[0])

    return await run_in_threadpool(answer)


@router.get("/{photo_id}/file", response_class=FileResponse)
def file_of(order_id: UUID, photo_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> FileResponse:
    """Send a photo as it is kept."""
    order, _ = ordering.order_of(session, caller, order_id, Permission.SEE)
    row = service.photo_of(session, order, photo_id)
    session.close()
    if not parts.blobs.exists(row.sha256):
        raise not_found("file")
    headers = FOREVER | {"ETag": f'"{row.sha256}"'}
    return FileResponse(parts.blobs.path(row.sha256), media_type=row.kind, headers=headers)


@router.get("/{photo_id}/picture", response_class=FileResponse)
def picture(
    order_id: UUID, photo_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep,
    width: Annotated[int, Query(ge=1, le=WIDTHS[-1])] = 640,
) -> FileResponse:  # fmt: skip
    """Send a small JPEG of a photo; widths are rounded up to 160, 320, 640 or 1280 pixels."""
    order, _ = ordering.order_of(session, caller, order_id, Permission.SEE)
    row = service.photo_of(session, order, photo_id)
    session.close()
    return small_picture(parts, row.sha256, MediaKind(row.kind), width)


@router.delete("/{photo_id}", status_code=204)
def remove(order_id: UUID, photo_id: UUID, caller: CallerDep, parts: PartsDep) -> Response:
    """Remove a photo that the caller took, until the order is closed."""
    service.remove(parts, caller, order_id, photo_id)
    return Response(status_code=204)


def shown(session: Session, caller: Caller, order: WorkOrder) -> PhotoList:
    """Return an order's photos with the names of who took them."""
    rows = service.sorted_photos(repository.photos(session, order.id))
    names = orders.names(session, {row.taken_by for row in rows})
    return PhotoList(
        items=[
            PhotoShown(
                **row.model_dump(exclude={"work_order_id", "kind", "moment"}),
                moment=Moment(row.moment),
                taken_by_name=names.get(row.taken_by, ""),
                may_remove=row.taken_by == caller.user_id and order.closed_at is None,
            )
            for row in rows
        ]
    )
