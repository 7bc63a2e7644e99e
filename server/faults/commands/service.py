"""Decisions about commands: who may ask what of which kiosk, and what its answer means."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from playlists.wire.messages import Command, CommandName, PanelPicture, Reply, ReplyWord
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.errors import conflict, not_found
from server.faults.commands import repository
from server.faults.commands.schemas import CommandNew, CommandState
from server.tables import KioskCommand, Panel

PATIENCE = timedelta(seconds=60)
"""A kiosk that does not hear a command within a minute does not do it any more."""
OPEN = (CommandState.SENT, CommandState.ACCEPTED)
LATE = timedelta(minutes=5)
"""So long after its own end an accepted command is waited for: a test picture of two hours is answered at once."""


def panel_of(session: Session, caller: Caller, panel_id: UUID, permission: Permission) -> Panel:
    """Return a panel that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    panel = repository.panel(session, panel_id)
    if panel is None:
        raise not_found("panel")
    caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panel


def ask(session: Session, caller: Caller, panel_id: UUID, new: CommandNew, at: datetime) -> KioskCommand:
    """Write down a command; the endpoint sends it when it is written.

    Raises:
        Problem: 404, 403, 409 when no kiosk stands behind the panel or it is not reached.
    """
    panel = panel_of(session, caller, panel_id, Permission.COMMAND_KIOSKS)
    found = repository.kiosk_of(session, panel.id)
    if found is None:
        raise conflict("no-kiosk", f"No kiosk is enrolled behind {panel.name}.")
    kiosk, status = found
    if status is None or not status.online:
        raise conflict("kiosk-offline", f"The kiosk of {panel.name} is not reached; it would not hear the command.")
    arguments: dict[str, str | int] = {"seconds": new.seconds} if new.seconds else {}
    if new.picture is not None:
        arguments["picture"] = new.picture
    row = KioskCommand(kiosk_id=kiosk.id, panel_id=panel.id, name=new.name, arguments=arguments,
                       asked_by=caller.user_id, expires_at=at + PATIENCE, state=CommandState.SENT)  # fmt: skip
    row.asked_at = at
    session.add(row)
    session.flush()
    audit(session, caller, Action.KIOSK_COMMANDED, "panel", panel.id, name=panel.name, agency_id=panel.agency_id,
          after={"command": new.name, **arguments})  # fmt: skip
    note_change(session, "command", panel.id)
    return row


def message(row: KioskCommand, at: datetime) -> Command:
    """Return a command as the kiosk reads it."""
    picture = PanelPicture(row.arguments.get("picture", PanelPicture.VIDEO))
    seconds = int(row.arguments.get("seconds", 0))
    name = CommandName(row.name)
    return Command(id=row.id, at=at, name=name, expires_at=row.expires_at, seconds=seconds, picture=picture)


def take_reply(session: Session, kiosk_id: UUID, said: Reply, at: datetime) -> None:
    """Take a kiosk's answer to a command that it was sent; what has ended stays as it is."""
    row = repository.command(session, said.command_id)
    if row is None or row.kiosk_id != kiosk_id or row.state not in (*OPEN, CommandState.EXPIRED):
        return
    if said.state is ReplyWord.ACCEPTED and row.state != CommandState.SENT:
        return
    row.state = {
        ReplyWord.ACCEPTED: CommandState.ACCEPTED,
        ReplyWord.DONE: CommandState.DONE,
        ReplyWord.FAILED: CommandState.FAILED,
    }[said.state]
    row.detail, row.answered_at = "".join(char for char in said.detail if char.isprintable())[:300], at
    session.add(row)
    session.flush()
    note_change(session, "command", row.panel_id)


def are_late(session: Session, at: datetime) -> bool:
    """Tell whether there are commands to give up."""
    return bool(_late(session, at))


def expire(session: Session, at: datetime) -> int:
    """Give up commands that no kiosk has answered in time; return how many."""
    rows = _late(session, at)
    for row in rows:
        row.state = CommandState.EXPIRED
        session.add(row)
        note_change(session, "command", row.panel_id)
    session.flush()
    return len(rows)


def _late(session: Session, at: datetime) -> list[KioskCommand]:
    sent = repository.unanswered(session, (CommandState.SENT,), at)
    return [*sent, *repository.unanswered(session, (CommandState.ACCEPTED,), at - LATE)]
