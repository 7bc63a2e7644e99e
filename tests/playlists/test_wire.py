from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.wire import messages, topics

KIOSK = UUID("01a20a26-712a-78dd-9224-65d5de652dfb")
AT = datetime(2026, 11, 23, 1, 2, 3, 4000, tzinfo=UTC)


def test_a_message_comes_back_as_it_was() -> None:
    pointer = messages.Pointer(id=KIOSK, at=AT, sid=5, seq=3, sha256="ab" * 32)
    written = messages.encode(pointer)
    assert b'"at":"2026-11-23T01:02:03.004Z"' in written
    assert messages.decode(messages.Pointer, written) == pointer


def test_unknown_fields_are_ignored_and_missing_ones_have_defaults() -> None:
    state = messages.decode(
        messages.State, b'{"id":"%b","at":"2026-11-23T08:00:00+07:00","later":1}' % str(KIOSK).encode()
    )
    assert state.installed_seq == 0
    assert state.at == datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'{"id":"x"}',
        b'{"id":"01a20a26-712a-78dd-9224-65d5de652dfb","at":"2026-11-23T08:00:00"}',
        b'{"v":2,"id":"01a20a26-712a-78dd-9224-65d5de652dfb","at":"2026-11-23T08:00:00Z"}',
        b" " * (messages.MOST_BYTES + 1),
    ],
)
def test_what_is_no_message_is_refused(payload: bytes) -> None:
    with pytest.raises(messages.Malformed):
        messages.decode(messages.State, payload)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_or_read_never_worse(payload: bytes) -> None:
    with pytest.raises(messages.Malformed):
        messages.decode(messages.Faults, payload)


@pytest.mark.parametrize("leaf", list(topics.Up))
def test_a_kiosks_topic_names_kiosk_and_leaf(leaf: topics.Up) -> None:
    assert topics.parse_up(topics.up(KIOSK, leaf)) == (KIOSK, leaf)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        topics.EPOCH,
        topics.down(KIOSK, topics.Down.MANIFEST),
        "bangtin/v1/k/x/up/state",
        f"bangtin/v1/k/{KIOSK}/up/other",
    ],
)
def test_other_topics_name_none(topic: str) -> None:
    assert topics.parse_up(topic) is None


@given(st.text(max_size=80))
def test_any_text_is_parsed_without_an_error(topic: str) -> None:
    assert topics.parse_up(topic) is None


def test_every_leaf_says_how_it_is_published() -> None:
    assert set(topics.UP_MANNER) == set(topics.Up)
    assert set(topics.DOWN_MANNER) == set(topics.Down)
    assert not topics.DOWN_MANNER[topics.Down.COMMAND].retain
