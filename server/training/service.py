"""Decisions about training sites: signatures by a click, and the way back to the beginning.

A reset is one transaction. What runs on panels is ended, and what was released is withdrawn, by documents that the
server signs with training keys; numbers only go on, so kiosks accept what comes next. Real sites are never touched: a
training site's agency has nothing else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from playlists.alarm.event import Word
from playlists.trust.emergency import LONGEST
from playlists.trust.envelope import Signature
from playlists.trust.key import signature_of
from playlists.trust.root import RoleName
from playlists.trust.shape import Audience
from playlists.trust.statements import Withdrawal
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.emergencies import activation, audience, documents
from server.emergencies import repository as emergencies
from server.emergencies import service as emergency
from server.faults.alarms import standing
from server.faults.orders import service as orders
from server.faults.swaps import service as swaps
from server.fleet import service as fleet
from server.publishing import service as publishing
from server.publishing.holds import service as holds
from server.publishing.released import service as released
from server.publishing.releases import service as releases
from server.publishing.withdrawals.service import say_all
from server.settings import Approval
from server.tables import EmergencyRow, Site
from server.tables.emergencies import EmergencyState, StepKind
from server.tables.holds import OffReason
from server.tables.releases import SubmissionState
from server.training import keys, lesson, repository
from server.training.refusal import no_training_key, not_confirmed, not_of_training, not_training
from server.training.roots import key_of_role
from server.trust import service as trust

MOST_DIGESTS = 150
"""So many digests fit into one withdrawal of 16 KiB."""


class _Kept(Protocol):
    id: UUID
    rev: int


@dataclass(frozen=True)
class Keys:
    """Where the training keys lie, and the server's own key."""

    folder: Path
    server: bytes


def training_site(
    session: Session, caller: Caller, site_id: UUID, permission: Permission, *, lock: bool = False
) -> Site:
    """Return a training site that the caller may do something with.

    Raises:
        Problem: 404, 403; 409 it is a real one.
    """
    site = fleet.site_of(session, caller, site_id, permission, lock=lock)
    if not site.training:
        raise not_training(site.name)
    return site


def signature_for(session: Session, caller: Caller, document_id: UUID, keys_dir: Path) -> Signature:
    """Return the caller's signature of a training document, made with the training key that the server holds for them.

    Raises:
        Problem: 404; 403 nobody asked the caller; 409 it is no document of a training site, or there is no key.
    """
    row = trust.document_of(session, caller, document_id)
    if not row.training:
        raise not_of_training()
    trust.require_asked(session, caller, row)
    private = keys.load(keys_dir, caller.username)
    own = {key.id for key in trust.own_keys(session, row, caller.username)}
    made = None
    if private is not None:
        made = signature_of(row.payload, type(trust.read_document(row)).payload_type, private)
    if made is None or made.key_id not in own:
        raise no_training_key(caller.display_name)
    return made


def standing_of(session: Session, site: Site, at: datetime) -> Counter[str]:
    """Count what a reset would end, withdraw and put away, by word."""
    running = _emergencies(session, site)
    return Counter(
        {
            "emergencies": len(running),
            "releases": len(_in_force(session, site, at)),
            "submissions": len(repository.submissions(session, site.agency_id, releases.OPEN)),
            "notices": len(repository.notices(session, site.agency_id)),
            "playlists": len(repository.playlists(session, site.agency_id)),
            "entries": len(repository.entries(session, site)) + len(repository.overrides(session, site, at)),
            "boards": len(repository.boards(session, site.id)),
            "alarms": len(repository.alarms(session, site.id)),
            "orders": len(repository.orders(session, site.id)),
        }
    )


def reset(
    session: Session, caller: Caller, site_id: UUID, confirmed: str, own: Keys, at: datetime, approval: Approval
) -> Counter[str]:
    """Take a training site back to its beginning; return what was ended and put away.

    Raises:
        Problem: 404, 403; 409 it is a real site, or a training key is missing; 422 another site was named.
    """
    site = training_site(session, caller, site_id, Permission.EDIT_FLEET, lock=True)
    if confirmed != site.slug:
        raise not_confirmed(site.slug)
    panels = repository.panels(session, site.id)
    counted = standing_of(session, site, at)
    _end_emergencies(session, caller, site, own.folder, at)
    _withdraw(session, caller, site, own.folder, at)
    _lift_holds(session, caller, site, own.server, at)
    _put_away(session, caller, site, at)
    _close_faults(session, caller, site, at)
    playlist = lesson.lay_out(session, caller, site.agency_id, at)
    for panel in panels:
        panel.default_playlist_id = playlist.id
        panel.rev += 1
        session.add(panel)
        note_change(session, "panel", panel.id)
    session.flush()
    if panels:
        publishing.publish(session, caller, [panel.id for panel in panels], None, at, approval)
    counts = dict(sorted(counted.items()))
    audit(
        session, caller, Action.TRAINING_RESET, "site", site.id, name=site.name, agency_id=site.agency_id, after=counts
    )
    return counted


def _emergencies(session: Session, site: Site) -> list[EmergencyRow]:
    states = (*emergencies.WAITING, EmergencyState.RUNNING)
    rows = [row for state in states for row in emergencies.in_states(session, state)]
    return [row for row in rows if any(where.id == site.id for _, where in audience.chosen_of(session, row).meant)]


def _end_emergencies(session: Session, caller: Caller, site: Site, keys_dir: Path, at: datetime) -> None:
    """End by a signed document what runs on panels, and give up what waits for signatures."""
    for row in _emergencies(session, site):
        if row.state != EmergencyState.RUNNING:
            emergency.abandon(session, row, "", at)
            continue
        private = _required(session, keys_dir, RoleName.DUTY, site)
        emergency.give_up_open_steps(session, row, at)
        until = min(row.expires_at or at, documents.whole(at) + LONGEST)
        said = documents.cancellation(row, audience.chosen_of(session, row).audience, at, until, RoleName.DUTY)
        sealed = trust.seal_by_server(session, said, private, at=at, made_by=caller.user_id, agency_id=row.agency_id)
        step = documents.add_step(session, row, sealed, said, StepKind.END, by=caller.user_id)
        activation.activate(session, row, step, sealed, caller, at)


def _in_force(session: Session, site: Site, at: datetime) -> list[str]:
    """Return the digests of an agency's releases that can still be shown at the site; prepared warnings stay."""
    rows = repository.submissions(session, site.agency_id, (SubmissionState.RELEASED,))
    rows = [row for row in rows if row.template is None and row.show_until > at]
    gone = released.withdrawn_at(session, site.slug)
    return [digest for digest in repository.document_digests(session, rows) if digest not in gone]


def _withdraw(session: Session, caller: Caller, site: Site, keys_dir: Path, at: datetime) -> None:
    digests = _in_force(session, site, at)
    meant = Audience(sites=(site.slug,))
    for begin in range(0, len(digests), MOST_DIGESTS):
        part = tuple(sorted(digests[begin : begin + MOST_DIGESTS]))
        said = Withdrawal(issued_at=documents.whole(at), audience=meant, withdraws=part, reason=OffReason.OTHER)
        private = _required(session, keys_dir, RoleName.APPROVER, site)
        trust.seal_by_server(
            session, said, private, at=at, made_by=caller.user_id, agency_id=site.agency_id, site_id=site.id
        )
    if digests:
        say_all(session, meant, at)


def _lift_holds(session: Session, caller: Caller, site: Site, server_key: bytes, at: datetime) -> None:
    rows = repository.held(session, site.id)
    for row in rows:
        row.lifted_at, row.lifted_by = at, caller.user_id
        session.add(row)
    session.flush()
    if rows:
        holds.tell(session, site, server_key, at, caller)


def _put_away(session: Session, caller: Caller, site: Site, at: datetime) -> None:
    """Cancel what waits for signatures; archive notices, playlists and boards; end what was planned."""
    for submission in repository.submissions(session, site.agency_id, releases.OPEN):
        releases.give_up(session, submission, at)
    for document in repository.open_documents(session, site.agency_id):
        trust.cancel(session, document, at)
    for notice in repository.notices(session, site.agency_id):
        notice.archived_at, notice.archived_by = at, caller.user_id
        _changed(session, notice, "notice")
    for playlist in repository.playlists(session, site.agency_id):
        playlist.archived_at = at
        _changed(session, playlist, "playlist")
    for entry in repository.entries(session, site):
        entry.deleted_at, entry.changed_at, entry.changed_by = at, at, caller.user_id
        _changed(session, entry, "schedule_entry")
    for urgent in repository.overrides(session, site, at):
        urgent.ended_at, urgent.ended_by = at, caller.user_id
        _changed(session, urgent, "schedule_override")
    for quiet in repository.essential_only(session, site.id, at):
        quiet.ended_at, quiet.ended_by = at, caller.user_id
        _changed(session, quiet, "essential_only")
    for board in repository.boards(session, site.id):
        board.archived_at = at
        _changed(session, board, "board")


def _close_faults(session: Session, caller: Caller, site: Site, at: datetime) -> None:
    """Acknowledge and clear alarms, end orders, swaps and what was announced. What a device still says comes anew."""
    reason = "Đặt lại điểm tập huấn"
    for order in repository.orders(session, site.id):
        orders.cancel(session, caller, order.id, reason, at, Expected(None))
    for swap in repository.swaps(session, site.id):
        swaps.give_up(session, caller, swap.id, reason, at, Expected(None))
    for alarm in repository.alarms(session, site.id):
        later = max(at, alarm.since_at)
        standing.note(session, alarm, Word.ACKNOWLEDGED, later, at, user_id=caller.user_id, text=reason)
        standing.note(session, alarm, Word.CLEARED, later, at, user_id=caller.user_id, text=reason)
    repository.end_windows(session, site.id, at)


def _changed(session: Session, row: _Kept, kind: object) -> None:
    row.rev += 1
    session.add(row)
    note_change(session, str(kind), row.id)


def _required(session: Session, keys_dir: Path, role: RoleName, site: Site) -> bytes:
    private = key_of_role(session, keys_dir, role, site.slug)
    if private is None:
        raise no_training_key(site.name)
    return private
