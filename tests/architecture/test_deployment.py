import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.fleet.kiosk.calling import CERTIFICATE_HEADER
from server.mqtt import configuration

ROOT = Path(__file__).resolve().parent.parent.parent
ROLES = ROOT / "deploy" / "ansible" / "roles"


def test_the_proxy_passes_on_only_what_it_verified() -> None:
    site = (ROLES / "server" / "templates" / "nginx.conf.j2").read_text("utf-8")

    assert f"proxy_set_header {CERTIFICATE_HEADER} $bangtin_certificate;" in site
    assert re.search(
        r'map \$ssl_client_verify \$bangtin_certificate {\s+default "";\s+SUCCESS \$ssl_client_serial;', site
    )
    assert "proxy_pass http://unix:/run/bangtin-proxy/server.sock;" in site


def test_the_lists_that_are_handed_over_are_those_that_the_server_keeps() -> None:
    script = (ROLES / "server" / "templates" / "bangtin-handover.j2").read_text("utf-8")
    listed = re.search(r"^for name in (.*); do$", script, re.MULTILINE)

    assert listed is not None
    kept = {configuration.ACCESS, configuration.PASSWORDS, configuration.BLOCKED}
    assert set(listed[1].split()) == kept | {
        configuration.AUTHORITY,
        configuration.SERVER,
        configuration.SERVER_KEY,
    }


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
