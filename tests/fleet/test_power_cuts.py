"""Kill -9 of server, broker or agent at any point of the way from upload to panel: it goes on by itself."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from simulator.demo.api import wait_for
from tests.fleet.conftest import World, picture

pytestmark = pytest.mark.timeout(300)


def broker_processes(world: World) -> list[psutil.Process]:
    """Return the broker's processes below the server's."""
    server = psutil.Process(world.processes.running["server"].pid)
    children = server.children(recursive=True)
    return [child for child in children if any(word in " ".join(child.cmdline()) for word in ("mosquitto", "iotcore"))]


def test_nothing_uploaded_is_lost_when_the_server_is_killed_while_it_renders(world: World) -> None:
    world.init()
    world.start_server()
    world.login()
    world.furnish()
    world.show("Trước", picture("navy"), picture("darkgreen", 1), picture("maroon", 2))
    publication = world.publish()
    world.processes.kill("server")
    world.start_server()
    world.assigned(publication)
    world.enrol()
    world.start_kiosk()
    now = world.seen()
    assert now["installed_seq"] == 1
    assert len(world.api.get("/media")["items"]) == 3


def test_a_kiosk_killed_while_it_downloads_goes_on_and_plays(world: World) -> None:
    world.init()
    world.start_server()
    world.login()
    world.furnish()
    world.enrol()
    world.start_kiosk()
    world.show("Một", picture("navy"), picture("teal", 1))
    world.assigned(world.publish())
    for pause_s in (0.05, 0.2, 0.5):
        time.sleep(pause_s)
        world.processes.kill("kiosk")
        world.start_kiosk()
    world.seen(1)
    world.show("Hai", picture("purple", 3))
    world.assigned(world.publish())
    world.processes.kill("kiosk")
    world.start_kiosk()
    world.seen(2)


def test_a_killed_broker_and_a_killed_server_delay_a_picture_and_never_lose_it(world: World) -> None:
    world.init()
    world.start_server()
    world.login()
    world.furnish()
    world.enrol()
    world.start_kiosk()
    world.show("Một", picture("navy"))
    world.assigned(world.publish())
    world.seen(1)
    brokers = broker_processes(world)
    assert brokers
    for process in brokers:
        os.kill(process.pid, signal.SIGKILL)
    world.show("Hai", picture("darkred", 1))
    world.assigned(world.publish())
    world.seen(2)
    world.processes.kill("server")
    world.start_server()
    world.show("Ba", picture("darkcyan", 2))
    world.assigned(world.publish())
    now = world.seen(3)
    assert now["online"] is True


def test_a_kiosk_without_power_is_offline_and_then_back(world: World) -> None:
    world.init()
    world.start_server()
    world.login()
    world.furnish()
    world.enrol()
    world.start_kiosk()
    world.show("Một", picture("navy"))
    world.assigned(world.publish())
    world.seen(1)
    world.processes.kill("kiosk")

    def fault(*, is_open: bool) -> bool | None:
        items = world.api.get(f"/faults?panel_id={world.panel_id}")["items"]
        found = [item for item in items if item["code"] == "kiosk_offline"]
        return True if found and (found[0]["cleared_at"] is None) is is_open else None

    wait_for("the offline fault", lambda: fault(is_open=True), timeout_s=60, between=world.processes.check)
    assert world.api.get(f"/panels/{world.panel_id}/now")["online"] is False
    world.start_kiosk()
    wait_for("the fault to clear", lambda: fault(is_open=False), timeout_s=60, between=world.processes.check)
    world.seen(1)
