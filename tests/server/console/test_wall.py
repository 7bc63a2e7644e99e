"""A card on the wall shows the picture of what it names, never of the item before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from playlists.language import Language
from playlists.timeline import Layer
from playlists.wire.messages import OnScreen
from server.console.repository import Fleet
from server.console.texts import texts_of
from server.console.wall import card
from server.publishing.schemas import Receipt, WallPanel
from server.tables import Site

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
SITE = Site(id=UUID(int=2), slug="tra-linh", agency_id=UUID(int=3), name="Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh")
STARTED = NOW - timedelta(seconds=4)


def panel(captured: datetime | None) -> WallPanel:
    return WallPanel(
        panel_id=UUID(int=1),
        slug="tra-linh-1",
        name="Bảng cổng chính",
        site_id=SITE.id,
        site_name=SITE.name,
        agency_id=SITE.agency_id,
        agency_name="Sở",
        width=768,
        height=384,
        kiosk_id=UUID(int=9),
        enrolled=True,
        online=True,
        since_at=NOW,
        planned=None,
        on_screen=OnScreen(
            layer=Layer.DEFAULT, starts_at=STARTED, ends_at=NOW + timedelta(seconds=1), title="Xếp hàng"
        ),
        receipt=Receipt.SEEN,
        assigned_seq=1,
        installed_seq=1,
        open_faults=0,
        words={},
        expected_url="/expected.jpg",
        capture_url="/capture.jpg",
        capture_at=captured,
    )


@pytest.mark.parametrize(
    ("captured", "url"),
    [
        (None, "/expected.jpg"),
        (NOW - timedelta(seconds=1), "/capture.jpg"),
        (STARTED, "/capture.jpg"),
        (STARTED - timedelta(seconds=1), "/expected.jpg"),
    ],
)
def test_a_capture_of_the_item_before_gives_way_to_the_expected_picture(captured: datetime | None, url: str) -> None:
    fleet = Fleet(panels=[], sites={SITE.id: SITE})
    shown = card(texts_of(Language.VI), panel(captured), fleet, NOW)
    assert shown.picture is not None
    assert shown.picture.split("?")[0] == url
