"""Media children without the wait for their imports: forked from one warm process (ADR 11).

A nursery belongs to one server process and may be used by all its threads. Its warm process starts at the first
request, ends after minutes without one, and is started again when it is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO

from server.media.process import ChildFault, environment

_START_TRIES = 2


class _Gone(Exception):
    """The warm process ended before it forked."""


class Forked:
    """A child of the warm process, with the part of `subprocess.Popen` that its user needs."""

    def __init__(
        self, life: socket.socket, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes], parent: int
    ) -> None:
        self._life = life
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.parent = parent
        self.pid = 0
        self.returncode: int | None = None
        self.cpu_s = 0.0

    def born(self, deadline: float) -> None:
        """Wait until it lives.

        Raises:
            _Gone: the warm process ended instead.
        """
        heard = self._heard(deadline)
        if heard is None:
            raise ChildFault("The child process did not start in time.")
        self.pid = int(heard["pid"])

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended: its status, or the negative number of the signal that killed it.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        if self.returncode is None:
            deadline = None if timeout is None else time.monotonic() + timeout
            try:
                heard = self._heard(deadline)
            except _Gone:
                heard = {"status": -signal.SIGKILL}
            if heard is None:
                raise subprocess.TimeoutExpired("media child", timeout or 0)
            self.returncode, self.cpu_s = int(heard["status"]), float(heard.get("cpu_s", 0))
        return self.returncode

    def kill(self) -> None:
        """End it."""
        if self.returncode is None:
            with contextlib.suppress(OSError):
                self._life.send(b"kill")

    def close(self) -> None:
        """Let go of everything; a child that still runs is killed."""
        for pipe in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._life.close()

    def _heard(self, deadline: float | None) -> dict[str, float] | None:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([self._life], [], [], left)[0]:
            return None
        try:
            message = self._life.recv(256)
        except ConnectionError:
            message = b""
        if not message:
            raise _Gone
        heard: dict[str, float] = json.loads(message)
        return heard


class Nursery:
    """Starts the warm process when it is needed, and asks it for children."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._used = threading.Lock()
        self.cpu_s = 0.0
        """Processor seconds that all ended children used."""

    @contextlib.contextmanager
    def child(self, timeout_s: float) -> Iterator[Forked]:
        """Lend a fresh child that waits for its request; afterwards it is gone, whatever it was doing.

        Raises:
            ChildFault: none could be started.
        """
        forked = self._forked(time.monotonic() + timeout_s)
        try:
            yield forked
        finally:
            forked.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                forked.wait(10)
            forked.close()
            with self._used:
                self.cpu_s += forked.cpu_s

    def close(self) -> None:
        """End the warm process and with it all its children."""
        with self._lock:
            self._stop()

    def _forked(self, deadline: float) -> Forked:
        for _ in range(_START_TRIES):
            with self._lock:
                control, parent = self._running()
            try:
                forked = _asked(control, parent)
            except OSError:  # it ended since; the next try starts another
                self._drop(control)
                continue
            try:
                forked.born(deadline)
            except _Gone:
                forked.close()
                self._drop(control)
            except ChildFault:
                forked.close()
                raise
            else:
                return forked
        raise ChildFault("The process that starts media children ends at once; the server's log says why.")

    def _drop(self, control: socket.socket) -> None:
        """Forget a warm process that is gone, unless another has taken its place."""
        with self._lock:
            if self._control is control:
                self._stop()

    def _running(self) -> tuple[socket.socket, int]:
        if self._process is None or self._control is None or self._process.poll() is not None:
            self._stop()
            control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-s", "-m", "server.media.seed", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=environment(),
                    cwd="/",
                    pass_fds=(theirs.fileno(),),
                )
            self._control = control
        return self._control, self._process.pid

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _asked(control: socket.socket, parent: int) -> Forked:
    """Ask a warm process for a child.

    Raises:
        OSError: it is gone.
    """
    stdin_end, stdin = os.pipe()
    stdout, stdout_end = os.pipe()
    stderr, stderr_end = os.pipe()
    life, life_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pipes = os.fdopen(stdin, "wb", 0), os.fdopen(stdout, "rb", 0), os.fdopen(stderr, "rb", 0)
    forked = Forked(life, *pipes, parent)
    try:
        socket.send_fds(control, [b"fork"], [stdin_end, stdout_end, stderr_end, life_end.fileno()])
    except OSError:
        forked.close()
        raise
    finally:
        for end in (stdin_end, stdout_end, stderr_end):
            os.close(end)
        life_end.close()
    return forked
