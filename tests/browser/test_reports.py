"""The month of the panels as an official reads it: bars with words, on a desk and on a phone."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from playlists.fault import FaultCode
from server.db import now
from server.tables import Fault, Kiosk, PlayRow, PowerCut
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.stage import Stage


@pytest.fixture(scope="module", autouse=True)
def month(stage: Stage) -> None:
    """Some hours of plays, a black picture, and a power cut at the first panel."""
    at = now() - timedelta(hours=9)
    panel_id = UUID(next(iter(stage.panels.values())))
    with stage.database.write() as session:
        kiosk = session.exec(select(Kiosk).where(col(Kiosk.panel_id) == panel_id)).one()
        kiosk.enrolled_at = at
        for number in range(60):
            begun = at + timedelta(minutes=6 * number)
            session.add(
                PlayRow(kiosk_id=kiosk.id, seq=70_000 + number, panel_id=panel_id, sha256="a" * 64, language="vi",
                        started_at=begun, ended_at=begun + timedelta(minutes=6), seen=True)
            )  # fmt: skip
        for first, last in ((60, 75), (200, 260)):
            session.add(
                Fault(kiosk_id=kiosk.id, panel_id=panel_id, code=FaultCode.PICTURE_BLACK, severity="critical",
                      source="kiosk", since_at=at + timedelta(minutes=first), cleared_at=at + timedelta(minutes=last))
            )  # fmt: skip
        cut = at + timedelta(minutes=400)
        session.add(PowerCut(kiosk_id=kiosk.id, panel_id=panel_id, from_at=cut, to_at=cut + timedelta(minutes=45)))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_bars_say_their_parts_and_lead_to_the_outages(stage: Stage, visit: Open, size: tuple[int, int]) -> None:
    page = visit(stage, "/reports", size=size)
    bar = page.locator(".share-bar").first
    expect(bar).to_be_visible()
    assert "Mất điện: 45 phút" in (bar.get_attribute("aria-label") or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    folder = os.environ.get("BANGTIN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"reports-{size[0]}.png", full_page=True)
    page.locator(".report h3 a").first.click()
    expect(page.get_by_role("heading", name="Những lúc không đúng")).to_be_visible()
    expect(page.get_by_text("Màn hình bị đen").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if folder:
        page.screenshot(path=Path(folder) / f"report-panel-{size[0]}.png", full_page=True)


def test_the_printed_month_fits_its_page(stage: Stage, visit: Open) -> None:
    page = visit(stage, "/reports/print", size=(794, 1123))
    expect(page.get_by_role("heading", name="Báo cáo hoạt động")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    folder = os.environ.get("BANGTIN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / "reports-print.png", full_page=True)
