"""Decisions about certificates: who gets another one, and who is believed no longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from playlists.renewal import RETURN_WITHIN, return_content
from server.audit.actions import Action
from server.audit.service import audit, kiosk_actor
from server.authority.certificates import Issued
from server.authority.requests import NoRequest, has_signed, read_request
from server.authority.store import Authority
from server.changes import note_change
from server.db import Session, Wake, ring_after_commit
from server.errors import Problem, conflict, invalid
from server.fleet import repository as kiosks
from server.fleet.certificates import repository
from server.tables import Certificate, Kiosk
from server.tables.certificates import BlockReason, Occasion

ENROLMENT, ENROLLED_ANEW, REPLACED = Occasion.ENROLMENT, BlockReason.ENROLLED_ANEW, BlockReason.REPLACED
MOST_A_DAY = 10
"""A kiosk that asks for more is broken, or somebody plays with its key."""


def certificate(session: Session, serial: str) -> Certificate | None:
    """Return a certificate by its serial number."""
    return repository.certificate(session, serial)


def keep(session: Session, kiosk: Kiosk, issued: Issued, occasion: Occasion, now: datetime) -> Certificate:
    """Write down a certificate that was issued."""
    row = Certificate(
        serial=issued.serial,
        kiosk_id=kiosk.id,
        fingerprint=issued.fingerprint,
        chain_pem=issued.chain_pem,
        occasion=occasion,
        issued_at=now,
        not_before=issued.not_before,
        not_after=issued.not_after,
    )
    session.add(row)
    session.flush()
    note_change(session, "kiosk", kiosk.id)
    return row


def renew(session: Session, authority: Authority | None, kiosk: Kiosk, pem: bytes, now: datetime) -> Certificate:
    """Give a kiosk that proved who it is a certificate for a new key; the old one stays good until it ends.

    Raises:
        Problem: 409 frozen, no authority, or too many in a day; 422 no request, or the key of another certificate.
    """
    return _another(session, authority, kiosk, pem, Occasion.RENEWAL, now)


def come_back(
    session: Session, authority: Authority | None, serial: str, pem: bytes, signature: bytes, now: datetime
) -> Certificate:
    """Give a kiosk that was away for too long a new certificate: the key of its old one signed the request.

    Nobody else can have made that signature, and who repeats it gets a certificate for a key that he does not have.

    Raises:
        Problem: 403 unknown, blocked, over for too long, or not signed by its key; otherwise as for `renew`.
    """
    old = repository.certificate(session, serial)
    kiosk = kiosks.kiosk(session, old.kiosk_id, lock=True) if old is not None else None
    if (
        old is None
        or kiosk is None
        or kiosk.revoked_at is not None
        or old.blocked_at is not None
        or now - old.not_after > RETURN_WITHIN
        or not has_signed(old.chain_pem, signature, return_content(serial, pem))
    ):
        detail = "This certificate leads to no other: it is unknown, blocked, or over for too long. Enrol with a code."
        raise Problem(HTTPStatus.FORBIDDEN, "return-refused", detail)
    return _another(session, authority, kiosk, pem, Occasion.RETURN, now)


def note_used(session: Session, serial: str, now: datetime) -> None:
    """Write when a certificate was first used."""
    row = repository.certificate(session, serial, lock=True)
    if row is not None and row.first_used_at is None:
        row.first_used_at = now
        session.add(row)
        note_change(session, "kiosk", row.kiosk_id)


def block_all(session: Session, kiosk: Kiosk, reason: BlockReason, now: datetime, by: UUID | None = None) -> int:
    """Block every certificate of a kiosk; return how many were good until now."""
    blocked = 0
    for row in repository.certificates(session, kiosk.id):
        if row.blocked_at is None:
            row.blocked_at, row.blocked_reason, row.blocked_by = now, reason, by
            session.add(row)
            blocked += 1
    return blocked


def shut_out(session: Session, kiosk: Kiosk, reason: BlockReason, now: datetime, by: UUID | None = None) -> None:
    """Shut a kiosk out for good: certificates, token, password, codes, its place behind a panel, its session."""
    block_all(session, kiosk, reason, now, by)
    kiosk.session_to_end = kiosk.enrolled_at is not None
    kiosk.revoked_at = now
    kiosk.panel_id = kiosk.token_sha256 = kiosk.mqtt_password_line = kiosk.replaces_id = None
    kiosk.rev += 1
    kiosks.forget_codes(session, kiosk.id)
    session.add(kiosk)
    session.flush()
    note_change(session, "kiosk", kiosk.id)
    ring_after_commit(session, Wake.KIOSKS)


def _another(
    session: Session, authority: Authority | None, kiosk: Kiosk, pem: bytes, occasion: Occasion, now: datetime
) -> Certificate:
    if authority is None:
        raise conflict("no-authority", "This server has no certificate authority; run `bangtin ca init`.")
    if kiosk.frozen_at is not None:
        raise conflict("kiosk-frozen", "Two computers used this kiosk's code. It gets none until that is clear.")
    try:
        public_key = read_request(pem)
    except NoRequest as error:
        raise invalid("no-request", str(error)) from error
    known = repository.certificates(session, kiosk.id)
    if sum(now - row.issued_at < timedelta(days=1) for row in known) >= MOST_A_DAY:
        detail = "This kiosk has had many certificates today. Look at its log; it may ask again tomorrow."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many-certificates", detail, headers={"Retry-After": "86400"})
    issued = authority.issue_client(public_key, str(kiosk.id), now)
    same = next((row for row in known if row.fingerprint == issued.fingerprint), None)
    if same is not None and same.blocked_at is not None:
        raise invalid("known-key", "This key was blocked. A new certificate is for a new key.")
    row = keep(session, kiosk, issued, occasion, now)
    actor = kiosk_actor(kiosk.slug)
    said = {"serial": row.serial, "occasion": occasion, "not_after": row.not_after}
    audit(session, actor, Action.CERTIFICATE_ISSUED, "kiosk", kiosk.id, name=kiosk.slug, after=said)
    return row
