"""The controller's doors: one session, a wire that misbehaves, a terminal, discovery, HTTP."""

from __future__ import annotations

import json
import os
import socket
import tty
import urllib.request
from collections.abc import Iterator

import pytest

from simulator.led.coex import CoexDoor
from simulator.led.colorlight import ColorlightDoor, frames
from simulator.led.novastar import Controller
from simulator.led.script import obey
from simulator.led.serving import ANSWERED, ASKED, Bus, Controllers
from simulator.led.wall import wall
from tests.kiosk_agent.test_mqtt import wait_for

PROBE = bytes.fromhex("55 AA 00 00 FE 00 00 00 00 00 00 00 02 00 00 00 02 00 57 56")
ANSWER = bytes.fromhex("AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 07 11 6F 56")


@pytest.fixture
def bus() -> Bus:
    return Bus(Controller(wall(), absent_delay_s=0.0))


@pytest.fixture
def doors(bus: Bus) -> Iterator[Controllers]:
    with Controllers(bus) as made:
        yield made


def exactly(guest: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        piece = guest.recv(count - len(got))
        assert piece, f"the end after {got.hex(' ')}"
        got += piece
    return got


def test_whoever_comes_next_cuts_off_who_was_there(doors: Controllers) -> None:
    door = doors.tcp()
    with socket.create_connection(("127.0.0.1", door.port), 20) as first:
        first.sendall(PROBE)
        assert exactly(first, len(ANSWER)) == ANSWER
        with socket.create_connection(("127.0.0.1", door.port), 20) as second:
            with pytest.raises(ConnectionResetError):
                first.recv(1)
            second.sendall(PROBE)
            assert exactly(second, len(ANSWER)) == ANSWER
    assert door.sessions == 2


def test_an_idle_session_is_closed_without_a_reset(doors: Controllers) -> None:
    door = doors.tcp(idle_s=0.05)
    with socket.create_connection(("127.0.0.1", door.port), 20) as guest:
        assert guest.recv(1) == b""


def test_the_wire_misbehaves_as_it_is_told(doors: Controllers) -> None:
    door = doors.tcp()
    with socket.create_connection(("127.0.0.1", door.port), 20) as guest:
        obey(doors.bus, "duplicate")
        guest.sendall(PROBE)
        assert exactly(guest, 2 * len(ANSWER)) == ANSWER * 2
        obey(doors.bus, "wrong serial")
        guest.sendall(PROBE)
        got = exactly(guest, 2 * len(ANSWER))
        assert got[3] == 7
        assert got[len(ANSWER) :] == ANSWER
        obey(doors.bus, "drop")
        obey(doors.bus, "split 5")
        guest.sendall(PROBE + PROBE)
        assert exactly(guest, len(ANSWER)) == ANSWER
        obey(doors.bus, "junk")
        guest.sendall(PROBE)
        assert exactly(guest, 19 + len(ANSWER)).endswith(ANSWER)
        obey(doors.bus, "reset")
        guest.sendall(PROBE)
        with pytest.raises(ConnectionResetError):
            guest.recv(1)


def test_while_another_program_fights_for_the_session_everybody_is_cut(doors: Controllers) -> None:
    door = doors.tcp()
    obey(doors.bus, "contend")
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", door.port), 20) as guest:
            guest.sendall(PROBE)
            with pytest.raises(ConnectionResetError):
                guest.recv(1)


def test_a_terminal_carries_the_same_frames(doors: Controllers) -> None:
    number = os.open(doors.pty().path, os.O_RDWR | os.O_NOCTTY)
    try:
        tty.setraw(number)
        os.write(number, PROBE)
        got = b""
        while len(got) < len(ANSWER):
            got += os.read(number, 100)
        assert got == ANSWER
    finally:
        os.close(number)


def test_discovery_is_answered_without_a_name(doors: Controllers) -> None:
    door = doors.discovery(port=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(20)
        asker.sendto(b"who?", ("127.0.0.1", door.port))
        asker.sendto(ASKED, ("127.0.0.1", door.port))
        assert asker.recv(100) == ANSWERED
    assert len(ANSWERED) == 16


def call(port: int, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", content, method="GET" if body is None else "PUT")
    with urllib.request.urlopen(request, timeout=20) as answer:
        got: dict[str, object] = json.load(answer)
        return got


def test_coex_lists_the_cabinets_that_answer_in_another_order_each_time(bus: Bus) -> None:
    obey(bus, "unplug card 2 of port 1")
    with CoexDoor(bus) as door:
        path = "/api/v1/device/monitor/info?isNeedCabinetInfo=1"
        orders = []
        for _ in range(2):
            content = call(door.port, path)["data"]
            assert isinstance(content, dict)
            orders.append([cabinet["cabinetID"] for cabinet in content["cabinets"]])
        assert sorted(orders[0]) == sorted(orders[1]) == [1, 3, 4, 5, 6, 7, 8]
        assert orders[0] != orders[1]


def test_coex_says_busy_locked_and_what_is_wrong(bus: Bus) -> None:
    with CoexDoor(bus) as door:
        path = "/api/v1/screen/brightness"
        assert call(door.port, path, {"brightness": 40, "screenIds": [1]})["code"] == 0
        assert bus.controller.wall.ports[0][0].brightness[0] == 102
        assert call(door.port, path, {"brightness": 400})["code"] == 1
        assert call(door.port, path, {"light": 1})["code"] == 1
        door.busy = 1
        assert call(door.port, "/api/v1/device/hw")["code"] == 5
        obey(bus, "contend")
        assert call(door.port, "/api/v1/device/hw")["message"] == "device locked"


def test_colorlight_frames_are_cut_by_their_own_lengths() -> None:
    stream = b"\x99\x99\x04\x00" + bytes.fromhex("10 10 00 12 00 00 00 ff ff 02") + bytes(7) + b"\x01"
    found, rest = frames(stream + b"\x99\x99")
    assert [len(one) for one in found] == [4, 18]
    assert rest == b"\x99\x99"


def test_colorlight_obeys_and_says_nothing(bus: Bus) -> None:
    with (
        ColorlightDoor(bus.controller.wall) as door,
        socket.create_connection(("127.0.0.1", door.port), 20) as guest,
    ):
        guest.sendall(bytes.fromhex("11 00 11 00 00 00 ff ff") + bytes(9))
        guest.settimeout(0.2)
        with pytest.raises(TimeoutError):
            guest.recv(1)
        wait_for(lambda: door.heard)
    assert bus.controller.wall.ports[0][0].blackout == 0xFF
