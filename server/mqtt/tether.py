"""Run a program that must not outlive its starter: `python tether.py PROGRAM ARGUMENT…`.

It ends the program when standard input closes, also when the starter was killed, and hands SIGHUP on.
Only the standard library is used, because this file is run by itself.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> int:
    """Run a command until it ends or standard input closes; return its exit status."""
    # preexec_fn is unsafe among threads; there is one here, and it only calls prctl
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: PLW1509
    signal.signal(signal.SIGHUP, lambda *_: child.send_signal(signal.SIGHUP))
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_input, args=(child,), daemon=True).start()
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    return child.wait()


def _end_with_input(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 4096):
        pass
    child.terminate()


def _die_with_parent() -> None:
    # the tether has one thread when it starts its program, and that thread lives as long as the tether
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
