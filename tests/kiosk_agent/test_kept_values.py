"""The values of status boards on the disk: whole before or after a power cut, and nothing where they are not sound."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

import pytest

from kiosk_agent.store.board_values import KeptValues
from kiosk_agent.store.disk import RealDisk
from kiosk_agent.store.store import Store
from tests.kiosk_agent.boards import said
from tests.kiosk_agent.making import KIOSK, PUBLIC


class CutDisk(RealDisk):
    """Loses power after so many operations: what was not published is lost, half of a write is there."""

    def __init__(self, operations: int) -> None:
        self._left = operations

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise OSError("the power is gone")

    def append(self, path: Path) -> FileIO:
        self._step()
        return super().append(path)

    def write(self, file: FileIO, content: bytes) -> None:
        self._step()
        if self._left == 0:
            super().write(file, content[: len(content) // 2])
            raise OSError("the power is gone")
        super().write(file, content)

    def publish(self, temporary: Path, final: Path) -> None:
        self._step()
        super().publish(temporary, final)

    def unlink(self, path: Path) -> None:
        self._step()
        super().unlink(path)


def test_values_are_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path, KIOSK, PUBLIC)
    assert store.contents().values == ()
    store.keep_values((said(3, wait=25),))
    store.keep_values((said(4, wait=30),))
    store.close()
    again = Store(tmp_path, KIOSK, PUBLIC)
    assert again.contents().values == (said(4, wait=30),)
    again.close()


@pytest.mark.parametrize("operations", range(4))
def test_a_power_cut_leaves_the_values_as_they_were(tmp_path: Path, operations: int) -> None:
    KeptValues(tmp_path, RealDisk()).write((said(3, wait=25),))
    with pytest.raises(OSError, match="power"):
        KeptValues(tmp_path, CutDisk(operations)).write((said(4, wait=30),))
    kept = KeptValues(tmp_path, RealDisk())
    assert kept.read() == (said(3, wait=25),)
    kept.write((said(5, wait=35),))
    assert kept.read() == (said(5, wait=35),)


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b'[{"board": 1}]', b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_not_sound_is_no_values(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "values.json").write_bytes(content)
    assert KeptValues(tmp_path, RealDisk()).read() == ()
