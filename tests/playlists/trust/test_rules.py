"""Attacks on the verifier, by the rule that stops each. A test's name begins with the rule."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from playlists.trust.chain import begin, recheck, take_root
from playlists.trust.envelope import MOST_SIGNATURES, parse_envelope, write_envelope
from playlists.trust.key import signature_of
from playlists.trust.release import Release, ReleasedFile
from playlists.trust.rules import Rule
from playlists.trust.showing import Rest, checked, rest, shown
from playlists.trust.showing import values as values_now
from playlists.trust.statements import Withdrawal
from playlists.trust.take import take_hold, take_manifest, take_release, take_time, take_values, take_withdrawal
from playlists.trust.trusted import Clock, Counter, Source, Trusted, from_bytes
from playlists.trust.warn import take_emergency
from tests.playlists.trust import making as m
from tests.playlists.trust.making import ADDING, AN_PASSKEY, BLIND, BOARD, CHI_PASSKEY, CLOCK, NOW, sha
from tests.playlists.trust.refusal import refused

DAY = timedelta(days=1)


def edited(content: bytes, **fields: Any) -> bytes:
    return json.dumps(json.loads(content) | fields).encode()


def test_a_release_of_two_people_is_shown(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release("hours", "queue"), CLOCK)

    assert shown(taken, CLOCK) == {sha("hours"), sha("queue")}
    assert rest(fresh, sha("hours"), CLOCK) is Rest.UNRELEASED


def test_v1_an_envelope_beyond_its_size_is_not_even_parsed(fresh: Trusted) -> None:
    refused(Rule.V1_SIZE, take_release, fresh, b"[" * (Release.most_bytes + 1), CLOCK)


def test_v1_small_documents_have_a_small_limit(fresh: Trusted) -> None:
    refused(Rule.V1_SIZE, take_withdrawal, fresh, m.withdrawal(sha("a"), reason="x" * (16 << 10)), CLOCK)


@pytest.mark.parametrize("field", ["payload", "signatures"])
def test_v2_base64_of_another_spelling(fresh: Trusted, field: str) -> None:
    content = json.loads(m.release("a", "bb"))
    if field == "payload":
        content["payload"] = "\n" + content["payload"]
    else:
        content["signatures"][0]["sig"] = content["signatures"][0]["sig"].rstrip("=")
    refused(Rule.V2_BASE64, take_release, fresh, json.dumps(content).encode(), CLOCK)


def test_v2_trailing_bits_that_decode_to_the_same_bytes(fresh: Trusted) -> None:
    content = json.loads(m.release("a"))
    sig = content["signatures"][0]["sig"]
    assert sig.endswith("==")
    following = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    content["signatures"][0]["sig"] = sig[:-3] + following[following.index(sig[-3]) ^ 1] + "=="
    refused(Rule.V2_BASE64, take_release, fresh, json.dumps(content).encode(), CLOCK)


def test_v3_a_withdrawal_is_no_release(fresh: Trusted) -> None:
    refused(Rule.V3_TYPE, take_release, fresh, m.withdrawal(sha("a")), CLOCK)


def test_v3_a_changed_type_breaks_the_signatures(fresh: Trusted) -> None:
    renamed = edited(m.release(), payloadType=Withdrawal.payload_type)
    refused(Rule.V5_SIGNERS, take_withdrawal, fresh, renamed, CLOCK)


@pytest.mark.parametrize("signatures", [[], [{}] * (MOST_SIGNATURES + 1), {}, None])
def test_v4_none_or_too_many_signatures(fresh: Trusted, signatures: object) -> None:
    refused(Rule.V4_SIGNATURE_COUNT, take_release, fresh, edited(m.release(), signatures=signatures), CLOCK)


def test_v5_one_signature_is_not_enough(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=("an",)), CLOCK)


def test_v5_the_same_signature_twice_is_one(fresh: Trusted) -> None:
    content = json.loads(m.release(by=("an",)))
    refused(Rule.V5_SIGNERS, take_release, fresh, edited(m.release(), signatures=content["signatures"] * 2), CLOCK)


def test_v5_two_keys_of_one_person_are_one_person(fresh: Trusted) -> None:
    said = refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=("an", AN_PASSKEY)), CLOCK)
    assert "1 of 2 people" in said


def test_v5_two_people_of_the_same_role_do_not_make_a_route(fresh: Trusted) -> None:
    said = refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=("binh", CHI_PASSKEY)), CLOCK)
    assert "leader" in said


def test_v5_one_person_cannot_stand_for_two_roles(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=(AN_PASSKEY, "dung")), CLOCK)


def test_v5_a_key_in_a_file_is_among_the_signers(fresh: Trusted) -> None:
    said = refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=(AN_PASSKEY, CHI_PASSKEY)), CLOCK)
    assert "key in a file" in said


def test_v5_an_author_approves_nothing_of_their_own(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_release, fresh, m.release(author="an"), CLOCK)


def test_v5_a_key_that_the_root_does_not_know(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=("an", "outsider")), CLOCK)


def test_v5_a_known_key_id_over_a_foreign_signature(fresh: Trusted) -> None:
    content = json.loads(m.release(by=("an", "outsider")))
    content["signatures"][1]["keyid"] = m.id_of("binh")
    refused(Rule.V5_SIGNERS, take_release, fresh, json.dumps(content).encode(), CLOCK)


def test_v5_signatures_of_another_document(fresh: Trusted) -> None:
    other = json.loads(m.release("other"))["signatures"]
    refused(Rule.V5_SIGNERS, take_release, fresh, edited(m.release(), signatures=other), CLOCK)


def test_v5_the_server_key_releases_nothing(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_release, fresh, m.release(by=("server", "an")), CLOCK)


def test_v5_an_unknown_route(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_release, fresh, m.release(route="shortcut"), CLOCK)


def test_v5_unknown_and_odd_signatures_beside_sound_ones_do_no_harm(fresh: Trusted) -> None:
    content = json.loads(m.release())
    content["signatures"] += [{"keyid": m.id_of("outsider"), "sig": "AAAA"}, {"keyid": 5}, "text", None]
    assert shown(take_release(fresh, json.dumps(content).encode(), CLOCK), CLOCK) == {sha("hours")}


def test_v5_a_status_officer_of_another_site(stocked: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_values, stocked, m.values(by=("hoa",)), CLOCK)


@pytest.mark.parametrize(
    "odd",
    [
        b'{"v":1,"v":1}',
        b'{"v":1.0}',
        b'{"v":NaN}',
        b'{"v":1e3}',
        b"[" * 13 + b"]" * 13,
        b"\xff",
        b'{"a":"\\ud800"}',
        b"",
        b"[]",
        b"1" * 5000,
    ],
)
def test_v6_a_payload_that_is_not_sound_json(fresh: Trusted, odd: bytes) -> None:
    made = [signature_of(odd, Withdrawal.payload_type, m.secret("binh"))]
    refused(Rule.V6_FORM, take_withdrawal, fresh, write_envelope(Withdrawal.payload_type, odd, made), CLOCK)


def test_v6_a_payload_is_not_read_before_its_signatures_hold(fresh: Trusted) -> None:
    odd = [signature_of(b"\xff", Release.payload_type, m.secret("outsider"))]
    refused(Rule.V5_SIGNERS, take_release, fresh, write_envelope(Release.payload_type, b"\xff", odd), CLOCK)


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"v": True},
        {"issued_at": 1_700_000_000},
        {"issued_at": "2026-11-26T01:00:00"},
        {"issued_at": "2026-11-26T01:00:00Z"},
        {"issued_at": "2026-11-26T08:00:00.000+07:00"},
        {"withdraws": sha("a")},
        {"withdraws": []},
        {"withdraws": [sha("a").upper()]},
        {"withdraws": [None]},
        {"reason": 5},
        {"must_understand": ["colours"]},
    ],
)
def test_v6_wrong_types_and_what_is_not_understood(fresh: Trusted, fields: dict[str, Any]) -> None:
    refused(Rule.V6_FORM, take_withdrawal, fresh, m.withdrawal(sha("a"), **fields), CLOCK)


def test_v6_unknown_fields_are_for_later_readers(fresh: Trusted) -> None:
    assert take_withdrawal(fresh, m.withdrawal(sha("a"), colour="red"), CLOCK).withdrawn == {sha("a")}


def test_v7_a_root_follows_by_one(fresh: Trusted) -> None:
    assert take_root(fresh, m.root(version=2), CLOCK).root.document.version == 2
    refused(Rule.V7_ROOT, take_root, fresh, m.root(version=3), CLOCK)
    refused(Rule.V7_ROOT, take_root, fresh, m.root(version=1, issued_at=m.moment()), CLOCK)


def test_v7_the_root_that_is_followed_already_changes_nothing(fresh: Trusted) -> None:
    assert take_root(fresh, m.root(), CLOCK) is fresh


def test_v7_a_root_that_only_its_own_new_keys_sign(fresh: Trusted) -> None:
    new = {"root": m.role("dung", "em", threshold=2)}
    fields = m.root_fields(version=2)
    fields["roles"] = fields["roles"] | new | {"duty": m.role("binh")}
    content = m.signed("application/vnd.bangtin.root+json;v=1", fields, "dung", "em")
    refused(Rule.V5_SIGNERS, take_root, fresh, content, CLOCK)


def test_v7_a_root_that_only_the_old_keys_sign(fresh: Trusted) -> None:
    fields = m.root_fields(version=2)
    fields["roles"] |= {"root": m.role("root-b", "root-c", "outsider", threshold=3)}
    fields["keys"].append(m.key("outsider").model_dump(mode="json"))
    kind = "application/vnd.bangtin.root+json;v=1"
    refused(Rule.V5_SIGNERS, take_root, fresh, m.signed(kind, fields, "root-a", "root-b"), CLOCK)
    both = m.signed(kind, fields, "root-a", "root-b", "root-c", "outsider")
    assert take_root(fresh, both, CLOCK).root.document.role("root").threshold == 3


def test_v7_one_root_key_does_nothing(fresh: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_root, fresh, m.root("root-a", version=2), CLOCK)


def test_v7_a_real_kiosk_takes_no_demo_root(fresh: Trusted) -> None:
    demo = m.root(demo=True)
    refused(Rule.V7_ROOT, begin, demo, m.digest(demo), m.READER)
    refused(Rule.V7_ROOT, take_root, fresh, m.root(demo=True, version=2), CLOCK)
    assert begin(demo, m.digest(demo), m.READER, demo=True).root.document.demo


def test_v7_a_demo_takes_no_real_root() -> None:
    refused(Rule.V7_ROOT, begin, m.root(), m.digest(m.root()), m.READER, demo=True)


def test_v7_a_root_other_than_the_pinned_one() -> None:
    refused(Rule.V7_ROOT, begin, m.root(), sha("another"), m.READER)


def _roles(**changed: Any) -> dict[str, Any]:
    return {"roles": m.root_fields()["roles"] | changed}


@pytest.mark.parametrize(
    "fields",
    [
        _roles(root=m.role("root-a", "root-b", threshold=1)),
        _roles(root=m.role("root-a", "root-b", threshold=3)),
        _roles(root=m.role("root-a", "outsider", threshold=2)),
        _roles(root={"keys": [m.id_of("root-a"), AN_PASSKEY.key.id], "threshold": 2}),
        _roles(server={"keys": []}),
        {"keys": [m.root_fields()["keys"][0] | {"sites": ["tra-linh"]}, *m.root_fields()["keys"][1:]]},
        _roles(server=m.role("server", "an")),
        _roles(duty=m.role("cap", "dung")),
        {"routes": [{"id": "notice", "roles": ["leader"]}]},
        {"routes": [{"id": "notice", "roles": ["leader", "leader"]}]},
        {"routes": [{"id": "notice", "roles": ["leader", "server"]}]},
        {"routes": [{"id": "notice", "roles": ["leader", "department"], "file_keys": 0}]},
        {"routes": [{"id": "notice", "roles": ["leader", "nobody"]}]},
        {"routes": [ADDING | {"added": [{"concern": "symbols", "role": "nobody"}]}]},
        {"routes": [ADDING | {"added": [{"concern": "symbols", "role": "server"}]}]},
        {"routes": [ADDING | {"added": [{"concern": "weather", "role": "duty"}]}]},
        {"routes": [ADDING | {"added": [{"concern": "symbols", "role": "department"}] * 2}]},
        {"routes": [ADDING | {"added": [{"concern": "symbols", "role": "duty"}] * 7}]},
        {"routes": m.root_fields()["routes"] * 2},
        {"keys": m.root_fields()["keys"] * 2},
        {"keys": [m.root_fields()["keys"][0] | {"id": sha("x")}]},
        {"keys": [m.root_fields()["keys"][0] | {"public": "AAAA"}]},
        {"keys": [m.root_fields()["keys"][0] | {"kind": "passkey"}]},
        {"keys": [AN_PASSKEY.key.model_dump(mode="json") | {"public": base64.b64encode(b"\x04" * 65).decode()}]},
        {"version": 0},
        {"demo": "yes"},
    ],
)
def test_v7_a_root_that_no_reader_should_follow(fields: dict[str, Any]) -> None:
    content = m.root("root-a", "root-b", "root-c", **fields)
    refused(Rule.V7_ROOT, begin, content, m.digest(content), m.READER)


def test_v8_a_release_for_another_site_or_panel(fresh: Trusted) -> None:
    refused(Rule.V8_AUDIENCE, take_release, fresh, m.release(audience={"sites": ["ban-gioc"]}), CLOCK)
    panel = {"panels": [{"site": "tra-linh", "panel": str(m.OTHER_PANEL)}]}
    refused(Rule.V8_AUDIENCE, take_release, fresh, m.release(audience=panel), CLOCK)


def test_v8_a_panel_counts_at_its_own_site_only(fresh: Trusted) -> None:
    elsewhere = {"panels": [{"site": "ban-gioc", "panel": str(m.PANEL)}]}
    refused(Rule.V8_AUDIENCE, take_release, fresh, m.release(audience=elsewhere), CLOCK)
    here = {"panels": [{"site": "tra-linh", "panel": str(m.PANEL)}]}
    assert shown(take_release(fresh, m.release(audience=here), CLOCK), CLOCK)


def test_v8_an_audience_of_nobody(fresh: Trusted) -> None:
    refused(Rule.V8_AUDIENCE, take_release, fresh, m.release(audience={}), CLOCK)


def test_v8_a_route_that_does_not_lead_here() -> None:
    routes = [{"id": "notice", "roles": ["leader", "department"], "sites": ["ban-gioc"]}]
    both = {"sites": ["ban-gioc", "tra-linh"]}
    refused(Rule.V8_AUDIENCE, take_release, m.fresh(routes=routes), m.release(audience=both), CLOCK)


@pytest.mark.parametrize("take", ["hold", "values", "withdrawal", "emergency", "manifest"])
def test_v8_other_documents_for_another_site(stocked: Trusted, take: str) -> None:
    there = {"sites": ["ban-gioc"]}
    given: dict[str, tuple[Any, bytes]] = {
        "hold": (take_hold, m.hold(1, site="ban-gioc")),
        "values": (take_values, m.values(site="ban-gioc")),
        "withdrawal": (take_withdrawal, m.withdrawal(sha("a"), audience=there)),
        "emergency": (take_emergency, m.emergency(audience=there)),
        "manifest": (take_manifest, m.manifest(site="ban-gioc")),
    }
    function, content = given[take]
    refused(Rule.V8_AUDIENCE, function, stocked, content, CLOCK)


def test_v9_lower_and_equal_numbers_are_replays(stocked: Trusted) -> None:
    taken = take_hold(take_values(stocked, m.values(5), CLOCK), m.hold(5, sha("hours")), CLOCK)
    taken, _ = take_manifest(taken, m.manifest(seq=5), CLOCK)
    for seq in (4, 5):
        refused(Rule.V9_NUMBER, take_hold, taken, m.hold(seq), CLOCK)
        refused(Rule.V9_NUMBER, take_values, taken, m.values(seq, values={"gate": "closed"}), CLOCK)
        refused(Rule.V9_NUMBER, take_manifest, taken, m.manifest(seq=seq), CLOCK)


def test_v9_the_same_document_again_changes_nothing(stocked: Trusted) -> None:
    for take, content in (
        (take_release, m.release("hours")),
        (take_hold, m.hold(1, sha("hours"))),
        (take_values, m.values()),
        (take_withdrawal, m.withdrawal(sha("x"))),
        (take_emergency, m.emergency()),
    ):
        taken = take(stocked, content, CLOCK)
        assert take(taken, content, CLOCK) is taken


@pytest.mark.parametrize("seq", [0, -1, 1 << 53, True, "6", 6.0])
def test_v9_a_number_is_a_counting_number(stocked: Trusted, seq: Any) -> None:
    rule = Rule.V6_FORM if isinstance(seq, float) else Rule.V9_NUMBER
    refused(rule, take_hold, stocked, m.hold(seq), CLOCK)


def test_v9b_a_retired_release_does_not_come_back(fresh: Trusted) -> None:
    old = m.release("old-prices")
    taken = take_release(fresh, old, CLOCK)
    taken = take_release(taken, m.release("new-prices", retires=[m.digest(old)]), CLOCK)

    assert shown(taken, CLOCK) == {sha("new-prices")}
    refused(Rule.V9B_RETIRED, take_release, taken, old, CLOCK)


def test_v9b_retired_before_it_came(fresh: Trusted) -> None:
    old = m.release("old-prices")
    taken = take_release(fresh, m.release("new-prices", retires=[m.digest(old)]), CLOCK)
    refused(Rule.V9B_RETIRED, take_release, taken, old, CLOCK)


def test_v10_one_key_does_not_drive_the_clock(stocked: Trusted) -> None:
    ahead = m.moment(timedelta(hours=25))
    refused(Rule.V10_TIME, take_hold, stocked, m.hold(1, issued_at=ahead), CLOCK)
    refused(Rule.V10_TIME, take_withdrawal, stocked, m.withdrawal(sha("a"), issued_at=ahead), CLOCK)
    taken = take_hold(stocked, m.hold(1, issued_at=m.moment(timedelta(hours=23))), CLOCK)
    assert taken.floor == NOW


def test_v10_a_key_used_again_and_again_gains_one_day_on_a_blind_clock(fresh: Trusted) -> None:
    taken, at = fresh, fresh.floor
    for seq in range(1, 60):
        at = taken.time(BLIND) + timedelta(hours=24)
        taken = take_hold(taken, m.hold(seq, issued_at=at.strftime("%Y-%m-%dT%H:%M:%S.000Z")), BLIND)
    assert taken.floor == fresh.sure + DAY


def test_v10_two_people_raise_the_floor(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release(), BLIND)
    assert taken.floor == taken.sure == NOW - timedelta(hours=1)
    assert taken.time(Clock(NOW - 300 * DAY)) == taken.floor


def test_v10_an_approver_with_a_wrong_clock_is_capped_by_a_synchronised_one(fresh: Trusted) -> None:
    wrong = m.release(issued_at=m.moment(100 * DAY))
    assert take_release(fresh, wrong, CLOCK).floor == NOW


def test_v10_the_time_needs_the_nonce_and_goes_forward(fresh: Trusted) -> None:
    _, told = take_time(fresh, m.time(), m.NONCE, BLIND)
    assert told == Clock(NOW, Source.TOLD)
    refused(Rule.V10_TIME, take_time, fresh, m.time(), "f" * 32, BLIND)
    refused(Rule.V10_TIME, take_time, fresh, m.time(issued_at=m.moment(-40 * DAY)), m.NONCE, BLIND)
    refused(Rule.V5_SIGNERS, take_time, fresh, m.time(by="an"), m.NONCE, BLIND)


def test_v10_what_is_told_is_forgotten_at_the_next_start(fresh: Trusted) -> None:
    far = m.time(issued_at=m.moment(3000 * DAY))
    taken, told = take_time(fresh, far, m.NONCE, BLIND)
    assert told.now == NOW + 3000 * DAY
    assert taken.time(BLIND) == fresh.sure + DAY


def test_v10_the_time_does_not_move_a_synchronised_clock(fresh: Trusted) -> None:
    assert take_time(fresh, m.time(issued_at=m.moment(timedelta(hours=1))), m.NONCE, CLOCK)[1] == CLOCK
    refused(Rule.V10_TIME, take_time, fresh, m.time(issued_at=m.moment(2 * DAY)), m.NONCE, CLOCK)


@pytest.mark.parametrize(
    "fields",
    [
        {"show_until": m.moment(-timedelta(hours=1))},
        {"show_until": m.moment(-timedelta(hours=2))},
        {"show_until": m.moment(401 * DAY)},
        {"not_before": m.moment(-500 * DAY), "show_until": m.moment(-DAY)},
        {"show_until": m.moment(-timedelta(minutes=1))},
        {"show_until": None},
    ],
)
def test_v11_a_window_that_is_none_too_long_or_over(fresh: Trusted, fields: dict[str, Any]) -> None:
    refused(Rule.V11_WINDOW, take_release, fresh, m.release(**fields), CLOCK)


def test_v11_nothing_before_its_time_or_after_it(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release(not_before=m.moment(DAY), show_until=m.moment(2 * DAY)), CLOCK)
    asked = [rest(taken, sha("hours"), Clock(NOW + days * DAY)) for days in (0, 1, 2)]
    assert asked == [Rest.NOT_YET, None, Rest.OVER]


def test_v11_a_clock_put_back_opens_no_closed_window(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release(show_until=m.moment(2 * DAY)), CLOCK)
    later = Clock(NOW + 3 * DAY)
    taken = take_release(taken, m.release("other", issued_at=m.moment(3 * DAY)), later)
    assert rest(taken, sha("hours"), CLOCK) is Rest.OVER


@pytest.mark.parametrize(
    "fields",
    [
        {"sha256": "00"},
        {"sha256": sha("x").upper()},
        {"size": 0},
        {"size": (2 << 30) + 1},
        {"size": "5"},
        {"profile": "text/html"},
        {"profile": "767x384p25-nf1"},
        {"profile": "768x384p25-nf2"},
        {"language": "fr"},
        {"duration_ms": 1500},
    ],
)
def test_v12_a_segment_of_no_known_form(fresh: Trusted, fields: dict[str, Any]) -> None:
    refused(Rule.V12_BYTES, take_release, fresh, m.release(segments=[m.segment("a", **fields)]), CLOCK)


def test_v12_a_release_without_content_or_with_two_sizes(fresh: Trusted) -> None:
    refused(Rule.V12_BYTES, take_release, fresh, m.release(segments=[]), CLOCK)
    two = [m.segment("a"), m.segment("a", size=6, language="vi")]
    refused(Rule.V12_BYTES, take_release, fresh, m.release(segments=two), CLOCK)


def test_v12_a_boards_base_is_a_segment_of_its_release(fresh: Trusted) -> None:
    refused(Rule.V12_BYTES, take_release, fresh, m.board_release(segments=[m.segment("other")]), CLOCK)


def test_v12_bytes_are_counted_and_hashed_as_they_come() -> None:
    expected = ReleasedFile(sha256=sha("hello"), size=5)
    assert b"".join(checked(expected, [b"he", b"llo"])) == b"hello"
    for chunks in ([b"hello!"], [b"hell"], [b"hallo"], [b"hel", b"lo", b"!"], []):
        refused(Rule.V12_BYTES, list, checked(expected, chunks))


def test_v12_an_endless_download_ends_at_the_size() -> None:
    endless = iter(lambda: b"x" * 1000, b"")
    taken: list[bytes] = []

    def take_all() -> None:
        taken.extend(checked(ReleasedFile(sha256=sha("x"), size=10_000), endless))

    refused(Rule.V12_BYTES, take_all)
    assert len(taken) == 10


@pytest.mark.parametrize("what", ["segment", "release"])
def test_v13_withdrawn_is_withdrawn_for_ever(stocked: Trusted, what: str) -> None:
    name = sha("hours") if what == "segment" else m.digest(m.release("hours"))
    taken = take_withdrawal(stocked, m.withdrawal(name), CLOCK)

    assert sha("hours") not in shown(taken, CLOCK)
    refused(Rule.V13_WITHDRAWN, take_release, _without_releases(taken), m.release("hours"), CLOCK)


def test_v13_a_withdrawn_segment_in_a_new_release_stays_away(stocked: Trusted) -> None:
    taken = take_withdrawal(stocked, m.withdrawal(sha("hours")), CLOCK)
    taken = take_release(taken, m.release("hours", "more"), CLOCK)
    assert rest(taken, sha("hours"), CLOCK) is Rest.WITHDRAWN
    assert rest(taken, sha("more"), CLOCK) is None


def test_v13_one_approver_withdraws_and_nobody_else(stocked: Trusted) -> None:
    assert take_withdrawal(stocked, m.withdrawal(sha("x"), by=(CHI_PASSKEY,)), CLOCK).withdrawn == {sha("x")}
    for other in ("server", "dung", "giang", "root-a", "outsider"):
        refused(Rule.V5_SIGNERS, take_withdrawal, stocked, m.withdrawal(sha("x"), by=(other,)), CLOCK)


def test_v13_a_hold_rests_until_the_next_list(stocked: Trusted) -> None:
    resting = take_hold(stocked, m.hold(1, sha("hours")), CLOCK)
    assert rest(resting, sha("hours"), CLOCK) is Rest.HELD
    assert rest(take_hold(resting, m.hold(2), CLOCK), sha("hours"), CLOCK) is None


def test_v14_a_removed_key_takes_its_releases_along(stocked: Trusted) -> None:
    fields = m.root_fields(version=2)
    for name in ("approver", "department"):
        fields["roles"][name]["keys"].remove(CHI_PASSKEY.key.id)
    taken = take_root(stocked, m.signed("application/vnd.bangtin.root+json;v=1", fields, "root-a", "root-c"), CLOCK)

    assert shown(taken, CLOCK) == frozenset()
    assert taken.withdrawn == stocked.withdrawn


def test_v14_what_others_signed_stays(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release(by=("an", "binh", CHI_PASSKEY)), CLOCK)
    fields = m.root_fields(version=2)
    fields["roles"]["department"]["keys"].remove(CHI_PASSKEY.key.id)
    taken = take_root(taken, m.signed("application/vnd.bangtin.root+json;v=1", fields, "root-a", "root-c"), CLOCK)
    assert shown(taken, CLOCK) == {sha("hours")}


def test_v14_a_new_server_key_recovers_from_a_fast_forward(stocked: Trusted) -> None:
    last = (1 << 53) - 1
    driven, _ = take_manifest(stocked, m.manifest(seq=last), CLOCK)
    driven = take_hold(driven, m.hold(last, sha("hours")), CLOCK)
    fields = m.root_fields(version=2)
    fields["keys"].append(m.key("server-2").model_dump(mode="json"))
    fields["roles"]["server"] = m.role("server-2")
    taken = take_root(driven, m.signed("application/vnd.bangtin.root+json;v=1", fields, "root-a", "root-b"), CLOCK)

    assert taken.last(Counter.MANIFEST) == 0
    assert rest(taken, sha("hours"), CLOCK) is Rest.HELD, "a hold stays until the server's next list"
    refused(Rule.V5_SIGNERS, take_hold, taken, m.hold(1), CLOCK)
    assert rest(take_hold(taken, m.hold(1, by=("server-2",)), CLOCK), sha("hours"), CLOCK) is None


def test_v14_a_removed_officer_takes_values_and_their_number_along(stocked: Trusted) -> None:
    driven = take_values(stocked, m.values((1 << 53) - 1), CLOCK)
    fields = m.root_fields(version=2)
    fields["keys"].append(m.key("khanh").model_dump(mode="json"))
    fields["roles"]["status"] = m.role("khanh")
    taken = take_root(driven, m.signed("application/vnd.bangtin.root+json;v=1", fields, "root-a", "root-b"), CLOCK)

    assert values_now(taken, BOARD, CLOCK) is None
    again = take_values(taken, m.values(1, by=("khanh",)), CLOCK)
    assert values_now(again, BOARD, CLOCK) is not None


def test_v14_bytes_that_changed_on_the_disk_vouch_for_nothing(stocked: Trusted) -> None:
    forged = m.release("forged", by=("an", "outsider"))
    envelope = parse_envelope(forged, Release.payload_type)
    held = next(iter(stocked.releases.values()))
    planted = type(held)(Release.read(envelope.payload), forged, envelope.digest)
    state = _with_release(stocked, envelope.digest, planted)

    assert sha("forged") in shown(state, CLOCK)
    assert sha("forged") not in shown(recheck(from_bytes(state.to_bytes())), CLOCK)


def test_a_panel_does_not_go_dark_for_want_of_news(fresh: Trusted) -> None:
    until = m.moment(399 * DAY)
    taken = take_release(fresh, m.release("plain", show_until=until), CLOCK)
    taken = take_release(taken, m.release("prices", show_until=until, time_critical=True), CLOCK)
    taken = take_hold(taken, m.hold(1), CLOCK)

    assert shown(taken, Clock(NOW + 59 * DAY)) == {sha("plain"), sha("prices")}
    assert shown(taken, Clock(NOW + 61 * DAY)) == {sha("plain")}
    assert rest(taken, sha("prices"), Clock(NOW + 61 * DAY)) is Rest.SILENCE


def test_a_blind_clock_hides_what_is_time_critical_only(fresh: Trusted) -> None:
    taken = take_release(fresh, m.release("plain"), CLOCK)
    taken = take_release(taken, m.release("prices", time_critical=True), CLOCK)
    assert shown(taken, BLIND) == {sha("plain")}
    assert rest(taken, sha("prices"), BLIND) is Rest.CLOCK_UNKNOWN


def _without_releases(trusted: Trusted) -> Trusted:
    return replace(trusted, releases={})


def _with_release(trusted: Trusted, name: str, held: Any) -> Trusted:
    return replace(trusted, releases={**trusted.releases, name: held})
