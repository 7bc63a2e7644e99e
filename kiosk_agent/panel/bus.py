"""Questions and answers on NovaStar's register bus over one open line."""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk_agent.panel.frames import Replies, Reply, read_request, write_request
from kiosk_agent.panel.line import Line
from kiosk_agent.panel.registers import MODEL, Device, Read, Write
from kiosk_agent.panel.survey import Place, Refused, Unanswered

WAIT_S = 1.5
TRIES = 2
OK, ABSENT = 0, 1
_AGAIN = (2, 3)
"""A checksum was wrong on the way there or back."""


class Absent(Refused):
    """The controller says that nobody answers at that place."""


class Bus:
    """Asks and waits. A question that gets no answer is asked again, under a new serial number."""

    def __init__(self, line: Line, wait_s: float = WAIT_S, first_serial: int = 0) -> None:
        self._line, self._wait_s = line, wait_s
        self._replies = Replies()
        self._serial = first_serial & 0xFF

    def read(self, what: Read, place: Place | None = None) -> bytes:
        """Return a field's bytes, as many as the field has.

        Raises:
            Absent: nobody answers at the place.
            Failure: no answer, or a refusal.
        """

        def fits(reply: Reply) -> bool:
            same = (reply.device, reply.register, reply.is_write) == (what.device.value, what.register, False)
            return same and len(reply.content) in (0, what.length)

        reply = self._ask(lambda serial: read_request(serial, what, place), fits)
        if reply.ack == OK and len(reply.content) == what.length:
            return reply.content
        raise self._refusal(reply)

    def write(self, what: Write) -> None:
        """Write and wait for the acknowledgement; its port is not compared, because some models answer another.

        Some do not acknowledge a write to all cards at all: then the controller must at least answer something else.

        Raises:
            Failure: it was not acknowledged.
        """

        def fits(reply: Reply) -> bool:
            return (reply.device, reply.register, reply.is_write) == (Device.CARD.value, what.setting.value, True)

        try:
            reply = self._ask(lambda serial: write_request(serial, what), fits)
        except Unanswered:
            if what.place is not None:
                raise
            self.read(MODEL)
            return
        if reply.ack != OK:
            raise self._refusal(reply)

    def close(self) -> None:
        """Let the line go."""
        self._line.close()

    def _ask(self, frame: Callable[[int], bytes], fits: Callable[[Reply], bool]) -> Reply:
        reply = None
        for _ in range(TRIES):
            self._serial = (self._serial + 1) & 0xFF
            self._line.send(frame(self._serial))
            reply = self._await(self._serial, fits)
            if reply is not None and reply.ack not in _AGAIN:
                return reply
        if reply is None:
            raise Unanswered(f"no answer within {self._wait_s:g} s, asked {TRIES} times")
        return reply

    def _await(self, serial: int, fits: Callable[[Reply], bool]) -> Reply | None:
        ends_s = time.monotonic() + self._wait_s
        while (left_s := ends_s - time.monotonic()) > 0:
            for reply in self._replies.feed(self._line.receive(left_s)):
                if reply.serial == serial and fits(reply):
                    return reply
        return None

    @staticmethod
    def _refusal(reply: Reply) -> Refused:
        if reply.ack == ABSENT:
            return Absent("nobody answers at that place")
        return Refused(f"the controller answered with code {reply.ack} and {len(reply.content)} bytes")
