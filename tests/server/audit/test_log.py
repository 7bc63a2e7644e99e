"""The log in a database: written with what it tells of, never changed, one chain whoever writes."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from playlists import trust
from playlists.trust import public_key
from server.audit import repository
from server.audit.actions import Action
from server.audit.repository import Sought
from server.audit.service import HEAD_TYPE, SERVER, Actor, audit, head, signed_head, verify
from server.db import Database, new_id, now
from server.tables import Agency

AN = Actor("an", "Nguyễn Văn An", "192.0.2.7", UUID(int=7), UUID(int=9), "Ban quản lý cửa khẩu")


def write(database: Database, count: int = 1, by: Actor = AN, **said: str) -> None:
    for _ in range(count):
        with database.write() as session:
            audit(session, by, Action.HOLD_SET, "notice", new_id(), **said)  # type: ignore[arg-type]


def found(database: Database, sought: Sought) -> list[str]:
    with database.read() as session:
        return [row.object_name for row in repository.entries(session, sought, None, 100)]


def fail_after_writing(database: Database) -> None:
    with database.write() as session:
        audit(session, AN, Action.HOLD_SET, "notice", "x")
        session.flush()
        raise ZeroDivisionError


def test_what_is_not_done_is_not_in_the_log(database: Database) -> None:
    with database.read() as session:
        before = head(session)
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(database)
    with database.read() as session:
        assert head(session) == before


def test_entries_of_one_transaction_stand_in_their_order(database: Database) -> None:
    with database.write() as session:
        audit(session, AN, Action.HOLD_SET, "notice", "1", name="first")
        audit(session, SERVER, Action.HOLD_LIFTED, "notice", "1", before={"at": now()}, after={"who": new_id()})
    with database.read() as session:
        newest, older = repository.entries(session, Sought(), None, 2)
        whole = verify(session)

    assert (older.object_name, newest.action, newest.user_id) == ("first", "hold.lifted", None)
    assert newest.number == older.number + 1
    assert whole[1] is None


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET username = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_or_forget(database: Database, change: str) -> None:
    write(database)

    with pytest.raises(DatabaseError, match="new entries only"), database.write() as session:
        session.connection().execute(text(change))


def test_the_database_refuses_to_replace_or_empty(database: Database) -> None:
    write(database)
    if database.url.startswith("sqlite"):
        change = "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE number = 1"
    else:
        change = "TRUNCATE audit_entry"

    with pytest.raises(DatabaseError, match="new entries only"), database.write() as session:
        session.connection().execute(text(change))


def test_many_writers_make_one_chain(database: Database) -> None:
    with database.read() as session:
        before = head(session).number
    writers = [threading.Thread(target=write, args=(database, 10)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    with database.read() as session:
        end, broken = verify(session)

    assert broken is None
    assert end.number == before + 60


def test_two_writers_who_need_each_others_rows_do_not_wait_for_ever(database: Database) -> None:
    """The chain's end is the last thing that a writer takes, so it closes no circle with rows."""
    agency = Agency(slug=f"chain-{new_id().hex[:12]}", name="x")
    with database.write() as session:
        session.add(agency)
    errors: list[BaseException] = []

    def rename(audited_first: bool) -> None:
        try:
            for _ in range(10):
                with database.write() as session:
                    if audited_first:
                        audit(session, AN, Action.AGENCY_RENAMED, "agency", agency.id)
                    row = session.get_one(Agency, agency.id, with_for_update=True)
                    row.rev += 1
                    session.add(row)
                    session.flush()
                    if not audited_first:
                        audit(session, AN, Action.AGENCY_RENAMED, "agency", agency.id)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    writers = [threading.Thread(target=rename, args=(first,)) for first in (True, False) * 2]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert errors == []
    with database.read() as session:
        assert session.get_one(Agency, agency.id).rev == 41
        assert verify(session)[1] is None


def test_readers_do_not_wait_for_a_writer_at_the_end_of_the_chain(database: Database) -> None:
    write(database)
    with database.read() as session:
        before = head(session)
    with database.write() as writing:
        repository.lock_end(writing)
        writing.connection().execute(text("INSERT INTO mark (name, value) VALUES ('chain', 'held')"))
        with database.read() as session:
            assert head(session) == before
            assert verify(session)[0] == before
        writing.rollback()


def test_search_ignores_accents_and_narrows(database: Database) -> None:
    began = now()
    write(database, name="Giờ mở cửa Tết")
    write(database, name="Phà ngừng chạy", by=Actor("binh", "Trần Bình", user_id=UUID(int=8)))

    assert found(database, Sought(words=("gio mo",), since=began)) == ["Giờ mở cửa Tết"]
    assert found(database, Sought(words=("phong", "gio"), since=began)) == []
    assert found(database, Sought(words=("100%",), since=began)) == []
    assert found(database, Sought(user_id=UUID(int=8), since=began)) == ["Phà ngừng chạy"]
    assert found(database, Sought(action="hold", since=began)) == ["Phà ngừng chạy", "Giờ mở cửa Tết"]
    assert found(database, Sought(action="hold.set", object_kind="panel", since=began)) == []
    assert found(database, Sought(agencies=frozenset({UUID(int=9)}), since=began)) == ["Giờ mở cửa Tết"]
    assert found(database, Sought(since=began + timedelta(days=1))) == []


def test_large_pictures_of_a_change_are_kept_as_their_hash(database: Database) -> None:
    with database.write() as session:
        audit(session, AN, Action.NOTICE_CHANGED, "notice", "x", after={"text": "ă" * 9000})
    with database.read() as session:
        newest = repository.entries(session, Sought(), None, 1)[0]
        assert newest.after is not None
        assert '"characters":9011' in newest.after
        assert verify(session)[1] is None


def test_a_head_is_signed_by_the_server(database: Database) -> None:
    private = trust.new_private_key()
    with database.read() as session:
        end = head(session)

    envelope = signed_head(end, private, now())

    assert end.sha256.encode() in trust.open_envelope(envelope, HEAD_TYPE, public_key(private))
    with pytest.raises(trust.Untrusted):
        trust.open_envelope(envelope, HEAD_TYPE, public_key(trust.new_private_key()))
