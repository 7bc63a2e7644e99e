"""Sixty simulated days: what a kiosk shows is what the server's preview says, whatever happens to it.

A virtual clock, one seed: edits of the schedule, days with the link cut, reboots, clock jumps and their corrections.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.accept import Held
from kiosk_agent.core.commands import Command
from kiosk_agent.core.events import Airing, Event
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.playback import LONGEST_WAIT
from kiosk_agent.core.state import State
from kiosk_agent.core.step import step
from playlists.fault import CheckResult, FaultCode
from playlists.ids import sha256_hex
from playlists.manifest import PAYLOAD_TYPE, Manifest
from playlists.timeline import Facts, Layer, Showing, at
from playlists.trust import open_envelope
from playlists.wire import messages
from playlists.wire.messages import Pointer
from playlists.wire.topics import Up
from tests.kiosk_agent.making import CLOCK_OK, KIOSK, PUBLIC, START, fresh
from tests.kiosk_agent.random_plans import Office

DAYS, EDITS, REBOOTS, JUMPS, CUTS = 10, 33, 7, 5, 2
TICK = 5
WRONG = Finding("clock", CheckResult.FAULT, FaultCode.CLOCK_UNTRUSTED, "not synchronised")


class Kiosk:
    """The core with a disk, a player and a network that answer at once; the wall clock may be wrong by `ahead_s`."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.server: bytes | None = None
        self.is_linked = True
        self.ahead_s = 0.0
        self.true = START
        self.disk: Held | None = None
        self.stored: frozenset[str] = frozenset()
        self.installed_at = START
        self.reported: messages.State | None = None
        self.boot()

    def boot(self) -> None:
        self.booted = self.until = self.true
        self.state: State = fresh(health_s=600, capture_s=10**9)
        self.airing: Airing | None = None
        self.asks = True
        self.frames = 0
        self.tell(events.Started(self.disk, self.stored, findings=(self.clock(),)))
        if self.is_linked:
            self.tell(events.LinkUp(1))

    def clock(self) -> Finding:
        return CLOCK_OK if self.ahead_s == 0 else WRONG

    @property
    def wall(self) -> datetime:
        return self.true + timedelta(seconds=self.ahead_s)

    def tell(self, event: Event) -> None:
        waiting: list[Event] = [event]
        while waiting:
            moment = Moment(self.wall, (self.true - self.booted).total_seconds(), 0.5)
            self.state, told = step(self.state, waiting.pop(0), moment)
            for command in told:
                waiting += self.answer(command)

    def answer(self, command: Command) -> Iterator[Event]:
        match command:
            case do.FetchManifest(known):
                yield self.fetched(known)
            case do.DownloadSegment(sha256):
                self.stored |= {sha256}
                yield events.SegmentStored(sha256)
            case do.Install(held):
                self.disk, self.installed_at = held, self.true
                yield events.Installed(held.sha256)
            case do.StartPlayer() | do.RefreshPlayer():
                self.asks = True
            case do.ReadHealth():
                yield events.HealthRead((self.clock(),))
            case do.Publish(Up.STATE, messages.State() as said):
                self.reported = said

    def fetched(self, known: str | None) -> Event:
        if not self.is_linked:
            return events.FetchFailed("no route")
        if self.server is None or sha256_hex(self.server) == known:
            return events.ManifestUnchanged()
        return events.ManifestFetched(self.server)

    def publish(self) -> None:
        """The office saves: the server assigns the next manifest and points to it."""
        self.server = self.office.envelope(self.true)
        if self.is_linked:
            self.point()

    def point(self) -> None:
        if self.server is not None:
            pointer = Pointer(id=KIOSK, at=self.true, seq=self.office.seq, sha256=sha256_hex(self.server))
            self.tell(events.PointerReceived(pointer))

    def link(self, *, is_up: bool) -> None:
        self.is_linked = is_up
        self.tell(events.LinkUp(1) if is_up else events.LinkDown())
        if is_up:
            self.point()

    def wait(self, seconds: int, *, told: bool = True) -> None:
        """Seconds go by; the player asks at the end of an item, or when it is told to.

        A kiosk ticks each second; here it does each few minutes, and in the minute in which something happens. The
        player reports with each tick, and when it shows another item.
        """
        self.true += timedelta(seconds=seconds)
        if told:
            self.tell(events.Tick())
        before = self.airing
        self.look()
        if told or self.airing is not before:
            self.frames += 1
            self.tell(events.PlayerReported(self.airing, 1000, self.frames, player="virtual"))
            self.look()

    def look(self) -> None:
        installed = self.state.installed
        if installed is None:
            return
        if self.asks or self.true >= self.until:
            self.asks = False
            self.airing = Airing(at(installed.manifest, self.state.facts, self.wall), installed.manifest.seq)
            # a player counts seconds by itself: it does not see the wall clock jump
            self.until = self.true + (self.airing.showing.ends_at - self.wall)


def plan_of(envelope: bytes) -> Manifest:
    """Return the server's own copy of a manifest, read from the bytes that it sent."""
    return Manifest.model_validate(json.loads(open_envelope(envelope, PAYLOAD_TYPE, PUBLIC)))


def picture(showing: Showing) -> tuple[object, ...]:
    return showing.layer, showing.item_id, showing.sha256, showing.entry_id, showing.essential_only


def urgent(showing: Showing) -> tuple[object, ...]:
    """Return what no new manifest waits with."""
    return showing.layer is Layer.DARK, showing.layer is Layer.OVERRIDE and showing.playlist_id, showing.essential_only


def agenda(draw: random.Random) -> dict[int, list[str]]:
    """Return what happens in which minute."""
    found: dict[int, list[str]] = {}
    for name, count in (("edit", EDITS), ("reboot", REBOOTS), ("jump", JUMPS), ("cut", CUTS)):
        for minute in draw.sample(range(10, DAYS * 1440), count):
            found.setdefault(minute, []).append(name)
            if name == "jump":
                found.setdefault(minute + draw.choice([3, 40, 900]), []).append("correct")
            if name == "cut":
                found.setdefault(minute + draw.choice([60, 1440, 5 * 1440]), []).append("mend")
    return found


@pytest.mark.timeout(300)
def test_sixty_days_show_what_the_preview_said_in_every_minute_of_a_trusted_clock() -> None:
    draw = random.Random(20261123)
    office = Office(7)
    kiosk, history = Kiosk(office), dict[int, Manifest]()
    happenings = agenda(draw)

    def save() -> None:
        office.edit(kiosk.true)
        kiosk.publish()
        assert kiosk.server is not None
        history[office.seq] = plan_of(kiosk.server)

    def jump() -> None:
        kiosk.ahead_s = draw.choice([-86_400.0, -45.0, 600.0, 40 * 86_400.0])

    def correct() -> None:
        kiosk.ahead_s = 0.0

    happens: dict[str, Callable[[], None]] = {
        "edit": save,
        "reboot": kiosk.boot,
        "jump": jump,
        "correct": correct,
        "cut": lambda: kiosk.link(is_up=False),
        "mend": lambda: kiosk.link(is_up=True),
    }
    save()
    trusted, layers, seqs, late = 0, set[str](), set[int](), 0
    for minute in range(DAYS * 1440):
        if minute in happenings:
            kiosk.wait(35)
            for name in happenings[minute]:
                happens[name]()
            kiosk.wait(25)
        else:
            kiosk.wait(60, told=minute % TICK == 0)
        if not kiosk.state.clock_trusted or kiosk.airing is None:
            continue
        trusted += 1
        assert kiosk.ahead_s == 0
        installed = kiosk.state.installed
        assert installed is not None
        if kiosk.airing.seq != installed.manifest.seq:
            late += 1
            assert kiosk.true - kiosk.installed_at <= LONGEST_WAIT
            newest = at(history[installed.manifest.seq], Facts(clock_trusted=True), kiosk.true)
            assert urgent(kiosk.airing.showing) == urgent(newest)
        if kiosk.is_linked:
            assert kiosk.reported is not None
            assert kiosk.reported.clock_trusted
            assert kiosk.reported.installed_seq == installed.manifest.seq == office.seq
        preview = at(history[kiosk.airing.seq], Facts(clock_trusted=True), kiosk.true)
        assert picture(kiosk.airing.showing) == picture(preview), (minute, kiosk.airing.showing, preview)
        layers.add(preview.layer.value)
        seqs.add(kiosk.airing.seq)
    assert trusted > DAYS * 1440 * 3 // 4
    assert trusted < DAYS * 1440 - 100
    assert late > 5
    assert layers == {"dark", "override", "schedule", "default", "safe_loop"}
    assert len(seqs) > EDITS // 2
    assert office.seq == EDITS + 1
