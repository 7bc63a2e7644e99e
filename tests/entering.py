"""Ways into a server for tests: an enrolled authenticator app, its codes, and a login that gave its second factor."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import select

from server.accounts.factors import sealing, totp
from server.accounts.passwords import new_token, token_sha256
from server.db import Database, Session, now
from server.tables import LoginSession, TotpSecret


def enrol_app(session: Session, server_key: bytes, user_id: UUID) -> str:
    """Enrol an authenticator app for a person, as a code of it would, and return its secret."""
    secret = totp.new_secret()
    sealed = sealing.seal(server_key, secret)
    session.add(TotpSecret(user_id=user_id, sealed=sealed, confirmed_at=now()))
    session.flush()
    return secret


def code_of(database: Database, secret: str, user_id: UUID) -> str:
    """Return a code of an app that the server will take, even when one of these 30 seconds was taken before."""
    with database.write() as session:
        row = session.exec(select(TotpSecret).where(TotpSecret.user_id == user_id)).one()
        row.last_step = 0
        session.add(row)
    return totp.code_at(secret, now())


def open_login(session: Session, user_id: UUID) -> str:
    """Open a login whose second factor was given just now, and return its token."""
    token = new_token()
    session.add(
        LoginSession(
            user_id=user_id,
            token_sha256=token_sha256(token),
            factor_at=now(),
            agent="tests",
            address="127.0.0.1",
            last_seen_at=now(),
            expires_at=now() + timedelta(hours=12),
        )
    )
    session.flush()
    return token
