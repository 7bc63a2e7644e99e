"""From a board's plan and the phrase book to artworks; from bases and their sheets to the boards of a manifest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pydantic import ValidationError

from playlists.artwork import BoardArtwork, for_site, read_artwork
from playlists.board import Board as HeldBoard
from playlists.board import Face
from playlists.board_card import BoardPlan, Layout, PhraseTexts, Texts, Tone, card_of
from playlists.language import Language, SegmentLanguage
from server.content.faces import repository
from server.content.phrases import repository as phrases
from server.db import Session
from server.tables import Segment
from server.tables.boards import Board, BoardSheet
from server.tables.content import SegmentState


class Undrawable(Exception):
    """A board cannot be drawn; the text is a sentence."""


def plan_of(row: Board) -> BoardPlan:
    """Return a board's plan."""
    return BoardPlan.model_validate(row.definition)


def artwork_of(session: Session, board_id: UUID, language: Language) -> BoardArtwork:
    """Return what decides the pixels of a board in a language, with the approved words of its phrases.

    Raises:
        Undrawable: the board is not there, or a phrase of it is not approved.
    """
    row = repository.board(session, board_id)
    if row is None:
        raise Undrawable("There is no such status board.")
    plan = plan_of(row)
    try:
        return BoardArtwork(board_id=row.id, board=card_of(plan, _book(session, row, plan), language))
    except LookupError as error:
        key = error.args[0]
        raise Undrawable(
            f"The phrase {key} of the board {row.name} is not approved. Have another person approve it."
        ) from error


def board_id_of(segment: Segment) -> UUID | None:
    """Return the board that a segment is a base of."""
    if segment.artwork.get("kind") not in ("board", "training"):
        return None
    artwork = for_site(read_artwork(segment.artwork), training=False)
    return artwork.board_id if isinstance(artwork, BoardArtwork) else None


def held_boards(session: Session, segments: Sequence[Segment]) -> list[HeldBoard]:
    """Return the boards of which these segments are rendered bases, as they are planned now.

    Raises:
        Undrawable: the plan has a slot that was not drawn; the base must be rendered anew.
    """
    bases: dict[UUID, list[Segment]] = defaultdict(list)
    for segment in segments:
        board_id = board_id_of(segment)
        if board_id is not None and segment.state == SegmentState.READY:
            bases[board_id].append(segment)
    sheets = repository.sheets(session, [segment.render_key for each in bases.values() for segment in each])
    rows = repository.boards(session, bases)
    held = []
    for board_id in sorted(bases):
        row = rows[board_id]
        plan = plan_of(row)
        faces = tuple(_face(row, segment, sheets.get(segment.render_key)) for segment in bases[board_id])
        slots = tuple(one.slot for one in plan.slots)
        try:
            board = HeldBoard(
                id=row.id, name=row.name, slots=slots, faces=faces, max_age_s=plan.max_age_s, on_stale=plan.on_stale
            )
        except ValidationError as error:
            raise Undrawable(f"The board {row.name} was changed while it was published; publish again.") from error
        held.append(board)
    return held


def _face(row: Board, segment: Segment, sheet: BoardSheet | None) -> Face:
    if sheet is None or segment.sha256 is None:
        raise Undrawable(f"The tiles of the board {row.name} are missing; publish again.")
    layout = Layout.model_validate(sheet.layout)
    return layout.face(SegmentLanguage(segment.language), segment.sha256, sheet.sha256, sheet.size)


def calendars_of(boards: Sequence[HeldBoard]) -> set[str]:
    """Return the ids of the special calendars that boards' opening hours name."""
    weeks = [slot.hours for board in boards for slot in board.slots if slot.hours is not None]
    return {week.calendar_id for week in weeks if week.calendar_id is not None}


def _book(session: Session, row: Board, plan: BoardPlan) -> dict[str, PhraseTexts]:
    found = phrases.approved(session, row.agency_id, plan.phrases)
    return {one.key: PhraseTexts(texts=Texts(vi=one.vi, en=one.en, zh=one.zh), tone=Tone(one.tone)) for one in found}
