"""`bangtin timeline explain` as a process: without a data folder, on sound and on hostile documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DOCUMENT: dict[str, Any] = {
    "zone": "Asia/Ho_Chi_Minh",
    "playlists": [
        {"id": "a", "items": [{"id": "a1", "title": "Giờ mở cửa", "on_air_ms": 10_000, "languages": ["vi", "zh"]}]},
        {"id": "d", "items": [{"id": "d1", "on_air_ms": 10_000}]},
    ],
    "dayparts": [{"id": "work", "windows": [{"weekdays": [1], "start": "07:00", "end": "17:00"}]}],
    "entries": [{"id": "e", "playlist_id": "a", "daypart_id": "work"}],
    "default": "d",
}


def explain(folder: Path, content: bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = folder / "plan.json"
    file.write_bytes(content)
    environment = os.environ | {"BANGTIN_DATA_DIR": str(folder / "nothing")}
    command = [sys.executable, "-m", "server.start", "timeline", "explain", str(file), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_it_tells_spans_and_airings_with_reasons(tmp_path: Path) -> None:
    span = ("--from", "2026-11-23T06:59:50", "--to", "2026-11-23T07:00:30")
    done = explain(tmp_path, json.dumps(DOCUMENT).encode(), *span, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [(one["local_start"][11:16], one["playlists"], one["why"]) for one in answer["spans"]] == [
        ("00:00", ["d"], "default playlist: nothing is scheduled that can be played"),
        ("07:00", ["a"], "scheduled by e, priority 50"),
    ]
    assert answer["spans"][1]["displaced"][0]["playlists"] == ["d"]
    assert [(one["item"], one["language"]) for one in answer["airings"]] == [
        ("d1", "mul"),
        ("a1", "vi"),
        ("a1", "zh"),
        ("a1", "vi"),
    ]
    assert answer["complete"] is True
    assert not (tmp_path / "nothing").exists()
    text = explain(tmp_path, json.dumps(DOCUMENT).encode(), *span).stdout
    assert "2026-11-23T07:00:00+07:00  2026-11-23T17:00:00+07:00  a: scheduled by e, priority 50" in text
    assert "    instead of d: default playlist" in text


def test_it_says_when_there_were_more_airings(tmp_path: Path) -> None:
    asked = ("--from", "2026-11-23", "--to", "2026-11-23", "--most", "5", "--json")
    answer = json.loads(explain(tmp_path, json.dumps(DOCUMENT).encode(), *asked).stdout)
    assert (len(answer["airings"]), answer["complete"]) == (5, False)


@pytest.mark.parametrize(
    ("content", "start", "end", "sentence"),
    [
        (b"{}", "2026-11-23", "2026-11-24", "zone: is missing; add it"),
        (b"\x00\xff", "2026-11-23", "2026-11-24", "not sound JSON"),
        (b"[" * 5000, "2026-11-23", "2026-11-24", "nested deeper"),
        (json.dumps(DOCUMENT).encode(), "2026-11-24", "2026-11-23", "does not lie after"),
        (json.dumps(DOCUMENT).encode(), "tomorrow", "2026-11-23", "is no time"),
        (json.dumps(DOCUMENT | {"default": "x"}).encode(), "2026-11-23", "2026-11-24", "default names the playlist x"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, start: str, end: str, sentence: str
) -> None:
    done = explain(tmp_path, content, "--from", start, "--to", end)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server.start", "timeline", "explain", "none.json", "--from", "x", "--to", "y"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "none.json" in done.stderr
