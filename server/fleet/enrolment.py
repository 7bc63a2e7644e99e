"""Enrolment: a one-time code makes a computer the kiosk that it was made for. Opens its own short transactions.

A wrong try is written down before it is answered, therefore decisions here end as values and are raised afterwards.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from playlists.ids import sha256_hex
from server.changes import note_change
from server.db import Session, Wake, ring_after_commit
from server.errors import Problem, conflict
from server.fleet import codes, repository
from server.mqtt.passwords import password_line
from server.parts import Parts
from server.tables import EnrolmentCode, Kiosk
from server.throttle import FREE_TRIES_OF_AN_ADDRESS, Tally

VALID_FOR = timedelta(minutes=60)
MOST_TRIES = 5


@dataclass(frozen=True)
class NewCode:
    """A code, shown once, and when it ends."""

    code: str
    row: EnrolmentCode


@dataclass(frozen=True)
class Enrolled:
    """A kiosk and its secrets, known to it only."""

    kiosk: Kiosk
    token: str
    mqtt_password: str


def make_code(session: Session, parts: Parts, kiosk: Kiosk) -> NewCode:
    """Make a kiosk's code; an older one of it is void. An enrolled kiosk gets new secrets with it.

    Raises:
        Problem: 409 when the kiosk was revoked.
    """
    if kiosk.revoked_at is not None:
        raise conflict("kiosk-revoked", f"{kiosk.slug} was revoked; make a new kiosk for the panel.")
    now = parts.clock()
    repository.forget_codes(session, kiosk.id)
    taken = {row.code_hash[: codes.FINDER] for row in repository.live_codes(session, now)}
    code = next(code for code in iter(codes.new_code, "") if code[: codes.FINDER] not in taken)
    row = EnrolmentCode(kiosk_id=kiosk.id, code_hash=codes.hash_code(code), created_at=now, expires_at=now + VALID_FOR)
    session.add(row)
    session.flush()
    return NewCode(codes.shown(code), row)


def enrol(parts: Parts, text: str, address: str) -> Enrolled:
    """Turn a code into a kiosk's secrets.

    Raises:
        Problem: 403 the code is wrong, used, void or over; 429 too many tries.
    """
    tally = Tally(f"enrol:{address}", FREE_TRIES_OF_AN_ADDRESS)
    parts.throttle.check(tally)
    code = codes.read(text)
    row = _find(parts, code) if code is not None else None
    if code is None or row is None:
        parts.throttle.failed(tally)
        raise _refused()
    if row.failed_tries >= MOST_TRIES:
        raise _blocked()
    if not codes.matches(code, row.code_hash):
        parts.throttle.failed(tally)
        raise _blocked() if _count_failure(parts, row) >= MOST_TRIES else _refused()
    enrolled = _take(parts, row)
    if enrolled is None:
        raise _refused()
    return enrolled


def _find(parts: Parts, code: str) -> EnrolmentCode | None:
    with parts.db.read() as session:
        rows = repository.live_codes(session, parts.clock())
    return next((row for row in rows if codes.may_be(code, row.code_hash)), None)


def _count_failure(parts: Parts, found: EnrolmentCode) -> int:
    with parts.db.write() as session:
        row = repository.code(session, found.id)
        if row is None:
            return MOST_TRIES
        row.failed_tries += 1
        session.add(row)
        return row.failed_tries


def _take(parts: Parts, found: EnrolmentCode) -> Enrolled | None:
    token, password, now = secrets.token_hex(32), secrets.token_hex(32), parts.clock()
    with parts.db.write() as session:
        row = repository.code(session, found.id)
        kiosk = repository.kiosk(session, found.kiosk_id, lock=True)
        if row is None or row.used_at is not None or kiosk is None or kiosk.revoked_at is not None:
            return None
        if row.failed_tries >= MOST_TRIES:
            return None
        row.used_at = now
        kiosk.enrolled_at = now
        kiosk.token_sha256 = sha256_hex(token.encode())
        kiosk.mqtt_password_line = password_line(str(kiosk.id), password)
        kiosk.rev += 1
        session.add(row)
        session.add(kiosk)
        session.flush()
        note_change(session, "kiosk", kiosk.id)
        ring_after_commit(session, Wake.KIOSKS)
    return Enrolled(kiosk, token, password)


def _refused() -> Problem:
    detail = "This code is wrong, used or too old. Ask for a new one in the console; it is valid for 60 minutes."
    return Problem(HTTPStatus.FORBIDDEN, "code-refused", detail)


def _blocked() -> Problem:
    detail = "This code is blocked after five wrong tries. Ask for a new one in the console."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "code-blocked", detail, headers={"Retry-After": "3600"})
