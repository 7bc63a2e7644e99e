"""The panel's codes: sentences that break and mend the simulated LED controller, read by the real driver."""

from __future__ import annotations

from collections.abc import Callable

from kiosk_agent.panel.novastar import NovaStar
from playlists.fault import FaultCode
from tests.catalogue.scenario import Parts, Scenario
from tests.catalogue.world import World
from tests.kiosk_agent.panel.looking import DIMMING, PROFILE, Panel

SETTLE_S = 45
_C = FaultCode


class Face:
    """A simulated panel with its caretaker and core, in step with the world's seconds."""

    def __init__(self, parts: Parts, *, dims: bool = False) -> None:
        profile = DIMMING if dims else PROFILE
        self.panel = Panel(
            NovaStar(parts.open_line, wait_s=0.2, has_light_sensor=True), parts.bus, parts.folder, profile
        )
        self.book = self.panel.book

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.book.seconds += 1.0
            self.panel.pass_time(1.0)


def say(sentence: str) -> Callable[[World], None]:
    def tell(world: World) -> None:
        assert isinstance(world.device, Face)
        world.device.panel.say(sentence)

    return tell


def said(breaks: str, mends: str, *, dims: bool = False) -> Scenario:
    return Scenario(lambda parts: Face(parts, dims=dims), say(breaks), say(mends), SETTLE_S)


SCENARIOS = {
    _C.CONTROLLER_OFFLINE: said("power off", "power on"),
    _C.CONTROLLER_CONTENDED: said("contend", "contend ends"),
    _C.PANEL_SIGNAL_MISSING: said("signal lost", "signal back"),
    _C.PANEL_PORT_DOWN: said("unplug port 2", "plug port 2"),
    _C.PANEL_CARD_OFFLINE: said("unplug card 3 of port 2", "plug card 3 of port 2"),
    _C.PANEL_REDUNDANCY_ACTIVE: said("backup at port 2", "no backup"),
    _C.PANEL_RIBBON: said("ribbon 5 open", "ribbon 5 closed"),
    _C.PANEL_TEMPERATURE: said("temperature 71", "temperature 40"),
    _C.PANEL_VOLTAGE_LOW: said("voltage 3.9", "voltage 4.3"),
    _C.PANEL_VOLTAGE_HIGH: said("voltage 5.6", "voltage 4.3"),
    _C.PANEL_BRIGHTNESS_MISMATCH: said("auto brightness on", "auto brightness off", dims=True),
    _C.CABINET_SMOKE: said("smoke", "no smoke"),
    _C.CABINET_DOOR: said("door 2 open", "door 2 closed"),
    _C.CABINET_FAN: said("fan 3 stops", "fan 3 turns"),
    _C.CABINET_HUMIDITY: said("humidity 85", "humidity 60"),
}
