"""Between the rows of a revision and the value that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from playlists.board import OnStale
from playlists.card import Row
from playlists.language import Language, fold
from playlists.notice import NoticeKind
from playlists.variant import Spoken, Standing, VariantState
from server.content.notices.content import read_content
from server.content.notices.whole import Whole
from server.tables import Notice, Revision, RevisionMedia, Variant
from server.tables.content import MediaUse

MOST_FOLDED = 120


def whole_of(kind: str, revision: Revision, variants: Mapping[Language, Variant]) -> Whole:
    """Return what a revision says; `kind` is its notice's, for a revision that was written before kinds changed."""
    return Whole(
        title=revision.title,
        content=read_content(kind, revision.content),
        values=revision.values,
        mandate=revision.mandate,
        subject_id=revision.subject_id,
        task_id=revision.task_id,
        responsible=_responsible(revision),
        content_class=revision.content_class,
        festive=revision.festive,
        valid_from=revision.valid_from,
        valid_until=revision.valid_until,
        freshness=_freshness(revision),
        variants={language: spoken_of(row) for language, row in variants.items()},
    )


def spoken_of(row: Variant) -> Spoken:
    """Return what a variant says."""
    return Spoken.model_validate({"words": row.words, "media_id": row.media_id, "subtitles": row.subtitles})


def standing_of(row: Variant) -> Standing:
    """Return how far a variant has come."""
    return Standing(
        VariantState(row.state),
        row.source_sha256,
        row.translated_by,
        row.translated_at,
        row.reviewed_by,
        row.reviewed_at,
    )


def states(variants: Mapping[Language, Variant]) -> dict[Language, VariantState]:
    """Return the state of every language."""
    return {
        language: VariantState(variants[language].state) if language in variants else VariantState.MISSING
        for language in Language
    }


def stand(row: Variant, standing: Standing) -> None:
    """Write on a variant how far it has come."""
    row.state, row.source_sha256 = standing.state, standing.source_sha256
    row.translated_by, row.translated_at = standing.translated_by, standing.translated_at
    row.reviewed_by, row.reviewed_at = standing.reviewed_by, standing.reviewed_at


def revision_of(whole: Whole, notice: Notice, by: UUID, at: datetime) -> Revision:
    """Return the row of a new revision; `notice` counts it already."""
    responsible, freshness, mandate = whole.responsible, whole.freshness, whole.mandate
    return Revision(
        notice_id=notice.id,
        number=notice.newest,
        notice_rev=notice.rev,
        title=whole.title,
        content=whole.content.model_dump(mode="json"),
        values={name: value.model_dump(mode="json") for name, value in whole.values.items()},
        mandate=mandate.model_dump(mode="json") if mandate is not None else None,
        mandate_folded=fold(mandate.number)[:MOST_FOLDED] if mandate is not None else "",
        subject_id=whole.subject_id,
        task_id=whole.task_id,
        responsible_name=responsible.name if responsible is not None else "",
        responsible_position=responsible.position if responsible is not None else "",
        responsible_folded=fold(responsible.name)[:MOST_FOLDED] if responsible is not None else "",
        content_class=whole.content_class,
        festive=whole.festive,
        valid_from=whole.valid_from,
        valid_until=whole.valid_until,
        max_age_s=freshness.max_age_s if freshness is not None else None,
        on_stale=freshness.on_stale if freshness is not None else None,
        created_by=by,
        created_at=at,
    )


def variants_of(whole: Whole, standings: Mapping[Language, Standing], revision_id: UUID) -> list[Variant]:
    """Return the rows of a new revision's variants."""
    rows = []
    for language, spoken in whole.variants.items():
        row = Variant(
            revision_id=revision_id,
            language=language,
            words=spoken.words.model_dump(mode="json"),
            media_id=spoken.media_id,
            subtitles=[cue.model_dump(mode="json") for cue in spoken.subtitles],
        )
        stand(row, standings[language])
        rows.append(row)
    return rows


def used_media(whole: Whole) -> set[tuple[UUID, MediaUse]]:
    """Return every media that a revision names, and what for."""
    used = set(whole.content.media())
    used |= {(one.media_id, MediaUse.VARIANT) for one in whole.variants.values() if one.media_id is not None}
    if whole.mandate is not None and whole.mandate.scan_id is not None:
        used.add((whole.mandate.scan_id, MediaUse.SCAN))
    return used


def uses_of(whole: Whole, revision_id: UUID) -> list[RevisionMedia]:
    """Return the rows of the media that a revision uses."""
    return [
        RevisionMedia(revision_id=revision_id, media_id=media_id, used_for=used_for)
        for media_id, used_for in sorted(used_media(whole))
    ]


@dataclass(frozen=True, slots=True)
class Airs:
    """How a revision of a notice is aired; times are on whole seconds."""

    revision: int
    title: str
    content_class: str
    festive: bool
    animated: bool
    shown_from: datetime | None
    shown_until: datetime | None
    """The end of its validity, or of its freshness where that comes first and a stale notice is dropped."""
    stale_at: datetime | None
    """When it is shown with a plate that says that it may be out of date."""


def airs(whole: Whole, revision: int, right_at: datetime) -> Airs:
    """Return how a revision is aired that was made, or last said to be still right, at a time.

    A board's freshness is its values' and is followed on the kiosk.
    """
    freshness, until = whole.freshness, whole.valid_until
    ages = freshness is not None and whole.content.kind is not NoticeKind.BOARD
    old_at = right_at + timedelta(seconds=freshness.max_age_s) if freshness is not None and ages else None
    on_stale = freshness.on_stale if freshness is not None else OnStale.KEEP
    if old_at is not None and on_stale is OnStale.DROP:
        until = min(until or old_at, old_at)
    return Airs(
        revision=revision,
        title=whole.title,
        content_class=whole.content_class,
        festive=whole.festive,
        animated=whole.content.animated,
        shown_from=_whole_second(whole.valid_from),
        shown_until=_whole_second(until),
        stale_at=_whole_second(old_at) if on_stale is OnStale.PLATE else None,
    )


def _whole_second(at: datetime | None) -> datetime | None:
    return at.replace(microsecond=0) if at is not None else None


def head(notice: Notice, whole: Whole, at: datetime) -> None:
    """Repeat on a notice what lists and schedules ask about its newest revision; it is right as of a time."""
    notice.title, notice.title_folded = whole.title, fold(whole.title)
    notice.words_folded = fold(" ".join(_texts(whole)))
    notice.kind, notice.animated = whole.content.kind, whole.content.animated
    notice.content_class, notice.festive = whole.content_class, whole.festive
    aired = airs(whole, notice.newest, at)
    notice.shown_from, notice.shown_until, notice.stale_at = aired.shown_from, aired.shown_until, aired.stale_at


def _texts(whole: Whole) -> Iterator[str]:
    yield whole.title
    for spoken in whole.variants.values():
        words = spoken.words
        yield from (words.title, words.body, *_row_texts(words.rows), *words.captions.values())
    if whole.mandate is not None:
        yield from (whole.mandate.number, whole.mandate.issuer, whole.mandate.summary)
    if whole.responsible is not None:
        yield whole.responsible.name


def _row_texts(rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        yield from (row.label, row.value)


def _responsible(row: Revision) -> Any:
    if not row.responsible_name:
        return None
    return {"name": row.responsible_name, "position": row.responsible_position}


def _freshness(row: Revision) -> Any:
    return {"max_age_s": row.max_age_s, "on_stale": row.on_stale} if row.max_age_s is not None else None
