"""How a word becomes the next values of a board."""

from __future__ import annotations

from datetime import timedelta

import pytest

from playlists.board_shown import Standing, shown
from playlists.board_statement import Unsaid, day_end, next_seq, state
from playlists.board_values import Value, Values
from tests.playlists.boards import BOARD, HERE, NOW, TZ, board, local


def say(held: Values | None, at: str, until: str | None = None, **said: Value | None) -> Values:
    now = local(at)
    end = local(until) if until else None
    return state(BOARD, held, said, now, seq=next_seq(held.seq if held else 0, now), tz=TZ, until=end)


def test_a_word_counts_until_the_day_ends_and_about_200_bytes_carry_it() -> None:
    said = say(None, "2026-11-26 08:00", gate="closed", wait=25)
    assert said.expires_at == local("2026-11-27 00:00")
    assert said.until == {}
    assert len(said.model_dump_json(exclude_defaults=True)) < 220


def test_what_is_left_out_stays_with_its_own_end_and_age() -> None:
    first = say(None, "2026-11-26 08:00", until="2026-11-26 14:00", gate="closed")
    second = say(first, "2026-11-26 09:00", wait=25)
    assert second.values == {"gate": "closed", "wait": 25}
    assert second.until == {"gate": local("2026-11-26 14:00")}
    assert second.stated_at == {"gate": local("2026-11-26 08:00")}
    assert second.seq > first.seq
    third = say(second, "2026-11-26 15:00", heat=21)
    assert third.values == {"wait": 25, "heat": 21}
    assert third.stated_at == {"wait": local("2026-11-26 09:00")}


def test_an_old_value_that_is_carried_on_is_as_old_as_it_is() -> None:
    one = board(max_age_s=3600)
    first = say(None, "2026-11-26 08:00", wait=25)
    again = say(first, "2026-11-26 08:59", gate="limited")
    at = local("2026-11-26 09:00")
    assert shown(one, again, at - timedelta(seconds=1), HERE, clock_trusted=True).standing is Standing.CURRENT
    assert shown(one, again, at, HERE, clock_trusted=True).standing is Standing.STALE


def test_a_value_is_taken_back() -> None:
    first = say(None, "2026-11-26 08:00", gate="closed", wait=25)
    second = say(first, "2026-11-26 09:00", gate=None)
    assert second.values == {"wait": 25}
    assert say(second, "2026-11-26 09:01", wait=None).values == {}


def test_a_value_never_lasts_longer_because_another_was_said() -> None:
    first = say(None, "2026-11-26 08:00", wait=25)
    second = say(first, "2026-11-26 09:00", until="2026-11-28 12:00", gate="closed")
    assert second.until["wait"] == local("2026-11-27 00:00")
    assert second.until["gate"] == second.expires_at == local("2026-11-28 12:00")


@pytest.mark.parametrize("until", ["2026-11-26 07:59", "2026-11-26 08:00", "2026-12-28 08:00"])
def test_an_end_that_cannot_be_is_refused(until: str) -> None:
    with pytest.raises(Unsaid, match="at most 31 days"):
        say(None, "2026-11-26 08:00", until=until, gate="closed")


def test_numbers_go_on_above_what_a_restored_database_remembers() -> None:
    assert next_seq(0, NOW) > 1_700_000_000_000
    assert next_seq(next_seq(0, NOW), NOW) == next_seq(0, NOW) + 1


def test_shortly_before_midnight_a_word_counts_for_the_next_day() -> None:
    assert day_end(local("2026-11-26 23:30"), TZ) == local("2026-11-28 00:00")
    assert day_end(local("2026-11-26 22:30"), TZ) == local("2026-11-27 00:00")
