"""From a notice's newest revision to artworks: all that decides the pixels, values written out, one for each language.

A language that lacks what its kind needs has no artwork. A card that shows all languages together has one, `mul`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from playlists.artwork import LEAST_PICTURES, AlbumArtwork, AlbumPicture, AnyArtwork, CardArtwork, MediaArtwork
from playlists.card import NEEDS as PARTS
from playlists.card import VIETNAM, Card, Part, Template, Words
from playlists.daypart import zone
from playlists.language import Language, SegmentLanguage
from playlists.notice import MediaKind
from playlists.typed import Unfilled, fill, fill_words
from playlists.variant import SOURCE, Spoken, VariantState
from server.content.faces.service import Undrawable, artwork_of
from server.content.notices import repository
from server.content.notices.content import AlbumContent, BoardContent, CardContent, ClipContent, ImageContent
from server.content.notices.rows import Airs, airs, states, used_media, whole_of
from server.content.notices.whole import Whole
from server.db import Session
from server.tables import Agency, Media, Notice, Revision

Artworks = dict[SegmentLanguage, AnyArtwork]
MOST_BACK = 20
"""So many revisions back is looked for one that is finished."""


class Showable(NamedTuple):
    """A notice as one of its revisions has it, and what it can show."""

    notice: Notice
    airs: Airs
    whole: Whole
    states: dict[Language, VariantState]
    artworks: Artworks


def showables(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, Showable]:
    """Return the newest revision of each notice with its artworks."""
    rows = repository.by_ids(session, notice_ids)
    newest = repository.newest(session, rows)
    return {one.notice.id: one for one in _showables(session, rows, list(newest.values()))}


def before(session: Session, notice: Notice, number: int) -> Iterator[Showable]:
    """Yield the revisions of a notice before a number, newest first, at most `MOST_BACK` of them."""
    earlier = [row for row in repository.revisions(session, notice.id) if row.number < number]
    for row in earlier[:MOST_BACK]:
        yield from _showables(session, {notice.id: notice}, [row])


def ageing(session: Session, shown: Mapping[UUID, int]) -> dict[UUID, Airs]:
    """Return how those notices are aired that grow old, in the revisions that are shown."""
    rows = repository.ageing(session, shown)
    variants = repository.variants(session, [row.id for row, _ in rows])
    confirmed = repository.confirmed(session, [row.id for row, _ in rows])
    return {
        row.notice_id: airs(
            whole_of(kind, row, variants[row.id]),
            row.number,
            max(row.created_at, confirmed.get(row.id, row.created_at)),
        )
        for row, kind in rows
    }


def aired(session: Session, shown: Mapping[UUID, int]) -> dict[UUID, Airs]:
    """Return how notices are aired in the revisions that are shown."""
    rows = repository.by_ids(session, shown)
    revisions = repository.numbered(session, shown)
    variants = repository.variants(session, [row.id for row in revisions])
    confirmed = repository.confirmed(session, [row.id for row in revisions])
    return {
        row.notice_id: airs(
            whole_of(rows[row.notice_id].kind, row, variants[row.id]),
            row.number,
            max(row.created_at, confirmed.get(row.id, row.created_at)),
        )
        for row in revisions
    }


def _showables(session: Session, rows: Mapping[UUID, Notice], revisions: Sequence[Revision]) -> list[Showable]:
    variants = repository.variants(session, [revision.id for revision in revisions])
    confirmed = repository.confirmed(session, [revision.id for revision in revisions])
    wholes = {row.id: whole_of(rows[row.notice_id].kind, row, variants[row.id]) for row in revisions}
    media = repository.media(session, (media_id for one in wholes.values() for media_id, _ in used_media(one)))
    agencies = repository.agencies(session, {row.agency_id for row in rows.values()})
    found = []
    for row in revisions:
        notice, whole = rows[row.notice_id], wholes[row.id]
        aired = airs(whole, row.number, max(row.created_at, confirmed.get(row.id, row.created_at)))
        if isinstance(whole.content, BoardContent):
            found.append(_board(session, notice, aired, whole, whole.content.board_id))
        else:
            shown = drawn(whole, media, agencies[notice.agency_id])
            found.append(Showable(notice, aired, whole, states(variants[row.id]), shown))
    return found


def _board(session: Session, notice: Notice, aired: Airs, whole: Whole, board_id: UUID) -> Showable:
    """Return a status board: its words are its plan's and the phrase book's, which are approved by themselves."""
    found: Artworks = {}
    for language in Language:
        try:
            found[SegmentLanguage(language)] = artwork_of(session, board_id, language)
        except Undrawable:
            continue
    standing = {
        language: VariantState.REVIEWED if SegmentLanguage(language) in found else VariantState.MISSING
        for language in Language
    }
    return Showable(notice, aired, whole, standing, found)


def artworks_of(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, Artworks]:
    """Return the artworks of the newest revision of each notice, by language."""
    return {notice_id: one.artworks for notice_id, one in showables(session, notice_ids).items()}


def languages_of(session: Session, notice_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return in which languages the newest revision of each notice can be shown."""
    return {notice_id: {str(one) for one in found} for notice_id, found in artworks_of(session, notice_ids).items()}


def drawn(whole: Whole, media: Mapping[UUID, Media], agency: Agency) -> Artworks:
    """Return the artworks of a revision."""
    content = whole.content
    if isinstance(content, CardContent) and content.look.template is Template.SPLIT:
        card = _card(whole, content, list(Language), media, agency)
        return {SegmentLanguage.MUL: card} if card is not None else {}
    found: Artworks = {}
    for language in Language:
        if language in whole.variants:
            artwork = _artwork(whole, language, media, agency)
            if artwork is not None:
                found[SegmentLanguage(language)] = artwork
    return found


def _artwork(whole: Whole, language: Language, media: Mapping[UUID, Media], agency: Agency) -> AnyArtwork | None:
    spoken, content = whole.variants[language], whole.content
    match content:
        case CardContent():
            return _card(whole, content, [language], media, agency)
        case ImageContent():
            return _file(Spoken(media_id=spoken.media_id), spoken.media_id, media)
        case ClipContent():
            return _file(spoken, spoken.media_id or whole.variants[SOURCE].media_id, media)
        case AlbumContent():
            return _album(whole, content, language, media)
        case _:
            return None


def _card(
    whole: Whole, content: CardContent, languages: list[Language], media: Mapping[UUID, Media], agency: Agency
) -> CardArtwork | None:
    needed = PARTS[content.look.template].needed
    try:
        words = {one: _words(whole, one) for one in languages if one in whole.variants}
        if not all(_is_whole(one, needed) for one in words.values()):
            return None
        return CardArtwork(card=Card(look=content.drawn(media, agency), words=words))
    except (Unfilled, ValidationError):
        return None


def _words(whole: Whole, language: Language) -> Words:
    said = whole.variants[language].words
    plain = Words(title=said.title, body=said.body, rows=said.rows)
    return fill_words(plain, whole.values, language, zone(VIETNAM))


def _is_whole(words: Words, needed: frozenset[Part]) -> bool:
    has_body, has_rows = bool(words.body.strip()), bool(words.rows)
    return bool(words.title.strip()) and (has_body or Part.BODY not in needed) and (has_rows or Part.ROWS not in needed)


def _file(spoken: Spoken, media_id: UUID | None, media: Mapping[UUID, Media]) -> MediaArtwork | None:
    row = media.get(media_id) if media_id is not None else None
    if row is None:
        return None
    return MediaArtwork(sha256=row.sha256, media_kind=MediaKind(row.kind), subtitles=spoken.subtitles)


def _album(whole: Whole, content: AlbumContent, language: Language, media: Mapping[UUID, Media]) -> AlbumArtwork | None:
    held = [media[one] for one in content.picture_ids if one in media]
    if len(held) < LEAST_PICTURES:
        return None
    captions = whole.variants[language].words.captions
    try:
        pictures = tuple(
            AlbumPicture(
                sha256=row.sha256,
                media_kind=MediaKind(row.kind),
                caption=fill(captions.get(row.id, ""), whole.values, language, zone(VIETNAM)),
            )
            for row in held
        )
        return AlbumArtwork(pictures=pictures, seconds_each=content.seconds_each)
    except (Unfilled, ValidationError):
        return None
