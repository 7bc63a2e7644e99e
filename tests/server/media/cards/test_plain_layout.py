"""Without FriBiDi, and therefore without Raqm, cards are laid out plainly: whole, with every mark, nothing clipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process draws that finds a FriBiDi which cannot be loaded."""
    folder = tmp_path_factory.mktemp("no-fribidi")
    for name in ("libfribidi.so", "libfribidi.so.0"):
        (folder / name).touch()
    child = [sys.executable, "-m", "tests.server.media.cards.plain_child"]
    done = subprocess.run(
        child,
        cwd=ROOT,
        env=os.environ | {"LD_LIBRARY_PATH": str(folder)},
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_layout_is_plain(plain: dict[str, Any]) -> None:
    assert plain["layout"] == "plain"


def test_every_template_is_drawn_whole_in_every_language(plain: dict[str, Any]) -> None:
    assert len(plain["drawn"]) == 10 * 3 * 2
    for one in plain["drawn"]:
        about = one["template"], one["language"], one["size"]
        assert one["texts"], about
        assert [text for text, clipped, lacking in one["texts"] if clipped or lacking] == [], about


def test_stacked_marks_are_drawn(plain: dict[str, Any]) -> None:
    for letter, (left, top, right, bottom) in plain["inks"].items():
        assert right > left, letter
        assert bottom - top > 30, letter
