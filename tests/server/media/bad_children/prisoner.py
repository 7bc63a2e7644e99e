"""A media child that tries every door."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable

from server.media.child import Request
from server.media.sandbox import confine, heard, say


def connect() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=5)


def start() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def fill_memory() -> None:
    bytearray(1 << 30)


def fill_disk() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(bytes(200_000))
        file.flush()


def outcome(door: Callable[[], None]) -> str:
    try:
        door()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "open"


request = Request.model_validate_json(heard())
confine(request.confinement, request.parent)
say(
    connection=outcome(connect),
    program=outcome(start),
    memory=outcome(fill_memory),
    large_file=outcome(fill_disk),
    home=os.environ.get("HOME"),
    token=os.environ.get("BANGTIN_MQTT_PASSWORD_FILE"),
)
