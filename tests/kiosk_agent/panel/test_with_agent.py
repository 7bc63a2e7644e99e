"""The whole agent with a simulated controller: a fault reaches the broker and a command reaches the cards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from kiosk_agent.agent import Agent
from kiosk_agent.cli import main
from kiosk_agent.panel.caretaker import Caretaker
from kiosk_agent.panel.line import Line
from kiosk_agent.panel.novastar import NovaStar
from kiosk_agent.settings import Settings
from kiosk_agent.store import credential
from playlists.fault import FaultCode, Severity
from playlists.wire import topics
from playlists.wire.messages import (
    Command,
    CommandName,
    FaultLine,
    Faults,
    Health,
    PanelPicture,
    Reply,
    ReplyWord,
    encode,
)
from playlists.wire.topics import Down, Up
from simulator.led.script import obey
from simulator.led.serving import Bus
from tests.kiosk_agent.fake_server import CODE, FakeServer
from tests.kiosk_agent.making import KIOSK
from tests.kiosk_agent.panel.looking import PROFILE
from tests.kiosk_agent.test_agent import Stage
from tests.kiosk_agent.test_mqtt import Observer, free_port, mosquitto, wait_for


@pytest.fixture
def stage(tmp_path: Path, server: FakeServer, tcp: Callable[[], Line]) -> Iterator[Stage]:
    port = free_port()
    with mosquitto(tmp_path, port):
        server.mqtt = {"host": "127.0.0.1", "port": port, "password": "x"}
        folder = tmp_path / "k"
        assert main(["enrol", "--server", server.url, "--code", CODE.lower(), "--data-dir", str(folder)]) == 0
        observer = Observer(port)
        made = Stage(folder, server, observer)
        caretaker = Caretaker(NovaStar(tcp), PROFILE, folder, round_s=0.1).start()
        settings = Settings(data_dir=folder, health_interval_s=1)
        agent = Agent(settings, credential.load(folder), lambda: made.player, caretaker)
        thread = threading.Thread(target=agent.run)
        thread.start()
        yield made
        agent.stop()
        thread.join(20)
        observer.close()
        assert not thread.is_alive()


def lines(stage: Stage) -> list[FaultLine]:
    said = stage.said(Up.FAULTS, Faults)
    return [line for line in said[-1].active if line.code.startswith("cabinet_")] if said else []


def test_smoke_reaches_the_server_and_a_test_picture_the_cards(stage: Stage, bus: Bus) -> None:
    def is_read() -> bool:
        health = stage.said(Up.HEALTH, Health)
        return bool(health) and any(
            one.check == "panel_card" and one.value_milli == 8000 for one in health[-1].readings
        )

    wait_for(is_read)
    obey(bus, "smoke")
    wait_for(lambda: lines(stage))
    (line,) = lines(stage)
    assert (line.code, line.subject, line.severity) == (FaultCode.CABINET_SMOKE, "port 1 card 1", Severity.CRITICAL)
    now = datetime.now(UTC)
    asked = Command(
        id=UUID(int=9),
        at=now,
        name=CommandName.SHOW_PICTURE,
        picture=PanelPicture.RED,
        seconds=600,
        expires_at=now + timedelta(seconds=60),
    )
    stage.observer.client.publish(topics.down(KIOSK, Down.COMMAND), encode(asked), 1)
    wait_for(lambda: [one.state for one in stage.said(Up.REPLY, Reply)] == [ReplyWord.ACCEPTED, ReplyWord.DONE])
    assert bus.controller.wall.ports[1][3].pattern == 2
