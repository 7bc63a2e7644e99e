"""Whose signatures count: the root of now, keys and their holders, and the plan of the next root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi.responses import HTMLResponse

from playlists.trust.fingerprint import in_words
from playlists.trust.key import KeyKind
from server.accounts.permissions import Permission
from server.console.approvals.words import CONCERN_NAMES
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import Texts, mark
from server.db import Session
from server.edge import ReadSession
from server.publishing.questions.answers import Question
from server.routes import Router
from server.trust import repository as documents
from server.trust.endpoints import root_shown
from server.trust.signing_keys import repository as rows
from server.trust.signing_keys import service
from server.trust.signing_keys.plan import Change, Difference
from server.trust.signing_keys.schemas import KeyShown

router = Router(route_class=PageRoute, include_in_schema=False)
KINDS = {KeyKind.FILE: mark("key in a file"), KeyKind.PASSKEY: mark("passkey")}
ROLES = {
    "root": mark("signs roots"),
    "server": mark("the server"),
    "approver": mark("approves"),
    "duty": mark("warns"),
    "status": mark("states values"),
    "cap": mark("alerts by themselves"),
    "leader": mark("leader of the agency"),
    "department": mark("lead department"),
    "opinion": mark("office that is asked for its opinion"),
}
CHANGES = {
    Change.KEY_ADDED: mark("%(name)s: the key %(words)s does not count yet"),
    Change.KEY_GONE: mark("%(name)s: the key %(words)s still counts, though it was taken out"),
    Change.ROLE_ADDED: mark("%(name)s: the key %(words)s does not count as %(role)s yet"),
    Change.ROLE_GONE: mark("%(name)s: the key %(words)s still counts as %(role)s"),
    Change.SITES_CHANGED: mark("%(name)s: the key %(words)s counts at other sites than it should"),
    Change.SERVER_KEY: mark("This server's key %(words)s does not count yet"),
}


@router.get("/trust")
def trust(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the root of now, keys and holders; who may install roots sees the plan of the next one."""
    page.caller.require(Permission.SEE)
    row = documents.newest_root(session)
    shown = root_shown(row, current=True) if row is not None else None
    keys = service.shown(session, page.caller)
    names = rows.names(session)
    plan = None
    if page.may(Permission.EDIT_TRUST):
        made = service.planned(session, page.parts.server_public_key, page.parts.settings.base_url)
        plan = {
            "flaw": made.flaw,
            "changes": [change_words(page.texts, one, names) for one in made.differences],
            "version": made.next_version,
            "people": _people_of(page.texts, made.plan, names),
        }
    return page.render(
        "trust.html",
        "trust",
        root=_root(page, session, shown, names) if shown is not None else None,
        own=[_key(page, one) for one in keys if one.holder == page.caller.username],
        others=[_key(page, one) for one in keys if one.holder != page.caller.username],
        plan=plan,
    )


def role_words(texts: Texts, role: str) -> str:
    """Return what a role of a root is for; one that only a root names stands for itself."""
    return texts.say(ROLES[role]) if role in ROLES else role


def change_words(texts: Texts, one: Difference, names: dict[str, str]) -> str:
    """Return a difference between registry and root as a sentence."""
    values = {"name": names.get(one.holder, one.holder), "words": in_words(one.keyid)}
    if one.change in (Change.ROLE_ADDED, Change.ROLE_GONE):
        values["role"] = role_words(texts, one.role)
    if one.change is Change.SERVER_KEY:
        del values["name"]
    return texts.say(CHANGES[one.change], **values)


def _root(page: Page, session: Session, shown: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "version": shown.version,
        "words": shown.words,
        "demo": shown.demo,
        "since": page.texts.stamp(shown.installed_at, HOME_ZONE),
        "signed_by": page.texts.listed(names.get(one, one) for one in shown.signed_by),
        "roles": [
            (role_words(page.texts, name), page.texts.listed(names.get(one, one) for one in holders) or "–")
            for name, holders in shown.roles.items()
        ],
        "routes": [
            {
                "id": one.id,
                "steps": " → ".join(role_words(page.texts, role) for role in one.roles),
                "files": one.file_keys,
                "sites": page.texts.listed(one.sites),
                "basis": one.basis,
                "added": [
                    page.texts.say(
                        "for %(what)s also: %(who)s",
                        what=page.texts.say(CONCERN_NAMES[Question(step.concern)]),
                        who=role_words(page.texts, step.role),
                    )
                    + (f" ({step.basis})" if step.basis else "")
                    for step in one.added
                ],
            }
            for one in shown.routes
        ],
        "older": max(0, len(documents.roots(session)) - 1),
    }


def _people_of(texts: Texts, plan: dict[str, Any], names: dict[str, str]) -> Sequence[tuple[str, str]]:
    holders = {one["id"]: one["holder"] for one in plan["keys"]}
    return [
        (
            role_words(texts, name),
            texts.listed(sorted({names.get(holders[one], holders[one]) for one in role["keys"]})) or "–",
        )
        for name, role in plan["roles"].items()
    ]


def _key(page: Page, one: KeyShown) -> dict[str, Any]:
    return {
        "id": one.id,
        "words": one.words,
        "kind": page.texts.say(KINDS[one.kind]),
        "name": one.name,
        "holder": one.holder_name,
        "for_root": one.for_root,
        "roles": page.texts.listed(role_words(page.texts, role) for role in one.roles),
        "since": page.texts.stamp(one.created_at, HOME_ZONE),
        "removable": one.id is not None and (one.holder == page.caller.username or page.may(Permission.EDIT_USERS)),
    }
