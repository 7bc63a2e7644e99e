from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from server.media.blobs import BlobFault, BlobMismatch, BlobMissing, BlobStore, BlobTooLarge, StorageFull


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_blob_is_named_by_its_bytes_and_reads_back(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    with store.incoming(100) as blob:
        blob.write(b"bang ")
        blob.write(b"tin")
        stored = blob.commit()
    sha256 = hashlib.sha256(b"bang tin").hexdigest()
    assert (stored.sha256, stored.size) == (sha256, 8)
    assert files_in(tmp_path) == [f"{sha256[:2]}/{sha256}"]
    assert store.exists(sha256)
    assert store.read_bytes(sha256) == b"bang tin"
    assert store.size(sha256) == 8
    with store.open(sha256) as file:
        assert file.read(4) == b"bang"


def test_the_same_bytes_twice_are_one_blob(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "store")
    (tmp_path / "same").write_bytes(b"twice")
    assert store.put_bytes(b"twice") == store.put_file(tmp_path / "same")
    assert len(files_in(tmp_path / "store")) == 1


def test_too_many_bytes_leave_nothing(tmp_path: Path) -> None:
    blob = BlobStore(tmp_path).incoming(4)
    blob.write(b"1234")
    with pytest.raises(BlobTooLarge, match="4 bytes"):
        blob.write(b"5")
    assert files_in(tmp_path) == []


def test_other_bytes_than_announced_leave_nothing(tmp_path: Path) -> None:
    with BlobStore(tmp_path).incoming(4) as blob:
        blob.write(b"1234")
        with pytest.raises(BlobMismatch):
            blob.commit("0" * 64)
    assert files_in(tmp_path) == []


def test_leaving_the_block_without_commit_leaves_nothing(tmp_path: Path) -> None:
    with BlobStore(tmp_path).incoming(4) as blob:
        blob.write(b"1234")
        assert len(files_in(tmp_path)) == 1
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "\n"])
def test_only_digests_name_blobs(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        BlobStore(tmp_path).path(name)


def test_a_missing_blob_is_said_to_be_missing(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    assert not store.exists("0" * 64)
    with pytest.raises(BlobMissing, match="0000"):
        store.open("0" * 64)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, old[1]))
    try:
        with store.incoming(1 << 20) as blob, pytest.raises(StorageFull, match="full"):
            blob.write(bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, ignored)
    assert files_in(tmp_path) == []


def test_a_place_that_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BlobFault, match="cannot be written"):
        BlobStore(tmp_path / "file" / "store")


KILLED = """
import os, sys, signal
from pathlib import Path
from server.media.blobs import BlobStore
store = BlobStore(Path(sys.argv[1]))
with store.workspace() as folder:
    (folder / "half").write_bytes(b"half")
    blob = store.incoming(100)
    blob.write(b"half")
    print("written", flush=True)
    sys.stdin.read()
"""


def test_kill_leaves_no_half_blob_and_the_next_start_sweeps(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        assert len(files_in(tmp_path)) == 3
        assert BlobStore(tmp_path).sweep() == 0, "what a living process writes stays"
        assert len(files_in(tmp_path)) == 3
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    store = BlobStore(tmp_path)
    assert files_in(tmp_path) == []
    assert list((tmp_path / "incoming").iterdir()) == []
    assert store.sweep() == 0


def test_a_workspace_is_empty_and_goes_away(tmp_path: Path) -> None:
    with BlobStore(tmp_path).workspace() as folder:
        assert list(folder.iterdir()) == []
        (folder / "x").write_bytes(b"x")
    assert files_in(tmp_path) == []
