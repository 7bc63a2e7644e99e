"""Sites, panels and kiosks over HTTP, for people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Response

from playlists.daypart import DayException, DayWindow
from playlists.manifest import OutputWindow
from playlists.profile import Profile
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.audit.actions import Action
from server.db import Session
from server.edge import IfMatch, Page, PageAsked, ReadSession, WriteSession, tag
from server.fleet import enrolment, repository, service
from server.fleet.certificates.schemas import RevokeAsked
from server.fleet.schemas import (
    CodeShown,
    KioskNew,
    KioskShown,
    PanelChange,
    PanelNew,
    PanelShown,
    SiteChange,
    SiteNew,
    SiteShown,
    windows,
)
from server.parts import PartsDep
from server.routes import Router
from server.tables import Kiosk, KioskStatus, Panel, Site

router = Router(prefix="/api/v1", tags=["fleet"])


@router.get("/sites")
def sites(caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[SiteShown]:
    """List sites."""
    caller.require(Permission.SEE)
    return asked.page(repository.sites(session, asked, caller.seen), _site, lambda row: row.id)


@router.post("/sites", status_code=201)
def create_site(new: SiteNew, caller: CallerDep, session: WriteSession, response: Response) -> SiteShown:
    """Make a site."""
    row = service.create_site(session, caller, new)
    tag(response, row.rev)
    return _site(row)


@router.get("/sites/{site_id}")
def site(site_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> SiteShown:
    """Show one site."""
    row = service.site_of(session, caller, site_id, Permission.SEE)
    tag(response, row.rev)
    return _site(row)


@router.patch("/sites/{site_id}")
def change_site(
    site_id: UUID, change: SiteChange, caller: CallerDep, expected: IfMatch, session: WriteSession, response: Response
) -> SiteShown:
    """Change a site's name or time zone."""
    row = service.change_site(session, caller, site_id, change, expected)
    tag(response, row.rev)
    return _site(row)


@router.get("/panels")
def panels(
    caller: CallerDep, session: ReadSession, asked: PageAsked, site_id: Annotated[UUID | None, Query()] = None
) -> Page[PanelShown]:
    """List panels, of one site or of all."""
    caller.require(Permission.SEE)
    rows = repository.panels(session, asked, caller.seen, site_id)
    kiosks = repository.kiosks_of(session, [row.id for row in rows])
    tags = repository.tags(session, [row.id for row in rows])
    return asked.page(rows, lambda row: panel_shown(row, kiosks.get(row.id), tags[row.id]), lambda row: row.id)


@router.post("/panels", status_code=201)
def create_panel(new: PanelNew, caller: CallerDep, session: WriteSession, response: Response) -> PanelShown:
    """Make a panel at a site."""
    return _panel(session, response, service.create_panel(session, caller, new))


@router.get("/panels/{panel_id}")
def panel(panel_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> PanelShown:
    """Show one panel."""
    return _panel(session, response, service.panel_of(session, caller, panel_id, Permission.SEE))


@router.patch("/panels/{panel_id}")
def change_panel(
    panel_id: UUID,
    change: PanelChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
) -> PanelShown:
    """Change a panel's name, size, output window, operating hours or tags."""
    return _panel(session, response, service.change_panel(session, caller, panel_id, change, expected))


@router.get("/kiosks")
def kiosks(caller: CallerDep, session: ReadSession, asked: PageAsked) -> Page[KioskShown]:
    """List kiosks and what they last said."""
    caller.require(Permission.SEE)
    rows = repository.kiosks(session, asked, caller.seen)
    said = repository.statuses(session, [row.id for row in rows])
    return asked.page(rows, lambda row: kiosk_shown(row, said.get(row.id)), lambda row: row.id)


@router.post("/kiosks", status_code=201)
def create_kiosk(new: KioskNew, caller: CallerDep, session: WriteSession, response: Response) -> KioskShown:
    """Make a kiosk for a panel that has none."""
    return _kiosk(session, response, service.create_kiosk(session, caller, new))


@router.get("/kiosks/{kiosk_id}")
def kiosk(kiosk_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> KioskShown:
    """Show one kiosk and what it last said."""
    return _kiosk(session, response, service.kiosk_of(session, caller, kiosk_id, Permission.SEE))


@router.post("/kiosks/{kiosk_id}/revoke")
def revoke_kiosk(
    kiosk_id: UUID,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
    asked: Annotated[RevokeAsked, Body()] = RevokeAsked(),  # noqa: B008 - a value that never changes
) -> KioskShown:
    """Shut a kiosk out for good, for example because it was stolen: certificates, token, session; its panel is free."""
    row = service.revoke_kiosk(session, caller, kiosk_id, asked.reason, parts.clock(), expected)
    return _kiosk(session, response, row)


@router.post("/kiosks/{kiosk_id}/enrolment-code", status_code=201)
def enrolment_code(kiosk_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> CodeShown:
    """Make the code with which one computer becomes this kiosk: shown this once, valid for 60 minutes, works once."""
    row = service.kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES, lock=True)
    made = enrolment.make_code(session, parts, row)
    service.write_down(session, caller, Action.KIOSK_CODE, row)
    return CodeShown(code=made.code, expires_at=made.row.expires_at)


def panel_shown(row: Panel, kiosk: Kiosk | None, tags: list[str]) -> PanelShown:
    """Return the API's picture of a panel."""
    return PanelShown(
        id=row.id,
        slug=row.slug,
        site_id=row.site_id,
        agency_id=row.agency_id,
        name=row.name,
        width=row.width,
        height=row.height,
        fps=row.fps,
        pitch_um=row.pitch_um,
        viewing_distance_m=row.viewing_distance_m,
        nits=row.nits,
        profile=str(Profile.of(row.width, row.height, row.fps)),
        output_window=OutputWindow.model_validate(row.output_window),
        operating_hours=windows(row.operating_hours),
        hours_exceptions=[DayException.model_validate(one) for one in row.hours_exceptions],
        hours_calendar_id=row.hours_calendar_id,
        hours_day_off_windows=[DayWindow.model_validate(one) for one in row.hours_day_off_windows],
        tags=tags,
        default_playlist_id=row.default_playlist_id,
        kiosk_id=kiosk.id if kiosk is not None else None,
        created_at=row.created_at,
        rev=row.rev,
    )


def kiosk_shown(row: Kiosk, said: KioskStatus | None) -> KioskShown:
    """Return the API's picture of a kiosk."""
    return KioskShown(
        id=row.id,
        slug=row.slug,
        panel_id=row.panel_id,
        created_at=row.created_at,
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        frozen_at=row.frozen_at,
        replaces_id=row.replaces_id,
        online=said.online if said is not None else False,
        heard_at=said.heard_at if said is not None else None,
        agent=said.agent if said is not None else "",
        capture_at=said.capture_at if said is not None else None,
        assigned_seq=row.assigned_seq,
        rev=row.rev,
    )


def _site(row: Site) -> SiteShown:
    return SiteShown(**row.model_dump(), place=service.place_of(row), language_policy=service.policy_of(row))


def _panel(session: Session, response: Response, row: Panel) -> PanelShown:
    tag(response, row.rev)
    kiosk = repository.kiosks_of(session, [row.id]).get(row.id)
    return panel_shown(row, kiosk, repository.tags(session, [row.id])[row.id])


def _kiosk(session: Session, response: Response, row: Kiosk) -> KioskShown:
    tag(response, row.rev)
    return kiosk_shown(row, repository.statuses(session, [row.id]).get(row.id))
