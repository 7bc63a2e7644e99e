"""What a kiosk finds out at its start, kept: from when to when it had no power (`power_cut FROM/TO`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from playlists.instant import parse_instant
from playlists.wire.messages import Health
from server.db import Session
from server.faults import repository
from server.tables import Kiosk

CHECK, CUT = "boot", "power_cut "
LONGEST = timedelta(days=400)
AHEAD = timedelta(minutes=5)
"""A kiosk's clock may be so far ahead of ours."""


def note(session: Session, kiosk: Kiosk, said: Health, at: datetime) -> None:
    """Keep the power cut that a kiosk says it began after; the same one is said for as long as it runs."""
    detail = next((one.detail for one in said.readings if one.check == CHECK and not one.subject), "")
    found = read(detail, at)
    if found is not None:
        repository.note_power_cut(session, kiosk, *found)


def read(detail: str, at: datetime) -> tuple[datetime, datetime] | None:
    """Return the times of a power cut; None for anything else, and for times that cannot be."""
    if not detail.startswith(CUT):
        return None
    begin, _, end = detail.removeprefix(CUT).partition("/")
    try:
        from_at, to_at = parse_instant(begin), parse_instant(end)
    except ValueError:
        return None
    return (from_at, to_at) if from_at < to_at <= at + AHEAD and to_at - from_at <= LONGEST else None
