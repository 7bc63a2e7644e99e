"""The audit log: who did what, searched, exported, and its head to be kept and compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.ids import is_sha256
from playlists.language import fold
from playlists.trust.fingerprint import in_words
from server.accounts.auditing import service
from server.accounts.auditing.schemas import HeadKept
from server.accounts.permissions import Permission
from server.audit import repository
from server.audit.actions import Action
from server.audit.repository import Sought
from server.console.audit_words import ACTIONS, action_words
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.db import Session
from server.edge import ReadSession
from server.routes import Router
from server.tables import AuditEntry

router = Router(route_class=PageRoute, include_in_schema=False)
PAGE = 100
MOST_NUMBER = 15


@dataclass(frozen=True)
class _Asked:
    """The fields of the search as they were typed."""

    q: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    person: str = ""
    object_kind: str = ""
    object_id: str = ""

    @property
    def query(self) -> dict[str, str]:
        """Return what is not empty."""
        names = {"since": "from", "until": "to"}
        return {names.get(name, name): value for name, value in vars(self).items() if value}


@router.get("/audit")
def audit_log(
    page: PageDep,
    session: ReadSession,
    q: Annotated[str, Query(max_length=120)] = "",
    action: Annotated[str, Query(max_length=60)] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
    person: Annotated[str, Query(max_length=40)] = "",
    object_kind: Annotated[str, Query(max_length=40)] = "",
    object_id: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
    number: Annotated[str, Query(max_length=MOST_NUMBER)] = "",
    sha256: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:
    """Show the log to those who read it, and its head to those who sign."""
    page.caller.require(Permission.SEE_AUDIT_HEAD)
    asked = _Asked(q, action, since, until, person, object_kind, object_id)
    log = _log(page, session, asked, before) if page.may(Permission.SEE_AUDIT) else None
    newest = repository.head(session)
    return page.render(
        "audit.html",
        "audit",
        asked=asked,
        log=log,
        actions=sorted(((one.value, action_words(page.texts, one)) for one in ACTIONS), key=lambda one: one[1]),
        head={
            "number": newest.number,
            "sha256": newest.sha256,
            "groups": [newest.sha256[at : at + 8] for at in range(0, 64, 8)],
            "words": in_words(newest.sha256),
        },
        kept={"number": number, "sha256": sha256},
        compared=_compared(page, session, number, sha256) if number or sha256 else None,
    )


def _log(page: Page, session: Session, asked: _Asked, before: int | None) -> dict[str, Any]:
    sought = _sought(page, session, asked)
    rows = repository.entries(session, sought, before, PAGE + 1)
    query = asked.query
    more = f"/audit?{urlencode(query | {'before': str(rows[PAGE - 1].number)})}" if len(rows) > PAGE else None
    exported = {"from": sought.since.isoformat()} if sought.since is not None else {}
    exported |= {"to": sought.until.isoformat()} if sought.until is not None else {}
    kept = ("q", "action", "object_kind", "object_id")
    exported |= {name: query[name] for name in kept if name in query}
    exported |= {"user_id": str(sought.user_id)} if sought.user_id is not None else {}
    return {
        "rows": [_line(page, row) for row in rows[:PAGE]],
        "more": more,
        "export": urlencode(exported),
        "is_narrowed": bool(query),
        "person": rows[0].display_name if sought.user_id is not None and rows else "",
    }


def _sought(page: Page, session: Session, asked: _Asked) -> Sought:
    since, until = _day(asked.since), _day(asked.until)
    sought = Sought(
        agencies=service.readable(session, page.caller),
        words=tuple(fold(asked.q).split()),
        action=asked.action if asked.action in set(Action) else "",
        object_kind=asked.object_kind,
        object_id=asked.object_id,
        since=since,
        until=until + timedelta(days=1) if until is not None else None,
    )
    try:
        return replace(sought, user_id=UUID(asked.person)) if asked.person else sought
    except ValueError:
        return sought


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(0), HOME_ZONE)
    except ValueError:
        return None


def _line(page: Page, row: AuditEntry) -> dict[str, Any]:
    shown = service.shown(row)
    return {
        "number": row.number,
        "at": page.texts.stamp(row.at, HOME_ZONE),
        "who": row.display_name or row.username,
        "user_id": row.user_id,
        "aside": " · ".join(one for one in (row.username, row.agency_name, row.address) if one),
        "did": action_words(page.texts, row.action),
        "what": row.object_name or row.object_id,
        "kind": row.object_kind,
        "object_id": row.object_id,
        "changes": _changes(shown.before, shown.after),
        "digest": row.digest,
        "sha256": row.sha256,
    }


def _changes(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Return what differs: a name, what it was, what it is."""
    was, now = (one if isinstance(one, dict) else {} for one in (before, after))
    names = [*now, *(name for name in was if name not in now)]
    return [(name, _short(was.get(name)), _short(now.get(name))) for name in names if was.get(name) != now.get(name)]


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _compared(page: Page, session: Session, number: str, sha256: str) -> dict[str, Any]:
    say, digest = page.texts.say, "".join(sha256.split()).lower()
    if not number.isdecimal() or int(number) < 1 or not is_sha256(digest):
        sentence = say("Type the number of the entry, and the hash of 64 digits and letters a to f.")
        return {"holds": False, "sentence": sentence}
    found = service.compare(session, HeadKept(number=int(number), sha256=digest))
    if found.holds:
        sentence = say("The log still holds your entry %(number)s, and everything before it.", number=number)
    elif int(number) > found.number:
        sentence = say(
            "The log ends at entry %(end)s; your entry %(number)s is gone. Its end was cut off.",
            end=found.number,
            number=number,
        )
    else:
        sentence = say("Entry %(number)s is another one than yours. The log was written anew.", number=number)
    return {"holds": found.holds, "sentence": sentence}
