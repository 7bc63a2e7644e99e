"""Which controller the settings name. A profile that is wrong costs the readings, never the picture."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from kiosk_agent.panel import profile as profiles
from kiosk_agent.panel.caretaker import Caretaker
from kiosk_agent.panel.coex import Coex
from kiosk_agent.panel.colorlight import Colorlight, Form
from kiosk_agent.panel.generic import GenericPanel
from kiosk_agent.panel.light import kernel_lux
from kiosk_agent.panel.line import Line, SerialLine, TcpLine
from kiosk_agent.panel.novastar import NovaStar
from kiosk_agent.panel.picture import Shown
from kiosk_agent.panel.port import PanelController
from kiosk_agent.panel.profile import PanelProfile, WrongProfile
from kiosk_agent.panel.registers import DVI_SIGNAL, INPUT_SIGNALS
from kiosk_agent.panel.signal_test import Pull, Result, record
from kiosk_agent.panel.survey import Controller
from kiosk_agent.panel.usual_voltage import Taken, measure, written
from kiosk_agent.settings import Settings

log = logging.getLogger(__name__)
PORTS = {"novastar": 5200, "coex": 8001, "colorlight": 9999}
_SIGNALS = {"by_model": None, "inputs": INPUT_SIGNALS, "dvi": DVI_SIGNAL}


class WrongAddress(ValueError):
    """The controller's address cannot be used; the text says why."""


def make_panel(settings: Settings) -> PanelController:
    """Return the controller's caretaker, running, or the generic adapter with the reason why there is none.

    Raises:
        WrongAddress: the settings name a controller without a usable address.
    """
    if settings.controller == "generic":
        return GenericPanel()
    host_and_port(settings)
    try:
        profile = profiles.load(settings.panel_profile)
    except WrongProfile as error:
        log.warning("the panel's controller is left alone: %s", error)
        return GenericPanel(f"the panel's profile is wrong: {error}")
    made = Caretaker(
        make_controller(settings, profile),
        profile,
        settings.data_dir,
        kernel_lux=partial(kernel_lux, settings.sysfs_root),
    )
    return made.start()


def try_signal_loss(settings: Settings, say: Callable[[str], None], longest_s: float) -> Result:
    """Lead a person through the test of a lost signal and record what came of it.

    Raises:
        WrongAddress, WrongProfile: the settings name no usable controller.
        OSError: the result cannot be recorded.
    """
    profile = profiles.load(settings.panel_profile)
    controller = make_controller(settings, profile)
    shown = Shown(controller, settings.data_dir, black_without_signal=profile.on_signal_loss == "black")
    places = [spec.place for spec in profile.cabinets[:1]]
    result = Pull(controller, shown, places, say, _a_second, longest_s).run()
    record(settings.data_dir, result, controller.name, datetime.now(UTC))
    return result


def take_usual_voltage(settings: Settings) -> tuple[Taken, bytes]:
    """Measure what the cards' voltage is when all is well; return it, and the profile's file with it in.

    Raises:
        WrongAddress, WrongProfile: the settings name no usable controller.
        NotTaken: not all is well; the text says which part to look at.
        OSError: the profile cannot be read.
    """
    if settings.panel_profile is None:
        raise WrongProfile("no profile is named: set BANGTIN_KIOSK_PANEL_PROFILE")
    profile = profiles.load(settings.panel_profile)
    taken = measure(make_controller(settings, profile), [spec.place for spec in profile.cabinets], _a_second)
    return taken, written(settings.panel_profile, taken)


def _a_second() -> float:
    time.sleep(1.0)
    return time.monotonic()


def make_controller(settings: Settings, profile: PanelProfile) -> Controller:
    """Return the driver that the settings name.

    Raises:
        WrongAddress: there is no usable address.
    """
    host, port = host_and_port(settings)
    if settings.controller == "coex":
        numbers = {spec.place: spec.number for spec in profile.cabinets if spec.number is not None}
        return Coex(f"http://{host}:{port}", numbers, profile.screens, float(profile.full_brightness))
    open_line: Callable[[], Line] = partial(TcpLine, host, port)
    if settings.controller == "colorlight":
        return Colorlight(open_line, Form(profile.colorlight_form), float(profile.full_brightness))
    if not port:
        open_line = partial(SerialLine, host, profile.baud)
    return NovaStar(
        open_line,
        signal=_SIGNALS[profile.signal_register],
        has_light_sensor=profile.light_sensor == "controller",
    )


def host_and_port(settings: Settings) -> tuple[str, int]:
    """Return where the controller is; a serial port's path has port 0.

    Raises:
        WrongAddress: with what would be right.
    """
    address = (settings.controller_address or "").strip()
    if address.startswith("/") and settings.controller == "novastar":
        return address, 0
    wrong = WrongAddress(f"{address!r} is no controller's address; one looks like 192.168.0.10:5200")
    try:
        parts = urlsplit(f"//{address}")
        port = parts.port or PORTS[settings.controller]
    except ValueError as error:
        raise wrong from error
    if not parts.hostname or parts.path or parts.username:
        raise wrong
    return parts.hostname, port
