"""What the server itself finds (kiosks that are gone, who they are, messages that nobody got), and what people see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from playlists.fault import FaultCode, Severity
from playlists.wire.messages import Presence, PresenceWord
from playlists.wire.topics import Up
from server.faults import service as faults
from server.faults.defects import repository
from server.faults.defects import service as defects
from server.faults.identities import Identities
from server.notify import failing
from server.tables import Certificate, Kiosk, Panel
from server.tables.certificates import Occasion
from tests.catalogue.scenario import Parts, Scenario
from tests.catalogue.world import World
from tests.kiosk_agent.playbook import Playbook

SID = 77
_C = FaultCode


class Silent:
    """A device that says nothing by itself."""

    def __init__(self, _parts: Parts) -> None:
        self.book = Playbook()

    def pass_time(self, seconds: int) -> None:
        self.book.seconds += seconds


def presence(word: PresenceWord, *kiosks: int, agent: str = "") -> Callable[[World], None]:
    def say(world: World) -> None:
        for kiosk in kiosks:
            said = Presence(id=uuid4(), at=world.clock(), sid=SID, state=word, agent=agent)
            world.hear(Up.PRESENCE, said, kiosk)
        world.looks()

    return say


def _looks_at_identities(breaks: Callable[[World], None]) -> Callable[[World], None]:
    def doing(world: World) -> None:
        world.looks = Identities(world.database, world.clock).look
        breaks(world)

    return doing


def _freeze(is_frozen: bool) -> Callable[[World], None]:
    def doing(world: World) -> None:
        with world.database.write() as session:
            session.get_one(Kiosk, world.place.kiosk_ids[0]).frozen_at = world.clock() if is_frozen else None

    return doing


def _certify(days: int) -> Callable[[World], None]:
    def doing(world: World) -> None:
        with world.database.write() as session:
            number = uuid4().hex
            session.add(
                Certificate(
                    kiosk_id=world.place.kiosk_ids[0],
                    serial=number,
                    fingerprint=number * 2,
                    chain_pem="",
                    occasion=Occasion.RENEWAL,
                    issued_at=world.clock(),
                    not_before=world.clock(),
                    not_after=world.clock() + timedelta(days=days),
                )
            )

    return doing


def _nobody(is_so: bool) -> Callable[[World], None]:
    def doing(world: World) -> None:
        with world.database.write() as session:
            failing.nobody(session, [world.place.site_id] if is_so else [], world.clock())

    return doing


def _see(world: World) -> None:
    with world.database.write() as session:
        kiosk = session.get_one(Kiosk, world.place.kiosk_ids[0])
        panel = session.get_one(Panel, kiosk.panel_id)
        defects.note(session, panel, kiosk, "port 1 card 2", Severity.MINOR, "ba điểm đỏ không sáng", world.clock())


def _mend(world: World) -> None:
    with world.database.write() as session:
        kiosk = session.get_one(Kiosk, world.place.kiosk_ids[0])
        assert kiosk.panel_id is not None
        row = repository.standing(session, kiosk.panel_id, defects.CODE, "port 1 card 2")
        assert row is not None
        faults.clear(session, row, world.clock())


LOST, READY = PresenceWord.LOST, PresenceWord.READY
SCENARIOS = {
    _C.KIOSK_OFFLINE: Scenario(Silent, presence(LOST, 0), presence(READY, 0)),
    _C.SITE_OFFLINE: Scenario(Silent, presence(LOST, 0, 1), presence(READY, 0, 1)),
    _C.ENROLMENT_CONFLICT: Scenario(Silent, _looks_at_identities(_freeze(True)), _freeze(False)),
    _C.CERTIFICATE_ENDING: Scenario(Silent, _looks_at_identities(_certify(20)), _certify(180)),
    _C.AGENT_OUTDATED: Scenario(
        Silent, _looks_at_identities(presence(READY, 0, agent="0.0.9")), presence(READY, 0, agent="0.1.0")
    ),
    _C.PIXEL_DEFECT: Scenario(Silent, _see, _mend),
    _C.NOTIFICATION_FAILED: Scenario(Silent, _nobody(True), _nobody(False)),
}
