"""Queries of the media library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Text, cast
from sqlmodel import Session, SQLModel, and_, col, delete, func, or_, select

from playlists.rights import RightOfUse
from server.seen import Seen
from server.tables import (
    Agency,
    Media,
    MediaTag,
    Notice,
    PlaylistItemRow,
    PlaylistRow,
    Revision,
    RevisionMedia,
    Segment,
    UploadSession,
    WorkOrderPhoto,
)
from server.tables.uploads import UploadState

OPEN = (UploadState.RECEIVING, UploadState.CHECKING)
NOT_A_NEED = frozenset({"media_tag", "upload_session"})
"""Tables that name media and are no reason to keep one."""


@dataclass(frozen=True)
class Filter:
    """Which media of the library are asked for; `words` are folded, `kinds` empty for all."""

    seen: Seen
    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    uploaded_by: UUID | None = None
    unused: bool = False
    rights_missing_on: date | None = None
    """The local day on which the right of use is missing or over."""
    in_trash: bool = False


def used_bytes(session: Session, agency_id: UUID) -> int:
    """Return the bytes of an agency's media and of the uploads that are not finished."""
    kept = select(func.coalesce(func.sum(Media.size), 0)).where(Media.agency_id == agency_id)
    coming = select(func.coalesce(func.sum(UploadSession.length), 0)).where(UploadSession.agency_id == agency_id)
    running = coming.where(col(UploadSession.state).in_(OPEN))
    return int(session.exec(kept).one()) + int(session.exec(running).one())


def medium(session: Session, media_id: UUID, *, lock: bool = False) -> Media | None:
    """Return a medium; `lock` keeps it from others until the transaction ends."""
    return session.get(Media, media_id, with_for_update=lock or None)


def media(session: Session, media_ids: Sequence[UUID]) -> list[Media]:
    """Return media by id, locked until the transaction ends, oldest first."""
    statement = select(Media).where(col(Media.id).in_(media_ids)).order_by(col(Media.id))
    return list(session.exec(statement.with_for_update()))


def found(session: Session, wanted: Filter, before: UUID | None, most: int | None) -> list[Media]:
    """Return the media of a filter, newest first, one more than `most` (None: all of them)."""
    statement = select(Media).where(*_conditions(wanted)).order_by(col(Media.id).desc())
    if before is not None:
        statement = statement.where(col(Media.id) < before)
    return list(session.exec(statement if most is None else statement.limit(most + 1)))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    gone = col(Media.deleted_at)
    conditions: list[ColumnElement[bool]] = [gone.is_not(None) if wanted.in_trash else gone.is_(None)]
    conditions.append(wanted.seen.of(col(Media.agency_id)))
    if wanted.kinds:
        conditions.append(col(Media.kind).in_(wanted.kinds))
    if wanted.uploaded_by is not None:
        conditions.append(col(Media.uploaded_by) == wanted.uploaded_by)
    if wanted.unused:
        conditions.append(~_is_used())
    if wanted.rights_missing_on is not None:
        conditions.append(_lacks_rights(wanted.rights_missing_on))
    conditions += [_has_tag(col(MediaTag.folded) == tag) for tag in wanted.tags]
    for word in wanted.words:
        in_name = col(Media.name_folded).contains(word, autoescape=True)
        conditions.append(or_(in_name, _has_tag(col(MediaTag.folded).contains(word, autoescape=True))))
    return conditions


def _has_tag(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(MediaTag.id).where(col(MediaTag.media_id) == col(Media.id), condition).exists()


def _lacks_rights(today: date) -> ColumnElement[bool]:
    until = col(Media.rights_until)
    return or_(
        col(Media.source) == "",
        col(Media.author) == "",
        col(Media.right_of_use) == RightOfUse.UNKNOWN,
        and_(until.is_not(None), until < today),
    )


def references() -> list[Column[Any]]:
    """Return every column of the database that names a medium because it needs it."""
    own = SQLModel.metadata.tables[str(Media.__tablename__)]
    return [
        key.parent
        for table in SQLModel.metadata.sorted_tables
        if table.name not in NOT_A_NEED
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is own
    ]


def _is_used() -> ColumnElement[bool]:
    named = [select(column).where(column == col(Media.id)).exists() for column in references()]
    logo = select(Agency.id).where(col(Agency.logo_sha256) == col(Media.sha256)).exists()
    return or_(logo, *named)


def _is_needed() -> ColumnElement[bool]:
    """Used, or in the artwork of a segment, which may still be rendered from it."""
    drawn = cast(col(Segment.artwork), Text).contains(col(Media.sha256))
    return or_(_is_used(), select(Segment.id).where(drawn).exists())


def used(session: Session, media_ids: Sequence[UUID]) -> set[UUID]:
    """Return which media something of the database uses."""
    statement = select(Media.id).where(col(Media.id).in_(media_ids), _is_used())
    return set(session.exec(statement))


def tags_of(session: Session, media_ids: Sequence[UUID]) -> dict[UUID, list[MediaTag]]:
    """Return the tags of media, by medium, in the order of the alphabet."""
    held: dict[UUID, list[MediaTag]] = {media_id: [] for media_id in media_ids}
    statement = select(MediaTag).where(col(MediaTag.media_id).in_(media_ids)).order_by(col(MediaTag.folded))
    for tag in session.exec(statement):
        held[tag.media_id].append(tag)
    return held


def tag_counts(session: Session, seen: Seen) -> list[tuple[str, int]]:
    """Return the tags of an agency's media outside the trash, with how many have each, in alphabetical order."""
    statement = (
        select(func.min(MediaTag.tag), func.count(), MediaTag.folded)
        .join(Media, col(Media.id) == col(MediaTag.media_id))
        .where(col(Media.deleted_at).is_(None))
        .group_by(MediaTag.folded)
        .order_by(MediaTag.folded)
    )
    statement = statement.where(seen.of(col(Media.agency_id)))
    counted: defaultdict[str, int] = defaultdict(int)
    for tag, count, _ in session.exec(statement):
        counted[tag] += count
    return list(counted.items())


def remove_tags(session: Session, media_ids: Sequence[UUID], folded: Sequence[str]) -> None:
    """Take tags away from media."""
    some = delete(MediaTag).where(col(MediaTag.media_id).in_(media_ids), col(MediaTag.folded).in_(folded))
    session.exec(some)


def due(session: Session, before: datetime, most: int) -> list[UUID]:
    """Return media that lie in the trash since before a time and that nothing needs, oldest first."""
    statement = select(Media.id).where(col(Media.deleted_at) < before, ~_is_needed())
    return list(session.exec(statement.order_by(col(Media.deleted_at)).limit(most)))


def is_needed(session: Session, row: Media) -> bool:
    """Tell whether something of the database needs a medium."""
    statement = select(Media.id).where(Media.id == row.id, _is_needed())
    return session.exec(statement).first() is not None


def delete_medium(session: Session, row: Media) -> None:
    """Delete a medium with its tags; what is written about its upload stays."""
    session.exec(delete(MediaTag).where(col(MediaTag.media_id) == row.id))
    for upload in session.exec(select(UploadSession).where(UploadSession.media_id == row.id)):
        upload.media_id = None
        session.add(upload)
    session.flush()
    session.delete(row)
    session.flush()


def holds_file(session: Session, sha256: str) -> bool:
    """Tell whether a medium, a segment or a photo of a work order has the file of this digest."""
    holders = (
        select(Media.id).where(Media.sha256 == sha256),
        select(Segment.id).where(Segment.sha256 == sha256),
        select(WorkOrderPhoto.id).where(WorkOrderPhoto.sha256 == sha256),
    )
    return any(session.exec(one.limit(1)).first() is not None for one in holders)


def notices_with(session: Session, media_id: UUID) -> list[tuple[UUID, str, bool]]:
    """Return the notices of which a revision shows a medium: id, title, and whether the newest revision does."""
    statement = (
        select(Notice.id, Notice.title, func.max(Revision.number), Notice.newest)
        .join(Revision, col(Revision.notice_id) == col(Notice.id))
        .join(RevisionMedia, col(RevisionMedia.revision_id) == col(Revision.id))
        .where(RevisionMedia.media_id == media_id)
        .group_by(col(Notice.id), col(Notice.title), col(Notice.newest))
        .order_by(col(Notice.id).desc())
    )
    return [(notice_id, title, shown == last) for notice_id, title, shown, last in session.exec(statement)]


def playlists_with(session: Session, notice_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Return the playlists that show one of these notices and are not archived: id and name."""
    statement = (
        select(PlaylistRow.id, PlaylistRow.name)
        .join(PlaylistItemRow, col(PlaylistItemRow.playlist_id) == col(PlaylistRow.id))
        .where(col(PlaylistItemRow.notice_id).in_(notice_ids), col(PlaylistRow.archived_at).is_(None))
        .distinct()
        .order_by(col(PlaylistRow.name))
    )
    return [(playlist_id, name) for playlist_id, name in session.exec(statement)]


def agencies_with(session: Session, sha256: str) -> list[tuple[UUID, str]]:
    """Return the agencies whose cards carry a file as their logo: id and name."""
    statement = select(Agency.id, Agency.name).where(Agency.logo_sha256 == sha256).order_by(col(Agency.name))
    return [(agency_id, name) for agency_id, name in session.exec(statement)]
