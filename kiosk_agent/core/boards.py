"""Status boards on the kiosk: which values are believed, which pictures are drawn ahead, and when new ones go on air.

Values are believed the moment they are valid and are kept over a restart; the timeline follows them from the moment
their picture is drawn, so that the stream never waits for an encoder. Nothing here needs a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from kiosk_agent.core.commands import CutIn, DrawBoard, KeepValues, NoteError, RefreshPlayer
from kiosk_agent.core.events import BoardDrawn, BoardFailed, SegmentDamaged, ValuesReceived
from kiosk_agent.core.state import State, Taken
from kiosk_agent.core.takeover import GIVEN_AHEAD
from kiosk_agent.core.turn import Turn
from playlists.board import Board
from playlists.board_picture import BoardPicture
from playlists.board_values import Refusal, Values, newest, refusal
from playlists.manifest import Manifest
from playlists.timeline import Facts, at, between, board_picture
from playlists.wire.messages import BoardState

AHEAD = timedelta(seconds=90)
"""Pictures are drawn for what is on air until then, so that a clock's next minute is there before it begins."""
MOST_WAITING = 16
MOST_AHEAD = 24
MOST_AIRINGS = 200


def on_values(turn: Turn, event: ValuesReceived) -> None:
    """Judge each document by itself; a good one takes the place of the board's older one and is kept.

    A kiosk that holds a root, or needs one, believes signed values only.
    """
    if turn.state.trust.taken is not None or turn.state.trust.required:
        return
    before = turn.state.boards
    for offered in event.values.documents:
        _take(turn, offered)
    after = turn.state.boards
    if (after.accepted, after.waiting) != (before.accepted, before.waiting):
        turn.do(KeepValues((*after.accepted, *after.waiting)))


def on_signed(turn: Turn) -> None:
    """Believe what was accepted of signed values, and nothing else, where the kiosk holds a root."""
    acted = turn.state.trust.acted
    if acted is None:
        return
    signed = {board: held.document.stated for board, held in acted.values.items()}
    before, boards = turn.state, turn.state.boards
    gone = [one for one in boards.shown if one.board not in signed]
    turn.state = replace(
        turn.state,
        boards=replace(
            boards,
            accepted=tuple(one for one in boards.accepted if signed.get(one.board) == one),
            waiting=tuple(one for one in boards.waiting if signed.get(one.board) == one),
            shown=tuple(one for one in boards.shown if one.board in signed),
        ),
    )
    for one in signed.values():
        _take(turn, one)
    if any(_must_be_cut(turn, before.facts, one.board) for one in gone if one.board in _known(turn.state)):
        turn.do(CutIn())


def restore(turn: Turn, kept: tuple[Values, ...]) -> None:
    """Take up what was kept over a restart; the timeline follows it at once, and only what is drawn is shown."""
    turn.state = replace(turn.state, boards=replace(turn.state.boards, waiting=kept))
    on_installed(turn)


def on_installed(turn: Turn) -> None:
    """Fit what is believed to the boards of the installed manifest."""
    boards, known = turn.state.boards, _known(turn.state)
    held = (*boards.accepted, *boards.waiting)
    accepted = newest(known.values(), held)
    waiting = newest_elsewhere(known, held)
    turn.state = replace(
        turn.state,
        boards=replace(
            boards,
            accepted=accepted,
            waiting=waiting,
            shown=accepted,
            failed=frozenset(),
            taken={board: boards.taken.get(board, Taken(turn.now.wall)) for board in known},
        ),
    )


def newest_elsewhere(known: Mapping[UUID, Board], held: tuple[Values, ...]) -> tuple[Values, ...]:
    """Return the newest documents of boards that the installed manifest does not have (yet)."""
    found: dict[UUID, Values] = {}
    for one in held:
        if one.board not in known and (one.board not in found or one.seq > found[one.board].seq):
            found[one.board] = one
    return _ordered(tuple(found.values()))[:MOST_WAITING]


def on_drawn(turn: Turn, event: BoardDrawn) -> None:
    """A picture is there."""
    boards = turn.state.boards
    drawn = (*(key for key in boards.drawn if key not in event.dropped), event.key)
    turn.state = replace(
        turn.state, boards=replace(boards, drawn=frozenset(drawn), drawing=boards.drawing - {event.key})
    )
    on_air = turn.state.playback.on_air
    if turn.state.playback.panel is not None and (on_air is None or on_air.airing.showing.sha256 is None):
        turn.do(RefreshPlayer())


def on_failed(turn: Turn, event: BoardFailed) -> SegmentDamaged | None:
    """A picture cannot be drawn: it is left out; return the file that is to blame."""
    boards = turn.state.boards
    turn.state = replace(
        turn.state,
        boards=replace(boards, failed=boards.failed | {event.key}, drawing=boards.drawing - {event.key}),
    )
    turn.do(NoteError(f"a status board cannot be drawn: {event.reason}"))
    return SegmentDamaged(event.damaged) if event.damaged is not None else None


def on_stored(turn: Turn) -> None:
    """A file came (back): what could not be drawn without it is tried again."""
    if turn.state.boards.failed:
        turn.state = replace(turn.state, boards=replace(turn.state.boards, failed=frozenset()))


def consider(turn: Turn) -> None:
    """Have drawn what will be on air soon, and let new values on air when their picture is there."""
    state = turn.state
    if state.installed is None or not state.installed.manifest.boards:
        return
    believed = replace(state.facts, values=state.boards.accepted)
    wanted = list(_ahead(state.installed.manifest, believed, turn.now.wall))
    boards = state.boards
    known = boards.drawn | boards.drawing | boards.failed
    asked = {one.key: one for one in wanted if one.key not in known}
    if asked:
        turn.do(*(DrawBoard(one) for one in asked.values()))
        turn.state = replace(turn.state, boards=replace(boards, drawing=boards.drawing | asked.keys()))
    _let_on_air(turn, state.installed.manifest, believed)


def tell(state: State, now: datetime) -> tuple[BoardState, ...]:
    """Return how each board of the installed manifest stands, for the server."""
    if state.installed is None:
        return ()
    manifest, boards = state.installed.manifest, state.boards
    shown = {one.board: one for one in boards.shown}
    said = []
    for board in manifest.boards:
        picture = board_picture(manifest, state.facts, board.faces[0].base, now)
        taken = boards.taken.get(board.id, Taken())
        said.append(
            BoardState(
                board_id=board.id,
                seq=shown[board.id].seq if board.id in shown else 0,
                standing=picture.standing if picture is not None else "dropped",
                since_at=taken.at,
                refused=taken.refused or "",
                refused_seq=taken.refused_seq,
            )
        )
    return tuple(said)


def _take(turn: Turn, offered: Values) -> None:
    boards, known = turn.state.boards, _known(turn.state)
    held = next((one for one in (*boards.accepted, *boards.waiting) if one.board == offered.board), None)
    now, trusted = turn.now.wall, turn.state.clock_trusted
    refused = refusal(known.get(offered.board), held, offered, now, clock_trusted=trusted)
    taken = boards.taken.get(offered.board, Taken())
    if refused is Refusal.UNKNOWN_BOARD:
        if held is None or offered.seq > held.seq:
            rest = tuple(one for one in boards.waiting if one.board != offered.board)
            waiting = _ordered((*rest, offered))[:MOST_WAITING]
            turn.state = replace(turn.state, boards=replace(boards, waiting=waiting))
        return
    if refused is not None:
        if refused is not Refusal.OLD_SEQ:
            _note(turn, offered.board, replace(taken, refused=refused.value, refused_seq=offered.seq))
            turn.do(NoteError(f"values {offered.seq} of the board {offered.board} are refused: {refused}"))
        return
    rest = tuple(one for one in boards.accepted if one.board != offered.board)
    turn.state = replace(turn.state, boards=replace(boards, accepted=_ordered((*rest, offered))))
    _note(turn, offered.board, replace(taken, refused=None, refused_seq=0))


def _ahead(manifest: Manifest, facts: Facts, now: datetime) -> Iterator[BoardPicture]:
    """Yield the pictures of what is on air soon, the soonest first."""
    until, found = now + AHEAD, 0
    for showing in between(manifest, facts, now, until, most=MOST_AIRINGS):
        moment = max(showing.starts_at, now)
        while moment < min(showing.ends_at, until) and found < MOST_AHEAD:
            picture = board_picture(manifest, facts, showing.sha256, moment)
            if picture is None:
                break
            yield picture
            moment, found = picture.until, found + 1


def _let_on_air(turn: Turn, manifest: Manifest, believed: Facts) -> None:
    """Let the timeline follow what is believed, board by board, as soon as what is due by it can be shown."""
    boards = turn.state.boards
    for values in boards.accepted:
        if values in turn.state.boards.shown or not _is_ready(turn, manifest, believed, values.board):
            continue
        before = turn.state
        rest = tuple(one for one in boards.shown if one.board != values.board)
        boards = replace(turn.state.boards, shown=_ordered((*rest, values)))
        turn.state = replace(turn.state, boards=boards)
        _note(turn, values.board, replace(boards.taken.get(values.board, Taken()), at=turn.now.wall))
        boards = turn.state.boards
        if _must_be_cut(turn, before.facts, values.board):
            turn.do(CutIn())


def _is_ready(turn: Turn, manifest: Manifest, believed: Facts, board_id: UUID) -> bool:
    """Tell whether the picture that is on air now, or comes next, is drawn (or never will be)."""
    state, now = turn.state, turn.now.wall
    board = _known(state)[board_id]
    usable = state.boards.drawn | state.boards.failed
    on_air = state.playback.on_air
    soon = {showing.sha256 for showing in between(manifest, believed, now, now + GIVEN_AHEAD, most=8)}
    if on_air is not None:
        soon.add(on_air.airing.showing.sha256)
    pictures = [board_picture(manifest, believed, base, now) for base in board.bases & soon]
    return all(picture is None or picture.key in usable for picture in pictures)


def _must_be_cut(turn: Turn, before: Facts, board_id: UUID) -> bool:
    """Tell whether the panel shows, or was just given, a picture of a board that is right no longer."""
    state, now = turn.state, turn.now.wall
    on_air, installed = state.playback.on_air, state.installed
    if on_air is None or installed is None or state.playback.panel is None:
        return False
    manifest, bases = installed.manifest, _known(state)[board_id].bases
    moments = [now] if on_air.airing.showing.sha256 in bases else []
    if on_air.airing.showing.ends_at <= now + GIVEN_AHEAD:
        moments.append(max(now, on_air.airing.showing.ends_at))
    for moment in moments:
        old, new = at(manifest, before, moment), at(manifest, state.facts, moment)
        if old.sha256 not in bases and new.sha256 not in bases:
            continue
        pictures = [
            board_picture(manifest, facts, one.sha256, moment) for facts, one in ((before, old), (state.facts, new))
        ]
        if old.sha256 != new.sha256 or _key(pictures[0]) != _key(pictures[1]):
            return True
    return False


def _key(picture: BoardPicture | None) -> str | None:
    return picture.key if picture is not None else None


def _known(state: State) -> dict[UUID, Board]:
    return {board.id: board for board in state.installed.manifest.boards} if state.installed is not None else {}


def _ordered(values: tuple[Values, ...]) -> tuple[Values, ...]:
    return tuple(sorted(values, key=lambda one: one.board))


def _note(turn: Turn, board: UUID, taken: Taken) -> None:
    boards = turn.state.boards
    turn.state = replace(turn.state, boards=replace(boards, taken={**boards.taken, board: taken}))
