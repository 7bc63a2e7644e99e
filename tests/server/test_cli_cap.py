"""`bangtin cap check`: one object for each file, without server or data folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.start import main
from tests.playlists.cap.making import SENT, cap, info


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGTIN_DATA_DIR", str(tmp_path / "none"))


def ask(capsys: pytest.CaptureFixture[str], folder: Path, content: bytes, *options: str) -> dict[str, Any]:
    file = folder / "alert.xml"
    file.write_bytes(content)
    assert main(["cap", "check", str(file), *options, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_an_alert_is_accepted_and_told_by_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(capsys, tmp_path, cap())

    assert (answer["accepted"], answer["code"]) == (True, None)
    assert {name: said[0]["panels"] for name, said in answer["languages"].items()} == {
        "vi": ["ban-gioc-1"],
        "en": ["ban-gioc-1"],
        "zh": ["ban-gioc-1"],
    }
    assert not (tmp_path / "none").exists()


def test_a_refusal_is_an_answer_with_a_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(capsys, tmp_path, b"<!DOCTYPE alert [<!ENTITY x 'x'>]>" + cap()[38:])

    assert (answer["accepted"], answer["code"], answer["conforms"], answer["languages"]) == (False, "C3", False, {})
    assert answer["took_ms"] >= 0


def test_options_change_the_judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = {"latitude_microdegrees": 22_850_000, "longitude_microdegrees": 106_720_000}
    panels, templates, before = (tmp_path / name for name in ("panels", "templates", "before"))
    panels.write_text(json.dumps([{"panel": "poster-3", "site": "falls", "place": place}]))
    templates.write_text(json.dumps({"flood": {"zh": "山洪"}}), "utf-8")
    before.write_bytes(cap(identifier="a"))
    named = "<valueName>bangtin:template</valueName><value>flood</value>"
    update = cap(
        info("vi-VN", eventCode=named, expires=None) + info("en-US", eventCode=named, expires=None),
        msgType="Update",
        references=f"duty@example.vn,a,{SENT}",
        sent="2026-08-14T15:06:00+07:00",
    )
    options = [f"--panels={panels}", f"--templates={templates}", "--sender=duty@example.vn", "--lacks-ends"]
    # the earlier one lacks no language of its own, so it is judged by the same options
    answer = ask(capsys, tmp_path, update, *options, f"--after={before}", "--at=2026-08-14T15:10:00+07:00")

    assert (answer["accepted"], answer["template"], answer["ends"]) == (True, "flood", ["a"])
    assert answer["languages"]["zh"][0]["panels"] == ["poster-3"]


def test_text_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "alert.xml"
    file.write_bytes(cap(status="Exercise"))
    assert main(["cap", "check", str(file)]) == 0
    assert "Frame: DIỄN TẬP / EXERCISE / 演习" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["missing.xml"], "No such file"),
        (["alert.xml", "--panels=alert.xml"], "JSON"),
        (["alert.xml", "--at=yesterday"], "yesterday"),
        (["alert.xml", "--at=2026-08-14T15:10:00"], "time zone"),
    ],
)
def test_what_cannot_be_asked_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alert.xml").write_bytes(cap())

    assert main(["cap", "check", *options, "--json"]) == 1
    assert why in json.loads(capsys.readouterr().err)["error"]


def test_it_starts_without_loading_a_server(tmp_path: Path) -> None:
    file = tmp_path / "alert.xml"
    file.write_bytes(cap())
    program = "import sys; from server.start import main; main(sys.argv[1:]); print('server.app' in sys.modules)"
    command = [sys.executable, "-c", program, "cap", "check", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    answer, last = done.stdout.splitlines()
    assert (json.loads(answer)["accepted"], last) == (True, "False")


def test_other_commands_are_those_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["version"]
    with pytest.raises(SystemExit):
        main(["--help"])
    assert {"cap", "root", "serve"} <= set(capsys.readouterr().out.split())
