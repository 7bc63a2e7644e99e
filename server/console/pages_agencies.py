"""What became of an agency, and the pages that rename, merge, split and close one; what people hold where."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from server.accounts import service as accounts
from server.accounts.grants import repository as grant_rows
from server.accounts.grants import service as grants
from server.accounts.grants.schemas import GrantShown
from server.accounts.permissions import ALLOWED, Permission
from server.accounts.succession import repository as rows
from server.accounts.succession import service
from server.accounts.succession.schemas import AgencyStory, Hindrance, PlanShown
from server.console import repository, words
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import mark
from server.db import Session
from server.edge import ReadSession
from server.routes import Router
from server.seen import EVERYTHING, Seen
from server.tables.agencies import PlanKind

router = Router(route_class=PageRoute, include_in_schema=False)
COUNTED = {
    "user_account": mark("People"),
    "site": mark("Sites"),
    "panel": mark("Panels"),
    "notice": mark("Notices"),
    "media": mark("Files"),
    "board": mark("Status boards"),
    "phrase": mark("Phrases"),
    "playlist": mark("Playlists"),
    "schedule_entry": mark("Schedule entries"),
    "schedule_override": mark("Urgent playlists"),
    "daypart": mark("Dayparts"),
    "panel_quota": mark("Shares of airtime"),
    "subject": mark("Subjects and tasks"),
    "glossary_note": mark("Remarks on terms"),
    "signed_document": mark("Signed documents"),
}
"""What a merger moves, in the order of a page; the rest is counted together."""
CHOSEN = {"users": "user_account", "sites": "site", "notices": "notice", "playlists": "playlist"}
"""What is chosen for a split: the API's word and the table."""
_OTHER = mark("Other records")
HINDRANCES = {
    "phrases-differ": mark("Both agencies have phrases of the same name that say something else. Archive one of each."),
    "files-shared": mark("Files of the chosen notices are used by notices that stay. Choose these, too."),
    "playlists-need": mark("The chosen playlists play notices that stay. Choose these notices, too."),
}
PLANS = {
    PlanKind.RENAME: (mark("Renamed “%(name)s”"), mark("Will be renamed “%(name)s”")),
    PlanKind.MERGE: (mark("Merged into %(into)s"), mark("Will be merged into %(into)s")),
    PlanKind.SPLIT: (mark("Gave a part to %(into)s"), mark("Will give a part to %(into)s")),
    PlanKind.CLOSE: (mark("Closed"), mark("Will be closed")),
}


@router.get("/agencies/{agency_id}")
def agency(agency_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show what became of an agency, who holds what in it, and the forms that change it."""
    story = service.story(session, page.caller, agency_id)
    edits = page.may(Permission.EDIT_AGENCIES) and story.closed_at is None
    known = page.caller.may(Permission.SEE_USERS, agency_id=agency_id)
    held = grants.shown(session, grant_rows.of_agency(session, agency_id)) if known else []
    others = [row for row in repository.agencies(session, page.caller.seen) if row.id != agency_id] if edits else []
    return page.render(
        "agency.html",
        "admin",
        agency=_story(page, session, story),
        edits=edits,
        others=others,
        tomorrow=(page.now.astimezone(HOME_ZONE).date() + timedelta(days=1)).isoformat(),
        held=[_grant(page, one) for one in held],
    )


@router.get("/agencies/{agency_id}/merge")
def merge(
    agency_id: UUID,
    page: PageDep,
    session: ReadSession,
    into: Annotated[UUID, Query()],
    on: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """Say in words what a merger would move, and ask for a confirmation."""
    preview = service.preview(session, page.caller, agency_id, into)
    counts = [(page.texts.say(name), preview.counts[kind]) for kind, name in COUNTED.items() if kind in preview.counts]
    rest = sum(count for kind, count in preview.counts.items() if kind not in COUNTED)
    return page.render(
        "agency_merge.html",
        "admin",
        old=preview.agency,
        into=preview.into,
        counts=[*counts, *([(page.texts.say(_OTHER), rest)] if rest else [])],
        hindrances=[_hindrance(page, one) for one in preview.hindrances],
        on=on if _day(on) is not None else "",
        on_words=page.texts.day(day) if (day := _day(on)) is not None else None,
    )


@router.get("/agencies/{agency_id}/split")
def split(agency_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Let parts of an agency be chosen that go to another one."""
    row = accounts.open_agency_of(session, page.caller, agency_id, Permission.EDIT_AGENCIES)
    offered = rows.offered(session, row.id)
    return page.render(
        "agency_split.html",
        "admin",
        agency=row,
        others=[one for one in repository.agencies(session, page.caller.seen) if one.id != row.id],
        parts=[(kind, page.texts.say(COUNTED[table]), offered[kind]) for kind, table in CHOSEN.items()],
    )


@router.get("/people/{user_id}")
def person(user_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show what a person holds where, and give or end it."""
    user = accounts.user_for(session, page.caller, user_id, Permission.SEE_USERS)
    held = grants.shown(session, grant_rows.of_users(session, [user.id], ended=True))
    own = rows.agencies(session, [user.agency_id])[user.agency_id] if user.agency_id is not None else None
    managed = page.caller.agencies(Permission.EDIT_USERS)
    places = repository.agencies(session, EVERYTHING if managed is None else Seen(managed))
    sites = [
        site for site in repository.sites(session, page.caller.seen) if any(site.agency_id == a.id for a in places)
    ]
    return page.render(
        "person.html",
        "admin",
        user=user,
        role=words.role_name(page.texts, user.role),
        agency=own,
        held=[_grant(page, one) for one in held if one.ended_at is None],
        ended=[_grant(page, one) for one in held if one.ended_at is not None],
        edits=page.may(Permission.EDIT_USERS),
        roles=[(role.value, words.role_name(page.texts, role)) for role in ALLOWED],
        agencies=places,
        whole=managed is None,
        sites=sites,
    )


def _story(page: Page, session: Session, story: AgencyStory) -> dict[str, Any]:
    related = {plan.into_id for plan in story.plans if plan.into_id is not None} | {
        one.agency_id for one in story.plans
    }
    names = {row.id: row.name for row in rows.agencies(session, related).values()}
    return {
        "id": story.id,
        "slug": story.slug,
        "name": story.name,
        "closed": page.texts.date(story.closed_at, HOME_ZONE) if story.closed_at is not None else None,
        "names": [(one.name, page.texts.date(one.until_at, HOME_ZONE)) for one in story.former_names],
        "successor": story.successor,
        "merged": [(one, page.texts.date(one.closed_at, HOME_ZONE) if one.closed_at else "") for one in story.merged],
        "plans": [_plan(page, one, names) for one in story.plans if one.agency_id == story.id],
    }


def _plan(page: Page, plan: PlanShown, names: dict[UUID, str]) -> dict[str, Any]:
    done, planned = PLANS[plan.kind]
    said = {"name": plan.detail.get("name", ""), "into": names.get(plan.into_id, "") if plan.into_id else ""}
    sentence = page.texts.say(done if plan.done_at is not None else planned, **said)
    at = plan.done_at or plan.due_at
    return {
        "id": plan.id,
        "sentence": sentence,
        "when": page.texts.date(at, HOME_ZONE),
        "open": plan.done_at is None and plan.cancelled_at is None and plan.trouble is None,
        "cancelled": plan.cancelled_at is not None,
        "trouble": plan.trouble,
    }


def _grant(page: Page, one: GrantShown) -> dict[str, Any]:
    say = page.texts.say
    place = one.agency_name or say("whole installation")
    given = page.texts.date(one.given_at, HOME_ZONE)
    return {
        "id": one.id,
        "user_id": one.user_id,
        "who": one.display_name,
        "role": words.role_name(page.texts, one.role),
        "place": f"{place} · {one.site_name}" if one.site_name else place,
        "given": say("since %(day)s, by %(name)s", day=given, name=one.given_by_name or say("the command line")),
        "ended": page.texts.date(one.ended_at, HOME_ZONE) if one.ended_at is not None else None,
    }


def _hindrance(page: Page, one: Hindrance) -> dict[str, Any]:
    return {"sentence": page.texts.say(HINDRANCES[one.code]), "names": one.names}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
