"""The register of reviewers over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from playlists.language import Language
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.reviewers import repository, service
from server.content.reviewers.schemas import LanguagesAsked, ReviewerShown
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.routes import Router
from server.tables import User

router = Router(prefix="/api/v1", tags=["reviewers"])


@router.get("/reviewers")
def reviewers(
    caller: CallerDep, session: ReadSession, language: Annotated[Language | None, Query()] = None
) -> list[ReviewerShown]:
    """List who reviews which languages, by name."""
    caller.require(Permission.SEE)
    people: dict[UUID, User] = {}
    languages: dict[UUID, list[Language]] = {}
    for user, row in repository.registered(session, caller.seen, language):
        people[user.id] = user
        languages.setdefault(user.id, []).append(Language(row.language))
    return [_shown(user, languages[user.id]) for user in people.values()]


@router.put("/users/{user_id}/languages")
def register(user_id: UUID, asked: LanguagesAsked, caller: CallerDep, session: WriteSession) -> ReviewerShown:
    """Say which languages a person reviews; only those who manage people may."""
    user = service.register(session, caller, user_id, asked)
    return _of(session, user)


def _of(session: Session, user: User) -> ReviewerShown:
    return _shown(user, [Language(one) for one in repository.languages(session, user.id)])


def _shown(user: User, languages: list[Language]) -> ReviewerShown:
    return ReviewerShown(user_id=user.id, display_name=user.display_name, agency_id=user.agency_id, languages=languages)
