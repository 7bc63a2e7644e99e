"""Programs that are asked now and then, in a thread of their own: a slow one keeps nothing else waiting."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)
COMMANDS = (
    "vcgencmd get_throttled",
    "vcgencmd measure_temp pmic",
    "vcgencmd pmic_read_adc BATT_V",
    "mmcli -m any -K",
)
EVERY_S = 30.0
PATIENCE_S = 3.0
FRESH_S = 180.0
MOST_BYTES = 1 << 16


def answer_path(root: Path, command: str) -> Path:
    """Return where a tree that stands for `/` keeps what a program answered."""
    return root / "answers" / command.replace(" ", "_")


def recorded(root: Path) -> Callable[[str], str | None]:
    """Return the answers of a tree that stands for `/`."""

    def answer(command: str) -> str | None:
        try:
            with answer_path(root, command).open("rb") as file:
                return file.read(MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            return None

    return answer


class Programs:
    """Asks each command in turn. A program that is not installed is not asked again."""

    def __init__(self, commands: tuple[str, ...] = COMMANDS, every_s: float = EVERY_S) -> None:
        self._commands, self._every_s = commands, every_s
        self._answers: dict[str, tuple[float, str]] = {}
        self._absent: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health-programs", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Stop asking; a program that runs is waited for."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(2 * PATIENCE_S)

    def answer(self, command: str) -> str | None:
        """Return a command's newest answer, or None when there is none from the last three minutes."""
        at, said = self._answers.get(command, (0.0, None))
        return said if said is not None and time.monotonic() - at < FRESH_S else None

    def ask_all(self) -> None:
        """Ask every command once."""
        for command in self._commands:
            if command in self._absent or self._over.is_set():
                continue
            said = self._ask(command)
            if said is not None:
                self._answers[command] = (time.monotonic(), said)

    def _ask(self, command: str) -> str | None:
        try:
            done = subprocess.run(
                command.split(), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False
            )
        except FileNotFoundError:
            self._absent.add(command)
            return None
        except (OSError, subprocess.TimeoutExpired) as error:
            log.info("%s: %s", command, error)
            return None
        return done.stdout[:MOST_BYTES].decode("utf-8", "replace") if done.returncode == 0 else None

    def _run(self) -> None:
        while not self._over.is_set():
            self.ask_all()
            self._over.wait(self._every_s)
