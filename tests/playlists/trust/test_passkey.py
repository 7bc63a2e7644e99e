"""Passkeys as signatures: what makes one count for nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from playlists.trust.envelope import Signature, pae, parse_envelope, write_envelope
from playlists.trust.key import signature_of
from playlists.trust.passkey import challenge
from playlists.trust.release import Release
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.showing import shown
from playlists.trust.take import take_release
from tests.playlists.trust import making as m
from tests.playlists.trust.authenticator import ORIGIN
from tests.playlists.trust.making import CHI_PASSKEY, CLOCK, sha

KIND = Release.payload_type
PAYLOAD = m.payload(m.release_fields())
AN = signature_of(PAYLOAD, KIND, m.secret("an"))


def envelope(signature: Signature) -> bytes:
    return write_envelope(KIND, PAYLOAD, [AN, signature])


def client(**said: Any) -> dict[str, Any]:
    return {"client": json.dumps(plain() | said).encode()}


def plain() -> dict[str, Any]:
    asked = base64.urlsafe_b64encode(challenge(pae(KIND, PAYLOAD))).decode().rstrip("=")
    return {"type": "webauthn.get", "challenge": asked, "origin": ORIGIN, "crossOrigin": False}


def without(name: str) -> dict[str, Any]:
    return {"client": json.dumps({key: value for key, value in plain().items() if key != name}).encode()}


@pytest.mark.parametrize(
    "how",
    [
        {},
        without("crossOrigin"),
        client(other_keys_can_be_added_here="do not compare clientDataJSON against a template"),
        {"flags": 0x05 | 0x18},
        {"flags": 0x85, "more": b"\xa0"},
    ],
)
def test_an_assertion_of_the_document_counts(how: dict[str, Any]) -> None:
    taken = take_release(m.fresh(), envelope(CHI_PASSKEY.sign(PAYLOAD, KIND, **how)), CLOCK)
    assert shown(taken, CLOCK) == {sha("hours")}


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"rp_id": "evil.example"}, "relying party"),
        ({"origin": "https://evil.example"}, "origin"),
        ({"origin": ORIGIN + "/"}, "origin"),
        ({"origin": [ORIGIN]}, "origin"),
        (without("origin"), "origin"),
        ({"flags": 0x01}, "present and verified"),
        ({"flags": 0x04}, "present and verified"),
        ({"flags": 0x00}, "present and verified"),
        ({"flags": 0x45}, "wrong form"),
        ({"flags": 0x07}, "wrong form"),
        ({"flags": 0x85}, "wrong form"),
        ({"more": b"\xa0"}, "wrong form"),
        ({"flags": 0x85, "more": bytes(600)}, "wrong length"),
        ({"crossOrigin": True}, "another origin"),
        ({"crossOrigin": "false"}, "another origin"),
        ({"topOrigin": "https://evil.example"}, "another origin"),
        ({"type": "webauthn.create"}, "not an assertion"),
        (without("type"), "not an assertion"),
        ({"challenge": "AAAA"}, "another document"),
        ({"challenge": plain()["challenge"] + "="}, "another document"),
        (without("challenge"), "another document"),
        ({"client": b"[]"}, "not an assertion"),
        ({"client": b"\xff"}, "not sound JSON"),
        ({"client": b'{"type":"webauthn.get","type":"webauthn.get"}'}, "not sound JSON"),
        ({"client": json.dumps(plain()).encode() + b" " * 5000}, "too long"),
    ],
)
def test_an_assertion_that_does_not_count(how: dict[str, Any], why: str) -> None:
    with pytest.raises(Untrusted, match=why) as caught:
        take_release(m.fresh(), envelope(CHI_PASSKEY.sign(PAYLOAD, KIND, **how)), CLOCK)
    assert caught.value.rule is Rule.V5_SIGNERS


def test_an_assertion_for_another_document_does_not_count() -> None:
    other = CHI_PASSKEY.sign(m.payload(m.release_fields("other")), KIND)
    with pytest.raises(Untrusted, match="another document"):
        take_release(m.fresh(), envelope(other), CLOCK)


def test_an_assertion_for_another_type_does_not_count() -> None:
    other = CHI_PASSKEY.sign(PAYLOAD, "application/vnd.bangtin.withdrawal+json;v=1")
    with pytest.raises(Untrusted, match="another document"):
        take_release(m.fresh(), envelope(other), CLOCK)


def test_a_passkey_signs_no_bare_document() -> None:
    bare = Signature(CHI_PASSKEY.key.id, CHI_PASSKEY.sign_raw(pae(KIND, PAYLOAD)))
    with pytest.raises(Untrusted, match="with an assertion"):
        take_release(m.fresh(), envelope(bare), CLOCK)


def test_a_key_in_a_file_signs_no_assertion() -> None:
    borrowed = CHI_PASSKEY.sign(PAYLOAD, KIND)
    binh = signature_of(PAYLOAD, KIND, m.secret("binh"))
    with pytest.raises(Untrusted, match="does not fit"):
        take_release(m.fresh(), envelope(Signature(binh.key_id, binh.sig, borrowed.assertion)), CLOCK)


def test_a_changed_assertion_breaks_its_signature() -> None:
    sound = CHI_PASSKEY.sign(PAYLOAD, KIND)
    other = CHI_PASSKEY.sign(PAYLOAD, KIND, flags=0x1D)
    with pytest.raises(Untrusted, match="does not fit"):
        take_release(m.fresh(), envelope(Signature(sound.key_id, sound.sig, other.assertion)), CLOCK)


def test_without_passkeys_in_the_root_none_counts() -> None:
    with pytest.raises(Untrusted, match="no passkeys"):
        take_release(m.fresh(passkeys=None), m.release(), CLOCK)


def test_an_envelope_gives_back_what_was_written() -> None:
    content = envelope(CHI_PASSKEY.sign(PAYLOAD, KIND))
    read = parse_envelope(content, KIND)
    assert write_envelope(KIND, read.payload, read.signatures) == content
