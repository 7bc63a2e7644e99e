"""Queries on media and segments."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select, update

from server.edge import Slice
from server.media.render import Rendered
from server.seen import Seen
from server.tables import Media, Segment
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


def media_list(session: Session, asked: Slice, seen: Seen, kinds: Sequence[str]) -> list[Media]:
    """Return media, newest first, one more than asked for."""
    statement = select(Media).where(col(Media.deleted_at).is_(None)).order_by(col(Media.id).desc())
    statement = statement.limit(asked.limit + 1)
    if asked.before is not None:
        statement = statement.where(col(Media.id) < asked.before)
    statement = statement.where(seen.of(col(Media.agency_id)))
    if kinds:
        statement = statement.where(col(Media.kind).in_(kinds))
    return list(session.exec(statement))


def name_of_file(session: Session, sha256: str) -> str:
    """Return the name under which somebody uploaded the bytes of a digest."""
    return session.exec(select(Media.name).where(Media.sha256 == sha256)).first() or sha256[:12]


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


def segments_of_digest(session: Session, sha256: str) -> list[Segment]:
    """Return the ready segments whose bytes have a digest; a still picture may have the same in several languages."""
    return list(session.exec(select(Segment).where(Segment.sha256 == sha256)))


def segment_of_digest(session: Session, sha256: str) -> Segment | None:
    """Return a ready segment by its digest."""
    return session.exec(select(Segment).where(Segment.sha256 == sha256)).first()


def advance_segment(session: Session, segment_id: UUID, permille: int) -> None:
    """Write that a segment is being rendered, and how far it is; one that is ready stays as it is."""
    not_ready = (col(Segment.id) == segment_id) & (col(Segment.state) != SegmentState.READY)
    values = {"state": SegmentState.RENDERING, "progress_permille": permille}
    session.connection().execute(update(Segment).where(not_ready).values(**values))


def finish_segment(session: Session, segment_id: UUID, rendered: Rendered) -> bool:
    """Write what a segment became, unless somebody was first; tell whether it was this one."""
    not_ready = (col(Segment.id) == segment_id) & (col(Segment.state) != SegmentState.READY)
    statement = (
        update(Segment)
        .where(not_ready)
        .values(
            state=SegmentState.READY,
            progress_permille=1000,
            sha256=rendered.sha256,
            size=rendered.size,
            duration_ms=rendered.duration_ms,
            flashes=rendered.flashes,
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
