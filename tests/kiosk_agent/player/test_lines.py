from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kiosk_agent.player.lines import MOST_LINE_BYTES, Ask, LineUnsound, Refresh, Stop, Wire, read_message

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    ours, theirs = socket.socketpair()
    wire = Wire(ours)
    yield wire, theirs
    wire.close()
    theirs.close()


def test_messages_arrive_whole_and_in_order(ends: tuple[Wire, socket.socket]) -> None:
    wire, theirs = ends
    sender = Wire(theirs)
    sent = [Ask(number=n, at=AT) for n in range(50)]
    for message in sent:
        sender.send(message)
    sender.send(Stop())
    sender.close()
    assert list(wire.messages()) == [*sent, Stop()]


def test_message_in_pieces_is_put_together(ends: tuple[Wire, socket.socket]) -> None:
    wire, theirs = ends
    received = wire.messages()
    theirs.sendall(b'{"say":"ref')
    theirs.sendall(b'resh"}\n{"say":"stop"}\n')
    assert [next(received), next(received)] == [Refresh(), Stop()]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"no json",
        b"[]",
        b'{"say":"fly"}',
        b'{"say":"ask","number":1,"at":"2026-11-23T08:00:00"}',
        b'{"say":"stop","more":1}',
        b"[" * 5000,
        b'{"say":"ask","number":' + b"9" * MOST_LINE_BYTES + b"}",
        random.Random(3).randbytes(300),
    ],
)
def test_hostile_line_is_refused(line: bytes) -> None:
    with pytest.raises(LineUnsound):
        read_message(line)


def test_line_without_end_is_refused_before_it_fills_the_memory(ends: tuple[Wire, socket.socket]) -> None:
    wire, theirs = ends
    theirs.sendall(b"x" * (MOST_LINE_BYTES + 1))
    with pytest.raises(LineUnsound):
        next(wire.messages())
