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
from kiosk_agent.core.state import State
from kiosk_agent.core.step import step
from kiosk_agent.core.takeover import LONGEST_WAIT
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

DAYS, EDITS, REBOOTS, JUMPS, CUTS = 60, 200, 40, 30, 12
TICK = 15
WRONG = Finding("clock", CheckResult.FAULT, FaultCode.CLOCK_UNTRUSTED, "not synchronised")


class Kiosk:
    """The core with a disk, a player and a network that answer at once.

    The wall clock may be wrong by `ahead_s`; after a reboot it may take time until somebody confirms it.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.server: bytes | None = None
        self.is_linked = True
        self.ahead_s = 0.0
        self.is_confirmed = True
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
        return CLOCK_OK if self.ahead_s == 0 and self.is_confirmed else WRONG

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
            case do.StartPlayer() | do.RefreshPlayer() | do.CutIn():
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
    return showing.layer is Layer.OVERRIDE and showing.playlist_id, showing.essential_only


def agenda(draw: random.Random) -> dict[int, list[str]]:
    """Return what happens in which minute."""
    found: dict[int, list[str]] = {}
    for name, count in (("edit", EDITS), ("reboot", REBOOTS), ("jump", JUMPS), ("cut", CUTS)):
        for minute in draw.sample(range(10, DAYS * 1440), count):
            found.setdefault(minute, []).append(name)
            if name == "jump":
                found.setdefault(minute + draw.choice([3, 40, 900]), []).append("correct")
            if name == "reboot":
                found.setdefault(minute + draw.choice([2, 30, 400]), []).append("confirm")
            if name == "cut":
                found.setdefault(minute + draw.choice([60, 1440, 5 * 1440]), []).append("mend")
    return found


class World:
    """What happens to the kiosk, and what the server knows of it."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.office = Office(7)
        self.kiosk = Kiosk(self.office)
        self.history: dict[int, Manifest] = {}
        self.trusted = self.late = 0
        self.layers: set[str] = set()
        self.seqs: set[int] = set()
        self.happens: dict[str, Callable[[], None]] = {
            "edit": self.edit,
            "reboot": self.reboot,
            "confirm": lambda: self.set_clock(self.kiosk.ahead_s, is_confirmed=True),
            "jump": lambda: self.set_clock(draw.choice([-86_400.0, -45.0, 600.0, 40 * 86_400.0])),
            "correct": lambda: self.set_clock(0.0),
            "cut": lambda: self.kiosk.link(is_up=False),
            "mend": lambda: self.kiosk.link(is_up=True),
        }

    def edit(self) -> None:
        self.office.edit(self.kiosk.true)
        self.kiosk.publish()
        assert self.kiosk.server is not None
        self.history[self.office.seq] = plan_of(self.kiosk.server)

    def reboot(self) -> None:
        self.kiosk.is_confirmed = self.draw.random() < 0.5
        self.kiosk.boot()

    def set_clock(self, ahead_s: float, *, is_confirmed: bool = False) -> None:
        self.kiosk.ahead_s = ahead_s
        self.kiosk.is_confirmed |= is_confirmed

    def minute(self, names: list[str], *, told: bool) -> None:
        if not names:
            self.kiosk.wait(60, told=told)
            return
        self.kiosk.wait(35)
        for name in names:
            self.happens[name]()
        self.kiosk.wait(25)

    def check(self) -> None:
        """Compare what is shown with the preview, when the clock is trusted."""
        kiosk, installed = self.kiosk, self.kiosk.state.installed
        if not kiosk.state.clock_trusted or kiosk.airing is None or installed is None:
            return
        assert kiosk.ahead_s == 0
        if kiosk.is_linked:
            assert kiosk.reported is not None
            assert kiosk.reported.clock_trusted
            assert kiosk.reported.installed_seq == installed.manifest.seq == self.office.seq
        preview = self.preview(kiosk.airing.seq)
        assert picture(kiosk.airing.showing) == picture(preview), (kiosk.airing.showing, preview)
        if kiosk.airing.seq != installed.manifest.seq:
            self.late += 1
            assert kiosk.true - kiosk.installed_at <= LONGEST_WAIT
            assert urgent(preview) == urgent(self.preview(installed.manifest.seq))
        self.trusted += 1
        self.layers.add(preview.layer.value)
        self.seqs.add(kiosk.airing.seq)

    def preview(self, seq: int) -> Showing:
        return at(self.history[seq], Facts(clock_trusted=True), self.kiosk.true)


@pytest.mark.timeout(300)
def test_sixty_days_show_what_the_preview_said_in_every_minute_of_a_trusted_clock() -> None:
    draw = random.Random(20261123)
    world, happenings = World(draw), agenda(draw)
    world.edit()
    for minute in range(DAYS * 1440):
        world.minute(happenings.get(minute, []), told=minute % TICK == 0)
        world.check()
    assert DAYS * 1440 * 3 // 4 < world.trusted < DAYS * 1440 - 100
    assert world.layers == {"dark", "override", "schedule", "default", "safe_loop"}
    assert len(world.seqs) > EDITS // 2
    assert world.late > 3
    assert world.office.seq == EDITS + 1
