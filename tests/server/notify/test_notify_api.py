"""Notifications over HTTP: addresses and their codes, rules, the outbox; on both databases with a real mail server."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from email import message_from_string
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from server.app import create_app
from server.db import Database, now
from server.settings import Settings
from server.tables import NotifyMessage, Site
from server.tables.accounts import Role
from server.tables.notify import MessageState
from tests.conftest import People, Person, free_port
from tests.serving import Serving, serving

WAIT_S = 60.0
ADDRESSES = "/api/v1/me/notifications/addresses"


class Box:
    """Takes letters as a mail server does, unless it is broken."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.came = threading.Condition()
        self.broken = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.broken:
            return "451 4.3.0 Mail server temporarily rejected message"
        with self.came:
            self.letters.append(envelope.content.decode())
            self.came.notify_all()
        return "250 OK"

    def wait(self, count: int) -> str:
        """Return the last letter, once there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.letters) >= count, WAIT_S)
            return self.letters[-1]


@pytest.fixture(scope="module")
def box() -> Iterator[tuple[Box, int]]:
    handler, port = Box(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture(scope="module")
def server(settings: Settings, box: tuple[Box, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server whose file names that mail server and a webhook."""
    path: Path = tmp_path_factory.mktemp("channels") / "channels.toml"
    path.write_text(
        f"""
[mail]
kind = "mail"
label = "Thư điện tử"
host = "127.0.0.1"
port = {box[1]}
security = "none"
sender = "bangtin@example.gov.vn"

[soc]
kind = "webhook"
url = "https://soc.example.gov.vn/hook"
secret = "{{secret:soc}}"
""",
        "utf-8",
    )
    with serving(create_app(settings.model_copy(update={"notify_file": path}))) as running:
        yield running


def code_in(letter: str) -> str:
    subject = str(make_header(decode_header(message_from_string(letter)["Subject"])))
    found = re.search(r"\d{6}", subject)
    assert found is not None, letter
    return found[0]


def test_an_address_counts_once_its_code_came_back(people: People, box: tuple[Box, int]) -> None:
    client = people.person(Role.TECHNICIAN, people.agency().id).client
    there = len(box[0].letters)
    made = client.post(ADDRESSES, json={"channel": "mail", "address": "lan@example.gov.vn"})
    assert made.status_code == 201, made.text
    assert made.json()["verified_at"] is None
    code = code_in(box[0].wait(there + 1))
    here = f"{ADDRESSES}/{made.json()['id']}"
    wrong = "000000" if code != "000000" else "111111"
    assert client.post(f"{here}/verify", json={"code": wrong}).status_code == 409
    done = client.post(f"{here}/verify", json={"code": f" {code[:3]} {code[3:]}"})
    assert done.status_code == 200, done.text
    assert done.json()["verified_at"] is not None
    assert client.post(f"{here}/test").status_code == 202
    box[0].wait(there + 2)
    shown = client.get("/api/v1/me/notifications").json()
    assert [one["address"] for one in shown["addresses"]] == ["lan@example.gov.vn"]
    assert [one["name"] for one in shown["channels"]] == ["mail"], "webhooks are nobody's address"
    assert client.delete(here).status_code == 204
    assert client.get("/api/v1/me/notifications").json()["addresses"] == []


def test_codes_cannot_be_guessed_nor_sent_without_end(people: People, database: Database) -> None:
    person = people.person(Role.VIEWER, people.agency().id)
    made = person.client.post(ADDRESSES, json={"channel": "mail", "address": "x@example.gov.vn"}).json()
    here = f"{ADDRESSES}/{made['id']}"
    tries = [person.client.post(f"{here}/verify", json={"code": "no"}).status_code for _ in range(8)]
    assert tries[0] == 409
    assert tries[-1] == 429
    more = [person.client.post(f"{here}/test").status_code for _ in range(8)]
    assert more[0] == 202
    assert more[-1] == 409
    other = people.person(Role.VIEWER, people.agency().id)
    assert other.client.delete(here).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "lan", "a@b@c", "a b@example.vn", "a@example.vn\r\nBcc: x@y.vn", "@example.vn"]
)
def test_what_is_no_address_is_refused(people: People, address: str) -> None:
    client = people.person(Role.VIEWER, people.agency().id).client
    assert client.post(ADDRESSES, json={"channel": "mail", "address": address}).status_code == 422
    assert client.post(ADDRESSES, json={"channel": "soc", "address": "x@y.vn"}).status_code == 422


def test_wishes_are_kept(people: People) -> None:
    client = people.person(Role.VIEWER, people.agency().id).client
    body = {"quiet_from": "22:00", "quiet_to": "06:00", "wants_return": False}
    assert client.patch("/api/v1/me/notifications", json=body).status_code == 200
    shown = client.get("/api/v1/me/notifications").json()
    assert {key: shown[key] for key in body} == body
    assert client.patch("/api/v1/me/notifications", json={"quiet_from": "22:00"}).status_code == 422


def site_of(database: Database, agency_id: UUID) -> Site:
    with database.write() as session:
        row = Site(slug=f"na-{agency_id.hex[-12:]}", agency_id=agency_id, name="Hữu Nghị", time_zone="Asia/Ho_Chi_Minh")
        session.add(row)
        session.flush()
        return row


def test_rules_belong_to_a_place(people: People, database: Database) -> None:
    agency = people.agency()
    site = site_of(database, agency.id)
    officer = people.person(Role.DUTY_OFFICER, agency.id).client
    body = {"kind": "alarm", "site_id": str(site.id), "roles": ["duty-officer"], "least_severity": "major"}
    made = officer.post("/api/v1/notify/rules", json=body)
    assert made.status_code == 201, made.text
    assert [one["id"] for one in officer.get("/api/v1/notify/rules").json()] == [made.json()["id"]]
    assert officer.post("/api/v1/notify/rules", json={"kind": "alarm"}).status_code == 422, "no agency's everywhere"
    stranger = people.person(Role.DUTY_OFFICER, people.agency().id).client
    assert stranger.post("/api/v1/notify/rules", json=body).status_code == 404
    assert stranger.get("/api/v1/notify/rules").json() == []
    assert stranger.delete(f"/api/v1/notify/rules/{made.json()['id']}").status_code == 404
    hook = {"kind": "alarm", "site_id": str(site.id), "channel": "soc"}
    assert officer.post("/api/v1/notify/rules", json=hook).status_code == 201
    assert officer.post("/api/v1/notify/rules", json=hook | {"channel": "mail"}).status_code == 422
    assert officer.delete(f"/api/v1/notify/rules/{made.json()['id']}").status_code == 204
    assert officer.delete(f"/api/v1/notify/rules/{made.json()['id']}").status_code == 404


def failed_message(database: Database, person: Person, site_id: UUID) -> UUID:
    fields = {"code": "mains_lost", "subject": "", "severity": "critical", "where": "Hữu Nghị"}
    with database.write() as session:
        row = NotifyMessage(
            key=f"x|{person.user.id}",
            cause="alarm:x",
            kind="alarm",
            step="raised",
            site_id=site_id,
            user_id=person.user.id,
            is_open=False,
            state=MessageState.FAILED,
            send_at=now(),
            attempts=5,
            trouble="The line is dead.",
            fields=fields,
        )
        session.add(row)
        session.flush()
        return row.id


def test_the_outbox_says_why_and_sends_again(people: People, database: Database, box: tuple[Box, int]) -> None:
    agency = people.agency()
    site = site_of(database, agency.id)
    officer = people.person(Role.DUTY_OFFICER, agency.id)
    there = len(box[0].letters)
    made = officer.client.post(ADDRESSES, json={"channel": "mail", "address": "hoa@example.gov.vn"}).json()
    code = code_in(box[0].wait(there + 1))
    assert officer.client.post(f"{ADDRESSES}/{made['id']}/verify", json={"code": code}).status_code == 200
    message_id = failed_message(database, officer, site.id)
    shown = officer.client.get("/api/v1/notify/messages", params={"state": "failed"}).json()["items"]
    assert [(one["id"], one["trouble"]) for one in shown] == [(str(message_id), "The line is dead.")]
    assert code not in officer.client.get("/api/v1/notify/messages").text
    stranger = people.person(Role.DUTY_OFFICER, people.agency().id).client
    assert stranger.post(f"/api/v1/notify/messages/{message_id}/again").status_code == 404
    assert stranger.get("/api/v1/notify/messages").json()["items"] == []
    again = officer.client.post(f"/api/v1/notify/messages/{message_id}/again")
    assert again.status_code == 202, again.text
    letter = box[0].wait(there + 2)
    assert f"X-Bangtin-Message: {message_id}" in letter
    deadline = time.monotonic() + WAIT_S
    while True:
        items = officer.client.get("/api/v1/notify/messages", params={"state": "sent"}).json()["items"]
        row = next((one for one in items if one["id"] == str(message_id)), None)
        if row is not None or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert row is not None
    assert row["attempts"][-1]["is_sent"]
    assert officer.client.post(f"/api/v1/notify/messages/{message_id}/again").status_code == 409


def test_channels_are_listed_without_their_addresses(people: People) -> None:
    admin = people.person(Role.ADMINISTRATOR, people.agency().id).client
    answer = admin.get("/api/v1/notify/channels")
    assert [(one["name"], one["takes"]) for one in answer.json()] == [("mail", "mail"), ("soc", "nobody")]
    assert "example.gov.vn" not in answer.text
