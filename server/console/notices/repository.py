"""What the pages about notices read that no service answers in one go. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, func, select

from playlists.language import Language
from playlists.variant import VariantState
from server.content.notices import repository as notice_rows
from server.content.notices.repository import Sought
from server.content.notices.rows import states
from server.db import Session
from server.edge import Slice
from server.seen import Seen
from server.tables import (
    Comment,
    Media,
    Notice,
    Panel,
    PlaylistItemRow,
    PlaylistRow,
    Revision,
    Subject,
    User,
    UserLanguage,
)

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """A notice as a list shows it."""

    notice: Notice
    states: dict[Language, VariantState]
    subject: str
    responsible: str
    valid_until: datetime | None


def listed(session: Session, sought: Sought, before: UUID | None, most: int = PAGE) -> list[Listed]:
    """Return notices, newest first, one more than `most`."""
    rows = notice_rows.notices(session, Slice(before, most), sought)
    newest = notice_rows.newest(session, [row.id for row in rows])
    variants = notice_rows.variants(session, [revision.id for revision in newest.values()])
    subjects = subject_names(session, (revision.subject_id for revision in newest.values()))
    found = []
    for row in rows:
        revision = newest[row.id]
        spoken = variants[revision.id]
        found.append(
            Listed(
                row,
                states(spoken),
                subjects.get(revision.subject_id, "") if revision.subject_id is not None else "",
                revision.responsible_name,
                revision.valid_until,
            )
        )
    return found


def subject_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return names of subjects and tasks by id."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in session.exec(select(Subject).where(col(Subject.id).in_(wanted)))}


def subjects(session: Session, seen: Seen, *, year: int | None = None) -> list[Subject]:
    """Return subjects and tasks, the newest year first, in their order; of one year when it is given."""
    statement = select(Subject).order_by(col(Subject.year).desc(), col(Subject.position), col(Subject.name_folded))
    statement = statement.where(seen.of(col(Subject.agency_id)))
    if year is not None:
        statement = statement.where(Subject.year == year)
    return list(session.exec(statement))


def uses_of_subjects(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many notices name a subject or task in their newest revision."""
    wanted = list(ids)
    found: dict[UUID, int] = {}
    for column in (Revision.subject_id, Revision.task_id):
        statement = (
            select(column, func.count())
            .join(Notice, (col(Revision.notice_id) == col(Notice.id)) & (col(Revision.number) == col(Notice.newest)))
            .where(col(column).in_(wanted))
            .group_by(col(column))
        )
        found |= {subject_id: count for subject_id, count in session.exec(statement) if subject_id is not None}
    return found


def responsible_people(session: Session, seen: Seen, most: int = 200) -> list[str]:
    """Return the names of people who answer for notices."""
    statement = (
        select(Revision.responsible_name)
        .join(Notice, (col(Revision.notice_id) == col(Notice.id)) & (col(Revision.number) == col(Notice.newest)))
        .where(Revision.responsible_name != "")
        .distinct()
        .order_by(col(Revision.responsible_name))
        .limit(most)
    )
    statement = statement.where(seen.of(col(Notice.agency_id)))
    return list(session.exec(statement))


def people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return people's names by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: row.display_name for row in session.exec(select(User).where(col(User.id).in_(wanted)))}


def reviewed_languages(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, frozenset[Language]]:
    """Return the languages that people are registered as reviewers of."""
    found: dict[UUID, set[Language]] = {one: set() for one in user_ids}
    for row in session.exec(select(UserLanguage).where(col(UserLanguage.user_id).in_(list(found)))):
        found[row.user_id].add(Language(row.language))
    return {user_id: frozenset(languages) for user_id, languages in found.items()}


class Face(NamedTuple):
    """A size of panel, and the panels that have it."""

    width: int
    height: int
    names: list[str]


USUAL_FACES = [Face(768, 384, []), Face(256, 128, []), Face(512, 768, [])]
"""What a notice is drawn for while there is no panel."""


def faces(session: Session, seen: Seen) -> list[Face]:
    """Return the sizes of panels, the largest first."""
    statement = select(Panel).order_by(col(Panel.name))
    statement = statement.where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
    found: dict[tuple[int, int], list[str]] = {}
    for row in session.exec(statement):
        found.setdefault((row.width, row.height), []).append(row.name)
    sizes = sorted(found, key=lambda size: (-size[0] * size[1], size))
    return [Face(width, height, found[width, height]) for width, height in sizes] or USUAL_FACES


def files(session: Session, seen: Seen, most: int = 60) -> list[Media]:
    """Return uploaded files to choose from, newest first, without those in the trash."""
    statement = select(Media).where(col(Media.deleted_at).is_(None)).order_by(col(Media.id).desc()).limit(most)
    statement = statement.where(seen.of(col(Media.agency_id)))
    return list(session.exec(statement))


def comments(session: Session, notice_id: UUID) -> list[Comment]:
    """Return what was said about a notice, oldest first."""
    return list(session.exec(select(Comment).where(Comment.notice_id == notice_id).order_by(col(Comment.id))))


def open_comments(session: Session, notice_id: UUID) -> int:
    """Return how many threads about a notice are not done with."""
    statement = select(func.count()).where(
        Comment.notice_id == notice_id, col(Comment.answers_id).is_(None), col(Comment.resolved_at).is_(None)
    )
    return session.exec(statement).one()


def playlists_with(session: Session, notice_id: UUID) -> list[UUID]:
    """Return the playlists in use that hold a notice."""
    statement = (
        select(PlaylistItemRow.playlist_id)
        .join(PlaylistRow, col(PlaylistRow.id) == col(PlaylistItemRow.playlist_id))
        .where(PlaylistItemRow.notice_id == notice_id, col(PlaylistRow.archived_at).is_(None))
        .distinct()
    )
    return list(session.exec(statement))
