"""Notifications over HTTP: one's own addresses and wishes, rules, and the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.channels.port import Channel
from server.db import Session
from server.edge import Page, PageAsked, ReadSession, WriteSession
from server.notify import repository, service, words
from server.notify.schemas import (
    AddressNew,
    AddressShown,
    AttemptShown,
    ChannelShown,
    CodeSaid,
    MessageShown,
    Mine,
    RuleNew,
    RuleShown,
    WishesChange,
)
from server.parts import PartsDep
from server.routes import Router
from server.tables import NotifyAddress, NotifyChannel, NotifyMessage
from server.tables.notify import MessageState

router = Router(prefix="/api/v1", tags=["notifications"])


@router.get("/me/notifications")
def mine(caller: CallerDep, session: ReadSession, parts: PartsDep) -> Mine:
    """Show where and when the caller is reached."""
    caller.require(Permission.SEE)
    return _mine(session, caller, parts.channels)


@router.patch("/me/notifications")
def change_wishes(asked: WishesChange, caller: CallerDep, session: WriteSession, parts: PartsDep) -> Mine:
    """Say when the caller is not to be woken for what can wait."""
    service.set_wishes(session, caller, asked)
    return _mine(session, caller, parts.channels)


@router.post("/me/notifications/addresses", status_code=201)
def add_address(new: AddressNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> AddressShown:
    """Add an address; a code is sent there, and without it nothing else is."""
    return _address(service.add_address(session, caller, parts.channels, new, parts.clock()))


@router.post("/me/notifications/addresses/{notify_address_id}/verify")
def verify(
    notify_address_id: UUID, asked: CodeSaid, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> AddressShown:
    """Confirm an address with the code that came there."""
    return _address(service.verify(session, caller, parts, notify_address_id, asked.code, parts.clock()))


@router.post("/me/notifications/addresses/{notify_address_id}/test", status_code=202)
def test(notify_address_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> Response:
    """Send a test message to a confirmed address, or a new code to one that is not."""
    service.test(session, caller, notify_address_id, parts.clock())
    return Response(status_code=202)


@router.delete("/me/notifications/addresses/{notify_address_id}", status_code=204)
def remove(notify_address_id: UUID, caller: CallerDep, session: WriteSession) -> None:
    """Forget an address."""
    service.remove(session, caller, notify_address_id)


@router.get("/notify/channels")
def channels(caller: CallerDep, session: ReadSession, parts: PartsDep) -> list[ChannelShown]:
    """List the configured channels and how they fare."""
    caller.require(Permission.EDIT_ROSTER)
    known = repository.channels(session)
    return [_channel(one, known.get(one.name)) for one in parts.channels.values()]


@router.get("/notify/rules")
def rules(caller: CallerDep, session: ReadSession) -> list[RuleShown]:
    """List the rules that differ from the usual."""
    return [RuleShown.model_validate(row) for row in service.seen_rules(session, caller)]


@router.post("/notify/rules", status_code=201)
def add_rule(new: RuleNew, caller: CallerDep, session: WriteSession, parts: PartsDep) -> RuleShown:
    """Say who is told of what at a site, in an agency, or everywhere."""
    return RuleShown.model_validate(service.add_rule(session, caller, parts.channels, new))


@router.delete("/notify/rules/{notify_rule_id}", status_code=204)
def end_rule(notify_rule_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """End a rule."""
    service.end_rule(session, caller, notify_rule_id, parts.clock())


@router.get("/notify/messages")
def messages(
    caller: CallerDep,
    session: ReadSession,
    part: PageAsked,
    state: Annotated[MessageState | None, Query()] = None,
) -> Page[MessageShown]:
    """List the outbox, newest first, with every try."""
    rows = service.messages(session, caller, part, state)
    shown = {one.id: one for one in shown_messages(session, caller, rows)}
    return part.page(rows, lambda row: shown[row.id], lambda row: row.id)


@router.post("/notify/messages/{message_id}/again", status_code=202)
def send_again(message_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> MessageShown:
    """Send a message once more that could not be delivered."""
    row = service.send_again(session, caller, message_id, parts.clock())
    return shown_messages(session, caller, [row])[0]


def shown_messages(session: Session, caller: Caller, rows: list[NotifyMessage]) -> list[MessageShown]:
    """Return messages as the API shows them."""
    people = service.readers(session, rows)
    tries: dict[UUID, list[AttemptShown]] = {}
    for one in repository.attempts(session, [row.id for row in rows]):
        tries.setdefault(one.message_id, []).append(AttemptShown.model_validate(one))
    return [
        MessageShown(
            id=row.id,
            kind=row.kind,
            step=row.step,
            cause=row.cause,
            text=words.line(row.kind, row.step, _public(row), caller.language),
            about=_public(row),
            site_id=row.site_id,
            reader=people[row.user_id].display_name if row.user_id in people else row.channel,
            state=MessageState(row.state),
            said_at=row.said_at,
            send_at=row.send_at,
            sent_at=row.sent_at,
            sent_by=row.sent_by,
            why=row.why,
            trouble=row.trouble,
            attempts=tries.get(row.id, []),
        )
        for row in rows
    ]


def _mine(session: Session, caller: Caller, known: Mapping[str, Channel]) -> Mine:
    wishes = repository.wishes(session, [caller.user_id]).get(caller.user_id)
    return Mine(
        channels=[_channel(one, None) for one in service.personal(known).values()],
        addresses=[_address(row) for row in repository.addresses(session, caller.user_id)],
        quiet_from=(wishes.quiet_from or None) if wishes is not None else None,
        quiet_to=(wishes.quiet_to or None) if wishes is not None else None,
        wants_return=wishes.wants_return if wishes is not None else True,
    )


def _address(row: NotifyAddress) -> AddressShown:
    return AddressShown.model_validate(row)


def _channel(one: Channel, row: NotifyChannel | None) -> ChannelShown:
    return ChannelShown(
        name=one.name,
        label=one.label,
        takes=one.takes,
        failing_since=row.failing_since if row is not None else None,
        worked_at=row.worked_at if row is not None else None,
        trouble=row.trouble if row is not None else "",
    )


def _public(row: NotifyMessage) -> dict[str, Any]:
    return {"code": "······"} if row.kind == words.VERIFY else row.fields
