"""One round of all checks, with what must be remembered between rounds: the canary's turn, heat, latches."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk_agent.core.finding import Finding
from kiosk_agent.health import (
    battery_clock,
    clock,
    disk,
    fan,
    file_system,
    hdmi,
    memory,
    temperature,
    throttling,
    under_voltage,
    versions,
    wear,
)
from kiosk_agent.health.ambient_light import AmbientLight
from kiosk_agent.health.boot import Boot, note_stop
from kiosk_agent.health.ethernet import Ethernet
from kiosk_agent.health.look import Answers, Kept, Look, nothing
from kiosk_agent.health.mobile import Mobile
from kiosk_agent.health.pmic import PowerCircuit
from kiosk_agent.health.wifi import Wifi
from playlists.fault import CheckResult

log = logging.getLogger(__name__)
CANARY_EVERY_S = 900.0
SERVER_WORD_LASTS_S = 2 * 3600.0
CONFIRM_EVERY_S = 3600.0
JUMP_S = 5.0
SEEN_FILE = "under_voltage_boot"
CONFIRMED_FILE = "clock_confirmed"
KEPT_FILE = "health.json"


class Checkup:
    """The checks of one kiosk. `root` is `/`, or a tree that stands for it."""

    def __init__(
        self,
        root: Path,
        data_dir: Path,
        kernel_synchronised: Callable[[], bool | None] = clock.kernel_synchronised,
        answers: Answers = nothing,
    ) -> None:
        self._root, self._data_dir = root, data_dir
        self._kernel_synchronised = kernel_synchronised
        self._hot = False
        self._canary_at_s: float | None = None
        self._canary_failed = False
        self._server_word: tuple[float, float] | None = None
        self._confirmed_at_s: float | None = None
        self._last: tuple[datetime, float] | None = None
        self._seen_in_boot = self._read_seen()
        self._answers, self._kept = answers, Kept(data_dir / KEPT_FILE)
        self._boot, self._light, self._circuit = Boot(), AmbientLight(), PowerCircuit()
        self._ethernet, self._wifi, self._mobile = Ethernet(), Wifi(), Mobile()

    def heard_server(self, ahead_s: float, mono_s: float) -> None:
        """Remember how far our clock was ahead of the server's."""
        self._server_word = (ahead_s, mono_s)

    def read(self, wall: datetime, mono_s: float) -> tuple[Finding, ...]:
        """Run every check once."""
        heat = temperature.check(self._root, hot=self._hot)
        self._hot = heat.result is CheckResult.FAULT
        look, time = self._look(wall, mono_s), self._clock(wall, mono_s)
        boot = self._boot.check(look, clock_is_known=time.result is CheckResult.OK)
        computer = (heat, self._circuit.check(look), fan.check(look), throttling.check(look), self._voltage(),
                    memory.check(self._root))  # fmt: skip
        storage = (disk.check_space(self._data_dir), self._writable(mono_s), *file_system.check(look), wear.check(look))
        nets = (*self._ethernet.check(look), self._wifi.check(look), *self._mobile.check(look))
        clocks = (time, battery_clock.check(look), *boot)
        rest = (*clocks, *hdmi.check(look), self._light.check(look), versions.check(look))
        return (*computer, *storage, *nets, *rest)

    def stopping(self, wall: datetime, mono_s: float) -> None:
        """Note that the agent was told to stop."""
        note_stop(self._look(wall, mono_s))

    def accept_display(self, wall: datetime, mono_s: float) -> str | None:
        """Take what is connected to HDMI now as right; return its name, or None when it cannot be read."""
        return hdmi.accept(self._look(wall, mono_s))

    def _look(self, wall: datetime, mono_s: float) -> Look:
        return Look(self._root, wall, mono_s, self._kept, self._answers)

    def _voltage(self) -> Finding:
        found = under_voltage.check(self._root, seen_in_boot=self._seen_in_boot)
        boot = under_voltage.boot_id(self._root)
        if found.result is CheckResult.FAULT and boot and self._seen_in_boot != boot:
            self._seen_in_boot = boot
            self._try_write(lambda: (self._data_dir / SEEN_FILE).write_text(boot))
        return found

    def _writable(self, mono_s: float) -> Finding:
        due = self._canary_at_s is None or mono_s - self._canary_at_s >= CANARY_EVERY_S
        canary = due or self._canary_failed
        found = disk.check_writable(self._root, self._data_dir, canary=canary)
        if canary:
            self._canary_at_s = mono_s
            self._canary_failed = found.result is CheckResult.FAULT
        return found

    def _clock(self, wall: datetime, mono_s: float) -> Finding:
        self._mind_jump(wall, mono_s)
        word = self._server_word
        fresh = word is not None and mono_s - word[1] < SERVER_WORD_LASTS_S
        kernel = self._kernel_synchronised()
        path = self._data_dir / CONFIRMED_FILE
        found = clock.check(
            self._root,
            wall,
            kernel_synchronised=kernel,
            ahead_of_server_s=word[0] if word is not None and fresh else None,
            confirmed_at=clock.remembered(path),
        )
        told = kernel or (word is not None and fresh)
        stale = self._confirmed_at_s is None or mono_s - self._confirmed_at_s >= CONFIRM_EVERY_S
        if found.result is CheckResult.OK and told and stale:
            self._confirmed_at_s = mono_s
            self._try_write(lambda: clock.remember(path, wall))
        return found

    def _mind_jump(self, wall: datetime, mono_s: float) -> None:
        """Forget what the server said of a clock that has jumped since."""
        last, self._last = self._last, (wall, mono_s)
        if last is not None and abs((wall - last[0]).total_seconds() - (mono_s - last[1])) > JUMP_S:
            self._server_word = None

    def _read_seen(self) -> str | None:
        try:
            return (self._data_dir / SEEN_FILE).read_text(encoding="ascii")[:64].strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def _try_write(self, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            log.warning("a health mark cannot be written: %s", error)
