"""Kept readings: summed up by five minutes and by hours, given back, forgotten; their drawing; who may see them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from playlists.fault import CheckResult
from playlists.wire import messages, topics
from playlists.wire.messages import Health, Reading
from playlists.wire.topics import Up
from server.app import takers
from server.console import chart
from server.db import Database, now
from server.faults.readings import service
from server.faults.readings.service import COARSE_S, FINE_S, Point
from server.mqtt.inbox import Inbox
from server.mqtt.link import Heard
from server.tables import Agency, Kiosk, Panel, ReadingSpan, Site
from server.tables.accounts import Role
from tests.conftest import People

numbers = count(1)
TZ = ZoneInfo("Asia/Ho_Chi_Minh")
BEGIN = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


class Face:
    """A panel whose kiosk measures."""

    def __init__(self, database: Database, agency_id: UUID | None = None) -> None:
        mark = f"readings-{next(numbers)}-{uuid4().hex[:6]}"
        self.database, self.seq = database, 0
        self.inbox = Inbox(database, takers(), lambda _answer: None)
        with database.write() as session:
            if agency_id is None:
                agency = Agency(slug=mark, name="Sở")
                session.add(agency)
                session.flush()
                agency_id = agency.id
            site = Site(slug=mark, agency_id=agency_id, name="Cửa khẩu", time_zone="Asia/Ho_Chi_Minh")
            session.add(site)
            session.flush()
            panel = Panel(slug=mark, site_id=site.id, agency_id=agency_id, name="Cổng", width=64, height=32)
            session.add(panel)
            session.flush()
            kiosk = Kiosk(slug=mark, panel_id=panel.id, enrolled_at=BEGIN, token_sha256=mark)
            session.add(kiosk)
            session.flush()
            self.panel_id, self.kiosk_id = panel.id, kiosk.id

    def measure(self, at: datetime, *readings: Reading) -> None:
        self.seq += 1
        said = Health(id=uuid4(), at=at, sid=1, seq=self.seq, readings=readings)
        topic = topics.up(self.kiosk_id, Up.HEALTH)
        self.inbox.take([Heard(topic, messages.encode(said), retained=False, at=at)])

    def rows(self, grain_s: int) -> list[ReadingSpan]:
        with self.database.read() as session:
            wanted = ReadingSpan.kiosk_id == self.kiosk_id, ReadingSpan.grain_s == grain_s
            return sorted(session.exec(select(ReadingSpan).where(*wanted)), key=lambda row: row.begin_at)


def heat(celsius: float, result: CheckResult = CheckResult.OK) -> Reading:
    return Reading(check="cpu_temperature", result=result, value_milli=round(celsius * 1000), unit="°C")


def test_what_is_measured_is_summed_up_in_two_grains(database: Database) -> None:
    face = Face(database)
    for minute, celsius in ((0, 50), (4, 60), (6, 40), (61, 30)):
        face.measure(BEGIN + timedelta(minutes=minute), heat(celsius))
    face.measure(
        BEGIN + timedelta(minutes=62), Reading(check="cpu_temperature", result=CheckResult.UNKNOWN, detail="?")
    )
    part = Reading(check="panel_card", result=CheckResult.FAULT, value_milli=1, subject="port 1 card 2")
    face.measure(BEGIN + timedelta(minutes=63), part)
    fine, coarse = face.rows(FINE_S), face.rows(COARSE_S)
    assert [row.readings.get("cpu_temperature") for row in coarse] == [
        [40_000, 60_000, 150_000, 3, "°C"],
        [30_000, 30_000, 30_000, 1, "°C"],
    ]
    assert [row.readings["cpu_temperature"][:2] for row in fine] == [
        [50_000, 60_000],
        [40_000, 40_000],
        [30_000, 30_000],
    ]
    assert all(set(row.readings) == {"cpu_temperature"} for row in fine)


def test_so_many_names_at_most_and_no_old_word(database: Database) -> None:
    face = Face(database)
    many = [Reading(check=f"check_{number}", result=CheckResult.OK, value_milli=1) for number in range(90)]
    face.measure(BEGIN, *many)
    assert len(face.rows(COARSE_S)[0].readings) == service.MOST_NAMES
    face.seq = 0
    face.measure(BEGIN + timedelta(seconds=1), heat(99))
    assert "cpu_temperature" not in face.rows(COARSE_S)[0].readings


def test_it_is_given_back_by_its_grain_and_as_csv(database: Database, admin: httpx.Client) -> None:
    face = Face(database)
    for hour in range(60):
        face.measure(BEGIN + timedelta(hours=hour), heat(40 + hour % 7))
    path = f"/api/v1/panels/{face.panel_id}/readings"
    day = {"from": "2026-11-20T17:00:00Z", "to": "2026-11-21T17:00:00Z"}
    (found,) = admin.get(path, params=day).json()["items"]
    assert (found["name"], found["unit"], found["grain_s"], len(found["points"])) == ("cpu_temperature", "°C", 300, 24)
    week = day | {"to": "2026-11-27T17:00:00Z"}
    (found,) = admin.get(path, params=week).json()["items"]
    assert (found["grain_s"], len(found["points"]), found["points"][0]["mean_milli"]) == (3600, 60, 40_000)
    assert admin.get(path, params=week | {"name": "memory"}).json()["items"] == []
    text = admin.get(f"{path}.csv", params=day).content.decode("utf-8-sig")
    assert [row["most_milli"] for row in csv.DictReader(io.StringIO(text))][:2] == ["40000", "41000"]
    assert admin.get(path, params=day | {"to": "2027-06-01T00:00:00Z"}).status_code == 422


def test_what_is_old_is_forgotten(database: Database) -> None:
    face = Face(database)
    at = now()
    for days in (0, 2, 4, 89, 91):
        face.measure(at - timedelta(days=days), heat(40))
        face.seq += 1
    with database.write() as session:
        service.forget(session, at)
    assert (len(face.rows(FINE_S)), len(face.rows(COARSE_S))) == (2, 4)


def test_only_who_sees_the_panel_sees_them(database: Database, people: People) -> None:
    face = Face(database)
    stranger = people.person(Role.TECHNICIAN, people.agency().id).client
    asked = {"from": "2026-11-20T17:00:00Z", "to": "2026-11-21T17:00:00Z"}
    assert stranger.get(f"/api/v1/panels/{face.panel_id}/readings", params=asked).status_code == 404
    assert stranger.get(f"/panels/{face.panel_id}/readings").status_code == 404


@pytest.mark.parametrize("days", [1, 7, 30])
def test_the_page_draws_them_and_says_the_same_in_a_table(database: Database, people: People, days: int) -> None:
    agency = people.agency()
    face, at = Face(database, agency.id), now()
    client = people.person(Role.TECHNICIAN, agency.id).client
    assert "Không có số đo" in client.get(f"/panels/{face.panel_id}/readings").text
    for hours in range(20, 0, -1):
        face.measure(at - timedelta(hours=hours), heat(40 + hours / 2))
    page = client.get(f"/panels/{face.panel_id}/readings", params={"days": days}).text
    assert "Nhiệt độ" in page
    assert "40,5 °C" in page
    assert page.count('class="mean"') == (20 if days == 1 else 1)


@given(
    st.lists(
        st.tuples(st.integers(0, 287), st.integers(-(10**9), 10**9)), min_size=1, max_size=60, unique_by=lambda p: p[0]
    )
)
def test_every_point_is_drawn_within_the_frame_and_gaps_stay_gaps(places: list[tuple[int, int]]) -> None:
    points = [Point(BEGIN + timedelta(seconds=300 * at), v - 5, v, v + 5) for at, v in sorted(places)]
    end = BEGIN + timedelta(days=1)
    drawn = chart.draw(points, 300, BEGIN, end, TZ, ",")
    assert sum(map(len, chart.runs(points, timedelta(seconds=600)))) == len(points)
    assert len(drawn.lines) == len(drawn.bands) == len(chart.runs(points, timedelta(seconds=600)))
    for line in (*drawn.lines, *drawn.bands):
        for x, y in re.findall(r"(-?[\d.e+]+),(-?[\d.e+]+)", line):
            assert chart.LEFT - 1 <= float(x) <= chart.WIDTH - chart.RIGHT + 1
            assert chart.TOP - 1 <= float(y) <= chart.HEIGHT - chart.BOTTOM + 1
    assert 2 <= len(drawn.across) <= 7
    assert [tick.text for tick in drawn.down] == ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]


def test_steps_are_round_and_hold_the_values() -> None:
    for least, most in ((0, 1), (39.2, 61.7), (-3, -1), (5, 5), (0.0004, 0.0009), (1e6, 3e6)):
        low, high, step = chart.scale(least, most)
        assert low <= least <= most <= high
        assert 1 <= round((high - low) / step) <= 6
