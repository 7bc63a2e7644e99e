"""Decisions about subjects and tasks: one list of each per agency and year; what was used is closed, never deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from playlists.language import clean_name, fold
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content import service as content
from server.content.subjects import repository
from server.content.subjects.schemas import SubjectChange, SubjectCopy, SubjectNew
from server.db import Session
from server.edge import Expected
from server.errors import conflict
from server.seen import seen_of
from server.tables import Subject

MOST_NAME = 200


def subject_of(
    session: Session, caller: Caller, subject_id: UUID, permission: Permission, *, lock: bool = False
) -> Subject:
    """Return a line that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    return let_in(caller, repository.subject(session, subject_id, lock=lock), permission, "subject or task")


def create(session: Session, caller: Caller, new: SubjectNew) -> Subject:
    """Put a new line at the end of a list.

    Raises:
        Problem: 403, 404; 409 when the list has a line of that name.
    """
    agency = content.owner(session, caller, new.agency_id)
    name = clean_name(new.name, most=MOST_NAME)
    _refuse_twice(session, agency.id, new.year, new.kind, name)
    there = repository.subjects(session, seen_of(agency.id), new.year, new.kind)
    row = Subject(
        agency_id=agency.id,
        year=new.year,
        kind=new.kind,
        name=name,
        name_folded=fold(name),
        position=max((one.position for one in there), default=0) + 1,
        created_by=caller.user_id,
    )
    return _saved(session, row)


def change(
    session: Session, caller: Caller, subject_id: UUID, asked: SubjectChange, expected: Expected, at: datetime
) -> Subject:
    """Rename a line, move it, close it, or open it again.

    Raises:
        Problem: 403, 404; 409 for a name that is taken; 412.
    """
    row = subject_of(session, caller, subject_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    if asked.name is not None and (name := clean_name(asked.name, most=MOST_NAME)) != row.name:
        if fold(name) != row.name_folded:
            _refuse_twice(session, row.agency_id, row.year, row.kind, name)
        row.name, row.name_folded = name, fold(name)
    row.position = asked.position if asked.position is not None else row.position
    if asked.closed is not None:
        row.closed_at = (row.closed_at or at) if asked.closed else None
    row.rev += 1
    return _saved(session, row)


def delete(session: Session, caller: Caller, subject_id: UUID) -> None:
    """Delete a line that was never used.

    Raises:
        Problem: 403, 404; 409 when a notice was made for it: close it then.
    """
    row = subject_of(session, caller, subject_id, Permission.EDIT_CONTENT, lock=True)
    if repository.was_used(session, row.id) or repository.was_copied(session, row.id):
        raise conflict("subject-used", f"{row.name} was used. Close it instead: it stays on what was made for it.")
    repository.forget(session, row)
    note_change(session, "subject", subject_id)


def copy_year(session: Session, caller: Caller, asked: SubjectCopy) -> list[Subject]:
    """Copy both lists of a year into another one, without what is closed or there already; return what was made.

    Raises:
        Problem: 403, 404; 409 when there is nothing to copy.
    """
    agency = content.owner(session, caller, asked.agency_id)
    old = [
        row for row in repository.subjects(session, seen_of(agency.id), asked.from_year, None) if row.closed_at is None
    ]
    if not old:
        raise conflict("nothing-to-copy", f"{agency.name} has no subjects or tasks in {asked.from_year}.")
    there = {
        (row.kind, row.name_folded) for row in repository.subjects(session, seen_of(agency.id), asked.to_year, None)
    }
    return [
        _saved(
            session,
            Subject(
                agency_id=agency.id,
                year=asked.to_year,
                kind=row.kind,
                name=row.name,
                name_folded=row.name_folded,
                position=row.position,
                copied_from=row.id,
                created_by=caller.user_id,
            ),
        )
        for row in old
        if (row.kind, row.name_folded) not in there
    ]


def _refuse_twice(session: Session, agency_id: UUID, year: int, kind: str, name: str) -> None:
    if repository.same_name(session, agency_id, year, kind, fold(name)) is not None:
        raise conflict("subject-there", f"The list of {year} has “{name}” already.")


def _saved(session: Session, row: Subject) -> Subject:
    session.add(row)
    session.flush()
    note_change(session, "subject", row.id)
    return row
