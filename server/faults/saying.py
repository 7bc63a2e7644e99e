"""What a panel's kiosk says now, read once for whoever judges a repair or a swap by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import ValidationError

from playlists.wire.messages import Health, Reading, State
from server.tables import KioskStatus

HEARD = timedelta(minutes=5)
"""A kiosk that was not heard for longer proves nothing."""


def is_heard(status: KioskStatus | None, at: datetime) -> bool:
    """Tell whether a kiosk was there and heard a moment ago."""
    return status is not None and status.online and status.heard_at is not None and at - status.heard_at <= HEARD


def state_of(status: KioskStatus | None) -> State | None:
    """Return what a kiosk holds and shows, or None where an older version wrote it in another way."""
    try:
        return State.model_validate(status.state) if status is not None and status.state else None
    except ValidationError:
        return None


def readings_of(status: KioskStatus | None) -> tuple[Reading, ...]:
    """Return a kiosk's newest readings, none where an older version wrote them in another way."""
    try:
        return Health.model_validate(status.health).readings if status is not None and status.health else ()
    except ValidationError:
        return ()
