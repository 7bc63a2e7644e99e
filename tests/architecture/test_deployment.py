import re
import subprocess
import sys
from pathlib import Path

import pytest

from playlists.wire import topics

ROOT = Path(__file__).resolve().parent.parent.parent
ROLES = ROOT / "deploy" / "ansible" / "roles"


def words(text: str) -> list[str]:
    """The lines that say something: no comments, no Ansible marks, no empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_the_installed_access_list_is_the_one_of_the_topics() -> None:
    installed = (ROLES / "server" / "templates" / "mosquitto-acl.j2").read_text("utf-8")

    assert words(installed) == words(topics.acl_patterns("bangtin-server"))


def test_systemd_accepts_the_units() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/verify_units.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    for unit in ("bangtin.service", "bangtin-kiosk.service", "bangtin-display.service"):
        assert unit in done.stdout


@pytest.mark.parametrize("line", ["WatchdogSec=30", "Restart=always", "StartLimitIntervalSec=0", "Type=notify"])
def test_the_kiosk_is_kept_alive(line: str) -> None:
    assert line in (ROLES / "kiosk" / "templates" / "bangtin-kiosk.service.j2").read_text("utf-8").splitlines()


def test_no_secret_is_in_the_deployment() -> None:
    values = r"(?i)(password|token|secret)\w*\s*[:=]\s*['\"]?[A-Za-z0-9+=]{12,}['\"]?$"
    secret = re.compile(values + "|BEGIN [A-Z ]*PRIVATE KEY")
    found = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "deploy").rglob("*")
        if path.is_file()
        for line in path.read_text("utf-8").splitlines()
        if secret.search(line)
    ]

    assert found == []
