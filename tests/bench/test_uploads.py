"""The parts of `bench uploads`, and small runs of both: damaged files, and a link that breaks."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest

from bench.uploading.bad_link import bad_link
from bench.uploading.damage import try_all
from bench.uploading.damaged import KINDS, WAYS, damaged, originals, padded_clip
from bench.uploading.sender import Sender, SendingFailed
from bench.uploading.served import Served, served
from server.media.sniff import check_boxes

MB = 1_000_000


def test_damage_can_be_made_again_and_comes_in_every_way(tmp_path: Path) -> None:
    sound = originals(tmp_path)
    files = [damaged(number, sound) for number in range(len(KINDS) * len(WAYS))]
    assert files == [damaged(file.number, sound) for file in files]
    assert {(file.kind, file.how.partition(",")[0]) for file in files} == {
        (kind, way) for kind in KINDS for way, _ in WAYS
    }


@pytest.mark.timeout(240)
def test_damaged_files_are_taken_or_refused_with_a_reason_and_nothing_else() -> None:
    outcomes = try_all(range(3000, 3150))
    assert outcomes.broken == []
    assert outcomes.files == 150
    assert outcomes.taken > 0
    assert len(outcomes.refused) > 2


def test_a_padded_clip_has_its_size_and_is_whole(tmp_path: Path) -> None:
    file = padded_clip(tmp_path / "a.mp4", 5 * MB)
    assert file.stat().st_size == 5 * MB
    check_boxes(file)


def test_a_bad_link_breaks_where_it_should_and_counts_what_passed() -> None:
    got = bytearray()

    def swallow(listener: socket.socket) -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            with connection:
                try:
                    while piece := connection.recv(65536):
                        got.extend(piece)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        reader = threading.Thread(target=swallow, args=(listener,), daemon=True)
        reader.start()
        with bad_link(("127.0.0.1", listener.getsockname()[1]), [1000]) as link:
            with socket.create_connection((link.host, link.port)) as first:
                first.sendall(bytes(1500))
                first.settimeout(30)
                with contextlib.suppress(ConnectionResetError):
                    assert first.recv(1) == b""
            with socket.create_connection((link.host, link.port)) as second:
                second.sendall(bytes(700))
            reader.join(30)
            assert (link.cuts, link.forwarded) == (1, 1700)


def test_a_refusal_is_no_break_of_the_link(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 410 Gone\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone"

    def refuse(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    (tmp_path / "a").write_bytes(b"x")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=refuse, args=(listener,), daemon=True).start()
        sender = Sender("127.0.0.1", listener.getsockname()[1], "token")
        with pytest.raises(SendingFailed, match="410"):
            sender.send("/api/v1/uploads/x", tmp_path / "a")
    assert sender.breaks == 0


@pytest.mark.timeout(240)
def test_a_large_upload_survives_ten_cuts_and_a_killed_server(tmp_path: Path) -> None:
    size, chunk = 40 * MB, 2 << 20
    file = padded_clip(tmp_path / "large.mp4", size)
    places = [size * number // 11 for number in range(1, 11)]
    with served(tmp_path) as server, bad_link(("127.0.0.1", server.port), places) as link:
        sender = Sender("127.0.0.1", link.port, server.token, chunk, checksums=True)
        path = sender.create(size, {"filename": "Lễ hội.mp4", "agency_id": server.agency_id})
        killed = threading.Event()
        sending = threading.Thread(target=_send_with_a_kill, args=(sender, path, file, server, killed))
        sending.start()
        sending.join(200)
        assert not sending.is_alive()
        assert killed.is_set()
        shown = server.finished(path)
    assert (shown["state"], shown["name"]) == ("done", "Lễ hội.mp4")
    assert link.cuts == 10
    assert sender.breaks >= 10
    assert sender.sent_bytes - size <= (sender.breaks + 1) * chunk
    assert max(sender.resumed_at) > 0


def _send_with_a_kill(sender: Sender, path: str, file: Path, server: Served, killed: threading.Event) -> None:
    """Send a file; when some of it is there, the server is killed and started again underneath."""

    def kill() -> None:
        while server.upload(path)["offset"] < 5 * MB:
            time.sleep(0.02)
        server.kill_and_start()
        killed.set()

    killing = threading.Thread(target=kill)
    killing.start()
    sender.send(path, file)
    killing.join(100)
