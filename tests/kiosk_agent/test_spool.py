"""Plays wait for the server through power cuts, full disks and damage."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kiosk_agent.spool.plays import FILE, PlaySpool
from playlists.wire.messages import Play
from tests.kiosk_agent.making import START, digest


def play(seq: int) -> Play:
    started = START + timedelta(seconds=4 * seq)
    return Play(seq=seq, sha256=digest(1), language="vi", started_at=started, ended_at=started + timedelta(seconds=4))


def test_plays_are_kept_in_order_until_forgotten_and_numbers_go_on(tmp_path: Path) -> None:
    spool = PlaySpool(tmp_path)
    for seq in range(1, 301):
        spool.keep(play(seq))
    spool.close()
    spool = PlaySpool(tmp_path)
    assert [one.seq for one in spool.oldest(200)] == list(range(1, 201))
    spool.forget(300)
    assert spool.waiting == 0
    spool.close()
    spool = PlaySpool(tmp_path)
    assert spool.next_seq == 301
    spool.close()


def test_a_damaged_spool_is_begun_anew_with_higher_numbers(tmp_path: Path) -> None:
    spool = PlaySpool(tmp_path)
    spool.keep(play(1))
    spool.close()
    (tmp_path / FILE).write_bytes(b"no database" * 999)
    spool = PlaySpool(tmp_path)
    assert spool.durable
    assert spool.waiting == 0
    assert spool.next_seq > 10**9
    spool.close()


def test_one_damaged_play_does_not_hold_up_the_others(tmp_path: Path) -> None:
    spool = PlaySpool(tmp_path)
    for seq in (1, 2, 3):
        spool.keep(play(seq))
    spool._database.execute("UPDATE play SET body = '{' WHERE seq = 2")
    assert [one.seq for one in spool.oldest(200)] == [1, 3]
    assert spool.waiting == 2
    spool.close()


@pytest.mark.parametrize("when", ["start", "later"])
def test_where_the_disk_cannot_be_written_plays_wait_in_memory(tmp_path: Path, when: str) -> None:
    if when == "start":
        (tmp_path / FILE).mkdir()
    spool = PlaySpool(tmp_path)
    if when == "later":
        spool.keep(play(1))
        spool._database.execute("PRAGMA query_only = ON")
        spool.keep(play(2))
        assert [one.seq for one in spool.oldest(9)] == [1, 2]
    else:
        spool.keep(play(spool.next_seq))
    assert not spool.durable
    assert spool.waiting >= 1
    spool.close()
