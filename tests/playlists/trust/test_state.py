"""What was accepted, on its way to the disk and back."""

from __future__ import annotations

import json

import pytest

from playlists.ids import sha256_hex
from playlists.trust.chain import recheck, take_root
from playlists.trust.take import take_hold, take_manifest, take_release, take_values, take_withdrawal
from playlists.trust.trusted import Damaged, Trusted, from_bytes
from playlists.trust.warn import take_emergency
from tests.playlists.trust import making as m
from tests.playlists.trust.making import CLOCK, sha


@pytest.fixture(scope="module")
def full(stocked: Trusted) -> Trusted:
    state = stocked
    for take, content in (
        (take_release, m.release("more", retires=[m.digest(m.release("hours"))])),
        (take_withdrawal, m.withdrawal(sha("x"))),
        (take_hold, m.hold(3, sha("y"))),
        (take_values, m.values(4)),
        (take_emergency, m.emergency()),
        (take_emergency, m.cancel("another")),
        (take_root, m.root(version=2)),
    ):
        state = take(state, content, CLOCK)
    return take_manifest(state, m.manifest(seq=9), CLOCK)[0]


def test_what_is_stored_comes_back(full: Trusted) -> None:
    back = from_bytes(full.to_bytes())

    assert back == full
    assert recheck(back) == full
    assert (len(back.releases), len(back.retired), len(back.ended), len(back.seqs)) == (3, 1, 2, 3)


def test_the_same_state_is_the_same_bytes(full: Trusted) -> None:
    assert from_bytes(full.to_bytes()).to_bytes() == full.to_bytes()


def test_taking_changes_no_earlier_state(stocked: Trusted) -> None:
    before = stocked.to_bytes()
    take_withdrawal(stocked, m.withdrawal(sha("hours")), CLOCK)
    take_emergency(stocked, m.emergency(), CLOCK)
    assert stocked.to_bytes() == before


def test_any_changed_or_missing_byte_is_noticed(full: Trusted) -> None:
    stored = full.to_bytes()
    for place in range(0, len(stored), 997):
        changed = bytearray(stored)
        changed[place] ^= 1
        for damaged in (bytes(changed), stored[:place]):
            with pytest.raises(Damaged):
                from_bytes(damaged)


@pytest.mark.parametrize(
    "written", [b"", b"[]", b"{}", b"5", b'{"v":2}', b"{", b"\xff", b'{"v":1,"reader":["a","b","c"]}', b"null"]
)
def test_whole_bytes_of_another_form_are_damaged_too(written: bytes) -> None:
    with pytest.raises(Damaged):
        from_bytes(sha256_hex(written).encode() + b"\n" + written)


def test_a_document_of_another_kind_in_its_place_is_damage(full: Trusted) -> None:
    written = json.loads(full.to_bytes().partition(b"\n")[2])
    swapped = json.dumps(written | {"hold": written["root"]}).encode()
    with pytest.raises(Damaged):
        from_bytes(sha256_hex(swapped).encode() + b"\n" + swapped)
