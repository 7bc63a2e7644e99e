"""Commands over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from playlists.wire import topics
from playlists.wire.topics import DOWN_MANNER, Down
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.db import Session
from server.edge import Page, PageAsked, ReadSession
from server.errors import conflict
from server.faults.commands import repository, service
from server.faults.commands.schemas import Asked, CommandNew, CommandShown, CommandState
from server.mqtt.link import LinkDown
from server.parts import PartsDep
from server.routes import Router
from server.tables import KioskCommand

router = Router(prefix="/api/v1/panels/{panel_id}/commands", tags=["faults"])


@router.post("", status_code=202)
def ask(panel_id: UUID, new: CommandNew, caller: CallerDep, parts: PartsDep) -> CommandShown:
    """Ask a panel's kiosk to do something. The answer says that it was sent; the list says what came of it."""
    at = parts.clock()
    with parts.db.write() as session:
        row = service.ask(session, caller, panel_id, new, at)
        shown = _shown(session, [row])[0]
        command, topic = service.message(row, at), topics.down(row.kiosk_id, Down.COMMAND)
    try:
        parts.exchange.publish(topic, command, DOWN_MANNER[Down.COMMAND])
    except LinkDown as error:
        raise conflict("broker-down", "The broker is not reached, so the kiosk cannot be asked; try again.") from error
    return shown


@router.get("")
def commands(panel_id: UUID, caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[CommandShown]:
    """List what a panel's kiosk was asked to do and what it answered, newest first."""
    panel = service.panel_of(session, caller, panel_id, Permission.SEE)
    rows = repository.commands(session, panel.id, asked)
    shown = {row.id: one for row, one in zip(rows, _shown(session, rows), strict=True)}
    return asked.page(rows, lambda row: shown[row.id], lambda row: row.id)


def _shown(session: Session, rows: Sequence[KioskCommand]) -> list[CommandShown]:
    names = repository.names(session, {row.asked_by for row in rows})
    return [
        CommandShown(
            id=row.id,
            panel_id=row.panel_id,
            name=Asked(row.name),
            arguments=row.arguments,
            asked_by_name=names.get(row.asked_by, ""),
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            state=CommandState(row.state),
            detail=row.detail,
            answered_at=row.answered_at,
        )
        for row in rows
    ]
