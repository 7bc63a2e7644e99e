"""Decisions about times in which faults are expected: whoever looks after a place announces them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.errors import invalid, not_found
from server.faults.alarms import standing
from server.faults.windows import repository
from server.faults.windows.schemas import WindowNew
from server.tables import ExpectedWindow, Site

WHAT = "announced time"


def announce(session: Session, caller: Caller, new: WindowNew, at: datetime) -> ExpectedWindow:
    """Announce a time; alarms that stand are hidden until its end.

    Raises:
        Problem: 404, 403, 422 when it is over or the panel stands elsewhere.
    """
    site = _site(session, caller, new.site_id)
    if new.panel_id is not None:
        panel = repository.panel(session, new.panel_id)
        if panel is None or panel.site_id != site.id:
            raise not_found("panel")
    if new.to_at <= at:
        raise invalid("window-over", "This time is over; announce one that ends in the future.")
    row = ExpectedWindow(**new.model_dump(), made_by=caller.user_id)
    session.add(row)
    session.flush()
    _told(session, row, at)
    return row


def end(session: Session, caller: Caller, window_id: UUID, at: datetime) -> None:
    """End a time now, or take back one that has not begun; one that is over stays as it was.

    Raises:
        Problem: 404, 403.
    """
    row = repository.window(session, window_id, lock=True)
    if row is None:
        raise not_found(WHAT)
    _site(session, caller, row.site_id)
    if row.to_at <= at:
        return
    if row.from_at >= at:
        session.delete(row)
    else:
        row.to_at = at
        row.rev += 1
        session.add(row)
    session.flush()
    _told(session, row, at)


def _site(session: Session, caller: Caller, site_id: UUID) -> Site:
    site = repository.site(session, site_id)
    if site is None:
        raise not_found("site")
    caller.require(Permission.ACKNOWLEDGE_FAULTS, agency_id=site.agency_id, site_id=site.id, what="site")
    return site


def _told(session: Session, row: ExpectedWindow, at: datetime) -> None:
    standing.asked_again(session, row.site_id, at)
    note_change(session, "site", row.site_id)
