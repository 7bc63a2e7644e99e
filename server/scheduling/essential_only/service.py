"""Decisions about times of essential notices only. Whoever owns a site decides for every panel that stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, invalid, not_found
from server.scheduling.essential_only import repository
from server.scheduling.essential_only.schemas import (
    EssentialOnlyChange,
    EssentialOnlyNew,
    EssentialOnlyShown,
)
from server.scheduling.overrides.schemas import OverrideState
from server.scheduling.overrides.service import bring_at_once
from server.tables import EssentialOnlyRow, Site

LONGEST = timedelta(days=31)


def row_of(
    session: Session, caller: Caller, row_id: UUID, permission: Permission, *, lock: bool = False
) -> EssentialOnlyRow:
    """Return one of which the caller may decide about every site; to see it, one site is enough.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    row = repository.row(session, row_id, lock=lock)
    if row is None:
        raise not_found("time of essential notices only")
    sites = repository.sites(session, repository.site_ids(session, [row.id])[row.id])
    seen = [caller.sees(site.agency_id, site.id) for site in sites]
    if not any(seen) or (permission is not Permission.SEE and not all(seen)):
        raise not_found("time of essential notices only")
    caller.require(permission)
    if permission is not Permission.SEE:
        for site in sites:
            caller.require(permission, agency_id=site.agency_id, site_id=site.id, what="site")
    return row


def create(session: Session, caller: Caller, new: EssentialOnlyNew, at: datetime) -> EssentialOnlyRow:
    """Show essential notices only on sites, at once or from a time on."""
    sites = own_sites(session, caller, new.site_ids, Permission.PUBLISH)
    starts_at, ends_at = (new.starts_at or at).replace(microsecond=0), new.ends_at.replace(microsecond=0)
    _check_times(starts_at, ends_at, at)
    row = EssentialOnlyRow(
        reason=new.reason.strip(), starts_at=starts_at, ends_at=ends_at, created_by=caller.user_id, created_at=at
    )
    session.add(row)
    session.flush()
    repository.add_sites(session, row.id, [site.id for site in sites])
    _bring(session, row)
    said = {"starts_at": starts_at, "ends_at": ends_at, "sites": [site.slug for site in sites]}
    _write_down(session, caller, Action.ESSENTIAL_BEGUN, row, sites[0].agency_id, said)
    return row


def change(
    session: Session, caller: Caller, row_id: UUID, asked: EssentialOnlyChange, expected: Expected, at: datetime
) -> EssentialOnlyRow:
    """Give it another end."""
    row = row_of(session, caller, row_id, Permission.PUBLISH, lock=True)
    expected.check(row.rev)
    if state_of(row, at) is OverrideState.ENDED:
        raise conflict("essential-only-ended", "This is over. Make a new one.")
    row.ends_at = asked.ends_at.replace(microsecond=0)
    _write_down(session, caller, Action.ESSENTIAL_CHANGED, row, None, {"ends_at": row.ends_at})
    _check_times(row.starts_at, row.ends_at, at)
    return _touched(session, row)


def end(session: Session, caller: Caller, row_id: UUID, expected: Expected, at: datetime) -> EssentialOnlyRow:
    """End it now, or call it off before it begins."""
    row = row_of(session, caller, row_id, Permission.PUBLISH, lock=True)
    expected.check(row.rev)
    if state_of(row, at) is OverrideState.ENDED:
        return row
    row.ended_at, row.ended_by = at, caller.user_id
    _write_down(session, caller, Action.ESSENTIAL_ENDED, row, None, None)
    return _touched(session, row)


def own_sites(session: Session, caller: Caller, ids: Sequence[UUID], permission: Permission) -> list[Site]:
    """Return sites about which the caller may decide.

    Raises:
        Problem: 404, 403.
    """
    rows = repository.sites(session, ids)
    if len(rows) != len(set(ids)):
        raise not_found("site")
    for row in rows:
        caller.require(permission, agency_id=row.agency_id, site_id=row.id, what="site")
    return rows


def state_of(row: EssentialOnlyRow, at: datetime) -> OverrideState:
    """Return where it is in its life at a time."""
    if row.ended_at is not None or row.ends_at <= at:
        return OverrideState.ENDED
    return OverrideState.ACTIVE if row.starts_at <= at else OverrideState.PLANNED


def shown(session: Session, rows: Sequence[EssentialOnlyRow], at: datetime) -> list[EssentialOnlyShown]:
    """Return the API's picture of them."""
    sites = repository.site_ids(session, [row.id for row in rows])
    return [EssentialOnlyShown(**row.model_dump(), site_ids=sites[row.id], state=state_of(row, at)) for row in rows]


def _write_down(
    session: Session,
    caller: Caller,
    action: Action,
    row: EssentialOnlyRow,
    agency_id: UUID | None,
    after: Mapping[str, object] | None,
) -> None:
    audit(session, caller, action, "essential only", row.id, name=row.reason, agency_id=agency_id, after=after)


def _check_times(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= starts_at or ends_at <= at:
        raise invalid("invalid-end", "It ends after it starts, and not in the past. Give a later ends_at.")
    if ends_at - starts_at > LONGEST:
        raise invalid("invalid-end", f"It lasts at most {LONGEST.days} days. Give an earlier ends_at; it can be moved.")


def _touched(session: Session, row: EssentialOnlyRow) -> EssentialOnlyRow:
    row.rev += 1
    session.add(row)
    session.flush()
    _bring(session, row)
    return row


def _bring(session: Session, row: EssentialOnlyRow) -> None:
    note_change(session, "essential-only", row.id)
    ids = repository.site_ids(session, [row.id])[row.id]
    sites = repository.sites(session, ids)
    agencies = {site.agency_id for site in sites}
    agency_id = agencies.pop() if len(agencies) == 1 else None
    bring_at_once(session, repository.panels_at(session, ids), agency_id)
