"""What of a kiosk's log is taken, for how long it is kept, and who may read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from playlists.instant import from_micros, to_micros
from playlists.language import fold
from playlists.wire.messages import CommandName, Log, LogLevel
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.db import Session
from server.errors import not_found
from server.faults.logs import repository
from server.faults.logs.schemas import LineShown
from server.tables import KioskCommand, KioskLog, Panel

KEPT = timedelta(days=14)
GRACE = timedelta(seconds=90)
"""So long after its end a request's lines are still taken: the command and the lines need their time on a weak line."""
MOST_MESSAGES = 2000
"""Of one request: one a second for half an hour, and no kiosk fills the disk."""
SHOWN = 300
SERIOUS = frozenset({LogLevel.WARNING, LogLevel.ERROR})


def take(session: Session, kiosk_id: UUID, said: Log, at: datetime) -> None:
    """Keep lines that somebody asked this kiosk for and that are not too late; everything else is dropped."""
    asked = repository.command(session, said.command_id)
    if asked is None or asked.kiosk_id != kiosk_id or asked.name != CommandName.SEND_LOG or not said.lines:
        return
    if at > until(asked) + GRACE or repository.count(session, asked.id) >= MOST_MESSAGES:
        return
    lines = [[one.number, to_micros(one.at), one.level, _plain(one.text)] for one in said.lines]
    session.add(KioskLog(command_id=asked.id, panel_id=asked.panel_id, taken_at=at, lines=lines))
    session.flush()
    note_change(session, "log", asked.panel_id)


def until(asked: KioskCommand) -> datetime:
    """Return when a request for a log ends."""
    return asked.asked_at + timedelta(seconds=int(asked.arguments.get("seconds", 0)))


def running_until(session: Session, panel_id: UUID, at: datetime) -> datetime | None:
    """Return until when a panel's kiosk sends its log, or None when it does not."""
    asked = repository.newest_command(session, panel_id, CommandName.SEND_LOG)
    return until(asked) if asked is not None and until(asked) > at else None


def panel_of(session: Session, caller: Caller, panel_id: UUID) -> Panel:
    """Return a panel whose log the caller may read: who may command its kiosk.

    Raises:
        Problem: 404, 403.
    """
    panel = repository.panel(session, panel_id)
    if panel is None:
        raise not_found("panel")
    permission = Permission.COMMAND_KIOSKS
    caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panel


def newest(session: Session, panel_id: UUID, *, q: str = "", serious: bool = False) -> Sequence[LineShown]:
    """Return the newest lines of a panel's log that hold all words of `q`, accents and case apart, oldest first."""
    words = fold(q).split()
    found = [
        one
        for one in in_words(repository.newest(session, panel_id, MOST_MESSAGES))
        if (not serious or one.level in SERIOUS) and all(word in fold(one.text) for word in words)
    ]
    return found[-SHOWN:]


def in_words(rows: Iterable[KioskLog]) -> Iterator[LineShown]:
    """Yield rows as lines; what did not arrive is counted at the next line of the same request."""
    command_id, last = None, 0
    for row in rows:
        for number, micros, level, text in row.lines:
            gap = number - last - 1 if row.command_id == command_id and number > last else 0
            command_id, last = row.command_id, number
            yield LineShown(at=from_micros(micros), level=LogLevel(level), text=text, left_out=gap)


def forget(session: Session, at: datetime) -> None:
    """Delete what is older than is kept."""
    repository.forget(session, at - KEPT)


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
