"""Decisions about sites, panels and kiosks."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError

from playlists.daypart import Week
from playlists.manifest import OutputWindow
from playlists.sun import Place
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session, now
from server.edge import Expected
from server.errors import conflict, invalid, not_found
from server.fleet import refusal, repository
from server.fleet.certificates import service as certificates
from server.fleet.schemas import KioskNew, LanguagePolicy, PanelChange, PanelNew, SiteChange, SiteNew, check_face
from server.seen import EVERYTHING
from server.tables import Kiosk, Panel, Site
from server.tables.certificates import BlockReason

Row = TypeVar("Row", Site, Panel, Kiosk)
_NOT_COLUMNS = {"tags", "hours_calendar_id"}


def site_of(session: Session, caller: Caller, site_id: UUID, permission: Permission, *, lock: bool = False) -> Site:
    """Return a site that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or another agency's, 403 when the role does not allow it.
    """
    site = repository.site(session, site_id, lock=lock)
    if site is None:
        raise not_found("site")
    caller.require(permission, agency_id=site.agency_id, site_id=site.id, what="site")
    return site


def panel_of(session: Session, caller: Caller, panel_id: UUID, permission: Permission, *, lock: bool = False) -> Panel:
    """Return a panel that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or another agency's, 403 when the role does not allow it.
    """
    panel = repository.panel(session, panel_id, lock=lock)
    if panel is None:
        raise not_found("panel")
    caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panel


def kiosk_of(session: Session, caller: Caller, kiosk_id: UUID, permission: Permission, *, lock: bool = False) -> Kiosk:
    """Return a kiosk that the caller may do something with: its agency is its panel's.

    Raises:
        Problem: 404 when it is not there or another agency's, 403 when the role does not allow it.
    """
    kiosk = repository.kiosk(session, kiosk_id, lock=lock)
    panel = repository.panel_of_kiosk(session, kiosk) if kiosk is not None else None
    if kiosk is None or (panel is None and caller.seen != EVERYTHING):
        raise not_found("kiosk")
    if panel is None:
        caller.require(permission, what="kiosk")
    else:
        caller.require(permission, agency_id=panel.agency_id, site_id=panel.site_id, what="kiosk")
    return kiosk


def create_site(session: Session, caller: Caller, new: SiteNew) -> Site:
    """Make a site."""
    agency = accounts.open_agency_of(session, caller, new.agency_id, Permission.EDIT_FLEET)
    _check_slug(session, Site, new.slug, "site")
    _keep_apart(session, agency.id, None, training=new.training)
    site = Site(agency_id=agency.id, slug=new.slug, name=new.name, time_zone=new.time_zone, training=new.training)
    _set_place(site, new.place)
    _set_policy(site, new.language_policy)
    return _made(session, site)


def change_site(session: Session, caller: Caller, site_id: UUID, change: SiteChange, expected: Expected) -> Site:
    """Change a site's name, time zone, place or languages."""
    site = site_of(session, caller, site_id, Permission.EDIT_FLEET, lock=True)
    expected.check(site.rev)
    site.name = change.name or site.name
    site.time_zone = change.time_zone or site.time_zone
    _set_place(site, change.place)
    _set_policy(site, change.language_policy)
    if change.training is not None and change.training is not site.training:
        _switch_training(session, caller, site, training=change.training)
    return _touched(session, site)


def _switch_training(session: Session, caller: Caller, site: Site, *, training: bool) -> None:
    """Turn a site into a training site or back, as long as nothing can have been released for it."""
    if repository.has_panels(session, site.id):
        raise refusal.has_panels(site.name)
    _keep_apart(session, site.agency_id, site.id, training=training)
    site.training = training
    change = {"training": training}
    audit(session, caller, Action.SITE_CHANGED, "site", site.id, name=site.name, agency_id=site.agency_id, after=change)


def _keep_apart(session: Session, agency_id: UUID, site_id: UUID | None, *, training: bool) -> None:
    """See that an agency has one training site and nothing else, or none: all that it owns is then of one sort."""
    others = repository.other_sites(session, agency_id, site_id)
    if any(training or one.training for one in others):
        raise refusal.not_apart()


def create_panel(session: Session, caller: Caller, new: PanelNew) -> Panel:
    """Make a panel."""
    site = site_of(session, caller, new.site_id, Permission.EDIT_FLEET)
    agency = accounts.open_agency_of(session, caller, new.agency_id or site.agency_id, Permission.EDIT_FLEET)
    _check_slug(session, Panel, new.slug, "panel")
    if agency.id != site.agency_id:
        if site.training:
            raise refusal.not_apart()
        _keep_apart(session, agency.id, site.id, training=False)
    panel = Panel(
        slug=new.slug,
        site_id=site.id,
        agency_id=agency.id,
        name=new.name,
        width=new.width,
        height=new.height,
        fps=new.fps,
        pitch_um=new.pitch_um,
        viewing_distance_m=new.viewing_distance_m,
        nits=new.nits,
        output_window=new.output_window.model_dump(mode="json"),
        operating_hours=[window.model_dump(mode="json") for window in new.operating_hours],
    )
    _check_hours(session, panel, site)
    made = _made(session, panel)
    repository.set_tags(session, made.id, new.tags)
    return made


def change_panel(session: Session, caller: Caller, panel_id: UUID, change: PanelChange, expected: Expected) -> Panel:
    """Change a panel's name, size, window, hours or tags."""
    panel = panel_of(session, caller, panel_id, Permission.EDIT_FLEET, lock=True)
    expected.check(panel.rev)
    for name, value in change.model_dump(mode="json", exclude_none=True, exclude=_NOT_COLUMNS).items():
        setattr(panel, name, value)
    if "hours_calendar_id" in change.model_fields_set:
        panel.hours_calendar_id = change.hours_calendar_id
    if change.tags is not None:
        repository.set_tags(session, panel.id, change.tags)
    _check_hours(session, panel, repository.site(session, panel.site_id))
    try:
        check_face(panel.width, panel.height, panel.fps, OutputWindow.model_validate(panel.output_window))
    except ValueError as error:
        raise invalid("invalid-face", f"The panel was not changed: {error}.") from error
    return _touched(session, panel)


def create_kiosk(session: Session, caller: Caller, new: KioskNew) -> Kiosk:
    """Make a kiosk for a panel that has none."""
    panel = panel_of(session, caller, new.panel_id, Permission.EDIT_FLEET, lock=True)
    if repository.kiosks_of(session, [panel.id]):
        raise conflict("panel-has-kiosk", f"{panel.name} has a kiosk already; revoke that one first.")
    _check_slug(session, Kiosk, new.slug, "kiosk")
    return _made(session, Kiosk(slug=new.slug, panel_id=panel.id))


def locked_kiosk(session: Session, kiosk_id: UUID) -> Kiosk:
    """Return a kiosk that proved who it is, kept from others until the transaction ends.

    Raises:
        Problem: 404 when it is gone.
    """
    kiosk = repository.kiosk(session, kiosk_id, lock=True)
    if kiosk is None:
        raise not_found("kiosk")
    return kiosk


def replace_kiosk(session: Session, caller: Caller, kiosk_id: UUID, slug: str) -> Kiosk:
    """Make the kiosk that takes over another one's panel as soon as it is enrolled; until then the other one plays.

    Raises:
        Problem: 404, 403; 409 without a panel to take over, or when the short name is taken.
    """
    old = kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES, lock=True)
    if old.panel_id is None:
        raise conflict("no-panel", f"{old.slug} drives no panel, so there is nothing to take over. Make a new kiosk.")
    for waiting in repository.replacements(session, old.id):
        certificates.shut_out(session, waiting, BlockReason.REPLACED, now())
    _check_slug(session, Kiosk, slug, "kiosk")
    new = _made(session, Kiosk(slug=slug, replaces_id=old.id))
    write_down(session, caller, Action.KIOSK_REPLACED, old, after={"by": slug})
    return new


def unfreeze_kiosk(session: Session, caller: Caller, kiosk_id: UUID, expected: Expected) -> Kiosk:
    """Let a kiosk have certificates again; the code that was used twice is void."""
    kiosk = kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES, lock=True)
    expected.check(kiosk.rev)
    if kiosk.frozen_at is None:
        return kiosk
    kiosk.frozen_at = None
    repository.forget_codes(session, kiosk.id)
    write_down(session, caller, Action.KIOSK_UNFROZEN, kiosk)
    return _touched(session, kiosk)


def revoke_kiosk(
    session: Session, caller: Caller, kiosk_id: UUID, reason: BlockReason, at: datetime, expected: Expected
) -> Kiosk:
    """Shut a kiosk out for good; its panel is free for another, its past stays."""
    kiosk = kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES, lock=True)
    expected.check(kiosk.rev)
    if kiosk.revoked_at is None:
        panel_id = kiosk.panel_id
        stolen = reason is BlockReason.STOLEN
        what = Action.KIOSK_STOLEN if stolen else Action.KIOSK_REVOKED
        write_down(session, caller, what, kiosk, after={"reason": reason})
        certificates.shut_out(session, kiosk, reason, at, caller.user_id)
        if panel_id is not None:
            note_change(session, "panel", panel_id)
    return kiosk


def write_down(
    session: Session, caller: Caller, action: Action, kiosk: Kiosk, *, after: dict[str, object] | None = None
) -> None:
    """Write into the log what a person did with a kiosk, for the agency of its panel."""
    panel = repository.panel_of_kiosk(session, kiosk)
    agency_id = panel.agency_id if panel is not None else None
    audit(session, caller, action, "kiosk", kiosk.id, name=kiosk.slug, agency_id=agency_id, after=after)


def place_of(site: Site) -> Place | None:
    """Return where a site lies, or None while nobody wrote it down."""
    if site.latitude_microdegrees is None or site.longitude_microdegrees is None:
        return None
    return Place(latitude_microdegrees=site.latitude_microdegrees, longitude_microdegrees=site.longitude_microdegrees)


def _set_place(site: Site, place: Place | None) -> None:
    if place is not None:
        site.latitude_microdegrees = place.latitude_microdegrees
        site.longitude_microdegrees = place.longitude_microdegrees


def policy_of(site: Site) -> LanguagePolicy:
    """Return a site's languages and rules."""
    return LanguagePolicy.model_validate(
        {
            "order": site.language_order,
            "others_at_most_percent": site.others_at_most_percent,
            "rules": site.language_rules,
        }
    )


def _set_policy(site: Site, policy: LanguagePolicy | None) -> None:
    if policy is not None:
        written = policy.model_dump(mode="json")
        site.language_order, site.language_rules = written["order"], written["rules"]
        site.others_at_most_percent = policy.others_at_most_percent


def _check_hours(session: Session, panel: Panel, site: Site | None) -> None:
    if panel.hours_calendar_id is not None and repository.special_calendar(session, panel.hours_calendar_id) is None:
        raise not_found("calendar")
    try:
        week = Week.model_validate(
            {
                "windows": panel.operating_hours,
                "exceptions": panel.hours_exceptions,
                "calendar_id": str(panel.hours_calendar_id) if panel.hours_calendar_id is not None else None,
                "day_off_windows": panel.hours_day_off_windows,
            }
        )
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise invalid("invalid-hours", f"The operating hours were not changed: {said}.") from error
    if week.follows_sun and (site is None or place_of(site) is None):
        raise invalid("no-place", "Hours that follow the sun need to know where the site lies. Write its place first.")


def _check_slug(session: Session, table: type[Site | Panel | Kiosk], slug: str, what: str) -> None:
    if repository.is_slug_taken(session, table, slug):
        raise conflict("slug-taken", f"There is a {what} {slug} already; choose another short name.")


def _made(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    note_change(session, str(row.__tablename__), row.id)
    return row


def _touched(session: Session, row: Row) -> Row:
    row.rev += 1
    return _made(session, row)
