"""What technicians ask a kiosk for: the panel's controller, the player, the display, the computer itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.events import Event
from kiosk_agent.health.checkup import Checkup
from kiosk_agent.panel.port import PanelController
from kiosk_agent.player.port import Player

Tell = Callable[[Event], object]


class Errands:
    """Does what was asked and answers each command with Obeyed. All calls come from the agent's thread."""

    def __init__(
        self,
        reboot_file: Path | None,
        checkup: Checkup,
        panel: PanelController,
        tell: Tell,
        player: Callable[[], Player | None],
    ) -> None:
        self._reboot_file = reboot_file
        self._checkup, self._panel, self._tell, self._player = checkup, panel, tell, player

    @property
    def known(self) -> Mapping[Any, Callable[[Any], None]]:
        """Each command and what does it."""
        return {
            do.ShowPicture: self._order_panel,
            do.LeaveController: self._order_panel,
            do.Reboot: self._reboot,
            do.AcceptDisplay: self._accept_display,
            do.RestartPlayer: self._restart_player,
        }

    def _order_panel(self, command: do.ShowPicture | do.LeaveController) -> None:
        def done(failure: str | None) -> None:
            self._tell(events.Obeyed(command.command_id, failure))

        self._panel.obey(command, done)

    def _reboot(self, command: do.Reboot) -> None:
        failure = None
        if self._reboot_file is None:
            failure = "this kiosk is not set up to restart its computer (BANGTIN_KIOSK_REBOOT_FILE)"
        else:
            try:
                self._reboot_file.touch()
            except OSError as error:
                failure = f"{self._reboot_file}: {error.strerror}"
        self._tell(events.Obeyed(command.command_id, failure))

    def _accept_display(self, command: do.AcceptDisplay) -> None:
        now, mono_s = datetime.now(UTC), time.monotonic()
        name = self._checkup.accept_display(now, mono_s)
        failure = None if name is not None else "nothing whose description can be read is connected to HDMI"
        self._tell(events.Obeyed(command.command_id, failure))
        self._tell(events.HealthRead(self._checkup.read(now, mono_s)))

    def _restart_player(self, command: do.RestartPlayer) -> None:
        player = self._player()
        if player is not None:
            player.renew()
        failure = None if player is not None else "no player runs; it is started as soon as there is something to play"
        self._tell(events.Obeyed(command.command_id, failure))
