"""Queries on notices, their revisions and variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, or_, select

from playlists.language import Language
from playlists.notice import ContentClass, NoticeKind
from playlists.variant import SOURCE, VariantState
from server.edge import Slice
from server.seen import EVERYTHING, Seen
from server.tables import (
    Agency,
    Confirmation,
    DismissedAdvice,
    EntryTarget,
    Media,
    Notice,
    OverrideRow,
    OverrideTarget,
    Panel,
    PanelTag,
    PlaylistItemRow,
    Revision,
    ScheduleEntryRow,
    Site,
    Subject,
    UserLanguage,
    Variant,
)


class Waits(StrEnum):
    """What a notice waits for."""

    TRANSLATION = "translation"
    """The source is handed over, and another language is missing, a draft or stale."""
    REVIEW = "review"
    """A language is translated, by somebody else, and the one who asks is registered for it."""


MOST_PANELS = 200


@dataclass(frozen=True)
class Sought:
    """Which notices of a list: all that is given must hold. Texts are folded."""

    seen: Seen = EVERYTHING
    words: str = ""
    kind: NoticeKind | None = None
    language: Language | None = None
    state: VariantState | None = None
    """Of `language`, or of any one when none is given."""
    subject_id: UUID | None = None
    task_id: UUID | None = None
    content_class: ContentClass | None = None
    responsible: str = ""
    mandate: str = ""
    created_by: UUID | None = None
    valid_at: datetime | None = None
    ends_before: datetime | None = None
    """Valid until a time that lies before this one, and not over at `valid_at`."""
    archived: bool | None = False
    """None: both."""
    waits: Waits | None = None
    waits_for: UUID | None = None
    """Who is asked for a review: another person than the translator."""


def notice(session: Session, notice_id: UUID, *, lock: bool = False) -> Notice | None:
    """Return a notice; `lock` keeps it from others until the transaction ends."""
    return session.get(Notice, notice_id, with_for_update=lock or None, populate_existing=lock)


def by_ids(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, Notice]:
    """Return notices by id."""
    return {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(list(notice_ids))))}


def notices(session: Session, asked: Slice, sought: Sought) -> list[Notice]:
    """Return notices, newest first, one more than asked for."""
    statement = (
        select(Notice)
        .join(Revision, (col(Revision.notice_id) == col(Notice.id)) & (col(Revision.number) == col(Notice.newest)))
        .where(*conditions(sought))
        .order_by(col(Notice.id).desc())
        .limit(asked.limit + 1)
    )
    if asked.before is not None:
        statement = statement.where(col(Notice.id) < asked.before)
    return list(session.exec(statement))


def conditions(sought: Sought) -> list[Any]:
    """Return what a notice and its newest revision must fulfil; both are joined by the caller."""
    alike: list[tuple[Any, object]] = [
        (Notice.kind, sought.kind),
        (Revision.content_class, sought.content_class),
        (Notice.created_by, sought.created_by),
        (Revision.subject_id, sought.subject_id),
        (Revision.task_id, sought.task_id),
    ]
    found = [sought.seen.of(col(Notice.agency_id))]
    found += [column == value for column, value in alike if value is not None]
    found += [col(Notice.words_folded).contains(word, autoescape=True) for word in sought.words.split()]
    if sought.responsible:
        found.append(col(Revision.responsible_folded).contains(sought.responsible, autoescape=True))
    if sought.mandate:
        found.append(col(Revision.mandate_folded).contains(sought.mandate, autoescape=True))
    if sought.archived is not None:
        found.append(col(Notice.archived_at).is_not(None) if sought.archived else col(Notice.archived_at).is_(None))
    return found + _valid(sought) + _in_state(sought) + _waiting(sought)


def _valid(sought: Sought) -> list[Any]:
    found: list[Any] = []
    begins, ends = col(Revision.valid_from), col(Revision.valid_until)
    if sought.ends_before is not None:
        found.append(ends < sought.ends_before)
    if sought.valid_at is not None:
        found.append(begins.is_(None) | (begins <= sought.valid_at))
        found.append(ends.is_(None) | (ends > sought.valid_at))
    return found


def _in_state(sought: Sought) -> list[Any]:
    if sought.state is None:
        return []
    languages = [sought.language] if sought.language is not None else list(Language)
    if sought.state is VariantState.MISSING:
        return [or_(*(~_variant(Variant.language == one) for one in languages))]
    return [_variant(col(Variant.language).in_(languages), Variant.state == sought.state)]


def _waiting(sought: Sought) -> list[Any]:
    languages = [sought.language] if sought.language is not None else list(Language)
    if sought.waits is Waits.TRANSLATION:
        begun = (VariantState.DRAFT, VariantState.STALE)
        others = [one for one in languages if one is not SOURCE]
        handed_over = col(Variant.state).in_((VariantState.TRANSLATED, VariantState.REVIEWED))
        lacking = [_variant(col(Variant.language).in_(others), col(Variant.state).in_(begun))]
        lacking += [~_variant(Variant.language == one) for one in others]
        return [_variant(Variant.language == SOURCE, handed_over), or_(*lacking)]
    if sought.waits is Waits.REVIEW:
        registered = select(UserLanguage.language).where(UserLanguage.user_id == sought.waits_for)
        return [
            _variant(
                col(Variant.language).in_(languages),
                col(Variant.language).in_(registered),
                Variant.state == VariantState.TRANSLATED,
                col(Variant.translated_by).is_distinct_from(sought.waits_for),
            )
        ]
    return []


def _variant(*where: Any) -> Any:
    return select(Variant.id).where(col(Variant.revision_id) == col(Revision.id), *where).exists()


def newest(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, Revision]:
    """Return each notice's newest revision, by the notice's id."""
    statement = (
        select(Revision)
        .join(Notice, (col(Revision.notice_id) == col(Notice.id)) & (col(Revision.number) == col(Notice.newest)))
        .where(col(Notice.id).in_(list(notice_ids)))
    )
    return {row.notice_id: row for row in session.exec(statement)}


def revisions(session: Session, notice_id: UUID) -> list[Revision]:
    """Return a notice's revisions, newest first."""
    statement = select(Revision).where(Revision.notice_id == notice_id).order_by(col(Revision.number).desc())
    return list(session.exec(statement))


def revision(session: Session, notice_id: UUID, number: int) -> Revision | None:
    """Return one revision of a notice."""
    return session.exec(select(Revision).where(Revision.notice_id == notice_id, Revision.number == number)).first()


def revision_of_rev(session: Session, notice_id: UUID, rev: int) -> Revision | None:
    """Return the revision that was the newest when the notice's `rev` was this one."""
    statement = select(Revision).where(Revision.notice_id == notice_id, col(Revision.notice_rev) <= rev)
    return session.exec(statement.order_by(col(Revision.number).desc()).limit(1)).first()


def ageing(session: Session, shown: Mapping[UUID, int]) -> list[tuple[Revision, str]]:
    """Return the revisions, of these notices and numbers, that grow old, with their notices' kinds."""
    statement = (
        select(Revision, Notice.kind)
        .join(Notice, col(Notice.id) == col(Revision.notice_id))
        .where(col(Revision.notice_id).in_(list(shown)), col(Revision.max_age_s).is_not(None))
    )
    return [(row, kind) for row, kind in session.exec(statement) if shown[row.notice_id] == row.number]


def numbered(session: Session, shown: Mapping[UUID, int]) -> list[Revision]:
    """Return the revisions of these notices and numbers."""
    statement = select(Revision).where(col(Revision.notice_id).in_(list(shown)))
    return [row for row in session.exec(statement) if shown[row.notice_id] == row.number]


def confirmed(session: Session, revision_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when revisions were last said to be still right; one of which nobody said so is left out."""
    statement = (
        select(Confirmation.revision_id, func.max(Confirmation.confirmed_at))
        .where(col(Confirmation.revision_id).in_(list(revision_ids)))
        .group_by(col(Confirmation.revision_id))
    )
    return dict(session.exec(statement).all())


def variants(session: Session, revision_ids: Iterable[UUID]) -> dict[UUID, dict[Language, Variant]]:
    """Return the variants of revisions by language, by the revision's id."""
    wanted = list(revision_ids)
    found: dict[UUID, dict[Language, Variant]] = {revision_id: {} for revision_id in wanted}
    for row in session.exec(select(Variant).where(col(Variant.revision_id).in_(wanted))):
        found[row.revision_id][Language(row.language)] = row
    return found


def media(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, Media]:
    """Return media by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: row for row in session.exec(select(Media).where(col(Media.id).in_(wanted)))} if wanted else {}


def agencies(session: Session, ids: Iterable[UUID]) -> dict[UUID, Agency]:
    """Return agencies by id."""
    return {row.id: row for row in session.exec(select(Agency).where(col(Agency.id).in_(set(ids))))}


def subject(session: Session, subject_id: UUID) -> Subject | None:
    """Return a line of a yearly list."""
    return session.get(Subject, subject_id)


def names(session: Session, ids: Iterable[tuple[UUID, UUID | None, UUID | None]]) -> dict[UUID, str]:
    """Return the names of agencies, subjects and tasks that notices name, by id."""
    wanted = list(ids)
    lines = {one for _, *both in wanted for one in both if one is not None}
    found = session.exec(select(Subject.id, Subject.name).where(col(Subject.id).in_(lines))).all()
    owners = session.exec(select(Agency.id, Agency.name).where(col(Agency.id).in_({one for one, *_ in wanted}))).all()
    return dict(found) | dict(owners)


def responsible_names(session: Session, seen: Seen, most: int = 200) -> list[tuple[str, str]]:
    """Return names and positions of those who answer for an agency's notices, each once, by name."""
    statement = (
        select(Revision.responsible_name, Revision.responsible_position)
        .join(Notice, (col(Notice.id) == col(Revision.notice_id)) & (col(Notice.newest) == col(Revision.number)))
        .where(Revision.responsible_name != "")
        .distinct()
        .order_by(Revision.responsible_name, Revision.responsible_position)
        .limit(most)
    )
    statement = statement.where(seen.of(col(Notice.agency_id)))
    return list(session.exec(statement))


def reviews(session: Session, user_id: UUID, language: Language) -> bool:
    """Tell whether a person is registered as a reviewer of a language."""
    return session.get(UserLanguage, (user_id, str(language))) is not None


def panels(
    session: Session, agency_id: UUID, notice_id: UUID | None, only: Sequence[UUID] | None
) -> list[tuple[Panel, Site]]:
    """Return the panels of an agency, and those on which a notice is planned, with their sites; by name.

    Planned: the default playlist holds it, or an entry of the schedule or a standing override that is meant for the
    panel, whoever owns that.
    """
    meant = [col(Panel.agency_id) == agency_id]
    if notice_id is not None:
        holding = select(PlaylistItemRow.playlist_id).where(PlaylistItemRow.notice_id == notice_id)
        meant.append(col(Panel.default_playlist_id).in_(holding))
        entries = select(ScheduleEntryRow.id).where(
            col(ScheduleEntryRow.playlist_id).in_(holding), col(ScheduleEntryRow.deleted_at).is_(None)
        )
        overrides = select(OverrideRow.id).where(
            col(OverrideRow.playlist_id).in_(holding), col(OverrideRow.ended_at).is_(None)
        )
        meant.append(_aimed_at(EntryTarget, col(EntryTarget.entry_id).in_(entries)))
        meant.append(_aimed_at(OverrideTarget, col(OverrideTarget.override_id).in_(overrides)))
    statement = select(Panel, Site).join(Site, col(Site.id) == col(Panel.site_id)).where(or_(*meant))
    if only is not None:
        statement = statement.where(col(Panel.id).in_(list(only)))
    return list(session.exec(statement.order_by(col(Panel.name), col(Panel.id)).limit(MOST_PANELS)))


def _aimed_at(table: type[EntryTarget | OverrideTarget], those: Any) -> Any:
    """Return the condition that a panel, its site or one of its tags is named by some targets.

    What is meant for everywhere is meant for the panels of its own agency, which are looked at anyway.
    """
    tagged = select(PanelTag.panel_id).where(col(PanelTag.tag).in_(select(table.tag).where(those)))
    return or_(
        col(Panel.id).in_(select(table.panel_id).where(those)),
        col(Panel.site_id).in_(select(table.site_id).where(those)),
        col(Panel.id).in_(tagged),
    )


def items(session: Session, notice_id: UUID) -> list[PlaylistItemRow]:
    """Return the places of a notice in playlists, the shortest on air first."""
    statement = select(PlaylistItemRow).where(PlaylistItemRow.notice_id == notice_id)
    return list(session.exec(statement.order_by(col(PlaylistItemRow.on_air_ms), col(PlaylistItemRow.id))))


def dismissed(session: Session, revision_id: UUID) -> frozenset[str]:
    """Return the keys of the advice that was put aside for a revision."""
    statement = select(DismissedAdvice.advice).where(DismissedAdvice.revision_id == revision_id)
    return frozenset(session.exec(statement))


def dismiss(session: Session, revision_id: UUID, advice: str, by: UUID) -> None:
    """Put advice aside for a revision; again is as once."""
    if session.get(DismissedAdvice, (revision_id, advice)) is None:
        session.add(DismissedAdvice(revision_id=revision_id, advice=advice, dismissed_by=by))
        session.flush()
