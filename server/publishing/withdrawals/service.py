"""Decisions about withdrawals: anybody who may hold asks, one approver signs, and nothing brings it back.

What an approver signed is said to every kiosk of its audience by the commit that takes the signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playlists.trust.envelope import Signature
from playlists.trust.shape import Audience, PanelAt, Reader
from playlists.trust.statements import Withdrawal
from playlists.wire.messages import Withdrawals
from playlists.wire.topics import Down
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session, new_id
from server.errors import forbidden, not_found
from server.mqtt.desired import alone, say
from server.publishing.holds import repository as holds
from server.publishing.holds.refusal import not_on_air
from server.publishing.holds.schemas import PanelStanding
from server.publishing.holds.service import (
    digests_by_site,
    may_hold,
    notice_of,
    require_hand,
    standing,
    trust_state,
)
from server.publishing.withdrawals import repository
from server.publishing.withdrawals.refusal import too_much, withdrawn_already
from server.publishing.withdrawals.schemas import WithdrawalAsked, WithdrawalShown
from server.tables import NoticeWithdrawal, Panel, SignedDocument
from server.tables.holds import OffReason
from server.tables.trust import DocumentState
from server.trust import repository as documents
from server.trust import service as trust

MOST_DIGESTS = 200
MOST_SAID = 16
_NOBODY = UUID(int=0)


def ask(session: Session, caller: Caller, notice_id: UUID, asked: WithdrawalAsked, at: datetime) -> NoticeWithdrawal:
    """Fix what is withdrawn of a notice, for an approver to sign.

    Raises:
        Problem: 404, 403; 409 it is released nowhere, withdrawn already, in too many pieces, or no root is installed.
    """
    notice = notice_of(session, caller, notice_id)
    require_hand(caller, notice)
    where = digests_by_site(session, notice.id)
    if not where:
        raise not_on_air(notice.title)
    sites = holds.sites(session, where)
    may = caller.may(Permission.APPROVE, agency_id=notice.agency_id)
    if not may and not any(may_hold(caller, notice, site) for site in sites.values()):
        raise forbidden()
    gone = {one for row in _sealed_of(session, notice.id) for one in _read(row).withdraws}
    digests = {one for found in where.values() for one in found} - gone
    if not digests or any(row.withdrawn_at is None for row in repository.of_notice(session, notice.id)):
        raise withdrawn_already(notice.title)
    if len(digests) > MOST_DIGESTS:
        raise too_much(notice.title, MOST_DIGESTS)
    row = NoticeWithdrawal(
        id=new_id(),
        notice_id=notice.id,
        agency_id=notice.agency_id,
        document_id=new_id(),
        reason=asked.reason,
        note=asked.note.strip(),
        asked_by=caller.user_id,
        asked_at=at,
    )
    document = trust.open_document(
        session,
        Withdrawal(
            issued_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
            audience=_audience(session, notice.id),
            withdraws=tuple(sorted(digests)),
            reason=asked.reason,
        ),
        made_by=caller.user_id,
        at=at,
        agency_id=notice.agency_id,
        sign_path=f"/api/v1/withdrawals/{row.id}/signatures",
    )
    row.document_id = document.id
    session.add(row)
    session.flush()
    note_change(session, "notice", notice.id)
    audit(
        session,
        caller,
        Action.DOCUMENT_OPENED,
        "withdrawal",
        row.id,
        name=notice.title,
        agency_id=notice.agency_id,
        digest=document.digest,
        after={"reason": row.reason, "note": row.note},
    )
    return row


def withdrawal_of(session: Session, caller: Caller, withdrawal_id: UUID, *, lock: bool = False) -> NoticeWithdrawal:
    """Return a withdrawal of an agency that the caller sees, or one that asks for their signature.

    Raises:
        Problem: 404.
    """
    row = repository.withdrawal(session, withdrawal_id, lock=lock)
    if row is None:
        raise not_found("withdrawal")
    if not caller.sees(row.agency_id):
        trust.document_of(session, caller, row.document_id)
    caller.require(Permission.SEE)
    return row


def sign(session: Session, caller: Caller, row: NoticeWithdrawal, signature: Signature, at: datetime) -> bool:
    """Take an approver's signature; with it the notice is withdrawn for ever. Tells whether it is.

    Raises:
        Problem: as `server.trust.service.add_signature`.
    """
    document = trust.add_signature(session, caller, _document(session, row), signature, at)
    if document.state != DocumentState.SEALED:
        return False
    row.withdrawn_at = at
    session.add(row)
    session.flush()
    say_all(session, _read(document).audience, at)
    titles = holds.titles(session, [row.notice_id])
    note_change(session, "notice", row.notice_id)
    audit(
        session,
        caller,
        Action.WITHDRAWAL_MADE,
        "notice",
        row.notice_id,
        name=titles.get(row.notice_id, ""),
        agency_id=row.agency_id,
        digest=document.digest,
        after={"reason": row.reason, "note": row.note},
    )
    return True


def say_all(session: Session, audience: Audience, at: datetime) -> int:
    """Say the newest withdrawals to every kiosk of an audience; return to how many."""
    alone(session)
    signed = [(row.envelope, _read(row).audience) for row in repository.sealed(session) if row.envelope is not None]
    bodies: dict[UUID, bytes] = {}
    for place in repository.places(session):
        reader = Reader(place.kiosk_id, place.panel_id, place.site)
        if not audience.includes(reader):
            continue
        mine = [envelope.decode() for envelope, meant in signed if meant.includes(reader)][:MOST_SAID]
        message = Withdrawals(id=new_id(), at=at, envelopes=tuple(mine))
        bodies[place.kiosk_id] = message.model_dump_json(exclude_none=True).encode()
    return say(session, Down.WITHDRAWAL, bodies, at)


def shown(session: Session, rows: Sequence[NoticeWithdrawal]) -> list[WithdrawalShown]:
    """Return the API's picture of withdrawals."""
    titles = holds.titles(session, {row.notice_id for row in rows})
    people = holds.people(session, {row.asked_by for row in rows})
    found = repository.documents(session, {row.document_id for row in rows})
    return [
        WithdrawalShown(
            id=row.id,
            notice_id=row.notice_id,
            title=titles.get(row.notice_id, ""),
            reason=OffReason(row.reason),
            note=row.note,
            asked_by=people.get(row.asked_by, ""),
            asked_at=row.asked_at,
            withdrawn_at=row.withdrawn_at,
            signed_by=[one.holder for one in documents.signatures(session, row.document_id)],
            document_id=row.document_id,
            digests=len(_read(found[row.document_id]).withdraws),
            panels=_panels(session, found[row.document_id]) if row.withdrawn_at is not None else [],
        )
        for row in rows
    ]


def _panels(session: Session, document: SignedDocument) -> list[PanelStanding]:
    """Return the panels that a withdrawal is for. One has heard when it knows as many digests as concern it."""
    audience = _read(document).audience
    signed = [_read(row) for row in repository.sealed(session)]
    found = []
    sites = repository.site_by_slug(session, {*audience.sites, *(one.site for one in audience.panels)})
    for behind in holds.panels_at(session, [site.id for site in sites.values()]):
        reader = Reader(_NOBODY, behind.panel.id, behind.site.slug)
        if not audience.includes(reader):
            continue
        known = len({digest for one in signed if one.audience.includes(reader) for digest in one.withdraws})
        said = trust_state(behind.status)
        found.append(standing(behind, said is not None and said.withdrawn >= known))
    return found


def _audience(session: Session, notice_id: UUID) -> Audience:
    submissions = {one.submission.id: one.submission for one in holds.released(session, notice_id)}.values()
    whole = holds.sites(session, {UUID(one) for row in submissions for one in row.sites})
    named = holds.panels(session, {UUID(one) for row in submissions for one in row.panels})
    beside = holds.sites(session, {panel.site_id for panel in named})
    return Audience(
        sites=tuple(sorted(site.slug for site in whole.values())),
        panels=tuple(
            PanelAt(site=beside[panel.site_id].slug, panel=panel.id) for panel in named if panel.site_id not in whole
        ),
    )


def _sealed_of(session: Session, notice_id: UUID) -> list[SignedDocument]:
    rows = [row for row in repository.of_notice(session, notice_id) if row.withdrawn_at is not None]
    return list(repository.documents(session, {row.document_id for row in rows}).values())


def _document(session: Session, row: NoticeWithdrawal) -> SignedDocument:
    return repository.documents(session, [row.document_id])[row.document_id]


def _read(row: SignedDocument) -> Withdrawal:
    return Withdrawal.read(row.payload)


def panels_of(session: Session, row: NoticeWithdrawal) -> list[Panel]:
    """Return the panels that a withdrawal is for."""
    audience = _read(_document(session, row)).audience
    sites = repository.site_by_slug(session, {*audience.sites, *(one.site for one in audience.panels)})
    found = holds.panels_at(session, [site.id for site in sites.values()])
    return [one.panel for one in found if audience.includes(Reader(_NOBODY, one.panel.id, one.site.slug))]
