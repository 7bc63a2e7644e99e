"""The COEX driver against the simulator and against answers that no controller should give."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kiosk_agent.panel.coex import MOST_BYTES, Coex
from kiosk_agent.panel.survey import Card, Contended, Link, Place, Refused, Shows, Silent, Unknown
from playlists.wire.messages import PanelPicture
from simulator.led.coex import CoexDoor
from simulator.led.script import obey
from simulator.led.serving import Bus

EVERY = tuple(Place(port, card) for port in (0, 1) for card in range(4))
NUMBERS = {place: number for number, place in enumerate(EVERY, start=1)}


@pytest.fixture
def door(bus: Bus) -> Iterator[CoexDoor]:
    with CoexDoor(bus) as opened:
        yield opened


@pytest.fixture
def driver(door: CoexDoor) -> Coex:
    return Coex(f"http://127.0.0.1:{door.port}", NUMBERS)


def test_all_that_the_interface_has_is_told_and_the_rest_is_unknown(driver: Coex) -> None:
    survey = driver.survey(EVERY)
    assert (survey.link, survey.model, survey.signal, survey.brightness) == (Link.ANSWERS, "MX40 Pro", True, 255)
    assert [card.answers for card in survey.cards.values()] == [True] * 8
    assert (survey.cards[EVERY[0]].temperature_milli, survey.cards[EVERY[0]].voltage_milli) == (36_000, 4100)
    assert isinstance(survey.backup_ports, Unknown)
    assert isinstance(survey.dims_itself, Unknown)


def test_a_cabinet_that_is_not_listed_is_offline_whatever_the_order(driver: Coex, bus: Bus) -> None:
    obey(bus, "unplug card 2 of port 2")
    obey(bus, "temperature 71 of card 3 of port 2")
    for _ in range(3):
        cards = driver.survey(EVERY).cards
        assert [place for place, card in cards.items() if card.answers is False] == [Place(1, 1)]
        assert cards[Place(1, 2)].temperature_milli == 71_000


def test_a_place_without_a_number_is_unknown(door: CoexDoor) -> None:
    survey = Coex(f"http://127.0.0.1:{door.port}", {}).survey(EVERY)
    assert isinstance(survey.cards[EVERY[0]].answers, Unknown)


def test_brightness_is_set_and_read_back_and_black_is_black(driver: Coex, bus: Bus) -> None:
    driver.set_brightness(102)
    assert driver.survey(()).brightness == 102
    card = bus.controller.wall.ports[0][0]
    driver.show(PanelPicture.BLACK)
    assert (card.blackout, card.freeze) == (0xFF, 0)
    assert driver.survey(()).shows is Shows.BLACK
    driver.show(PanelPicture.VIDEO)
    assert (card.blackout, card.freeze) == (0, 0)
    with pytest.raises(Refused, match="not published"):
        driver.show(PanelPicture.RED)


def test_a_lock_is_contention_and_busy_is_no_fault(driver: Coex, door: CoexDoor, bus: Bus) -> None:
    door.busy = 1
    survey = driver.survey(EVERY)
    assert (survey.link, survey.signal) == (Link.ANSWERS, Unknown("the controller is busy"))
    obey(bus, "contend")
    assert driver.survey(EVERY).link is Link.CONTENDED
    with pytest.raises(Contended, match="locked by another program"):
        driver.set_brightness(1)


def test_where_nobody_is_it_is_silent() -> None:
    with pytest.raises(Silent, match=r"127\.0\.0\.1 does not answer"):
        Coex("http://127.0.0.1:9", {}).set_brightness(1)


@contextmanager
def saying(answer: Callable[[str], tuple[int, bytes]]) -> Iterator[str]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


GOOD = b'{"code": 0, "message": "Success", "data": %s}'


@pytest.mark.parametrize(
    "content",
    [b"null", b"[]", b'"x"', b"3", b'{"cabinets": 3}', b'{"cabinets": [3, {"rvCards": [null, {"cabinetID": {}}]}]}'],
)
def test_answers_of_another_shape_are_unknown_facts(content: bytes) -> None:
    with saying(lambda _: (200, GOOD % content)) as address:
        survey = Coex(address, NUMBERS).survey(EVERY)
    assert survey.link is Link.ANSWERS
    assert isinstance(survey.signal, Unknown)
    assert isinstance(survey.brightness, Unknown)
    assert all(card.answers is not True for card in survey.cards.values())


def test_strange_values_of_a_cabinet_are_unknown() -> None:
    content = b'{"cabinets": [{"rvCards": [{"cabinetID": 1, "temperature": {"value": 1e300}, "voltage": true}]}]}'
    with saying(lambda _: (200, GOOD % content)) as address:
        card = Coex(address, NUMBERS).survey(EVERY).cards[EVERY[0]]
    assert isinstance(card, Card)
    assert card.answers is True
    assert isinstance(card.temperature_milli, Unknown)
    assert isinstance(card.voltage_milli, Unknown)


@pytest.mark.parametrize(
    ("status", "content", "reason"),
    [
        (404, b"{}", "HTTP 404"),
        (200, b"<html>", "did not answer in JSON"),
        (200, b"[" * 100_000, "did not answer in JSON"),
        (200, b"[]", "as a COEX controller does"),
        (200, b'{"code": 6, "message": "NotSupport"}', r"code 6 \(NotSupport\)"),
        (200, b" " * (MOST_BYTES + 1), "more than 4 MiB"),
    ],
)
def test_a_wrong_answer_is_refused_with_the_reason(status: int, content: bytes, reason: str) -> None:
    with saying(lambda _: (status, content)) as address:
        survey = Coex(address, NUMBERS).survey(EVERY)
    assert survey.link is Link.SILENT
    assert re.search(reason, survey.reason), survey.reason
