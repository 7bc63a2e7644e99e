"""Status boards: what they show now, large buttons to change it, and the phrase book. Usable on a phone at night."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from playlists.board import SlotKind
from playlists.board_shown import Standing
from playlists.daypart import zone
from playlists.language import Language
from server.accounts.permissions import Permission
from server.console import repository
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import Texts, mark
from server.content.boards import repository as rows
from server.content.boards import service
from server.content.boards.schemas import BoardShown, PanelStands, SlotShown
from server.content.boards.shown import board_shown, boards_shown, changes_shown
from server.content.faces.service import plan_of
from server.content.phrases import repository as phrase_rows
from server.content.phrases import service as phrases
from server.edge import ReadSession
from server.routes import Router
from server.seen import seen_of
from server.tables.boards import ChangeSource

router = Router(route_class=PageRoute, include_in_schema=False)
LENGTHS = ((30, mark("30 minutes")), (60, mark("1 hour")), (120, mark("2 hours")), (240, mark("4 hours")))
HISTORY = 12
SOURCES = {
    ChangeSource.CONSOLE: mark("in the console"),
    ChangeSource.API: mark("by another program"),
    ChangeSource.MQTT: mark("by another system"),
    ChangeSource.UNDO: mark("undone"),
}
TONES = {"plain": "", "good": "good", "caution": "warn", "bad": "bad"}


@dataclass(frozen=True)
class Said:
    """A phrase in the page's language, and its tone as a style."""

    words: str
    tone: str = ""


Book = dict[tuple[UUID, str], Said]


@router.get("/boards")
def boards(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show every status board that the person sees, by name."""
    found = boards_shown(session, rows.boards(session, page.caller.seen), page.now)
    book = _book(session, page)
    return page.render(
        "boards.html",
        "boards",
        rows=[_card(page, one, book) for one in found],
        lengths=[(minutes, page.texts.say(name)) for minutes, name in LENGTHS],
        agencies=repository.agencies(session, page.caller.seen),
        sites=repository.sites(session, page.caller.seen),
        has_phrases={"open", "closed", "limited"} <= {key for _, key in book},
    )


@router.get("/boards/phrases")
def phrase_book(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the phrase book: who wrote the words, who approved them."""
    found = phrases.shown(session, phrase_rows.phrases(session, page.caller.seen))
    return page.render(
        "phrases.html",
        "boards",
        agencies=repository.agencies(session, page.caller.seen),
        rows=[
            {
                **one.model_dump(),
                "tag": TONES[one.tone],
                "own": one.written_by == page.caller.user_id,
                "editable": page.caller.may(Permission.EDIT_CONTENT, agency_id=one.agency_id),
            }
            for one in found
        ],
    )


@router.get("/boards/{board_id}/card")
def card(board_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one board again, because something has changed."""
    row = service.board_of(session, page.caller, board_id, Permission.SEE)
    one = _card(page, board_shown(session, row, page.now), _book(session, page))
    return page.render(
        "board.html", "boards", one=one, lengths=[(minutes, page.texts.say(name)) for minutes, name in LENGTHS]
    )


@router.get("/boards/{board_id}/changes")
def changes(board_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show who changed a board, how and when; the newest change can be undone."""
    row = service.board_of(session, page.caller, board_id, Permission.SEE)
    site = rows.site(session, row.site_id)
    tz = zone(site.time_zone if site is not None else "UTC")
    labels = {one.slot.name: one.label for one in plan_of(row).slots}
    words = _phrase_words(session, page.texts, row.agency_id)
    found = changes_shown(session, rows.changes(session, row.id, HISTORY))
    return page.render(
        "board_changes.html",
        "boards",
        board=row,
        may_undo=page.may(Permission.STATE_VALUES),
        rows=[
            {
                "seq": one.seq,
                "when": page.texts.when(one.at, page.now, tz),
                "by": one.by,
                "how": page.texts.say(SOURCES[ChangeSource(one.source)]),
                "note": one.note,
                "said": [
                    {
                        "label": label.in_(page.texts.language) if (label := labels.get(name)) else name,
                        "value": words.get(str(value), value),
                    }
                    for name, value in one.values.values.items()
                    if one.before is None or one.before.values.get(name) != value
                ],
            }
            for one in found
        ],
    )


def _card(page: Page, one: BoardShown, book: Book) -> dict[str, Any]:
    texts, tz = page.texts, zone(one.time_zone)
    settable = [slot for slot in one.slots if SlotKind(slot.kind).is_settable]
    return {
        "id": str(one.id),
        "name": one.name,
        "site": one.site_name,
        "zone": one.time_zone,
        "seq": one.seq,
        "set": texts.when(one.set_at, page.now, tz) if one.set_at is not None else None,
        "set_by": one.set_by_name,
        "warning": _warning(texts, one),
        "slots": [_slot(page, one, slot, book) for slot in settable],
        "panels": [_panel(page, stands, one.time_zone) for stands in one.panels],
        "may": page.caller.may(Permission.STATE_VALUES, agency_id=one.agency_id, site_id=one.site_id),
    }


def _slot(page: Page, board: BoardShown, slot: SlotShown, book: Book) -> dict[str, Any]:
    texts, language = page.texts, page.texts.language
    planned = next(one for one in board.plan.slots if one.slot.name == slot.name)
    now = slot.words[language] or texts.say("not known")
    follows = planned.slot.hours is not None
    until = texts.when(slot.until, page.now, zone(board.time_zone)) if slot.until is not None else ""
    if slot.stated:
        why = texts.say("until %(time)s", time=until) if follows else ""
    else:
        why = texts.say("by the opening hours") if follows else texts.say("nobody has said")
    return {
        "name": slot.name,
        "label": slot.label[language],
        "now": now,
        "why": why,
        "stated": slot.stated,
        "follows": follows,
        "kind": slot.kind,
        "value": slot.value,
        "least": planned.slot.least,
        "most": planned.slot.most,
        "unit": planned.unit.in_(language) if planned.unit is not None else "",
        "tone": _tone(book, board.agency_id, now),
        "choices": [
            {
                "key": key,
                "words": book.get((board.agency_id, key), Said(key)).words,
                "tone": book.get((board.agency_id, key), Said(key)).tone,
                "on": slot.value == key,
                "body": json.dumps({slot.name: key}),
            }
            for key in planned.slot.phrases
        ],
        "back": json.dumps({slot.name: None}),
    }


def _tone(book: Book, agency_id: UUID, words: str) -> str:
    return next((said.tone for (owner, _), said in book.items() if owner == agency_id and said.words == words), "")


def _panel(page: Page, stands: PanelStands, zone_name: str) -> dict[str, Any]:
    texts, tz = page.texts, zone(zone_name)
    since = texts.when(stands.since_at, page.now, tz) if stands.since_at is not None else ""
    if stands.said_at is None:
        tone, words = "bad", texts.say("has not said anything yet")
    elif not stands.online:
        tone, words = "bad", texts.say("no contact; shows what it knew since %(time)s", time=since or "—")
    elif not stands.confirmed:
        tone, words = "warn", texts.say("is being told")
    elif stands.standing in (Standing.PLATE, Standing.DROPPED):
        tone, words = "warn", texts.say("has these values and shows no current information")
    elif stands.seen:
        tone, words = "good", texts.say("shows this since %(time)s, seen on the panel", time=since or "—")
    else:
        tone, words = "good", texts.say("shows this since %(time)s", time=since or "—")
    return {"id": stands.panel_id, "kiosk": stands.kiosk_id, "name": stands.panel_name, "tone": tone, "words": words}


def _warning(texts: Texts, one: BoardShown) -> str:
    if one.standing == Standing.CURRENT:
        return ""
    unknown = [slot.label[texts.language] for slot in one.slots if SlotKind(slot.kind).is_settable and not slot.stated]
    asked = [name for name in unknown if name]
    sentence = {
        Standing.STALE: texts.say("Something on this board is old or not known."),
        Standing.PLATE: texts.say(
            "Something is old or not known; the panels say that there is no current information."
        ),
        Standing.DROPPED: texts.say(
            "Something is old or not known; the board is off the panels until it is said anew."
        ),
    }[Standing(one.standing)]
    return f"{sentence} ({texts.listed(asked)})" if asked else sentence


def _book(session: ReadSession, page: Page) -> Book:
    rows_ = phrase_rows.phrases(session, page.caller.seen, archived=True)
    language = page.texts.language
    return {(one.agency_id, one.key): Said(str(getattr(one, language)), TONES.get(one.tone, "")) for one in rows_}


def _phrase_words(session: ReadSession, texts: Texts, agency_id: UUID) -> dict[str, str]:
    book = phrase_rows.phrases(session, seen_of(agency_id), archived=True)
    return {one.key: str(getattr(one, Language(texts.language))) for one in book}
