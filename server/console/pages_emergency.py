"""Emergencies: what runs and who shows it, and raising one in three steps. Made for a phone at two in the morning."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse

from playlists.card import MOST_BODY, MOST_TITLE
from playlists.daypart import zone
from playlists.language import Language
from playlists.trust.emergency import Severity, Status, Text
from server.accounts.permissions import Permission
from server.alerts import repository as alert_rows
from server.alerts import service as alert_service
from server.console.page import HOME_ZONE, Page, PageDep, PageRoute
from server.console.texts import Texts, mark
from server.console.training import repository as training
from server.db import Session
from server.edge import ReadSession, Slice
from server.emergencies import repository, service
from server.emergencies.schemas import AckShown, AckWord, EmergencyShown
from server.emergencies.shown import emergencies_shown
from server.emergencies.templates import repository as template_rows
from server.emergencies.templates import service as templates
from server.emergencies.templates.schemas import TemplateShown
from server.routes import Router
from server.tables import IncomingAlert
from server.tables.emergencies import EmergencyState, Purpose, StepKind

router = Router(route_class=PageRoute, include_in_schema=False)
LENGTHS = (15, 30, 60, 120, 360, 720, 1440)
LONGER = (30, 60, 180)
PAST = 30
STATES = {
    EmergencyState.PREPARING: mark("Its pictures are being drawn"),
    EmergencyState.ASKING: mark("Waits for a signature; no panel shows it yet"),
    EmergencyState.RUNNING: mark("On the panels"),
    EmergencyState.ENDED: mark("Ended"),
    EmergencyState.REPLACED: mark("Another one took its place"),
    EmergencyState.OVER: mark("Ended by itself"),
    EmergencyState.GIVEN_UP: mark("Given up"),
}
TROUBLE = {
    "unsigned": mark("Nobody signed it within half an hour."),
    "pictures": mark("Its pictures could not be drawn."),
}
SEVERITIES = {
    Severity.EXTREME: mark("extremely serious"),
    Severity.SEVERE: mark("very serious"),
    Severity.MODERATE: mark("serious"),
    Severity.MINOR: mark("a note"),
    Severity.UNKNOWN: mark("not known"),
}
STEPS = {
    StepKind.RAISE: mark("Begin"),
    StepKind.EXTEND: mark("Go on longer"),
    StepKind.END: mark("End"),
}
WORDS: dict[AckWord, tuple[str, str]] = {
    AckWord.SHOWN: ("good", mark("shows it since %(time)s")),
    AckWord.HELD: ("warn", mark("has it; another warning is in front of it")),
    AckWord.SILENT: ("warn", mark("showed it; no contact since %(time)s")),
    AckWord.TOLD: ("warn", mark("is being told since %(time)s")),
    AckWord.OFFLINE: ("bad", mark("no contact since %(time)s; it is told as soon as it is back")),
    AckWord.REFUSED: ("bad", mark("the kiosk refused it (%(rule)s): call the technician")),
    AckWord.NO_ROOT: ("bad", mark("the kiosk checks no signatures yet: it must be enrolled again")),
    AckWord.NO_TEMPLATE: ("bad", mark("this warning's pictures were not released for it")),
    AckWord.NO_KIOSK: ("bad", mark("no kiosk is behind this panel")),
    AckWord.GONE: ("", mark("no longer on the panel")),
}


@router.get("/emergency")
def overview(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show what runs, what waits for a signature, what comes in from outside, and what was."""
    page.caller.require(Permission.SEE)
    part = Slice(limit=PAST, before=None)
    return page.render(
        "emergency.html",
        "emergency",
        current=[_card(page, session, one) for one in _seen(page, session, past=False)],
        past=[_card(page, session, one) for one in _seen(page, session, past=True)[:PAST]],
        incoming=len(alert_rows.alerts(session, page.caller.seen, part, open_only=True, words="")),
        prepared=[_prepared(page, one) for one in _templates(page, session)],
    )


@router.get("/emergency/strip")
def strip(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show in a line what runs now; every page carries it."""
    running = [one for one in _seen(page, session, past=False) if one.state is EmergencyState.RUNNING]
    part = Slice(limit=1, before=None)
    waits = alert_rows.alerts(session, page.caller.seen, part, open_only=True, words="")
    return page.render(
        "emergency_strip.html",
        "emergency",
        running=[_line(page, one) | {"training": training.of_training(session, {one.id})} for one in running],
        incoming=bool(waits) and page.may(Permission.RAISE_EMERGENCY),
    )


@router.get("/emergency/new")
def new(
    page: PageDep, session: ReadSession, alert: UUID | None = None, replaces: UUID | None = None, word: str = ""
) -> HTMLResponse:
    """Show the three steps: what, where and how long, and what will happen."""
    page.caller.require(Permission.RAISE_EMERGENCY)
    came = alert_service.alert_of(session, page.caller, alert, Permission.RAISE_EMERGENCY) if alert else None
    earlier = (
        service.emergency_of(session, page.caller, replaces, Permission.RAISE_EMERGENCY)
        if replaces is not None
        else None
    )
    before = emergencies_shown(session, [earlier], page.now)[0] if earlier is not None else None
    offered = _offered(page, session, before)
    known = {one["word"] for one in offered}
    chosen = word or (came.template or "" if came is not None else "")
    return page.render(
        "emergency_new.html",
        "emergency",
        templates=offered,
        chosen=chosen if chosen in known else "",
        places=_places(page, session),
        lengths=[(minutes, _length(page.texts, minutes)) for minutes in LENGTHS],
        before=_card(page, session, before) if before is not None else None,
        alert=_prefill(session, came) if came is not None else None,
        is_drill=(came is not None and came.kind == "drill")
        or (before is not None and before.status is not Status.ACTUAL),
        may_choose_reality=came is None and before is None,
        languages_named=[(one.value, page.texts.language_name(one)) for one in Language],
        zone=str(HOME_ZONE),
    )


@router.get("/emergency/{emergency_id}")
def one(emergency_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show one emergency: who shows it since when, who does not and why, who signed, and what can be done."""
    row = service.emergency_of(session, page.caller, emergency_id, Permission.SEE)
    shown = emergencies_shown(session, [row], page.now, whole=True)[0]
    return page.render("emergency_one.html", "emergency", one=_card(page, session, shown))


def _seen(page: Page, session: Session, *, past: bool) -> list[EmergencyShown]:
    part = Slice(limit=200, before=None)
    rows = [row for row in repository.emergencies(session, part, past=past) if service.sees(session, page.caller, row)]
    return emergencies_shown(session, rows[:PAST], page.now)


def _line(page: Page, one: EmergencyShown) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.headlines[page.texts.language],
        "drill": one.frame,
        "until": page.texts.when(one.expires_at, page.now, HOME_ZONE) if one.expires_at is not None else "",
        "shown": one.shown,
        "of": len(one.acks),
    }


def _card(page: Page, session: Session, one: EmergencyShown) -> dict[str, Any]:
    texts, tz = page.texts, zone(one.acks[0].time_zone) if one.acks else HOME_ZONE
    row = repository.emergency(session, one.id)
    may = row is not None and service.may(session, page.caller, row, Permission.RAISE_EMERGENCY)
    by_word = {each.word: each for each in template_rows.templates(session)}
    follow = [each for each in by_word.values() if each.purpose in (Purpose.ALL_CLEAR, Purpose.CORRECTION)]
    return {
        **_line(page, one),
        "state": one.state.value,
        "state_words": texts.say(STATES[one.state]),
        "trouble": texts.say(TROUBLE[one.trouble]) if one.trouble in TROUBLE else one.trouble,
        "headlines": [(language.value, one.headlines[language], one.bodies[language]) for language in Language],
        "notice": by_word[one.word].notice_id if one.word in by_word else None,
        "where": texts.listed(one.where),
        "severity": texts.say(SEVERITIES[one.severity]),
        "began": texts.when(one.began_at, page.now, tz) if one.began_at is not None else "",
        "ended": texts.when(one.ended_at, page.now, tz) if one.ended_at is not None else "",
        "ended_by": one.ended_by_name,
        "raised_by": one.raised_by_name or texts.say("the server, for an alert from outside"),
        "reason": one.reason,
        "free": one.text is Text.FREE,
        "document": one.document_id,
        "may": may,
        "acks": [_ack(page, ack) for ack in one.acks],
        "steps": [
            {
                "kind": texts.say(STEPS[step.kind]),
                "by": step.made_by_name,
                "signed": texts.listed(step.signed_by),
                "lacking": len(step.lacking) if step.state == "open" else 0,
                "at": texts.when(step.done_at or step.made_at, page.now, tz),
                "done": step.done_at is not None,
                "cancelled": step.state == "cancelled",
                "reason": step.reason,
            }
            for step in one.steps
        ],
        "follow": [(each.word, texts.say(FOLLOW[Purpose(each.purpose)])) for each in follow],
        "longer": [(minutes, _length(texts, minutes)) for minutes in LONGER],
        "sites": [str(each) for each in one.sites],
        "panels": [str(each) for each in one.panels],
        "kiosks": " ".join(str(ack.kiosk_id) for ack in one.acks if ack.kiosk_id is not None),
    }


FOLLOW = {Purpose.ALL_CLEAR: mark("All clear"), Purpose.CORRECTION: mark("Correction")}


def _ack(page: Page, ack: AckShown) -> dict[str, Any]:
    tone, sentence = WORDS[ack.word]
    tz = zone(ack.time_zone)
    when = page.texts.when(ack.since_at, page.now, tz) if ack.since_at is not None else "—"
    said = page.texts.say(sentence, time=when, rule=ack.rule) if "%(" in sentence else page.texts.say(sentence)
    return {"panel": ack.panel_name, "panel_id": ack.panel_id, "site": ack.site_name, "tone": tone, "words": said}


def _templates(page: Page, session: Session) -> list[TemplateShown]:
    return templates.shown(session, template_rows.templates(session, page.caller.seen), page.now)


def _prepared(page: Page, one: TemplateShown) -> dict[str, Any]:
    """A prepared warning in a list: on how many panels it is ready, and until when."""
    texts = page.texts
    ready = texts.count("ready on %(num)s panel", "ready on %(num)s panels", len(one.released_for))
    until = texts.date(one.released_until, HOME_ZONE) if one.released_until is not None else ""
    return {
        "notice": one.notice_id,
        "title": one.headlines.get(texts.language, one.title),
        "ready": bool(one.released_for),
        "words": ready if one.released_for else texts.say("not released for any panel"),
        "until": texts.say("until %(day)s", day=until) if until else "",
    }


def _offered(page: Page, session: Session, before: EmergencyShown | None) -> list[dict[str, Any]]:
    """Prepared warnings as large buttons; what follows another one comes first there, and nowhere else."""
    rows = template_rows.templates(session, page.caller.seen) or template_rows.templates(session)
    found = templates.shown(session, rows, page.now)
    wanted = [one for one in found if (one.purpose is Purpose.WARNING) == (before is None)]
    wanted += [one for one in found if before is not None and one.purpose is Purpose.WARNING]
    unique: dict[str, TemplateShown] = {}
    for one in wanted:
        kept = unique.get(one.word)
        if kept is None or len(one.released_for) > len(kept.released_for):
            unique[one.word] = one
    return [
        {
            "word": one.word,
            "title": one.headlines.get(page.texts.language, one.title),
            "others": [text for language, text in one.headlines.items() if language != page.texts.language],
            "notice": one.notice_id,
            "minutes": one.minutes,
            "severity": page.texts.say(SEVERITIES[one.severity]),
            "released": json.dumps([str(panel) for panel in one.released_for]),
            "ready": bool(one.released_for),
        }
        for one in unique.values()
    ]


def _places(page: Page, session: Session) -> list[dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for panel, site in repository.places(session):
        whole = page.caller.may(Permission.RAISE_EMERGENCY, agency_id=site.agency_id, site_id=site.id)
        if whole or page.caller.may(Permission.RAISE_EMERGENCY, agency_id=panel.agency_id, site_id=site.id):
            entry = found.setdefault(site.id, {"id": site.id, "name": site.name, "whole": whole, "panels": []})
            entry["panels"].append({"id": panel.id, "name": panel.name})
    return list(found.values())


def _prefill(session: Session, row: IncomingAlert) -> dict[str, Any]:
    """What an incoming alert brings: its words for free text, and its panels."""
    words = {
        code: {"title": said[0]["headline"][:MOST_TITLE], "body": said[0]["instruction"][:MOST_BODY]}
        for code, said in row.report.get("languages", {}).items()
        if said
    }
    panels = alert_rows.panels_of(session, [row.id])[row.id]
    return {"id": row.id, "sender": row.sender, "words": words, "panels": [str(panel.id) for panel in panels]}


def _length(texts: Texts, minutes: int) -> str:
    hours, left = divmod(minutes, 60)
    if not hours:
        return texts.count("%(num)s minute", "%(num)s minutes", left)
    return texts.count("%(num)s hour", "%(num)s hours", hours)
