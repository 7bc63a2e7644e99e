"""Decisions about overrides. Another agency's override does not exist for the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.errors import conflict, invalid, not_found
from server.jobs import repository as jobs
from server.scheduling import repository as playlists
from server.scheduling.entries.repository import playlist_names
from server.scheduling.overrides import repository
from server.scheduling.overrides.schemas import OverrideChange, OverrideNew, OverrideShown, OverrideState
from server.scheduling.owning import playlist_owner
from server.scheduling.targets import repository as target_rows
from server.scheduling.targets import service as targets
from server.scheduling.targets.schemas import Targets
from server.tables import OverrideRow, Panel

AT_ONCE = "at_once"
"""The job that brings overrides and essential-only to panels without publishing anything else."""
URGENCY = 20
LONGEST = timedelta(days=31)


def override_of(
    session: Session, caller: Caller, override_id: UUID, permission: Permission, *, lock: bool = False
) -> OverrideRow:
    """Return an override that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or not the caller's, 403 when the role does not allow it.
    """
    return let_in(caller, repository.override(session, override_id, lock=lock), permission, "override")


def create(session: Session, caller: Caller, new: OverrideNew, at: datetime) -> OverrideRow:
    """Make an override and bring it to its panels at once."""
    row = accept(session, caller, new, at)
    session.add(row)
    session.flush()
    target_rows.set_override_targets(session, row.id, new.targets)
    _bring(session, row)
    _write_down(session, caller, Action.OVERRIDE_MADE, row, after=_said(row, new.targets))
    return row


def accept(session: Session, caller: Caller, new: OverrideNew, at: datetime) -> OverrideRow:
    """Return a new override that can be; it is not saved.

    Raises:
        Problem: 403, 404 for what is not the agency's to use, 422 with a sentence.
    """
    agency = playlist_owner(session, caller, new.agency_id, new.playlist_id, Permission.PUBLISH)
    starts_at, ends_at = _whole(new.starts_at or at), _whole(new.ends_at)
    playlist = playlists.playlist(session, new.playlist_id)
    if playlist is None or playlist.agency_id != agency.id:
        raise not_found("playlist")
    if playlist.archived_at is not None:
        raise invalid("playlist-archived", f"{playlist.name} is archived. Restore it, or choose another playlist.")
    targets.check(session, agency.id, new.targets)
    _check_times(starts_at, ends_at, at)
    return OverrideRow(
        agency_id=agency.id,
        playlist_id=playlist.id,
        reason=new.reason.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        priority=new.priority,
        created_by=caller.user_id,
        created_at=at,
    )


def change(
    session: Session, caller: Caller, override_id: UUID, asked: OverrideChange, expected: Expected, at: datetime
) -> OverrideRow:
    """Give an override another end."""
    row = override_of(session, caller, override_id, Permission.PUBLISH, lock=True)
    expected.check(row.rev)
    if state_of(row, at) is OverrideState.ENDED:
        raise conflict("override-ended", "This override is over. Make a new one.")
    ends_at = _whole(asked.ends_at)
    _check_times(row.starts_at, ends_at, at)
    _write_down(
        session, caller, Action.OVERRIDE_CHANGED, row, before={"ends_at": row.ends_at}, after={"ends_at": ends_at}
    )
    row.ends_at = ends_at
    return _touched(session, row)


def end(session: Session, caller: Caller, override_id: UUID, expected: Expected, at: datetime) -> OverrideRow:
    """End an override now, or call it off before it begins."""
    row = override_of(session, caller, override_id, Permission.PUBLISH, lock=True)
    expected.check(row.rev)
    if state_of(row, at) is OverrideState.ENDED:
        return row
    row.ended_at, row.ended_by = at, caller.user_id
    _write_down(session, caller, Action.OVERRIDE_ENDED, row)
    return _touched(session, row)


def state_of(row: OverrideRow, at: datetime) -> OverrideState:
    """Return where an override is in its life at a time."""
    if row.ended_at is not None or row.ends_at <= at:
        return OverrideState.ENDED
    return OverrideState.ACTIVE if row.starts_at <= at else OverrideState.PLANNED


def shown(session: Session, rows: Sequence[OverrideRow], at: datetime) -> list[OverrideShown]:
    """Return the API's picture of overrides."""
    meant = target_rows.override_targets(session, [row.id for row in rows])
    names = playlist_names(session, {row.playlist_id for row in rows})
    return [
        OverrideShown(
            **row.model_dump(), playlist_name=names[row.playlist_id], targets=meant[row.id], state=state_of(row, at)
        )
        for row in rows
    ]


def bring_at_once(session: Session, panels: Sequence[Panel], agency_id: UUID | None) -> None:
    """Enqueue the job that brings what is urgent to panels, in this transaction."""
    if panels:
        ids = sorted(str(panel.id) for panel in panels)
        jobs.enqueue(session, AT_ONCE, {"panel_ids": ids}, agency_id=agency_id, urgency=URGENCY)
    for panel in panels:
        note_change(session, "panel", panel.id)


def _said(row: OverrideRow, meant: Targets) -> dict[str, object]:
    said = row.model_dump(mode="json", include={"playlist_id", "reason", "starts_at", "ends_at", "priority"})
    return said | {"targets": meant.model_dump(mode="json")}


def _write_down(
    session: Session,
    caller: Caller,
    action: Action,
    row: OverrideRow,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit(
        session,
        caller,
        action,
        "override",
        row.id,
        name=row.reason,
        agency_id=row.agency_id,
        before=before,
        after=after,
    )


def _check_times(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= starts_at or ends_at <= at:
        raise invalid("invalid-end", "An override ends after it starts, and not in the past. Give a later ends_at.")
    if ends_at - starts_at > LONGEST:
        raise invalid("invalid-end", f"An override lasts at most {LONGEST.days} days. For more make a schedule entry.")


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _touched(session: Session, row: OverrideRow) -> OverrideRow:
    row.rev += 1
    session.add(row)
    session.flush()
    _bring(session, row)
    return row


def _bring(session: Session, row: OverrideRow) -> None:
    note_change(session, "override", row.id)
    meant = target_rows.override_targets(session, [row.id])[row.id]
    bring_at_once(session, target_rows.panels_meant(session, row.agency_id, meant), row.agency_id)
