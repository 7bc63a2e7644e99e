"""The store: whole after any power cut, rebuilt when its index is damaged, and playing when its disk is full."""

from __future__ import annotations

import errno
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from io import FileIO
from pathlib import Path

import pytest

from kiosk_agent.store.disk import RealDisk
from kiosk_agent.store.index import INDEX
from kiosk_agent.store.segments import WrongBytes
from kiosk_agent.store.snapshot import read_snapshot
from kiosk_agent.store.store import Incomplete, Store
from tests.kiosk_agent.making import KIOSK, PUBLIC, content, digest, held

ROOT = Path(__file__).parents[2]


def put(store: Store, *numbers: int, size: int = 3000) -> None:
    for number in numbers:
        with store.part(digest(number, size), size) as part:
            part.write(content(number, size)[part.offset :])
            store.keep(part, digest(number, size), size)


def reopened(folder: Path) -> Store:
    return Store(folder, KIOSK, PUBLIC)


def test_what_is_installed_is_found_again(store: Store, tmp_path: Path) -> None:
    put(store, 1, 2)
    store.install(held(1))
    store.close()
    again = reopened(tmp_path / "data")
    found = again.contents()
    assert found.installed == held(1)
    assert found.stored == {digest(1), digest(2)}
    again.close()


def test_a_manifest_without_all_segments_is_not_installed(store: Store) -> None:
    put(store, 1)
    with pytest.raises(Incomplete) as refusal:
        store.install(held(1))
    assert refusal.value.missing == {digest(2)}
    assert store.contents().installed is None


def test_a_damaged_segment_is_never_opened_for_display(store: Store) -> None:
    put(store, 1)
    file = store.verified(digest(1))
    assert file is not None
    path = file.path
    before = path.stat()
    path.write_bytes(b"x" * 3000)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.verified(digest(1)) is None
    assert not path.exists()
    assert store.contents().stored == frozenset()
    assert store.verified(digest(99)) is None


def test_a_segment_cut_short_is_counted_out_at_the_start(store: Store, tmp_path: Path) -> None:
    put(store, 1, 2)
    file = store.verified(digest(1))
    assert file is not None
    path = file.path
    path.write_bytes(path.read_bytes()[:-1])
    store.close()
    again = reopened(tmp_path / "data")
    assert again.contents().stored == {digest(2)}
    again.close()


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 500, None])
def test_a_damaged_or_lost_index_is_rebuilt_from_the_files(store: Store, tmp_path: Path, damage: bytes | None) -> None:
    put(store, 1, 2, 3)
    store.install(held(1))
    put(store, 1, 2, 3)
    store.install(held(2, (2, 3)))
    store.close()
    folder = tmp_path / "data"
    for suffix in ("-wal", "-shm"):
        (folder / (INDEX + suffix)).unlink(missing_ok=True)
    if damage is None:
        (folder / INDEX).unlink()
    else:
        (folder / INDEX).write_bytes(damage)
    again = reopened(folder)
    found = again.contents()
    assert found.stored == {digest(1), digest(2), digest(3)}
    # an empty file is a sound database without rows
    assert found.installed == held(2, (2, 3))
    again.close()


def test_random_damage_to_the_index_never_stops_the_store(store: Store, tmp_path: Path) -> None:
    put(store, 1, 2)
    store.install(held(1))
    store.close()
    folder, chance = tmp_path / "data", random.Random(7)
    sound = (folder / INDEX).read_bytes()
    for _ in range(25):
        damaged = bytearray(sound)
        for _ in range(chance.choice((1, 40, 2000))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (folder / INDEX).write_bytes(damaged)
        again = reopened(folder)
        found = again.contents()
        assert found.installed in (held(1), None)
        for sha256 in found.stored:
            assert again.verified(sha256) is not None or sha256 not in (digest(1), digest(2))
        again.close()
        put_back = reopened(folder)
        put_back.close()


def test_a_damaged_manifest_gives_way_to_the_one_before(store: Store, tmp_path: Path) -> None:
    put(store, 1, 2)
    store.install(held(1))
    store.install(held(2, (2, 1)))
    store.close()
    (tmp_path / "data/manifests" / f"{held(2, (2, 1)).sha256}.json").write_bytes(b"{}")
    again = reopened(tmp_path / "data")
    assert again.contents().installed == held(1)
    again.close()


def test_another_kiosks_store_installs_nothing(store: Store, tmp_path: Path) -> None:
    put(store, 1, 2)
    store.install(held(1))
    store.close()
    other = Store(tmp_path / "data", KIOSK, bytes(32))
    assert other.contents().installed is None
    other.close()


def test_eviction_takes_the_longest_unused_and_never_what_is_kept(store: Store) -> None:
    put(store, 1, 2, 3, 4)
    assert store.evict(frozenset({digest(1), digest(3)}), 3000) == {digest(2)}
    assert store.evict(frozenset({digest(1), digest(3)}), 0) == {digest(4)}
    assert store.contents().stored == {digest(1), digest(3)}


def test_session_numbers_rise_even_when_the_clock_goes_back(store: Store, tmp_path: Path) -> None:
    numbers = [store.next_sid() for _ in range(3)]
    store.close()
    database = sqlite3.connect(tmp_path / "data" / INDEX)
    database.execute("UPDATE run SET sid = sid + 1000000000000")
    database.commit()
    database.close()
    again = reopened(tmp_path / "data")
    numbers.append(again.next_sid())
    again.close()
    assert numbers == sorted(set(numbers))


def test_errors_are_kept_newest_first_and_bounded(store: Store, tmp_path: Path) -> None:
    for number in range(50):
        store.note_error(f"error {number}")
    assert [row.text for row in store.errors()] == [f"error {number}" for number in range(49, 29, -1)]
    assert read_snapshot(tmp_path / "data", KIOSK, PUBLIC).errors[0].text == "error 49"


class FullDisk(RealDisk):
    """A disk with room for so many bytes, or one that fails at a step."""

    def __init__(self, room: int, fails: str = "", code: int = errno.ENOSPC) -> None:
        self.room, self.fails, self.code = room, fails, code

    def write(self, file: FileIO, content: bytes) -> None:
        if len(content) > self.room:
            super().write(file, content[: self.room])
            self.room = 0
            raise OSError(self.code, os.strerror(self.code))
        self.room -= len(content)
        super().write(file, content)

    def publish(self, temporary: Path, final: Path) -> None:
        if self.fails == "publish":
            raise OSError(self.code, os.strerror(self.code))
        super().publish(temporary, final)


def test_a_full_disk_keeps_what_was_installed_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    disk = FullDisk(10_000)
    store = Store(tmp_path, KIOSK, PUBLIC, disk)
    put(store, 1, 2)
    store.install(held(1))
    disk.room = 1000
    with pytest.raises(OSError, match="No space") as full:
        put(store, 3)
    assert full.value.errno == errno.ENOSPC
    assert store.contents().installed == held(1)
    assert store.contents().stored == {digest(1), digest(2)}
    disk.room = 2000
    put(store, 3)
    assert store.verified(digest(3)) is not None
    disk.room = 0
    with pytest.raises(OSError, match="No space"):
        store.install(held(2, (3,)))
    assert store.contents().installed == held(1)
    store.close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_fails_at_the_last_step_leaves_nothing_half_done(tmp_path: Path, code: int) -> None:
    disk = FullDisk(10**9)
    store = Store(tmp_path, KIOSK, PUBLIC, disk)
    put(store, 1, 2)
    disk.fails, disk.code = "publish", code
    with pytest.raises(OSError, match=os.strerror(code)):
        put(store, 3)
    with pytest.raises(OSError, match=os.strerror(code)):
        store.install(held(1))
    found = store.contents()
    assert found.installed is None
    assert found.stored == {digest(1), digest(2)}
    store.close()


def test_a_store_that_cannot_be_written_still_plays_what_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = Store(folder, KIOSK, PUBLIC)
    put(store, 1, 2)
    store.install(held(1))
    store.close()
    # root may write anywhere, so the index is made unopenable instead
    (folder / INDEX).unlink()
    (folder / INDEX).mkdir()
    again = reopened(folder)
    assert not again.writable
    assert again.contents().installed == held(1)
    assert again.verified(digest(1)) is not None
    again.close()


def test_wrong_bytes_leave_no_file(store: Store, tmp_path: Path) -> None:
    with store.part(digest(1), 3000) as part:
        part.write(content(2, 3000))
        with pytest.raises(WrongBytes):
            store.keep(part, digest(1), 3000)
    assert [path for path in (tmp_path / "data").rglob("*") if path.suffix in (".mp4", ".part")] == []


def test_killed_at_any_point_the_store_is_whole(tmp_path: Path) -> None:
    chance, told = random.Random(20261123), 0
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk_agent.crash_child", str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            first = [child.stdout.readline() for _ in range(1 + chance.randrange(3))]
            time.sleep(chance.uniform(0, 0.1))
            child.send_signal(signal.SIGKILL)
            told = max([told, *(int(line) for line in (*first, *child.stdout.read().split("\n")[:-1]))])
        store = reopened(tmp_path)
        found = store.contents()
        seq = found.installed.manifest.seq if found.installed else 0
        assert seq in (told, told + 1), "what was reported as installed is installed"
        if found.installed is not None:
            assert found.stored.issuperset(found.installed.sizes)
            assert all(store.verified(sha256) is not None for sha256 in found.installed.sizes)
        told = seq
        store.close()
    assert told > 20


def test_a_segment_that_got_its_name_just_before_a_power_cut_counts_when_it_is_installed(
    store: Store, tmp_path: Path
) -> None:
    put(store, 1)
    with store.part(digest(2), 3000) as part:
        part.write(content(2, 3000))
        part.keep()
    store.install(held(1))
    assert store.contents().stored == {digest(1), digest(2)}
