"""Resets: two administrators who are not the person. One alone can take nobody's account over."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from server.accounts import service
from server.accounts.invitations.schemas import InvitationMade
from server.accounts.invitations.service import make_link
from server.accounts.permissions import Caller
from server.accounts.resets import repository
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.errors import Problem, conflict, not_found
from server.parts import Parts
from server.tables import ResetRequest, User


def ask(session: Session, parts: Parts, caller: Caller, user_id: UUID, reason: str) -> tuple[ResetRequest, User]:
    """Ask that a person may begin anew; nothing changes until another administrator confirms.

    Raises:
        Problem: 404, 403; 409 one waits already, or it is one's own account.
    """
    user, now = service.user_for(session, caller, user_id, lock=True), parts.clock()
    if user.id == caller.user_id:
        raise conflict("own-reset", "Nobody resets their own account; ask another administrator to begin it.")
    if repository.waiting_for(session, user.id, now) is not None:
        raise conflict("reset-waits", f"A reset of {user.display_name} waits already; another one confirms it.")
    row = ResetRequest(
        user_id=user.id,
        reason=reason.strip(),
        asked_by=caller.user_id,
        created_at=now,
        expires_at=now + timedelta(hours=parts.settings.invitation_hours),
    )
    session.add(row)
    session.flush()
    after = {"reason": row.reason}
    audit(
        session,
        caller,
        Action.RESET_ASKED,
        "person",
        user.id,
        name=user.username,
        agency_id=user.agency_id,
        after=after,
    )
    return row, user


def confirm(session: Session, parts: Parts, caller: Caller, request_id: UUID, address: str) -> InvitationMade:
    """Confirm what another administrator asked; returns the link, which forgets password and factors when taken.

    Raises:
        Problem: 404; 403 for who asked and for the person themselves; 409 decided or over.
    """
    row, user = _waiting(session, caller, request_id, parts.clock())
    if caller.user_id in (row.asked_by, user.id):
        detail = "Whoever asked for a reset, or gets it, cannot confirm it. Another administrator has to."
        raise Problem(HTTPStatus.FORBIDDEN, "two-administrators", detail)
    _decide(session, row, caller, parts.clock(), was_confirmed=True)
    audit(session, caller, Action.RESET_AGREED, "person", user.id, name=user.username, agency_id=user.agency_id)
    return make_link(session, parts.settings, user, caller, parts.clock(), address, is_reset=True)


def refuse(session: Session, parts: Parts, caller: Caller, request_id: UUID) -> None:
    """Let nothing come of a reset; whoever asked takes it back so, too.

    Raises:
        Problem: 404, 403; 409 decided or over.
    """
    row, user = _waiting(session, caller, request_id, parts.clock())
    _decide(session, row, caller, parts.clock(), was_confirmed=False)
    after = {"reset": "refused"}
    audit(session, caller, Action.PERSON_CHANGED, "person", user.id, name=user.username, after=after)


def _waiting(session: Session, caller: Caller, request_id: UUID, now: datetime) -> tuple[ResetRequest, User]:
    row = repository.request(session, request_id)
    if row is None:
        raise not_found("reset")
    user = service.user_for(session, caller, row.user_id)
    if row.decided_at is not None or now >= row.expires_at:
        raise conflict("reset-over", "This reset is decided or over; ask anew if it is still needed.")
    return row, user


def _decide(session: Session, row: ResetRequest, caller: Caller, now: datetime, *, was_confirmed: bool) -> None:
    row.decided_by, row.decided_at, row.was_confirmed = caller.user_id, now, was_confirmed
    session.add(row)
    session.flush()
