"""Decisions about the shift book: what is open, who hands over, who takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.errors import conflict, not_found
from server.faults.alarms import showing
from server.shiftbook import repository
from server.shiftbook.schemas import HandoverShown, NoteShown, OpenThing, ShiftBook, Sort
from server.tables import ShiftHandover, ShiftNote, Site

NOTES_SHOWN = timedelta(days=14)
_ORDER = list(Sort)
_SEVERITIES = ("critical", "major", "minor", "warning")


def site_of(session: Session, caller: Caller, site_id: UUID, permission: Permission) -> Site:
    """Return a site whose book the caller may read or keep.

    Raises:
        Problem: 404, 403.
    """
    site = repository.site(session, site_id)
    if site is None:
        raise not_found("site")
    caller.require(permission, agency_id=site.agency_id, site_id=site.id, what="site")
    return site


def open_things(session: Session, site: Site, at: datetime) -> list[OpenThing]:
    """Return what is open at a site: emergencies first, then alarms by weight, holds, approvals, work orders."""
    panels = repository.panels_at(session, site.id)
    here = {str(site.id)}, {str(one) for one in panels}
    found = [
        OpenThing(
            sort=Sort.ALARM,
            id=row.id,
            title=row.code,
            detail=f"{row.subject} {row.detail}".strip(),
            where=panels[row.panel_id].name if row.panel_id in panels else site.name,
            state=showing.state(row, at),
            severity=row.severity,
            since_at=row.since_at,
        )
        for row in repository.alarms(session, site.id)
    ]
    for emergency in repository.emergencies(session):
        if here[0] & set(emergency.sites) or here[1] & set(emergency.panels):
            said = emergency.words.get("vi") or {}
            title = str(said.get("title") or emergency.word or emergency.status)
            found.append(OpenThing(sort=Sort.EMERGENCY, id=emergency.id, title=title, detail=emergency.status,
                                   where=site.name, state=emergency.state, since_at=emergency.began_at or
                                   emergency.created_at))  # fmt: skip
    for hold, title in repository.holds(session, site.id):
        found.append(OpenThing(sort=Sort.HOLD, id=hold.notice_id, title=title, detail=hold.note, where=site.name,
                               state=hold.reason, since_at=hold.held_at))  # fmt: skip
    rows = [row for row in repository.submissions(session) if here[0] & set(row.sites) or here[1] & set(row.panels)]
    titles = repository.titles(session, {row.id for row in rows})
    found += [
        OpenThing(sort=Sort.APPROVAL, id=row.id, title=titles.get(row.id, row.purpose), where=site.name,
                  state=row.state, since_at=row.asked_at or row.created_at) for row in rows
    ]  # fmt: skip
    found += [
        OpenThing(
            sort=Sort.ORDER,
            id=row.id,
            title=f"{row.number}: {row.title}",
            detail=row.waiting_for,
            where=panels[row.panel_id].name if row.panel_id in panels else site.name,
            state=row.state,
            since_at=row.created_at,
        )
        for row in repository.orders(session, site.id)
    ]
    return sorted(found, key=lambda one: (_ORDER.index(one.sort), _weight(one.severity), one.since_at))


def book(session: Session, site: Site, at: datetime) -> ShiftBook:
    """Return a site's book as it stands."""
    notes = repository.notes(session, site.id, at - NOTES_SHOWN)
    given = repository.handovers(session, site.id)
    people = repository.people(
        session,
        {row.user_id for row in notes} | {one for row in given for one in (row.given_by, row.taken_by) if one},
    )
    names = {key: row.display_name for key, row in people.items()}
    return ShiftBook(
        site_id=site.id,
        site_name=site.name,
        open_things=open_things(session, site, at),
        notes=[
            NoteShown(id=row.id, name=names.get(row.user_id, ""), written_at=row.written_at, text=row.text)
            for row in notes
        ],
        handovers=[shown(row, names) for row in sorted(given, key=lambda row: row.taken_at is not None)],
    )


def shown(row: ShiftHandover, names: dict[UUID, str]) -> HandoverShown:
    """Return a handover as the API shows it."""
    return HandoverShown(
        id=row.id,
        given_by=row.given_by,
        given_name=names.get(row.given_by, ""),
        given_at=row.given_at,
        note=row.note,
        open_things=[OpenThing.model_validate(one) for one in row.open_things],
        taken_by=row.taken_by,
        taken_name=names.get(row.taken_by) if row.taken_by is not None else None,
        taken_at=row.taken_at,
    )


def add_note(session: Session, caller: Caller, site_id: UUID, text: str, at: datetime) -> ShiftNote:
    """Write a line for those who come after.

    Raises:
        Problem: 404, 403.
    """
    site = site_of(session, caller, site_id, Permission.KEEP_SHIFT_BOOK)
    row = ShiftNote(site_id=site.id, user_id=caller.user_id, written_at=at, text=text.strip())
    session.add(row)
    session.flush()
    note_change(session, "shift", row.id)
    return row


def hand_over(session: Session, caller: Caller, site_id: UUID, note: str, at: datetime) -> ShiftHandover:
    """End one's shift: what is open now is written down, and whoever comes next takes it.

    Raises:
        Problem: 404, 403; 409 while an earlier handover waits.
    """
    site = site_of(session, caller, site_id, Permission.KEEP_SHIFT_BOOK)
    if repository.waiting(session, site.id) is not None:
        raise conflict("handover-waits", "A handover of this site waits to be taken already. Whoever is next takes it.")
    things = [one.model_dump(mode="json") for one in open_things(session, site, at)]
    row = ShiftHandover(site_id=site.id, given_by=caller.user_id, given_at=at, note=note.strip(), open_things=things)
    session.add(row)
    session.flush()
    audit(session, caller, Action.SHIFT_GIVEN, "shift", row.id, name=site.name, agency_id=site.agency_id,
          after={"open": len(things), "note": row.note})  # fmt: skip
    note_change(session, "shift", row.id)
    return row


def take_over(session: Session, caller: Caller, handover_id: UUID, at: datetime) -> ShiftHandover:
    """Take a shift that was handed over. Who gave it may take it back, which also is written down.

    Raises:
        Problem: 404, 403; 409 when somebody has taken it.
    """
    row = repository.handover(session, handover_id, lock=True)
    if row is None:
        raise not_found("handover")
    site = site_of(session, caller, row.site_id, Permission.KEEP_SHIFT_BOOK)
    if row.taken_at is not None:
        who = repository.people(session, [row.taken_by] if row.taken_by is not None else [])
        name = next((one.display_name for one in who.values()), "Somebody")
        raise conflict("shift-taken", f"{name} has taken this shift already.")
    row.taken_by, row.taken_at = caller.user_id, at
    session.add(row)
    session.flush()
    audit(session, caller, Action.SHIFT_TAKEN, "shift", row.id, name=site.name, agency_id=site.agency_id)
    note_change(session, "shift", row.id)
    return row


def _weight(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
