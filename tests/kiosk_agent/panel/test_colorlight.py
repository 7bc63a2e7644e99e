"""The Colorlight driver's frames, and what it does not claim to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from kiosk_agent.panel.colorlight import MUTE, Colorlight, Form
from kiosk_agent.panel.line import Line, TcpLine
from kiosk_agent.panel.survey import Link, Place, Refused
from playlists.wire.messages import PanelPicture
from simulator.led.colorlight import ColorlightDoor
from simulator.led.serving import Bus
from tests.kiosk_agent.test_mqtt import wait_for

ZEROS = "00 00 00 00 00 00 00 00"
BLACK_FRAMES = {
    Form.Z: [
        f"12 00 11 00 00 00 FF FF {ZEROS} 00",
        f"32 00 18 00 00 00 FF FF {ZEROS} 00 FF 00 FF 00 FF 00 00",
        f"11 00 11 00 00 00 FF FF {ZEROS} 00",
    ],
    Form.V: [
        "11 10 00 12 00 00 00 FF FF 02 00 00 00 00 00 00 00 00",
        "12 10 00 12 00 00 00 FF FF 02 00 00 00 00 00 00 00 00",
        "10 10 00 12 00 00 00 FF FF 02 00 00 00 00 00 00 00 01",
    ],
}
HALF = {
    (Form.Z, 100.0): f"21 00 14 00 00 00 FF FF {ZEROS} C9 C8 48 42",
    (Form.Z, 1.0): f"21 00 14 00 00 00 FF FF {ZEROS} 81 80 00 3F",
    (Form.V, 100.0): "50 10 00 13 00 00 00 FF FF 02 00 00 00 00 00 00 00 9C 13",
}


@pytest.fixture
def door(bus: Bus) -> Iterator[ColorlightDoor]:
    with ColorlightDoor(bus.controller.wall) as opened:
        yield opened


def opener(door: ColorlightDoor) -> Callable[[], Line]:
    return partial(TcpLine, "127.0.0.1", door.port)


def heard(door: ColorlightDoor, count: int) -> list[str]:
    wait_for(lambda: len(door.heard) >= count)
    return [frame.hex(" ").upper() for frame in door.heard]


@pytest.mark.parametrize("form", Form)
def test_black_is_sent_as_the_protocol_says_behind_a_heart_beat(form: Form, door: ColorlightDoor, bus: Bus) -> None:
    driver = Colorlight(opener(door), form)
    driver.show(PanelPicture.BLACK)
    assert heard(door, 3) == BLACK_FRAMES[form]
    assert door.beats == 1
    card = bus.controller.wall.ports[0][0]
    assert card.blackout == 0xFF
    driver.show(PanelPicture.WHITE)
    heard(door, 6)
    assert (card.blackout, card.pattern) == (0, 4)
    driver.show(PanelPicture.VIDEO)
    heard(door, 9)
    assert (card.blackout, card.pattern) == (0, 0)


@pytest.mark.parametrize(("form", "most"), HALF)
def test_brightness_is_sent_in_the_models_scale(form: Form, most: float, door: ColorlightDoor) -> None:
    Colorlight(opener(door), form, most).set_brightness(128)
    assert heard(door, 1) == [HALF[form, most]]


def test_nothing_but_the_connection_is_known(door: ColorlightDoor) -> None:
    survey = Colorlight(opener(door), Form.V).survey((Place(0, 0),))
    assert survey.link is Link.ANSWERS
    assert (survey.signal, survey.brightness, survey.cards[Place(0, 0)].answers) == (MUTE, MUTE, MUTE)
    door.close()
    assert Colorlight(opener(door), Form.V).survey(()).link is Link.SILENT


def test_pictures_that_it_does_not_have_are_refused(door: ColorlightDoor) -> None:
    with pytest.raises(Refused, match="not asked for greys"):
        Colorlight(opener(door), Form.Z).show(PanelPicture.GREYS)
    assert door.heard == []
