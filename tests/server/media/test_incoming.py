from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import anyio
import pytest

from server.media.blobs import StorageFull
from server.media.incoming import Busy, IncomingFiles, Superseded, Turns


@pytest.fixture
def incoming(tmp_path: Path) -> IncomingFiles:
    return IncomingFiles(tmp_path / "incoming")


def test_pieces_are_added_at_the_end(incoming: IncomingFiles) -> None:
    upload_id = uuid4()
    assert incoming.size(upload_id) == 0
    for piece in (b"abc", b"", b"defg"):
        with incoming.open(upload_id) as writer:
            writer.write(piece)
    assert incoming.path(upload_id).read_bytes() == b"abcdefg"
    assert [(found.upload_id, found.size) for found in incoming.found()] == [(upload_id, 7)]
    incoming.remove(upload_id)
    incoming.remove(upload_id)
    assert list(incoming.found()) == []


def test_a_piece_can_be_undone_and_what_was_there_before_stays(incoming: IncomingFiles) -> None:
    upload_id = uuid4()
    with incoming.open(upload_id) as writer:
        writer.write(b"kept")
    with incoming.open(upload_id) as writer:
        writer.write(b"wrong")
        writer.undo()
    assert incoming.path(upload_id).read_bytes() == b"kept"


def test_two_processes_do_not_write_one_upload(incoming: IncomingFiles) -> None:
    upload_id = uuid4()
    with incoming.open(upload_id), pytest.raises(Busy):
        incoming.open(upload_id)
    incoming.open(upload_id).__exit__(None, None, None)


def test_a_full_disk_is_told_and_what_came_before_stays(incoming: IncomingFiles) -> None:
    upload_id = uuid4()
    incoming.path(upload_id).symlink_to("/dev/full")
    with pytest.raises(StorageFull, match="is full"), incoming.open(upload_id) as writer:
        writer.write(b"x")


def test_other_files_of_the_folder_belong_to_no_upload(incoming: IncomingFiles) -> None:
    incoming.path(uuid4()).with_name("notes.part").write_text("x")
    assert list(incoming.found()) == []


def test_the_newest_request_has_the_turn_and_the_one_before_ends_first() -> None:
    said: list[str] = []

    async def older(turns: Turns, upload_id: UUID, began: anyio.Event) -> None:
        try:
            async with turns.take(upload_id):
                began.set()
                try:
                    await anyio.sleep_forever()
                finally:
                    said.append("older ends")
        except Superseded:
            said.append("older is told")

    async def run() -> None:
        turns, upload_id, began = Turns(), uuid4(), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(older, turns, upload_id, began)
            await began.wait()
            async with turns.take(uuid4()):
                assert said == []
            async with turns.take(upload_id):
                said.append("newer has it")
        async with turns.take(upload_id):
            said.append("free again")

    with ThreadPoolExecutor(1) as thread:  # this thread may run a browser's loop
        thread.submit(anyio.run, run).result()
    assert [word for word in said if word != "older is told"] == ["older ends", "newer has it", "free again"]
    assert "older is told" in said
