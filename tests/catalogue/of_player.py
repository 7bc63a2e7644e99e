"""The player's and the content's codes: reports and events as the agent hands them to the core."""

from __future__ import annotations

from collections.abc import Callable

from kiosk_agent.core import events
from kiosk_agent.core.events import Cause
from kiosk_agent.core.trust import Kind
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.health.player import check, check_drops, check_output
from playlists.fault import FaultCode
from playlists.ids import sha256_hex
from tests.catalogue.of_computer import Computer, computer
from tests.catalogue.scenario import Parts, Scenario
from tests.catalogue.world import World
from tests.kiosk_agent import trusting
from tests.kiosk_agent.making import OTHER_PRIVATE, digest, document, envelope, sealed
from tests.kiosk_agent.playbook import Playbook, pointer
from tests.kiosk_agent.rooted import Kiosk

_C = FaultCode


def fine(book: Playbook) -> None:
    book.shown(verdict=Verdict.FINE)


def plays(broken: Callable[[Playbook], object]) -> Scenario:
    """Return a scenario of a player that reports this instead, once a second."""

    def become(play: Callable[[Playbook], object]) -> Callable[[World], None]:
        return lambda world: setattr(computer(world), "play", play)

    return Scenario(Computer, become(broken), become(fine))


def verdict(bad: Verdict) -> Scenario:
    return plays(lambda book: book.shown(match=0, verdict=bad))


def measured(finding: Callable[[bool], events.PlayerReported]) -> Scenario:
    """Return a scenario of a player that is fine but for one finding."""
    return Scenario(
        Computer,
        lambda world: setattr(computer(world), "play", lambda book: book.tell(finding(True))),
        lambda world: setattr(computer(world), "play", lambda book: book.tell(finding(False))),
    )


def _die(numbers: tuple[int, ...]) -> Callable[[World], None]:
    def breaks(world: World) -> None:
        for number in numbers:
            computer(world).book.crash(number)
            world.clock.seconds += 1

    return breaks


def _offer(content: bytes, seq: int) -> Callable[[World], None]:
    """Let the server point to a manifest, and the kiosk fetch this."""

    def offer(world: World) -> None:
        book = computer(world).book
        book.tell(pointer(seq, sha256_hex(content)))
        book.tell(events.ManifestFetched(content))

    return offer


def _fill_store(world: World) -> None:
    book = computer(world).book
    _offer(envelope(5, (3, 4)), 5)(world)
    book.tell(events.SegmentFailed(digest(3), "no space left on the device", Cause.STORAGE_FULL))


def _make_room(world: World) -> None:
    computer(world).book.tell(events.SegmentStored(digest(3)))


class Rooted:
    """A kiosk that holds a root, and plays what two people released."""

    def __init__(self, _parts: Parts) -> None:
        self.kiosk = Kiosk().playing()
        self.book: Playbook = self.kiosk

    def pass_time(self, seconds: int) -> None:
        self.kiosk.tick(seconds)


def _hold_by_a_stranger(world: World) -> None:
    assert isinstance(world.device, Rooted)
    world.device.kiosk.give(Kind.HOLD, trusting.hold(1, digest(1), by=("outsider",)))


BAD = sealed(document(5), OTHER_PRIVATE)
SCENARIOS = {
    _C.VIDEO_OUTPUT_MISSING: verdict(Verdict.OUTPUT_MISSING),
    _C.VIDEO_OUTPUT_UNFIT: measured(
        lambda bad: events.PlayerReported(
            None,
            990,
            25,
            player="vlc",
            output=check_output("the panel's window lies outside the screen" if bad else None),
        )
    ),
    _C.PLAYER_STALLED: measured(
        lambda bad: events.PlayerReported(
            None, 990, 25, stalled=bad, player="vlc", finding=check(frames=25, stalled=bad, error=None)
        )
    ),
    _C.PLAYER_CRASH_LOOP: Scenario(Computer, _die((1, 2, 1)), lambda world: world.jump(700)),
    _C.PLAYER_DROPS: measured(
        lambda bad: events.PlayerReported(None, 990, 25, player="vlc", drops=check_drops(120 if bad else 2))
    ),
    _C.PICTURE_FROZEN: verdict(Verdict.FROZEN),
    _C.PICTURE_BLACK: verdict(Verdict.BLACK),
    _C.PICTURE_WRONG: verdict(Verdict.WRONG),
    _C.PICTURE_WRONG_SIZE: verdict(Verdict.WRONG_SIZE),
    _C.SEGMENT_QUARANTINED: Scenario(Computer, _die((1, 1, 1)), lambda world: world.jump(25 * 3600)),
    _C.CONTENT_MISSING: Scenario(
        Computer,
        lambda world: computer(world).book.tell(events.SegmentDamaged(digest(2))),
        lambda world: computer(world).book.tell(events.SegmentStored(digest(2))),
    ),
    _C.MANIFEST_REJECTED: Scenario(Computer, _offer(BAD, 5), _offer(envelope(6, (1, 2)), 6)),
    _C.DOCUMENT_REJECTED: Scenario(Rooted, _hold_by_a_stranger, lambda world: world.jump(25 * 3600)),
    _C.STORAGE_LOW: Scenario(Computer, _fill_store, _make_room),
}
