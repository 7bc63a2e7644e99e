"""Half an hour of weak lines in which nothing is broken: the kiosks' real core and the server's real inbox and sweeper.

Only time and the lines between them are simulated. One kiosk dies on purpose at two thirds of the time: the one alarm
that must come, so that silence proves something.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from bench.detection.line import Arrived, Line, Turned, cuts
from bench.report import Figure
from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import Identity, State
from kiosk_agent.core.step import step
from playlists.fault import CheckResult, FaultCode
from playlists.wire import topics
from playlists.wire.messages import Presence, PresenceWord, encode
from playlists.wire.topics import Up
from server.app import takers
from server.db import Database, new_id, upgrade
from server.faults.sweeper import Sweeper
from server.mqtt.inbox import Inbox
from server.mqtt.link import Heard
from server.settings import Settings
from server.tables import Agency, Alarm, FaultEvent, Kiosk, Panel, Site
from server.tables.faults import FaultWord

BEGIN = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
LOSS = 0.05
CUT_EVERY_S, CUT_MOST_S = 300.0, 20.0
SITE_CUT_EVERY_S = 600.0
KIOSKS_A_SITE = 5
KEEPALIVES_S = (10.0, 30.0)
CLOCK = Finding("clock", CheckResult.OK, FaultCode.CLOCK_UNTRUSTED)
DEATH = 2 / 3
"""The one kiosk dies after so much of the time."""


class Quiet:
    """One kiosk: its core at one end of a line."""

    def __init__(self, kiosk_id: UUID, line: Line) -> None:
        self.kiosk_id, self.line = kiosk_id, line
        self.is_dead = False
        self._state = State(Identity(kiosk_id, b"", 0, "boot", "bench"))
        self._now_s = 0.0
        self._tell(events.Started(findings=(CLOCK,)))

    def live(self, now_s: float) -> Iterator[Arrived]:
        """Let a second pass; yield what comes to the broker."""
        self._now_s = now_s
        if not self.is_dead:
            match self.line.turn(now_s):
                case Turned.UP:
                    yield from self.line.open(now_s)
                    self._tell(events.LinkUp(self.line.session))
                case Turned.DOWN:
                    self._tell(events.LinkDown())
            self._tell(events.Tick())
        yield from self.line.arrivals(now_s)

    def heard(self, one: Arrived) -> Heard:
        """Return what the server hears of a message, or of the last will."""
        at = BEGIN + timedelta(seconds=one.at_s)
        if one.body is None:
            will = Presence(id=new_id(), at=at, sid=one.session, state=PresenceWord.LOST)
            return Heard(topics.up(self.kiosk_id, Up.PRESENCE), encode(will), retained=False, at=at)
        leaf, payload = one.body
        return Heard(topics.up(self.kiosk_id, leaf), payload, retained=False, at=at)

    def _tell(self, event: events.Event) -> None:
        waiting = [event]
        while waiting:
            wall = BEGIN + timedelta(seconds=self._now_s)
            now = Moment(wall, self._now_s, self.line.chance.random())
            self._state, commands = step(self._state, waiting.pop(0), now)
            for command in commands:
                match command:
                    case do.Publish(leaf, message) if self.line.is_up:
                        self.line.say(self._now_s, (leaf, encode(message)))
                    case do.ReadHealth():
                        waiting.append(events.HealthRead((CLOCK,)))
                    case do.FetchManifest():
                        waiting.append(events.ManifestUnchanged())


@dataclass
class Clock:
    """The server's clock."""

    at: datetime = BEGIN

    def __call__(self) -> datetime:
        """Return the simulated time."""
        return self.at


def measure_quiet(folder: Path, kiosks: int, minutes: float, seed: int) -> dict[str, Figure]:
    """Let kiosks live for so many simulated minutes; return what was raised, and which alarms came."""
    url = f"sqlite:///{folder}/quiet.sqlite3"
    upgrade(url)
    database, clock = Database(url), Clock()
    inbox = Inbox(database, takers(), lambda _answer: None)
    silence_s = int(Settings.model_fields["silence_s"].default)
    sweeper = Sweeper(database, silence_s, lambda: True, clock)
    until_s = minutes * 60
    fleet = _furnished(database, kiosks, until_s, random.Random(seed))
    doomed, death_s = fleet[-1], until_s * DEATH
    for second in range(int(until_s)):
        doomed.is_dead = second >= death_s
        clock.at = BEGIN + timedelta(seconds=second)
        said = [(one.at_s, kiosk.heard(one)) for kiosk in fleet for one in kiosk.live(float(second))]
        inbox.take([heard for _, heard in sorted(said, key=lambda one: one[0])])
        sweeper.look()
    with database.read() as session:
        alarms = session.exec(select(Alarm).where(col(Alarm.active_at).is_not(None))).all()
        raised = session.exec(select(FaultEvent).where(FaultEvent.what == FaultWord.RAISED)).all()
    database.close()
    of_dead = [one for one in alarms if one.kiosk_id == doomed.kiosk_id and one.since_at >= _at(death_s)]
    return {
        "quiet_minutes": minutes,
        "quiet_kiosks": kiosks,
        "quiet_messages": sum(one.line.sent for one in fleet),
        "quiet_repeats": sum(one.line.repeats for one in fleet),
        "quiet_connections": sum(one.line.session for one in fleet),
        "quiet_missed_within_delay": len(raised) - len(of_dead),
        "quiet_death_alarms": len(of_dead),
        "false_alarms": len(alarms) - len(of_dead),
    }


def _at(second: float) -> datetime:
    return BEGIN + timedelta(seconds=second)


def _furnished(database: Database, kiosks: int, until_s: float, chance: random.Random) -> list[Quiet]:
    """Make sites with panels and enrolled kiosks, each with a line of its own and cuts that it shares with its site."""
    fleet = []
    with database.write() as session:
        agency = Agency(slug="bench", name="Bench")
        session.add(agency)
        session.flush()
        for number in range(kiosks):
            if number % KIOSKS_A_SITE == 0:
                slug = f"site-{number}"
                site = Site(slug=slug, agency_id=agency.id, name=slug, time_zone="Asia/Ho_Chi_Minh")
                session.add(site)
                session.flush()
                shared = cuts(chance, until_s, SITE_CUT_EVERY_S, CUT_MOST_S)
            slug = f"bench-{number}"
            panel = Panel(slug=slug, site_id=site.id, agency_id=agency.id, name=slug, width=64, height=32)
            session.add(panel)
            session.flush()
            kiosk = Kiosk(slug=slug, panel_id=panel.id, enrolled_at=BEGIN, token_sha256=slug)
            session.add(kiosk)
            session.flush()
            own = cuts(chance, until_s, CUT_EVERY_S, CUT_MOST_S)
            line = Line(random.Random(chance.random()), LOSS, KEEPALIVES_S[number % 2], [*shared, *own])
            fleet.append(Quiet(kiosk.id, line))
    return fleet
