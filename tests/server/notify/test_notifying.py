"""From an alarm to a message that arrived, on both databases: planner and outbox with channels that fail as told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from playlists.alarm.event import Word
from playlists.alarm.judge import Phase
from playlists.fault import CATALOGUE, FaultCode
from server.audit.actions import Action
from server.audit.service import SERVER, audit
from server.audit.service import head as head_of
from server.channels.port import Letter, NotSent, Takes, Why
from server.db import Database, new_id
from server.faults.alarms import standing
from server.faults.alarms.standing import Place, Said
from server.notify import repository
from server.notify.jobs import BUNDLE, MOST_IN_A_WHILE, Planner
from server.notify.outbox import LEASE, ROUNDS, Outbox
from server.tables import (
    Agency,
    Alarm,
    DutyShift,
    EmergencyRow,
    Notice,
    NoticeHold,
    NotifyAddress,
    NotifyAttempt,
    NotifyChannel,
    NotifyMessage,
    NotifyPerson,
    NotifyRule,
    Panel,
    Site,
    Submission,
    User,
)
from server.tables.notify import MessageState

numbers = count(1)
BEGIN = datetime(2026, 11, 24, 5, tzinfo=UTC)
"""A Tuesday, 12:00 at the sites."""
S, M = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Fake:
    """A channel that keeps what it takes; `broken` and `refuses` make it fail."""

    name: str
    takes: Takes = Takes.MAIL
    label: str = "x"
    is_plain: bool = False
    broken: bool = False
    refuses: bool = False
    got: list[tuple[str, Letter]] = field(default_factory=list)

    def send(self, address: str, letter: Letter, _at: datetime) -> str:
        if self.broken:
            raise NotSent("The line is dead.")
        if self.refuses:
            raise NotSent("Nobody lives there.", is_refused=True)
        self.got.append((address, letter))
        return "taken"

    def subjects(self) -> list[str]:
        return [letter.subject for _, letter in self.got]


@dataclass
class Post:
    """A site with people on its roster, and everything between an alarm and their phones."""

    database: Database
    site_id: UUID
    agency_id: UUID
    people: dict[str, User]
    mail: Fake
    sms: Fake
    hook: Fake
    at: datetime = BEGIN
    after: Callable[[], None] = lambda: None

    def clock(self) -> datetime:
        return self.at

    @property
    def outbox(self) -> Outbox:
        channels = {one.name: one for one in (self.mail, self.sms, self.hook)}
        return Outbox(self.database, channels, self.clock, "https://bangtin.example.vn", lambda: 1.0)

    def look(self, step: timedelta = timedelta(0)) -> int:
        """Let time pass; then alarms, planner and outbox look once."""
        self.at += step
        with self.database.write() as session:
            standing.sweep(session, self.at - timedelta(days=1), self.at)
        made = Planner(self.database, [self.mail.name, self.sms.name], [self.hook.name], self.clock).look()
        self.outbox.look()
        return made

    def edge(self, code: FaultCode, word: Word = Word.RAISED, subject: str = "") -> UUID:
        with self.database.write() as session:
            said = Said(code, subject, CATALOGUE[code].severity, "")
            return standing.edge(session, Place(self.site_id), said, word, self.at, self.at).id

    def take(self, alarm_id: UUID) -> None:
        with self.database.write() as session:
            row = session.get_one(Alarm, alarm_id)
            standing.note(session, row, Word.ACKNOWLEDGED, self.at, self.at, user_id=self.people["lan"].id)

    def messages(self) -> list[NotifyMessage]:
        with self.database.read() as session:
            where = NotifyMessage.site_id == self.site_id
            return list(session.exec(select(NotifyMessage).where(where).order_by(col(NotifyMessage.id))))

    def alarms(self, code: FaultCode) -> list[Alarm]:
        with self.database.read() as session:
            return list(session.exec(select(Alarm).where(Alarm.site_id == self.site_id, Alarm.code == code)))

    def whom(self) -> list[tuple[str, str]]:
        """Return who got a message by mail, and its step."""
        names = {f"{name}@{self.site_id}": name for name in self.people}
        return [(names[address], letter.document["step"]) for address, letter in self.mail.got]

    def add(self, *rows: Any) -> None:
        with self.database.write() as session:
            session.add_all(rows)


@pytest.fixture
def post(database: Database) -> Post:
    number = f"{next(numbers)}-{new_id().hex[-8:]}"
    agency = Agency(slug=f"nt-{number}", name="Sở")
    site = Site(slug=f"nt-{number}", agency_id=agency.id, name="Tân Thanh", time_zone="Asia/Ho_Chi_Minh")
    roles = {"lan": "technician", "minh": "technician", "hoa": "duty-officer", "duc": "approver"}
    users = {
        name: User(username=f"{name}.{number}", display_name=name, role=role, agency_id=agency.id, language="vi")
        for name, role in roles.items()
    }
    with database.write() as session:
        for old in session.exec(select(Alarm).where(col(Alarm.ended_at).is_(None))):
            old.phase, old.ended_at, old.is_raised = Phase.NORMAL, BEGIN, False
        for row in session.exec(select(NotifyMessage)):
            row.is_open = False
            row.state = MessageState.SENT if row.state == MessageState.WAITING else row.state
        for channel in session.exec(select(NotifyChannel)):
            session.delete(channel)
        for reached in session.exec(select(NotifyAddress)):
            session.delete(reached)
        for emergency in session.exec(select(EmergencyRow)):
            emergency.state = "ended"
        for submission in session.exec(select(Submission)):
            submission.state = "released"
        for hold in session.exec(select(NoticeHold).where(col(NoticeHold.lifted_at).is_(None))):
            hold.lifted_at = BEGIN
        session.add(agency)
        session.flush()
        session.add_all([site, *users.values()])
        session.flush()
        for rank, name in ((1, "lan"), (2, "minh"), (1, "hoa"), (1, "duc")):
            session.add(
                DutyShift(
                    site_id=site.id,
                    role=roles[name],
                    user_id=users[name].id,
                    rank=rank,
                    starts_at=BEGIN - timedelta(days=1),
                    ends_at=BEGIN + timedelta(days=2),
                    created_by=users["hoa"].id,
                )
            )
            address = f"{name}@{site.id}"
            session.add(NotifyAddress(user_id=users[name].id, channel="mail", address=address, verified_at=BEGIN))
    return Post(database, site.id, agency.id, users, Fake("mail"), Fake("sms", Takes.PHONE), Fake("soc", Takes.NOBODY))


def test_an_alarm_goes_up_the_roster_until_somebody_takes_it(post: Post) -> None:
    alarm = post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(M)
    post.look(40 * S)
    assert post.whom() == [("lan", "raised")]
    post.look(14 * M)
    assert post.whom() == [("lan", "raised")]
    post.look(M)
    assert post.whom() == [("lan", "raised"), ("minh", "raised")]
    post.take(alarm)
    post.look(60 * M)
    assert len(post.mail.got) == 2
    post.edge(FaultCode.CONTROLLER_OFFLINE, Word.CLEARED)
    post.look(20 * M)
    post.look(M)
    assert sorted(post.whom()[2:]) == [("lan", "ended"), ("minh", "ended")]
    post.look(60 * M)
    assert len(post.mail.got) == 4
    assert "Bộ điều khiển LED không trả lời" in post.mail.subjects()[0]
    assert "Nghiêm trọng: Tân Thanh" in post.mail.subjects()[0]
    assert post.mail.got[0][1].body.count("Việc đầu tiên") == 1
    assert post.mail.subjects()[2].startswith("Đã trở lại bình thường")


def test_what_returns_to_normal_before_its_delay_is_told_to_nobody(post: Post) -> None:
    post.add(NotifyRule(kind="alarm", site_id=post.site_id, agency_id=post.agency_id, way="now", delay_s=1800,
                        created_by=post.people["hoa"].id))  # fmt: skip
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(10 * M)
    post.edge(FaultCode.CONTROLLER_OFFLINE, Word.CLEARED)
    post.look(20 * M)
    post.look(60 * M)
    assert post.messages() == []


def test_one_that_comes_and_goes_is_told_once(post: Post) -> None:
    for _ in range(6):
        post.edge(FaultCode.CONTROLLER_OFFLINE)
        post.look(2 * M)
        post.edge(FaultCode.CONTROLLER_OFFLINE, Word.CLEARED)
        post.look(10 * S)
    by_cause = [(row.cause, row.user_id, row.step) for row in post.messages()]
    assert len(by_cause) == len(set(by_cause))
    assert len([one for one in by_cause if one[1] == post.people["lan"].id and one[2] == "raised"]) == len(
        {one[0] for one in by_cause}
    )


def test_what_can_wait_goes_with_a_digest(post: Post) -> None:
    for subject in ("1", "2", "3"):
        post.edge(FaultCode.CONTROLLER_CONTENDED, subject=subject)
    post.look(10 * M)
    post.look(M)
    assert post.mail.got == []
    assert {row.state for row in post.messages()} == {MessageState.GATHERED}
    post.look(BEGIN + timedelta(hours=4, minutes=31) - post.at)
    assert post.mail.subjects() == ["Tổng hợp: 3 việc"]
    assert post.whom() == [("lan", "raised")]
    post.look(timedelta(hours=20))
    assert len(post.mail.got) == 1


def test_a_dead_channel_gives_way_to_the_next_and_is_an_alarm_until_it_works(post: Post) -> None:
    lan = post.people["lan"].id
    post.add(NotifyAddress(user_id=lan, channel="sms", address="0912345678", verified_at=BEGIN))
    post.mail.broken = True
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    assert [address for address, _ in post.sms.got] == ["0912345678"]
    (row,) = [one for one in post.messages() if one.user_id == lan]
    assert (row.state, row.sent_by, row.attempts) == (MessageState.SENT, "sms", 2)
    assert post.alarms(FaultCode.NOTIFICATION_FAILED) == []
    for _ in range(12):
        post.look(10 * M)
    (failed,) = post.alarms(FaultCode.NOTIFICATION_FAILED)
    assert (failed.subject, failed.is_raised) == ("mail", True)
    minh = next(one for one in post.messages() if one.user_id == post.people["minh"].id)
    assert (minh.state, minh.attempts, minh.trouble) == (MessageState.FAILED, ROUNDS, "The line is dead.")
    assert minh.why == Why.NO
    post.mail.broken = False
    post.edge(FaultCode.MAINS_LOST)
    post.look(2 * M)
    post.look(30 * M)
    assert not post.alarms(FaultCode.NOTIFICATION_FAILED)[0].is_raised


def test_a_refused_address_fails_at_once_and_is_an_alarm(post: Post) -> None:
    post.mail.refuses = True
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    (row,) = post.messages()
    assert (row.state, row.attempts, row.why) == (MessageState.FAILED, 1, Why.ADDRESS)
    assert [one.is_raised for one in post.alarms(FaultCode.NOTIFICATION_FAILED)] == [True]


def test_where_nobody_can_be_reached_that_is_an_alarm(post: Post) -> None:
    with post.database.write() as session:
        ids = [one.id for one in post.people.values()]
        for row in session.exec(select(NotifyAddress).where(col(NotifyAddress.user_id).in_(ids))):
            session.delete(row)
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    (failed,) = post.alarms(FaultCode.NOTIFICATION_FAILED)
    assert (failed.subject, failed.is_raised) == ("", True)
    post.look(M)
    assert len(post.alarms(FaultCode.NOTIFICATION_FAILED)) == 1
    post.add(NotifyAddress(user_id=post.people["hoa"].id, channel="mail", address=f"hoa@{post.site_id}",
                           verified_at=BEGIN))  # fmt: skip
    post.look(M)
    assert not post.alarms(FaultCode.NOTIFICATION_FAILED)[0].is_raised
    assert post.whom()[0] == ("hoa", "raised")


def test_an_empty_roster_asks_everybody_who_holds_the_role(post: Post) -> None:
    with post.database.write() as session:
        for row in session.exec(select(DutyShift).where(DutyShift.site_id == post.site_id)):
            row.deleted_at = BEGIN
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    assert [name for name, _ in post.whom()] in (["lan"], ["minh"])


def test_a_site_that_drops_as_a_whole_is_one_message(post: Post) -> None:
    with post.database.write() as session:
        site = Place(post.site_id)
        said = Said(FaultCode.SITE_OFFLINE, "", CATALOGUE[FaultCode.SITE_OFFLINE].severity, "")
        cause = standing.edge(session, site, said, Word.RAISED, post.at, post.at)
        for number in range(30):
            panel = Panel(slug=f"p{number}-{post.site_id.hex[-9:]}", site_id=post.site_id, agency_id=post.agency_id,
                          name=f"Bảng {number}", width=64, height=32)  # fmt: skip
            session.add(panel)
            session.flush()
            place = Place(post.site_id, None, panel.id)
            said = Said(FaultCode.CONTROLLER_OFFLINE, str(number), "critical", "")
            row = standing.edge(session, place, said, Word.RAISED, post.at, post.at)
            row.cause_id = cause.id
    planner = Planner(post.database, ["mail"], [], post.clock)
    post.at += 5 * M
    with post.database.write() as session:
        for row in session.exec(select(Alarm).where(Alarm.site_id == post.site_id)):
            standing.restand(session, row, post.at)
            row.settled_at = post.at
            row.cause_id = cause.id if row.code != FaultCode.SITE_OFFLINE else None
    planner.look()
    post.at += M
    planner.look()
    post.outbox.look()
    assert len(post.mail.got) == 1
    assert "Tân Thanh" in post.mail.subjects()[0]


def test_a_webhook_hears_besides(post: Post) -> None:
    post.add(NotifyRule(kind="alarm", site_id=post.site_id, agency_id=post.agency_id, way="now", channel="soc",
                        created_by=post.people["hoa"].id))  # fmt: skip
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    post.edge(FaultCode.CONTROLLER_OFFLINE, Word.CLEARED)
    post.look(20 * M)
    post.look(M)
    assert [letter.document["step"] for _, letter in post.hook.got] == ["raised", "ended"]
    assert post.hook.got[0][1].document["about"]["code"] == FaultCode.CONTROLLER_OFFLINE
    assert post.whom()[0] == ("lan", "raised")


def test_a_hold_is_told_to_everybody_on_duty_but_whoever_set_it(post: Post) -> None:
    hoa = post.people["hoa"].id
    notice = Notice(agency_id=post.agency_id, title="Giờ thông quan", title_folded="x", kind="image", created_by=hoa)
    post.add(notice)
    post.add(NoticeHold(notice_id=notice.id, site_id=post.site_id, reason="wrong-fact", list_seq=1, held_by=hoa,
                        held_at=post.at))  # fmt: skip
    post.look(M)
    assert post.whom() == [("duc", "raised")]
    assert "Giờ thông quan" in post.mail.subjects()[0]


def test_quiet_hours_and_the_wish_not_to_hear_of_ends_are_kept(post: Post) -> None:
    post.add(NotifyPerson(user_id=post.people["lan"].id, wants_return=False))
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    post.edge(FaultCode.CONTROLLER_OFFLINE, Word.CLEARED)
    post.look(20 * M)
    post.look(M)
    assert post.whom() == [("lan", "raised")]


def test_a_server_that_dies_between_sending_and_writing_sends_at_most_one_copy_more(post: Post) -> None:
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.at += 2 * M
    with post.database.write() as session:
        standing.sweep(session, post.at - timedelta(days=1), post.at)
    Planner(post.database, ["mail"], [], post.clock).look()
    post.at += M
    Planner(post.database, ["mail"], [], post.clock).look()
    dying = post.outbox
    sending = dying.claim()
    assert sending is not None
    ended = dying.send(sending)  # and no finish: the process is gone
    post.outbox.look()
    assert len(post.mail.got) == 1, "while its lease lasts nobody else sends it"
    post.at += LEASE + S
    post.outbox.look()
    first, second = post.mail.got
    assert first[1].id == second[1].id == str(post.messages()[0].id)
    assert dying.finish(sending, ended) == 0
    assert post.messages()[0].state == MessageState.SENT
    post.look(LEASE * 3)
    assert len([one for one in post.whom() if one[0] == "lan"]) == 2
    with post.database.read() as session:
        tries = list(session.exec(select(NotifyAttempt).where(NotifyAttempt.message_id == post.messages()[0].id)))
    assert len(tries) == 2


def test_two_planners_at_once_write_one_message(post: Post) -> None:
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.at += 2 * M
    with post.database.write() as session:
        standing.sweep(session, post.at - timedelta(days=1), post.at)
    post.at += M
    planners = [Planner(post.database, ["mail"], [], post.clock) for _ in range(2)]
    assert [one.look() for one in planners] == [1, 0]


def test_an_emergency_is_told_to_all_on_duty_at_once_and_so_is_its_end(post: Post) -> None:
    row = EmergencyRow(agency_id=post.agency_id, state="running", sites=[str(post.site_id)], status="actual",
                       text="template", words={"vi": {"title": "Lũ quét"}}, severity="extreme", urgency="immediate",
                       minutes=60, began_at=post.at)  # fmt: skip
    post.add(row)
    post.look(S)
    assert sorted(post.whom()) == [("hoa", "raised"), ("lan", "raised"), ("minh", "raised")]
    assert post.mail.subjects()[0] == "KHẨN CẤP: Lũ quét (Tân Thanh)"
    with post.database.write() as session:
        session.get_one(EmergencyRow, row.id).state = "ended"
    post.look(M)
    assert sorted(post.whom()[3:]) == [("hoa", "ended"), ("lan", "ended"), ("minh", "ended")]
    post.look(M)
    assert len(post.mail.got) == 6


def test_a_release_that_waits_calls_the_approvers_but_not_its_author(post: Post) -> None:
    row = Submission(agency_id=post.agency_id, author_id=post.people["lan"].id, purpose="notices", state="asking",
                     sites=[str(post.site_id)], route="notice", not_before=post.at, show_until=post.at,
                     asked_at=post.at)  # fmt: skip
    own = Submission(agency_id=post.agency_id, author_id=post.people["duc"].id, purpose="notices", state="asking",
                     sites=[str(post.site_id)], route="notice", not_before=post.at, show_until=post.at,
                     asked_at=post.at)  # fmt: skip
    post.add(row, own)
    post.look(S)
    assert post.whom() == [("duc", "raised")]
    assert "lan gửi duyệt cho Tân Thanh" in post.mail.got[0][1].body
    with post.database.write() as session:
        for one in (row, own):
            session.get_one(Submission, one.id).state = "released"
    post.look(M)
    assert len(post.mail.got) == 1, "that it was released is no news for who signed it"


def test_the_head_of_the_audit_log_goes_to_approvers_once_a_day(post: Post) -> None:
    with post.database.write() as session:
        audit(session, SERVER, Action.AUDIT_EXPORTED, "x")
    for _ in range(3):
        post.look(M)
    with post.database.read() as session:
        head = head_of(session)
    heads = [letter for address, letter in post.mail.got if address.startswith("duc@")]
    assert [head.sha256 in one.body for one in heads] == [True]
    post.look(timedelta(days=1))
    again = [letter for address, letter in post.mail.got if address.startswith("duc@")]
    assert len(again) == 2
    post.at = BEGIN


def test_a_thin_weekend_is_told_once_to_the_duty_officer(post: Post) -> None:
    post.at = BEGIN + timedelta(days=2, hours=3)  # Thursday afternoon
    post.add(DutyShift(site_id=post.site_id, role="duty-officer", user_id=post.people["hoa"].id, starts_at=post.at - M,
                       ends_at=post.at + timedelta(days=1), created_by=post.people["hoa"].id))  # fmt: skip
    for _ in range(3):
        post.look(timedelta(hours=1))
    weekends = [letter.subject for _, letter in post.mail.got if letter.document["kind"] == "weekend"]
    assert weekends == ["Cuối tuần thiếu người duyệt: Tân Thanh"]


def test_old_messages_are_forgotten_and_open_ones_kept(post: Post) -> None:
    post.edge(FaultCode.CONTROLLER_OFFLINE)
    post.look(2 * M)
    with post.database.write() as session:
        repository.forget(session, post.at + M)
    assert len(post.messages()) == 1, "its end is still to be told"
    post.edge(FaultCode.CONTROLLER_OFFLINE, Word.CLEARED)
    post.look(20 * M)
    post.look(M)
    with post.database.write() as session:
        repository.forget(session, post.at + M)
    assert post.messages() == []


def test_a_flood_of_faults_is_some_messages_and_one_that_holds_the_rest(post: Post) -> None:
    for number in range(40):
        post.edge(FaultCode.CONTROLLER_OFFLINE, subject=str(number))
    post.look(2 * M)
    post.look(2 * S)
    lan = f"lan@{post.site_id}"
    assert len([one for one in post.mail.got if one[0] == lan]) == MOST_IN_A_WHILE
    post.look(BUNDLE)
    told = [letter for address, letter in post.mail.got if address == lan]
    assert [one.subject for one in told[MOST_IN_A_WHILE:]] == ["Tổng hợp: 30 việc"]
    assert told[-1].body.count("- ") == 30
    post.look(M)
    post.look(M)
    assert len([one for one in post.mail.got if one[0] == lan]) == MOST_IN_A_WHILE + 1, "each of the 40 is told once"
