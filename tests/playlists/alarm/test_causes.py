"""Which alarms follow from others, and when something is expected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.alarm.causes import FOLLOWS, GRACE, Part, causes, next_change, site_is_offline
from playlists.alarm.rule import RULES, AlarmRule, rule_of
from playlists.alarm.window import Window, WindowKind, expected_until
from playlists.fault import FaultCode
from tests.playlists.alarm.making import at

C = FaultCode
SITE, OTHER_SITE = UUID(int=900), UUID(int=901)
KIOSK, NEIGHBOUR = UUID(int=910), UUID(int=911)


def part(
    number: int,
    code: FaultCode,
    subject: str = "",
    *,
    kiosk: UUID | None = KIOSK,
    since: float = 0,
    returned: datetime | None = None,
) -> Part:
    return Part(UUID(int=number), code, subject, SITE, kiosk, at(since), returned)


def told(parts: list[Part], second: float = 100) -> dict[int, int]:
    return {key.int: cause.int for key, cause in causes(parts, at(second)).items()}


def test_a_site_without_link_is_told_once() -> None:
    kiosks = [part(number, C.KIOSK_OFFLINE, kiosk=UUID(int=500 + number), since=number / 4) for number in range(1, 201)]
    whole = part(999, C.SITE_OFFLINE, kiosk=None, since=50)
    assert told([*kiosks, whole]) == dict.fromkeys(range(1, 201), 999)
    broken_yesterday = part(1000, C.KIOSK_OFFLINE, kiosk=UUID(int=800), since=-86_400)
    assert 1000 not in told([*kiosks, broken_yesterday, whole])


def test_the_first_cause_of_a_chain_is_named() -> None:
    parts = [
        part(1, C.MAINS_LOST),
        part(2, C.CONTROLLER_OFFLINE, since=5),
        part(3, C.PANEL_PORT_DOWN, "port 1", since=8),
        part(4, C.PANEL_CARD_OFFLINE, "port 1 card 2", since=9),
        part(5, C.PANEL_VOLTAGE_LOW, "port 1 card 2", since=9),
    ]
    assert told(parts) == dict.fromkeys((2, 3, 4, 5), 1)
    assert told(parts[1:]) == dict.fromkeys((3, 4, 5), 2)
    assert told(parts[2:]) == dict.fromkeys((4, 5), 3)
    assert told(parts[3:]) == {5: 4}


def test_a_port_explains_its_own_cards_only() -> None:
    parts = [
        part(1, C.PANEL_PORT_DOWN, "port 1"),
        part(2, C.PANEL_CARD_OFFLINE, "port 1 card 2"),
        part(3, C.PANEL_CARD_OFFLINE, "port 2 card 2"),
        part(4, C.PANEL_CARD_OFFLINE, "port 10 card 1"),
    ]
    assert told(parts) == {2: 1}


def test_another_kiosk_is_no_cause() -> None:
    assert told([part(1, C.CONTROLLER_OFFLINE, kiosk=NEIGHBOUR), part(2, C.PANEL_CARD_OFFLINE, "port 1 card 2")]) == {}


def test_what_was_there_before_does_not_follow() -> None:
    assert told([part(1, C.CABINET_FAN, "port 1 card 1"), part(2, C.CONTROLLER_OFFLINE, since=1000)], 1100) == {}


def test_smoke_is_never_hidden_by_a_cause() -> None:
    assert all(C.CABINET_SMOKE not in follows for follows in FOLLOWS.values())


def test_what_outlives_its_cause_comes_forward_after_a_while() -> None:
    parts = [part(1, C.HDMI_DISCONNECTED, returned=at(50)), part(2, C.PANEL_SIGNAL_MISSING, since=3)]
    assert told(parts, 60) == {2: 1}
    assert next_change(parts, at(60)) == at(50) + GRACE
    assert told(parts, 50 + GRACE.total_seconds()) == {}
    assert next_change(parts, at(50) + GRACE) is None


@pytest.mark.parametrize(
    ("offline", "since"),
    [({}, None), ({KIOSK: 5}, None), ({KIOSK: 5, NEIGHBOUR: 9}, 9)],
)
def test_a_site_is_offline_when_its_last_kiosk_is(offline: dict[UUID, int], since: int | None) -> None:
    times = {kiosk: at(second) for kiosk, second in offline.items()}
    assert site_is_offline((KIOSK, NEIGHBOUR), times) == (None if since is None else at(since))


def test_a_site_of_one_kiosk_is_told_by_the_kiosk() -> None:
    assert site_is_offline((KIOSK,), {KIOSK: at(0)}) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(list(C)), st.integers(0, 300), st.sampled_from(["", "port 1", "port 1 card 2"])),
        max_size=20,
    )
)
def test_a_first_cause_follows_from_nothing(drawn: list[tuple[FaultCode, int, str]]) -> None:
    parts = [part(number, code, subject, since=since) for number, (code, since, subject) in enumerate(drawn)]
    found = causes(parts, at(400))
    assert not set(found.values()) & found.keys()
    assert found.keys() <= {one.key for one in parts}


def window(kind: WindowKind, begin: float, end: float) -> Window:
    return Window(kind, at(begin), at(end))


def test_planned_work_expects_everything_but_smoke() -> None:
    work = window(WindowKind.WORK, 0, 100)
    assert [code for code in C if not work.expects(code, rule_of(code))] == [C.CABINET_SMOKE]


def test_an_announced_power_cut_expects_what_a_missing_supply_explains() -> None:
    cut = window(WindowKind.POWER_CUT, 0, 100)
    assert cut.expects(C.SITE_OFFLINE, RULES[C.SITE_OFFLINE])
    assert not cut.expects(C.CABINET_DOOR, RULES[C.CABINET_DOOR])


def test_a_dark_picture_is_expected_when_the_panel_is_closed() -> None:
    closed = window(WindowKind.CLOSED, 0, 100)
    assert closed.expects(C.PICTURE_BLACK, RULES[C.PICTURE_BLACK])
    assert not closed.expects(C.KIOSK_OFFLINE, RULES[C.KIOSK_OFFLINE])


def test_windows_that_touch_are_one() -> None:
    windows = [window(WindowKind.WORK, 100, 200), window(WindowKind.WORK, 0, 100), window(WindowKind.WORK, 250, 300)]
    rule = AlarmRule()
    assert expected_until(windows, "x", rule, at(50)) == at(200)
    assert expected_until(windows, "x", rule, at(200)) is None
    assert expected_until(windows, "x", rule, at(299)) == at(300)
    assert expected_until([], "x", rule, at(0)) is None
