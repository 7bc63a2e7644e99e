"""Whose something new of the schedule is."""

from __future__ import annotations

from uuid import UUID

from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import invalid
from server.scheduling import repository
from server.tables import Agency


def owner(session: Session, caller: Caller, agency_id: UUID | None, permission: Permission) -> Agency:
    """Return the agency that something new of the caller's belongs to: the named one, or `Caller.home`.

    Raises:
        Problem: 422 when an administrator of the whole installation names none; as `accounts.open_agency_of`.
    """
    caller.require(permission)
    chosen = agency_id or caller.home(permission)
    if chosen is None:
        raise invalid("agency-missing", "Say which agency this belongs to (agency_id).")
    return accounts.open_agency_of(session, caller, chosen, permission)


def playlist_owner(
    session: Session, caller: Caller, agency_id: UUID | None, playlist_id: UUID, permission: Permission
) -> Agency:
    """Return as `owner`; an administrator of the whole installation who names no agency means the playlist's.

    Raises:
        Problem: as `owner`.
    """
    if agency_id is None and caller.home(permission) is None:
        playlist = repository.playlist(session, playlist_id)
        agency_id = playlist.agency_id if playlist is not None else None
    return owner(session, caller, agency_id, permission)
