"""The LED controllers of the demo: one played controller a kiosk, with a profile, and a port that takes sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from simulator.demo.processes import Processes, free_port
from simulator.led.control import tell

ROWS, COLUMNS = 2, 4
MONITORED = {"fans": [{"fan": number, "nominal_rpm": 1500} for number in (1, 2, 3, 4)], "doors": [1], "smoke": True}
BREAKING = "smoke"


@dataclass(frozen=True)
class PlayedController:
    """Where a played controller is: the register bus, and the sentences that break and mend it."""

    port: int
    control: int

    def environment(self, profile: Path) -> dict[str, str]:
        """Return the settings of the kiosk behind it."""
        return {
            "BANGTIN_KIOSK_CONTROLLER": "novastar",
            "BANGTIN_KIOSK_CONTROLLER_ADDRESS": f"127.0.0.1:{self.port}",
            "BANGTIN_KIOSK_PANEL_PROFILE": str(profile),
        }

    def tell(self, sentence: str) -> str:
        """Say a sentence and return the answer."""
        return tell(self.control, sentence)


def play(processes: Processes, name: str) -> PlayedController:
    """Start a controller with a row of cards at each port."""
    made = PlayedController(free_port(), free_port())
    arguments = ["simulator.led", "--tcp", str(made.port), "--control", str(made.control)]
    arguments += ["--cards", *[str(COLUMNS)] * ROWS]
    processes.start(f"led-{name}", arguments, {})
    return made


def write_profile(path: Path) -> None:
    """Write the panel's profile: the cabinet map, and what is connected in the first cabinet."""
    cabinets = [
        {"port": row, "card": column, "row": row, "column": column}
        | ({"channels": MONITORED} if (row, column) == (1, 1) else {})
        for row in range(1, ROWS + 1)
        for column in range(1, COLUMNS + 1)
    ]
    path.write_text(json.dumps({"cabinets": cabinets, "usual_millivolts": 4300, "light_sensor": "controller"}))
