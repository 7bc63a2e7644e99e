"""Sending to approval: for whom, until when, and the four questions; and the short way of a correction."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from playlists.language import Language
from playlists.notice import NoticeKind
from playlists.trust.root import Root
from playlists.variant import SOURCE
from server.accounts.permissions import Permission
from server.console import repository
from server.console.approvals import lists, words
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.content.notices import repository as notices
from server.content.notices.rows import whole_of
from server.db import Session
from server.edge import ReadSession
from server.emergencies.templates import repository as templates
from server.errors import not_found
from server.publishing.holds import repository as hold_rows
from server.publishing.holds import service as holding
from server.publishing.questions.answers import WITH_FILE, Question
from server.publishing.reviews import repository as reviews
from server.publishing.withdrawals import repository as withdrawal_rows
from server.publishing.withdrawals import service as withdrawing
from server.routes import Router
from server.tables import Notice
from server.trust import service as trust

router = Router(route_class=PageRoute, include_in_schema=False)
MOST_FILES = 60
_NONE = UUID(int=0)


@router.get("/approvals/new")
def new(
    page: PageDep,
    session: ReadSession,
    notice: Annotated[list[UUID] | None, Query(max_length=50)] = None,
    warnings: bool = False,
) -> HTMLResponse:
    """Show the form that sends notices to approval; `notice` names those that are ticked.

    With `warnings` the form offers prepared warnings, each of which is sent as a template of its own.
    """
    page.caller.require(Permission.SUBMIT)
    words_of = _warnings(page, session) if warnings else {}
    chosen = [_notice(page, session, one) for one in notice or words_of]
    offered = repository.notices(session, page.caller.seen, "", most=100) if not chosen and not warnings else []
    root = trust.current_root(session)
    return page.render(
        "submit.html",
        "approvals",
        chosen=[{"id": one.id, "title": one.title, "word": words_of.get(one.id, "")} for one in chosen],
        warnings=warnings,
        offered=offered,
        sites=repository.sites(session, page.caller.seen),
        panels=repository.panels(session, page.caller.seen),
        questions=[
            {
                "key": question.value,
                "text": page.texts.say(name),
                "step": page.texts.say(words.STEP_NAMES[question]) if question in words.STEP_NAMES else "",
                "file": question in WITH_FILE,
                "adds": page.texts.listed(_adds(page, root, question)),
            }
            for question, name in words.QUESTIONS.items()
        ],
        files=repository.media(session, page.caller.seen, "", None, most=MOST_FILES),
        languages_of=[(one.value, page.texts.language_name(one.value)) for one in Language if one is not SOURCE],
    )


@router.get("/notices/{notice_id}/off-air")
def off_air(notice_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show hold, correct and withdraw for one notice, what was done before, and which panels may still show it."""
    notice = holding.notice_of(session, page.caller, notice_id)
    held = holding.shown(session, hold_rows.holds(session, notice_id=notice.id, lifted=True))
    gone = withdrawing.shown(session, withdrawal_rows.of_notice(session, notice.id))
    earlier = reviews.earlier(session, notice.id, _NONE)
    sites = hold_rows.sites(session, holding.digests_by_site(session, notice.id))
    return page.render(
        "off_air.html",
        "approvals",
        notice={"id": notice.id, "title": notice.title, "kind": notice.kind},
        server=words.address(page),
        reasons=words.reasons(page.texts),
        held=[lists.hold_piece(page, one) for one in held if one.lifted_at is None],
        past=[lists.hold_piece(page, one) for one in held if one.lifted_at is not None],
        withdrawn=[_gone(page, one) for one in gone],
        on_air=page.texts.listed(site.name for site in sites.values()),
        revision=earlier.revision if earlier is not None else None,
        newest=notice.newest,
        variants=_words(page, session, notice) if notice.kind == NoticeKind.CARD else [],
        rev=notice.rev,
        may_hold=any(holding.may_hold(page.caller, notice, site) for site in sites.values()),
        may_correct=page.caller.may(Permission.SUBMIT, agency_id=notice.agency_id)
        and page.caller.may(Permission.EDIT_CONTENT, agency_id=notice.agency_id),
    )


def _warnings(page: Page, session: Session) -> dict[UUID, str]:
    """Return the words of prepared warnings that the caller may send, by notice."""
    rows = templates.templates(session, page.caller.seen)
    return {row.notice_id: row.word for row in rows if page.caller.may(Permission.SUBMIT, agency_id=row.agency_id)}


def _adds(page: Page, root: Root | None, question: Question) -> list[str]:
    """Return whose signature a yes adds on some route."""
    added = [step for route in (root.routes if root is not None else ()) for step in route.added]
    found = [words.step(page.texts, step.role) for step in added if step.concern.value == question.value]
    return list(dict.fromkeys(found))


def _gone(page: Page, one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "document_id": one.document_id,
        "reason": words.reason(page.texts, one.reason),
        "note": one.note,
        "by": one.asked_by,
        "signed": page.texts.listed(one.signed_by),
        "when": page.texts.when(one.withdrawn_at, page.now, HOME_ZONE) if one.withdrawn_at else None,
        "panels": [lists.panel_words(page, panel) for panel in one.panels if not panel.heard],
    }


def _words(page: Page, session: Session, notice: Notice) -> list[dict[str, str]]:
    revision = notices.revision(session, notice.id, notice.newest)
    if revision is None:
        raise not_found("notice")
    whole = whole_of(notice.kind, revision, notices.variants(session, [revision.id])[revision.id])
    return [
        {
            "code": code.value,
            "name": page.texts.language_name(code.value),
            "title": whole.variants[code].words.title,
            "body": whole.variants[code].words.body,
        }
        for code in Language
        if code in whole.variants
    ]


def _notice(page: Page, session: Session, notice_id: UUID) -> Notice:
    row = hold_rows.notice(session, notice_id)
    if row is None or row.archived_at is not None:
        raise not_found("notice")
    page.caller.require(Permission.SUBMIT, agency_id=row.agency_id, what="notice")
    return row
