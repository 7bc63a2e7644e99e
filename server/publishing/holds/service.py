"""Decisions about holds: who takes a notice off the air, at which sites, and how it comes back.

A site's list names every digest that rests there; it is signed by the server's key, numbered, and said to the site's
kiosks by the commit that makes it. A kiosk cuts what it shows when a list names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from playlists.trust.statements import Hold
from playlists.wire.messages import State, TrustState
from playlists.wire.topics import Down
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.errors import forbidden, not_found
from server.mqtt.desired import alone, say
from server.publishing.holds import repository
from server.publishing.holds.refusal import held_already, list_full, not_held, not_on_air
from server.publishing.holds.repository import Behind
from server.publishing.holds.schemas import HoldAsked, HoldShown, PanelStanding
from server.tables import HoldList, KioskStatus, Notice, NoticeHold, Site, Submission
from server.tables.holds import OffReason
from server.trust import service as trust

MOST_DIGESTS = 200


def hold(
    session: Session, caller: Caller, notice_id: UUID, asked: HoldAsked, server_key: bytes, at: datetime
) -> list[NoticeHold]:
    """Take a notice off the air at sites.

    Raises:
        Problem: 404, 403; 409 it is released nowhere, it rests there already, no root is installed, a list is full.
    """
    notice = notice_of(session, caller, notice_id)
    require_hand(caller, notice)
    where = digests_by_site(session, notice.id)
    if not where:
        raise not_on_air(notice.title)
    sites = repository.sites(session, where)
    wanted = [
        site
        for site in sites.values()
        if (asked.site_ids is None or site.id in asked.site_ids) and may_hold(caller, notice, site)
    ]
    if not wanted:
        raise forbidden()
    resting = {row.site_id for row in repository.holds(session, notice_id=notice.id)}
    rows = [
        NoticeHold(
            notice_id=notice.id,
            site_id=site.id,
            digests=sorted(where[site.id]),
            reason=asked.reason,
            note=asked.note.strip(),
            held_by=caller.user_id,
            held_at=at,
        )
        for site in wanted
        if site.id not in resting
    ]
    if not rows:
        raise held_already(notice.title)
    session.add_all(rows)
    session.flush()
    for row in rows:
        row.list_seq = tell(session, sites[row.site_id], server_key, at, caller)
        session.add(row)
        session.flush()
        _noted(session, caller, Action.HOLD_SET, notice, row)
    return rows


def lift(session: Session, caller: Caller, notice_id: UUID, server_key: bytes, at: datetime) -> list[NoticeHold]:
    """Let a notice back on the air wherever the caller may.

    Raises:
        Problem: 404, 403; 409 it does not rest.
    """
    notice = notice_of(session, caller, notice_id)
    require_hand(caller, notice)
    rows = repository.holds(session, notice_id=notice.id)
    if not rows:
        raise not_held(notice.title)
    sites = repository.sites(session, {row.site_id for row in rows})
    lifted = [row for row in rows if may_hold(caller, notice, sites[row.site_id])]
    if not lifted:
        raise forbidden()
    for row in lifted:
        row.lifted_at, row.lifted_by = at, caller.user_id
        session.add(row)
        session.flush()
        tell(session, sites[row.site_id], server_key, at, caller)
        _noted(session, caller, Action.HOLD_LIFTED, notice, row)
    return lifted


def require_hand(caller: Caller, notice: Notice) -> None:
    """Let pass whoever may hold anything anywhere, and a notice's author.

    Raises:
        Problem: 403.
    """
    is_author = notice.created_by == caller.user_id and caller.may(Permission.SUBMIT)
    if not is_author and not caller.may(Permission.HOLD):
        raise forbidden()


def may_hold(caller: Caller, notice: Notice, site: Site) -> bool:
    """Tell whether somebody may take a notice off a site: author, its owner's operators, the site's duty officer."""
    own = notice.created_by == caller.user_id and caller.may(Permission.SUBMIT)
    of_owner = caller.may(Permission.HOLD, agency_id=notice.agency_id)
    return own or of_owner or caller.may(Permission.HOLD, agency_id=site.agency_id, site_id=site.id)


def tell(session: Session, site: Site, server_key: bytes, at: datetime, by: Caller) -> int:
    """Make, sign and say a site's next hold list; return its number.

    Raises:
        Problem: 409 no root is installed, or the list is full.
    """
    alone(session)
    digests = sorted({one for row in repository.holds(session, site_ids=[site.id]) for one in row.digests})
    if len(digests) > MOST_DIGESTS:
        raise list_full(site.name, MOST_DIGESTS)
    row = repository.hold_list(session, site.id) or HoldList(site_id=site.id)
    row.seq += 1
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    document = trust.seal_by_server(
        session,
        Hold(issued_at=whole, site=site.slug, seq=row.seq, holds=tuple(digests)),
        server_key,
        at=at,
        made_by=by.user_id,
        agency_id=site.agency_id,
        site_id=site.id,
    )
    row.document_id = document.id
    session.add(row)
    session.flush()
    body = document.envelope or b""
    say(session, Down.HOLD, dict.fromkeys(repository.kiosks_at(session, site.id), body), at)
    return row.seq


def digests_by_site(session: Session, notice_id: UUID) -> dict[UUID, set[str]]:
    """Return the released segments of a notice, by the sites for which they were released."""
    found: dict[UUID, set[str]] = {}
    parts = repository.released(session, notice_id)
    panels = {
        row.id: row for row in repository.panels(session, _named({one.submission.id: one.submission for one in parts}))
    }
    for submission, sha256 in parts:
        at_panels = {panels[UUID(one)].site_id for one in submission.panels if UUID(one) in panels}
        for site_id in {UUID(one) for one in submission.sites} | at_panels:
            found.setdefault(site_id, set()).add(sha256)
    return found


def shown(session: Session, rows: Sequence[NoticeHold]) -> list[HoldShown]:
    """Return the API's picture of holds."""
    titles = repository.titles(session, {row.notice_id for row in rows})
    sites = repository.sites(session, {row.site_id for row in rows})
    people = repository.people(session, {one for row in rows for one in (row.held_by, row.lifted_by)})
    behind: dict[UUID, list[Behind]] = {}
    for one in repository.panels_at(session, {row.site_id for row in rows if row.lifted_at is None}):
        behind.setdefault(one.site.id, []).append(one)
    return [
        HoldShown(
            id=row.id,
            notice_id=row.notice_id,
            title=titles[row.notice_id],
            site_id=row.site_id,
            site_name=sites[row.site_id].name,
            reason=OffReason(row.reason),
            note=row.note,
            held_by=people.get(row.held_by, ""),
            held_at=row.held_at,
            lifted_by=people.get(row.lifted_by) if row.lifted_by is not None else None,
            lifted_at=row.lifted_at,
            panels=[standing(one, heard(one.status, row)) for one in behind.get(row.site_id, [])]
            if row.lifted_at is None
            else [],
        )
        for row in rows
    ]


def standing(behind: Behind, has_heard: bool) -> PanelStanding:
    """Return a panel and whether its kiosk has heard."""
    status = behind.status
    return PanelStanding(
        panel_id=behind.panel.id,
        name=behind.panel.name,
        site_name=behind.site.name,
        heard=has_heard,
        online=status is not None and status.online,
        since_at=status.heard_at if status is not None else None,
    )


def heard(status: KioskStatus | None, row: NoticeHold) -> bool:
    """Tell whether a kiosk said that it has the list that named a hold, or a later one."""
    said = trust_state(status)
    return said is not None and said.hold_seq >= row.list_seq


def trust_state(status: KioskStatus | None) -> TrustState | None:
    """Return what a kiosk last said about signed documents."""
    if status is None or not status.state:
        return None
    try:
        return State.model_validate(status.state).trust
    except ValidationError:
        return None


def notice_of(session: Session, caller: Caller, notice_id: UUID) -> Notice:
    """Return a notice of an agency that the caller sees, or one that is released for a site that they see.

    Raises:
        Problem: 404.
    """
    notice = repository.notice(session, notice_id)
    if notice is None:
        raise not_found("notice")
    caller.require(Permission.SEE)
    if not caller.sees(notice.agency_id):
        sites = repository.sites(session, digests_by_site(session, notice.id))
        if not any(caller.sees(site.agency_id, site.id) for site in sites.values()):
            raise not_found("notice")
    return notice


def _named(submissions: Mapping[UUID, Submission]) -> Iterable[UUID]:
    return {UUID(one) for row in submissions.values() for one in row.panels}


def _noted(session: Session, caller: Caller, action: Action, notice: Notice, row: NoticeHold) -> None:
    note_change(session, "hold", row.id)
    note_change(session, "notice", notice.id)
    audit(
        session,
        caller,
        action,
        "notice",
        notice.id,
        name=notice.title,
        agency_id=notice.agency_id,
        after={"site_id": str(row.site_id), "reason": row.reason, "note": row.note, "list": row.list_seq},
    )
