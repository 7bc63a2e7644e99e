"""What a media child does before it touches outside bytes, and how it talks with its parent.

The child limits its own memory, processor time, file size and open files, dies with its parent, and gives up the
network and the right to start programs. The limits must hold; network and program start are given up where the
kernel allows (namespaces may be forbidden by a container, the filter knows x86-64 and arm64 only). No import here may
start a thread: a user namespace can be entered by a single-threaded process only.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

_AUDIT_ARCH_AND_CALLS = {
    # socket, connect, ptrace, execve, execveat, io_uring_setup
    "x86_64": (0xC000003E, (41, 42, 101, 59, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 117, 221, 281, 425)),
}


class Confinement(BaseModel):
    """The ceilings of one child: bytes of address space, processor seconds, bytes of a written file; and its nice."""

    model_config = ConfigDict(frozen=True)

    memory_bytes: int
    cpu_s: int
    file_bytes: int
    nice: int = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """Which of the optional walls stand."""

    no_network: bool
    no_programs: bool


def confine(limits: Confinement, parent: int) -> Kept:
    """Put this process under its ceilings; call it first, before PIL or av is imported.

    Raises:
        OSError: a ceiling cannot be set.
        SystemExit: the parent died before this process could bind its life to it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit("The parent process is gone.")
    os.nice(limits.nice)
    for what, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (ceiling, ceiling))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing past the ceiling becomes EFBIG
    no_network = _leave_network(libc)
    filtered = _forbid_calls(libc)
    return Kept(no_network=no_network or filtered, no_programs=filtered)


def _leave_network(libc: ctypes.CDLL) -> bool:
    """Move into an empty network; the own user stays the only one that exists there."""
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True


def _forbid_calls(libc: ctypes.CDLL) -> bool:
    """Answer EPERM to every call that opens a connection or starts a program (seccomp, classic BPF)."""
    known = _AUDIT_ARCH_AND_CALLS.get(platform.machine())
    if known is None or sys.maxsize < 2**32:
        return False
    arch, calls = known
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, deny = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EPERM
    rows = [(load, 0, 0, 4), (equal, 1, 0, arch), (answer, 0, 0, deny), (load, 0, 0, 0)]
    rows.append((at_least, len(calls) + 1, 0, 0x40000000))  # the x32 numbers are other doors to the same calls
    rows += [(equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    rows += [(answer, 0, 0, allow), (answer, 0, 0, deny)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    program = struct.pack("HxxxxxxQ", len(rows), ctypes.addressof(code))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    held = ctypes.create_string_buffer(program)
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(held), 0, 0) == 0)


def heard() -> bytes:
    """Return the request that the parent wrote."""
    return sys.stdin.buffer.read()


def say(**what: object) -> None:
    """Tell the parent one line."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Progress:
    """Reports growing thousandths to the parent, each at most once."""

    def __init__(self) -> None:
        self._last = -1

    def __call__(self, permille: int) -> None:
        """Say how far the work is, 0 to 1000."""
        permille = max(0, min(1000, permille))
        if permille > self._last:
            self._last = permille
            say(permille=permille)
