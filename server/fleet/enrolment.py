"""Enrolment: a one-time code makes a computer the kiosk that it was made for. Opens its own short transactions.

A wrong try is written down before it is answered, therefore decisions here end as values and are raised afterwards.
The first key that proves to know a code is bound to it; a second one freezes the kiosk. With certificates a person
compares six words before the kiosk gets one, and the code never travels.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from playlists import enrolment as protocol
from playlists.ids import sha256_hex
from server.audit.actions import Action
from server.audit.service import SERVER, audit
from server.authority.requests import NoRequest, fingerprint_of, read_request
from server.changes import note_change
from server.db import Session, Wake, ring_after_commit
from server.errors import Problem, conflict, invalid
from server.fleet import codes, refusal, repository
from server.fleet.certificates import service as certificates
from server.mqtt.passwords import password_line
from server.parts import Parts
from server.settings import Identity
from server.tables import Certificate, EnrolmentCode, Kiosk
from server.throttle import FREE_TRIES, Tally

VALID_FOR = timedelta(minutes=60)
EVERYBODY = Tally("enrol", 200)
"""All wrong tries together: guessing from many addresses is slowed down too."""


@dataclass(frozen=True)
class NewCode:
    """A code, shown once, and when it ends."""

    code: str
    row: EnrolmentCode


@dataclass(frozen=True)
class Request:
    """What a computer sends to become a kiosk: its certificate request (PEM), a nonce, and the code's MAC of both."""

    pem: bytes
    nonce: bytes
    mac: str
    agent: str
    simulated: bool = False


@dataclass(frozen=True)
class Enrolled:
    """A kiosk and what only it gets: token and password, or the certificate."""

    kiosk: Kiosk
    token: str | None = None
    mqtt_password: str | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True)
class Answered:
    """What became of a request: enrolled, or (None) waiting for a person; and the key for the answer's MAC."""

    enrolled: Enrolled | None
    key: bytes


def make_code(session: Session, parts: Parts, kiosk: Kiosk) -> NewCode:
    """Make a kiosk's code; an older one of it is void. An enrolled kiosk gets new secrets with it.

    Raises:
        Problem: 409 when the kiosk was revoked.
    """
    if kiosk.revoked_at is not None:
        raise conflict("kiosk-revoked", f"{kiosk.slug} was revoked; make a new kiosk for the panel.")
    now = parts.clock()
    repository.forget_codes(session, kiosk.id)
    repository.forget_old_codes(session, now)
    code = codes.new_code()
    row = EnrolmentCode(kiosk_id=kiosk.id, code_hash=codes.hash_code(code), created_at=now, expires_at=now + VALID_FOR)
    session.add(row)
    session.flush()
    note_change(session, "kiosk", kiosk.id)
    return NewCode(codes.shown(code), row)


def enrol(parts: Parts, text: str, address: str, *, simulated: bool = False) -> Enrolled:
    """Turn a code that was said into a kiosk's token and password; not with certificates, where none is ever said.

    Raises:
        Problem: 403 the code is wrong, used, void or over; 409 not this way, or a training site and not `simulated`;
            429 too many tries.
    """
    if parts.settings.kiosk_identity is Identity.CERTIFICATE:
        raise conflict("certificate-needed", "This server enrols kiosks by certificate. Update this kiosk's program.")
    tallies = _tallies(address)
    parts.throttle.check(*tallies)
    code_hash = codes.hash_typed(text)
    with parts.db.read() as session:
        row = repository.code_by_hash(session, code_hash, parts.clock()) if code_hash is not None else None
    if row is None or row.used_at is not None or row.fingerprint is not None:
        parts.throttle.failed(*tallies)
        raise refusal.code_refused()
    with parts.db.write() as session:
        locked = repository.code(session, row.id)
        enrolled = _take_with_secrets(session, parts, locked, simulated=simulated) if locked is not None else None
    if enrolled is None:
        raise refusal.code_refused()
    if isinstance(enrolled, Problem):
        raise enrolled
    return enrolled


def ask(parts: Parts, request: Request, address: str) -> Answered:
    """Take a computer's request; it asks again and again until a person has said yes.

    Raises:
        Problem: 403 the code is wrong, used, void, over, or a person said no; 409 another key used it; 422 no request;
            429 too many tries.
    """
    tallies = _tallies(address)
    parts.throttle.check(*tallies)
    try:
        public_key = read_request(request.pem)
    except NoRequest as error:
        raise invalid("no-request", str(error)) from error
    found = _by_mac(parts, request)
    if found is None:
        parts.throttle.failed(*tallies)
        raise refusal.code_refused()
    with parts.db.write() as session:
        outcome = _decide(session, parts, found, public_key, request, address)
    if isinstance(outcome, Problem):
        raise outcome
    return Answered(outcome, bytes.fromhex(found.code_hash))


def accept(session: Session, parts: Parts, kiosk: Kiosk, fingerprint: str) -> Certificate:
    """A person has compared the words: the computer with this key becomes the kiosk.

    Raises:
        Problem: 409 nobody waits, another key than the compared one does, or the code was used twice.
    """
    row = waiting(session, parts, kiosk, fingerprint)
    if parts.authority is None or row.public_key is None:
        raise conflict("no-authority", "This server has no certificate authority; run `bangtin ca init`.")
    now = parts.clock()
    issued = parts.authority.issue_client(row.public_key, str(kiosk.id), now)
    certificates.block_all(session, kiosk, certificates.ENROLLED_ANEW, now)
    certificate = certificates.keep(session, kiosk, issued, certificates.ENROLMENT, now)
    kiosk.token_sha256 = kiosk.mqtt_password_line = None
    row.used_at, row.serial = now, certificate.serial
    session.add(row)
    kiosk.simulated = row.simulated
    _become(session, kiosk, now)
    return certificate


def refuse(session: Session, parts: Parts, kiosk: Kiosk, fingerprint: str) -> None:
    """A person has compared the words, and they differ: the code is void.

    Raises:
        Problem: 409 as for accepting.
    """
    row = waiting(session, parts, kiosk, fingerprint)
    row.refused_at = parts.clock()
    session.add(row)
    note_change(session, "kiosk", kiosk.id)


def waiting(session: Session, parts: Parts, kiosk: Kiosk, fingerprint: str) -> EnrolmentCode:
    """Return the code with which a computer waits for a person's yes.

    Raises:
        Problem: 409 nobody waits, another key than the given one does, or the code was used twice.
    """
    row = repository.code_of_kiosk(session, kiosk.id, parts.clock())
    if kiosk.frozen_at is not None or (row is not None and row.frozen_at is not None):
        raise refusal.code_used_twice()
    if row is None or row.fingerprint is None or row.used_at is not None or row.refused_at is not None:
        raise conflict("nobody-waits", "No computer waits to become this kiosk. Type a new code on it.")
    if row.fingerprint != fingerprint:
        raise conflict("another-key", "Another computer waits than the one you looked at. Reload, and compare again.")
    return row


def _tallies(address: str) -> tuple[Tally, Tally]:
    return Tally(f"enrol:{address}", FREE_TRIES), EVERYBODY


def _by_mac(parts: Parts, request: Request) -> EnrolmentCode | None:
    with parts.db.read() as session:
        rows = repository.codes_in_force(session, parts.clock())
    for row in rows:
        right = protocol.request_mac(bytes.fromhex(row.code_hash), request.nonce, request.pem)
        if protocol.is_same(request.mac, right):
            return row
    return None


def _decide(
    session: Session, parts: Parts, found: EnrolmentCode, public_key: bytes, request: Request, address: str
) -> Enrolled | Problem | None:
    row, now = repository.code(session, found.id), parts.clock()
    kiosk = repository.kiosk(session, found.kiosk_id, lock=True)
    if row is None or kiosk is None or kiosk.revoked_at is not None or row.refused_at is not None:
        return refusal.code_refused()
    fingerprint = fingerprint_of(public_key)
    if row.fingerprint is not None and row.fingerprint != fingerprint:
        _freeze(session, row, kiosk, now)
        return refusal.code_used_twice()
    if row.frozen_at is not None:
        return refusal.code_used_twice()
    if not request.simulated and repository.is_for_training(session, kiosk):
        return refusal.simulated_only()
    if row.fingerprint is None:
        row.simulated = request.simulated
        row.fingerprint, row.public_key = fingerprint, public_key
        row.address, row.agent, row.asked_at = address[:64], request.agent, now
        session.add(row)
        note_change(session, "kiosk", kiosk.id)
    if parts.settings.kiosk_identity is Identity.TOKEN:
        return _take_with_secrets(session, parts, row, simulated=request.simulated) or refusal.code_refused()
    if row.serial is None:
        return None
    certificate = certificates.certificate(session, row.serial)
    return Enrolled(kiosk, certificate=certificate) if certificate is not None else refusal.code_refused()


def _freeze(session: Session, row: EnrolmentCode, kiosk: Kiosk, now: datetime) -> None:
    if row.frozen_at is None:
        row.frozen_at = kiosk.frozen_at = now
        kiosk.rev += 1
        session.add(row)
        session.add(kiosk)
        note_change(session, "kiosk", kiosk.id)
        audit(session, SERVER, Action.KIOSK_CODE_USED_TWICE, "kiosk", kiosk.id, name=kiosk.slug)
        ring_after_commit(session, Wake.KIOSKS)


def _take_with_secrets(
    session: Session, parts: Parts, row: EnrolmentCode, *, simulated: bool
) -> Enrolled | Problem | None:
    kiosk = repository.kiosk(session, row.kiosk_id, lock=True)
    if row.used_at is not None or kiosk is None or kiosk.revoked_at is not None:
        return None
    if not simulated and repository.is_for_training(session, kiosk):
        return refusal.simulated_only()
    row.simulated = simulated
    token, password, now = secrets.token_hex(32), secrets.token_hex(32), parts.clock()
    row.used_at = now
    session.add(row)
    kiosk.token_sha256 = sha256_hex(token.encode())
    kiosk.mqtt_password_line = password_line(str(kiosk.id), password)
    certificates.block_all(session, kiosk, certificates.ENROLLED_ANEW, now)
    kiosk.simulated = simulated
    _become(session, kiosk, now)
    return Enrolled(kiosk, token, password)


def _become(session: Session, kiosk: Kiosk, now: datetime) -> None:
    """Let a kiosk in; one that replaces another takes over its panel, and the other one is shut out."""
    old = repository.kiosk(session, kiosk.replaces_id, lock=True) if kiosk.replaces_id is not None else None
    if old is not None and old.panel_id is not None:
        panel_id = old.panel_id
        certificates.shut_out(session, old, certificates.REPLACED, now)
        session.flush()
        kiosk.panel_id = panel_id
        note_change(session, "panel", panel_id)
    kiosk.replaces_id = kiosk.frozen_at = None
    kiosk.enrolled_at = now
    kiosk.rev += 1
    session.add(kiosk)
    session.flush()
    note_change(session, "kiosk", kiosk.id)
    ring_after_commit(session, Wake.KIOSKS)
