"""Child processes of the demo: started in their own group, their output kept in files, stopped without leftovers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

STOP_S = 15


class DemoFailed(Exception):
    """The demo cannot go on; the message says what failed and what to look at."""


@dataclass
class Processes:
    """Every program the demo runs. `logs` is the folder that keeps what they print."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self, name: str, arguments: list[str], environment: dict[str, str], *, timeout_s: float = 120) -> bytes:
        """Run a program to its end and return what it printed on standard output.

        Raises:
            DemoFailed: it did not end well; the message carries its last words.
        """
        done = subprocess.run(
            _command(arguments), env=os.environ | environment, capture_output=True, timeout=timeout_s, check=False
        )
        (self.logs / f"{name}.log").write_bytes(done.stdout + done.stderr)
        if done.returncode:
            raise DemoFailed(f"{name} ended with status {done.returncode}: {_last_words(done.stderr or done.stdout)}")
        return done.stdout

    def start(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        """Start a program that runs until `stop`; what it prints goes to `NAME.log`."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                _command(arguments),
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Make sure that everything that was started still runs.

        Raises:
            DemoFailed: a program has ended by itself.
        """
        for name, process in self.running.items():
            if process.poll() is not None:
                log = self.logs / f"{name}.log"
                raise DemoFailed(f"{name} stopped with status {process.returncode}: {_last_words(log.read_bytes())}")

    def kill(self, name: str) -> None:
        """Kill a program and all that it started, at once, as a power cut would."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_S)

    def stop(self) -> None:
        """Ask every program to stop, in the reverse order of starting; what does not listen is killed."""
        for name, process in reversed(self.running.items()):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    sys.stderr.write(f"{name} did not stop within {STOP_S} s and is killed\n")
            _kill_group(process)
        self.running.clear()


def free_port() -> int:
    """Return a TCP port that is free on the loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether a TCP port is free on the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + STOP_S
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)


def _last_words(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return " / ".join(lines[-3:]) or "it said nothing"
