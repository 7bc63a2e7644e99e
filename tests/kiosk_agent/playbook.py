"""A conversation with the core, told step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.commands import Command
from kiosk_agent.core.events import Airing, Event
from kiosk_agent.core.state import State
from kiosk_agent.core.step import step
from kiosk_agent.core.verdict import Verdict
from playlists.timeline import Layer, Showing, at
from playlists.wire.messages import Message, Pointer
from playlists.wire.topics import Up
from tests.kiosk_agent.making import CLOCK_OK, START, digest, fresh, held, moment

CommandT = TypeVar("CommandT")
MessageT = TypeVar("MessageT", bound=Message)


class Playbook:
    """Feeds events at virtual seconds and keeps what came out."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or fresh()
        self.seconds = 0.0
        self.jump_s = 0.0
        self.chance = 0.5
        self.frames = 0
        self.out: tuple[Command, ...] = ()
        self.log: list[Command] = []

    def tell(self, event: Event, after_s: float = 0.0) -> tuple[Command, ...]:
        self.seconds += after_s
        self.state, self.out = step(self.state, event, moment(self.seconds, self.chance, self.jump_s))
        self.log.extend(self.out)
        return self.out

    def tick(self, seconds: float) -> list[Command]:
        """Let so many seconds pass, one tick each, and return all commands."""
        return [command for _ in range(int(seconds)) for command in self.tell(events.Tick(), 1.0)]

    def start(self, *, installed_seq: int = 0, numbers: tuple[int, ...] = (1, 2)) -> Playbook:
        old = held(installed_seq, numbers) if installed_seq else None
        self.tell(events.Started(old, frozenset(old.sizes) if old else frozenset(), findings=(CLOCK_OK,)))
        return self

    def link_up(self) -> Playbook:
        self.tell(events.LinkUp(77))
        return self

    def shown(
        self,
        match: int | None = 1000,
        after_s: float = 0.0,
        *,
        stalled: bool = False,
        verdict: Verdict = Verdict.UNKNOWN,
    ) -> tuple[Command, ...]:
        """Report what the timeline says is due, as a faithful player does."""
        self.seconds += after_s
        self.frames += 25
        installed = self.state.installed
        airing = None
        if installed is not None:
            now = moment(self.seconds, jump_s=self.jump_s).wall
            airing = Airing(at(installed.manifest, self.state.facts, now), installed.manifest.seq)
        return self.tell(events.PlayerReported(airing, match, self.frames, stalled, player="software", verdict=verdict))

    def crash(self, number: int | None, after_s: float = 1.0) -> tuple[Command, ...]:
        """Report that the player died over the numbered segment, or over none."""
        self.seconds += after_s
        now = moment(self.seconds).wall
        sha256 = None if number is None else digest(number)
        crashed = Airing(Showing(Layer.DEFAULT, now, now + soon(4), "it was due", sha256=sha256), 4)
        return self.tell(events.PlayerReported(None, None, self.frames, True, player="vlc", crashed=crashed))

    def only(self, kind: type[CommandT]) -> CommandT:
        found = [command for command in self.out if isinstance(command, kind)]
        assert len(found) == 1, self.out
        return found[0]

    def none(self, *kinds: type[object]) -> None:
        assert not [command for command in self.out if isinstance(command, kinds)], self.out

    def said(self, leaf: Up, kind: type[MessageT]) -> list[MessageT]:
        """Return what was published on a topic in the last step."""
        return said(self.out, leaf, kind)


def said(commands: tuple[Command, ...] | list[Command], leaf: Up, kind: type[MessageT]) -> list[MessageT]:
    found = [command for command in commands if isinstance(command, do.Publish) and command.leaf is leaf]
    return [one.message for one in found if isinstance(one.message, kind)]


def pointer(seq: int, sha256: str) -> events.PointerReceived:
    return events.PointerReceived(Pointer(id=UUID(int=1), at=START, seq=seq, sha256=sha256))


def soon(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
