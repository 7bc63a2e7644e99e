"""What each attacker of the threat table in docs/trust.md gets: the table's rows, played on the real verifier."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from playlists.trust.chain import begin, take_root
from playlists.trust.emergency import Emergency
from playlists.trust.release import Release, ReleasedFile
from playlists.trust.root import Root
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.showing import checked, emergencies, shown
from playlists.trust.statements import Hold, Values, Withdrawal
from playlists.trust.take import take_hold, take_manifest, take_release, take_time, take_values, take_withdrawal
from playlists.trust.trusted import Clock, Trusted, from_bytes
from playlists.trust.warn import take_emergency
from tests.playlists.trust import making as m
from tests.playlists.trust.making import AN_PASSKEY, CLOCK, NOW, sha

RELEASED = (m.release("hours"), m.board_release(), m.template_release())


def all_stocked() -> Trusted:
    trusted = m.fresh()
    for content in RELEASED:
        trusted = take_release(trusted, content, CLOCK)
    return trusted


def rule(take: Any, *given: Any) -> Rule:
    with pytest.raises(Untrusted) as caught:
        take(*given)
    return caught.value.rule


def everything_by(*who: Any) -> dict[str, Rule | None]:
    """What somebody with these keys gets accepted: None is accepted."""
    state = all_stocked()
    kinds: dict[str, tuple[Any, bytes]] = {
        "root": (take_root, m.signed(Root, m.root_fields(version=2), *who)),
        "release": (take_release, m.signed(Release, m.release_fields("new"), *who)),
        "withdrawal": (take_withdrawal, m.withdrawal(sha("hours"), by=who)),
        "hold": (take_hold, m.hold(1, sha("hours"), by=who)),
        "values": (take_values, m.values(by=who)),
        "template": (take_emergency, m.emergency(who)),
        "free text": (take_emergency, m.free_text(who)),
        "manifest": (take_manifest, m.signed("application/vnd.bangtin.manifest+json;v=1", MANIFEST, *who)),
    }
    got: dict[str, Rule | None] = {}
    for name, (take, content) in kinds.items():
        try:
            take(state, content, CLOCK)
            got[name] = None
        except Untrusted as error:
            got[name] = error.rule
    return got


MANIFEST: dict[str, Any] = {
    "kiosk_id": str(m.KIOSK),
    "seq": 1,
    "issued_at": m.moment(),
    "site": "tra-linh",
    "time_zone": "Asia/Ho_Chi_Minh",
    "tzdata": "2026a",
    "panel": {"id": str(m.PANEL), "slug": "tra-linh-1", "name": "Cổng", "width": 768, "height": 384},
}
KINDS = ("root", "release", "withdrawal", "hold", "values", "template", "free text", "manifest")
GETS: list[tuple[tuple[Any, ...], set[str]]] = [
    ((), set()),
    (("outsider",), set()),
    (("server",), {"hold", "manifest"}),
    (("an",), {"withdrawal"}),
    ((AN_PASSKEY,), {"withdrawal"}),
    (("an", AN_PASSKEY), {"withdrawal"}),
    (("server", "an"), {"hold", "manifest", "withdrawal"}),
    (("an", "binh"), {"release", "withdrawal"}),
    (("dung",), {"template"}),
    (("dung", "em"), {"template", "free text"}),
    (("giang",), {"values"}),
    (("hoa",), set()),
    (("cap",), set()),
    (("root-a",), set()),
    (("root-a", "root-c"), {"root"}),
    (("server", "cap", "dung", "giang", "an"), {"hold", "manifest", "withdrawal", "template", "values"}),
]


def named(one: tuple[Any, ...] | set[str]) -> str:
    """The same name in every process that collects."""
    return "+".join(sorted(word if isinstance(word, str) else "passkey" for word in one)) or "nothing"


@pytest.mark.parametrize(("who", "gets"), GETS, ids=named)
def test_whoever_holds_these_keys_gets_this_and_nothing_else(who: tuple[Any, ...], gets: set[str]) -> None:
    if not who:
        who = ("outsider",)
    got = everything_by(*who)
    assert {name for name, refusal in got.items() if refusal is None} == gets
    assert {refusal for refusal in got.values() if refusal is not None} <= {Rule.V5_SIGNERS}


def test_the_network_alters_a_byte() -> None:
    expected = ReleasedFile(sha256=sha("hello"), size=5)
    assert rule(list, checked(expected, [b"hellp"])) is Rule.V12_BYTES


def test_the_broker_replays_an_old_manifest() -> None:
    state, _ = take_manifest(all_stocked(), m.manifest(seq=2), CLOCK)
    assert rule(take_manifest, state, m.manifest(seq=1), CLOCK) is Rule.V9_NUMBER


def test_the_broker_sends_what_is_for_another_kiosk() -> None:
    other = m.manifest(kiosk_id=str(m.OTHER_PANEL))
    assert rule(take_manifest, all_stocked(), other, CLOCK) is Rule.V8_AUDIENCE


def test_the_broker_sends_one_document_as_another() -> None:
    state = all_stocked()
    takes = (take_release, take_withdrawal, take_hold, take_values, take_emergency, take_root)
    shapes = (Release, Withdrawal, Hold, Values, Emergency, Root)
    documents = (m.release("x"), m.withdrawal(sha("x")), m.hold(1), m.values(), m.emergency(), m.root(version=2))
    for take, shape in zip(takes, shapes, strict=True):
        for other, content in zip(shapes, documents, strict=True):
            if shape is not other:
                assert rule(take, state, content, CLOCK) is Rule.V3_TYPE


def test_the_server_plays_another_sites_content() -> None:
    elsewhere = m.release("falls", audience={"sites": ["ban-gioc"]})
    state = all_stocked()
    assert rule(take_release, state, elsewhere, CLOCK) is Rule.V8_AUDIENCE
    content = m.manifest("falls", releases=(m.digest(elsewhere),))
    assert rule(take_manifest, state, content, CLOCK) is Rule.V15_RELEASED_ONLY


def test_the_server_says_that_the_kiosk_drives_another_panel() -> None:
    moved = m.manifest(panel=MANIFEST["panel"] | {"id": str(m.OTHER_PANEL)})
    assert rule(take_manifest, all_stocked(), moved, CLOCK) is Rule.V8_AUDIENCE


def test_the_server_makes_pixels_of_its_own() -> None:
    content = m.manifest("its-own", releases=(m.digest(RELEASED[0]),))
    assert rule(take_manifest, all_stocked(), content, CLOCK) is Rule.V15_RELEASED_ONLY


def test_the_server_brings_back_last_months_prices() -> None:
    state = take_release(all_stocked(), m.release("new", retires=[m.digest(RELEASED[0])]), CLOCK)
    assert rule(take_release, state, RELEASED[0], CLOCK) is Rule.V9B_RETIRED
    old = m.manifest("hours", releases=(m.digest(RELEASED[0]),))
    assert rule(take_manifest, state, old, CLOCK) is Rule.V15_RELEASED_ONLY


def test_the_server_revives_what_was_withdrawn() -> None:
    state = take_withdrawal(all_stocked(), m.withdrawal(sha("hours")), CLOCK)
    again = m.release("hours", show_until=m.moment(timedelta(days=90)))
    assert rule(take_release, state, again, CLOCK) is Rule.V13_WITHDRAWN
    assert sha("hours") not in shown(state, CLOCK)


def test_the_server_shows_what_is_over_by_putting_the_clock_back() -> None:
    state, told = take_time(all_stocked(), m.time(), m.NONCE, m.BLIND)
    past = m.time(issued_at=m.moment(-timedelta(days=300)))
    assert rule(take_time, state, past, m.NONCE, told) is Rule.V10_TIME


def test_the_server_strips_signatures() -> None:
    for content in RELEASED:
        written = json.loads(content)
        kinds: list[list[Any]] = [[], written["signatures"][:1], written["signatures"][1:]]
        for kept in kinds:
            stripped = json.dumps(written | {"signatures": kept}).encode()
            expected = Rule.V5_SIGNERS if kept else Rule.V4_SIGNATURE_COUNT
            assert rule(take_release, m.fresh(), stripped, CLOCK) is expected


def test_the_server_moves_signatures_between_releases() -> None:
    one, other = (json.loads(content) for content in RELEASED[:2])
    swapped = json.dumps(one | {"signatures": [one["signatures"][0], other["signatures"][1]]}).encode()
    assert rule(take_release, m.fresh(), swapped, CLOCK) is Rule.V5_SIGNERS


def test_the_server_lengthens_a_window() -> None:
    written = json.loads(RELEASED[0])
    other = json.loads(m.release("hours", show_until=m.moment(timedelta(days=300)), by=("outsider",)))
    forged = json.dumps(other | {"signatures": written["signatures"]}).encode()
    assert rule(take_release, m.fresh(), forged, CLOCK) is Rule.V5_SIGNERS


def test_the_database_is_written_to_and_no_key_is_held() -> None:
    assert set(everything_by("outsider").values()) == {Rule.V5_SIGNERS}


def test_a_password_signs_nothing() -> None:
    unsigned = json.dumps(json.loads(RELEASED[0]) | {"signatures": [{"keyid": m.id_of("an"), "sig": ""}]}).encode()
    assert rule(take_release, m.fresh(), unsigned, CLOCK) is Rule.V5_SIGNERS


def test_a_taken_over_page_cannot_do_without_a_key_in_a_file() -> None:
    both = m.release("page", by=(AN_PASSKEY, m.CHI_PASSKEY))
    assert rule(take_release, m.fresh(), both, CLOCK) is Rule.V5_SIGNERS


def test_two_approvers_do_not_exceed_audience_form_or_time() -> None:
    state = m.fresh()
    by = ("an", "binh")
    assert rule(take_release, state, m.release(by=by, audience={"sites": ["ban-gioc"]}), CLOCK) is Rule.V8_AUDIENCE
    page = [m.segment("a", profile="text/html")]
    assert rule(take_release, state, m.release(by=by, segments=page), CLOCK) is Rule.V12_BYTES
    years = m.moment(timedelta(days=800))
    assert rule(take_release, state, m.release(by=by, show_until=years), CLOCK) is Rule.V11_WINDOW


def test_what_two_approvers_showed_one_other_withdraws() -> None:
    state = take_release(m.fresh(), m.release("bad", by=("an", "binh")), CLOCK)
    assert shown(take_withdrawal(state, m.withdrawal(sha("bad"), by=(m.CHI_PASSKEY,)), CLOCK), CLOCK) == frozenset()


def test_a_stolen_kiosk_signs_nothing() -> None:
    """Its key is in no role: there is no key of a kiosk in a root at all."""
    assert set(everything_by("kiosk").values()) == {Rule.V5_SIGNERS}


def test_the_training_sites_root_leads_to_no_real_panel() -> None:
    demo = m.root(demo=True)
    assert rule(begin, demo, m.digest(demo), m.READER) is Rule.V7_ROOT


def test_an_old_state_on_the_disk_is_still_held_to_the_time() -> None:
    state = from_bytes(all_stocked().to_bytes())
    assert shown(state, Clock(NOW + timedelta(days=31))) == frozenset()


def test_an_emergency_is_replayed_the_next_day() -> None:
    state = take_emergency(all_stocked(), m.emergency(), CLOCK)
    tomorrow = Clock(NOW + timedelta(days=1))
    assert emergencies(state, tomorrow) == ()
    assert rule(take_emergency, all_stocked(), m.emergency(), tomorrow) is Rule.V16_EMERGENCY


def test_a_drill_is_turned_into_the_real_thing() -> None:
    drill = json.loads(m.emergency(status="exercise"))
    real = json.loads(m.emergency(status="actual", who=("outsider",)))
    forged = json.dumps(real | {"signatures": drill["signatures"]}).encode()
    assert rule(take_emergency, all_stocked(), forged, CLOCK) is Rule.V5_SIGNERS
