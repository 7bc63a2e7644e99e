"""Hostile manifests: whatever is changed in an envelope, it is refused with a rule, and nothing breaks."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_agent.core import events
from kiosk_agent.core.accept import accept
from playlists.trust import Untrusted
from tests.kiosk_agent.making import KIOSK, PUBLIC, digest, document, envelope, sealed
from tests.kiosk_agent.playbook import Playbook

GOOD = envelope(9, (1, 2))


def refused(content: bytes) -> str:
    with pytest.raises(Untrusted) as refusal:
        accept(content, KIOSK, PUBLIC, 4)
    assert str(refusal.value).startswith("V")
    return str(refusal.value)


def test_the_unchanged_envelope_is_accepted() -> None:
    assert accept(GOOD, KIOSK, PUBLIC, 8).manifest.seq == 9


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@settings(max_examples=400, deadline=None)
def test_no_flipped_bits_are_accepted(place: int, flip: int) -> None:
    changed = bytearray(GOOD)
    changed[place] ^= flip
    try:
        held = accept(bytes(changed), KIOSK, PUBLIC, 4)
    except Untrusted:
        return
    # JSON outside the signed payload may change its spelling, never what was signed
    assert held.manifest == accept(GOOD, KIOSK, PUBLIC, 4).manifest


@given(st.integers(0, len(GOOD)), st.binary(max_size=64))
@settings(max_examples=200, deadline=None)
def test_no_cut_or_spliced_envelope_is_accepted(place: int, extra: bytes) -> None:
    changed = GOOD[:place] + extra
    if changed.strip() != GOOD:
        refused(changed)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_random_bytes_are_accepted_and_the_core_stands(content: bytes) -> None:
    refused(content)
    book = Playbook().start(installed_seq=4)
    book.tell(events.ManifestFetched(content))
    assert book.state.installed is not None
    assert book.state.installed.manifest.seq == 4


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(document())), json_values)
@settings(max_examples=300, deadline=None)
def test_a_signed_but_malformed_manifest_never_breaks_the_core(name: str, value: Any) -> None:
    changed = document(9) | {name: value}
    book = Playbook().start(installed_seq=4)
    book.tell(events.ManifestFetched(sealed(changed)))
    assert book.state.started
    assert (book.state.candidate is None) != (book.state.fetch.refusal is None)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_no_other_json_is_accepted(value: Any) -> None:
    refused(json.dumps(value).encode())


def test_a_payload_of_another_type_and_one_signed_by_nobody_are_refused() -> None:
    opened = json.loads(GOOD)
    for changed in (
        opened | {"payloadType": "application/vnd.bangtin.release+json;v=1"},
        opened | {"signatures": []},
        opened | {"signatures": opened["signatures"] * 17},
        opened | {"payload": base64.b64encode(b"{}").decode()},
        {name: value for name, value in opened.items() if name != "payload"},
    ):
        refused(json.dumps(changed).encode())


def test_nested_and_doubled_json_is_refused() -> None:
    assert refused(b"[" * 100_000).startswith("V6")
    assert refused(b'{"payloadType": 1, "payloadType": 2}').startswith("V6")


@pytest.mark.parametrize(
    "changes",
    [
        {"segments": []},
        {"time_zone": "Mars/Olympus"},
        {"default_playlist_id": "00000000-0000-0000-0000-0000000000ff"},
        {"seq": 0},
        {"v": 2},
        {"panel": {"id": "x"}},
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    assert refused(sealed(document(9) | changes)).startswith("V6")


def test_one_segment_with_two_sizes_is_refused() -> None:
    made = document(9, (1,))
    made["segments"] = [made["segments"][0], made["segments"][0] | {"size": 9}]
    assert digest(1) in refused(sealed(made))
