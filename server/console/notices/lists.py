"""Pages that list notices: all of them, those that wait for somebody, and the archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from playlists.language import Language, fold
from playlists.notice import ContentClass, NoticeKind
from playlists.variant import VariantState
from server.console.narrowing import address, following, known, named
from server.console.notices import repository as notice_rows
from server.console.notices import words as words_notices
from server.console.notices.repository import PAGE, Listed
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import mark
from server.console.words import Said, Tone
from server.content.notices.repository import Sought, Waits
from server.db import Session
from server.edge import ReadSession
from server.routes import Router
from server.tables.content import SubjectKind

router = Router(route_class=PageRoute, include_in_schema=False)
Q = Annotated[str, Query(max_length=200)]
Closed = TypeVar("Closed", bound=StrEnum)
SOON = timedelta(days=14)
WAITS = {"to-translate": Waits.TRANSLATION, "to-review": Waits.REVIEW}
FIRST = ("kind", "language", "state")
"""Filters that are in sight at once; the others are one tap away."""
EXPORTS = (("xlsx", mark("Excel for translators")), ("docx", mark("Word for translators")))
ENDS = {"7": mark("within 7 days"), "30": mark("within 30 days")}
STATES = {
    VariantState.MISSING: mark("missing"),
    VariantState.DRAFT: mark("draft"),
    VariantState.TRANSLATED: mark("translated"),
    VariantState.REVIEWED: mark("reviewed"),
    VariantState.STALE: mark("Vietnamese has changed"),
}


class _List(NamedTuple):
    """One of the lists: its address, its heading, and what it holds."""

    path: str
    heading: str
    about: str


LISTS = {
    "all": _List("/notices", mark("Notices"), mark("One notice says the same in Vietnamese, English and Chinese.")),
    "to-translate": _List(
        "/notices/to-translate",
        mark("To translate"),
        mark(
            "Handed over by their authors; English or Chinese is missing, a draft, or older than the Vietnamese text."
        ),
    ),
    "to-review": _List(
        "/notices/to-review",
        mark("To review"),
        mark("Translated by somebody else, into languages that you are registered for."),
    ),
    "archive": _List("/notices/archive", mark("Archive"), mark("Out of use; nothing is lost.")),
}


class _Asked(NamedTuple):
    """What a list is narrowed by, as the page's address says it; what is no known value narrows nothing."""

    q: str
    kind: str
    language: str
    state: str
    subject: str
    task: str
    content_class: str
    responsible: str
    ends: str

    @property
    def query(self) -> dict[str, str]:
        """What is given, by name."""
        return {name: value for name, value in self._asdict().items() if value}


def _asked(
    q: Q = "",
    kind: Q = "",
    language: Q = "",
    state: Q = "",
    subject: Q = "",
    task: Q = "",
    content_class: Q = "",
    responsible: Q = "",
    ends: Q = "",
) -> _Asked:
    return _Asked(q, kind, language, state, subject, task, content_class, responsible, ends)


AskedDep = Annotated[_Asked, Depends(_asked)]
Before = Annotated[UUID | None, Query()]


@router.get("/notices")
def notices(page: PageDep, session: ReadSession, asked: AskedDep, before: Before = None) -> HTMLResponse:
    """List notices in use."""
    return _list(page, session, "all", asked, before)


@router.get("/notices/to-translate")
def to_translate(page: PageDep, session: ReadSession, asked: AskedDep, before: Before = None) -> HTMLResponse:
    """List what waits for translators."""
    return _list(page, session, "to-translate", asked, before)


@router.get("/notices/to-review")
def to_review(page: PageDep, session: ReadSession, asked: AskedDep, before: Before = None) -> HTMLResponse:
    """List what waits for this reader to review it."""
    return _list(page, session, "to-review", asked, before)


@router.get("/notices/archive")
def archive(page: PageDep, session: ReadSession, asked: AskedDep, before: Before = None) -> HTMLResponse:
    """List notices in the archive."""
    return _list(page, session, "archive", asked, before)


def _list(page: Page, session: Session, here: str, asked: _Asked, before: UUID | None) -> HTMLResponse:
    one = LISTS[here]
    rows = notice_rows.listed(session, _sought(page, here, asked), before)
    filters = _filters(page, session, here, asked)
    return page.render(
        "notices.html",
        "notices",
        here=here,
        path=one.path,
        heading=page.texts.say(one.heading),
        about=page.texts.say(one.about),
        q=asked.q,
        filters=[one for one in filters if one["name"] in FIRST],
        further=[one for one in filters if one["name"] not in FIRST],
        narrowed=any(one["chosen"] for one in filters if one["name"] not in FIRST),
        filtered=bool(asked.query),
        rows=[_line(page, row) for row in rows[:PAGE]],
        next_url=following(one.path, asked.query, [row.notice for row in rows], PAGE),
        table=address("/api/v1/notices.xlsx", _table(here, asked)),
        exports=[(form, page.texts.say(name)) for form, name in EXPORTS],
    )


def _table(here: str, asked: _Asked) -> dict[str, str]:
    """Return what the API's table of notices is narrowed by."""
    renamed = {"subject": "subject_id", "task": "task_id", "ends": "expiring_days"}
    query = {renamed.get(name, name): value for name, value in asked.query.items()}
    waits = {"waits": WAITS[here].value} if here in WAITS else {}
    return query | waits | ({"archived": "true"} if here == "archive" else {})


def _sought(page: Page, here: str, asked: _Asked) -> Sought:
    ends = page.now + timedelta(days=int(asked.ends)) if asked.ends in ENDS else None
    return Sought(
        seen=page.caller.seen,
        words=fold(asked.q),
        kind=known(NoticeKind, asked.kind),
        language=known(Language, asked.language),
        state=known(VariantState, asked.state),
        subject_id=named(asked.subject),
        task_id=named(asked.task),
        content_class=known(ContentClass, asked.content_class),
        responsible=fold(asked.responsible),
        valid_at=page.now if ends is not None else None,
        ends_before=ends,
        waits=WAITS.get(here),
        waits_for=page.caller.user_id,
        archived=here == "archive",
    )


def _filters(page: Page, session: Session, here: str, asked: _Asked) -> list[dict[str, object]]:
    say = page.texts.say
    lines = notice_rows.subjects(session, page.caller.seen)
    subjects = [(str(row.id), row.name) for row in lines if row.kind == SubjectKind.SUBJECT]
    tasks = [(str(row.id), row.name) for row in lines if row.kind == SubjectKind.TASK]
    people = [(name, name) for name in notice_rows.responsible_people(session, page.caller.seen)]
    languages = [(code.value, page.texts.language_name(code)) for code in Language]
    found = [
        _filter("kind", say("Kind"), say("all kinds"), _said(page, words_notices.KINDS), asked.kind),
        _filter("language", say("Language"), say("any language"), languages, asked.language),
        _filter("state", say("Its state"), say("any state"), _said(page, STATES), asked.state),
        _filter(
            "content_class",
            say("Class"),
            say("all classes"),
            _said(page, words_notices.SHORT_CLASSES),
            asked.content_class,
        ),
        _filter("subject", say("Subject"), say("all subjects"), subjects, asked.subject),
        _filter("task", say("Task"), say("all tasks"), tasks, asked.task),
        _filter("responsible", say("Responsible person"), say("everybody"), people, asked.responsible),
        _filter("ends", say("Ends"), say("any time"), _said(page, ENDS), asked.ends),
    ]
    return [one for one in found if one["choices"] and (here == "all" or one["name"] not in ("state", "ends"))]


def _filter(name: str, label: str, any_: str, choices: list[tuple[str, str]], chosen: str) -> dict[str, object]:
    return {"name": name, "label": label, "any": any_, "choices": choices, "chosen": chosen}


def _said(page: Page, words: Mapping[Closed, str] | Mapping[str, str]) -> list[tuple[str, str]]:
    return [(str(value), page.texts.say(word)) for value, word in words.items()]


def _line(page: Page, row: Listed) -> dict[str, object]:
    notice, texts = row.notice, page.texts
    facts = [
        words_notices.said_of(texts, words_notices.KINDS, notice.kind),
        words_notices.said_of(texts, words_notices.SHORT_CLASSES, notice.content_class),
        row.subject,
        row.responsible,
    ]
    return {
        "id": notice.id,
        "title": notice.title,
        "cover": f"/api/v1/notices/{notice.id}/picture?rev={notice.rev}",
        "facts": " · ".join(fact for fact in facts if fact),
        "states": [words_notices.chip(texts, code, row.states[code]) for code in Language],
        "until": _until(page, row),
        "changed": texts.say("changed %(when)s", when=texts.when(notice.changed_at, page.now, HOME_ZONE)),
    }


def _until(page: Page, row: Listed) -> Said | None:
    if row.valid_until is None:
        return None
    when = page.texts.date(row.valid_until, HOME_ZONE)
    if row.valid_until <= page.now:
        return Said(page.texts.say("ended on %(date)s", date=when), Tone.BAD)
    tone = Tone.WARN if row.valid_until - page.now < SOON else Tone.PLAIN
    return Said(page.texts.say("until %(date)s", date=when), tone)
