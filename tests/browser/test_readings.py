"""A panel's readings as a technician looks at them on a phone: drawn, and as a table."""

from __future__ import annotations

import math
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from playlists.fault import CheckResult
from playlists.wire.messages import Health, Reading
from server.db import new_id, now
from server.faults.readings import service
from server.tables import Kiosk
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.stage import Stage


@pytest.fixture(scope="module", autouse=True)
def measured(stage: Stage) -> None:
    """Thirty days of temperatures and free memory, with a day of silence."""
    panel_id = UUID(next(iter(stage.panels.values())))
    with stage.database.write() as session:
        kiosk = session.exec(select(Kiosk).where(col(Kiosk.panel_id) == panel_id)).one()
        for hours in range(30 * 24, 0, -1):
            if 200 <= hours < 226:
                continue
            at = now() - timedelta(hours=hours)
            heat = round(52_000 + 9_000 * math.sin(hours / 24 * 2 * math.pi))
            said = (
                Reading(check="cpu_temperature", result=CheckResult.OK, value_milli=heat, unit="°C"),
                Reading(check="memory", result=CheckResult.OK, value_milli=71_000 - hours * 9, unit="%"),
            )
            service.note(session, kiosk, Health(id=new_id(), at=at, sid=1, seq=hours, readings=said), at)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_thirty_days_are_drawn_with_their_gap(stage: Stage, visit: Open, size: tuple[int, int]) -> None:
    panel_id = next(iter(stage.panels.values()))
    page = visit(stage, f"/panels/{panel_id}/service", size=size)
    page.get_by_role("link", name="Số đo").click()
    page.get_by_role("link", name="30 ngày").click()
    charts = page.locator("svg.chart")
    expect(charts).to_have_count(2)
    assert charts.first.locator("path.mean").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator(".reading summary").first.click()
    expect(page.locator(".reading tbody tr").first).to_be_visible()
    folder = os.environ.get("BANGTIN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"readings-{size[0]}.png")
