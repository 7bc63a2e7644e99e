"""Days with a hostile server and broker, by seeds: whatever comes in whatever order, nothing unapproved is shown.

The attacker holds the server's key, every document that was ever signed, and single people's keys. They replay,
reorder, strip, mutate and withhold; the power goes at any moment. What may be shown is known by construction, not by
asking the verifier.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.accept import Held
from kiosk_agent.core.events import Event
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import State
from kiosk_agent.core.step import step
from kiosk_agent.core.trust import Kind
from playlists.fault import CheckResult
from playlists.instant import format_instant
from playlists.timeline import at
from playlists.trust.chain import recheck
from playlists.trust.trusted import REACH, Trusted, from_parts
from playlists.wire.signed import Signed, WithdrawalPage
from tests.kiosk_agent import trusting as t
from tests.kiosk_agent.making import CLOCK_OK, START, digest
from tests.playlists.trust import making as m

SEEDS = range(10)
STEPS = 300
LAST_WORD_OF_TWO = START - timedelta(hours=1)
UNSURE = replace(CLOCK_OK, result=CheckResult.FAULT)
APPROVED, UNAPPROVED = range(1, 9), range(50, 58)
HELD_BY_ATTACKER = ("server", "an", "outsider")


@dataclass
class World:
    """The true time, what people released until when, and everything that the attacker can send."""

    chance: random.Random
    now: datetime = START
    until: dict[str, datetime] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    releases: list[bytes] = field(default_factory=list)
    manifests: list[bytes] = field(default_factory=list)
    pool: dict[Kind, list[bytes]] = field(default_factory=dict)
    seq: int = 0
    drills: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        template = t.template()
        self.templates = {digest(number) for number in t.TEMPLATE.values()}
        self.releases.append(template)
        for number in APPROVED:
            begin = START + timedelta(hours=self.chance.randrange(-2, 6))
            end = begin + timedelta(hours=self.chance.randrange(3, 40))
            self.since[digest(number)], self.until[digest(number)] = begin, end
            self.releases.append(t.release(number, not_before=format_instant(begin), show_until=format_instant(end)))
        for number in UNAPPROVED:
            self.releases += [
                t.release(number, by=("an",)),
                t.release(number, by=("an", "outsider")),
                t.release(number, by=("server", "an")),
                t.release(number, author="binh", by=("an", "binh")),
                t.release(number, audience={"sites": ["ban-gioc"]}),
            ]
        roots = [
            t.root("root-a", "outsider", version=2),
            m.signed("application/vnd.bangtin.root+json;v=1", m.root_fields(version=2), "root-a", "server"),
            t.root(version=9),
            t.root(),
        ]
        self.pool = {Kind.ROOT: roots, Kind.HOLD: [], Kind.WITHDRAWAL: [], Kind.EMERGENCY: [], Kind.RELEASE: []}
        self.pool[Kind.RELEASE] = self.releases

    def say_something(self) -> None:
        """Put one more document of each kind into the attacker's hands; people go on working."""
        self.seq += 1
        pick, issued = self.chance.choice, {"issued_at": format_instant(self.now)}
        names = [digest(number) for number in APPROVED] + [m.digest(one) for one in self.releases[:9]]
        self.pool[Kind.HOLD].append(t.hold(self.seq, *self.chance.sample(names, 2), **issued))
        if self.chance.random() < 0.2:
            self.pool[Kind.WITHDRAWAL].append(t.withdrawal(pick(names), **issued))
        name = f"flood-{self.seq}"
        drill = self.chance.random() < 0.4
        if drill:
            self.drills.add(name)
        ends = {"expires_at": format_instant(self.now + timedelta(hours=1)), **issued}
        own = [t.segment(number, language) for number, language in zip((60, 61, 62), ("vi", "en", "zh"), strict=True)]
        self.pool[Kind.EMERGENCY] += [
            t.emergency(id=name, status="exercise" if drill else "actual", **ends),
            t.emergency(("dung", "server"), id=f"free-{self.seq}", text="free", release=None, pictures=own, **ends),
            t.emergency(("server",), id=f"false-{self.seq}", **ends),
            t.cancel(name, id=f"{name}-end", **ends),
            t.cancel(name, id=f"{name}-false", who=("server",), **ends),
        ]
        self.manifests.append(self.manifest())

    def manifest(self) -> bytes:
        """Any manifest that the server's key can sign: of approved and unapproved pictures, for others, old ones."""
        numbers = self.chance.sample([*APPROVED, *UNAPPROVED[:2]], 3)
        named = self.chance.sample(self.releases, 4) if self.chance.random() < 0.3 else self.releases[:9]
        changes = self.chance.choice([{}, {}, {}, {"site": "ban-gioc"}, {"kiosk_id": str(m.KIOSK)}])
        fields = {"issued_at": format_instant(self.now), **changes}
        by = self.chance.choice(["server", "server", "server", "an"])
        return t.manifest(self.seq, *numbers, releases=named, by=by, **fields)


class Kiosk:
    """The core with a disk; whatever it asks for is answered by the attacker."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.disk = t.pinned().to_parts()
        self.installed: Held | None = None
        self.stored: frozenset[str] = frozenset()
        self.frames = 0
        self.knows = True
        self.boot()

    def boot(self) -> None:
        self.booted = self.world.now
        self.state: State = t.rooted(health_s=3600, capture_s=10**9)
        trusted: Trusted = recheck(from_parts(*self.disk))
        self.tell(events.Started(self.installed, self.stored, findings=(self.clock(),), trusted=trusted))
        self.tell(events.LinkUp(1))

    def clock(self) -> Finding:
        return CLOCK_OK if self.knows else UNSURE

    def moment(self) -> Moment:
        wall = self.world.now if self.knows else datetime(2001, 1, 1, tzinfo=START.tzinfo)
        return Moment(wall, (self.world.now - self.booted).total_seconds(), self.world.chance.random())

    def tell(self, event: Event) -> None:
        waiting = [event]
        while waiting:
            self.state, told = step(self.state, waiting.pop(0), self.moment())
            for command in told:
                waiting += self.answer(command)
            self.check()

    def answer(self, command: do.Command) -> Iterator[Event]:
        world, chance = self.world, self.world.chance
        match command:
            case do.KeepTrust() | do.Install() | do.DownloadSegment() | do.DrawWarning() | do.ReadHealth():
                yield self.done(command)
            case do.FetchRelease(sha256):
                found = next((one for one in world.releases if m.digest(one) == sha256), None)
                yield events.ReleaseFetched(sha256, found if chance.random() < 0.9 else chance.choice(world.releases))
            case do.FetchRoot():
                yield events.RootFetched(chance.choice([None, *world.pool[Kind.ROOT]]))
            case do.AskSigned():
                yield events.SignedRead(self.lies())
            case do.AskWithdrawals():
                some = tuple(one.decode() for one in chance.sample(world.pool[Kind.WITHDRAWAL][-3:], 1) or ())
                yield events.WithdrawalsRead(WithdrawalPage(envelopes=some, more=chance.random() < 0.3))
            case do.AskTime():
                said = world.now + timedelta(hours=chance.choice([-30, 0, 0, 30, 24 * 400]))
                yield events.TimeAnswered(m.NONCE, m.time(issued_at=format_instant(said)))
            case do.FetchManifest():
                yield events.ManifestFetched(chance.choice(world.manifests or [world.manifest()]))

    def done(self, command: do.Command) -> Event:
        """The kiosk's own disk and devices; one write in ten fails."""
        match command:
            case do.KeepTrust() if self.world.chance.random() < 0.1:
                return events.TrustNotKept("the disk is full", events.Cause.STORAGE_FULL)
            case do.KeepTrust(trusted):
                self.disk = trusted.to_parts()
                return events.TrustKept()
            case do.Install(held):
                self.installed = held
                return events.Installed(held.sha256)
            case do.DownloadSegment(sha256):
                self.stored |= {sha256}
                return events.SegmentStored(sha256)
            case do.DrawWarning(picture):
                return events.WarningDrawn(picture)
        return events.HealthRead((self.clock(),))

    def lies(self) -> Signed | None:
        chance, pool = self.world.chance, self.world.pool
        if chance.random() < 0.5 or not pool[Kind.WITHDRAWAL]:
            return None
        return Signed(
            root_version=chance.randrange(4),
            withdrawn=chance.randrange(4),
            hold=chance.choice(pool[Kind.HOLD]).decode(),
            withdrawals=(chance.choice(pool[Kind.WITHDRAWAL]).decode(),),
            emergencies=(chance.choice(pool[Kind.EMERGENCY]).decode(),),
        )

    def check(self) -> None:
        """Nothing unapproved is on the panel, by what is known of each picture since it was made."""
        state, world = self.state, self.world
        acted = state.trust.acted
        assert acted is not None
        assert acted.root.document.version == 1
        up = state.warnings.up
        if up is not None:
            assert up.sha256 in world.templates, "only the released template is ever shown as an emergency"
            name = state.warnings.up_id
            assert name is not None
            assert name.startswith("flood-"), "free words of one officer and warnings of the server are not shown"
            assert up.framed is (name in world.drills)
        if state.installed is None:
            return
        sha256 = at(state.installed.manifest, state.facts, self.moment().wall).sha256
        if sha256 is None:
            return
        assert sha256 in world.until, "somebody approved it, for this site"
        assert sha256 not in acted.withdrawn
        assert acted.hold is None or sha256 not in acted.hold.document.holds
        if self.knows and self.settled:
            assert world.now < world.until[sha256]
            # While the clock was unknown, the server's key may have moved the floor by a day, and never further.
            assert world.since[sha256] <= max(world.now, LAST_WORD_OF_TWO + REACH)

    @property
    def settled(self) -> bool:
        """The second has been asked: what ends is taken off within one."""
        return self.state.last is not None and self.ticked == self.world.now

    ticked: datetime | None = None


def mutated(chance: random.Random, content: bytes) -> bytes:
    """A document with a signature stripped, a bit turned, a field changed or its type another's."""
    match chance.randrange(4):
        case 0:
            written = json.loads(content)
            written["signatures"] = written["signatures"][:1]
            return json.dumps(written).encode()
        case 1:
            place = chance.randrange(len(content))
            return content[:place] + bytes([content[place] ^ 1 << chance.randrange(7)]) + content[place + 1 :]
        case 2:
            written = json.loads(content)
            written["payloadType"] = "application/vnd.bangtin.release+json;v=1"
            return json.dumps(written).encode()
        case _:
            return content[: chance.randrange(len(content))]


def one_step(world: World, kiosk: Kiosk) -> None:
    chance = world.chance
    what = chance.random()
    if what < 0.15:
        world.say_something()
    elif what < 0.5:
        kind = chance.choice(list(world.pool))
        some = chance.sample(world.pool[kind], min(len(world.pool[kind]), chance.randrange(1, 4)))
        if chance.random() < 0.3:
            some = [mutated(chance, one) for one in some]
        kiosk.tell(events.DocumentsReceived(kind, tuple(some)))
    elif what < 0.65 and world.manifests:
        content = chance.choice(world.manifests)
        kiosk.tell(events.ManifestFetched(mutated(chance, content) if chance.random() < 0.2 else content))
    elif what < 0.68:
        kiosk.boot()
    elif what < 0.71:
        kiosk.knows = not kiosk.knows
        kiosk.tell(events.HealthRead((kiosk.clock(),)))
        kiosk.boot()
    else:
        world.now += timedelta(seconds=chance.choice([1, 1, 30, 600, 3600]))
        kiosk.ticked = world.now
        kiosk.tell(events.Tick())


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_hostile_server_does_nothing_unapproved_is_shown(seed: int) -> None:
    world = World(random.Random(seed))
    kiosk = Kiosk(world)
    for _ in range(STEPS):
        one_step(world, kiosk)
    acted = kiosk.state.trust.acted
    assert acted is not None
    assert recheck(from_parts(*kiosk.disk)).root == acted.root


def test_the_simulation_shows_something_now_and_then() -> None:
    """A kiosk that showed nothing would pass every test above."""
    shown: set[str | None] = set()
    warned: set[bool] = set()
    for seed in SEEDS[:4]:
        world = World(random.Random(seed))
        kiosk = Kiosk(world)
        for _ in range(STEPS):
            one_step(world, kiosk)
            if kiosk.state.installed is not None:
                showing = at(kiosk.state.installed.manifest, kiosk.state.facts, kiosk.moment().wall)
                shown.add(showing.sha256)
            if kiosk.state.warnings.up is not None:
                warned.add(kiosk.state.warnings.up.framed)
    assert len(shown - {None}) >= 5
    assert warned
