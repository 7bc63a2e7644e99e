from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.wire import messages, signed, topics

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


def test_a_bundle_of_the_largest_documents_fits() -> None:
    envelope = '{"payload":"' + "A" * (16 * 1024 - 14) + '"}'
    full = messages.Withdrawals(id=KIOSK, at=AT, envelopes=(envelope,) * 16)
    written = messages.encode(full)
    assert len(written) <= messages.MOST_BUNDLE_BYTES
    assert messages.decode(messages.Withdrawals, written) == full


@pytest.mark.parametrize(("kind", "most"), [(messages.Withdrawals, 16), (messages.Emergencies, 8)])
def test_a_bundle_has_a_limit_in_number_and_in_bytes(kind: type[messages.Message], most: int) -> None:
    def saying(envelopes: list[str]) -> bytes:
        written = ",".join(f'"{one}"' for one in envelopes)
        return f'{{"id":"{KIOSK}","at":"2026-11-23T01:02:03Z","envelopes":[{written}]}}'.encode()

    messages.decode(kind, saying(["{}"] * most))
    for wrong in (["{}"] * (most + 1), ["x" * (16 * 1024 + 1)], [""]):
        with pytest.raises(messages.Malformed):
            messages.decode(kind, saying(wrong))
    with pytest.raises(messages.Malformed, match="at most"):
        messages.decode(kind, b" " * (messages.MOST_BUNDLE_BYTES + 1))


def test_what_the_poll_says_is_read_with_limits() -> None:
    said = signed.Signed(root_version=2, withdrawn=3, hold="{}", values=("{}",))
    assert signed.read_signed(said.model_dump_json().encode()) == said
    assert signed.read_withdrawals(b'{"v":1,"envelopes":["{}"],"more":true}').more
    for wrong in (b"", b"null", b'{"v":2}', b'{"values":[1]}', b" " * (signed.MOST_BYTES + 1)):
        with pytest.raises(messages.Malformed):
            signed.read_signed(wrong)


@given(st.binary(max_size=300))
def test_arbitrary_answers_of_the_poll_are_refused_or_read_never_worse(content: bytes) -> None:
    with pytest.raises(messages.Malformed):
        signed.read_withdrawals(content)
