"""The cabinets on a technician's phone: which one is broken, by a sign and in words."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from playlists.fault import CheckResult, FaultCode
from playlists.wire.messages import Health, Reading
from server.db import new_id, now
from server.tables import Alarm, Kiosk, KioskStatus, Panel
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.stage import Stage


@pytest.fixture(scope="module", autouse=True)
def broken(stage: Stage) -> None:
    """A panel of two rows and four columns, of which one card is silent and one door open."""
    panel_id = UUID(next(iter(stage.panels.values())))
    readings = (Reading(check="panel_map", result=CheckResult.OK, detail="1 1 1 1 0 1 4;2 1 2 4 0 -1 4"),)
    with stage.database.write() as session:
        kiosk = session.exec(select(Kiosk).where(col(Kiosk.panel_id) == panel_id)).one()
        said = Health(id=new_id(), at=now(), sid=1, seq=1, readings=readings)
        session.get_one(KioskStatus, kiosk.id).health = said.model_dump(mode="json")
        site_id = session.get_one(Panel, panel_id).site_id
        for code, subject, severity in (
            (FaultCode.PANEL_CARD_OFFLINE, "port 1 card 2", "major"),
            (FaultCode.CABINET_DOOR, "port 2 card 1 door 1", "warning"),
        ):
            session.add(
                Alarm(place_id=kiosk.id, site_id=site_id, kiosk_id=kiosk.id, panel_id=panel_id, code=code,
                      subject=subject, severity=severity, phase="unacknowledged", since_at=now(), active_at=now(),
                      settled_at=now())
            )  # fmt: skip


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_broken_cabinet_is_marked_and_named(stage: Stage, visit: Open, size: tuple[int, int]) -> None:
    panel_id = next(iter(stage.panels.values()))
    page = visit(stage, f"/panels/{panel_id}/service", size=size)
    grid = page.locator("svg.cabinets")
    expect(grid).to_have_attribute("aria-label", "8 tủ, 2 tủ có sự cố")
    assert grid.locator("g.bad").count() == 1
    expect(page.locator("#cabinets").get_by_text("hàng 2, cột 4: cổng 2, card 1", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    folder = os.environ.get("BANGTIN_PICTURES")
    if folder:
        page.locator("#cabinets").screenshot(path=Path(folder) / f"cabinets-{size[0]}.png")
