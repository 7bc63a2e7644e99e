"""What can be broken at a demo's panel, and how it is repaired: the played hardware itself, never the server's data."""

from __future__ import annotations

import signal
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from os import kill
from pathlib import Path

from simulator.demo.cable import Cable
from simulator.demo.controllers import PlayedController
from simulator.device import tree

LOOK_S = 0.3
PLAYING = b"kiosk_agent.player.vlc_child"
VOLTAGE = "sys/class/hwmon/hwmon2/in0_lcrit_alarm"
BOOT = "proc/sys/kernel/random/boot_id"


class Breakage(StrEnum):
    """What a button breaks."""

    CARD = "card"
    FAN = "fan"
    VOLTAGE = "voltage"
    LINK = "link"
    PLAYER = "player"


class NotHere(RuntimeError):
    """It cannot be broken here; the text says why."""


def find_players(agent: int) -> list[int]:
    """Return the processes that an agent lets draw on the panel."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == agent and PLAYING in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@dataclass
class Hardware:
    """The hardware behind one panel. `agent` returns the process of its kiosk; `power_cycle` switches it off and on."""

    slug: str
    name: str
    controller: PlayedController
    device: Path
    """The folder that stands for the computer's `/`."""
    cables: tuple[Cable, ...]
    agent: Callable[[], int]
    power_cycle: Callable[[], None]
    broken: set[Breakage] = field(default_factory=set)
    _freezing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, what: Breakage) -> None:
        """Break it.

        Raises:
            NotHere: it cannot be broken here.
        """
        with self._lock:
            if what not in self.broken:
                self._spoil(what)
                self.broken.add(what)

    def mend(self, what: Breakage) -> None:
        """Repair it, as a technician would."""
        with self._lock:
            if what in self.broken:
                self._restore(what)
                self.broken.discard(what)

    def mend_all(self) -> None:
        """Repair everything."""
        for what in tuple(self.broken):
            self.mend(what)

    def _spoil(self, what: Breakage) -> None:
        match what:
            case Breakage.CARD:
                self.controller.tell("unplug card 2 of port 1")
            case Breakage.FAN:
                self.controller.tell("fan 3 stops")
            case Breakage.VOLTAGE:
                tree.write(self.device, VOLTAGE, "1\n")
            case Breakage.LINK:
                for cable in self.cables:
                    cable.cut()
            case Breakage.PLAYER:
                self._freeze()

    def _restore(self, what: Breakage) -> None:
        match what:
            case Breakage.CARD:
                self.controller.tell("plug card 2 of port 1")
            case Breakage.FAN:
                self.controller.tell("fan 3 turns")
            case Breakage.VOLTAGE:
                self._replace_supply()
            case Breakage.LINK:
                for cable in self.cables:
                    cable.mend()
            case Breakage.PLAYER:
                self._thaw()

    def _freeze(self) -> None:
        if not find_players(self.agent()):
            raise NotHere("This panel is drawn without VLC, so there is no player that could freeze.")
        self._freezing.set()
        threading.Thread(target=self._keep_frozen, name=f"freeze-{self.slug}", daemon=True).start()

    def _keep_frozen(self) -> None:
        """Stop each player that the agent starts, so that the fault lasts until it is repaired."""
        while self._freezing.is_set():
            self._signal(signal.SIGSTOP)
            threading.Event().wait(LOOK_S)

    def _thaw(self) -> None:
        self._freezing.clear()
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for child in find_players(self.agent()):
            with suppress(ProcessLookupError):
                kill(child, number)

    def _replace_supply(self) -> None:
        """Fit another power supply: the kiosk is off for a moment, and its kernel starts anew."""
        tree.write(self.device, VOLTAGE, "0\n")
        tree.write(self.device, BOOT, f"{uuid.uuid4()}\n")
        self.power_cycle()
