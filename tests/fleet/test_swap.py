"""Another kiosk for a panel, for real: two agents by certificates; the old one is shut out, the new one plays."""

from __future__ import annotations

import time
from typing import Any

import pytest

from simulator.demo.api import wait_for
from tests.fleet.conftest import picture
from tests.fleet.test_certificates import SecureWorld, secure

__all__ = ["secure"]


@pytest.mark.timeout(400)
def test_the_old_kiosk_is_shut_out_and_the_new_one_plays(secure: SecureWorld) -> None:
    secure.init()
    secure.start_server()
    secure.login()
    secure.furnish()
    secure.enrol()
    secure.show("one", picture("navy"))
    secure.start_kiosk()
    secure.assigned(secure.publish())
    secure.seen()
    old_id = secure.kiosk_id

    swap = secure.api.post(f"/panels/{secure.panel_id}/swaps", {"kind": "kiosk"})
    made = secure.api.post(f"/swaps/{swap['id']}/device", {"slug": "kiosk-2"})
    assert secure.api.get(f"/panels/{secure.panel_id}")["kiosk_id"] == old_id
    secure.kiosk_id, secure.kiosk_folder = made["kiosk_id"], secure.folder / "kiosk-2"
    secure.enrol(code=made["code"])
    assert secure.api.get(f"/panels/{secure.panel_id}")["kiosk_id"] == made["kiosk_id"]
    secure.processes.start(
        "kiosk-2",
        ["kiosk_agent.cli", "run", "--data-dir", str(secure.kiosk_folder)],
        secure.kiosk_environment() | {"BANGTIN_KIOSK_PLAYER": "software", "BANGTIN_KIOSK_HEALTH_INTERVAL_S": "1"},
    )

    def confirmed() -> dict[str, Any] | None:
        steps = secure.api.get(f"/swaps/{swap['id']}")["steps"]
        return steps if all(one["state"] == "well" for one in steps) else None

    wait_for("the panel to confirm the swap", confirmed, timeout_s=120, between=secure.processes.check)
    deadline = time.monotonic() + 90
    log = secure.folder / "kiosk.log"
    while "leads to no other" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        secure.processes.check()
        time.sleep(0.5)
    done = secure.api.post(f"/swaps/{swap['id']}/done", {"old_serial": "RPI-1", "new_serial": "RPI-2"})
    assert done["state"] == "done"
    reasons = secure.api.get(f"/kiosks/{old_id}/certificates")
    assert [one["blocked_reason"] for one in reasons] in ([], ["replaced"])  # type: ignore[index]  # JSON
    assert secure.seen()["receipt"] == "seen"
