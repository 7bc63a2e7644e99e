"""Which picture stands for a notice in lists: its card as it is drawn, or a file that it shows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from playlists.artwork import CardArtwork, digest
from playlists.card import Card
from playlists.language import Language, SegmentLanguage
from server.content.boards import repository as boards
from server.content.boards.cover import BoardCover
from server.content.boards.cover import cover_of as board_cover
from server.content.notices import repository, service
from server.content.notices.artworks import drawn
from server.content.notices.content import BoardContent
from server.content.notices.rows import used_media
from server.content.notices.whole import Whole
from server.db import Session
from server.media.blobs import BlobStore
from server.tables import Notice

ORDER = (SegmentLanguage.VI, SegmentLanguage.MUL, SegmentLanguage.EN, SegmentLanguage.ZH)


class Cover(NamedTuple):
    """A card with the files of its pictures and the digest of what it shows; or a media; or a board; or none."""

    card: Card | None = None
    pictures: dict[str, Path] | None = None
    sha256: str = ""
    media_id: UUID | None = None
    board: BoardCover | None = None


def cover_of(
    session: Session, notice: Notice, blobs: BlobStore, language: SegmentLanguage | None, at: datetime
) -> Cover:
    """Return the cover of a notice's newest revision, in a language where it has that one; of a board as it is now."""
    whole = service.held_of(session, notice).whole
    if isinstance(whole.content, BoardContent):
        row = boards.board(session, whole.content.board_id)
        spoken = Language.VI if language in (None, SegmentLanguage.MUL) else Language(language)
        return Cover(board=board_cover(session, row, spoken, at) if row is not None else None)
    media = repository.media(session, (media_id for media_id, _ in used_media(whole)))
    agency = repository.agencies(session, [notice.agency_id])[notice.agency_id]
    artworks = drawn(whole, media, agency)
    order = ORDER if language is None else (language, *ORDER)
    shown = next((artworks[code] for code in order if code in artworks), None)
    if not isinstance(shown, CardArtwork):
        return Cover(media_id=_file(whole, order))
    look = shown.card.look
    files = {sha256: blobs.path(sha256) for sha256 in (look.picture, look.logo) if sha256 is not None}
    return Cover(shown.card, files, digest(shown))


def _file(whole: Whole, order: tuple[SegmentLanguage, ...]) -> UUID | None:
    codes = [Language(code) for code in order if code is not SegmentLanguage.MUL]
    own = [whole.variants[code].media_id for code in codes if code in whole.variants]
    shown = [media_id for media_id, _ in sorted(whole.content.media())]
    return next((one for one in [*own, *shown] if one is not None), None)
