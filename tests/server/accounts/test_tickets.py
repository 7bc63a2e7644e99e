"""Tickets: good once, for one purpose, one subject and a while; whatever was changed is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.accounts.tickets import LIFE, Purpose, end_of, make_ticket

KEY, NOW = bytes(range(32)), datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
TICKET = make_ticket(KEY, Purpose.PASSKEY_PROOF, "an", NOW)


def test_a_ticket_is_good_until_its_end() -> None:
    assert end_of(KEY, Purpose.PASSKEY_PROOF, "an", TICKET, NOW) == NOW + LIFE
    assert end_of(KEY, Purpose.PASSKEY_PROOF, "an", TICKET, NOW + LIFE - timedelta(seconds=1)) is not None
    assert end_of(KEY, Purpose.PASSKEY_PROOF, "an", TICKET, NOW + LIFE) is None


def test_a_ticket_is_good_for_its_purpose_subject_and_server_only() -> None:
    assert end_of(KEY, Purpose.PASSKEY_LOGIN, "an", TICKET, NOW) is None
    assert end_of(KEY, Purpose.PASSKEY_PROOF, "binh", TICKET, NOW) is None
    assert end_of(bytes(32), Purpose.PASSKEY_PROOF, "an", TICKET, NOW) is None


def test_two_tickets_differ() -> None:
    assert make_ticket(KEY, Purpose.PASSKEY_PROOF, "an", NOW) != TICKET


@given(st.integers(0, len(TICKET) - 1), st.characters(codec="utf-8"))
def test_a_changed_ticket_is_none(at: int, letter: str) -> None:
    changed = TICKET[:at] + letter + TICKET[at + 1 :]
    assert (end_of(KEY, Purpose.PASSKEY_PROOF, "an", changed, NOW) is not None) == (changed == TICKET)


@given(st.text(max_size=200))
def test_any_text_is_no_ticket(text: str) -> None:
    assert end_of(KEY, Purpose.PASSKEY_PROOF, "an", text, NOW) is None
