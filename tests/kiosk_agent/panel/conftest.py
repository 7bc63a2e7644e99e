from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from kiosk_agent.panel.line import Line, SerialLine, TcpLine
from simulator.led.novastar import Controller
from simulator.led.serving import Bus, Controllers
from simulator.led.wall import wall


@pytest.fixture
def bus() -> Bus:
    """Two ports with four cards each; the first has a monitoring card; absent cards are told of at once."""
    return Bus(Controller(wall((4, 4)), absent_delay_s=0.0))


@pytest.fixture
def doors(bus: Bus) -> Iterator[Controllers]:
    with Controllers(bus) as made:
        yield made


@pytest.fixture
def tcp(doors: Controllers) -> Callable[[], Line]:
    return partial(TcpLine, "127.0.0.1", doors.tcp().port)


@pytest.fixture(params=["tcp", "pty"])
def open_line(request: pytest.FixtureRequest, doors: Controllers) -> Callable[[], Line]:
    """The simulated controller over TCP and over a pseudo terminal."""
    if request.param == "tcp":
        return partial(TcpLine, "127.0.0.1", doors.tcp().port)
    return partial(SerialLine, doors.pty().path, 115_200)
