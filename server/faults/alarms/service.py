"""What people do about alarms: acknowledge, begin work, hide for a time, let a latched one go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.alarm.event import Word
from playlists.alarm.judge import Phase
from playlists.alarm.rule import rule_of
from playlists.fault import CATALOGUE
from playlists.language import fold
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.edge import Expected
from server.errors import conflict, invalid, not_found
from server.faults import repository as faults
from server.faults.alarms import repository, standing
from server.faults.alarms.repository import Sought, View
from server.faults.alarms.schemas import LONGEST_SHELF, ShelveAsked, SiteDelays
from server.tables import Alarm, Site

WHAT = "alarm"


def alarm_of(session: Session, caller: Caller, alarm_id: UUID, permission: Permission, *, lock: bool = False) -> Alarm:
    """Return an alarm that the caller may do something with: its panel's agency decides, else its site's.

    Raises:
        Problem: 404, 403.
    """
    row = repository.alarm(session, alarm_id, lock=lock)
    if row is None or row.active_at is None:
        raise not_found(WHAT)
    caller.require(permission, agency_id=_agency(session, row), site_id=row.site_id, what=WHAT)
    return row


def acknowledge(session: Session, caller: Caller, alarm_id: UUID, note: str, at: datetime, expected: Expected) -> Alarm:
    """Say that one has seen an alarm and takes care of it.

    Raises:
        Problem: 404, 403, 409 when somebody was first or nothing is left to see, 412.
    """
    row = _for_change(session, caller, alarm_id, expected)
    if row.phase == Phase.ACKNOWLEDGED:
        who = faults.users(session, [row.acknowledged_by]) if row.acknowledged_by is not None else {}
        name = next((user.display_name for user in who.values()), "Somebody")
        raise conflict("alarm-acknowledged", f"{name} has acknowledged this alarm already.")
    if row.phase not in repository.WANTING:
        raise _over()
    return _act(session, caller, row, Word.ACKNOWLEDGED, note, at)


def start(session: Session, caller: Caller, alarm_id: UUID, note: str, at: datetime, expected: Expected) -> Alarm:
    """Say that one works on an alarm; this acknowledges it, too.

    Raises:
        Problem: 404, 403, 409 when it has returned to normal, 412.
    """
    row = _for_change(session, caller, alarm_id, expected)
    if row.phase not in (Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED):
        raise _over()
    return _act(session, caller, row, Word.STARTED, note, at)


def shelve(
    session: Session, caller: Caller, alarm_id: UUID, asked: ShelveAsked, at: datetime, expected: Expected
) -> Alarm:
    """Hide an alarm until a time; its state goes on beneath.

    Raises:
        Problem: 404, 403, 409, 412, 422 when the time has passed or lies too far ahead.
    """
    row = _for_change(session, caller, alarm_id, expected)
    if not at < asked.until <= at + LONGEST_SHELF:
        raise invalid("shelf-time", f"An alarm is hidden until a later time, {LONGEST_SHELF.days} days at most.")
    if row.phase not in repository.WANTING:
        raise _over()
    return _act(session, caller, row, Word.SHELVED, asked.note, at, until=asked.until)


def unshelve(session: Session, caller: Caller, alarm_id: UUID, at: datetime, expected: Expected) -> Alarm:
    """Show a hidden alarm again."""
    row = _for_change(session, caller, alarm_id, expected)
    if row.shelved_until is None:
        raise conflict("alarm-not-hidden", "This alarm is not hidden.")
    return _act(session, caller, row, Word.UNSHELVED, "", at)


def reset(session: Session, caller: Caller, alarm_id: UUID, note: str, at: datetime, expected: Expected) -> Alarm:
    """Let a latched alarm go whose condition is gone: somebody has looked.

    Raises:
        Problem: 404, 403, 409 when the condition stands or the alarm needs no reset, 412.
    """
    row = _for_change(session, caller, alarm_id, expected)
    if not rule_of(row.code).is_latched or row.phase not in (Phase.UNACKNOWLEDGED, Phase.ACKNOWLEDGED):
        raise conflict("alarm-not-latched", "This alarm ends by itself; nothing has to be reset.")
    if row.is_raised:
        raise conflict("alarm-stands", "The condition still stands; it can be reset when it is gone.")
    return _act(session, caller, row, Word.RESET, note, at)


def delays(session: Session, caller: Caller, site_id: UUID) -> SiteDelays:
    """Return the delays that a site has changed.

    Raises:
        Problem: 404, 403.
    """
    return _delays(_site(session, caller, site_id, Permission.SEE))


def set_delays(session: Session, caller: Caller, site_id: UUID, asked: SiteDelays, at: datetime) -> SiteDelays:
    """Give a site delays of its own; codes that are not named have the usual ones. Alarms that stand follow at once.

    Raises:
        Problem: 404, 403.
    """
    site = _site(session, caller, site_id, Permission.EDIT_FLEET)
    before, site.alarm_delays = (
        site.alarm_delays,
        {str(code): [one.on_delay_s, one.off_delay_s] for code, one in asked.delays.items()},
    )
    site.rev += 1
    session.add(site)
    session.flush()
    standing.asked_again(session, site.id, at)
    audit(session, caller, Action.ALARM_CHANGED, "site", site.id, name=site.name, agency_id=site.agency_id,
          before=before, after=site.alarm_delays)  # fmt: skip
    return _delays(site)


def sought(caller: Caller, view: View, at: datetime, *, panel_id: UUID | None, q: str, session: Session) -> Sought:
    """Return what a list of alarms asks for: words are found in names of panels, sites and faults, without accents.

    Raises:
        Problem: 404 for a panel that is not the caller's.
    """
    caller.require(Permission.SEE)
    if panel_id is not None and not faults.has_panel(session, caller.seen, panel_id):
        raise not_found("panel")
    found = Sought(view, at, caller.seen, panel_id=panel_id)
    words = fold(q).split()
    if not words:
        return found
    places = faults.places_seen(session, caller.seen)
    panels = [one.panel_id for one in places if _holds(words, one.panel, one.slug, one.site)]
    codes = [str(code) for code, said in CATALOGUE.items() if _holds(words, code, *said.name)]
    return Sought(view, at, caller.seen, panel_id=panel_id, codes=codes, or_panels=panels)


def _for_change(session: Session, caller: Caller, alarm_id: UUID, expected: Expected) -> Alarm:
    row = alarm_of(session, caller, alarm_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
    expected.check(row.rev)
    return row


def _act(
    session: Session, caller: Caller, row: Alarm, word: Word, note: str, at: datetime, *, until: datetime | None = None
) -> Alarm:
    last = repository.last_entry_at(session, row.id)
    when = max(at, last) if last is not None else at
    standing.note(session, row, word, when, at, user_id=caller.user_id, text=note.strip(), until=until)
    if row.acknowledged_at is not None and row.acknowledged_by is None:
        row.acknowledged_by = caller.user_id
        session.add(row)
    name = f"{row.code} {row.subject}".strip()
    audit(session, caller, Action.ALARM_CHANGED, WHAT, row.id, name=name, agency_id=_agency(session, row),
          after={"word": word, "note": note.strip(), "until": until})  # fmt: skip
    session.flush()
    return row


def _agency(session: Session, row: Alarm) -> UUID | None:
    panel = faults.panel(session, row.panel_id) if row.panel_id is not None else None
    if panel is not None:
        return panel.agency_id
    site = repository.site(session, row.site_id)
    return site.agency_id if site is not None else None


def _site(session: Session, caller: Caller, site_id: UUID, permission: Permission) -> Site:
    site = repository.site(session, site_id)
    if site is None:
        raise not_found("site")
    caller.require(permission, agency_id=site.agency_id, site_id=site.id, what="site")
    return site


def _delays(site: Site) -> SiteDelays:
    return SiteDelays.model_validate(
        {"delays": {code: {"on_delay_s": on, "off_delay_s": off} for code, (on, off) in site.alarm_delays.items()}}
    )


def _over() -> Exception:
    return conflict("alarm-over", "This alarm has returned to normal; there is nothing left to do.")


def _holds(words: list[str], *texts: str) -> bool:
    folded = fold(" ".join(texts))
    return all(word in folded for word in words)
