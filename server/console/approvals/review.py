"""The review of one submission: everything that whoever signs answers for, and the slip that stays in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse

from playlists.differences import Piece, changed_words, marked
from playlists.language import Language
from playlists.trust.fingerprint import in_words
from playlists.trust.key import KeyKind
from playlists.trust.root import AddedStep
from playlists.variant import Spoken
from server.accounts.permissions import Permission
from server.console.approvals import words
from server.console.notices.view import field_name
from server.console.page import Page, PageDep, PageRoute, render
from server.console.texts import Texts, texts_of
from server.content.notices import repository as notices
from server.content.notices.rows import whole_of
from server.content.notices.whole import Whole
from server.db import Session
from server.edge import ReadSession
from server.publishing.holds import repository as hold_rows
from server.publishing.questions.answers import Question, read_answers
from server.publishing.releases import service as releases
from server.publishing.releases import showing
from server.publishing.releases.reach import panels_of
from server.publishing.releases.schemas import ItemShown, SubmissionShown
from server.publishing.reviews import repository
from server.publishing.reviews import service as reviews
from server.roster import service as roster
from server.routes import Router
from server.tables import Panel, Site, Submission, Variant
from server.tables.releases import SubmissionState
from server.trust import service as trust

router = Router(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Reviewed:
    """A submission with what every page about it needs."""

    row: Submission
    shown: SubmissionShown
    sites: dict[UUID, Site]
    panels: list[Panel]
    tz: ZoneInfo


@router.get("/approvals/{submission_id}")
def review(submission_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show a submission to whoever signs, to its author, and to everybody of its agency."""
    one = _reviewed(page, session, submission_id)
    document = releases.document_of(session, one.row) if one.shown.digest else None
    keys = trust.own_keys(session, document, page.caller.username) if document is not None else ()
    by_click = document is not None and document.training
    asks = one.shown.asks_me and one.row.author_id != page.caller.user_id
    return page.render(
        "review.html",
        "approvals",
        one=one.shown,
        server=words.address(page),
        state=words.state(page.texts, one.shown.state),
        open=one.shown.state == SubmissionState.ASKING,
        is_author=one.row.author_id == page.caller.user_id,
        asks_me=asks,
        with_passkey=asks and any(by_click or key.kind is KeyKind.PASSKEY for key in keys),
        by_click=by_click,
        with_file=asks and not by_click and any(key.kind is KeyKind.FILE for key in keys),
        may_return=one.shown.state == SubmissionState.ASKING and asks,
        may_cancel=one.row.author_id == page.caller.user_id or page.may(Permission.SUBMIT),
        digest=in_words(one.shown.digest) if one.shown.digest else "",
        facts=_facts(page.texts, session, one),
        items=[_item(page, session, one, item) for item in one.shown.items],
        answers=_answers(page.texts, session, one),
        correction=one.shown.details.get("correction"),
        correction_reason=_correction_reason(page.texts, one.shown),
        steps=_steps(page.texts, session, one),
        asked=_asked(page, session, one),
        warnings=[said.get(page.texts.language, "") for said in one.shown.warnings],
    )


@router.get("/approvals/{submission_id}/slip")
def slip(submission_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the slip of a submission: one page of A4 in Vietnamese, for the file."""
    one = _reviewed(page, session, submission_id)
    texts = texts_of(Language.VI)
    return render(
        texts,
        "slip.html",
        {
            "one": one.shown,
            "state": words.state(texts, one.shown.state),
            "digest": in_words(one.shown.digest) if one.shown.digest else "",
            "facts": _facts(texts, session, one),
            "items": [_slip_item(texts, session, item) for item in one.shown.items],
            "answers": _answers(texts, session, one),
            "steps": _steps(texts, session, one),
            "printed": texts.stamp(page.now, one.tz),
            "zone": str(one.tz),
        },
    )


def _reviewed(page: Page, session: Session, submission_id: UUID) -> Reviewed:
    row = releases.submission_of(session, page.caller, submission_id)
    panels = panels_of(session, row)
    sites = repository.sites(session, {panel.site_id for panel in panels} | set(map(UUID, row.sites)))
    return Reviewed(row, showing.shown(session, page.caller, row), sites, panels, words.zone_of(sites.values()))


def _facts(texts: Texts, session: Session, one: Reviewed) -> list[tuple[str, str]]:
    whole = [(key, one.sites[key].name) for key in one.shown.site_ids if key in one.sites]
    named = {str(key) for key in one.shown.panel_ids}
    single = [(panel.name, one.sites[panel.site_id].name) for panel in one.panels if str(panel.id) in named]
    starts, ends = words.window(texts, one.shown.not_before, one.shown.show_until, one.tz)
    found = [
        (texts.say("Where"), words.audience(texts, whole, single)),
        (texts.say("Panels"), texts.listed(f"{panel.name} ({panel.width}×{panel.height})" for panel in one.panels)),
        (texts.say("From when to when"), f"{starts} – {ends}"),
        (texts.say("Seconds on air"), _on_air(texts, session, one) or texts.say("It is in no playlist yet.")),
        (texts.say("Takes the place of"), _displaced(texts, session, one)),
        (texts.say("Sent by"), f"{one.shown.author_name}, {texts.stamp(one.shown.created_at, one.tz)}"),
        (texts.say("Route"), f"{one.shown.route}{f' ({one.shown.basis})' if one.shown.basis else ''}"),
    ]
    if one.shown.time_critical:
        days = one.shown.max_offline_days
        found.append((texts.say("Without contact"), texts.say("hidden after %(days)s days", days=days)))
    if one.shown.note:
        found.append((texts.say("Note of the author"), one.shown.note))
    return found


def _on_air(texts: Texts, session: Session, one: Reviewed) -> str:
    ids = [item.notice_id for item in one.shown.items]
    found = repository.in_playlists(session, ids)
    rounds: dict[UUID, int] = {}
    for item in repository.items_of(session, {row.playlist.id for row in found}):
        rounds[item.playlist_id] = rounds.get(item.playlist_id, 0) + item.on_air_ms * len(item.languages)
    return "; ".join(
        texts.say(
            "%(playlist)s: %(span)s for each language, one round lasts %(round)s",
            playlist=row.playlist.name,
            span=texts.span(row.item.on_air_ms),
            round=texts.span(rounds[row.playlist.id]),
        )
        for row in found
    )


def _displaced(texts: Texts, session: Session, one: Reviewed) -> str:
    found = []
    for item in one.shown.items:
        earlier = repository.earlier(session, item.notice_id, one.row.id)
        if earlier is not None:
            when = texts.date(earlier.submission.ended_at or earlier.submission.created_at, one.tz)
            found.append(
                texts.say(
                    "revision %(number)s of “%(title)s”, released on %(when)s",
                    number=earlier.revision,
                    title=item.title,
                    when=when,
                )
            )
    return "; ".join(found) or texts.say("nothing: it is new on the panels and shares their time with the others")


def _item(page: Page, session: Session, one: Reviewed, item: ItemShown) -> dict[str, Any]:
    whole, variants = _whole(session, item.notice_id, item.revision)
    earlier = repository.earlier(session, item.notice_id, one.row.id)
    before = _whole(session, item.notice_id, earlier.revision)[0] if earlier is not None else None
    people = repository.people(
        session, {who for row in variants.values() for who in (row.translated_by, row.reviewed_by)}
    )
    gloss = one.shown.details.get("gloss") or {}
    return {
        "id": item.notice_id,
        "title": item.title,
        "revision": item.revision,
        "held": bool(hold_rows.holds(session, notice_id=item.notice_id)),
        "languages": [
            {
                "code": code.value,
                "name": page.texts.language_name(code.value),
                "title": whole.variants[code].words.title,
                "body": whole.variants[code].words.body,
                "rows": [(row.label, row.value) for row in whole.variants[code].words.rows],
                "changes": _changes(page.texts, before, whole, code),
                "translated": people[by].display_name if (by := variants[code].translated_by) in people else "",
                "reviewed": people[by].display_name if (by := variants[code].reviewed_by) in people else "",
                "gloss": str(gloss.get(code.value, ""))[:2000],
                "source": _source(whole) if code is not Language.VI else "",
            }
            for code in Language
            if code in whole.variants and code in variants
        ],
        "before": earlier.revision if earlier is not None else None,
        "faces": _faces(page.texts, session, one, item),
    }


def _faces(texts: Texts, session: Session, one: Reviewed, item: ItemShown) -> list[dict[str, Any]]:
    base = f"/api/v1/releases/{one.row.id}"
    by_profile: dict[str, list[dict[str, Any]]] = {}
    for pair in reviews.pairs(session, one.row):
        if pair.part.notice_id != item.notice_id or pair.segment.sha256 is None:
            continue
        sha256 = pair.segment.sha256
        old = pair.before.sha256 if pair.before is not None else None
        by_profile.setdefault(pair.part.profile, []).append(
            {
                "language": texts.language_name(pair.part.language),
                "code": pair.part.language,
                "frames": f"{base}/frames/{sha256}",
                "change": f"{base}/changes/{sha256}.jpg" if old not in (None, sha256) else "",
                "before": f"{base}/before/{sha256}.jpg" if old not in (None, sha256) else "",
                "same": old == sha256,
            }
        )
    return [
        {
            "size": profile.partition("p")[0].replace("x", "×"),
            "width": int(profile.partition("x")[0]),
            "panels": texts.listed(
                panel.name for panel in one.panels if f"{panel.width}x{panel.height}" == profile.partition("p")[0]
            ),
            "segments": sorted(found, key=lambda segment: [*Language, "mul"].index(segment["code"])),
        }
        for profile, found in sorted(by_profile.items())
    ]


def _changes(texts: Texts, before: Whole | None, after: Whole, code: Language) -> list[dict[str, Any]]:
    if before is None:
        return []
    found = changed_words(before.variants.get(code, Spoken()), after.variants.get(code, Spoken()))
    changes = [{"name": field_name(texts, field.path), "parts": field.pieces} for field in found]
    if code is Language.VI and before.title != after.title:
        changes.insert(0, {"name": texts.say("Title"), "parts": list[Piece](marked(before.title, after.title))})
    return changes


def _source(whole: Whole) -> str:
    spoken = whole.variants.get(Language.VI, Spoken()).words
    return "\n".join(part for part in (spoken.title, spoken.body) if part)


def _whole(session: Session, notice_id: UUID, number: int) -> tuple[Whole, dict[Language, Variant]]:
    notice = hold_rows.notice(session, notice_id)
    revision = notices.revision(session, notice_id, number)
    if notice is None or revision is None:
        raise LookupError(f"notice {notice_id} has no revision {number}")
    variants = notices.variants(session, [revision.id])[revision.id]
    return whole_of(notice.kind, revision, variants), variants


def _slip_item(texts: Texts, session: Session, item: ItemShown) -> dict[str, Any]:
    whole, variants = _whole(session, item.notice_id, item.revision)
    people = repository.people(session, {row.reviewed_by for row in variants.values()})
    return {
        "title": item.title,
        "revision": item.revision,
        "texts": [
            (texts.language_name(code.value), whole.variants[code].words.title, whole.variants[code].words.body)
            for code in Language
            if code in whole.variants
        ],
        "reviewed": texts.listed(
            f"{texts.language_name(code.value)}: {people[row.reviewed_by].display_name}"
            for code, row in variants.items()
            if row.reviewed_by in people
        ),
    }


def _added(session: Session, one: Reviewed) -> list[AddedStep]:
    """Return the steps that what a submission touches adds to its route, in the route's order."""
    root = trust.current_root(session)
    route = root.route(one.shown.route) if root is not None else None
    return [step for step in route.added if step.concern in one.row.concerns] if route is not None else []


def _reasons(texts: Texts, session: Session, one: Reviewed) -> list[str]:
    """Return for each role that is missing why it is asked for: "" for the route's own steps, which come first."""
    reasons = [""] * len(one.shown.lacking.roles)
    for step in reversed(_added(session, one)):
        for number in reversed(range(len(reasons))):
            if one.shown.lacking.roles[number] == step.role and not reasons[number]:
                reasons[number] = _because(texts, step)
                break
    return reasons


def _because(texts: Texts, step: AddedStep) -> str:
    what = texts.say(words.CONCERN_NAMES[Question(step.concern)])
    said = texts.say("because it shows or tells %(what)s", what=what)
    return f"{said} ({step.basis})" if step.basis else said


def _answers(texts: Texts, session: Session, one: Reviewed) -> list[dict[str, Any]]:
    answers, added = read_answers(one.shown.details), _added(session, one)
    if answers is None:
        return [
            {
                "question": texts.say(words.QUESTIONS[Question(concern)]),
                "answer": texts.say("yes"),
                "adds": True,
                "step": texts.say("Answered when it was released before"),
                "signers": _signers(texts, added, concern),
                "number": "",
                "issuer": "",
                "media_id": None,
            }
            for concern in one.row.concerns
        ]
    found = []
    for question, name in words.QUESTIONS.items():
        reference = answers.references.get(question)
        said = getattr(answers, question)
        found.append(
            {
                "question": texts.say(name),
                "answer": texts.say("yes") if said else texts.say("no"),
                "adds": question is not Question.CLEARED and said,
                "step": texts.say(words.STEP_NAMES[question]) if question in words.STEP_NAMES and said else "",
                "number": reference.number if reference is not None and said else "",
                "issuer": reference.issuer if reference is not None and said else "",
                "signers": _signers(texts, added, question) if said else [],
                "media_id": reference.media_id if reference is not None and said else None,
            }
        )
    return found


def _signers(texts: Texts, added: Iterable[AddedStep], concern: str) -> list[str]:
    return [
        f"{words.step(texts, step.role)} ({step.basis})" if step.basis else words.step(texts, step.role)
        for step in added
        if step.concern == concern
    ]


def _correction_reason(texts: Texts, shown: SubmissionShown) -> str:
    correction = shown.details.get("correction")
    return words.reason(texts, correction["reason"]) if isinstance(correction, dict) and "reason" in correction else ""


def _steps(texts: Texts, session: Session, one: Reviewed) -> list[dict[str, Any]]:
    people = repository.people_by_name(session, [signed.holder for signed in one.shown.signatures])
    signed = [
        {
            "who": people[row.holder].display_name if row.holder in people else row.holder,
            "how": texts.say("with a passkey") if row.passkey else texts.say("with a key in a file"),
            "when": _stamp(texts, row.at, one.tz),
            "done": True,
        }
        for row in one.shown.signatures
    ]
    reasons = _reasons(texts, session, one)
    missing = [
        {"who": words.step(texts, role), "how": reason, "when": "", "done": False}
        for role, reason in zip(one.shown.lacking.roles, reasons, strict=True)
    ]
    if one.shown.lacking.file_keys and not missing:
        missing.append({"who": texts.say("somebody with a key in a file"), "how": "", "when": "", "done": False})
    return [*signed, *missing]


def _stamp(texts: Texts, moment: datetime, tz: ZoneInfo) -> str:
    return texts.stamp(moment, tz)


def _asked(page: Page, session: Session, one: Reviewed) -> list[str]:
    """Return who is asked now by the roster of each site, and who next."""
    if one.shown.state != SubmissionState.ASKING or one.shown.asked_at is None:
        return []
    found: list[str] = []
    signed = {signature.holder for signature in one.shown.signatures}
    for site in one.sites.values():
        calling = roster.calling(session, "approver", site.id, one.shown.asked_at, page.now)
        names = _names(person.user.display_name for person in calling.reached if person.user.username not in signed)
        if names:
            found.append(page.texts.say("%(site)s: %(names)s", site=site.name, names=page.texts.listed(names)))
        if calling.next_at is not None and len(calling.order) > len(calling.reached):
            follower = calling.order[len(calling.reached)].user.display_name
            when = page.texts.clock(calling.next_at, one.tz)
            found.append(page.texts.say("from %(when)s also %(name)s", when=when, name=follower))
    return found


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
