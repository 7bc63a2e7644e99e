"""Alarms on the server: delays, causes, a whole site, planned times, what people do; and equal to a replay, always."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from playlists.alarm.judge import Phase, judge
from playlists.alarm.rule import rule_of
from playlists.fault import CATALOGUE, FaultCode
from playlists.wire.messages import FaultLine
from server.db import Database, now
from server.edge import Slice
from server.faults import service as faults
from server.faults.alarms import repository, standing
from server.faults.sweeper import Sweeper
from server.tables import Agency, Alarm, ExpectedWindow, Kiosk, Panel, Site, User
from server.tables.accounts import Role
from tests.conftest import People

numbers = count(1)
C = FaultCode
LONG_AGO = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """A site with kiosks behind panels, all in use."""

    agency_id: UUID
    site_id: UUID
    kiosk_ids: tuple[UUID, ...]
    panel_ids: tuple[UUID, ...]


def place(database: Database, kiosks: int = 1, agency_id: UUID | None = None) -> Place:
    mark = f"{next(numbers)}-{uuid4().hex[:8]}"
    with database.write() as session:
        if agency_id is None:
            agency = Agency(slug=f"a-{mark}", name="Sở")
            session.add(agency)
            session.flush()
            agency_id = agency.id
        site = Site(slug=f"s-{mark}", agency_id=agency_id, name="Cửa khẩu", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        ids: list[tuple[UUID, UUID]] = []
        for number in range(kiosks):
            slug = f"p{number}-{mark}"
            panel = Panel(slug=slug, site_id=site.id, agency_id=agency_id, name=f"Bảng {number}", width=64, height=32)
            session.add(panel)
            session.flush()
            kiosk = Kiosk(slug=f"k{slug}", panel_id=panel.id, enrolled_at=now(), token_sha256=uuid4().hex)
            session.add(kiosk)
            session.flush()
            ids.append((kiosk.id, panel.id))
        return Place(agency_id, site.id, tuple(one for one, _ in ids), tuple(one for _, one in ids))


@dataclass
class Book:
    """What is told to the server at chosen times, and what stands then."""

    database: Database
    where: Place
    begin: datetime

    def at(self, second: float) -> datetime:
        return self.begin + timedelta(seconds=second)

    def say(self, second: float, *codes: tuple[FaultCode, str], kiosk: int = 0) -> None:
        """Let a kiosk say its whole active set, then look."""
        lines = [
            FaultLine(code=code, subject=subject, severity=CATALOGUE[code].severity, since_at=self.at(second))
            for code, subject in codes
        ]
        with self.database.write() as session:
            row = session.get_one(Kiosk, self.where.kiosk_ids[kiosk])
            faults.apply_snapshot(session, row, lines, self.at(second))
        self.look(second)

    def drop(self, second: float, *kiosks: int) -> None:
        with self.database.write() as session:
            for kiosk in kiosks:
                row = session.get_one(Kiosk, self.where.kiosk_ids[kiosk])
                faults.raise_offline(session, row, self.at(second), "the connection broke", self.at(second))
        self.look(second)

    def back(self, second: float, *kiosks: int) -> None:
        with self.database.write() as session:
            for kiosk in kiosks:
                faults.clear_offline(session, self.where.kiosk_ids[kiosk], self.at(second))
        self.look(second)

    def look(self, second: float) -> None:
        with self.database.write() as session:
            standing.sweep(session, self.at(second) - LONG_AGO, self.at(second))

    def rows(self) -> list[Alarm]:
        with self.database.read() as session:
            return list(session.exec(select(Alarm).where(Alarm.site_id == self.where.site_id).order_by(col(Alarm.id))))

    def told(self, second: float) -> list[tuple[str, str]]:
        """Return codes and parts that people are told of."""
        sought = repository.Sought(repository.View.NOW, self.at(second), site_id=self.where.site_id)
        with self.database.read() as session:
            return sorted((row.code, row.subject) for row in repository.alarms(session, sought, Slice(None, 500)))


@pytest.fixture
def book(database: Database) -> Book:
    return Book(database, place(database), now())


def test_an_alarm_is_told_after_its_delay_and_with_its_words(book: Book) -> None:
    book.say(0, (C.CABINET_FAN, "port 1 card 1"))
    assert book.told(59) == []
    book.look(60)
    assert book.told(60) == [(C.CABINET_FAN, "port 1 card 1")]
    (row,) = book.rows()
    assert (row.phase, row.since_at, row.active_at) == (Phase.UNACKNOWLEDGED, book.at(0), book.at(60))


def test_a_dark_picture_matters_only_while_the_panel_should_be_lit(book: Book) -> None:
    zone_hours = timedelta(hours=7)
    opens = (book.begin + zone_hours + timedelta(hours=2)).replace(minute=0)
    with book.database.write() as session:
        panel = session.get_one(Panel, book.where.panel_ids[0])
        start, end = (f"{at:%H}:00" for at in (opens, opens + timedelta(hours=5)))
        panel.operating_hours = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": start, "end": end}]
    book.say(0, (C.PICTURE_BLACK, ""), (C.PLAYER_CRASH_LOOP, ""))
    assert (C.PICTURE_BLACK, "") not in book.told(1)
    (row,) = [one for one in book.rows() if one.code == C.PICTURE_BLACK]
    assert row.expected_until is not None
    assert (row.expected_until + zone_hours).strftime("%H:%M") == start
    book.say(10, (C.PICTURE_BLACK, ""))
    second = (row.expected_until - book.begin).total_seconds()
    book.look(second + 1)
    assert (C.PICTURE_BLACK, "") in book.told(second + 1)


def test_what_is_gone_before_the_delay_tells_nobody(book: Book) -> None:
    book.say(0, (C.CABINET_FAN, ""))
    book.say(30)
    book.look(500)
    assert book.told(500) == []
    assert [row.phase for row in book.rows()] == [Phase.NORMAL]


def test_a_fault_that_comes_and_goes_is_one_alarm(book: Book) -> None:
    for second in range(0, 400, 40):
        book.say(second, (C.PLAYER_STALLED, ""))
        book.say(second + 20)
    rows = book.rows()
    assert len(rows) == 1
    assert rows[0].is_chattering
    book.look(1000)
    assert book.rows()[0].phase == Phase.RETURNED


def test_a_cause_is_told_once_and_what_outlives_it_comes_forward(book: Book) -> None:
    cards = [(C.PANEL_CARD_OFFLINE, f"port 1 card {number}") for number in range(1, 4)]
    book.say(0, *cards, (C.PANEL_PORT_DOWN, "port 1"))
    book.look(40)
    assert book.told(40) == [(C.PANEL_PORT_DOWN, "port 1")]
    book.say(100, *cards[:1])
    book.look(120)
    assert book.told(120) == [(C.PANEL_PORT_DOWN, "port 1")]  # returned, nobody has looked yet
    book.look(300)
    assert cards[0] in book.told(300)


def test_a_whole_site_is_one_alarm(database: Database) -> None:
    book = Book(database, place(database, kiosks=5), now())
    for number in range(5):
        book.drop(number * 4, number)
    for second in range(20, 80):
        book.look(second)
        assert not [one for one in book.told(second) if one[0] == C.KIOSK_OFFLINE]
    assert book.told(79) == [(C.SITE_OFFLINE, "")]
    book.back(100, *range(5))
    book.look(200)
    assert book.told(200) == [(C.SITE_OFFLINE, "")]
    assert {row.phase for row in book.rows()} <= {Phase.RETURNED, Phase.NORMAL}


def test_one_kiosk_of_several_is_told_by_itself(database: Database) -> None:
    book = Book(database, place(database, kiosks=3), now())
    book.drop(0, 1)
    book.look(31)
    assert book.told(31) == [(C.KIOSK_OFFLINE, "")]


def test_a_site_that_drops_ten_times_in_two_minutes_is_one_alarm(database: Database) -> None:
    book = Book(database, place(database, kiosks=20), now())
    for second in range(0, 120, 12):
        book.drop(second, *range(20))
        book.back(second + 6, *range(20))
    assert book.told(120) == [(C.SITE_OFFLINE, "")]
    assert len([row for row in book.rows() if row.code == C.SITE_OFFLINE]) == 1
    book.look(600)
    assert [row.is_raised for row in book.rows()] == [False] * len(book.rows())


def test_an_expected_time_hides_and_ends(book: Book) -> None:
    with book.database.write() as session:
        user = User(username=uuid4().hex, display_name="A", password_hash="-", role=Role.ADMINISTRATOR)
        session.add(user)
        session.flush()
        session.add(
            ExpectedWindow(
                site_id=book.where.site_id,
                kind="power_cut",
                reason="Điện lực báo cắt điện",
                from_at=book.at(-60),
                to_at=book.at(3600),
                made_by=user.id,
            )
        )
    book.say(0, (C.CONTROLLER_OFFLINE, ""), (C.CABINET_SMOKE, ""))
    book.look(31)
    assert book.told(31) == [(C.CABINET_SMOKE, "")]
    book.look(3700)
    assert (C.CONTROLLER_OFFLINE, "") in book.told(3700)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_kept_equals_a_replay_of_the_log(database: Database, data: st.DataObject) -> None:
    book = Book(database, place(database, kiosks=2), now() - timedelta(hours=2))
    codes = [(C.CABINET_FAN, "a"), (C.PLAYER_STALLED, ""), (C.CONTROLLER_OFFLINE, "")]
    second = 0
    for _ in range(data.draw(st.integers(1, 12))):
        second += data.draw(st.integers(1, 120))
        what = data.draw(st.sampled_from(["say", "drop", "back", "look"]))
        kiosk = data.draw(st.integers(0, 1))
        if what == "say":
            book.say(second, *data.draw(st.lists(st.sampled_from(codes), unique=True)), kiosk=kiosk)
        elif what == "drop":
            book.drop(second, kiosk)
        elif what == "back":
            book.back(second, kiosk)
        else:
            book.look(second)
    book.look(second)
    with database.read() as session:
        for row in book.rows():
            found = judge(repository.log(session, row.id), rule_of(row.code), book.at(second))
            kept = (row.phase, row.is_raised, row.active_at, row.acknowledged_at, row.returned_at, row.ended_at)
            said = (found.phase, found.is_raised, found.active_at, found.acknowledged_at, found.returned_at)
            assert kept == (*said, found.ended_at)
            assert row.cause_id is None or session.get_one(Alarm, row.cause_id).cause_id is None


def test_nothing_is_lost_when_no_server_ran(book: Book) -> None:
    """A sweeper that begins later finds what became due in between."""
    book.say(0, (C.CABINET_FAN, ""))
    late = Sweeper(book.database, 45, lambda: False, lambda: book.at(5000))
    late.look()
    assert book.told(5000) == [(C.CABINET_FAN, "")]


class TestPeople:
    """What people do about an alarm, over HTTP."""

    def test_planned_work_is_announced_and_ended(self, told: UUID, technician: httpx.Client, book: Book) -> None:
        """An alarm that stands is hidden by work that is announced, and seen again when the work ends."""
        asked = {
            "site_id": str(book.where.site_id),
            "panel_id": str(book.where.panel_ids[0]),
            "kind": "work",
            "from_at": now().isoformat(),
            "to_at": (now() + timedelta(hours=1)).isoformat(),
            "reason": "Thay quạt",
        }
        made = technician.post("/api/v1/expected-windows", json=asked)
        assert made.status_code == 201, made.text
        assert technician.get(f"/api/v1/alarms/{told}").json()["state"] == "hidden"
        assert technician.get("/api/v1/expected-windows").json()["items"][0]["reason"] == "Thay quạt"
        assert technician.delete(f"/api/v1/expected-windows/{made.json()['id']}").status_code == 204
        assert technician.get(f"/api/v1/alarms/{told}").json()["state"] == "new"
        over = asked | {"from_at": "2020-01-01T00:00:00Z", "to_at": "2020-01-01T01:00:00Z"}
        assert technician.post("/api/v1/expected-windows", json=over).json()["code"] == "window-over"
        backwards = asked | {"to_at": asked["from_at"]}
        assert technician.post("/api/v1/expected-windows", json=backwards).status_code == 422

    @pytest.fixture
    def told(self, book: Book) -> UUID:
        book.begin = now() - timedelta(minutes=5)
        book.say(0, (C.CABINET_FAN, "port 1 card 1"))
        book.look(61)
        return book.rows()[0].id

    @pytest.fixture
    def technician(self, book: Book, people: People) -> httpx.Client:
        return people.person(Role.TECHNICIAN, book.where.agency_id).client

    def test_acknowledge_then_work_then_done(self, told: UUID, technician: httpx.Client, book: Book) -> None:
        listed = technician.get("/api/v1/alarms").json()["items"]
        assert [(one["id"], one["state"]) for one in listed if one["id"] == str(told)] == [(str(told), "new")]
        assert listed[0]["names"]["vi"]
        done = technician.post(f"/api/v1/alarms/{told}/acknowledge", json={"note": "Tôi đi ngay"})
        assert done.json()["state"] == "taken"
        again = technician.post(f"/api/v1/alarms/{told}/acknowledge", json={})
        assert (again.status_code, again.json()["code"]) == (409, "alarm-acknowledged")
        assert technician.post(f"/api/v1/alarms/{told}/start", json={}).json()["state"] == "in_repair"
        book.say(310)
        book.look(400)
        story = technician.get(f"/api/v1/alarms/{told}").json()
        assert story["ended_at"]
        words = [one["word"] for one in story["history"]]
        assert words == ["raised", "acknowledged", "started", "cleared"]
        assert story["history"][1]["note"] == "Tôi đi ngay"
        assert story["acknowledged_by_name"]
        past = technician.get("/api/v1/alarms?view=past").json()["items"]
        assert str(told) in {one["id"] for one in past}

    def test_shelving_takes_a_reason_and_ends(self, told: UUID, technician: httpx.Client) -> None:
        until = (now() + timedelta(hours=2)).isoformat()
        refused = technician.post(f"/api/v1/alarms/{told}/shelve", json={"until": until, "note": ""})
        assert refused.status_code == 422
        late = (now() + timedelta(days=90)).isoformat()
        refused = technician.post(f"/api/v1/alarms/{told}/shelve", json={"until": late, "note": "x"})
        assert refused.json()["code"] == "shelf-time"
        hidden = technician.post(f"/api/v1/alarms/{told}/shelve", json={"until": until, "note": "Chờ phụ tùng"})
        assert hidden.json()["state"] == "hidden"
        assert str(told) not in {one["id"] for one in technician.get("/api/v1/alarms").json()["items"]}
        assert str(told) in {one["id"] for one in technician.get("/api/v1/alarms?view=hidden").json()["items"]}
        shown = technician.post(f"/api/v1/alarms/{told}/unshelve").json()
        assert shown["state"] == "new"
        assert technician.post(f"/api/v1/alarms/{told}/unshelve").json()["code"] == "alarm-not-hidden"

    def test_only_a_latched_alarm_is_reset(self, told: UUID, technician: httpx.Client, book: Book) -> None:
        assert technician.post(f"/api/v1/alarms/{told}/reset", json={}).json()["code"] == "alarm-not-latched"
        book.say(200, (C.CABINET_SMOKE, ""))
        book.look(210)
        smoke = next(row.id for row in book.rows() if row.code == C.CABINET_SMOKE)
        assert technician.post(f"/api/v1/alarms/{smoke}/reset", json={}).json()["code"] == "alarm-stands"
        book.say(220)
        book.look(290)
        assert technician.get(f"/api/v1/alarms/{smoke}").json()["phase"] == "unacknowledged"
        technician.post(f"/api/v1/alarms/{smoke}/acknowledge", json={})
        technician.post(f"/api/v1/alarms/{smoke}/reset", json={"note": "Bụi, không có khói"})
        with book.database.write() as session:
            at = now() + timedelta(seconds=61)
            standing.sweep(session, at - LONG_AGO, at)
        assert technician.get(f"/api/v1/alarms/{smoke}").json()["ended_at"]

    def test_another_agency_sees_nothing(self, told: UUID, people: People, database: Database) -> None:
        foreign = place(database)
        client = people.person(Role.TECHNICIAN, foreign.agency_id).client
        assert client.get(f"/api/v1/alarms/{told}").status_code == 404
        assert client.get("/api/v1/alarms").json()["items"] == []
        assert client.post(f"/api/v1/alarms/{told}/acknowledge", json={}).status_code == 404

    def test_search_ignores_accents_and_the_export_opens_in_a_spreadsheet(
        self, told: UUID, technician: httpx.Client
    ) -> None:
        found = technician.get("/api/v1/alarms", params={"q": "quat bang"}).json()["items"]
        assert found == []
        found = technician.get("/api/v1/alarms", params={"q": "quat"}).json()["items"]
        assert [one["id"] for one in found] == [str(told)]
        found = technician.get("/api/v1/alarms", params={"q": "cua khau"}).json()["items"]
        assert [one["id"] for one in found] == [str(told)]
        text = technician.get("/api/v1/alarms.csv").text
        assert "Quạt tủ LED chậm hoặc dừng" in text

    def test_a_site_has_delays_of_its_own(self, told: UUID, people: People, book: Book) -> None:
        path = f"/api/v1/sites/{book.where.site_id}/alarm-delays"
        client = people.person(Role.ADMINISTRATOR, book.where.agency_id).client
        assert client.get(path).json() == {"delays": {}}
        asked = {"delays": {"kiosk_offline": {"on_delay_s": 3, "off_delay_s": 1}}}
        assert client.put(path, json=asked).json() == asked
        book.drop(100, 0)
        book.look(103)
        assert (C.KIOSK_OFFLINE, "") in book.told(103)

    def test_the_catalogue_of_codes_is_open_to_programs(self, technician: httpx.Client) -> None:
        codes = technician.get("/api/v1/fault-codes").json()
        assert {one["code"] for one in codes} == set(FaultCode)
        assert all(one["meanings"]["zh"] for one in codes)
