"""The picture that stands for a status board in lists: the board as a kiosk with the newest values shows it now."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from playlists.artwork import BoardArtwork
from playlists.board import OnStale
from playlists.board_picture import picture
from playlists.board_shown import Shown, shown
from playlists.language import Language, SegmentLanguage
from server.content.boards import repository
from server.content.boards.service import values_of
from server.content.boards.shown import locality_of, planned
from server.content.faces.service import Undrawable, artwork_of, plan_of
from server.db import Session
from server.media.board_face import Unfit, draw_board
from server.media.frames import board_png
from server.tables.boards import Board

_NONE = "0" * 64


class BoardCover(NamedTuple):
    """What decides the pixels of a board's picture."""

    artwork: BoardArtwork
    now: Shown
    row: Board


def cover_of(session: Session, row: Board, language: Language, at: datetime) -> BoardCover | None:
    """Return the cover of a board in a language, or None while a phrase of it is not approved.

    A board that is off the panels is drawn as it stood.
    """
    try:
        artwork = artwork_of(session, row.id, language)
    except Undrawable:
        return None
    site = repository.sites(session, {row.site_id})[row.site_id]
    one = planned(plan_of(row), row.id)
    if one.on_stale is OnStale.DROP:
        one = one.model_copy(update={"on_stale": OnStale.KEEP})
    now = shown(one, values_of(row), at, locality_of(session, row, site), clock_trusted=True)
    return BoardCover(artwork, now, row)


def drawn(cover: BoardCover, width: int, height: int) -> bytes | None:
    """Return the PNG of a board, or None when its lines need more room."""
    try:
        made = draw_board(cover.artwork.board, width, height)
    except Unfit:
        return None
    one = planned(plan_of(cover.row), cover.row.id)
    face = made.layout.face(SegmentLanguage(cover.artwork.board.language), _NONE, _NONE, len(made.sheet))
    seen = picture(one, face, cover.now)
    return board_png(made.base, made.sheet, seen.laid if seen is not None else ())
