"""Status boards in the core: what is believed, what is drawn ahead, and when new values go on air. Conversations."""

from __future__ import annotations

from datetime import timedelta

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.accept import read
from playlists.board import OnStale
from playlists.ids import sha256_hex
from playlists.timeline import at, board_picture
from playlists.wire.messages import State
from playlists.wire.topics import Up
from tests.kiosk_agent.boards import SHEET, WITH_CLOCK, message, said, with_board
from tests.kiosk_agent.making import CLOCK_OK, KIOSK, PUBLIC, START, digest, sealed
from tests.kiosk_agent.playbook import Playbook, soon


def started(made: dict[str, object] | None = None, *values: object, **given: object) -> Playbook:
    """Return a kiosk that plays a manifest with a board and has drawn what it wanted."""
    installed = read(sealed(made or with_board()), KIOSK, PUBLIC)
    book = Playbook()
    findings = given.get("findings", (CLOCK_OK,))
    book.tell(events.Started(installed, frozenset(installed.sizes), values=values, findings=findings))  # type: ignore[arg-type]  # made of test values
    book.link_up()
    drawn_all(book)
    book.shown()
    return book


def drawn_all(book: Playbook) -> list[str]:
    """Answer every wish for a picture; return the keys."""
    keys = []
    while book.state.boards.drawing:
        for key in sorted(book.state.boards.drawing):
            keys.append(key)
            book.tell(events.BoardDrawn(key))
    return keys


def key_now(book: Playbook, after_s: float = 0.0) -> str:
    assert book.state.installed is not None
    manifest, facts = book.state.installed.manifest, book.state.facts
    found = board_picture(manifest, facts, digest(1), START + soon(book.seconds + after_s))
    assert found is not None
    return found.key


def test_new_values_go_on_air_under_cover_as_soon_as_their_picture_is_drawn() -> None:
    book = started()
    before = key_now(book)
    book.tell(events.ValuesReceived(message(said(1, wait=25))), 1.0)
    wish = book.only(do.DrawBoard).picture
    book.none(do.CutIn)
    assert book.only(do.KeepValues).values == (said(1, wait=25),)
    assert key_now(book) == before
    book.tell(events.BoardDrawn(wish.key), 0.2)
    book.only(do.CutIn)
    assert key_now(book) == wish.key != before
    book.tell(events.Tick(), 0.1)
    book.none(do.CutIn, do.DrawBoard)


def test_the_same_values_again_draw_and_cut_nothing() -> None:
    book = started(None, said(3, wait=25))
    for document in (said(3, wait=25), said(2, wait=99), said(4, wait=25)):
        book.tell(events.ValuesReceived(message(document)), 0.5)
        book.none(do.DrawBoard, do.CutIn)
    assert [one.seq for one in book.state.boards.shown] == [4]


def test_values_for_a_board_that_is_not_on_air_disturb_nobody() -> None:
    book = started()
    book.shown(after_s=4.2)
    assert book.state.playback.on_air is not None
    assert book.state.playback.on_air.airing.showing.sha256 == digest(2)
    book.tell(events.ValuesReceived(message(said(1, wait=25))))
    drawn_all(book)
    book.none(do.CutIn)
    assert [one.seq for one in book.state.boards.shown] == [1]


def test_the_next_item_that_the_player_may_hold_already_is_cut() -> None:
    book = started()
    book.shown(after_s=6.5)
    book.tell(events.ValuesReceived(message(said(1, wait=25))))
    book.tell(events.BoardDrawn(book.only(do.DrawBoard).picture.key))
    book.only(do.CutIn)


def test_refused_values_are_told_and_never_shown() -> None:
    book = started()
    book.tell(events.ValuesReceived(message(said(5, wait=9000))), 1.0)
    book.none(do.DrawBoard, do.KeepValues)
    board = book.said(Up.STATE, State)[-1].boards[0]
    assert (board.seq, board.refused, board.refused_seq) == (0, "outside_range", 5)
    book.tell(events.ValuesReceived(message(said(6, wait=9))), 1.0)
    drawn_all(book)
    book.tell(events.Tick(), 1.0)
    last = [one.message for one in book.log if isinstance(one, do.Publish) and isinstance(one.message, State)][-1]
    assert (last.boards[0].seq, last.boards[0].refused) == (6, "")
    assert last.boards[0].since_at is not None


def test_values_may_come_before_the_manifest_that_has_their_board() -> None:
    book = Playbook().start(installed_seq=4)
    book.tell(events.ValuesReceived(message(said(1, wait=25))))
    assert book.only(do.KeepValues).values == (said(1, wait=25),)
    envelope = sealed(with_board(5))
    book.tell(events.ManifestFetched(envelope))
    book.tell(events.SegmentStored(digest(SHEET)))
    book.tell(events.Installed(sha256_hex(envelope)))
    assert [one.seq for one in book.state.facts.values] == [1]


def test_a_restart_without_a_link_shows_the_last_values() -> None:
    book = started(None, said(8, wait=25))
    assert [one.seq for one in book.state.facts.values] == [8]
    assert book.state.installed is not None
    assert at(book.state.installed.manifest, book.state.facts, START).sha256 == digest(1)


def test_a_clocks_next_minute_is_drawn_before_it_begins() -> None:
    book = started(with_board(numbers=(1,), slots=WITH_CLOCK))
    drawn = set(book.state.boards.drawn)
    for second in range(240):
        book.shown(after_s=1)
        drawn |= set(drawn_all(book))
        for ahead_s in (0.0, 2.0):
            assert key_now(book, ahead_s) in drawn, second
    assert not [one for one in book.log if isinstance(one, do.CutIn)]
    drawn_keys = [one.picture.key for one in book.log if isinstance(one, do.DrawBoard)]
    assert len(drawn_keys) == len(set(drawn_keys))
    assert 5 <= len(drawn_keys) <= 8


def test_a_board_that_is_dropped_leaves_the_panel_and_comes_back_with_new_values() -> None:
    book = started(with_board(on_stale=OnStale.DROP, max_age_s=60), said(1, wait=5))
    book.shown()
    assert book.state.installed is not None
    manifest = book.state.installed.manifest
    assert {at(manifest, book.state.facts, START + soon(second)).sha256 for second in range(64)} == {
        digest(1),
        digest(2),
    }
    later = START + timedelta(seconds=60)
    assert {at(manifest, book.state.facts, later + soon(second)).sha256 for second in range(16)} == {digest(2)}
    book.shown(after_s=70)
    book.tell(events.ValuesReceived(message(said(2, later, wait=6))))
    drawn_all(book)
    assert at(manifest, book.state.facts, START + soon(72.5)).sha256 == digest(1)


def test_a_picture_that_cannot_be_drawn_sends_for_the_damaged_file() -> None:
    book = started()
    book.tell(events.ValuesReceived(message(said(1, wait=25))), 1.0)
    wish = book.only(do.DrawBoard).picture
    book.tell(events.BoardFailed(wish.key, "the sheet is damaged", digest(SHEET)))
    book.only(do.DownloadSegment)
    book.tell(events.SegmentStored(digest(SHEET)))
    assert book.only(do.DrawBoard).picture == wish
