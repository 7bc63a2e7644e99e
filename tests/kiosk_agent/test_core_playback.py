"""Player, proof of play, captures, faults, commands and the clock, as conversations with the core."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.health.player import check_output
from playlists.fault import CheckResult, FaultCode
from playlists.ids import sha256_hex
from playlists.timeline import Layer
from playlists.wire.messages import (
    Ack,
    Command,
    CommandName,
    Faults,
    Health,
    Phase,
    Presence,
    PresenceWord,
    Reply,
    ReplyWord,
    State,
)
from playlists.wire.topics import Up
from tests.kiosk_agent.making import CLOCK_OK, START, digest, envelope, fresh, held
from tests.kiosk_agent.playbook import Playbook, said, soon

HOT = Finding("cpu_temperature", CheckResult.FAULT, FaultCode.CPU_TEMPERATURE, "95 °C", 95_000, "°C")
COOL = Finding("cpu_temperature", CheckResult.OK, FaultCode.CPU_TEMPERATURE, "", 50_000, "°C")
UNREADABLE = Finding("cpu_temperature", CheckResult.UNKNOWN, FaultCode.CPU_TEMPERATURE, "gone")
UNTRUSTED = Finding("clock", CheckResult.FAULT, FaultCode.CLOCK_UNTRUSTED, "not synchronised")


def playing() -> Playbook:
    book = Playbook().start(installed_seq=4).link_up()
    book.shown()
    return book


def install(book: Playbook, content: bytes) -> None:
    book.tell(events.ManifestFetched(content))
    book.tell(events.Installed(sha256_hex(content)))


def command(name: CommandName, number: int = 1, seconds: int = 0, lasts_s: float = 60) -> events.CommandReceived:
    asked = Command(id=UUID(int=number), at=START, name=name, expires_at=START + soon(lasts_s), seconds=seconds)
    return events.CommandReceived(asked)


def test_birth_state_and_faults_are_said_when_the_link_comes_up() -> None:
    book = Playbook().start(installed_seq=4)
    book.link_up()
    (birth,) = book.said(Up.PRESENCE, Presence)
    assert (birth.state, birth.sid, birth.boot) == (PresenceWord.READY, 77, "boot")
    assert book.said(Up.STATE, State)[0].installed_seq == 4
    assert book.said(Up.FAULTS, Faults)[0].active == ()


def test_farewell_is_said_and_the_play_on_air_is_kept() -> None:
    book = playing()
    book.tell(events.Stopping(), 2)
    assert book.said(Up.PRESENCE, Presence)[0].state is PresenceWord.DISCONNECTED
    assert book.only(do.KeepPlay).play.sha256 in (digest(1), digest(2))


def test_without_a_link_nothing_is_published() -> None:
    book = Playbook().start(installed_seq=4)
    book.shown()
    book.tell(events.HealthRead((HOT,)))
    book.tell(events.HealthRead((HOT,)))
    assert not [command for command in book.log if isinstance(command, do.Publish | do.SendPlays)]
    book.link_up()
    assert [line.code for line in book.said(Up.FAULTS, Faults)[0].active] == [FaultCode.CPU_TEMPERATURE]


def test_playing_is_said_only_when_the_player_shows_the_installed_manifest() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    assert book.said(Up.STATE, State)[0].phase is Phase.STORED
    book.shown(after_s=1)
    (state,) = book.said(Up.STATE, State)
    assert state.phase is Phase.PLAYING
    assert state.on_screen is not None
    assert state.on_screen.match_permille == 1000
    install(book, envelope(5, (2, 1)))
    assert book.said(Up.STATE, State)[0].phase is Phase.STORED
    book.shown(after_s=4)
    assert book.said(Up.STATE, State)[0].phase is Phase.PLAYING


def test_a_new_manifest_waits_for_the_item_on_air_but_not_for_the_safe_loop() -> None:
    book = playing()
    install(book, envelope(5, (2, 1)))
    book.none(do.RefreshPlayer, do.StartPlayer)
    empty = Playbook().start(installed_seq=4, numbers=()).link_up()
    empty.shown()
    assert empty.state.playback.on_air is not None
    assert empty.state.playback.on_air.airing.showing.layer is Layer.SAFE_LOOP
    empty.tell(events.ManifestFetched(envelope(5, (1,))))
    empty.tell(events.SegmentStored(digest(1)))
    empty.tell(events.Installed(sha256_hex(envelope(5, (1,)))))
    empty.only(do.RefreshPlayer)


def test_another_panel_size_starts_the_player_anew() -> None:
    book = playing()
    panel = {"id": str(UUID(int=8)), "slug": "tra-linh-1", "name": "Cổng", "width": 320, "height": 160, "fps": 25}
    turned = envelope(5, (1, 2), panel=panel | {"window": {"rotation": 180}})
    install(book, turned)
    assert book.only(do.StartPlayer).panel.window.rotation == 180


def test_a_player_that_does_not_start_is_tried_again() -> None:
    book = Playbook().start(installed_seq=4)
    book.only(do.StartPlayer)
    book.tell(events.PlayerFailed("no display"))
    assert any(isinstance(command, do.StartPlayer) for command in book.tick(3))


def test_each_airing_that_ended_is_one_play_and_seen_needs_a_match() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    matches = [None, 200, 950, 300, None, 100, 899, None, 0, 0, 0, 0, 0]
    for match in matches:
        book.shown(match, after_s=1)
    plays = [command.play for command in book.log if isinstance(command, do.KeepPlay)]
    assert [play.seq for play in plays] == list(range(1, len(plays) + 1))
    assert [play.seen for play in plays[:2]] == [True, False]
    assert plays[1].ended_at - plays[1].started_at == soon(4)
    assert plays[1].started_at == plays[0].ended_at


def test_an_airing_cut_short_by_a_stall_ends_when_it_stalled() -> None:
    book = playing()
    book.shown(after_s=1)
    book.shown(after_s=1, stalled=True)
    play = book.only(do.KeepPlay).play
    assert play.ended_at == START + soon(2)


def test_plays_are_sent_again_until_they_are_acknowledged() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    for _ in range(9):
        book.shown(after_s=1)
    sent = [command for command in book.tick(31) if isinstance(command, do.SendPlays)]
    assert sent == [do.SendPlays(200)]
    assert any(isinstance(command, do.SendPlays) for command in book.tick(121))
    upto = book.state.plays.next_seq - 1
    book.tell(events.AckReceived(Ack(id=UUID(int=1), at=START, plays_upto=upto)))
    assert book.only(do.ForgetPlays).upto == upto
    assert not any(isinstance(command, do.SendPlays) for command in book.tick(300))


def test_an_acknowledgement_of_plays_that_never_were_forgets_no_future_ones() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    for _ in range(9):
        book.shown(after_s=1)
    book.tell(events.AckReceived(Ack(id=UUID(int=1), at=START, plays_upto=10**9)))
    assert book.only(do.ForgetPlays).upto == book.state.plays.next_seq - 1
    for _ in range(9):
        book.shown(after_s=1)
    assert book.state.plays.waiting >= 2


def test_plays_of_an_earlier_run_are_sent_when_the_link_comes_up() -> None:
    book = Playbook()
    book.tell(events.Started(next_play_seq=41, plays_waiting=12, findings=(CLOCK_OK,)))
    book.none(do.SendPlays)
    book.link_up()
    book.only(do.SendPlays)
    assert book.state.plays.next_seq == 41


def test_captures_after_a_first_picture_then_every_six_hours() -> None:
    book = Playbook().start(installed_seq=4)
    book.shown(200)
    book.none(do.SendCapture)
    book.shown(950, after_s=1)
    book.only(do.SendCapture)
    book.tell(events.CaptureSent())
    captures = 0
    for _ in range(13 * 60):
        captures += sum(isinstance(command, do.SendCapture) for command in book.shown(950, after_s=60))
        book.tell(events.CaptureSent())
    assert captures == 2


def test_captures_follow_each_other_by_a_second_while_watched_and_then_stop() -> None:
    book = playing()
    book.tell(events.CaptureSent())
    book.tell(command(CommandName.WATCH, seconds=10), 0.5)
    assert [reply.state for reply in book.said(Up.REPLY, Reply)] == [ReplyWord.ACCEPTED]
    sent = []
    for _ in range(60):
        out = book.shown(after_s=0.5)
        if any(isinstance(command, do.SendCapture) for command in out):
            sent.append(book.seconds)
            book.tell(events.CaptureSent())
    assert 9 <= len(sent) <= 11
    assert min(later - earlier for earlier, later in pairwise(sent)) >= 1.0
    assert said(book.log, Up.REPLY, Reply)[-1].state is ReplyWord.DONE


def test_a_failed_capture_is_sent_later_and_never_two_at_once() -> None:
    book = playing()
    book.only(do.SendCapture)
    book.shown(after_s=1)
    book.none(do.SendCapture)
    book.tell(events.CaptureFailed("no route"))
    later = [command for _ in range(3) for command in book.shown(after_s=1)]
    assert any(isinstance(command, do.SendCapture) for command in later)


def test_a_fault_is_raised_by_the_second_reading_captured_and_cleared() -> None:
    book = playing()
    book.tell(events.CaptureSent())
    book.tell(events.HealthRead((HOT,)), 10)
    assert book.said(Up.FAULTS, Faults) == []
    assert book.said(Up.HEALTH, Health)[0].readings[0].value_milli == 95_000 or book.said(Up.HEALTH, Health)
    book.tell(events.HealthRead((HOT,)), 10)
    (faults,) = book.said(Up.FAULTS, Faults)
    assert [(line.code, line.since_at) for line in faults.active] == [("cpu_temperature", START + soon(10))]
    book.only(do.SendCapture)
    book.tell(events.HealthRead((UNREADABLE,)), 10)
    assert (FaultCode.CPU_TEMPERATURE, "") in book.state.alarms
    book.tell(events.HealthRead((COOL,)), 10)
    (cleared,) = book.said(Up.FAULTS, Faults)
    assert cleared.active == ()
    assert cleared.seq > faults.seq


def active(book: Playbook) -> list[FaultCode]:
    return [alarm.code for alarm in book.state.alarms.values() if alarm.active]


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.FROZEN, FaultCode.PICTURE_FROZEN),
        (Verdict.BLACK, FaultCode.PICTURE_BLACK),
        (Verdict.WRONG, FaultCode.PICTURE_WRONG),
        (Verdict.WRONG_SIZE, FaultCode.PICTURE_WRONG_SIZE),
        (Verdict.OUTPUT_MISSING, FaultCode.VIDEO_OUTPUT_MISSING),
    ],
)
def test_a_verdict_on_the_picture_is_a_fault_at_once_until_the_picture_is_fine(
    verdict: Verdict, code: FaultCode
) -> None:
    book = playing()
    book.shown(0, after_s=1, verdict=verdict)
    (faults,) = book.said(Up.FAULTS, Faults)
    assert [line.code for line in faults.active] == [code]
    assert "Thông báo" in faults.active[0].detail
    book.shown(0, after_s=1, verdict=verdict)
    assert book.said(Up.FAULTS, Faults) == []
    book.shown(None, after_s=1, verdict=Verdict.UNKNOWN)
    assert active(book) == [code]
    book.shown(1000, after_s=1, verdict=Verdict.FINE)
    assert book.said(Up.FAULTS, Faults)[0].active == ()


def test_one_wrong_picture_is_one_fault_whatever_it_turns_into() -> None:
    book = playing()
    book.shown(0, after_s=1, verdict=Verdict.FROZEN)
    book.shown(0, after_s=1, verdict=Verdict.BLACK)
    assert active(book) == [FaultCode.PICTURE_BLACK]


def test_three_deaths_in_a_row_over_one_segment_set_it_aside_for_a_day() -> None:
    book = playing()
    for _ in range(2):
        book.crash(1)
        book.none(do.RefreshPlayer)
    book.crash(1)
    book.only(do.RefreshPlayer)
    assert book.state.facts.quarantined == {digest(1)}
    stalled, line = book.said(Up.FAULTS, Faults)[0].active
    assert stalled.code == FaultCode.PLAYER_STALLED
    assert (line.code, line.subject) == (FaultCode.SEGMENT_QUARANTINED, digest(1))
    assert "Thông báo 1" in line.detail
    book.tell(events.Tick(), 24 * 3600 - 10)
    assert book.state.facts.quarantined
    book.tell(events.Tick(), 20)
    assert book.state.facts.quarantined == frozenset()
    assert FaultCode.SEGMENT_QUARANTINED not in active(book)


@pytest.mark.parametrize("deaths", [[1, 1, 2, 1, 1], [1, 2, 1, 2, 1, 2], [1, 1, None, 1], [None] * 5])
def test_deaths_over_different_segments_set_nothing_aside(deaths: list[int | None]) -> None:
    book = playing()
    for number in deaths:
        book.crash(number)
    assert not book.state.quarantined


def test_deaths_far_apart_or_with_a_whole_airing_between_set_nothing_aside() -> None:
    book = playing()
    for _ in range(4):
        book.crash(1, 1900)
    assert not book.state.quarantined
    well = playing()
    for _ in range(6):
        well.crash(1)
        for _ in range(16):
            well.shown(1000, after_s=1)
    assert not well.state.quarantined


def test_a_new_manifest_gives_a_segment_another_chance() -> None:
    book = playing()
    for _ in range(3):
        book.crash(1)
    install(book, envelope(5, (1, 2)))
    assert not book.state.quarantined
    assert FaultCode.SEGMENT_QUARANTINED not in active(book)


def test_unknown_never_counts_as_ok_nor_as_fault() -> None:
    book = playing()
    for _ in range(5):
        book.tell(events.HealthRead((UNREADABLE,)), 10)
    assert not book.state.alarms
    (health,) = book.said(Up.HEALTH, Health)
    assert {reading.check: reading.result for reading in health.readings}["cpu_temperature"] is CheckResult.UNKNOWN


def test_health_is_read_at_its_interval_with_jitter() -> None:
    book = playing()
    count = 0
    for second in range(600):
        book.chance = (second % 10) / 10
        count += sum(isinstance(command, do.ReadHealth) for command in book.tell(events.Tick(), 1))
    assert 18 <= count <= 22


def test_the_watchdog_is_fed_by_new_frames_only() -> None:
    book = playing()
    book.only(do.FeedWatchdog)
    same = events.PlayerReported(None, frames=book.frames)
    book.tell(same)
    book.none(do.FeedWatchdog)
    book.tell(events.Tick(), 1)
    book.none(do.FeedWatchdog)
    waiting = Playbook().start()
    waiting.tell(events.Tick(), 1)
    waiting.only(do.FeedWatchdog)


def test_a_command_is_done_once_and_dropped_when_it_is_late() -> None:
    book = playing()
    book.tell(command(CommandName.REFRESH, 1))
    book.only(do.FetchManifest)
    book.tell(command(CommandName.REFRESH, 1))
    assert book.out == ()
    book.tell(events.FetchFailed("no route"))
    (reply,) = book.said(Up.REPLY, Reply)
    assert (reply.command_id, reply.state, reply.detail) == (UUID(int=1), ReplyWord.FAILED, "no route")
    book.tell(command(CommandName.REFRESH, 2, lasts_s=-1))
    assert book.said(Up.REPLY, Reply) == []


def test_an_untrusted_clock_plays_the_default_playlist_until_it_is_confirmed() -> None:
    book = Playbook()
    old = held(4)
    book.tell(events.Started(old, frozenset(old.sizes), findings=(UNTRUSTED,)))
    assert not book.state.facts.clock_trusted
    book.tell(events.HealthRead((UNTRUSTED,)))
    assert (FaultCode.CLOCK_UNTRUSTED, "") in book.state.alarms
    book.tell(events.ManifestUnchanged())
    book.only(do.ReadHealth)
    book.tell(events.HealthRead((CLOCK_OK,)))
    book.only(do.RefreshPlayer)
    assert book.state.facts.clock_trusted


@pytest.mark.parametrize("jump_s", [-3600.0, 86_400.0])
def test_a_confirmed_clock_is_believed_until_it_jumps(jump_s: float) -> None:
    book = playing()
    book.tell(events.HealthRead((UNTRUSTED,)), 10)
    assert book.state.facts.clock_trusted
    book.jump_s = jump_s
    book.tell(events.Tick(), 1)
    book.only(do.RefreshPlayer)
    book.only(do.ReadHealth)
    book.tell(events.HealthRead((UNTRUSTED,)))
    assert not book.state.facts.clock_trusted


def test_the_server_may_change_how_often_to_poll_unless_it_is_set_here() -> None:
    book = Playbook().start(installed_seq=4)
    book.tell(events.SettingsRead(60))
    assert book.state.policy.poll_s == 60
    fixed = Playbook(fresh(poll_s=5, poll_fixed=True)).start(installed_seq=4)
    fixed.tell(events.SettingsRead(60))
    assert fixed.state.policy.poll_s == 5


def test_message_ids_never_repeat_within_a_run() -> None:
    book = playing()
    for _ in range(30):
        book.shown(after_s=1)
        book.tell(events.HealthRead((COOL,)))
    ids = [command.message.id for command in book.log if isinstance(command, do.Publish)]
    assert len(ids) > 30
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("kind", ["override", "essential_only"])
def test_what_is_urgent_takes_over_in_the_middle_of_an_item_and_so_does_its_end(kind: str) -> None:
    span = {"id": str(UUID(int=77)), "starts_at": "2026-11-23T02:00:00Z", "ends_at": "2026-11-23T09:00:00Z"}
    kinds: dict[str, dict[str, Any]] = {
        "override": {"overrides": [span | {"playlist_id": str(UUID(int=500))}]},
        "essential_only": {"essential_only": [span], "must_understand": ["essential_only"]},
    }
    book = playing()
    install(book, envelope(5, (1, 2), **kinds[kind]))
    book.only(do.CutIn)
    book.shown()
    assert book.state.playback.on_air is not None
    assert book.state.playback.on_air.airing.showing.layer is (
        Layer.OVERRIDE if kind == "override" else Layer.SAFE_LOOP
    )
    install(book, envelope(6, (1, 2)))
    book.only(do.CutIn)


def test_quotas_and_hours_change_under_a_running_player() -> None:
    book = playing()
    panel = {"id": str(UUID(int=8)), "slug": "tra-linh-1", "name": "Cổng", "width": 320, "height": 160}
    every_day = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "05:00", "end": "22:00"}
    install(book, envelope(5, (1, 2), panel=panel | {"quotas": {"x": 400}, "operating_hours": [every_day]}))
    book.none(do.StartPlayer)
    assert book.state.playback.panel is not None
    assert book.state.playback.panel.quotas == {"x": 400}


def test_a_display_that_does_not_suit_the_panel_is_a_fault_until_it_does() -> None:
    book = playing()
    bad, good = check_output("the screen is 640x480 px"), check_output(None)
    for _ in range(2):
        book.tell(events.PlayerReported(None, frames=25, output=bad))
    told = book.said(Up.FAULTS, Faults)[-1].active
    assert [(line.code, line.detail) for line in told] == [(FaultCode.VIDEO_OUTPUT_UNFIT, "the screen is 640x480 px")]
    book.tell(events.PlayerReported(None, frames=50, output=good))
    assert book.said(Up.FAULTS, Faults)[-1].active == ()
