"""A real server behind a real nginx, a real Mosquitto and a real kiosk, all by certificates, from the code to the end.

Configuration as the deployment writes it; only ports and folders differ.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from playlists.trust.fingerprint import in_words
from scripts.verify_units import ANSIBLE, render
from simulator.demo.api import Api, wait_for
from simulator.demo.processes import Processes, free_port
from tests.contract.test_certificates import Handover, run_mosquitto
from tests.fleet.conftest import World, picture

SITE = ANSIBLE / "roles" / "server" / "templates" / "nginx.conf.j2"


def nginx_configuration(folder: Path, port: int) -> str:
    """The deployment's site on one port of the loopback, with everything in a folder."""
    site = render(SITE)
    site = site[: site.index("server {\n    listen 80;")] + site[site.index("server {\n    listen 443") :]
    site = re.sub(r"listen \[::\]:443[^;]*;", "", site).replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    site = site.replace("/etc/mosquitto/bangtin", str(folder / "server" / "mosquitto"))
    site = site.replace("/run/bangtin-proxy/server.sock", str(folder / "s"))
    temporary = "".join(
        f"{name}_temp_path {folder}/nginx-{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"user root;\nworker_processes 1;\ndaemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log warn;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
    )


class SecureWorld(World):
    """A world in which everybody proves who they are by certificates."""

    def prepare(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the authority, and everything that stands before the server."""
        self.https, self.mqtt, passwords = free_port(), free_port(), free_port()
        self.base_url = f"https://127.0.0.1:{self.https}"
        files = self.folder / "server" / "mosquitto"
        self.environment = {
            "BANGTIN_DATA_DIR": str(self.folder / "server"),
            "BANGTIN_BASE_URL": self.base_url,
            "BANGTIN_SOCKET": str(self.folder / "s"),
            "BANGTIN_BROKER": "external",
            "BANGTIN_KIOSK_IDENTITY": "certificate",
            "BANGTIN_SECOND_FACTOR": "off",
            "BANGTIN_MQTT_PORT": str(self.mqtt),
            "BANGTIN_MQTT_PASSWORD_PORT": str(passwords),
            "BANGTIN_MQTT_FILES_DIR": str(files),
        }
        (self.folder / "words").write_text("a passphrase for the stick")
        stick = ["server.start", "ca", "init", str(self.folder / "root.key"), "--network", "test"]
        stick += ["--name", "127.0.0.1", "--passphrase-file", str(self.folder / "words"), "--json"]
        made = json.loads(self.processes.run("ca", stick, self.environment))
        self.root = self.folder / "root.pem"
        self.root.write_text(made["root_pem"])
        config = ["server.start", "broker", "config", "--address", "127.0.0.1", "--port", str(self.mqtt)]
        config += ["--password-port", str(passwords), "--memory", str(files), "--user", "root"]
        self.processes.run("broker", config, self.environment)
        monkeypatch.setenv("SSL_CERT_FILE", str(self.root))
        self.api = Api(self.base_url)

    def start_front(self) -> None:
        """Start Mosquitto, what hands it its lists, and nginx."""
        files = self.folder / "server" / "mosquitto"
        self.mosquitto = run_mosquitto(files, self.mqtt)
        self.handover = Handover(files, self.mosquitto)
        self.handover.start()
        configuration = self.folder / "nginx.conf"
        configuration.write_text(nginx_configuration(self.folder, self.https))
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        assert Path(program).exists(), "install nginx: apt-get install nginx-light"
        self.nginx = subprocess.Popen([program, "-p", str(self.folder), "-c", str(configuration)])

    def close(self) -> None:
        """Stop everything."""
        super().close()
        self.handover.ended.set()
        for child in (self.nginx, self.mosquitto):
            child.send_signal(signal.SIGTERM)
            child.wait(10)

    def kiosk_environment(self) -> dict[str, str]:
        return {"BANGTIN_KIOSK_CA_FILE": str(self.root), "SSL_CERT_FILE": "/nowhere"}

    def enrol(self, environment: dict[str, str] | None = None, *, code: str | None = None) -> None:
        """Type the code (a new one, or that which is given) on the kiosk, compare the words, and say yes."""
        code = code or self.api.post(f"/kiosks/{self.kiosk_id}/enrolment-code", {})["code"]
        command = [sys.executable, "-m", "kiosk_agent.cli", "enrol", "--server", self.base_url, "--code", code]
        command += ["--data-dir", str(self.kiosk_folder), "--no-panel"]
        child = subprocess.Popen(
            command, env=os.environ | self.kiosk_environment() | (environment or {}), stdout=subprocess.PIPE
        )
        try:
            waiting = wait_for(
                "the kiosk to ask",
                lambda: self.api.get(f"/kiosks/{self.kiosk_id}/enrolment") or None,
                timeout_s=60,
                between=lambda: None,
            )
            said = {"fingerprint": waiting["fingerprint"]}
            self.api.post(f"/kiosks/{self.kiosk_id}/enrolment/accept", said)
            printed, _ = child.communicate(timeout=60)
        finally:
            child.kill()
        assert child.returncode == 0, printed
        assert in_words(waiting["fingerprint"]) == waiting["words"]
        assert waiting["words"].encode() in printed

    def start_kiosk(self, player: dict[str, str] | None = None) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.kiosk_environment().items():
                patch.setenv(name, value)
            super().start_kiosk(player)


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecureWorld]:
    folder = Path(tempfile.mkdtemp(prefix="bt-"))
    made = SecureWorld(folder, Processes(folder))
    made.prepare(monkeypatch)
    made.start_front()
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(400)
def test_from_the_code_to_a_playing_panel_and_to_its_theft(secure: SecureWorld) -> None:
    secure.init()
    secure.start_server()
    secure.login()
    secure.furnish()
    secure.enrol()
    credential = json.loads((secure.kiosk_folder / "credential.json").read_text())
    assert (credential["token"], credential["mqtt"]["password"]) == (None, "")
    assert (secure.kiosk_folder / "identity.pem").stat().st_mode & 0o777 == 0o600
    secure.show("one", picture("navy"))
    secure.start_kiosk()
    secure.assigned(secure.publish())
    assert secure.seen()["receipt"] == "seen"

    used = secure.api.get(f"/kiosks/{secure.kiosk_id}/certificates")
    assert [one["first_used_at"] is not None for one in used] == [True]  # type: ignore[index]
    spoofed = {"X-Bangtin-Certificate": used[0]["serial"]}  # type: ignore[index]
    kiosk_time = f"{secure.base_url}/api/v1/kiosk/time"
    assert httpx.get(kiosk_time, headers=spoofed).status_code == 401

    secure.api.post(f"/kiosks/{secure.kiosk_id}/revoke", {"reason": "stolen"})
    log = secure.folder / "kiosk.log"
    deadline = time.monotonic() + 90
    while "leads to no other" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        secure.processes.check()
        time.sleep(0.5)
    assert not secure.api.get(f"/kiosks/{secure.kiosk_id}")["panel_id"]
