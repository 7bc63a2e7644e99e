"""Availability: what plays, faults, power cuts and announced times come to, who sees it, and in which form."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from playlists.fault import CheckResult, FaultCode
from playlists.wire import messages, topics
from playlists.wire.messages import Health, Reading
from playlists.wire.topics import Up
from server.app import takers
from server.db import Database
from server.faults import power_cuts
from server.mqtt.inbox import Inbox
from server.mqtt.link import Heard
from server.reports.availability import repository
from server.reports.availability.repository import Asked
from server.reports.availability.spans import Span, common, merged, total, without
from server.reports.availability.sums import Denied, Evidence, Failure, Outage, outages, part, repairs
from server.tables import Agency, Alarm, ExpectedWindow, Fault, Kiosk, Panel, PlayRow, PowerCut, Site, WorkOrder
from server.tables import WorkOrderPart as Part
from server.tables.accounts import Role
from tests.conftest import People

numbers = count(1)
DAY = datetime(2026, 10, 5, 17, 0, tzinfo=UTC)
"""Midnight of 6 October in Việt Nam, a Tuesday."""
CUT = "power_cut 2026-10-06T07:02:00.000Z/2026-10-06T09:40:00.000Z"
HOURS = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "06:00", "end": "22:00"}]
PERIOD = {"from": "2026-10-05T17:00:00Z", "to": "2026-10-06T17:00:00Z"}
SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=12)


def points(spans: list[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


@given(SPANS, SPANS)
def test_spans_are_sets_of_moments(one: list[Span], two: list[Span]) -> None:
    assert points(merged(one)) == points(one)
    assert total(one) == len(points(one))
    assert points(common(one, two)) == points(one) & points(two)
    assert points(without(one, two)) == points(one) - points(two)
    for found in (merged(one), common(one, two), without(one, two)):
        assert all(start < end for start, end in found)
        assert all(before[1] < after[0] for before, after in pairwise(found))


@given(SPANS, SPANS, SPANS, SPANS, SPANS, st.integers(0, 200))
def test_the_parts_are_all_of_the_hours_and_a_period_may_be_split_anywhere(
    hours: list[Span], planned: list[Span], dark: list[Span], denied: list[Span], proven: list[Span], cut: int
) -> None:
    whole = Evidence((0, 200), hours, planned, dark, [Denied(one, "picture_black") for one in denied], proven)
    parts = part(whole)
    lists = (parts.planned, parts.unpowered, parts.wrong, parts.right, parts.unknown)
    assert sum(map(total, lists)) == total(common([(0, 200)], hours))
    assert points(parts.right) <= points(proven)
    assert not points(parts.right) & (points(denied) | points(dark) | points(planned))
    halves = [part(replace(whole, period=one)) for one in ((0, cut), (cut, 200))]
    for name in ("planned", "unpowered", "wrong", "right", "unknown"):
        assert sum(total(getattr(one, name)) for one in halves) == total(getattr(parts, name))
    if parts.at_least_permille is not None and parts.at_most_permille is not None:
        assert 0 <= parts.at_least_permille <= parts.at_most_permille <= 1000
    seen = {at for one in outages(whole) for at in range(*one.span)}
    assert seen == points(parts.unpowered) | points(parts.wrong)


def test_what_was_planned_is_no_outage_and_causes_stand_beside_each_other() -> None:
    evidence = Evidence((0, 100), [(10, 90)], [(20, 30)], [(25, 40)], [Denied((35, 95), "picture_black")], [(0, 100)])
    assert outages(evidence) == [Outage((30, 40), None), Outage((35, 90), "picture_black")]
    assert part(evidence).right == [(10, 20)]
    assert part(Evidence((0, 100), [])).at_least_permille is None


def test_repairs_are_means_and_say_nothing_of_nothing() -> None:
    hour = 3600 * 1_000_000
    assert repairs([], hour) == repairs([], 0)
    assert repairs([], hour).mtbf_s is None
    one = Failure("cabinet_fan", "port 1", DAY, DAY + timedelta(seconds=60), DAY + timedelta(seconds=120), None, 2)
    two = replace(one, gone_at=DAY + timedelta(seconds=600), acknowledged_at=None, raises=1)
    found = repairs([one, two], 4 * hour)
    assert (found.failures, found.mtbf_s, found.mtta_s, found.mttr_s) == (2, 7200, 60, 600)
    assert found.recurring == [("cabinet_fan", "port 1", 3)]


@dataclass
class Face:
    """A panel that is open from 6 to 22, with a kiosk since before the day."""

    database: Database
    agency_id: UUID
    site_id: UUID
    panel_id: UUID
    kiosk_id: UUID
    seq: int = 0

    def at(self, clock: str) -> datetime:
        hours, minutes = clock.split(":")
        return DAY + timedelta(hours=int(hours), minutes=int(minutes))

    def play(self, begin: str, end: str, *, seen: bool = True, seconds: int = 60) -> None:
        """Let items of so many seconds follow each other, half a second apart."""
        at, until = self.at(begin), self.at(end)
        with self.database.write() as session:
            while at < until:
                self.seq += 1
                over = min(at + timedelta(seconds=seconds - 0.5), until)
                session.add(
                    PlayRow(kiosk_id=self.kiosk_id, seq=self.seq, panel_id=self.panel_id, sha256="a" * 64,
                            language="vi", started_at=at, ended_at=over, seen=seen)
                )  # fmt: skip
                at += timedelta(seconds=seconds)

    def fault(self, code: FaultCode, begin: str, end: str | None) -> None:
        with self.database.write() as session:
            session.add(
                Fault(kiosk_id=self.kiosk_id, panel_id=self.panel_id, code=code, severity="critical", source="kiosk",
                      since_at=self.at(begin), cleared_at=self.at(end) if end else None)
            )  # fmt: skip

    def alarm(self, code: FaultCode, begin: str, end: str, **more: Any) -> None:
        fields: dict[str, Any] = {"severity": "critical", "phase": "normal", "is_raised": False, **more}
        with self.database.write() as session:
            session.add(
                Alarm(place_id=self.kiosk_id, site_id=self.site_id, kiosk_id=self.kiosk_id, panel_id=self.panel_id,
                      code=code, since_at=self.at(begin), active_at=self.at(begin) + timedelta(seconds=30),
                      acknowledged_at=self.at(begin) + timedelta(seconds=330), returned_at=self.at(end),
                      ended_at=self.at(end), **fields)
            )  # fmt: skip


def face(
    database: Database, *, training: bool = False, agency_id: UUID | None = None, name: str = "Cổng chính"
) -> Face:
    mark = f"availability-{next(numbers)}-{uuid4().hex[:6]}"
    with database.write() as session:
        if agency_id is None:
            agency = Agency(slug=mark, name="Sở")
            session.add(agency)
            session.flush()
            agency_id = agency.id
        site = Site(slug=mark, agency_id=agency_id, name="Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh", training=training)
        session.add(site)
        session.flush()
        panel = Panel(slug=mark, site_id=site.id, agency_id=agency_id, name=name, width=64, height=32,
                      operating_hours=HOURS)  # fmt: skip
        session.add(panel)
        session.flush()
        kiosk = Kiosk(slug=mark, panel_id=panel.id, enrolled_at=DAY - timedelta(days=9), token_sha256=uuid4().hex)
        session.add(kiosk)
        session.flush()
        return Face(database, agency_id, site.id, panel.id, kiosk.id)


def figures(client: httpx.Client, one: Face, **period: str) -> dict[str, Any]:
    answer = client.get("/api/v1/reports/availability", params=PERIOD | {"site_id": str(one.site_id)} | period)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["items"]
    return dict(found)


def test_a_day_is_parted_by_plays_faults_power_and_plans(database: Database, admin: httpx.Client) -> None:
    one = face(database)
    one.play("05:00", "12:00")
    one.play("12:00", "13:00", seen=False)
    one.play("14:00", "22:30")
    one.fault(FaultCode.PICTURE_BLACK, "08:00", "08:30")
    one.fault(FaultCode.CABINET_FAN, "09:00", "11:00")
    one.fault(FaultCode.MAINS_LOST, "15:00", "16:00")
    with database.write() as session:
        session.add(
            PowerCut(kiosk_id=one.kiosk_id, panel_id=one.panel_id, from_at=one.at("15:30"), to_at=one.at("17:00"))
        )
        user = session.connection().exec_driver_sql("SELECT id FROM user_account").first()
        assert user is not None
        session.add(ExpectedWindow(site_id=one.site_id, kind="work", from_at=one.at("20:00"), to_at=one.at("21:00"),
                                   reason="Thay mô-đun", made_by=UUID(str(user[0]))))  # fmt: skip
    found = figures(admin, one)
    hours = {name: int(str(found[name])) / 3600 for name in found if name.endswith("_s") and found[name] is not None}
    assert (hours["hours_s"], hours["planned_s"], hours["not_right_s"], hours["no_power_s"]) == (16, 1, 0.5, 2)
    assert hours["right_s"] == pytest.approx(6 - 0.5 + 8 - 2 - 1, abs=0.001)
    assert hours["unknown_s"] == pytest.approx(2, abs=0.001)
    assert (found["at_least_permille"], found["at_most_permille"]) == (699, 833)
    assert (found["power_cuts"], found["longest_power_cut_s"]) == (1, 7200)
    told = admin.get(f"/api/v1/reports/panels/{one.panel_id}/outages", params=PERIOD).json()["items"]
    assert [(item["code"], item["from_at"][11:16]) for item in told] == [("picture_black", "01:00"), (None, "08:00")]
    assert told[0]["names"]["vi"] == "Màn hình bị đen"


def test_failures_are_counted_when_they_needed_somebody(database: Database, admin: httpx.Client) -> None:
    one = face(database)
    one.alarm(FaultCode.PICTURE_BLACK, "08:00", "09:00", raises=3)
    one.alarm(FaultCode.CABINET_FAN, "10:00", "12:00", subject="port 1 card 1 fan 3")
    one.alarm(FaultCode.WIFI_WEAK, "10:00", "12:00", severity="warning")
    one.alarm(FaultCode.HDMI_DISCONNECTED, "10:00", "12:00", expected_until=one.at("13:00"))
    found = figures(admin, one)
    assert (found["failures"], found["mtta_s"], found["mttr_s"], found["mtbf_s"]) == (2, 300, 5400, 8 * 3600)
    assert [(again["code"], again["times"]) for again in found["recurring"]] == [("picture_black", 3)]


def test_only_service_counts_and_the_future_does_not(database: Database, admin: httpx.Client) -> None:
    one = face(database)
    with database.write() as session:
        session.get_one(Kiosk, one.kiosk_id).enrolled_at = one.at("14:00")
    found = figures(admin, one)
    assert (found["hours_s"], found["from_at"]) == (8 * 3600, "2026-10-06T07:00:00.000Z")
    with database.write() as session:
        session.get_one(Kiosk, one.kiosk_id).enrolled_at = None
    found = figures(admin, one)
    assert (found["hours_s"], found["from_at"], found["at_least_permille"]) == (None, None, None)
    found = figures(admin, one, **{"from": "2027-01-01T00:00:00Z", "to": "2027-02-01T00:00:00Z"})
    assert (found["hours_s"], found["unknown_s"]) == (None, 0)
    for wrong in ({"to": "2026-10-01T00:00:00Z"}, {"to": "2028-10-01T00:00:00Z"}):
        answer = admin.get("/api/v1/reports/availability", params=PERIOD | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-span")


def test_training_is_no_service_and_others_see_nothing(database: Database, people: People, admin: httpx.Client) -> None:
    trains = face(database, training=True)
    asked = PERIOD | {"site_id": str(trains.site_id)}
    assert admin.get("/api/v1/reports/availability", params=asked).json()["items"] == []
    assert admin.get(f"/api/v1/reports/panels/{trains.panel_id}/outages", params=PERIOD).status_code == 404
    assert admin.get(f"/reports/panels/{trains.panel_id}").status_code == 404
    real = face(database)
    stranger = people.person(Role.TECHNICIAN, people.agency().id).client
    asked = PERIOD | {"site_id": str(real.site_id)}
    assert stranger.get("/api/v1/reports/availability", params=asked).json()["items"] == []
    assert stranger.get(f"/api/v1/reports/panels/{real.panel_id}/outages", params=PERIOD).status_code == 404


def test_plays_that_follow_each_other_are_joined_in_the_database(database: Database) -> None:
    one = face(database)
    one.play("06:00", "07:00", seconds=10)
    one.play("06:30", "06:40", seconds=30)
    one.play("09:00", "09:05")
    with database.read() as session:
        found = repository.proven(session, one.panel_id, Asked(DAY, DAY + timedelta(days=1)))
    assert [round((end - start) / 60e6) for start, end in found] == [60, 5]


def test_exports_hold_the_same_and_no_formula(database: Database, admin: httpx.Client) -> None:
    one = face(database, name="=SUM(A1:A9)")
    with database.write() as session:
        user = session.connection().exec_driver_sql("SELECT id FROM user_account").first()
        assert user is not None
        order = WorkOrder(number=900 + next(numbers), site_id=one.site_id, panel_id=one.panel_id, title="Thay quạt",
                          state="closed", made_by=UUID(str(user[0])))  # fmt: skip
        session.add(order)
        session.flush()
        session.add(Part(work_order_id=order.id, name="Quạt 120 mm", new_serial="F-1", at=one.at("10:00")))
    asked = PERIOD | {"site_id": str(one.site_id)}
    text = admin.get("/api/v1/reports/availability.csv", params=asked).content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["panel"], line["hours_s"], line["unknown_s"], line["parts_used"]) == (
        "'=SUM(A1:A9)",
        "57600",
        "57600",
        "1",
    )
    answer = admin.get("/api/v1/reports/availability.xlsx", params=asked)
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][1] == "=SUM(A1:A9)"
    assert sheet["B2"].data_type == "s"
    (used,) = admin.get("/api/v1/reports/availability", params=asked).json()["parts"]
    assert (used["name"], used["new_serial"], used["order_number"]) == ("Quạt 120 mm", "F-1", order.number)


def test_a_power_cut_is_kept_once_as_the_kiosk_says_it(database: Database) -> None:
    one = face(database)
    inbox = Inbox(database, takers(), lambda _answer: None)
    for seq in (1, 2):
        said = Health(id=uuid4(), at=one.at("13:00"), sid=5, seq=seq, readings=(
            Reading(check="boot", result=CheckResult.OK, detail=CUT),
        ))  # fmt: skip
        topic = topics.up(one.kiosk_id, Up.HEALTH)
        inbox.take([Heard(topic, messages.encode(said), retained=False, at=one.at("17:00"))])
    with database.read() as session:
        asked = Asked(DAY, DAY + timedelta(days=1))
        ((start, end),) = repository.power_cuts(session, one.panel_id, asked)
    assert (end - start) / 60e6 == 158


@pytest.mark.parametrize(
    "detail",
    ["first", "power_cut", "power_cut x/y", "power_cut 2026-10-06T09:00:00.000Z/2026-10-06T08:00:00.000Z",
     "power_cut 2020-10-06T09:00:00.000Z/2026-10-06T08:00:00.000Z",
     "power_cut 2026-10-06T09:00:00.000Z/2026-10-07T08:00:00.000Z"],
)  # fmt: skip
def test_a_power_cut_that_cannot_be_is_none(detail: str) -> None:
    assert power_cuts.read(detail, datetime(2026, 10, 6, 12, 0, tzinfo=UTC)) is None


@given(st.text(max_size=100))
def test_no_words_of_a_kiosk_break_the_reading_of_power_cuts(text: str) -> None:
    at = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)
    assert power_cuts.read(f"power_cut {text}", at) is None or "/" in text


def test_pages_say_it_in_words_and_print_in_vietnamese(database: Database, people: People) -> None:
    agency = people.agency()
    one = face(database, agency_id=agency.id, name="Cổng phía bắc")
    one.play("05:00", "12:00")
    one.fault(FaultCode.PICTURE_BLACK, "08:00", "08:30")
    client = people.person(Role.TECHNICIAN, agency.id).client
    page = client.get("/reports", params={"month": "2026-10"}).text
    assert "Hoạt động của các bảng, 10/2026" in page
    assert "Cổng phía bắc" in page
    assert client.get("/reports", params={"month": "2026-10", "site": str(one.site_id)}).status_code == 200
    told = client.get(f"/reports/panels/{one.panel_id}", params={"month": "2026-10"}).text
    assert "06/10/2026 08:00" in told
    assert "Màn hình bị đen" in told
    printed = client.get("/reports/print", params={"month": "2026-10"}).text
    assert "Báo cáo hoạt động của các bảng tháng 10/2026" in printed
    for wrong, status in (("2099-01", 422), ("2026-13", 404), ("x", 404)):
        assert client.get("/reports", params={"month": wrong}).status_code == status
    nobody = people.person(Role.TECHNICIAN, people.agency().id).client
    assert "Không có bảng nào để báo cáo" in nobody.get("/reports").text
