"""Pages about kiosks: which there are, who waits to become one, certificates, the stolen and the replaced one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from playlists.language import fold
from playlists.trust.fingerprint import in_words
from server.accounts.permissions import Permission
from server.console import repository, words
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import mark
from server.console.words import Said, Tone
from server.db import Session
from server.edge import ReadSession
from server.errors import not_found
from server.fleet import repository as fleet
from server.fleet import service
from server.fleet.certificates import repository as certificates
from server.routes import Router
from server.settings import Identity
from server.tables import Certificate, EnrolmentCode, Kiosk, Panel
from server.tables.certificates import BlockReason, Occasion

router = Router(route_class=PageRoute, include_in_schema=False)
REASONS = {
    BlockReason.STOLEN: mark("stolen"),
    BlockReason.BROKEN: mark("broken"),
    BlockReason.REPLACED: mark("replaced by another device"),
    BlockReason.ENROLLED_ANEW: mark("enrolled anew"),
    BlockReason.OTHER: mark("shut out"),
}
OCCASIONS = {
    Occasion.ENROLMENT: mark("at enrolment"),
    Occasion.RENEWAL: mark("renewed by itself"),
    Occasion.RETURN: mark("came back after its end"),
}


@router.get("/kiosks")
def kiosks(page: PageDep, session: ReadSession, q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """List kiosks, those first that wait for somebody."""
    page.caller.require(Permission.MANAGE_CERTIFICATES)
    rows = repository.kiosks(session, page.caller.seen)
    known = repository.fleet(session, [panel for _, panel in rows if panel is not None], page.now)
    waiting = {row.kiosk_id for row in fleet.codes_in_force(session, page.now) if waits(row)}
    good = certificates.standing(session, [kiosk.id for kiosk, _ in rows])
    asked = fold(q).split()
    lines = []
    for kiosk, panel in rows:
        site = known.sites.get(panel.site_id) if panel is not None else None
        status = known.statuses.get(panel.id) if panel is not None else None
        tz = words.zone_of(known, panel)
        found = fold(f"{kiosk.slug} {panel.name if panel else ''} {site.name if site else ''}")
        if not all(word in found for word in asked):
            continue
        certificate = good.get(kiosk.id)
        lines.append(
            {
                "id": kiosk.id,
                "slug": kiosk.slug,
                "where": f"{panel.name} · {site.name}" if panel and site else page.texts.say("no panel"),
                "state": words.presence(page.texts, kiosk, status, page.now, tz),
                "tag": _tag(page, kiosk, waits=kiosk.id in waiting),
                "until": page.texts.date(certificate.not_after, tz) if certificate is not None else "",
                "first": kiosk.id not in waiting,
            }
        )
    lines.sort(key=lambda line: bool(line["first"]))
    return page.render("kiosks.html", "admin", rows=lines, q=q, any=bool(rows))


@router.get("/kiosks/waiting/{fingerprint}")
def waiting(
    fingerprint: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")], page: PageDep, session: ReadSession
) -> RedirectResponse:
    """Lead to the kiosk that a computer waits to become, as the QR code on its panel says."""
    for row in fleet.codes_in_force(session, page.now):
        if (row.fingerprint or "").startswith(fingerprint):
            kiosk = service.kiosk_of(session, page.caller, row.kiosk_id, Permission.MANAGE_CERTIFICATES)
            return RedirectResponse(f"/kiosks/{kiosk.id}", 303)
    raise not_found("computer that waits")


@router.get("/kiosks/{kiosk_id}")
def kiosk(kiosk_id: UUID, page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show a kiosk: who waits to become it, its certificates, what can be done."""
    row = service.kiosk_of(session, page.caller, kiosk_id, Permission.MANAGE_CERTIFICATES)
    panel = fleet.panel_of_kiosk(session, row)
    known = repository.fleet(session, [panel] if panel is not None else [], page.now)
    tz = words.zone_of(known, panel)
    status = fleet.statuses(session, [row.id]).get(row.id)
    code = next((one for one in fleet.codes_in_force(session, page.now) if one.kiosk_id == row.id), None)
    site = known.sites.get(panel.site_id) if panel is not None else None
    return page.render(
        "kiosk.html",
        "admin",
        one={
            "id": row.id,
            "slug": row.slug,
            "rev": row.rev,
            "where": f"{panel.name} · {site.name}" if panel and site else page.texts.say("no panel"),
            "panel_id": row.panel_id,
            "state": words.presence(page.texts, row, status, page.now, tz),
            "revoked": row.revoked_at is not None,
            "frozen": row.frozen_at is not None,
            "enrolled": row.enrolled_at is not None,
            "by_certificate": page.parts.settings.kiosk_identity is Identity.CERTIFICATE,
            "next_slug": next_slug(row.slug),
        },
        waiting=_waiting(page, code, panel, session) if code is not None and waits(code) else None,
        successors=[{"id": one.id, "slug": one.slug} for one in fleet.replacements(session, row.id)],
        replaces=_slug(session, row.replaces_id),
        certificates=[_certificate(page, one, tz) for one in certificates.certificates(session, row.id)],
    )


def waits(row: EnrolmentCode) -> bool:
    """Tell whether a computer waits with this code for a person's yes."""
    return row.fingerprint is not None and row.used_at is None and row.refused_at is None and row.frozen_at is None


def _waiting(page: Page, row: EnrolmentCode, panel: Panel | None, session: Session) -> dict[str, object]:
    tz = words.zone_of(repository.fleet(session, [panel] if panel is not None else [], page.now), panel)
    return {
        "words": in_words(row.fingerprint or "0" * 64).split(),
        "fingerprint": row.fingerprint,
        "address": row.address,
        "since": page.texts.when(row.asked_at or row.created_at, page.now, tz),
        "until": page.texts.clock(row.expires_at, tz),
    }


def _tag(page: Page, row: Kiosk, *, waits: bool) -> Said | None:
    if row.frozen_at is not None:
        return Said(page.texts.say("Code used twice"), Tone.BAD)
    if waits:
        return Said(page.texts.say("Waits for a yes"), Tone.WARN)
    return None


def _certificate(page: Page, row: Certificate, tz: ZoneInfo) -> dict[str, object]:
    say = page.texts.say
    if row.blocked_at is not None:
        reason = say(REASONS[BlockReason(row.blocked_reason or BlockReason.OTHER)])
        when = page.texts.when(row.blocked_at, page.now, tz)
        state = Said(say("Blocked %(when)s: %(reason)s", when=when, reason=reason), Tone.BAD)
    elif row.not_after <= page.now:
        state = Said(say("Over"), Tone.PLAIN)
    elif row.first_used_at is None:
        state = Said(say("Not used yet"), Tone.WARN)
    else:
        state = Said(say("Good"), Tone.GOOD)
    return {
        "serial": row.serial,
        "issued": page.texts.stamp(row.issued_at, tz),
        "how": say(OCCASIONS[Occasion(row.occasion)]),
        "until": page.texts.date(row.not_after, tz),
        "state": state,
    }


def _slug(session: Session, kiosk_id: UUID | None) -> str:
    found = fleet.kiosk(session, kiosk_id) if kiosk_id is not None else None
    return found.slug if found is not None else ""


def next_slug(slug: str) -> str:
    """Return a short name for the device after this one: kiosk-1, kiosk-1-2, kiosk-1-3.

    >>> next_slug("kiosk-gate"), next_slug("kiosk-gate-v2")
    ('kiosk-gate-v2', 'kiosk-gate-v3')
    """
    stem, mark_, number = slug.rpartition("-v")
    if mark_ and number.isdigit():
        return f"{stem}-v{int(number) + 1}"[:40]
    return f"{slug[:36]}-v2"
