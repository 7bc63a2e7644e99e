"""The link over HTTP against a real small server that cuts, lies and breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kiosk_agent.link.http import Refused, Server, Stopped, Unreachable, is_safe_address
from kiosk_agent.store.segments import WrongBytes
from kiosk_agent.store.store import Store
from playlists.ids import sha256_hex
from tests.kiosk_agent.fake_server import TOKEN, FakeServer
from tests.kiosk_agent.making import content, envelope

BIG = content(9, 700_000)
NAME = sha256_hex(BIG)


@pytest.fixture
def link(server: FakeServer) -> Iterator[Server]:
    opened = Server(server.url, TOKEN)
    yield opened
    opened.close()


def download(link: Server, store: Store, name: str = NAME, size: int = len(BIG)) -> list[int]:
    seen: list[int] = []
    with store.part(name, size) as part:
        link.segment(name, part, seen.append, lambda: False)
        store.keep(part, name, size)
    return seen


def test_a_segment_comes_whole_and_verified(server: FakeServer, link: Server, store: Store) -> None:
    server.assign(envelope(1), BIG)
    seen = download(link, store)
    assert seen[-1] == len(BIG)
    file = store.verified(NAME)
    assert file is not None
    assert file.path.read_bytes() == BIG


def test_a_broken_download_goes_on_where_it_broke(server: FakeServer, link: Server, store: Store) -> None:
    server.assign(envelope(1), BIG)
    server.cut_after = 300_000
    for _ in range(2):
        with pytest.raises(Unreachable):
            download(link, store)
    server.cut_after = None
    download(link, store)
    ranges = [asked for method, path, asked in server.asked]
    assert ranges == [None, "bytes=300000-", "bytes=600000-"]
    assert store.verified(NAME) is not None


def test_a_server_that_ignores_ranges_starts_the_file_anew(server: FakeServer, link: Server, store: Store) -> None:
    server.assign(envelope(1), BIG)
    server.cut_after = 100_000
    with pytest.raises(Unreachable):
        download(link, store)
    server.cut_after, server.ignore_range = None, True
    download(link, store)
    assert store.verified(NAME) is not None


def test_wrong_bytes_are_never_kept(server: FakeServer, link: Server, store: Store) -> None:
    server.segments = {NAME: BIG[:-1] + b"!"}
    with pytest.raises(WrongBytes):
        download(link, store)
    assert store.verified(NAME) is None
    server.segments = {NAME: BIG}
    download(link, store)
    assert server.asked[-1][2] is None


def test_more_bytes_than_promised_are_stopped_at_once(server: FakeServer, link: Server, store: Store) -> None:
    server.segments = {NAME: BIG * 3}
    with pytest.raises(WrongBytes):
        download(link, store)
    assert store.verified(NAME) is None


def test_what_an_earlier_run_left_is_hashed_again(server: FakeServer, link: Server, store: Store) -> None:
    server.assign(envelope(1), BIG)
    server.cut_after = 200_000
    with pytest.raises(Unreachable):
        download(link, store)
    part = next(path for path in store.part(NAME, len(BIG))._path.parent.iterdir())
    part.write_bytes(b"\0" * 200_000)
    server.cut_after = None
    with pytest.raises(WrongBytes):
        download(link, store)
    download(link, store)
    assert store.verified(NAME) is not None


def test_a_download_can_be_called_off(server: FakeServer, link: Server, store: Store) -> None:
    server.assign(envelope(1), BIG)
    with store.part(NAME, len(BIG)) as part, pytest.raises(Stopped):
        link.segment(NAME, part, lambda _: None, lambda: True)


def test_a_manifest_is_fetched_once_and_a_big_answer_is_refused(server: FakeServer, link: Server) -> None:
    assert link.manifest(None).envelope is None
    server.envelope = envelope(1)
    answer = link.manifest(None)
    assert answer.envelope == server.envelope
    assert answer.ahead_s is not None
    assert abs(answer.ahead_s) < 3600
    assert link.manifest(sha256_hex(server.envelope)).envelope is None
    server.envelope = b"x" * ((1 << 20) + 1)
    with pytest.raises(Refused, match="larger"):
        link.manifest(None)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_a_refusal_is_a_sentence_with_its_status(server: FakeServer, link: Server, status: int) -> None:
    server.status, server.retry_after = status, "17"
    with pytest.raises(Refused, match="tired") as refusal:
        link.manifest(None)
    assert (refusal.value.status, refusal.value.retry_after_s) == (status, 17.0)
    with pytest.raises(Refused):
        link.capture(b"jpeg", datetime.now(UTC))


def test_a_missing_segment_and_a_wrong_token_are_told_apart(server: FakeServer, store: Store) -> None:
    for token, status in ((TOKEN, 404), ("no" * 32, 401)):
        link = Server(server.url, token)
        with pytest.raises(Refused) as refusal:
            download(link, store)
        link.close()
        assert refusal.value.status == status


def test_nobody_there_is_unreachable(store: Store) -> None:
    link = Server("http://127.0.0.1:9", TOKEN)
    for ask in (link.settings, lambda: link.manifest(None), lambda: link.capture(b"", datetime.now(UTC))):
        with pytest.raises(Unreachable):
            ask()
    link.close()


def test_a_moved_server_is_talked_to_at_its_new_address(server: FakeServer) -> None:
    link = Server("http://127.0.0.1:9", TOKEN)
    link.move(server.url)
    assert b"mqtt" in link.settings()
    link.close()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://bangtin.example", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("http://10.0.0.5", False),
        ("http://localhost.evil.example", False),
        ("https://", False),
        ("ftp://127.0.0.1", False),
        ("bangtin", False),
    ],
)
def test_a_token_travels_encrypted_or_not_at_all(address: str, safe: bool) -> None:
    assert is_safe_address(address) is safe
