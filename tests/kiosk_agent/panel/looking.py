"""A simulated panel, its caretaker on virtual time, and the core that raises and clears its faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk_agent.core import events
from kiosk_agent.core.commands import LeaveController, ShowPicture
from kiosk_agent.panel.brightness import BrightnessPolicy
from kiosk_agent.panel.caretaker import Caretaker
from kiosk_agent.panel.profile import CabinetSpec, Channels, Fan, PanelProfile
from kiosk_agent.panel.survey import Controller
from playlists.fault import CheckResult, FaultCode
from simulator.led.script import obey
from simulator.led.serving import Bus
from tests.kiosk_agent.making import moment
from tests.kiosk_agent.playbook import Playbook

FULL_CHANNELS = Channels(
    fans=tuple(Fan(fan=number, nominal_rpm=1500) for number in (1, 2, 3, 4)),
    doors=(1, 2),
    smoke=True,
    humidity=True,
    ribbons=tuple(range(1, 17)),
)
CABINETS = tuple(
    CabinetSpec(
        port=port,
        card=card,
        row=port,
        column=card,
        number=(port - 1) * 4 + card,
        channels=FULL_CHANNELS if (port, card) == (1, 1) else Channels(),
    )
    for port in (1, 2)
    for card in (1, 2, 3, 4)
)
PROFILE = PanelProfile(cabinets=CABINETS, usual_millivolts=4300, light_sensor="controller")
DIMMING = PROFILE.model_copy(update={"brightness": BrightnessPolicy()})


class Panel:
    """Lets virtual seconds pass; sentences break and mend the hardware meanwhile."""

    def __init__(self, controller: Controller, bus: Bus, folder: Path, profile: PanelProfile = PROFILE) -> None:
        self.bus = bus
        self.caretaker = Caretaker(controller, profile, folder)
        self.book = Playbook().start(installed_seq=4).link_up()
        self.seconds = 0.0
        self.answers: list[str | None] = []
        self.trusted = True

    def say(self, *sentences: str) -> None:
        for sentence in sentences:
            obey(self.bus, sentence)

    def pass_time(self, seconds: float, each: Callable[[], object] = lambda: None) -> None:
        """Let time pass in steps of a second, as the agent does."""
        ends = self.seconds + seconds
        while self.seconds < ends:
            self.seconds += 1.0
            each()
            self.caretaker.read(clock_trusted=self.trusted)
            self.caretaker.turn(moment(self.seconds))
            self.book.tell(events.PanelRead(self.caretaker.read(clock_trusted=self.trusted)))

    def seconds_until(self, met: Callable[[], bool], most: float = 700.0) -> float:
        """Let time pass until something is so, and return how long it took."""
        began = self.seconds
        while not met():
            assert self.seconds < began + most, self.faults
            self.pass_time(1.0)
        return self.seconds - began

    @property
    def faults(self) -> dict[tuple[FaultCode, str], str]:
        """What is raised now, with what is said of it."""
        return {key: alarm.detail for key, alarm in self.book.state.alarms.items() if alarm.active}

    def reading(self, check: str, subject: str = "") -> tuple[CheckResult, int | None, str]:
        found = [one for one in self.caretaker.read(clock_trusted=True) if (one.check, one.subject) == (check, subject)]
        assert found, f"no reading {check} {subject}"
        return found[-1].result, found[-1].value_milli, found[-1].detail

    def order(self, order: ShowPicture | LeaveController) -> str | None:
        self.caretaker.obey(order, self.answers.append)
        self.pass_time(1.0)
        return self.answers.pop()
