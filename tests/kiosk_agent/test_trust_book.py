"""What was accepted, on the disk: whole after a cut at any point, verified when read, begun anew when damaged."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk_agent.store.trust_book import BOOK, Pin, TrustBook, server_keys_in
from playlists.trust import Rule, Untrusted, public_key
from playlists.trust.chain import take_root
from playlists.trust.take import take_hold, take_release, take_withdrawal
from playlists.trust.trusted import Counter, Trusted, from_parts
from playlists.trust.warn import take_emergency
from tests.kiosk_agent import trusting as t
from tests.kiosk_agent.making import digest
from tests.playlists.trust import making as m

ROOT = Path(__file__).parents[2]


def pin(**fields: object) -> Pin:
    content = t.root(**fields)
    return Pin(m.digest(content), content, t.READER, demo=bool(fields.get("demo")))


@contextmanager
def opened(folder: Path, one: Pin | None = None) -> Iterator[tuple[TrustBook, Trusted]]:
    book = TrustBook(folder)
    try:
        yield book, book.begin(one or pin())
    finally:
        book.close()


def stocked(trusted: Trusted) -> Trusted:
    for content in (t.release(1), t.release(2), t.template()):
        trusted = take_release(trusted, content, t.CLOCK)
    trusted = take_withdrawal(trusted, t.withdrawal(digest(2)), t.CLOCK)
    trusted = take_hold(trusted, t.hold(3, digest(1)), t.CLOCK)
    return take_emergency(trusted, t.emergency(), t.CLOCK)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    with opened(tmp_path) as (book, fresh):
        assert not book.existed
        accepted = stocked(fresh)
        book.keep(accepted)
    with opened(tmp_path) as (book, again):
        assert book.existed
        assert again == accepted


def test_a_document_is_written_once_and_goes_when_nothing_needs_it(tmp_path: Path) -> None:
    with opened(tmp_path) as (book, fresh):
        accepted = stocked(fresh)
        book.keep(accepted)
        with closing(sqlite3.connect(tmp_path / BOOK)) as database:
            before = dict(database.execute("SELECT sha256, rowid FROM document"))
        book.keep(take_hold(accepted, t.hold(4), t.CLOCK))
        with closing(sqlite3.connect(tmp_path / BOOK)) as database:
            after = dict(database.execute("SELECT sha256, rowid FROM document"))
    assert len(before.keys() - after.keys()) == 1
    assert len(after.keys() - before.keys()) == 1
    assert all(after[name] == before[name] for name in after.keys() & before.keys())


def test_roots_that_were_followed_are_followed_again_from_the_pin(tmp_path: Path) -> None:
    second = t.root(version=2, issued_at=t.at(days=-20))
    with opened(tmp_path) as (book, fresh):
        book.keep(take_root(fresh, second, t.CLOCK))
    with opened(tmp_path) as (_, again):
        assert again.root.document.version == 2
    with closing(sqlite3.connect(tmp_path / BOOK)) as database:
        database.execute("DELETE FROM root WHERE version = 1")
        database.commit()
    with opened(tmp_path) as (_, anew):
        assert anew.root.document.version == 1, "without the pinned root nothing in the file vouches for the second"


def test_a_root_put_in_by_hand_vouches_for_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as (book, fresh):
        book.keep(stocked(fresh))
        evil = m.signed("application/vnd.bangtin.root+json;v=1", m.root_fields(version=2), "outsider", "cap")
        forged = replace(fresh, root=replace(fresh.root, content=evil))
        state, documents = forged.to_parts()
    with closing(sqlite3.connect(tmp_path / BOOK)) as database:
        database.execute("INSERT OR REPLACE INTO root VALUES (2, ?)", (evil,))
        database.execute("DELETE FROM document")
        database.executemany("INSERT INTO document VALUES (?, ?)", documents.items())
        database.execute("UPDATE state SET content = ?", (state,))
        database.commit()
    with opened(tmp_path) as (_, again):
        assert again.root.document.version == 1
        assert again.releases == {}
    assert (tmp_path / f"{BOOK}.damaged").exists()


@pytest.mark.parametrize("table", ["root", "document", "state"])
def test_changed_bytes_vouch_for_nothing(tmp_path: Path, table: str) -> None:
    chance = random.Random(table)
    for _ in range(8):
        folder = tmp_path / str(chance.random())
        with opened(folder) as (book, fresh):
            book.keep(stocked(fresh))
        with closing(sqlite3.connect(folder / BOOK)) as database:
            rows = database.execute(f"SELECT rowid, content FROM {table}").fetchall()
            row, content = chance.choice(rows)
            place = chance.randrange(len(content))
            changed = content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
            database.execute(f"UPDATE {table} SET content = ? WHERE rowid = ?", (changed, row))
            database.commit()
        with opened(folder) as (_, again):
            assert again.releases == {}
            assert again.root.digest == pin().sha256


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_book_is_put_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / BOOK).write_bytes(content)
    with opened(tmp_path) as (book, fresh):
        assert fresh.releases == {}
        book.keep(stocked(fresh))
    with opened(tmp_path) as (_, again):
        assert len(again.releases) == 3


def test_another_root_or_panel_at_enrolment_begins_anew(tmp_path: Path) -> None:
    with opened(tmp_path) as (book, fresh):
        book.keep(stocked(fresh))
    moved = replace(pin(), reader=t.READER._replace(panel=m.PANEL))
    with opened(tmp_path, moved) as (_, anew):
        assert (anew.reader, anew.releases) == (moved.reader, {})
    with opened(tmp_path, pin(issued_at=t.at(days=-29))) as (_, anew):
        assert anew.releases == {}


def test_a_demo_root_never_begins_a_real_kiosk(tmp_path: Path) -> None:
    with pytest.raises(Untrusted) as refused, opened(tmp_path, replace(pin(demo=True), demo=False)):
        pass
    assert refused.value.rule is Rule.V7_ROOT
    with pytest.raises(Untrusted) as refused, opened(tmp_path, replace(pin(), demo=True)):
        pass
    assert refused.value.rule is Rule.V7_ROOT


def test_a_disk_that_cannot_be_written_is_read_and_the_rest_lives_in_memory(tmp_path: Path) -> None:
    with opened(tmp_path) as (book, fresh):
        book.keep(stocked(fresh))
    (tmp_path / BOOK).chmod(0o444)
    made = (tmp_path / BOOK).read_bytes()
    with opened(tmp_path) as (book, again), pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "_database", sqlite3.connect(":memory:"))
        with pytest.raises(sqlite3.Error):
            book.keep(again)
    assert (tmp_path / BOOK).read_bytes() == made


def test_a_full_disk_keeps_what_it_held(tmp_path: Path) -> None:
    with opened(tmp_path) as (book, fresh):
        small = stocked(fresh)
        book.keep(small)
        with closing(sqlite3.connect(tmp_path / BOOK)) as database:
            pages = database.execute("PRAGMA page_count").fetchone()[0]
        database_of(book).execute(f"PRAGMA max_page_count = {pages}")
        large = small
        for number in range(10, 40):
            large = take_release(large, t.release(number), t.CLOCK)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            book.keep(large)
    with opened(tmp_path) as (_, again):
        assert again == small


def database_of(book: TrustBook) -> sqlite3.Connection:
    database = book._database
    assert database is not None
    return database


def test_the_servers_keys_are_those_of_the_whole_chain(tmp_path: Path) -> None:
    fields = m.root_fields()
    roles = fields["roles"] | {"server": m.role("server2")}
    second = t.root(
        version=2,
        issued_at=t.at(days=-20),
        roles=roles,
        keys=[*fields["keys"], m.key("server2").model_dump(mode="json")],
    )
    assert server_keys_in(tmp_path) == ()
    with opened(tmp_path) as (book, fresh):
        book.keep(take_root(fresh, second, t.CLOCK))
        keys = public_key(m.secret("server2")), public_key(m.secret("server"))
        assert book.server_keys() == keys
        assert server_keys_in(tmp_path) == keys


def test_parts_are_the_same_as_the_whole() -> None:
    trusted = stocked(t.pinned())
    state, documents = trusted.to_parts()
    assert from_parts(state, documents) == trusted
    assert len(state) < len(trusted.to_bytes()) / 4


def test_it_is_whole_after_being_killed_at_any_point(tmp_path: Path) -> None:
    """The child counts holds up as fast as it can and says each number when it is kept; nothing said is ever lost."""
    said = 0
    for round_ in range(12):
        command = [sys.executable, "-m", "tests.kiosk_agent.trust_child", str(tmp_path)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(1 + round_ % 5):
                said = int(child.stdout.readline())
            child.kill()
            rest = child.stdout.read().split()
            said = int(rest[-1]) if rest and rest[-1].isdigit() else said
        with opened(tmp_path) as (_, again):
            assert again.last(Counter.HOLD) in {said, said + 1}
            said = again.last(Counter.HOLD)
    assert said > 20
