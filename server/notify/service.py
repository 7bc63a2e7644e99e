"""What people decide about notifications: where they are reached, the rules, and sending again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from playlists.ids import sha256_hex
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.channels.port import Channel, Takes
from server.db import Session, Wake, new_id, ring_after_commit
from server.edge import Slice
from server.errors import conflict, invalid, not_found
from server.notify import repository, words
from server.notify.plan import Step
from server.notify.schemas import AddressNew, RuleNew, WishesChange
from server.parts import Parts
from server.roster.service import site_of
from server.tables import NotifyAddress, NotifyMessage, NotifyPerson, NotifyRule, User
from server.tables.notify import MessageState
from server.throttle import Tally

MOST_ADDRESSES = 8
MOST_CODES = 6
"""In an hour: codes cost money, and the phone may be a stranger's."""
CODE_LASTS = timedelta(minutes=30)
_MAIL = re.compile(r"[^@\s,;<>\"\x00-\x1f]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,20}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9._@+:#-]{1,120}", re.ASCII)
_SHAPES = {Takes.MAIL: _MAIL, Takes.PHONE: _PHONE, Takes.NAME: _NAME}


def personal(channels: Mapping[str, Channel]) -> dict[str, Channel]:
    """Return the channels that reach people."""
    return {name: one for name, one in channels.items() if one.takes is not Takes.NOBODY}


def add_address(
    session: Session, caller: Caller, channels: Mapping[str, Channel], new: AddressNew, at: datetime
) -> NotifyAddress:
    """Add an address of the caller's, and send a code there.

    Raises:
        Problem: 422 no such channel or address; 409 it is there already, or there are too many.
    """
    caller.require(Permission.SEE)
    channel = personal(channels).get(new.channel)
    if channel is None:
        raise invalid("no-channel", "There is no such channel here; choose one of the list.")
    text = new.address.strip()
    if not _SHAPES[channel.takes].fullmatch(text):
        raise invalid("bad-address", "This is not an address that the channel can reach; check it.")
    if channel.takes is Takes.PHONE:
        text = re.sub(r"[ .()-]", "", text)
    there = repository.addresses(session, caller.user_id)
    if any((one.channel, one.address) == (new.channel, text) for one in there):
        raise conflict("address-there", "This address is on your list already.")
    if len(there) >= MOST_ADDRESSES:
        raise conflict("too-many-addresses", f"You have {MOST_ADDRESSES} addresses; remove one first.")
    row = NotifyAddress(user_id=caller.user_id, channel=new.channel, address=text)
    session.add(row)
    session.flush()
    send_code(session, caller, row, at)
    return row


def send_code(session: Session, caller: Caller, row: NotifyAddress, at: datetime) -> None:
    """Send a fresh code to an address that is not confirmed.

    Raises:
        Problem: 409 too many were sent within the hour.
    """
    if repository.count_since(session, caller.user_id, at - timedelta(hours=1)) >= MOST_CODES:
        raise conflict("too-many-codes", "Too many codes were sent within the hour; try again later.")
    code = f"{secrets.randbelow(1_000_000):06}"
    row.code_sha256, row.code_sent_at = _digest(row.id, code), at
    session.add(row)
    _put(session, caller, row, words.VERIFY, {"code": code}, at)


def verify(session: Session, caller: Caller, parts: Parts, address_id: UUID, code: str, at: datetime) -> NotifyAddress:
    """Confirm an address with the code that came there.

    Raises:
        Problem: 404; 409 the code is wrong or old; 429.
    """
    row = own(session, caller, address_id)
    if row.verified_at is not None:
        return row
    tally = Tally(f"notify-code {row.id}")
    parts.throttle.check(tally)
    is_fresh = row.code_sent_at is not None and at < row.code_sent_at + CODE_LASTS
    if not is_fresh or not compare_digest(row.code_sha256, _digest(row.id, "".join(code.split()))):
        parts.throttle.failed(tally)
        raise conflict("wrong-code", "This code is wrong or too old. Check it, or let a new one be sent.")
    row.verified_at, row.code_sha256 = at, ""
    session.add(row)
    audit(session, caller, Action.NOTIFICATIONS_CHANGED, "address", row.id, name=row.channel, after={"confirmed": True})
    session.flush()
    return row


def test(session: Session, caller: Caller, address_id: UUID, at: datetime) -> None:
    """Send a test message to a confirmed address, or a new code to one that is not.

    Raises:
        Problem: 404; 409.
    """
    row = own(session, caller, address_id)
    if row.verified_at is None:
        send_code(session, caller, row, at)
    else:
        _put(session, caller, row, words.TEST, {}, at)


def remove(session: Session, caller: Caller, address_id: UUID) -> None:
    """Forget an address; what was sent there stays written."""
    row = own(session, caller, address_id)
    repository.unbind(session, row.id)
    session.delete(row)
    audit(session, caller, Action.NOTIFICATIONS_CHANGED, "address", row.id, name=row.channel, after={"removed": True})
    session.flush()


def set_wishes(session: Session, caller: Caller, asked: WishesChange) -> NotifyPerson:
    """Say when one wants to be left alone."""
    caller.require(Permission.SEE)
    row = repository.wishes(session, [caller.user_id]).get(caller.user_id) or NotifyPerson(user_id=caller.user_id)
    row.quiet_from, row.quiet_to = asked.quiet_from or "", asked.quiet_to or ""
    row.wants_return = asked.wants_return
    session.add(row)
    session.flush()
    return row


def add_rule(session: Session, caller: Caller, channels: Mapping[str, Channel], new: RuleNew) -> NotifyRule:
    """Say who is told of what somewhere.

    Raises:
        Problem: 404, 403, 422.
    """
    agency_id = _place(session, caller, new.agency_id, new.site_id)
    if new.channel is not None:
        hook = channels.get(new.channel)
        if hook is None or hook.takes is not Takes.NOBODY:
            raise invalid("no-webhook", "There is no such webhook here; the file of channels names them.")
    row = NotifyRule(
        agency_id=agency_id, site_id=new.site_id, kind=new.kind, least_severity=new.least_severity or "",
        roles=[str(one) for one in new.roles], channel=new.channel or "", way=new.way, delay_s=new.delay_s,
        next_after_min=new.next_after_min, created_by=caller.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit(session, caller, Action.NOTIFICATIONS_CHANGED, "notify-rule", row.id, name=new.kind, agency_id=agency_id,
          after=new.model_dump(mode="json"))  # fmt: skip
    note_change(session, "notification", row.id)
    return row


def end_rule(session: Session, caller: Caller, rule_id: UUID, at: datetime) -> None:
    """End a rule; the usual one, or a wider one, holds again.

    Raises:
        Problem: 404, 403.
    """
    row = repository.rule(session, rule_id)
    if row is None or row.ended_at is not None:
        raise not_found("rule")
    _place(session, caller, row.agency_id, row.site_id)
    row.ended_at = at
    session.add(row)
    audit(session, caller, Action.NOTIFICATIONS_CHANGED, "notify-rule", row.id, name=row.kind,
          agency_id=row.agency_id, after={"ended": True})  # fmt: skip
    note_change(session, "notification", row.id)


def seen_rules(session: Session, caller: Caller) -> list[NotifyRule]:
    """Return the rules that concern what a person may rule over."""
    caller.require(Permission.EDIT_ROSTER)
    return [
        row for row in repository.rules(session) if row.agency_id is None or caller.sees(row.agency_id, row.site_id)
    ]


def messages(session: Session, caller: Caller, part: Slice, state: MessageState | None) -> list[NotifyMessage]:
    """Return the outbox of the places that a person rules over."""
    caller.require(Permission.EDIT_ROSTER)
    return repository.messages(session, caller.seen, part, state=state)


def send_again(session: Session, caller: Caller, message_id: UUID, at: datetime) -> NotifyMessage:
    """Send a message once more that could not be delivered, under the same id.

    Raises:
        Problem: 404, 403; 409 when it is on its way or was delivered.
    """
    row = repository.message(session, message_id, lock=True)
    if row is None:
        raise not_found("message")
    if row.site_id is not None:
        site_of(session, caller, row.site_id, Permission.EDIT_ROSTER)
    else:
        people = repository.people(session, [row.user_id]) if row.user_id is not None else {}
        user = next(iter(people.values()), None)
        caller.require(Permission.EDIT_ROSTER, agency_id=user.agency_id if user is not None else None, what="message")
    if row.state != MessageState.FAILED or row.kind == words.VERIFY:
        raise conflict("not-failed", "Only a message that could not be delivered is sent again.")
    row.state, row.attempts, row.send_at = MessageState.WAITING, 0, at
    row.trouble, row.why = "", ""
    session.add(row)
    note_change(session, "notification", row.id)
    ring_after_commit(session, Wake.OUTBOX)
    return row


def own(session: Session, caller: Caller, address_id: UUID) -> NotifyAddress:
    """Return an address of the caller's.

    Raises:
        Problem: 404.
    """
    caller.require(Permission.SEE)
    row = repository.address(session, address_id, lock=True)
    if row is None or row.user_id != caller.user_id:
        raise not_found("address")
    return row


def readers(session: Session, rows: list[NotifyMessage]) -> dict[UUID, User]:
    """Return the people whom messages are for."""
    return repository.people(session, {row.user_id for row in rows if row.user_id is not None})


def _put(
    session: Session, caller: Caller, row: NotifyAddress, kind: str, fields: dict[str, str], at: datetime
) -> NotifyMessage:
    made = new_id()
    message = NotifyMessage(
        id=made, key=f"{kind}|{row.id}|{made}", cause=f"{kind}:{made}", kind=kind, step=Step.RAISED,
        user_id=caller.user_id, address_id=row.id, fields=fields, state=MessageState.WAITING, is_open=False,
        send_at=at, said_at=at,
    )  # fmt: skip
    session.add(message)
    session.flush()
    ring_after_commit(session, Wake.OUTBOX)
    return message


def _place(session: Session, caller: Caller, agency_id: UUID | None, site_id: UUID | None) -> UUID | None:
    """Let pass whoever makes the roster of a place, and return the agency of a rule there."""
    if site_id is not None:
        return site_of(session, caller, site_id, Permission.EDIT_ROSTER).agency_id
    caller.require(Permission.EDIT_ROSTER, agency_id=agency_id, what="agency")
    if agency_id is None and caller.agencies(Permission.EDIT_ROSTER) is not None:
        raise invalid("rule-place", "Choose an agency or a site; only the whole installation's people rule everywhere.")
    return agency_id


def _digest(address_id: UUID, code: str) -> str:
    return sha256_hex(f"{address_id}:{code}".encode())
