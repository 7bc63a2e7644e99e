"""Subjects and tasks over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.subjects import repository, service
from server.content.subjects.schemas import SubjectChange, SubjectCopy, SubjectNew, SubjectShown
from server.db import Session
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.parts import PartsDep
from server.routes import Router
from server.tables import Subject
from server.tables.content import SubjectKind

router = Router(prefix="/api/v1/subjects", tags=["subjects"])


@router.get("")
def subjects(
    caller: CallerDep,
    session: ReadSession,
    agency_id: Annotated[UUID | None, Query()] = None,
    year: Annotated[int | None, Query(ge=2020, le=2100)] = None,
    kind: Annotated[SubjectKind | None, Query()] = None,
) -> list[SubjectShown]:
    """List subjects and tasks, the newest year first."""
    caller.require(Permission.SEE, agency_id=agency_id, what="agency")
    return _shown(session, repository.subjects(session, caller.seen.only(agency_id), year, kind))


@router.post("", status_code=201)
def create(new: SubjectNew, caller: CallerDep, session: WriteSession, response: Response) -> SubjectShown:
    """Add a subject or task to a year's list."""
    return _one(session, response, service.create(session, caller, new))


@router.post("/copy", status_code=201)
def copy_year(asked: SubjectCopy, caller: CallerDep, session: WriteSession) -> list[SubjectShown]:
    """Copy a year's two lists into another year, without what is closed or there already."""
    return _shown(session, service.copy_year(session, caller, asked))


@router.get("/{subject_id}")
def subject(subject_id: UUID, caller: CallerDep, session: ReadSession, response: Response) -> SubjectShown:
    """Show one subject or task."""
    return _one(session, response, service.subject_of(session, caller, subject_id, Permission.SEE))


@router.patch("/{subject_id}")
def change(
    subject_id: UUID,
    asked: SubjectChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> SubjectShown:
    """Rename, move, close or open a subject or task."""
    return _one(session, response, service.change(session, caller, subject_id, asked, expected, parts.clock()))


@router.delete("/{subject_id}", status_code=204)
def delete(subject_id: UUID, caller: CallerDep, session: WriteSession) -> None:
    """Delete a subject or task that no notice was ever made for."""
    service.delete(session, caller, subject_id)


def _one(session: Session, response: Response, row: Subject) -> SubjectShown:
    tag(response, row.rev)
    return _shown(session, [row])[0]


def _shown(session: Session, rows: Sequence[Subject]) -> list[SubjectShown]:
    used = repository.used(session, [row.id for row in rows])
    return [SubjectShown.model_validate(row.model_dump() | {"used": used.get(row.id, 0)}) for row in rows]
