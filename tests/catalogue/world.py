"""One kiosk and the server in virtual time: what its core says of faults goes through the real inbox to the alarms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from kiosk_agent.core import commands as do
from playlists.alarm.event import Word
from playlists.fault import CATALOGUE, FaultCode
from playlists.wire import topics
from playlists.wire.messages import Message, encode
from playlists.wire.topics import Up
from server.app import takers
from server.db import Database
from server.edge import Slice
from server.faults.alarms import repository, standing
from server.faults.alarms.standing import Place as AlarmPlace
from server.faults.alarms.standing import Said
from server.faults.sweeper import Sweeper
from server.mqtt.inbox import Inbox
from server.mqtt.link import Heard
from server.tables import Agency, Alarm, AlarmEvent, Kiosk, Panel, Site
from tests.kiosk_agent.making import START
from tests.kiosk_agent.playbook import Playbook

NEVER_SILENT_S = 10**7
LOOK_EVERY_S = 5
_numbers = count(1)


class Device(Protocol):
    """What is broken and mended; `book` holds the conversation with its core."""

    book: Playbook

    def pass_time(self, seconds: int) -> None:
        """Let virtual seconds pass."""


@dataclass
class Clock:
    """The server's clock: the device's."""

    seconds: float = 0.0

    def __call__(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Place:
    """A site with two kiosks behind two panels; the first one is the device's."""

    site_id: UUID
    kiosk_ids: tuple[UUID, UUID]
    panel_ids: tuple[UUID, UUID]


def make_place(database: Database) -> Place:
    mark = f"catalogue-{next(_numbers)}"
    kiosks, panels = [], []
    with database.write() as session:
        agency = Agency(slug=mark, name="Sở")
        session.add(agency)
        session.flush()
        site = Site(slug=mark, agency_id=agency.id, name="Cửa khẩu", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        for number in (0, 1):
            slug = f"{mark}-{number}"
            panel = Panel(slug=slug, site_id=site.id, agency_id=agency.id, name=slug, width=320, height=160)
            session.add(panel)
            session.flush()
            kiosk = Kiosk(slug=slug, panel_id=panel.id, enrolled_at=START, token_sha256=slug)
            session.add(kiosk)
            session.flush()
            kiosks.append(kiosk.id)
            panels.append(panel.id)
        return Place(site.id, (kiosks[0], kiosks[1]), (panels[0], panels[1]))


def forget(database: Database) -> None:
    """Forget what was heard of the places before: each look of the server would judge them all again."""
    with database.write() as session:
        session.execute(update(Alarm).values(cause_id=None))
        for table in (AlarmEvent, Alarm):
            session.execute(delete(table))
        session.execute(update(Kiosk).values(enrolled_at=None))


@dataclass
class World:
    """A device at a place, and the server that hears it."""

    database: Database
    clock: Clock
    device: Device
    place: Place
    looks: Callable[[], object] = field(default=lambda: None)
    """A look of the server besides the sweeper's."""
    _told: int = 0

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.database, takers(), lambda _answer: None)
        self._sweeper = Sweeper(self.database, NEVER_SILENT_S, lambda: True, self.clock)

    def run(self, seconds: int) -> None:
        """Let time pass, and the server hear and look."""
        for _ in range(seconds):
            self.device.pass_time(1)
            self.clock.seconds += 1
            self._deliver()
            if self.clock.seconds % LOOK_EVERY_S == 0:
                self.looks()
                self._sweeper.look()

    def jump(self, seconds: float) -> None:
        """Let much time pass in which nothing happens."""
        self.device.book.seconds += seconds
        self.clock.seconds += seconds

    def until(self, met: Callable[[], bool], most: int = 1800) -> None:
        """Let time pass until something is so."""
        for _ in range(0, most, LOOK_EVERY_S):
            if met():
                return
            self.run(LOOK_EVERY_S)
        assert met(), f"not within {most} s; told is {self.told()}"

    def hear(self, leaf: Up, message: Message, kiosk: int = 0) -> None:
        """Let the server hear a kiosk's message now."""
        topic = topics.up(self.place.kiosk_ids[kiosk], leaf)
        self.inbox.take([Heard(topic, encode(message), retained=False, at=self.clock())])

    def also(self, code: FaultCode, subject: str) -> None:
        """Let another fault be true at the same kiosk, as if it had said so."""
        where = AlarmPlace(self.place.site_id, self.place.kiosk_ids[0], self.place.panel_ids[0])
        said = Said(code, subject, CATALOGUE[code].severity, "")
        with self.database.write() as session:
            standing.edge(session, where, said, Word.RAISED, self.clock(), self.clock())

    def alarm(self, code: FaultCode) -> Alarm | None:
        """Return the newest alarm of a code at the place."""
        statement = select(Alarm).where(Alarm.site_id == self.place.site_id, Alarm.code == code)
        with self.database.read() as session:
            return session.exec(statement.order_by(col(Alarm.id).desc())).first()

    def is_raised(self, code: FaultCode) -> bool:
        row = self.alarm(code)
        return row is not None and row.is_raised

    def is_active(self, code: FaultCode) -> bool:
        row = self.alarm(code)
        return row is not None and row.active_at is not None

    def told(self) -> set[str]:
        """Return the codes that people are told of."""
        sought = repository.Sought(repository.View.NOW, self.clock(), site_id=self.place.site_id)
        with self.database.read() as session:
            return {row.code for row in repository.alarms(session, sought, Slice(None, 500))}

    def _deliver(self) -> None:
        log = self.device.book.log
        for command in log[self._told :]:
            if isinstance(command, do.Publish) and command.leaf is Up.FAULTS:
                self.hear(Up.FAULTS, command.message)
        self._told = len(log)
