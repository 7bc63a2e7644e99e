"""One step while it is being decided."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kiosk_agent.core.commands import Command, Publish
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import State
from playlists.ids import uuid7
from playlists.instant import to_millis
from playlists.wire.messages import Message
from playlists.wire.topics import Up


class Stamp(NamedTuple):
    """What every message carries besides its content."""

    id: UUID
    at: datetime
    sid: int
    seq: int


class Turn:
    """The state so far and the commands so far; it lives within one call of `step` and is seen by nobody else."""

    def __init__(self, state: State, now: Moment) -> None:
        self.state = state
        self.now = now
        self.commands: list[Command] = []

    def do(self, *commands: Command) -> None:
        """Add commands, in order."""
        self.commands.extend(commands)

    def stamp(self) -> Stamp:
        """Return the fields of the next message; the random part of its id follows from kiosk, run and number."""
        said = self.state.said + 1
        self.state = replace(self.state, said=said)
        identity = self.state.identity
        entropy = hashlib.sha256(f"{identity.kiosk_id}:{identity.sid}:{said}".encode()).digest()[:10]
        return Stamp(uuid7(max(0, to_millis(self.now.wall)), entropy), self.now.wall, identity.sid, said)

    def say(self, leaf: Up, message: Message) -> None:
        """Publish a message if there is a connection; what is retained is said again when there is one."""
        if self.state.linked:
            self.do(Publish(leaf, message))
