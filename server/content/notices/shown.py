"""Notices and revisions as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from playlists.language import Language
from playlists.notice import NoticeKind
from playlists.variant import VariantState
from server.content.notices import repository
from server.content.notices.artworks import drawn, showables
from server.content.notices.rows import states, used_media, whole_of
from server.content.notices.schemas import NoticeShown, NoticeWhole, RevisionShown, VariantShown
from server.content.notices.whole import Whole
from server.db import Session
from server.tables import Media, Notice, Revision, Variant


def notices_shown(session: Session, rows: Sequence[Notice]) -> dict[UUID, NoticeShown]:
    """Return notices as their newest revisions have them, by id."""
    newest = repository.newest(session, [row.id for row in rows])
    variants = repository.variants(session, [revision.id for revision in newest.values()])
    wholes = {row.id: whole_of(row.kind, newest[row.id], variants[newest[row.id].id]) for row in rows}
    media = repository.media(session, (one for whole in wholes.values() for one, _ in used_media(whole)))
    agencies = repository.agencies(session, {row.agency_id for row in rows})
    boards = showables(session, [row.id for row in rows if row.kind == NoticeKind.BOARD])
    return {
        row.id: NoticeShown(
            id=row.id,
            agency_id=row.agency_id,
            kind=wholes[row.id].content.kind,
            animated=row.animated,
            revision=row.newest,
            **_said(wholes[row.id]),
            variants=_variants(wholes[row.id], variants[newest[row.id].id], media),
            states=boards[row.id].states if row.id in boards else states(variants[newest[row.id].id]),
            languages=list(
                boards[row.id].artworks if row.id in boards else drawn(wholes[row.id], media, agencies[row.agency_id])
            ),
            copied_from=row.copied_from,
            created_by=row.created_by,
            created_at=row.created_at,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
            archived_at=row.archived_at,
            rev=row.rev,
        )
        for row in rows
    }


def notice_shown(session: Session, row: Notice) -> NoticeShown:
    """Return one notice."""
    return notices_shown(session, [row])[row.id]


def notice_whole(session: Session, row: Notice) -> NoticeWhole:
    """Return one notice with all its revisions."""
    revisions = revisions_shown(session, row, repository.revisions(session, row.id))
    return NoticeWhole(**notice_shown(session, row).model_dump(), revisions=revisions)


def revisions_shown(session: Session, notice: Notice, rows: Sequence[Revision]) -> list[RevisionShown]:
    """Return revisions of a notice, in the order given."""
    variants = repository.variants(session, [row.id for row in rows])
    wholes = {row.id: whole_of(notice.kind, row, variants[row.id]) for row in rows}
    media = repository.media(session, (one for whole in wholes.values() for one, _ in used_media(whole)))
    return [
        RevisionShown(
            number=row.number,
            **_said(wholes[row.id]),
            restored_from=row.restored_from,
            created_by=row.created_by,
            created_at=row.created_at,
            variants=_variants(wholes[row.id], variants[row.id], media),
        )
        for row in rows
    ]


def _said(whole: Whole) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in Whole.model_fields if name != "variants"}


def _variants(whole: Whole, rows: Mapping[Language, Variant], media: Mapping[UUID, Media]) -> list[VariantShown]:
    found = []
    for language in Language:
        row = rows.get(language)
        if row is None:
            continue
        file = media.get(row.media_id) if row.media_id is not None else None
        found.append(
            VariantShown(
                language=language,
                state=VariantState(row.state),
                words=whole.variants[language].words,
                media_id=row.media_id,
                width=file.width if file is not None else None,
                height=file.height if file is not None else None,
                duration_ms=file.duration_ms if file is not None else None,
                subtitles=list(whole.variants[language].subtitles),
                translated_by=row.translated_by,
                translated_at=row.translated_at,
                reviewed_by=row.reviewed_by,
                reviewed_at=row.reviewed_at,
            )
        )
    return found
