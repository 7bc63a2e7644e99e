"""Decisions about reviewers: whoever manages people registers them; nobody registers themselves."""

from __future__ import annotations

from uuid import UUID

from server.accounts import service as accounts
from server.accounts.permissions import Caller
from server.changes import note_change
from server.content.reviewers import repository
from server.content.reviewers.schemas import LanguagesAsked
from server.db import Session
from server.errors import conflict
from server.tables import User, UserLanguage


def register(session: Session, caller: Caller, user_id: UUID, asked: LanguagesAsked) -> User:
    """Write which languages a person reviews; what they were registered for before keeps its date.

    Raises:
        Problem: 403, 404; 409 for oneself.
    """
    user = accounts.user_for(session, caller, user_id, lock=True)
    if user.id == caller.user_id:
        raise conflict("own-registration", "You cannot register yourself. Ask another administrator.")
    held = set(repository.languages(session, user.id))
    wanted = {str(one) for one in asked.languages}
    repository.forget(session, user.id, held - wanted)
    for language in sorted(wanted - held):
        session.add(UserLanguage(user_id=user.id, language=language, registered_by=caller.user_id))
    session.flush()
    note_change(session, "user_account", user.id)
    return user
