"""Queries on passkeys, authenticator apps, recovery codes, known devices and used tickets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from server.accounts.factors.rules import Held
from server.tables import DeviceCode, KnownDevice, LoginSession, Passkey, RecoveryCode, SpentTicket, TotpSecret


def held(session: Session, user_id: UUID) -> Held:
    """Return what a person has enrolled."""
    app = totp(session, user_id)
    codes = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return Held(
        passkeys=session.exec(select(func.count()).select_from(Passkey).where(Passkey.user_id == user_id)).one(),
        has_totp=app is not None and app.confirmed_at is not None,
        recovery_codes=session.exec(codes).one(),
    )


def passkeys(session: Session, user_id: UUID) -> list[Passkey]:
    """Return a person's passkeys, oldest first."""
    return list(session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.id))))


def passkey(session: Session, user_id: UUID, passkey_id: UUID) -> Passkey | None:
    """Return one of a person's passkeys."""
    return session.exec(select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)).first()


def passkey_by_credential(session: Session, credential_id: str) -> Passkey | None:
    """Return the passkey of a credential; its row stays with us until the transaction ends."""
    return session.exec(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()).first()


def totp(session: Session, user_id: UUID, *, lock: bool = False) -> TotpSecret | None:
    """Return a person's authenticator app, confirmed or not."""
    statement = select(TotpSecret).where(TotpSecret.user_id == user_id)
    return session.exec(statement.with_for_update() if lock else statement).first()


def spend_recovery_code(session: Session, user_id: UUID, code_sha256: str) -> bool:
    """Take a recovery code away; tell whether it was there."""
    statement = delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id)
    return session.exec(statement.where(col(RecoveryCode.code_sha256) == code_sha256)).rowcount == 1


def replace_recovery_codes(session: Session, user_id: UUID, digests: Iterable[str]) -> None:
    """Put new recovery codes in place of a person's old ones."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.add_all([RecoveryCode(user_id=user_id, code_sha256=one) for one in digests])
    session.flush()


def device(session: Session, user_id: UUID, token_sha256: str, now: datetime) -> KnownDevice | None:
    """Return the known device of a cookie, if it is this person's and was used lately."""
    statement = select(KnownDevice).where(KnownDevice.token_sha256 == token_sha256, KnownDevice.user_id == user_id)
    return session.exec(statement.where(col(KnownDevice.expires_at) > now)).first()


def devices(session: Session, user_id: UUID, now: datetime) -> list[KnownDevice]:
    """Return a person's known devices, the latest used first."""
    statement = select(KnownDevice).where(KnownDevice.user_id == user_id, col(KnownDevice.expires_at) > now)
    return list(session.exec(statement.order_by(col(KnownDevice.last_used_at).desc(), col(KnownDevice.id).desc())))


def forget_devices(session: Session, user_id: UUID, device_id: UUID | None = None) -> int:
    """Forget one of a person's devices, or all; return how many there were."""
    statement = delete(KnownDevice).where(col(KnownDevice.user_id) == user_id)
    if device_id is not None:
        statement = statement.where(col(KnownDevice.id) == device_id)
    return int(session.exec(statement).rowcount)


def replace_device_code(session: Session, user_id: UUID, code_sha256: str, expires_at: datetime) -> None:
    """Put a new code for another device in place of a person's old one."""
    session.exec(delete(DeviceCode).where(col(DeviceCode.user_id) == user_id))
    session.add(DeviceCode(user_id=user_id, code_sha256=code_sha256, expires_at=expires_at))
    session.flush()


def spend_device_code(session: Session, user_id: UUID, code_sha256: str, now: datetime) -> bool:
    """Take a code for another device away; tell whether it was there and still good."""
    statement = delete(DeviceCode).where(col(DeviceCode.user_id) == user_id, col(DeviceCode.expires_at) > now)
    return session.exec(statement.where(col(DeviceCode.code_sha256) == code_sha256)).rowcount == 1


def spend_ticket(session: Session, digest: str, expires_at: datetime, now: datetime) -> bool:
    """Note that a ticket was used; False when it was before."""
    session.exec(delete(SpentTicket).where(col(SpentTicket.expires_at) < now))
    if session.get(SpentTicket, digest) is not None:
        return False
    session.add(SpentTicket(digest=digest, expires_at=expires_at))
    session.flush()
    return True


def forget_everything(session: Session, user_id: UUID) -> None:
    """Forget every authenticator, code and known device of a person."""
    for table in (Passkey, TotpSecret, RecoveryCode, KnownDevice, DeviceCode):
        session.exec(delete(table).where(col(table.user_id) == user_id))


def end_enrolling(session: Session, user_id: UUID, *, except_for: UUID) -> None:
    """End a person's other logins that wait for a first factor."""
    statement = delete(LoginSession).where(col(LoginSession.user_id) == user_id, col(LoginSession.is_enrolling))
    session.exec(statement.where(col(LoginSession.id) != except_for))
