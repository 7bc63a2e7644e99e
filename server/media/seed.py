"""The warm process behind `server.media.nursery`: imports once what drawing needs, and forks a child for each request.

It reads no outside bytes; its children confine themselves before they do. It must stay single-threaded, so that a child
may enter a user namespace. It ends with the server that started it, or when nothing was asked for a while; its children
end with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass

IDLE_S = 300.0
MOST_FDS = 4096


@dataclass(frozen=True, slots=True)
class _Born:
    """A running child: its process, and the socket on which its parent hears of it and may ask for its end."""

    pid: int
    pidfd: int
    life: socket.socket


class Seed:
    """Forks children on request and tells how they ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, None)
        self._born: dict[int, _Born] = {}

    def run(self) -> None:
        """Serve until the server is gone or idle for long."""
        while True:
            ready = self._selector.select(IDLE_S)
            if not ready and not self._born:
                return
            for key, _ in ready:
                if key.data is None:
                    if not self._ask():
                        return
                elif key.fd == key.data.pidfd:
                    self._ended(key.data)
                else:
                    self._told(key.data)

    def _ask(self) -> bool:
        """Fork a child for one request; False when nobody can ask any more."""
        message, fds, _, _ = socket.recv_fds(self._control, 16, 4)
        if not message:
            return False
        if len(fds) != 4:
            for fd in fds:
                os.close(fd)
            return True
        pid = os.fork()
        if pid == 0:
            _live(fds)
        for fd in fds[:3]:
            os.close(fd)
        born = _Born(pid, os.pidfd_open(pid), socket.socket(fileno=fds[3]))
        self._born[pid] = born
        self._selector.register(born.pidfd, selectors.EVENT_READ, born)
        self._selector.register(born.life, selectors.EVENT_READ, born)
        _say(born.life, pid=pid)
        return True

    def _told(self, born: _Born) -> None:
        """End it, since its parent says so or is gone; it is not reaped yet, so the id is its own."""
        os.kill(born.pid, signal.SIGKILL)
        if not born.life.recv(16):
            self._selector.unregister(born.life)

    def _ended(self, born: _Born) -> None:
        _, status, used = os.wait4(born.pid, 0)
        _say(born.life, status=os.waitstatus_to_exitcode(status), cpu_s=used.ru_utime + used.ru_stime)
        self._selector.unregister(born.pidfd)
        with contextlib.suppress(KeyError):
            self._selector.unregister(born.life)
        os.close(born.pidfd)
        born.life.close()
        del self._born[born.pid]


def _say(life: socket.socket, **what: object) -> None:
    with contextlib.suppress(OSError):  # the parent may be gone, and the child then is not missed
        life.send(json.dumps(what).encode())


def _live(fds: list[int]) -> None:
    """Become the child: its pipes in place of ours, nothing else open; never returns."""
    status = 1
    try:
        for target, fd in enumerate(fds[:3]):
            os.dup2(fd, target)
        os.closerange(3, MOST_FDS)
        from server.media.render_child import main as work

        work()
        sys.stdout.flush()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is ends this process, and its parent reads why
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def warm() -> None:
    """Import what children need, and draw a card, so that faces and tables are read already."""
    from playlists.card import Card, Look, Template, Words
    from playlists.language import Language
    from server.media import albums, check, render_child
    from server.media.cards.compose import compose

    del albums, check, render_child
    for language, word in ((Language.VI, "Ẩn"), (Language.EN, "On"), (Language.ZH, "开")):
        look = Look(template=Template.HEADLINE_BODY)
        compose(Card(look=look, words={language: Words(title=word, body=word)}), 64, 32, {})


def main() -> None:
    """Serve on the socket whose number is the first argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    warm()
    Seed(control).run()


if __name__ == "__main__":
    main()
