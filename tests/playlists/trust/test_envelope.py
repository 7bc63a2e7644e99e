from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists import trust

KIND = "application/vnd.bangtin.manifest+json;v=1"
KEY = trust.new_private_key()
PUBLIC = trust.public_key(KEY)
PAYLOAD = '{"seq":1,"tên":"Bản Giốc"}'.encode()
ENVELOPE = trust.sign(PAYLOAD, KIND, KEY)


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(ENVELOPE) | fields).encode()


def test_a_signed_payload_comes_back() -> None:
    assert trust.open_envelope(ENVELOPE, KIND, PUBLIC) == PAYLOAD


@pytest.mark.parametrize(
    ("envelope", "rule"),
    [
        (b"x" * (trust.MOST_ENVELOPE_BYTES + 1), "V1"),
        (changed(payload="e30"), "V2"),
        (changed(payload="!!!"), "V2"),
        (changed(payload=5), "V2"),
        (changed(payloadType="application/other"), "V3"),
        (b"[]", "V3"),
        (changed(signatures=[]), "V4"),
        (changed(signatures=[{}] * 17), "V4"),
        (changed(payload=base64.b64encode(b"{}").decode()), "V5"),
        (changed(signatures=[{"keyid": trust.key_id(PUBLIC), "sig": base64.b64encode(bytes(64)).decode()}]), "V5"),
        (changed(signatures=["text", 5, None]), "V5"),
        (trust.sign(PAYLOAD, KIND, trust.new_private_key()), "V5"),
        (b'{"a":1,"a":2}', "V6"),
        (b'{"a":1.5}', "V6"),
        (b'{"a":NaN}', "V6"),
        (b"[" * 13 + b"]" * 13, "V6"),
        (b"\xff\xfe", "V6"),
        (b"", "V6"),
    ],
)
def test_a_broken_envelope_is_refused_by_its_rule(envelope: bytes, rule: str) -> None:
    with pytest.raises(trust.Untrusted, match=rf"^{rule}:"):
        trust.open_envelope(envelope, KIND, PUBLIC)


def test_a_signature_holds_for_one_type_only() -> None:
    other = json.dumps(json.loads(ENVELOPE) | {"payloadType": "application/vnd.bangtin.release+json;v=1"}).encode()
    with pytest.raises(trust.Untrusted, match=r"^V5:"):
        trust.open_envelope(other, "application/vnd.bangtin.release+json;v=1", PUBLIC)


@settings(max_examples=400)
@given(st.integers(0, len(ENVELOPE) - 1), st.integers(1, 255))
def test_no_changed_byte_gets_another_payload_through(place: int, difference: int) -> None:
    mutated = bytearray(ENVELOPE)
    mutated[place] ^= difference
    try:
        opened = trust.open_envelope(bytes(mutated), KIND, PUBLIC)
    except trust.Untrusted:
        return
    assert opened == PAYLOAD


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(trust.Untrusted):
        trust.open_envelope(content, KIND, PUBLIC)


def test_braces_in_strings_do_not_count_as_depth() -> None:
    assert trust.strict_json(b'{"a":"[[[[[[[[[[[[[[[[\\"{{{{"}') == {"a": '[[[[[[[[[[[[[[[["{{{{'}
