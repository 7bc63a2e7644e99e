"""The command line: enrolment, its refusals, and what is said before there is anything."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_agent.cli import main
from kiosk_agent.store import credential
from kiosk_agent.store.credential import moved
from kiosk_agent.store.store import Store
from tests.kiosk_agent.fake_server import CODE, TOKEN, FakeServer
from tests.kiosk_agent.making import KIOSK, PUBLIC, held

ROOT = Path(__file__).parents[2]


def enrol(server: FakeServer, folder: Path, code: str = CODE) -> int:
    return main(["enrol", "--server", server.url, "--code", code, "--data-dir", str(folder)])


def test_enrolment_keeps_a_private_credential(server: FakeServer, tmp_path: Path) -> None:
    assert enrol(server, tmp_path / "k") == 0
    kept = credential.load(tmp_path / "k")
    assert (kept.kiosk_id, kept.token, kept.server_key, kept.base_url) == (KIOSK, TOKEN, PUBLIC, server.url)
    assert (tmp_path / "k" / credential.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [("WRONG-CODE1", None, "wrong or was used"), (CODE, 500, "tired"), (CODE, 429, "tired")],
)
def test_a_refused_code_is_a_sentence_and_leaves_nothing(
    server: FakeServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    code: str,
    status: int | None,
    says: str,
) -> None:
    server.status = status
    assert enrol(server, tmp_path / "k", code) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "k" / credential.FILE).exists()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://10.1.2.3", "unencrypted"),
        ("nonsense", "unencrypted"),
        ("http://127.0.0.1:9", "not spent"),
    ],
)
def test_an_address_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, says: str
) -> None:
    assert main(["enrol", "--server", address, "--code", CODE, "--data-dir", str(tmp_path)]) == 1
    assert says in capsys.readouterr().err


def test_a_kiosk_that_is_not_enrolled_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("run", "status"):
        assert main([word, "--data-dir", str(tmp_path)]) == 1
        assert "bangtin-kiosk enrol" in capsys.readouterr().err
    (tmp_path / credential.FILE).write_text("{}")
    assert main(["status", "--data-dir", str(tmp_path)]) == 1
    assert "damaged" in capsys.readouterr().err


def test_status_before_the_first_run(server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(server, tmp_path)
    capsys.readouterr()
    assert main(["status", "--json", "--data-dir", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["installed_seq"], told["on_now"], told["errors"]) == (0, None, [])
    assert main(["status", "--data-dir", str(tmp_path)]) == 0
    assert "slug: kiosk-1" in capsys.readouterr().out


def test_a_wrong_setting_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANGTIN_KIOSK_HEALTH_INTERVAL_S", "often")
    assert main(["status", "--data-dir", str(tmp_path)]) == 1
    assert "BANGTIN_KIOSK_HEALTH_INTERVAL_S" in capsys.readouterr().err


def test_version_and_usage() -> None:
    command = [sys.executable, "-m", "kiosk_agent.cli"]
    assert subprocess.run([*command, "version"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 2


def test_new_settings_never_change_who_the_kiosk_is(server: FakeServer, tmp_path: Path) -> None:
    enrol(server, tmp_path)
    before = credential.load(tmp_path)
    said = {
        "kiosk_id": "01980000-0000-7000-8000-0000000000ff",
        "token": "f" * 64,
        "server_public_key": "0" * 64,
        "mqtt": {"host": "broker", "port": 1884},
        "base_url": "https://new.example",
        "poll_s": 60,
    }
    after = moved(before, json.dumps(said).encode())
    assert (after.kiosk_id, after.token, after.server_public_key) == (
        before.kiosk_id,
        before.token,
        before.server_public_key,
    )
    assert (after.mqtt.host, after.mqtt.password) == ("broker", before.mqtt.password)
    assert (after.base_url, after.poll_s) == ("https://new.example", 60)
    weaker = moved(after, json.dumps(said | {"base_url": "http://new.example"}).encode())
    assert weaker.base_url == "https://new.example"
    for hostile in (b"", b"[]", b'{"mqtt": {"host": "", "port": 0}}', b'{"base_url": "file:///etc"}', b"\xff"):
        with pytest.raises(ValueError, match="validation error"):
            moved(before, hostile)


def test_commission_before_a_manifest_says_what_to_do(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "k"
    assert enrol(server, folder) == 0
    assert main(["commission", "--data-dir", str(folder)]) == 1
    assert "size is not known yet" in capsys.readouterr().err


def test_commission_shows_its_picture_on_the_panel(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "k"
    assert enrol(server, folder) == 0
    store = Store(folder, KIOSK, PUBLIC)
    store.install(held(1, ()))
    store.close()
    monkeypatch.setenv("BANGTIN_KIOSK_PLAYER", "software")
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        assert main(["commission", "--seconds", "8", "--data-dir", str(folder)]) == 0
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
    assert "320x160, player software: the captured picture was fine" in capsys.readouterr().out


def test_commission_before_a_manifest_takes_the_size_from_the_settings(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "k"
    assert enrol(server, folder) == 0
    monkeypatch.setenv("BANGTIN_KIOSK_PLAYER", "software")
    monkeypatch.setenv("BANGTIN_KIOSK_PANEL_SIZE", "96x161")
    assert main(["commission", "--seconds", "0", "--data-dir", str(folder)]) == 1
    assert "BANGTIN_KIOSK_PANEL_SIZE" in capsys.readouterr().err
    monkeypatch.setenv("BANGTIN_KIOSK_PANEL_SIZE", "96x160")
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        main(["commission", "--seconds", "0", "--data-dir", str(folder)])
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
    assert "96x160, player software" in capsys.readouterr().out
