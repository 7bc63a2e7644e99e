"""The core under a root: documents are stored first and acted on then, in any order; what rests leaves at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.trust import Kind
from playlists.fault import CheckResult, FaultCode
from playlists.ids import sha256_hex
from playlists.timeline import Layer, at
from playlists.trust import Rule
from playlists.wire.messages import Faults, Phase, State, TrustState
from playlists.wire.signed import Signed, WithdrawalPage
from playlists.wire.topics import Up
from tests.kiosk_agent import trusting as t
from tests.kiosk_agent.making import CLOCK_OK, START, digest, held, moment
from tests.kiosk_agent.playbook import Playbook
from tests.kiosk_agent.rooted import FIRST, ONE, TWO, Kiosk
from tests.playlists.trust import making as m


def test_a_manifest_waits_for_its_releases_and_their_storage() -> None:
    kiosk = Kiosk().begin()
    said = kiosk.hear(events.ManifestFetched(FIRST))
    order = [type(one) for one in said if isinstance(one, do.FetchRelease | do.KeepTrust | do.Install)]
    assert order.index(do.FetchRelease) < order.index(do.KeepTrust) < order.index(do.Install)
    assert kiosk.state.installed is not None
    assert kiosk.state.installed.manifest.seq == 1
    assert len(kiosk.state.trust.acted.releases) == 3  # type: ignore[union-attr]
    assert kiosk.due() in {digest(1), digest(2)}
    assert kiosk.rules == []
    assert kiosk.trust.releases == 3


def test_a_template_is_staged_before_anybody_needs_it_and_is_never_given_up() -> None:
    kiosk = Kiosk().playing()
    pictures = {digest(number) for number in t.TEMPLATE.values()}
    assert pictures <= kiosk.state.stored
    kept = kiosk.of(do.Evict)[-1]
    assert isinstance(kept, do.Evict)
    assert pictures <= kept.keep
    assert {one.picture.framed for one in kiosk.of(do.DrawWarning)} == {False, True}


def test_nothing_is_acted_on_before_it_is_stored() -> None:
    kiosk = Kiosk().playing()
    kiosk.keeps = False
    before = kiosk.state.trust.acted
    kiosk.tell(events.DocumentsReceived(Kind.RELEASE, (t.release(3),)))
    (keep,) = [one for one in kiosk.out if isinstance(one, do.KeepTrust)]
    assert kiosk.state.trust.acted is before
    kiosk.tell(events.DocumentsReceived(Kind.HOLD, (t.hold(1, digest(1)),)))
    kiosk.none(do.KeepTrust)  # one write at a time
    assert digest(1) not in kiosk.state.resting
    kiosk.tell(events.TrustKept())
    assert kiosk.state.trust.acted is keep.trusted
    assert kiosk.only(do.KeepTrust).trusted.hold is not None
    kiosk.tell(events.TrustKept())
    assert digest(1) in kiosk.state.resting


def test_a_full_disk_does_not_hold_up_what_takes_away_or_warns_but_lets_nothing_new_in() -> None:
    kiosk = Kiosk().playing()
    kiosk.keeps = False
    kiosk.give(Kind.RELEASE, t.release(3))
    kiosk.give(Kind.WITHDRAWAL, t.withdrawal(digest(1)), after_s=400)
    kiosk.give(Kind.EMERGENCY, t.emergency())
    kiosk.hear(events.Tick(), 400)
    acted = kiosk.state.trust.acted
    assert acted is not None
    assert digest(1) in acted.withdrawn
    assert "flood-7" in acted.emergencies
    assert m.digest(t.release(3)) not in acted.releases
    assert digest(1) in kiosk.state.resting
    assert (FaultCode.STORAGE_LOW, "store") in kiosk.state.alarms


@pytest.mark.parametrize("what", ["withdraw a picture", "withdraw its release", "hold a picture", "hold its release"])
def test_what_is_on_air_is_cut_at_once(what: str) -> None:
    kiosk = Kiosk().playing()
    on_air = kiosk.due()
    release = ONE if on_air == digest(1) else TWO
    name = on_air if "picture" in what else m.digest(release)
    assert name is not None
    kind, document = (Kind.WITHDRAWAL, t.withdrawal(name)) if "withdraw" in what else (Kind.HOLD, t.hold(1, name))
    said = kiosk.give(kind, document)
    assert [type(one) for one in said if isinstance(one, do.CutIn | do.KeepTrust)] == [do.KeepTrust, do.CutIn]
    assert kiosk.due() not in {on_air, None}


def test_a_hold_is_lifted_by_a_later_list_and_a_withdrawal_never_is() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.HOLD, t.hold(1, digest(1)))
    assert kiosk.state.resting == {digest(1)}
    kiosk.give(Kind.HOLD, t.hold(2))
    assert kiosk.state.resting == frozenset()
    kiosk.give(Kind.HOLD, t.hold(1, digest(1)))
    assert kiosk.rules == ["V9"]
    assert kiosk.trust.hold_seq == 2
    kiosk.give(Kind.WITHDRAWAL, t.withdrawal(digest(1)))
    kiosk.give(Kind.RELEASE, t.release(1, issued_at=t.at(minutes=1)))
    assert kiosk.state.resting == {digest(1)}


def test_everything_withdrawn_leaves_the_safe_loop() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.WITHDRAWAL, t.withdrawal(digest(1), digest(2)))
    assert kiosk.due() is None


def test_a_release_that_ends_leaves_the_panel_within_a_second() -> None:
    short = t.release(1, show_until=t.at(seconds=30))
    kiosk = Kiosk()
    kiosk.documents[m.digest(short)] = short
    kiosk.begin()
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, releases=(short,))))
    kiosk.shown()
    kiosk.tick(29)
    assert kiosk.due() == digest(1)
    kiosk.shown()
    said = kiosk.tick(2)
    assert [type(one) for one in said if isinstance(one, do.CutIn)] == [do.CutIn]
    assert kiosk.due() is None


def test_a_release_that_begins_later_waits_for_its_time() -> None:
    later = t.release(1, not_before=t.at(seconds=30))
    kiosk = Kiosk()
    kiosk.documents[m.digest(later)] = later
    kiosk.begin()
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, releases=(later,))))
    assert kiosk.due() is None
    kiosk.tick(31)
    assert kiosk.due() == digest(1)


def test_nothing_goes_dark_for_want_of_fresh_documents_except_what_is_time_critical() -> None:
    urgent = t.release(2, time_critical=True, max_offline_days=3)
    kiosk = Kiosk()
    kiosk.documents[m.digest(urgent)] = urgent
    kiosk.begin()
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, 2, releases=(ONE, urgent))))
    kiosk.hear(events.Tick(), 2 * 86400)
    assert kiosk.state.resting == frozenset()
    kiosk.hear(events.Tick(), 2 * 86400)
    assert kiosk.state.resting == {digest(2)}
    kiosk.hear(events.Tick(), 20 * 86400)
    assert kiosk.due() == digest(1)


def test_an_unknown_clock_hides_only_what_is_time_critical_until_the_server_says_the_time() -> None:
    urgent = t.release(2, time_critical=True)
    kiosk = Kiosk()
    kiosk.documents[m.digest(urgent)] = urgent
    unsure = replace(CLOCK_OK, result=CheckResult.FAULT)
    kiosk.jump_s = -40 * 365 * 86400.0
    kiosk.begin(findings=(unsure, unsure))
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, 2, releases=(ONE, urgent), issued_at=t.at(days=-30))))
    assert kiosk.state.installed is not None
    assert kiosk.state.resting == {digest(2)}
    assert kiosk.of(do.AskTime)
    kiosk.hear(events.TimeAnswered(m.NONCE, m.time(issued_at=t.at())))
    assert kiosk.state.trust.told is not None
    kiosk.hear(events.Tick(), 1)
    assert kiosk.state.resting == frozenset()
    assert isinstance(kiosk.of(do.HearTime)[-1], do.HearTime)
    kiosk.hear(events.TimeAnswered("f" * 32, m.time(issued_at=t.at())))
    assert kiosk.rules == ["V10"]


def test_a_manifest_of_what_was_not_released_changes_nothing() -> None:
    kiosk = Kiosk().playing()
    kiosk.hear(events.ManifestFetched(t.manifest(2, 1, 3, releases=(ONE, TWO))))
    assert kiosk.state.installed is not None
    assert kiosk.state.installed.manifest.seq == 1
    assert kiosk.state.candidate is None
    assert kiosk.rules == ["V15"]
    assert (FaultCode.MANIFEST_REJECTED, "") in kiosk.state.alarms
    kiosk.tick(12)
    assert (FaultCode.DOCUMENT_REJECTED, "V15") in kiosk.state.alarms
    told = [one.message for one in kiosk.log if isinstance(one, do.Publish) and one.leaf is Up.FAULTS][-1]
    assert isinstance(told, Faults)
    assert ("document_rejected", "V15") in {(line.code, line.subject) for line in told.active}


def test_a_manifest_whose_releases_cannot_be_had_waits_and_is_asked_for_again() -> None:
    kiosk = Kiosk().playing()
    three = t.release(3)
    kiosk.hear(events.ManifestFetched(t.manifest(2, 3, releases=(three,))))
    assert kiosk.rules == ["V15"]
    kiosk.documents[m.digest(three)] = three
    kiosk.hear(events.ManifestFetched(t.manifest(3, 3, releases=(three,))))
    assert kiosk.state.installed is not None
    assert kiosk.state.installed.manifest.seq == 3


def test_a_release_under_another_name_is_not_the_one_that_was_asked_for() -> None:
    kiosk = Kiosk().begin()
    kiosk.documents[m.digest(ONE)] = t.release(3)
    kiosk.hear(events.ManifestFetched(FIRST))
    assert kiosk.state.installed is None
    assert "V12" in kiosk.rules


def test_an_old_manifest_is_a_replay_also_after_a_restart() -> None:
    kiosk = Kiosk().playing()
    kiosk.hear(events.ManifestFetched(t.manifest(2, 1, releases=(ONE,))))
    kiosk.hear(events.ManifestFetched(FIRST))
    assert kiosk.rules == ["V9"]
    again = Kiosk(kiosk.state.trust.acted)
    again.hear(events.Started(findings=(CLOCK_OK,), trusted=again.pinned))
    again.hear(events.ManifestFetched(FIRST))
    assert again.rules == ["V9"]
    assert again.state.installed is None


def test_a_cut_between_manifest_and_number_loses_nothing() -> None:
    """The manifest is committed first: its number is counted in at the next start."""
    kiosk = Kiosk().playing()
    before = kiosk.state.trust.acted
    assert before is not None
    unwritten = replace(before, seqs={})
    again = Kiosk(unwritten)
    installed = kiosk.state.installed
    again.hear(events.Started(installed, kiosk.state.stored, findings=(CLOCK_OK,), trusted=unwritten))
    assert again.state.trust.acted is not None
    assert again.state.trust.acted.seqs == {"manifest": 1}
    assert again.due() in {digest(1), digest(2)}


def test_the_pinned_key_alone_is_not_enough_once_there_is_a_root() -> None:
    kiosk = Kiosk().playing()
    kiosk.hear(events.ManifestFetched(held(9).envelope))
    assert kiosk.rules == ["V5"]


def test_a_kiosk_that_needs_a_root_and_has_none_shows_nothing_of_the_server() -> None:
    book = Playbook(t.rooted())
    book.tell(events.Started(held(4), frozenset(held(4).sizes), findings=(CLOCK_OK,)))
    book.tell(events.ManifestFetched(held(5).envelope))
    assert book.state.installed is not None
    assert at(book.state.installed.manifest, book.state.facts, START).layer is Layer.SAFE_LOOP
    assert book.state.candidate is None
    assert book.state.fetch.refusal is not None
    assert book.state.fetch.refusal.startswith("V7")


def test_no_root_is_taken_from_the_network_by_a_kiosk_without_one() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    book.tell(events.DocumentsReceived(Kind.ROOT, (t.root(),)))
    assert book.state.trust.taken is None
    book.tell(events.DocumentsReceived(Kind.WITHDRAWAL, (t.withdrawal(digest(1)),)))
    assert book.state.resting == frozenset()


def test_roots_are_followed_one_by_one_and_what_is_no_longer_vouched_for_leaves() -> None:
    kiosk = Kiosk().playing()
    second = t.root(version=2, issued_at=t.at(days=-20))
    fields = m.root_fields()
    fields["roles"]["leader"] = m.role("dung")
    third = t.root(version=3, issued_at=t.at(days=-10), roles=fields["roles"])
    kiosk.roots = {2: second, 3: third}
    said = kiosk.give(Kind.ROOT, third)
    assert [one.version for one in said if isinstance(one, do.FetchRoot)] == [2, 3, 4]
    assert kiosk.trust.root_version == 3
    assert kiosk.rules == []
    assert kiosk.trust.releases == 0
    assert kiosk.due() is None, "nobody vouches for it any more (V14)"


def test_a_forged_root_and_an_older_one_are_refused_and_told() -> None:
    kiosk = Kiosk().playing()
    forged = m.signed("application/vnd.bangtin.root+json;v=1", m.root_fields(version=2), "outsider", "dung")
    kiosk.give(Kind.ROOT, forged)
    kiosk.give(Kind.ROOT, t.root(version=7))
    assert kiosk.rules == ["V7", "V5"]
    assert kiosk.trust.root_version == 1


def test_the_poll_says_what_the_topics_say_when_the_broker_is_dead() -> None:
    kiosk = Kiosk().playing()
    kiosk.hear(events.LinkDown())
    asked = [one for one in kiosk.tick(200) if isinstance(one, do.AskSigned)]
    assert asked
    said = Signed(
        root_version=1,
        withdrawn=1,
        hold=t.hold(1, digest(2)).decode(),
        withdrawals=(t.withdrawal(digest(1)).decode(),),
        emergencies=(t.emergency().decode(),),
    )
    kiosk.hear(events.SignedRead(said))
    assert kiosk.state.resting == {digest(1), digest(2)}
    assert kiosk.state.trust.acted is not None
    assert list(kiosk.state.trust.acted.emergencies) == ["flood-7"]
    kiosk.hear(events.SignedRead(None), 60)
    assert [type(one) for one in kiosk.tick(200) if isinstance(one, do.AskSigned)]


def test_a_kiosk_that_knows_fewer_withdrawals_asks_for_all_of_them() -> None:
    kiosk = Kiosk().playing()
    said = kiosk.hear(events.SignedRead(Signed(withdrawn=2)))
    assert [one.page for one in said if isinstance(one, do.AskWithdrawals)] == [1]
    one, two = (t.withdrawal(digest(number)).decode() for number in (1, 2))
    said = kiosk.hear(events.WithdrawalsRead(WithdrawalPage(envelopes=(one,), more=True)))
    assert [one.page for one in said if isinstance(one, do.AskWithdrawals)] == [2]
    kiosk.hear(events.WithdrawalsRead(WithdrawalPage(envelopes=(two,))))
    assert kiosk.state.trust.acted is not None
    assert kiosk.state.trust.acted.withdrawn == {digest(1), digest(2)}
    kiosk.none(do.AskWithdrawals)


def test_a_poll_that_fails_is_tried_again_and_disturbs_nothing() -> None:
    kiosk = Kiosk().playing()
    on_air = kiosk.due()
    kiosk.serves = False
    kiosk.hear(events.LinkDown())
    for _ in range(120):
        kiosk.hear(events.Tick(), 1)
    assert len(kiosk.of(do.AskSigned)) > 2
    kiosk.hear(events.DocumentFailed("no answer"))
    kiosk.hear(events.TimeAnswered(m.NONCE, None))
    assert kiosk.due() in {digest(1), digest(2)}
    assert on_air is not None


def test_the_same_bytes_are_refused_once_and_forgotten_after_a_day() -> None:
    kiosk = Kiosk().playing()
    wrong = t.hold(1, digest(1), by=("outsider",))
    for _ in range(3):
        kiosk.give(Kind.HOLD, wrong)
    assert kiosk.rules == ["V5"]
    assert [(one.rule, one.sha256, one.kind) for one in kiosk.trust.rejects] == [("V5", sha256_hex(wrong), "hold")]
    kiosk.tick(12)
    assert (FaultCode.DOCUMENT_REJECTED, "V5") in kiosk.state.alarms
    kiosk.hear(events.Tick(), 24 * 3600)
    assert kiosk.rules == []
    assert (FaultCode.DOCUMENT_REJECTED, "V5") not in kiosk.state.alarms


def test_only_so_many_refusals_are_kept() -> None:
    kiosk = Kiosk().playing()
    for number in range(40):
        kiosk.give(Kind.HOLD, b"%d" % number)
    assert len(kiosk.state.trust.refusals) == 16
    assert {one.rule for one in kiosk.state.trust.refusals} == {Rule.V3_TYPE}


def test_a_warning_that_came_too_late_is_told_but_is_no_fault() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency(issued_at=t.at(hours=-7), expires_at=t.at(hours=-1)))
    kiosk.tick(20)
    assert kiosk.rules == ["V16"]
    assert (FaultCode.DOCUMENT_REJECTED, "V16") not in kiosk.state.alarms


def test_an_emergency_before_its_template_counts_as_soon_as_that_is_there() -> None:
    kiosk = Kiosk().begin()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    assert kiosk.rules == ["V15"]
    kiosk.hear(events.ManifestFetched(FIRST))
    assert kiosk.rules == []
    assert [one.id for one in kiosk.trust.emergencies] == ["flood-7"]
    kiosk.tick(20)
    assert (FaultCode.DOCUMENT_REJECTED, "V15") not in kiosk.state.alarms


def test_the_state_is_playing_beneath_and_says_what_is_accepted() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.WITHDRAWAL, t.withdrawal(sha256_hex(b"elsewhere")))
    state = [one.message for one in kiosk.log if isinstance(one, do.Publish) and one.leaf is Up.STATE][-1]
    assert isinstance(state, State)
    assert state.phase is Phase.PLAYING
    assert state.trust == TrustState(root_version=1, releases=3, withdrawn=1)


def test_the_clock_that_is_told_goes_on_and_ends_with_the_run() -> None:
    kiosk = Kiosk()
    unsure = replace(CLOCK_OK, result=CheckResult.FAULT)
    kiosk.begin(findings=(unsure, unsure))
    kiosk.hear(events.TimeAnswered(m.NONCE, m.time(issued_at=t.at(hours=1))))
    clock = kiosk.state.trust.clock(moment(kiosk.seconds + 60), trusted=False)
    assert clock.now - (START + timedelta(hours=1)) == timedelta(seconds=60)


def test_what_is_over_is_forgotten_when_no_manifest_needs_it() -> None:
    short = t.release(1, show_until=t.at(hours=1))
    kiosk = Kiosk()
    kiosk.documents[m.digest(short)] = short
    kiosk.begin()
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, 2, releases=(short, TWO))))
    kiosk.hear(events.Tick(), 7200)
    later = t.manifest(2, 2, releases=(TWO,), issued_at=t.at(hours=2))
    kiosk.hear(events.ManifestFetched(later))
    assert kiosk.state.trust.acted is not None
    assert kiosk.state.trust.acted.releases.keys() == {m.digest(TWO)}
    kiosk.hear(events.ManifestFetched(t.manifest(3, 1, releases=(short,), issued_at=t.at(hours=2))))
    assert set(kiosk.rules) == {"V11", "V15"}, "it does not come back"
