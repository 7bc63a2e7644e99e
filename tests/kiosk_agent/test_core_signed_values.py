"""Values of status boards under a root: only what a status officer of the site signed, within what was released."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.trust import Kind
from playlists.trust.statements import Values
from tests.kiosk_agent import trusting as t
from tests.kiosk_agent.boards import BOARD, SHEET, message, said, with_board
from tests.kiosk_agent.making import CLOCK_OK, digest
from tests.kiosk_agent.rooted import TEMPLATE, TWO, Kiosk
from tests.playlists.trust import making as m

BOARDS = with_board()["boards"]
RELEASED = t.release(1, boards=BOARDS)


class Office(Kiosk):
    """A kiosk whose first item is a released board."""

    def __init__(self, trusted: Any = None) -> None:
        super().__init__(trusted)
        self.documents |= {m.digest(RELEASED): RELEASED}

    def answer(self, command: do.Command) -> list[events.Event]:
        if isinstance(command, do.DrawBoard):
            return [events.BoardDrawn(command.picture.key)]
        return super().answer(command)

    def playing(self) -> Office:
        self.begin()
        changes = {"boards": BOARDS, "must_understand": ["boards"]}
        self.hear(events.ManifestFetched(t.manifest(1, 1, 2, releases=(RELEASED, TWO, TEMPLATE), **changes)))
        self.shown()
        return self

    @property
    def shown_seqs(self) -> list[int]:
        return [one.seq for one in self.state.boards.shown]


def values(seq: int = 1, by: str = "giang", **fields: Any) -> bytes:
    plain = {
        "v": 1,
        "issued_at": t.at(),
        "site": "tra-linh",
        "board": str(BOARD),
        "seq": seq,
        "expires_at": t.at(hours=8),
        "values": {"wait": 25},
    }
    return m.signed(Values, plain | fields, by)


def test_signed_values_are_stored_drawn_and_shown_at_once() -> None:
    kiosk = Office().playing()
    told = kiosk.give(Kind.VALUES, values())
    order = [type(one) for one in told if isinstance(one, do.KeepTrust | do.DrawBoard | do.CutIn)]
    assert order[0] is do.KeepTrust
    assert do.CutIn in order
    assert kiosk.shown_seqs == [1]
    assert not kiosk.of(do.KeepValues), "what is signed is kept with what is trusted"


def test_unsigned_values_count_for_nothing_under_a_root() -> None:
    kiosk = Office().playing()
    kiosk.hear(events.ValuesReceived(message(said(9, wait=25))))
    assert kiosk.state.boards.accepted == kiosk.state.boards.waiting == ()


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("V5", {"by": "dung"}),
        ("V5", {"by": "server"}),
        ("V5", {"by": "hoa"}),
        ("V8", {"site": "ban-gioc"}),
        ("V10", {"issued_at": t.at(days=2), "expires_at": t.at(days=3)}),
        ("V11", {"issued_at": t.at(hours=-9), "expires_at": t.at(hours=-1)}),
        ("V11", {"expires_at": t.at(days=32)}),
        ("V15", {"values": {"wait": 1_000_000}}),
        ("V15", {"values": {"another": 5}}),
        ("V15", {"board": str(m.PANEL)}),
    ],
)
def test_values_of_another_or_outside_of_what_was_released_are_refused(rule: str, wrong: dict[str, Any]) -> None:
    kiosk = Office().playing()
    kiosk.give(Kind.VALUES, values(5))
    kiosk.give(Kind.VALUES, values(6, **wrong))
    assert kiosk.rules == [rule]
    assert kiosk.shown_seqs == [5]


def test_old_values_are_a_replay_and_the_same_again_are_not() -> None:
    kiosk = Office().playing()
    first, second = values(1), values(2, values={"wait": 30})
    for one in (first, second, second):
        kiosk.give(Kind.VALUES, one)
    assert kiosk.rules == []
    kiosk.give(Kind.VALUES, first)
    assert kiosk.rules == ["V9"]
    assert kiosk.shown_seqs == [2]


def test_they_survive_a_restart_with_the_link_cut() -> None:
    kiosk = Office().playing()
    kiosk.give(Kind.VALUES, values(3))
    again = Office(kiosk.state.trust.acted)
    forged = said(99, wait=1)
    again.hear(
        events.Started(
            kiosk.state.installed, kiosk.state.stored, values=(forged,), findings=(CLOCK_OK,), trusted=again.pinned
        )
    )
    again.shown()
    assert again.shown_seqs == [3], "what lay on the disk unsigned is not believed"


def test_values_whose_signer_is_no_longer_vouched_for_leave_the_panel() -> None:
    kiosk = Office().playing()
    kiosk.give(Kind.VALUES, values(3))
    roles = m.root_fields()["roles"] | {"status": m.role("hoa")}
    kiosk.shown()
    told = kiosk.give(Kind.ROOT, t.root(version=2, issued_at=t.at(days=-1), roles=roles))
    assert kiosk.shown_seqs == []
    assert [one for one in told if isinstance(one, do.CutIn)]


def test_a_board_whose_release_is_withdrawn_or_whose_sheet_is_held_is_not_shown() -> None:
    for name in (m.digest(RELEASED), digest(1), digest(SHEET)):
        kiosk = Office().playing()
        kiosk.give(Kind.HOLD, t.hold(1, name))
        assert digest(1) in kiosk.state.resting
        assert kiosk.due() == digest(2)


def test_values_before_their_board_count_when_it_is_released() -> None:
    kiosk = Office()
    kiosk.begin()
    kiosk.give(Kind.VALUES, values(1))
    assert kiosk.rules == ["V15"]
    kiosk.playing()
    assert kiosk.rules == []
    assert kiosk.shown_seqs == [1]
