"""Where one is reached, who is told of what, and the outbox with why something did not arrive."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.daypart import zone
from playlists.fault import Severity
from server.accounts.permissions import Permission
from server.channels.port import Channel, Takes, Why
from server.console import repository, words
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.pages_roster import ROLES
from server.console.texts import mark
from server.db import Session
from server.edge import ReadSession, Slice
from server.notify import repository as rows
from server.notify import service
from server.notify.endpoints import shown_messages
from server.notify.plan import Kind, Way
from server.notify.schemas import MessageShown
from server.roster.schemas import DutyRole
from server.routes import Router
from server.tables import NotifyChannel, NotifyRule
from server.tables.notify import MessageState

router = Router(route_class=PageRoute, include_in_schema=False)
MOST = 100
KINDS = {
    Kind.ALARM: mark("Fault"),
    Kind.APPROVAL: mark("Waits for approval"),
    Kind.EMERGENCY: mark("Emergency"),
    Kind.HOLD: mark("Off the air"),
    Kind.WEEKEND: mark("Thin weekend"),
    Kind.AUDIT_HEAD: mark("Head of the audit log"),
}
WAYS = {Way.NOW: mark("at once"), Way.DIGEST: mark("in the digest"), Way.OFF: mark("not at all")}
STATES = {
    MessageState.GATHERED: mark("waits for the digest"),
    MessageState.WAITING: mark("waits"),
    MessageState.SENDING: mark("is being sent"),
    MessageState.SENT: mark("delivered"),
    MessageState.FAILED: mark("not delivered"),
    MessageState.DIGESTED: mark("went with a digest"),
}
_WHYS = {
    Why.UNREACHABLE: mark("The other side cannot be reached; check the network and the file of channels."),
    Why.LATE: mark("The other side did not answer in time."),
    Why.NO: mark("The other side did not take it; its answer stands with the tries."),
    Why.ADDRESS: mark("The address was refused; the person should check it."),
    Why.LOGIN: mark("Our user name or password was refused; check the file of channels."),
    Why.SECRET: mark("A secret beside the file of channels cannot be read."),
    Why.NO_ADDRESS: mark("The person has no confirmed address any more."),
    Why.STUMBLED: mark("The channel stumbled; the server’s log says how."),
}
_FILTERS = (MessageState.FAILED, MessageState.WAITING, MessageState.SENT)
_TAKES = {
    Takes.MAIL: mark("mail address"),
    Takes.PHONE: mark("phone number"),
    Takes.NAME: mark("your id there"),
    Takes.NOBODY: mark("for programs"),
}
_DELAYS = ((0, mark("no delay")), (30, mark("30 s")), (120, mark("2 minutes")), (600, mark("10 minutes")),
           (1800, mark("half an hour")))  # fmt: skip
_PACES = (0, 5, 10, 15, 30, 60)


def mine(page: Page, session: Session) -> dict[str, Any]:
    """Return where and when the reader is reached, for the page of their account."""
    own = rows.addresses(session, page.caller.user_id)
    wishes = rows.wishes(session, [page.caller.user_id]).get(page.caller.user_id)
    channels = page.parts.channels
    return {
        "channels": [_channel(page, one) for one in service.personal(channels).values()],
        "addresses": [
            {
                "id": row.id,
                "address": row.address,
                "label": channels[row.channel].label if row.channel in channels else row.channel,
                "is_verified": row.verified_at is not None,
                "is_gone": row.channel not in channels,
            }
            for row in own
        ],
        "quiet_from": wishes.quiet_from if wishes is not None else "",
        "quiet_to": wishes.quiet_to if wishes is not None else "",
        "wants_return": wishes.wants_return if wishes is not None else True,
    }


@router.get("/notifications")
def notifications(
    page: PageDep,
    session: ReadSession,
    state: Annotated[MessageState | None, Query()] = None,
) -> HTMLResponse:
    """Show channels, rules and the outbox."""
    page.caller.require(Permission.EDIT_ROSTER)
    fare = rows.channels(session)
    found = service.messages(session, page.caller, Slice(None, MOST), state)[:MOST]
    sites = repository.sites(session, page.caller.seen)
    names = {one.id: one.name for one in sites}
    zones = {one.id: zone(one.time_zone) for one in sites}
    channels = list(page.parts.channels.values())
    return page.render(
        "notifications.html",
        "notifications",
        channels=[_channel(page, one) | _fare(page, fare.get(one.name)) for one in channels],
        rules=[_rule(page, row, names) for row in service.seen_rules(session, page.caller)],
        usual=_usual(page),
        sites=sites,
        everywhere=page.caller.agencies(Permission.EDIT_ROSTER) is None,
        kinds=[(key.value, page.texts.say(name)) for key, name in KINDS.items()],
        ways=[(key.value, page.texts.say(name)) for key, name in WAYS.items()],
        severities=[(one.value, words.severity_name(page.texts, one)) for one in Severity],
        roles=[(one.value, page.texts.say(name)) for one, name in ROLES.items()],
        webhooks=[(one.name, one.label) for one in channels if one.takes is Takes.NOBODY],
        delays=[(seconds, page.texts.say(name)) for seconds, name in _DELAYS],
        paces=_PACES,
        messages=[_message(page, one, names, zones) for one in shown_messages(session, page.caller, found)],
        states=[(one.value, page.texts.say(STATES[one])) for one in _FILTERS],
        state=state,
    )


def _channel(page: Page, one: Channel) -> dict[str, Any]:
    return {"name": one.name, "label": one.label, "takes": page.texts.say(_TAKES[one.takes])}


def _fare(page: Page, row: NotifyChannel | None) -> dict[str, str]:
    trouble = _why(page, row.why, row.trouble) if row is not None and row.failing_since is not None else ""
    worked = row.worked_at if row is not None else None
    return {"trouble": trouble, "worked": page.texts.when(worked, page.now, HOME_ZONE) if worked is not None else ""}


def _why(page: Page, why: str, said: str) -> str:
    """Return why something failed, in words; what a newer program wrote stands for itself."""
    return page.texts.say(_WHYS[Why(why)]) if why in set(Why) else said


def _rule(page: Page, row: NotifyRule, sites: dict[UUID, str]) -> dict[str, Any]:
    texts = page.texts
    if row.site_id is not None:
        where = sites.get(row.site_id, texts.say("another site"))
    else:
        where = texts.say("the whole agency") if row.agency_id is not None else texts.say("everywhere")
    whom = texts.listed(texts.say(ROLES[DutyRole(one)]) for one in row.roles) if row.roles else texts.say("as usual")
    parts = [texts.say(WAYS[Way(row.way)])]
    if row.delay_s:
        parts.append(texts.say("after %(span)s", span=texts.span(row.delay_s * 1000)))
    if row.next_after_min:
        parts.append(texts.say("next one after %(n)s min", n=row.next_after_min))
    return {
        "id": row.id,
        "where": where,
        "kind": texts.say(KINDS[Kind(row.kind)]),
        "severity": words.severity_name(texts, row.least_severity) if row.least_severity else "",
        "whom": row.channel or whom,
        "how": " · ".join(parts),
    }


def _usual(page: Page) -> list[tuple[str, str]]:
    say = page.texts.say
    return [
        (say("Critical faults"), say("technicians, then duty officers, one after another; after 30 s")),
        (say("Major faults"), say("the same, after 2 minutes")),
        (say("Other faults"), say("the first technician, in the digest at 07:30 and 16:30")),
        (say("Approvals"), say("approvers, one after another")),
        (say("Emergencies, off the air"), say("everybody concerned on duty, at once")),
    ]


def _message(page: Page, one: MessageShown, sites: dict[UUID, str], zones: dict[UUID, ZoneInfo]) -> dict[str, Any]:
    tz = zones.get(one.site_id, HOME_ZONE) if one.site_id is not None else HOME_ZONE
    labels = {name: channel.label for name, channel in page.parts.channels.items()}
    return {
        "id": one.id,
        "text": one.text,
        "reader": labels.get(one.reader, one.reader),
        "site": sites.get(one.site_id, "") if one.site_id is not None else "",
        "when": page.texts.when(one.said_at, page.now, tz),
        "state": one.state,
        "said": page.texts.say(STATES[one.state]),
        "tone": {"sent": "good", "failed": "bad", "waiting": "warn", "sending": "warn"}.get(one.state, "plain"),
        "trouble": _why(page, one.why, one.trouble),
        "again": one.state is MessageState.FAILED and one.kind != "verify",
        "tries": [
            {
                "when": page.texts.stamp(a.began_at, tz),
                "by": labels.get(a.channel, a.channel),
                "address": a.address,
                "is_sent": a.is_sent,
                "said": a.said if a.ended_at is not None else page.texts.say("cut off when the server stopped"),
            }
            for a in one.attempts
        ],
    }
