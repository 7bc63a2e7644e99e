from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playlists.daypart import ALWAYS, WeeklyWindow, is_open, use_pinned_zones, zone

HANOI = zone("Asia/Ho_Chi_Minh")
NIGHT = WeeklyWindow(weekdays=(5,), start="22:00", end="02:00")
WORK = WeeklyWindow(weekdays=(1, 2, 3, 4, 5), start="07:00", end="17:00")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A Vietnamese wall time in November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "at", "inside"),
    [
        (WORK, local(23, 7), True),
        (WORK, local(23, 6, 59), False),
        (WORK, local(23, 16, 59), True),
        (WORK, local(23, 17), False),
        (WORK, local(28, 9), False),
        (NIGHT, local(27, 23), True),
        (NIGHT, local(28, 1, 59), True),
        (NIGHT, local(28, 2), False),
        (NIGHT, local(27, 1), False),
        (NIGHT, local(28, 22, 30), False),
        (ALWAYS, local(29, 0), True),
    ],
)
def test_a_window_belongs_to_the_weekday_on_which_it_starts(window: WeeklyWindow, at: datetime, inside: bool) -> None:
    assert is_open([window], at, HANOI) is inside


@pytest.mark.parametrize(
    "fields",
    [
        {"weekdays": (1,), "start": "07:00", "end": "07:00"},
        {"weekdays": (1,), "start": "24:00", "end": "07:00"},
        {"weekdays": (), "start": "07:00", "end": "08:00"},
        {"weekdays": (8,), "start": "07:00", "end": "08:00"},
        {"weekdays": (1, 1), "start": "07:00", "end": "08:00"},
        {"weekdays": (1,), "start": "7:00", "end": "08:00"},
        {"weekdays": (1,), "start": "07:60", "end": "08:00"},
    ],
)
def test_an_unsound_window_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WeeklyWindow.model_validate(fields)


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from([WORK, NIGHT]))
def test_edges_are_where_the_answer_changes(minute: int, window: WeeklyWindow) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    assert window.last_edge(at, HANOI) <= at
    assert window.next_edge(window.last_edge(at, HANOI), HANOI) == window.next_edge(at, HANOI)
    edge = window.next_edge(at, HANOI)
    assert edge > at
    before = window.covering(at, HANOI)
    after = window.covering(edge, HANOI)
    assert (before is None) != (after is None)


def test_zones_come_from_the_pinned_package() -> None:
    use_pinned_zones()
    assert zone("Asia/Ho_Chi_Minh").key == "Asia/Ho_Chi_Minh"
    with pytest.raises(ValueError, match="IANA"):
        zone("Asia/Nowhere")
    with pytest.raises(ValueError, match="IANA"):
        zone("../../etc/passwd")
