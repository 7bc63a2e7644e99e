"""The audit log for people: who reads what of it, exports, heads to keep, and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from playlists import trust
from server.audit.actions import Action
from server.audit.chain import Head
from server.audit.service import HEAD_TYPE, SERVER, audit, signed_head
from server.console.audit_words import ACTIONS
from server.db import Database, new_id, now
from server.keys import load_server_key
from server.office.sheet import read_sheet
from server.offline.audit_log import newest, read_head, verified
from server.offline.root import NotDone
from server.settings import Settings
from server.tables import Agency
from server.tables.accounts import Role
from tests.conftest import People

PRIVATE = trust.new_private_key()
PUBLIC = trust.public_key(PRIVATE)


def write(database: Database, agency: Agency, name: str) -> None:
    with database.write() as session:
        audit(session, SERVER, Action.HOLD_SET, "notice", new_id(), name=name, agency_id=agency.id)


def names(client: httpx.Client, **sought: Any) -> list[str]:
    answer = client.get("/api/v1/audit", params=sought)
    assert answer.status_code == 200, answer.text
    return [one["object_name"] for one in answer.json()["items"]]


def test_every_action_has_its_words() -> None:
    assert set(ACTIONS) == set(Action)


def test_auditors_of_an_agency_read_its_entries_only(database: Database, people: People, admin: httpx.Client) -> None:
    own, other = people.agency(), people.agency()
    auditor = people.person(Role.AUDITOR, own.id).client
    write(database, own, "Của mình")
    write(database, other, "Của người khác")

    assert "Của mình" in names(auditor)
    assert "Của người khác" not in names(auditor)
    assert {"Của mình", "Của người khác"} <= set(names(admin, limit=200))
    assert names(auditor, q="cua MINH", action="hold") == ["Của mình"]
    assert names(auditor, action="emergency") == []


def test_what_is_done_through_the_api_is_written_down(people: People, admin: httpx.Client) -> None:
    agency = people.agency()
    person = people.person(Role.VIEWER, agency.id).user
    admin.patch(f"/api/v1/users/{person.id}", json={"role": "editor"}).raise_for_status()
    admin.patch(f"/api/v1/users/{person.id}", json={"disabled": True}).raise_for_status()

    found = admin.get("/api/v1/audit", params={"object_kind": "person", "object_id": str(person.id)}).json()["items"]

    assert [one["action"] for one in found[:2]] == ["person.closed", "person.changed"]
    assert (found[1]["before"]["role"], found[1]["after"]["role"]) == ("viewer", "editor")
    assert found[0]["address"] == "127.0.0.1"
    assert found[0]["display_name"] == "Người administrator"


def test_pages_of_the_log_follow_each_other(database: Database, people: People) -> None:
    agency = people.agency()
    auditor = people.person(Role.AUDITOR, agency.id).client
    for number in range(5):
        write(database, agency, f"mục {number}")

    first = auditor.get("/api/v1/audit", params={"limit": 3, "action": "hold.set"}).json()
    rest = auditor.get("/api/v1/audit", params={"before": first["next_before"], "action": "hold.set"}).json()

    assert [one["object_name"] for one in first["items"] + rest["items"]] == [f"mục {n}" for n in (4, 3, 2, 1, 0)]
    assert rest["next_before"] is None


def test_exports_hold_the_same_and_are_written_down(database: Database, people: People) -> None:
    agency = people.agency()
    auditor = people.person(Role.AUDITOR, agency.id).client
    write(database, agency, "=CMD|evil")

    lines = auditor.get("/api/v1/audit/log.csv", params={"action": "hold"}).text.splitlines()
    sheet = read_sheet(auditor.get("/api/v1/audit/log.xlsx", params={"action": "hold"}).content)

    assert len(lines) == len(sheet) == 2
    assert "'=CMD|evil" in lines[1]
    assert "=CMD|evil" in sheet[1]
    assert names(auditor, action="audit.exported") == ["", ""]


@pytest.mark.parametrize(("role", "status"), [(Role.APPROVER, 200), (Role.AUDITOR, 200), (Role.EDITOR, 403)])
def test_the_head_is_for_those_who_sign_and_those_who_read(people: People, role: Role, status: int) -> None:
    client = people.person(role, people.agency().id).client

    assert client.get("/api/v1/audit/head").status_code == status
    kept = {"number": 1, "sha256": "0" * 64}
    assert client.post("/api/v1/audit/head/compare", json=kept).status_code == status
    assert (client.get("/api/v1/audit").status_code == 200) == (role is Role.AUDITOR)


def test_a_kept_head_is_compared(database: Database, people: People, settings: Settings) -> None:
    agency = people.agency()
    approver = people.person(Role.APPROVER, agency.id).client
    write(database, agency, "x")
    head = approver.get("/api/v1/audit/head").json()
    write(database, agency, "y")

    def compared(number: int, sha256: str) -> tuple[bool, str | None]:
        answer = approver.post("/api/v1/audit/head/compare", json={"number": number, "sha256": sha256}).json()
        return answer["holds"], answer["why"]

    public = trust.public_key(load_server_key(settings.keys_dir))
    said = json.loads(trust.open_envelope(head["envelope"].encode(), HEAD_TYPE, public))
    assert (said["number"], said["sha256"]) == (head["number"], head["sha256"])
    assert len(head["words"].split()) == 6
    assert compared(head["number"], head["sha256"]) == (True, None)
    assert "written anew" in str(compared(head["number"], "0" * 64)[1])
    assert "cut off" in str(compared(head["number"] + 100, head["sha256"])[1])


def test_the_command_line_names_the_first_broken_entry(
    database: Database, people: People, settings: Settings, tmp_path: Path
) -> None:
    agency = people.agency()
    for name in ("a", "b", "c"):
        write(database, agency, name)
    kept = tmp_path / "head.json"
    kept.write_text(json.dumps(newest(settings, now())), "utf-8")
    sound = verified(settings, kept)
    assert sound["kept"] == sound["entries"]

    with database.write() as session:
        connection = session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        take = "DROP TRIGGER audit_entry_no_{}" if is_sqlite else "ALTER TABLE audit_entry DISABLE TRIGGER ALL --{}"
        connection.execute(text(take.format("update")))
        connection.execute(text(take.format("delete")))
        connection.execute(text(f"DELETE FROM audit_entry WHERE number = {sound['entries']}"))
    with pytest.raises(NotDone, match="cut off"):
        verified(settings, kept)
    assert verified(settings, None)["entries"] == sound["entries"] - 1
    with database.write() as session:
        changed = f"UPDATE audit_entry SET username = 'x' WHERE number = {sound['entries'] - 1}"
        session.connection().execute(text(changed))
    with pytest.raises(NotDone, match=f"broken at entry {sound['entries'] - 1}"):
        verified(settings, None)


HEAD = Head(7, "ab" * 32)


def test_heads_are_read_as_envelopes_and_as_plain_json() -> None:
    envelope = signed_head(HEAD, PRIVATE, now())

    assert read_head(envelope, PUBLIC) == HEAD
    assert read_head(json.dumps({"number": 7, "sha256": "ab" * 32}).encode(), PUBLIC) == HEAD
    assert read_head(json.dumps({"envelope": envelope.decode()}).encode(), PUBLIC) == HEAD


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b"{" * 10_000,
        b'{"number": true, "sha256": "' + b"a" * 64 + b'"}',
        b'{"number": -1, "sha256": "' + b"a" * 64 + b'"}',
        b'{"number": 1, "sha256": "x"}',
        b'{"envelope": "{"}',
        signed_head(HEAD, trust.new_private_key(), now()),
    ],
)
def test_what_is_no_head_is_refused(content: bytes) -> None:
    with pytest.raises(NotDone, match="no head"):
        read_head(content, PUBLIC)


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader_of_heads(content: bytes) -> None:
    with pytest.raises(NotDone):
        read_head(content, PUBLIC)
