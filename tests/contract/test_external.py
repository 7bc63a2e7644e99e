"""An external Mosquitto over TLS: the link checks its certificate against the authority of the settings."""

from __future__ import annotations

import getpass
import ipaddress
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from playlists.wire import topics
from playlists.wire.topics import Manner
from server.mqtt.backoff import FullJitter
from server.mqtt.choose import make_broker
from server.mqtt.link import Heard, Link
from server.mqtt.mosquitto import find_mosquitto
from server.mqtt.passwords import password_line
from server.settings import BrokerKind, Settings
from tests.conftest import free_port


@dataclass(frozen=True)
class Authority:
    """A certificate for 127.0.0.1 that signs itself, and its key."""

    certificate: Path
    key: Path


def authority(folder: Path, name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Authority(folder / f"{name}.pem", folder / f"{name}.key")
    found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    found.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return found


@pytest.fixture
def running(tmp_path: Path, eventually: Callable[[Callable[[], bool]], None]) -> Iterator[Settings]:
    """A Mosquitto with TLS, run by somebody else, and the settings that lead to it."""
    own, port = authority(tmp_path, "own"), free_port()
    (tmp_path / "passwords").write_text(password_line("bangtin-server", "secret") + "\n")
    (tmp_path / "passwords").chmod(0o600)
    (tmp_path / "password").write_text("secret\n")
    configuration = tmp_path / "mosquitto.conf"
    configuration.write_text(
        f"user {getpass.getuser()}\nlistener {port} 127.0.0.1\nallow_anonymous false\n"
        f"password_file {tmp_path}/passwords\ncertfile {own.certificate}\nkeyfile {own.key}\nlog_type none\n"
    )
    program = find_mosquitto()
    assert program is not None, "install Mosquitto: apt-get install mosquitto"
    child = subprocess.Popen([program, "-c", str(configuration)])
    yield Settings(
        data_dir=tmp_path,
        broker=BrokerKind.EXTERNAL,
        mqtt_port=port,
        mqtt_password_file=tmp_path / "password",
        mqtt_ca_file=own.certificate,
    )
    child.terminate()
    child.wait(10)


class Counting:
    """An ear that counts."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []

    def subscribed(self) -> None:
        return

    def hear(self, heard: Heard) -> None:
        self.payloads.append(heard.payload)

    def is_full(self) -> bool:
        return False

    def tick(self) -> None:
        return


def link(settings: Settings, ear: Counting) -> Link:
    broker = make_broker(settings)
    return Link(broker.for_server, ear, client_id="one", subscriptions=[topics.EPOCH], backoff=FullJitter(0.05, 0.2))


def test_messages_pass_over_tls(running: Settings, eventually: Callable[[Callable[[], bool]], None]) -> None:
    ear = Counting()
    made = link(running, ear)
    made.start()
    try:
        assert made.wait_connected(15)
        sent = [made.publish(topics.EPOCH, b"%04d" % n * 500, Manner(1, retain=False)) for n in range(300)]
        for future in sent:
            future.result(15)
        eventually(lambda: len(ear.payloads) == 300)
        assert ear.payloads == [b"%04d" % n * 500 for n in range(300)]
    finally:
        made.stop()


def test_a_broker_of_another_authority_is_not_believed(running: Settings, tmp_path: Path) -> None:
    other = authority(tmp_path, "other")
    made = link(running.model_copy(update={"mqtt_ca_file": other.certificate}), Counting())
    made.start()
    try:
        assert not made.wait_connected(2)
    finally:
        made.stop()
