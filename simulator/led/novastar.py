"""How the controller answers on the register bus, with the traps of the field built in."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.led import registers
from simulator.led.frames import ABSENT, ALL_BOARDS, ALL_PORTS, BAD_CHECKSUM, INVALID, MOST_LENGTH, OK, Request, reply
from simulator.led.wall import Card, Wall

CONTROLLER, CARD = 0, 1
ACKS_ALL_PORTS_AS_ZERO = frozenset({0x1107})
"""Models that acknowledge a write to all ports as if it had been to port 0."""


@dataclass(frozen=True)
class Answer:
    """A reply and how long it takes."""

    content: bytes
    delay_s: float = 0.0


class Controller:
    """One controller on a bus."""

    def __init__(self, wall: Wall, absent_delay_s: float = 0.2) -> None:
        self.wall = wall
        self.absent_delay_s = absent_delay_s
        self._stale = b"\x00"

    def answer(self, request: Request) -> Answer | None:
        """Return the answer to a request, or None where a real one would be silent."""
        if not self.wall.powered or request.destination not in (0, 0xFF):
            return None
        if request.writes:
            return self._write(request)
        return self._read(request)

    def _read(self, request: Request) -> Answer:
        card: Card | None = None
        if request.length > MOST_LENGTH or request.device not in (CONTROLLER, CARD):
            return Answer(reply(request, INVALID))
        if request.device == CARD:
            card = self.wall.card(request.port, request.board)
            if card is None:
                return Answer(reply(request, ABSENT), self.absent_delay_s)
        fields = registers.controller_fields(self.wall) if card is None else registers.card_fields(card)
        content = registers.read(fields, request.register, request.length)
        if content is None:  # the buffer of the read before is sent again
            content = (self._stale * (request.length // max(1, len(self._stale)) + 1))[: request.length]
        self._stale = content or self._stale
        return Answer(reply(request, OK if request.sound else BAD_CHECKSUM, content))

    def _write(self, request: Request) -> Answer | None:
        if not request.sound:
            return Answer(reply(request, BAD_CHECKSUM))
        self.wall.writes.append((request.register, request.content))
        if request.register == registers.FACTORY_RESET:
            self.wall.forbidden.append((request.register, request.content))
        if request.register == registers.SAVE_TO_FLASH:
            self.wall.flash_writes += 1
        if request.device == CARD:
            return self._write_cards(request)
        self._put(registers.controller_fields(self.wall), request)
        return Answer(reply(request, OK))

    def _write_cards(self, request: Request) -> Answer | None:
        port = None if request.port == ALL_PORTS else request.port
        index = None if request.board == ALL_BOARDS else request.board
        cards = list(self.wall.answering(port, index))
        if not cards and port is not None and index is not None:
            return Answer(reply(request, ABSENT), self.absent_delay_s)
        for card in cards:
            if request.register == registers.FACTORY_RESET:
                registers.factory_reset(card)
            self._put(registers.card_fields(card), request)
        if port is None and not self.wall.acknowledges_all:
            return None
        turned = port is None and self.wall.model in ACKS_ALL_PORTS_AS_ZERO
        return Answer(reply(request, OK, port=0 if turned else None))

    @staticmethod
    def _put(fields: list[registers.Field], request: Request) -> None:
        for field in fields:
            if field.base == request.register and field.write is not None and request.content:
                field.write(request.content)
