"""Kiosks' logs over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from playlists.instant import format_instant
from server.accounts.endpoints import CallerDep
from server.audit.actions import Action
from server.audit.service import audit
from server.edge import ReadSession
from server.faults.logs import repository, service
from server.faults.logs.schemas import LogShown
from server.parts import Parts, PartsDep
from server.routes import Router

router = Router(prefix="/api/v1/panels/{panel_id}", tags=["faults"])
Q = Annotated[str, Query(max_length=200, description="Words that a line holds, accents and case apart")]


@router.get("/log")
def log(
    panel_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep, q: Q = "", serious: bool = False
) -> LogShown:
    """Return the newest lines that a panel's kiosk sent. Ask for more with the command `send_log`."""
    panel = service.panel_of(session, caller, panel_id)
    items = list(service.newest(session, panel.id, q=q, serious=serious))
    return LogShown(
        panel_id=panel.id, running_until=service.running_until(session, panel.id, parts.clock()), items=items
    )


@router.get("/log.txt", response_class=StreamingResponse)
def log_txt(panel_id: UUID, caller: CallerDep, parts: PartsDep) -> StreamingResponse:
    """Download every line that is kept of a panel's kiosk; times in UTC."""
    with parts.db.write() as session:
        panel = service.panel_of(session, caller, panel_id)
        audit(session, caller, Action.KIOSK_LOG_TAKEN, "panel", panel.id, name=panel.name, agency_id=panel.agency_id)
        name = f"log-{panel.slug}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(_lines(parts, panel_id), media_type="text/plain; charset=utf-8", headers=headers)


def _lines(parts: Parts, panel_id: UUID) -> Iterator[bytes]:
    with parts.db.read() as session:
        for one in service.in_words(repository.every(session, panel_id)):
            if one.left_out:
                yield f"… {one.left_out} lines did not arrive\n".encode()
            yield f"{format_instant(one.at)} {one.level.upper():7} {one.text}\n".encode()
