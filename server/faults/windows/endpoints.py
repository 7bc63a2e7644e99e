"""Times in which faults are expected, over HTTP."""

from __future__ import annotations

from uuid import UUID

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import Page, PageAsked, ReadSession, WriteSession
from server.faults.windows import repository, service
from server.faults.windows.schemas import WindowNew, WindowShown
from server.parts import PartsDep
from server.routes import Router
from server.tables import ExpectedWindow, Site

router = Router(prefix="/api/v1/expected-windows", tags=["faults"])


@router.get("")
def windows(caller: CallerDep, session: ReadSession, asked: PageAsked, parts: PartsDep) -> Page[WindowShown]:
    """List announced times that are not over, newest first."""
    caller.require(Permission.SEE)
    rows = repository.windows(session, caller.seen, parts.clock(), asked)
    return asked.page(rows, lambda row: _shown(*row), lambda row: row[0].id)


@router.post("", status_code=201)
def announce(new: WindowNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> WindowShown:
    """Announce planned work or a power cut: what it explains is hidden until its end."""
    row = service.announce(session, caller, new, parts.clock())
    return _with_site(session, row)


@router.delete("/{window_id}", status_code=204)
def end(window_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """End an announced time now, or take back one that has not begun."""
    service.end(session, caller, window_id, parts.clock())


def _with_site(session: Session, row: ExpectedWindow) -> WindowShown:
    site = repository.site(session, row.site_id)
    if site is None:
        raise LookupError(row.site_id)
    return _shown(row, site)


def _shown(row: ExpectedWindow, site: Site) -> WindowShown:
    return WindowShown.model_validate(row.model_dump() | {"site_name": site.name})
