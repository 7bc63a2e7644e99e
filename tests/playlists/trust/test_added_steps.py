"""A yes to one of the four questions adds a signer: attacks on the verifier. A test's name begins with the rule."""

from __future__ import annotations

import base64
import json
from typing import Any

from playlists.trust.chain import take_root
from playlists.trust.rules import Rule
from playlists.trust.take import take_release
from playlists.trust.trusted import Trusted
from tests.playlists.trust import making as m
from tests.playlists.trust.making import ADDING, AN_PASSKEY, CHI_PASSKEY, CLOCK
from tests.playlists.trust.refusal import refused


def edited(content: bytes, **fields: Any) -> bytes:
    return json.dumps(json.loads(content) | fields).encode()


def adding(*added: tuple[str, str]) -> Trusted:
    """A kiosk whose route adds steps: (concern, role)."""
    return m.fresh(
        routes=[ADDING | {"added": [{"concern": one, "role": role, "basis": "7/NĐ"} for one, role in added]}]
    )


def test_v5_a_concern_adds_a_signer() -> None:
    kiosk = adding(("symbols", "duty"))
    both = ("an", CHI_PASSKEY)
    said = refused(Rule.V5_SIGNERS, take_release, kiosk, m.release(concerns=["symbols"], by=both), CLOCK)
    assert "duty" in said
    assert take_release(kiosk, m.release(concerns=["symbols"], by=(*both, "dung")), CLOCK).releases
    assert take_release(kiosk, m.release(concerns=["personal"], by=both), CLOCK).releases
    assert take_release(kiosk, m.release(by=both), CLOCK).releases


def test_v5_whoever_strips_a_concern_or_the_added_signature_is_refused() -> None:
    kiosk = adding(("symbols", "duty"))
    whole = m.release(concerns=["symbols"], by=("an", CHI_PASSKEY, "dung"))
    signatures = json.loads(whole)["signatures"]
    refused(Rule.V5_SIGNERS, take_release, kiosk, edited(whole, signatures=signatures[:2]), CLOCK)
    other = base64.b64encode(m.payload(m.release_fields(concerns=[]))).decode()
    refused(Rule.V5_SIGNERS, take_release, kiosk, edited(whole, payload=other), CLOCK)


def test_v5_one_person_stands_for_no_added_step_besides_their_own() -> None:
    kiosk = adding(("symbols", "department"))
    said = refused(
        Rule.V5_SIGNERS, take_release, kiosk, m.release(concerns=["symbols"], by=("an", AN_PASSKEY, "binh")), CLOCK
    )
    assert "one person" in said
    taken = take_release(kiosk, m.release(concerns=["symbols"], by=("an", "binh", CHI_PASSKEY)), CLOCK)
    assert taken.releases


def test_v5_the_author_stands_for_no_added_step() -> None:
    kiosk = adding(("faces", "duty"))
    content = m.release(concerns=["faces"], author="dung", by=("an", CHI_PASSKEY, "dung"))
    refused(Rule.V5_SIGNERS, take_release, kiosk, content, CLOCK)


def test_v6_concerns_are_of_a_closed_list(fresh: Trusted) -> None:
    refused(Rule.V6_FORM, take_release, fresh, m.release(concerns=["weather"]), CLOCK)
    refused(Rule.V6_FORM, take_release, fresh, m.release(concerns=["faces"] * 4), CLOCK)


def test_v14_a_root_that_adds_a_step_drops_what_lacks_it(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release("map", concerns=["symbols"]), CLOCK)
    taken = take_release(taken, m.release("hours"), CLOCK)
    added = [ADDING | {"added": [{"concern": "symbols", "role": "duty"}]}]
    after = take_root(taken, m.root(version=2, routes=added), CLOCK)
    assert set(after.releases) == {m.digest(m.release("hours"))}
