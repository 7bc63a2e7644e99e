"""A port that takes sentences line by line, and the other end of it."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.led.script import NotUnderstood, obey
from simulator.led.serving import Bus

MOST_LINE = 200
TALK_S = 20


def answer(bus: Bus, sentence: str) -> str:
    """Do a sentence, or say why not."""
    try:
        return obey(bus, sentence)
    except NotUnderstood as error:
        return str(error)


@contextmanager
def control(bus: Bus, host: str, port: int) -> Iterator[int]:
    """Open a port that takes sentences and yield its number."""

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline(MOST_LINE):
                said = answer(bus, line.decode("utf-8", "replace"))
                self.wfile.write(said.encode() + b"\n\n")

    with socketserver.ThreadingTCPServer((host, port), Line) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def tell(port: int, sentence: str, host: str = "127.0.0.1") -> str:
    """Say a sentence at such a port and return the answer, which ends with an empty line.

    Raises:
        OSError: nobody listens there.
    """
    lines: list[str] = []
    with socket.create_connection((host, port), TALK_S) as line, line.makefile("rw", encoding="utf-8") as words:
        words.write(sentence.replace("\n", " ") + "\n")
        words.flush()
        while (said := words.readline().rstrip("\n")) != "":
            lines.append(said)
    return "\n".join(lines)
