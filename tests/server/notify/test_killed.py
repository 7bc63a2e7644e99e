"""A server that is killed between sending a message and writing that down, as a real process on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from server.channels.port import Letter, Takes
from server.db import Database, new_id, now
from server.notify.outbox import LEASE, Outbox
from server.tables import Agency, NotifyAddress, NotifyAttempt, NotifyMessage, User
from server.tables.notify import MessageState

WAIT_S = 90.0
CHILD = """
import sys, time
from pathlib import Path
from server.channels.port import Takes
from server.db import Database, now
from server.notify.outbox import Outbox

class Mail:
    name, label, takes, is_plain = "mail", "x", Takes.MAIL, False

    def send(self, address, letter, at):
        with Path(sys.argv[2]).open("a") as file:
            file.write(letter.id + "\\n")
        time.sleep(600)  # sent, and never written down

Outbox(Database(sys.argv[1]), {"mail": Mail()}, now).look()
"""


class Mail:
    """The same channel, in a server that lives."""

    name, label, takes, is_plain = "mail", "x", Takes.MAIL, False

    def __init__(self, file: Path) -> None:
        self.file = file

    def send(self, _address: str, letter: Letter, _at: datetime) -> str:
        with self.file.open("a") as file:
            file.write(letter.id + "\n")
        return "taken"


def sent(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def test_a_killed_server_loses_nothing_and_sends_one_copy_at_most(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    mark, file = new_id().hex[-10:], tmp_path / "sent"
    agency = Agency(slug=f"nk-{mark}", name="x")
    user = User(username=f"nk.{mark}", display_name="x", role="technician", agency_id=agency.id)
    fields = {"code": "mains_lost", "subject": "", "severity": "critical", "where": "Hữu Nghị"}
    messages = [
        NotifyMessage(key=f"{mark}|{n}", cause=f"alarm:{mark}{n}", kind="alarm", step="raised", user_id=user.id,
                      is_open=False, fields=fields, state=MessageState.WAITING, send_at=now()) for n in range(3)
    ]  # fmt: skip
    with database.write() as session:
        session.add(agency)
        session.flush()
        session.add(user)
        session.flush()
        session.add(NotifyAddress(user_id=user.id, channel="mail", address="a@b.vn", verified_at=now()))
        session.add_all(messages)
    child = subprocess.Popen([sys.executable, "-c", CHILD, database_url, str(file)], cwd=Path(__file__).parents[3])
    try:
        deadline = time.monotonic() + WAIT_S
        while not sent(file):
            assert time.monotonic() < deadline, "the child sent nothing"
            assert child.poll() is None, "the child ended"
            time.sleep(0.1)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

    alive = Outbox(database, {"mail": Mail(file)}, now)
    alive.look()
    assert len(sent(file)) == 3, "what was being sent is left alone while its lease lasts; the others go"
    later = Outbox(database, {"mail": Mail(file)}, lambda: now() + LEASE + timedelta(seconds=1))
    later.look()
    later.look()
    copies = [sent(file).count(str(one.id)) for one in messages]
    assert sorted(copies) == [1, 1, 2]
    with database.read() as session:
        rows = [session.get_one(NotifyMessage, one.id) for one in messages]
        tries = list(session.exec(select(NotifyAttempt).where(col(NotifyAttempt.message_id).in_([r.id for r in rows]))))
    assert {row.state for row in rows} == {MessageState.SENT}
    assert len(tries) == 4
    assert len([one for one in tries if one.ended_at is None]) == 1, "the cut-off try stays written"
