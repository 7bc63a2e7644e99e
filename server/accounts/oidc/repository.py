"""Queries on accounts at an OpenID provider."""

from __future__ import annotations

from sqlmodel import Session, col, select

from server.tables import OutsideAccount, User


def by_subject(session: Session, issuer: str, subject: str) -> tuple[OutsideAccount, User] | None:
    """Return the person whom a provider's name for somebody belongs to."""
    statement = select(OutsideAccount, User).join(User, col(User.id) == col(OutsideAccount.user_id))
    return session.exec(statement.where(OutsideAccount.issuer == issuer, OutsideAccount.subject == subject)).first()
