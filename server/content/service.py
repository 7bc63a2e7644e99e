"""Decisions about media and notices, and which segments have to exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.language import Language, SegmentLanguage, fold
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content import repository
from server.content.schemas import NoticeChange, NoticeNew, Variants
from server.db import Session
from server.edge import Expected
from server.errors import invalid, not_found
from server.jobs.repository import enqueue
from server.media.render import render_key
from server.tables import Agency, Media, Notice, Revision, Segment, Variant

RENDER_SEGMENT = "render_segment"


class Wanted(NamedTuple):
    """A segment that has to exist: a media in a language."""

    media_id: UUID
    language: SegmentLanguage


def owner(session: Session, caller: Caller, agency_id: UUID | None) -> Agency:
    """Return the agency that something new of the caller's belongs to.

    Raises:
        Problem: 422 when an administrator of the whole installation names none; as `accounts.open_agency_of`.
    """
    caller.require(Permission.EDIT_CONTENT)
    chosen = agency_id or caller.agency_id
    if chosen is None:
        raise invalid("agency-missing", "Say which agency this belongs to (agency_id).")
    return accounts.open_agency_of(session, caller, chosen, Permission.EDIT_CONTENT)


def media_of(session: Session, caller: Caller, media_id: UUID) -> Media:
    """Return a media that the caller may see.

    Raises:
        Problem: 404.
    """
    media = repository.media(session, media_id)
    if media is None:
        raise not_found("media")
    caller.require(Permission.SEE, agency_id=media.agency_id, what="media")
    return media


def notice_of(
    session: Session, caller: Caller, notice_id: UUID, permission: Permission, *, lock: bool = False
) -> Notice:
    """Return a notice that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or another agency's, 403 when the role does not allow it.
    """
    notice = repository.notice(session, notice_id, lock=lock)
    if notice is None:
        raise not_found("notice")
    caller.require(permission, agency_id=notice.agency_id, what="notice")
    return notice


def create_notice(session: Session, caller: Caller, new: NoticeNew) -> Notice:
    """Make a notice with its first revision."""
    agency = owner(session, caller, new.agency_id)
    media = _media_for(session, agency.id, new.variants)
    notice = Notice(
        agency_id=agency.id,
        title=new.title,
        title_folded=fold(new.title),
        kind=MediaKind(media[Language.VI].kind).notice_kind,
        content_class=new.content_class,
        festive=new.festive,
        created_by=caller.user_id,
    )
    session.add(notice)
    session.flush()
    _add_revision(session, caller, notice, 1, media)
    note_change(session, "notice", notice.id)
    return notice


def change_notice(
    session: Session, caller: Caller, notice_id: UUID, change: NoticeChange, expected: Expected
) -> Notice:
    """Change a notice's title; other media make a new revision, and the old one stays as it was."""
    notice = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(notice.rev)
    if change.title is not None:
        notice.title, notice.title_folded = change.title, fold(change.title)
    notice.content_class = change.content_class or notice.content_class
    notice.festive = notice.festive if change.festive is None else change.festive
    if change.variants is not None:
        _revise(session, caller, notice, change.variants)
    return _touched(session, notice)


def archive_notice(
    session: Session, caller: Caller, notice_id: UUID, at: datetime | None, expected: Expected
) -> Notice:
    """Put a notice into the archive at a time, or take it back with None; what is on air is not touched."""
    notice = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(notice.rev)
    if (notice.archived_at is None) == (at is None):
        return notice
    notice.archived_at = at
    return _touched(session, notice)


def newest_media(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, dict[Language, Media]]:
    """Return what each notice's newest revision shows, by notice and language."""
    newest = repository.newest_revisions(session, notice_ids)
    variants = repository.variants(session, [revision.id for revision in newest.values()])
    return {
        notice_id: {Language(variant.language): media for variant, media in variants[revision.id]}
        for notice_id, revision in newest.items()
    }


def ensure_segments(
    session: Session, wanted: Iterable[Wanted], profile: Profile, *, agency_id: UUID | None = None
) -> dict[Wanted, Segment]:
    """Return the segment of each wanted media and language, making what is missing wait for a renderer.

    Whoever asks first makes the row and the job, in this transaction; a segment is rendered once. A failed one is
    tried again.
    """
    wanted = sorted(set(wanted))
    media = repository.media_by_ids(session, list({one.media_id for one in wanted}))
    keys = {one: render_key(media[one.media_id].sha256, one.language, profile) for one in wanted}
    for one, key in sorted(keys.items(), key=lambda entry: entry[1]):
        fresh = Segment(render_key=key, media_id=one.media_id, language=one.language, profile=str(profile))
        if repository.add_segment_if_new(session, fresh):
            _ask_for(session, fresh.id, agency_id)
    rows = repository.segments_by_key(session, list(keys.values()))
    for row in rows.values():
        if repository.retry_segment(session, row.id):
            _ask_for(session, row.id, agency_id)
            session.refresh(row)
    return {one: rows[key] for one, key in keys.items()}


def _ask_for(session: Session, segment_id: UUID, agency_id: UUID | None) -> None:
    enqueue(session, RENDER_SEGMENT, {"segment_id": str(segment_id)}, agency_id=agency_id)


def _media_for(session: Session, agency_id: UUID, variants: Variants) -> dict[Language, Media]:
    wanted = variants.by_language()
    found = repository.media_by_ids(session, list(set(wanted.values())))
    for language, media_id in wanted.items():
        if media_id not in found or found[media_id].agency_id != agency_id:
            raise not_found(f"media for {language}")
    media = {language: found[media_id] for language, media_id in wanted.items()}
    if len({MediaKind(row.kind).notice_kind for row in media.values()}) != 1:
        raise invalid("mixed-kinds", "A notice is either pictures or clips in all three languages, not a mixture.")
    return media


def _revise(session: Session, caller: Caller, notice: Notice, variants: Variants) -> None:
    media = _media_for(session, notice.agency_id, variants)
    newest = repository.newest_revisions(session, [notice.id])[notice.id]
    shown = {variant.language: variant.media_id for variant, _ in repository.variants(session, [newest.id])[newest.id]}
    if shown == {str(language): row.id for language, row in media.items()}:
        return
    notice.kind = MediaKind(media[Language.VI].kind).notice_kind
    _add_revision(session, caller, notice, newest.number + 1, media)


def _add_revision(session: Session, caller: Caller, notice: Notice, number: int, media: dict[Language, Media]) -> None:
    revision = Revision(notice_id=notice.id, number=number, created_by=caller.user_id)
    session.add(revision)
    session.flush()
    for language, row in media.items():
        session.add(Variant(revision_id=revision.id, language=language, media_id=row.id))
    session.flush()


def _touched(session: Session, notice: Notice) -> Notice:
    notice.rev += 1
    session.add(notice)
    session.flush()
    note_change(session, "notice", notice.id)
    return notice
