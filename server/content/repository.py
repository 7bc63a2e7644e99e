"""Queries on media, notices, their revisions, and segments."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select, update

from server.edge import Slice
from server.tables import Media, Notice, Revision, Segment, Variant
from server.tables.content import SegmentState


def media(session: Session, media_id: UUID) -> Media | None:
    """Return one media."""
    return session.get(Media, media_id)


def media_by_ids(session: Session, ids: Sequence[UUID]) -> dict[UUID, Media]:
    """Return media by id."""
    return {row.id: row for row in session.exec(select(Media).where(col(Media.id).in_(ids)))}


def media_of_upload(session: Session, agency_id: UUID, upload_sha256: str) -> Media | None:
    """Return the media that an agency made of the same bytes before."""
    statement = select(Media).where(Media.agency_id == agency_id, Media.upload_sha256 == upload_sha256)
    return session.exec(statement.order_by(col(Media.id))).first()


def media_of_bytes(session: Session, agency_id: UUID, sha256: str) -> Media | None:
    """Return an agency's media whose re-encoded bytes have a digest."""
    return session.exec(select(Media).where(Media.agency_id == agency_id, Media.sha256 == sha256)).first()


def media_list(session: Session, asked: Slice, agency_id: UUID | None, kinds: Sequence[str]) -> list[Media]:
    """Return media, newest first, one more than asked for."""
    statement = select(Media).where(col(Media.deleted_at).is_(None)).order_by(col(Media.id).desc())
    statement = statement.limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Media.id) < asked.before)
    if agency_id is not None:
        statement = statement.where(Media.agency_id == agency_id)
    if kinds:
        statement = statement.where(col(Media.kind).in_(kinds))
    return list(session.exec(statement))


def notice(session: Session, notice_id: UUID, *, lock: bool = False) -> Notice | None:
    """Return a notice; `lock` keeps it from others until the transaction ends."""
    return session.get(Notice, notice_id, with_for_update=lock or None)


def notices(session: Session, asked: Slice, agency_id: UUID | None, *, folded: str, archived: bool) -> list[Notice]:
    """Return notices, newest first, one more than asked for; `folded` is looked for in the folded title."""
    statement = select(Notice).order_by(col(Notice.id).desc()).limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Notice.id) < asked.before)
    if agency_id is not None:
        statement = statement.where(Notice.agency_id == agency_id)
    if folded:
        statement = statement.where(col(Notice.title_folded).contains(folded, autoescape=True))
    is_archived = col(Notice.archived_at).is_not(None) if archived else col(Notice.archived_at).is_(None)
    return list(session.exec(statement.where(is_archived)))


def newest_revisions(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, Revision]:
    """Return each notice's newest revision, by the notice's id."""
    newest = (
        select(col(Revision.notice_id).label("notice_id"), func.max(Revision.number).label("number"))
        .where(col(Revision.notice_id).in_(notice_ids))
        .group_by(col(Revision.notice_id))
        .subquery()
    )
    statement = select(Revision).join(
        newest, (col(Revision.notice_id) == newest.c.notice_id) & (col(Revision.number) == newest.c.number)
    )
    return {row.notice_id: row for row in session.exec(statement)}


def revisions(session: Session, notice_id: UUID) -> list[Revision]:
    """Return a notice's revisions, newest first."""
    statement = select(Revision).where(Revision.notice_id == notice_id).order_by(col(Revision.number).desc())
    return list(session.exec(statement))


def variants(session: Session, revision_ids: Sequence[UUID]) -> dict[UUID, list[tuple[Variant, Media]]]:
    """Return the variants of revisions with their media, by the revision's id."""
    statement = select(Variant, Media).join(Media, col(Media.id) == col(Variant.media_id))
    found: dict[UUID, list[tuple[Variant, Media]]] = {revision_id: [] for revision_id in revision_ids}
    for variant, shown in session.exec(statement.where(col(Variant.revision_id).in_(revision_ids))):
        found[variant.revision_id].append((variant, shown))
    return found


def add_segment_if_new(session: Session, segment: Segment) -> bool:
    """Insert a segment unless one with its render key is there; tell whether it was inserted."""
    values = segment.model_dump()
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Segment).values(values).on_conflict_do_nothing(index_elements=["render_key"])
    inserted = session.connection().execute(statement.returning(col(Segment.id)))
    return inserted.first() is not None


def segments_by_key(session: Session, render_keys: Sequence[str]) -> dict[str, Segment]:
    """Return segments by render key, as they are in the database now."""
    statement = select(Segment).where(col(Segment.render_key).in_(render_keys))
    rows = session.exec(statement.execution_options(populate_existing=True))
    return {row.render_key: row for row in rows}


def segment(session: Session, segment_id: UUID) -> Segment | None:
    """Return a segment."""
    return session.get(Segment, segment_id)


def segment_of_digest(session: Session, sha256: str) -> Segment | None:
    """Return a ready segment by its digest."""
    return session.exec(select(Segment).where(Segment.sha256 == sha256)).first()


def advance_segment(session: Session, segment_id: UUID, permille: int) -> None:
    """Write that a segment is being rendered, and how far it is; one that is ready stays as it is."""
    not_ready = (col(Segment.id) == segment_id) & (col(Segment.state) != SegmentState.READY)
    values = {"state": SegmentState.RENDERING, "progress_permille": permille}
    session.connection().execute(update(Segment).where(not_ready).values(**values))


def finish_segment(session: Session, segment_id: UUID, sha256: str, size: int, duration_ms: int) -> bool:
    """Write what a segment became, unless somebody was first; tell whether it was this one."""
    not_ready = (col(Segment.id) == segment_id) & (col(Segment.state) != SegmentState.READY)
    statement = (
        update(Segment)
        .where(not_ready)
        .values(
            state=SegmentState.READY,
            progress_permille=1000,
            sha256=sha256,
            size=size,
            duration_ms=duration_ms,
            error=None,
        )
    )
    return session.connection().execute(statement.returning(col(Segment.id))).first() is not None


def fail_segment(session: Session, segment_id: UUID, sentence: str) -> None:
    """Write why a segment could not be made."""
    not_ready = (col(Segment.id) == segment_id) & (col(Segment.state) != SegmentState.READY)
    values = {"state": SegmentState.FAILED, "error": sentence}
    session.connection().execute(update(Segment).where(not_ready).values(**values))


def retry_segment(session: Session, segment_id: UUID) -> bool:
    """Let a failed segment wait again; tell whether it had failed."""
    failed = (col(Segment.id) == segment_id) & (col(Segment.state) == SegmentState.FAILED)
    statement = update(Segment).where(failed).values(state=SegmentState.WAITING, error=None, progress_permille=0)
    return session.connection().execute(statement.returning(col(Segment.id))).first() is not None
