"""From pointer to installed manifest, as conversations with the core."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.events import Cause
from playlists.fault import FaultCode
from playlists.ids import sha256_hex
from playlists.wire.messages import Faults, Phase, State
from playlists.wire.topics import Up
from tests.kiosk_agent.making import OTHER_PRIVATE, digest, document, envelope, held, sealed
from tests.kiosk_agent.playbook import Playbook, pointer

NEW = envelope(5, (3, 4))
FETCHES = (do.FetchManifest, do.DownloadSegment, do.Install)


def fetched(book: Playbook, content: bytes = NEW) -> None:
    book.tell(events.ManifestFetched(content))


def test_first_manifest_is_fetched_at_once_downloaded_one_by_one_and_installed_whole() -> None:
    book = Playbook().start()
    assert book.only(do.FetchManifest).known_sha256 is None
    fetched(book)
    assert book.only(do.DownloadSegment) == do.DownloadSegment(digest(3), 3000)
    book.tell(events.SegmentProgress(digest(3), 1000))
    book.none(*FETCHES)
    book.tell(events.SegmentStored(digest(3)))
    assert book.only(do.DownloadSegment).sha256 == digest(4)
    book.none(do.Install)
    book.tell(events.SegmentStored(digest(4)))
    assert book.only(do.Install).held.manifest.seq == 5
    book.none(do.StartPlayer)
    book.tell(events.Installed(sha256_hex(NEW)))
    assert book.only(do.StartPlayer).panel.slug == "tra-linh-1"
    assert book.only(do.Evict).keep == {digest(3), digest(4)}


def test_the_old_manifest_stays_installed_until_the_new_one_is_whole() -> None:
    book = Playbook().start(installed_seq=4)
    book.tell(pointer(5, sha256_hex(NEW)))
    assert book.only(do.FetchManifest).known_sha256 == held(4).sha256
    fetched(book)
    book.tell(events.SegmentStored(digest(3)))
    assert book.state.installed == held(4)
    book.shown()
    assert book.state.playback.on_air is not None
    assert book.state.playback.on_air.airing.seq == 4


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (sealed(document(5), OTHER_PRIVATE), "V5"),
        (envelope(5, kiosk_id="01980000-0000-7000-8000-000000000008"), "V8"),
        (envelope(4, (9,)), "V9"),
        (envelope(5, must_understand=["holograms"]), "V6"),
        (b"{}", "V3"),
        (b"\xff\xfe", "V6"),
        (b"x" * ((1 << 20) + 1), "V1"),
    ],
)
def test_a_refused_manifest_changes_nothing_and_is_told(content: bytes, rule: str) -> None:
    book = Playbook().start(installed_seq=4).link_up()
    fetched(book, content)
    assert book.state.installed == held(4)
    assert book.state.candidate is None
    book.none(do.DownloadSegment, do.Install, do.StartPlayer, do.RefreshPlayer)
    (state,) = book.said(Up.STATE, State)
    assert state.phase is Phase.REJECTED
    assert state.installed_seq == 4
    assert state.error is not None
    assert state.error.startswith(rule)
    (faults,) = book.said(Up.FAULTS, Faults)
    assert [line.code for line in faults.active] == [FaultCode.MANIFEST_REJECTED]


def test_a_refused_manifest_is_not_fetched_over_and_over_and_a_good_one_heals() -> None:
    bad = sealed(document(5), OTHER_PRIVATE)
    book = Playbook().start(installed_seq=4).link_up()
    fetched(book, bad)
    book.tell(pointer(5, sha256_hex(bad)))
    book.none(do.FetchManifest)
    book.tell(pointer(6, "a" * 64))
    assert book.only(do.FetchManifest).known_sha256 == sha256_hex(bad)
    book.tell(events.ManifestUnchanged())
    assert (FaultCode.MANIFEST_REJECTED, "") in book.state.alarms
    book.tell(pointer(7, "b" * 64))
    fetched(book)
    assert (FaultCode.MANIFEST_REJECTED, "") not in book.state.alarms
    assert book.state.candidate is not None


def test_old_and_repeated_pointers_cause_no_request() -> None:
    book = Playbook().start(installed_seq=4)
    for seq, sha256 in ((3, "c" * 64), (4, held(4).sha256), (4, "d" * 64), (9, held(4).sha256)):
        book.tell(pointer(seq, sha256))
        book.none(do.FetchManifest)


def test_a_forged_pointer_is_asked_for_a_few_times_then_polling_takes_over() -> None:
    book = Playbook().start(installed_seq=4)
    book.tell(pointer(999, "e" * 64))
    asked = 1
    for _ in range(3000):
        if book.state.fetch.running:
            book.tell(events.ManifestUnchanged())
        asked += sum(isinstance(command, do.FetchManifest) for command in book.tell(events.Tick(), 1.0))
    assert 7 <= asked <= 7 + 3000 // 900 + 1


def test_polling_goes_on_without_any_broker_and_is_spread_by_id() -> None:
    book = Playbook().start(installed_seq=4)
    asked = []
    for second in range(4000):
        if book.state.fetch.running:
            book.tell(events.ManifestUnchanged())
        if any(isinstance(command, do.FetchManifest) for command in book.tell(events.Tick(), 1.0)):
            asked.append(second)
    gaps = [later - earlier for earlier, later in pairwise(asked[1:])]
    assert len(asked) >= 4
    assert set(gaps) == {900}


def test_failed_requests_wait_with_full_jitter_up_to_five_minutes() -> None:
    book = Playbook()
    book.chance = 0.999
    book.start()
    waits = []
    for _ in range(12):
        book.tell(events.FetchFailed("no route"))
        before = book.seconds
        while not book.state.fetch.running:
            book.tick(1)
        waits.append(book.seconds - before)
    assert waits == sorted(waits)
    assert waits[0] <= 1
    assert waits[-1] == 300
    book.chance = 0.0
    book.tell(events.FetchFailed("no route"))
    book.only(do.FetchManifest)


def test_retry_after_and_a_refused_token_are_respected() -> None:
    book = Playbook().start()
    book.chance = 0.0
    book.tell(events.FetchFailed("busy", Cause.REFUSED, retry_after_s=20))
    assert book.state.fetch.retry.not_before_s == pytest.approx(book.seconds + 20)
    book.tick(20)
    book.tell(events.FetchFailed("unknown token", Cause.UNAUTHORISED))
    assert book.state.fetch.retry.not_before_s == pytest.approx(book.seconds + 60)


def test_a_failing_segment_does_not_hold_up_the_others() -> None:
    book = Playbook().start()
    book.chance = 0.0
    fetched(book)
    book.tell(events.SegmentFailed(digest(3), "wrong bytes", Cause.WRONG_BYTES))
    assert book.only(do.DownloadSegment).sha256 == digest(4)
    book.tell(events.SegmentStored(digest(4)))
    assert book.only(do.DownloadSegment).sha256 == digest(3)


def test_a_full_disk_is_told_room_is_made_and_the_old_picture_stays() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    fetched(book)
    book.chance = 0.9
    book.tell(events.SegmentFailed(digest(3), "no space left", Cause.STORAGE_FULL))
    assert book.only(do.Evict) == do.Evict(frozenset({digest(1), digest(2), digest(3), digest(4)}), 0)
    assert [line.code for line in book.said(Up.FAULTS, Faults)[0].active] == [FaultCode.STORAGE_LOW]
    assert book.state.installed == held(4)
    again = [command for command in book.tick(2) if isinstance(command, do.DownloadSegment)]
    assert len(again) == 1
    book.tell(events.SegmentStored(again[0].sha256))
    assert book.said(Up.FAULTS, Faults)[0].active == ()


def test_a_failed_commit_keeps_the_old_manifest_and_is_tried_again() -> None:
    book = Playbook().start(installed_seq=4)
    fetched(book, envelope(5, (2, 1)))
    assert book.only(do.Install).held.manifest.seq == 5
    book.tell(events.InstallFailed(sha256_hex(envelope(5, (2, 1))), "read-only", Cause.STORAGE_READ_ONLY))
    assert book.state.installed == held(4)
    assert (FaultCode.STORAGE_READ_ONLY, "store") in book.state.alarms
    assert any(isinstance(command, do.Install) for command in book.tick(3))


def test_a_newer_manifest_replaces_a_candidate_and_calls_off_its_download() -> None:
    book = Playbook().start()
    fetched(book)
    book.tell(pointer(6, sha256_hex(envelope(6, (7,)))))
    fetched(book, envelope(6, (7,)))
    assert book.only(do.StopDownload).sha256 == digest(3)
    book.tell(events.SegmentFailed(digest(3), "called off", Cause.STOPPED))
    assert book.only(do.DownloadSegment).sha256 == digest(7)
    fetched(book, NEW)
    assert book.state.candidate is not None
    assert book.state.candidate.manifest.seq == 6


def test_a_manifest_that_arrives_while_another_is_committed_is_not_lost() -> None:
    book = Playbook().start(installed_seq=4)
    first, second = envelope(5, (2, 1)), envelope(6, (1,))
    fetched(book, first)
    fetched(book, second)
    book.none(do.Install)
    book.tell(events.Installed(sha256_hex(first)))
    assert book.only(do.Install).held.manifest.seq == 6
    book.tell(events.Installed(sha256_hex(second)))
    assert book.state.installed is not None
    assert book.state.installed.manifest.seq == 6
    assert book.state.candidate is None


def test_a_segment_that_the_server_does_not_have_for_us_brings_a_new_request() -> None:
    book = Playbook().start()
    book.chance = 0.0
    fetched(book)
    book.tell(events.SegmentFailed(digest(3), "404", Cause.GONE))
    book.only(do.FetchManifest)
    assert book.only(do.DownloadSegment).sha256 == digest(4)
    book.tell(events.SegmentStored(digest(4)))
    book.none(do.DownloadSegment)
    fetched(book, envelope(6, (3, 4)))
    assert book.only(do.DownloadSegment).sha256 == digest(3)


def test_a_damaged_segment_is_a_fault_and_is_fetched_again() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    book.tell(events.SegmentDamaged(digest(2)))
    assert book.only(do.DownloadSegment).sha256 == digest(2)
    assert [line.code for line in book.said(Up.FAULTS, Faults)[0].active] == [FaultCode.CONTENT_MISSING]
    book.tell(events.SegmentStored(digest(2)))
    assert book.said(Up.FAULTS, Faults)[0].active == ()
    assert book.state.installed == held(4)


def test_nothing_counts_before_the_store_was_verified() -> None:
    book = Playbook()
    for event in (events.Tick(), events.LinkUp(1), events.ManifestFetched(NEW), events.Stopping()):
        assert book.tell(event) == ()
    assert not book.state.started


def test_the_state_reports_progress_of_the_assigned_manifest() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    fetched(book)
    (state,) = book.said(Up.STATE, State)
    assert (state.phase, state.stored_segments, state.wanted_segments) == (Phase.FETCHING, 0, 2)
    assert (state.stored_bytes, state.wanted_bytes) == (0, 6000)
    book.tell(events.SegmentStored(digest(3)), 2)
    (state,) = book.said(Up.STATE, State)
    assert (state.stored_segments, state.stored_bytes) == (1, 3000)
