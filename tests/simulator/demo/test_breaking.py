from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import pytest

from kiosk_agent.health import under_voltage
from playlists.fault import CheckResult
from simulator.demo.breakage import Breakage, Hardware, NotHere, find_players
from simulator.demo.cable import Cable
from simulator.demo.controllers import PlayedController
from simulator.demo.page import LANGUAGES, TEXTS, page
from simulator.device import tree

WAIT_S = 30


def until(look: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not look():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


class Told:
    """Stands for the played controller: keeps the sentences."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def tell(self, sentence: str) -> str:
        self.sentences.append(sentence)
        return "done"


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says everything back."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    end, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=say_back, args=(end,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])


def say_back(end: socket.socket) -> None:
    with end:
        while piece := end.recv(1000):
            end.sendall(piece)


def hardware(device: Path, cables: tuple[Cable, ...] = (), agent: int = 0) -> tuple[Hardware, Told, list[str]]:
    told, cycles = Told(), list[str]()
    made = Hardware(
        "p-1", "Bảng <1>", cast("PlayedController", told), device, cables, lambda: agent, lambda: cycles.append("off")
    )
    return made, told, cycles


def test_a_cut_cable_is_silent_and_a_mended_one_takes_new_connections(echo: int) -> None:
    with Cable("127.0.0.1", echo) as cable, socket.create_connection(("127.0.0.1", cable.port)) as old:
        old.sendall(b"one")
        assert old.recv(10) == b"one"
        cable.cut()
        old.sendall(b"two")
        old.settimeout(0.5)
        with pytest.raises(TimeoutError):
            old.recv(10)
        with socket.create_connection(("127.0.0.1", cable.port)) as during:
            during.sendall(b"three")
            during.settimeout(0.5)
            with pytest.raises(TimeoutError):
                during.recv(10)
            cable.mend()
        with socket.create_connection(("127.0.0.1", cable.port)) as new:
            new.sendall(b"four")
            assert new.recv(10) == b"four"
        old.settimeout(WAIT_S)
        assert old.recv(10) == b""


def test_each_breakage_is_repaired_by_its_own_repair(tmp_path: Path, echo: int) -> None:
    with Cable("127.0.0.1", echo) as cable:
        one, told, cycles = hardware(tree.record(tmp_path), (cable,))
        for what in (Breakage.CARD, Breakage.FAN, Breakage.VOLTAGE, Breakage.LINK):
            one.do(what)
            one.do(what)
        assert told.sentences == ["unplug card 2 of port 1", "fan 3 stops"]
        assert under_voltage.check(tmp_path).result is CheckResult.FAULT
        boot = under_voltage.boot_id(tmp_path)
        assert not cable.is_whole
        one.mend_all()
        assert one.broken == set()
        assert told.sentences[2:] == ["plug card 2 of port 1", "fan 3 turns"] or set(told.sentences[2:]) == {
            "plug card 2 of port 1",
            "fan 3 turns",
        }
        assert under_voltage.check(tmp_path, seen_in_boot=boot).result is CheckResult.OK
        assert cycles == ["off"]
        assert cable.is_whole


def test_a_player_stays_frozen_until_it_is_repaired_also_when_it_is_started_anew(tmp_path: Path) -> None:
    one, _, _ = hardware(tmp_path, agent=os.getpid())
    with pytest.raises(NotHere):
        one.do(Breakage.PLAYER)
    assert one.broken == set()
    with player() as first:
        until(lambda: find_players(os.getpid()) == [first.pid])
        one.do(Breakage.PLAYER)
        until(lambda: is_stopped(first.pid))
        first.kill()
        first.wait(WAIT_S)
        with player() as second:
            until(lambda: is_stopped(second.pid))
            one.mend(Breakage.PLAYER)
            until(lambda: not is_stopped(second.pid))
            second.send_signal(signal.SIGTERM)


def player() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "kiosk_agent.player.vlc_child"])


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_the_page_speaks_every_language_and_escapes_names(tmp_path: Path) -> None:
    assert all(set(text) == set(LANGUAGES) for text in TEXTS.values())
    one, _, _ = hardware(tmp_path)
    with page({"p-1": one}, {"p-1": "id-1"}, "http://console") as address:
        for language in LANGUAGES:
            shown = urllib.request.urlopen(f"{address}?lang={language}").read().decode()
            assert TEXTS["title"][language] in shown
            assert "Bảng &lt;1&gt;" in shown
            assert "http://console/panels/id-1/service" in shown


def post(address: str, content: dict[str, str] | bytes, origin: str | None) -> tuple[int, str]:
    body = content if isinstance(content, bytes) else urlencode(content).encode()
    asked = urllib.request.Request(address, body, {} if origin is None else {"Origin": origin})
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_only_the_page_itself_presses_its_buttons(tmp_path: Path) -> None:
    one, told, _ = hardware(tmp_path)
    with page({"p-1": one}, {}, "http://console") as address:
        own, fan = address.rstrip("/"), {"panel": "p-1", "what": "fan", "do": "break"}
        assert post(address, fan, None)[0] == 403
        assert post(address, fan, "http://elsewhere.example")[0] == 403
        assert post(address, fan | {"what": "database"}, own)[0] == 404
        assert post(address, fan | {"panel": "p-2"}, own)[0] == 404
        assert post(address, b"x" * 2000, own)[0] == 413
        assert post(address, b"\xff\x00", own)[0] == 404
        assert told.sentences == []
        assert post(address, fan, own)[0] == 200
        assert told.sentences == ["fan 3 stops"]
        status, shown = post(address, fan | {"what": "player"}, own)
        assert status == 409
        assert "VLC" in shown
