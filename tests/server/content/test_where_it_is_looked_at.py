"""Whoever saves a notice is told how it looks on every panel where it is planned, whoever owns the panel."""

from __future__ import annotations

from typing import Any

from server.db import Database
from server.tables import Panel, PanelQuota, Site
from tests.conftest import People
from tests.server.content.conftest import make_room


def test_findings_are_of_panels_of_others_where_the_notice_is_scheduled(people: People, database: Database) -> None:
    room = make_room(people, database)
    owner = people.agency()
    tail = owner.id.hex[-8:]
    with database.write() as session:
        site = Site(slug=f"s-{tail}", agency_id=owner.id, name="Thác", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        face: dict[str, Any] = {"width": 32, "height": 16, "pitch_um": 10_000, "viewing_distance_m": 60}
        panel = Panel(slug=f"p-{tail}", site_id=site.id, agency_id=owner.id, name="Bảng nhỏ", **face)
        session.add(panel)
        session.flush()
        session.add(PanelQuota(panel_id=panel.id, agency_id=room.agency.id, permille=300))
        panel_id, site_id = str(panel.id), str(site.id)
    notice = room.card("Chuẩn bị giấy tờ trước khi làm thủ tục")
    item = {"notice_id": notice["id"], "languages": ["vi"], "on_air_ms": 5000}
    playlist = room.author.ok("POST", "/playlists", {"name": "Của khách", "items": [item]})

    def panels() -> set[str]:
        found = room.author.ok("GET", f"/notices/{notice['id']}/check")
        return {one["panel"] for one in found["findings"] if one["panel"] is not None}

    assert panel_id not in panels()
    window = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
    entry = {"playlist_id": playlist["id"], "window": window}
    for targets in ({"panels": [panel_id]}, {"sites": [site_id]}):
        made = room.author.ok("POST", "/schedule/entries", entry | {"targets": targets})
        assert panel_id in panels()
        room.author.ok("DELETE", f"/schedule/entries/{made['id']}", rev=made["rev"])
        assert panel_id not in panels()
