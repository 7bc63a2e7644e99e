"""A site with a panel, and a feed that alerts are sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from server.db import Database, now
from server.tables import Panel, Site
from server.tables.accounts import Role
from tests.conftest import People
from tests.playlists.cap.making import cap, infos

numbers = count(1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SENDER = "duty@example.vn"


def moment(**later: float) -> str:
    """A time from now as CAP writes it."""
    return (now() + timedelta(**later)).astimezone(HANOI).isoformat(timespec="seconds")


def around(lon: float) -> str:
    """An area around a place on the latitude of the falls."""
    west, east = lon - 0.02, lon + 0.02
    corners = f"22.84,{west:.3f} 22.87,{west:.3f} 22.87,{east:.3f} 22.84,{east:.3f} 22.84,{west:.3f}"
    return f"<areaDesc>Bản Giốc</areaDesc><polygon>{corners}</polygon>"


@dataclass
class Falls:
    """Somebody on duty at the falls, an administrator, and a feed with its token."""

    duty: httpx.Client
    admin: httpx.Client
    stranger: httpx.Client
    panel_id: UUID
    site_id: UUID
    lon: int
    feed_id: str
    token: str

    def alert(self, body: str | None = None, **parts: str | None) -> bytes:
        """An alert that was sent just now, holds here and ends in six hours, in three languages."""
        if body is None:
            body = infos(expires=moment(hours=6), area=around(self.lon))
        plain: dict[str, Any] = {"identifier": f"vn.example.{next(numbers)}", "sent": moment(seconds=-5)}
        return cap(body, **(plain | parts))

    def send(self, content: bytes, token: str | None = None) -> httpx.Response:
        """Send an alert in."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/cap+xml"}
        return self.stranger.post("/api/v1/alerts", content=content, headers=headers)

    def change(self, **asked: Any) -> None:
        """Change the feed."""
        answer = self.admin.patch(f"/api/v1/alert-feeds/{self.feed_id}", json=asked)
        assert answer.status_code == 200, answer.text

    def inbox(self, **asked: Any) -> list[dict[str, Any]]:
        """What the person on duty sees."""
        answer = self.duty.get("/api/v1/alerts", params=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def row(self, alert_id: str) -> dict[str, Any]:
        """One alert."""
        answer = self.duty.get(f"/api/v1/alerts/{alert_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def make_falls(people: People, database: Database, agency_id: UUID | None = None) -> Falls:
    """Make a site of an agency of its own, with one panel and one feed; each lies at another longitude."""
    agency_id = agency_id or people.agency().id
    number = next(numbers)
    lon = number % 170
    with database.write() as session:
        site = Site(
            slug=f"falls-{number}",
            agency_id=agency_id,
            name="Thác Bản Giốc",
            time_zone="Asia/Ho_Chi_Minh",
            latitude_microdegrees=22_854_000,
            longitude_microdegrees=lon * 1_000_000,
        )
        session.add(site)
        session.flush()
        panel = Panel(slug=f"falls-p{number}", site_id=site.id, agency_id=agency_id, name="Bến", width=64, height=32)
        session.add(panel)
        session.flush()
    admin = people.person(Role.ADMINISTRATOR).client
    new = {"name": f"Đài {number}", "kind": "pushed", "senders": [SENDER]}
    made = admin.post("/api/v1/alert-feeds", json=new)
    assert made.status_code == 201, made.text
    duty = people.person(Role.DUTY_OFFICER, agency_id).client
    return Falls(duty, admin, people.stranger(), panel.id, site.id, lon, made.json()["id"], made.json()["token"])
