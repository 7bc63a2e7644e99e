"""Pages about one notice: what to begin with, its editor, and its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from playlists.card import NEEDS, Colours, Level, Template
from playlists.language import Language
from playlists.notice import ContentClass, NoticeKind
from playlists.variant import SOURCE
from server.accounts.permissions import Permission
from server.console import repository
from server.console.notices import repository as notice_rows
from server.console.notices import words as words_notices
from server.console.notices.age import age_of
from server.console.notices.comments import threads
from server.console.notices.value_fields import value_fields, value_kinds
from server.console.notices.view import Document, Past, Reader, document_of, languages_of
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import Texts, mark
from server.content.notices import repository as notice_repository
from server.content.notices import service
from server.content.notices.rows import used_media, whole_of
from server.content.notices.service import Held
from server.content.notices.whole import Whole
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.routes import Router
from server.seen import seen_of
from server.tables import Media, Notice
from server.tables.content import MediaUse, SubjectKind

router = Router(route_class=PageRoute, include_in_schema=False)
NEW_KINDS = (NoticeKind.IMAGE, NoticeKind.CLIP, NoticeKind.ALBUM)
ICONS = {NoticeKind.IMAGE: "picture", NoticeKind.CLIP: "clip", NoticeKind.ALBUM: "album", NoticeKind.BOARD: "board"}
COLOURS = {"ground": mark("Ground"), "ink": mark("Letters"), "accent": mark("Accent")}
ABOUT_TEMPLATES = {
    Template.HEADLINE: mark("One line that is read from afar."),
    Template.HEADLINE_BODY: mark("What it is about, and two or three sentences."),
    Template.PICTURE_CAPTION: mark("A photograph with words beside or below it."),
    Template.HOURS_TABLE: mark("Days and their hours, line by line."),
    Template.QUEUE_STATUS: mark("Lanes or queues, and how each of them stands."),
    Template.WEATHER_WARNING: mark("In the colours of public weather warnings."),
    Template.WELCOME: mark("A greeting, with a picture if there is one."),
    Template.COUNTDOWN: mark("Words, and the time until a date."),
    Template.QR_TEXT: mark("A code to photograph, and what it leads to."),
    Template.SPLIT: mark("Vietnamese, English and Chinese on one picture."),
}


@router.get("/notices/new")
def choose(page: PageDep) -> HTMLResponse:
    """Show what a notice can be, with a picture of each template."""
    page.caller.require(Permission.EDIT_CONTENT)
    say = page.texts.say
    templates = [
        {
            "value": one.value,
            "name": say(words_notices.TEMPLATES[one]),
            "about": say(ABOUT_TEMPLATES[one]),
            "picture": f"/api/v1/notices/templates/{one}.png?language={page.texts.language}",
        }
        for one in Template
    ]
    kinds = [
        {
            "href": f"/notices/new/{kind}",
            "icon": ICONS[kind],
            "name": say(words_notices.KINDS[kind]),
            "about": say(words_notices.ABOUT_KINDS[kind]),
        }
        for kind in NEW_KINDS
    ]
    return page.render("notice_new.html", "notices", templates=templates, kinds=kinds)


@router.get("/notices/new/{kind}")
def new_notice(kind: NoticeKind, page: PageDep, session: ReadSession, template: str = "") -> HTMLResponse:
    """Show the editor of a notice that is not there yet."""
    page.caller.require(Permission.EDIT_CONTENT)
    if kind is NoticeKind.BOARD:
        raise not_found("page")
    chosen = Template(template) if template in set(Template) else Template.HEADLINE_BODY
    return _editor(page, session, kind, _blank(kind, chosen), None)


def _blank(kind: NoticeKind, template: Template) -> Document:
    content: Document = {"kind": kind.value}
    if kind is NoticeKind.CARD:
        level = Level.WARNING.value if template is Template.WEATHER_WARNING else None
        content["look"] = {"template": template.value, "motion": "none", "seconds": 10, "colours": None, "level": level}
    if kind is NoticeKind.ALBUM:
        content |= {"picture_ids": [], "seconds_each": 6}
    return {
        "title": "",
        "content": content,
        "values": {},
        "variants": {},
        "mandate": None,
        "subject_id": None,
        "task_id": None,
        "responsible": None,
        "content_class": ContentClass.SERVICE.value,
        "festive": False,
        "valid_from": None,
        "valid_until": None,
        "freshness": None,
    }


@router.get("/notices/{notice_id}")
def notice(notice_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show a notice in its editor; a board has a page of its own."""
    held = held_of(page, session, notice_id)
    return _editor(page, session, held.whole.content.kind, document_of(held.whole), held)


def held_of(page: Page, session: Session, notice_id: UUID) -> Held:
    """Return a notice that the reader may see.

    Raises:
        Problem: 404.
    """
    row = service.notice_of(session, page.caller, notice_id, Permission.SEE)
    return service.held_of(session, row)


def heading_of(page: Page, session: Session, row: Notice) -> Document:
    """Return what every page of a notice says above the rest."""
    names = notice_rows.people(session, [row.changed_by or row.created_by])
    facts = page.texts.say(
        "Revision %(number)s · changed %(when)s by %(name)s",
        number=row.newest,
        when=page.texts.when(row.changed_at, page.now, HOME_ZONE),
        name=names.get(row.changed_by or row.created_by, "—"),
    )
    return {
        "id": row.id,
        "title": row.title,
        "rev": row.rev,
        "facts": facts,
        "archived": row.archived_at is not None,
        "open_comments": notice_rows.open_comments(session, row.id),
    }


def _editor(page: Page, session: Session, kind: NoticeKind, document: Document, held: Held | None) -> HTMLResponse:
    row = held.notice if held is not None else None
    whole = held.whole if held is not None else None
    agency_id = row.agency_id if row is not None else page.caller.home(Permission.EDIT_CONTENT)
    needed = Permission.EDIT_CONTENT if row is None else Permission.TRANSLATE
    editable = page.caller.may(needed, agency_id=agency_id) and (row is None or row.archived_at is None)
    faces = notice_rows.faces(session, seen_of(agency_id))
    return page.render(
        "notice.html",
        "notices",
        notice=heading_of(page, session, row) if row is not None else None,
        kind=kind.value,
        kind_words=words_notices.said_of(page.texts, words_notices.KINDS, kind),
        document=document,
        kept_as=f"{page.caller.user_id}:{row.id if row is not None else f'new-{kind}'}",
        agency_id=agency_id or "",
        agencies=repository.agencies(session, page.caller.seen),
        editable=editable,
        may_talk=page.caller.may(Permission.COMMENT, agency_id=agency_id),
        shown=SOURCE.value,
        parts={template.value: sorted(need.needed | need.taken) for template, need in NEEDS.items()},
        languages_of=_languages(page, session, held, editable=editable),
        faces=[_face(page.texts, one) for one in faces],
        comments=threads(page, session, row.id) if row is not None else [],
        **_choices(page, session, agency_id, document),
        **_files(session, agency_id, whole),
        mandate_words=_mandate_words(whole),
        age=age_of(page, session, held),
        unanswered=whole is not None and whole.mandate is None,
    )


def _languages(page: Page, session: Session, held: Held | None, *, editable: bool) -> list[Document]:
    caller = page.caller
    reviews = notice_rows.reviewed_languages(session, [caller.user_id])[caller.user_id]
    agency_id = held.notice.agency_id if held is not None else None
    steps = editable or caller.may(Permission.REVIEW_LANGUAGE, agency_id=agency_id)
    reader = Reader(caller.user_id, steps, reviews)
    if held is None:
        return [one | {"media": None} for one in languages_of(page.texts, page.now, None, {}, [], reader, {}, "")]
    names = notice_rows.people(
        session, [by for one in held.variants.values() for by in (one.translated_by, one.reviewed_by)]
    )
    whole = held.whole
    known = notice_repository.media(session, (one.media_id for one in whole.variants.values()))
    parts = languages_of(
        page.texts,
        page.now,
        whole,
        held.standings,
        past_of(session, held.notice),
        reader,
        names,
        f"/api/v1/notices/{held.notice.id}",
    )
    for one in parts:
        spoken = whole.variants.get(Language(one["code"]))
        one["media"] = _file(known.get(spoken.media_id) if spoken is not None and spoken.media_id else None)
    return parts


def past_of(session: Session, row: Notice) -> list[Past]:
    """Return all revisions of a notice as what its languages said, newest first."""
    revisions = notice_repository.revisions(session, row.id)
    variants = notice_repository.variants(session, [revision.id for revision in revisions])
    return [Past(one.number, whole_of(row.kind, one, variants[one.id]).variants) for one in revisions]


def _face(texts: Texts, face: notice_rows.Face) -> Document:
    size = f"{face.width}×{face.height}"
    names = texts.listed(face.names[:2]) + (" …" if len(face.names) > 2 else "")
    return {"width": face.width, "height": face.height, "words": f"{names} · {size}" if names else size}


def _choices(page: Page, session: Session, agency_id: UUID | None, document: Document) -> dict[str, Any]:
    texts = page.texts
    lines = notice_rows.subjects(session, seen_of(agency_id))
    held = {document["subject_id"], document["task_id"]}
    open_lines = [one for one in lines if one.closed_at is None or str(one.id) in held]

    def said(words: Mapping[Any, str]) -> list[tuple[str, str]]:
        return [(str(value), texts.say(word)) for value, word in words.items()]

    def of_kind(kind: SubjectKind) -> list[Document]:
        return [{"id": one.id, "name": f"{one.year} · {one.name}"} for one in open_lines if one.kind == kind]

    usual = Colours()
    return {
        "templates": said(words_notices.TEMPLATES),
        "motions": said(words_notices.MOTIONS),
        "levels": said(words_notices.LEVELS),
        "classes": said(words_notices.CLASSES),
        "stale_ways": said(words_notices.ON_STALE),
        "colours": [(key, texts.say(name), getattr(usual, key)) for key, name in COLOURS.items()],
        "subjects": of_kind(SubjectKind.SUBJECT),
        "tasks": of_kind(SubjectKind.TASK),
        "responsible_people": notice_rows.responsible_people(session, seen_of(agency_id)),
        "value_kinds": value_kinds(texts),
        "value_fields": value_fields(texts),
    }


def _files(session: Session, agency_id: UUID | None, whole: Whole | None) -> dict[str, Any]:
    uses = {use: media_id for media_id, use in used_media(whole)} if whole is not None else {}
    media = notice_repository.media(session, uses.values())
    known = {
        name: _file(media.get(uses[use]) if use in uses else None)
        for name, use in (("picture", MediaUse.PICTURE), ("logo", MediaUse.LOGO), ("scan", MediaUse.SCAN))
    }
    choice = [
        {"id": one.id, "name": one.name, "kind": one.kind} for one in notice_rows.files(session, seen_of(agency_id))
    ]
    return {"known": known, "files": choice}


def _file(media: Media | None) -> Document | None:
    return {"id": str(media.id), "name": media.name, "kind": media.kind} if media is not None else None


def _mandate_words(whole: Whole | None) -> str:
    if whole is None:
        return ""
    mandate, responsible = whole.mandate, whole.responsible
    words = [mandate.number if mandate is not None else "", responsible.name if responsible is not None else ""]
    return " · ".join(word for word in words if word)
