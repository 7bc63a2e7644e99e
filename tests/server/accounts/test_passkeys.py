"""Passkeys as values: what holds, what does not, and that no bytes from outside do anything but not hold."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from playlists import trust
from server.accounts.factors.passkeys import (
    NoPasskey,
    RelyingParty,
    challenge_of,
    check_assertion,
    check_registration,
    registration_options,
    relying_party,
    request_options,
)
from tests.server.accounts.authenticator import PRESENT, Authenticator

ORIGIN = "https://bangtin.example"
PARTY = relying_party(ORIGIN)
CHALLENGE = bytes_to_base64url(bytes(range(38)))
OTHER = bytes_to_base64url(bytes(38))


def device(**different: Any) -> Authenticator:
    return Authenticator(**({"origin": ORIGIN, "rp_id": "bangtin.example"} | different))


def created(one: Authenticator, challenge: str = CHALLENGE) -> dict[str, Any]:
    return one.make(registration_options(PARTY, bytes(16), "an", "An", [], challenge))


def used(one: Authenticator, challenge: str = CHALLENGE) -> dict[str, Any]:
    return one.answer(request_options(PARTY, [], challenge))


def test_an_es256_key_is_registered_as_documents_name_it() -> None:
    one = device()
    key = check_registration(PARTY, created(one), CHALLENGE)
    assert key.public_key is not None
    point = base64.b64decode(key.public_key)
    assert key.keyid == trust.key_id(point)
    assert len(point) == 65
    assert check_assertion(PARTY, used(one), CHALLENGE, key.cose_key, key.sign_count) == 1


def test_an_rsa_key_logs_in_and_signs_no_document() -> None:
    one = device(is_rsa=True)
    key = check_registration(PARTY, created(one), CHALLENGE)
    assert key.public_key is None
    assert key.keyid is None
    assert check_assertion(PARTY, used(one), CHALLENGE, key.cose_key, 0) == 1


@pytest.mark.parametrize(
    "different",
    [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": PRESENT}, {"flags": 0}],
    ids=["another page", "another host", "nobody verified", "nobody present"],
)
def test_what_was_made_elsewhere_or_by_nobody_does_not_hold(different: dict[str, Any]) -> None:
    with pytest.raises(NoPasskey):
        check_registration(PARTY, created(device(**different)), CHALLENGE)
    good = device()
    key = check_registration(PARTY, created(good), CHALLENGE)
    bad = device(**different)
    bad.key, bad.credential = good.key, good.credential
    with pytest.raises(NoPasskey):
        check_assertion(PARTY, used(bad), CHALLENGE, key.cose_key, 0)


def test_an_answer_to_another_challenge_or_of_another_key_does_not_hold() -> None:
    one, other = device(), device()
    key = check_registration(PARTY, created(one), CHALLENGE)
    assert challenge_of(used(one, OTHER)) == OTHER
    for answer in (used(one, OTHER), used(other), created(one)):
        with pytest.raises(NoPasskey):
            check_assertion(PARTY, answer, CHALLENGE, key.cose_key, 0)


def test_a_copy_whose_count_went_backwards_does_not_hold() -> None:
    one = device()
    key = check_registration(PARTY, created(one), CHALLENGE)
    with pytest.raises(NoPasskey):
        check_assertion(PARTY, used(one), CHALLENGE, key.cose_key, 9)


@pytest.mark.parametrize(
    ("address", "party", "can"),
    [
        ("https://Bangtin.Example", RelyingParty("bangtin.example", ("https://bangtin.example",)), True),
        ("http://localhost:8000/", RelyingParty("localhost", ("http://localhost:8000",)), True),
        ("http://127.0.0.1:8000", RelyingParty("127.0.0.1", ("http://127.0.0.1:8000",)), False),
        ("http://[::1]:8000", RelyingParty("::1", ("http://[::1]:8000",)), False),
        ("http://[", RelyingParty("", ()), False),
    ],
)
def test_passkeys_are_for_a_name(address: str, party: RelyingParty, can: bool) -> None:
    assert relying_party(address) == party
    assert party.can_have_passkeys is can


FIELDS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]
GOOD = device()
KEY = check_registration(PARTY, created(GOOD), CHALLENGE)
SOUND = [created(GOOD), used(GOOD)]


@given(st.sampled_from([0, 1]), st.data())
def test_flipped_bytes_never_hold_and_never_crash(which: int, data: st.DataObject) -> None:
    answer = copy.deepcopy(SOUND[which])
    name = data.draw(st.sampled_from(sorted(answer["response"])))
    raw = bytearray(base64url_to_bytes(answer["response"][name]))
    at, by = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    raw[at] ^= by
    answer["response"][name] = bytes_to_base64url(bytes(raw))
    if which:
        with pytest.raises(NoPasskey):
            check_assertion(PARTY, answer, CHALLENGE, KEY.cose_key, 0)
        return
    try:
        made = check_registration(PARTY, answer, CHALLENGE)
    except NoPasskey:
        return
    # Nothing signs a new key: another one is one that its maker cannot use, and of the rest only the meaning counts.
    if name == "clientDataJSON":
        said = json.loads(bytes(raw))
        assert (said["type"], said["challenge"], said["origin"]) == ("webauthn.create", CHALLENGE, ORIGIN)
        assert made == KEY


@given(st.dictionaries(st.sampled_from(FIELDS), st.binary(max_size=300).map(bytes_to_base64url), min_size=1))
def test_any_bytes_are_refused(response: dict[str, str]) -> None:
    answer = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response}
    with pytest.raises(NoPasskey):
        check_registration(PARTY, answer, CHALLENGE)
    with pytest.raises(NoPasskey):
        check_assertion(PARTY, answer, CHALLENGE, KEY.cose_key, 0)
