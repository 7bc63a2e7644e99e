"""Raising and clearing: a kiosk's snapshot replaces what it said before; being offline is the server's own finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from playlists.fault import CATALOGUE, FaultCode
from playlists.language import fold
from playlists.wire.messages import FaultLine
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.errors import not_found
from server.faults import repository
from server.faults.alarms import standing as standing_alarms
from server.faults.repository import Sought
from server.seen import EVERYTHING
from server.tables import Fault, FaultEvent, Kiosk, KioskStatus
from server.tables.faults import FaultSource, FaultWord

OFFLINE = FaultCode.KIOSK_OFFLINE
MOST_LINES = 200
_MOST_CODE, _MOST_SUBJECT, _MOST_DETAIL = 40, 120, 500
_BELIEVABLE_FROM = datetime(2024, 1, 1, tzinfo=UTC)
"""An earlier time is that of a kiosk whose clock was never set."""


def apply_snapshot(session: Session, kiosk: Kiosk, lines: Sequence[FaultLine], at: datetime) -> None:
    """Make a kiosk's open faults those of its snapshot: raise what is new, clear what is gone, keep what stands."""
    standing = {(row.code, row.subject): row for row in repository.open_faults(session, kiosk.id, FaultSource.KIOSK)}
    said = {_key(line): line for line in lines[:MOST_LINES] if _key(line)[0] not in {"", OFFLINE}}
    for key in standing.keys() - said.keys():
        clear(session, standing[key], at)
    for key, line in said.items():
        row = standing.get(key)
        if row is None:
            _raise_said(session, kiosk, line, at)
        elif (row.severity, row.detail) != (line.severity, _plain(line.detail, _MOST_DETAIL)):
            row.severity, row.detail = line.severity, _plain(line.detail, _MOST_DETAIL)
            row.rev += 1
            session.add(row)
            note_change(session, "fault", row.id)
            standing_alarms.said_anew(session, row, at)


def raise_offline(session: Session, kiosk: Kiosk, since_at: datetime, detail: str, at: datetime) -> None:
    """Raise that a kiosk is not reached, unless that is known; found `at`, it was last heard of at `since_at`."""
    row = Fault(
        kiosk_id=kiosk.id,
        panel_id=kiosk.panel_id,
        code=OFFLINE,
        severity=CATALOGUE[OFFLINE].severity,
        detail=detail,
        source=FaultSource.SERVER,
        since_at=since_at,
    )
    _raise(session, row, at)


def raise_found(session: Session, row: Fault, at: datetime) -> None:
    """Raise what the server itself found, unless it stands already."""
    _raise(session, row, at)


def clear_offline(session: Session, kiosk_id: UUID, at: datetime) -> None:
    """Clear that a kiosk is not reached; its own faults stay as they are until it speaks of them."""
    for row in repository.open_faults(session, kiosk_id, FaultSource.SERVER):
        if row.code == OFFLINE:
            clear(session, row, at)


def clear(session: Session, row: Fault, at: datetime) -> None:
    """Clear a fault."""
    row.cleared_at = max(at, row.since_at)
    row.rev += 1
    session.add(row)
    session.add(FaultEvent(fault_id=row.id, at=at, what=FaultWord.CLEARED))
    session.flush()
    standing_alarms.cleared(session, row, at)
    note_change(session, "fault", row.id)


@dataclass(frozen=True)
class Silence:
    """How long a kiosk may say nothing, and since when the server could have heard it."""

    most: timedelta
    listening_since: datetime


def is_due(session: Session, silence: Silence, at: datetime) -> bool:
    """Tell whether there is anything to sweep."""
    return bool(_silent(session, silence, at) or repository.faults_of_revoked(session))


def sweep(session: Session, silence: Silence, at: datetime) -> int:
    """Raise, for every watched kiosk that was silent for too long, that it is offline; return how many.

    What is open of a revoked kiosk is cleared: nobody will speak of it again.
    """
    for row in repository.faults_of_revoked(session):
        clear(session, row, at)
    silent = _silent(session, silence, at)
    for kiosk_id in silent:
        kiosk, status = session.get_one(Kiosk, kiosk_id), repository.status(session, kiosk_id)
        heard_at = status.heard_at if status is not None else None
        if status is not None and status.online:
            status.online, status.changed_at = False, heard_at or at
            session.add(status)
        raise_offline(session, kiosk, heard_at or at, f"silent for more than {silence.most.seconds} s", at)
        _panel_changed(session, kiosk)
    return len(silent)


def _silent(session: Session, silence: Silence, at: datetime) -> list[UUID]:
    """Return kiosks that were silent for too long, unless that is known."""
    known = repository.offline_kiosks(session, OFFLINE)
    return [
        kiosk_id
        for kiosk_id, heard_at in repository.watched(session)
        if at - max(silence.listening_since, heard_at or silence.listening_since) > silence.most
        and kiosk_id not in known
    ]


def note_alive(session: Session, status: KioskStatus, kiosk: Kiosk, at: datetime) -> None:
    """Take a fresh word on the newest connection as proof that a kiosk is there."""
    if status.online:
        return
    status.online, status.changed_at = True, at
    session.add(status)
    clear_offline(session, kiosk.id, at)
    _panel_changed(session, kiosk)


def fault_of(session: Session, caller: Caller, fault_id: UUID, permission: Permission, *, lock: bool = False) -> Fault:
    """Return a fault that the caller may do something with; one without a panel is the whole installation's.

    Raises:
        Problem: 404, 403.
    """
    row = repository.fault(session, fault_id, lock=lock)
    if row is None:
        raise not_found("fault")
    panel = repository.panel(session, row.panel_id) if row.panel_id is not None else None
    if panel is None and caller.seen != EVERYTHING:
        raise not_found("fault")
    if panel is None:
        caller.require(permission, what="fault")
    else:
        caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what="fault")
    return row


def sought(session: Session, caller: Caller, *, is_open: bool | None, panel_id: UUID | None, q: str) -> Sought:
    """Return what a list of faults asks for: words are found in names of panels, sites and faults, without accents.

    Raises:
        Problem: 404 for a panel that is not the caller's.
    """
    caller.require(Permission.SEE)
    words = fold(q).split()
    if panel_id is not None and not repository.has_panel(session, caller.seen, panel_id):
        raise not_found("panel")
    places = [] if caller.seen == EVERYTHING and not words else repository.places_seen(session, caller.seen)
    visible: list[UUID] | None = [one.panel_id for one in places]
    if panel_id is not None:
        visible = [panel_id]
    elif caller.seen == EVERYTHING:
        visible = None
    if not words:
        return Sought(is_open, visible)
    of_panels = [one.panel_id for one in places if _holds(words, (one.panel, one.slug, one.site))]
    codes = [str(code) for code, said in CATALOGUE.items() if _holds(words, (code, *said.name))]
    return Sought(is_open, visible, codes, of_panels)


def _holds(words: Iterable[str], texts: Iterable[str]) -> bool:
    folded = fold(" ".join(texts))
    return all(word in folded for word in words)


def _raise_said(session: Session, kiosk: Kiosk, line: FaultLine, at: datetime) -> None:
    code, subject = _key(line)
    row = Fault(
        kiosk_id=kiosk.id,
        panel_id=kiosk.panel_id,
        code=code,
        subject=subject,
        severity=line.severity,
        detail=_plain(line.detail, _MOST_DETAIL),
        source=FaultSource.KIOSK,
        since_at=line.since_at if _BELIEVABLE_FROM <= line.since_at <= at else at,
    )
    _raise(session, row, at)


def _raise(session: Session, row: Fault, at: datetime) -> None:
    if not repository.add_fault(session, row):
        return
    session.add(FaultEvent(fault_id=row.id, at=at, what=FaultWord.RAISED))
    session.flush()
    standing_alarms.raised(session, row, at)
    note_change(session, "fault", row.id)


def _key(line: FaultLine) -> tuple[str, str]:
    return _plain(line.code, _MOST_CODE), _plain(line.subject, _MOST_SUBJECT)


def _plain(text: str, most: int) -> str:
    return "".join(char for char in text if char.isprintable() or char == "\n")[:most].strip()


def _panel_changed(session: Session, kiosk: Kiosk) -> None:
    if kiosk.panel_id is not None:
        note_change(session, "panel", kiosk.panel_id)
