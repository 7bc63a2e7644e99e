"""A kiosk's certificate: renewed with a new key, kept until the new one has proved itself, brought back when over."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from kiosk_agent.link.http import Server, Unreachable
from kiosk_agent.link.tls import Trust
from kiosk_agent.renewing import GAP_S, Renewing
from kiosk_agent.store import identity
from playlists.renewal import Need, return_content
from server.authority import certificates
from server.authority.requests import has_signed, read_request
from server.authority.store import Authority
from tests.server.authority.test_certificates import NOW, authority


@dataclass
class World:
    """A TLS server that asks for certificates, as the proxy and the server behind it do together."""

    made: Authority
    port: int = 0
    days_ago: int = 0
    """When certificates that it gives were issued."""
    shown: list[str | None] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuse_proofs: bool = False

    def issue(self, csr: bytes, days_ago: int = 0) -> str:
        at = NOW - timedelta(days=days_ago)
        return certificates.issue_client(self.made.clients, read_request(csr), "kiosk", at).chain_pem


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = authority(tmp_path / "authority")
    own = World(made)
    key = certificates.new_key()
    issued = made.issue_server(certificates.public_der(key), ["127.0.0.1"], NOW)
    pair = tmp_path / "server.pem"
    pair.write_bytes(certificates.key_pem(key) + issued.chain_pem.encode())

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Stay quiet."""

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: dict[str, Any]) -> None:
            connection: Any = self.connection
            der = connection.getpeercert(binary_form=True)
            serial = format(x509.load_der_x509_certificate(der).serial_number, "x") if der else None
            own.shown.append(serial)
            own.asked.append((self.path.rpartition("/")[2], body))
            refused = own.refuse_proofs and self.path.endswith("/settings")
            said = {"certificate_pem": own.issue(body["csr"].encode(), own.days_ago)} if "csr" in body else {}
            content = json.dumps(said).encode()
            self.send_response(401 if refused else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    context.load_verify_locations(cadata=made.clients_pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VerifyFlags(0x200000)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    own.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield own
    listening.shutdown()
    listening.server_close()
    thread.join(10)


def enrolled(world: World, folder: Path, days_ago: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    key = identity.new_key()
    identity.keep_next(folder, key, world.issue(identity.request_of(key), days_ago))
    return identity.use_next(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kiosk"


def server_of(world: World, path: Path | None, at: datetime | None = None) -> Server:
    trust = Trust(None, world.made.root_pem, path, lambda: at)
    return Server(f"https://127.0.0.1:{world.port}", None, trust)


def test_a_new_certificate_is_proved_before_the_old_one_goes(world: World, folder: Path) -> None:
    path = enrolled(world, folder)
    old = identity.read(path)
    server = server_of(world, path)
    renewed = Renewing(folder, server).look(Need.RENEW)
    assert renewed == path
    new = identity.read(path)
    assert new.serial != old.serial
    assert identity.fingerprint_of(new.key) != identity.fingerprint_of(old.key)
    server.settings()
    server.close()
    assert [name for name, _ in world.asked] == ["certificate", "settings", "settings"]
    assert world.shown == [old.serial, new.serial, new.serial]
    assert sorted(one.name for one in folder.iterdir()) == [identity.FILE]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_certificate_that_does_not_prove_itself_changes_nothing(world: World, folder: Path) -> None:
    path = enrolled(world, folder)
    before = path.read_bytes()
    world.refuse_proofs = True
    server = server_of(world, path)
    assert Renewing(folder, server).look(Need.RENEW) is None
    server.close()
    assert path.read_bytes() == before


def test_a_kiosk_whose_certificate_is_over_comes_back_with_its_old_key(world: World, folder: Path) -> None:
    path = enrolled(world, folder, days_ago=29)
    old, first = identity.read(path), certificates.pem_of(certificates.read_certificate(path.read_bytes()))
    server = server_of(world, path)
    assert Renewing(folder, server).look(Need.RETURN) == path
    server.close()
    name, body = world.asked[0]
    assert (name, body["serial"], world.shown[0]) == ("return", old.serial, None)
    assert world.shown[1] == identity.read(path).serial
    content = return_content(old.serial, body["csr"].encode())
    assert has_signed(first, base64.b64decode(body["signature"]), content)


def test_nothing_is_tried_twice_at_once_or_without_need(world: World, folder: Path) -> None:
    path = enrolled(world, folder)
    now = [0.0]
    server = server_of(world, path)
    renewing = Renewing(folder, server, lambda: now[0])
    assert renewing.look(Need.NOTHING) is None
    assert renewing.look(Need.RENEW) == path
    assert renewing.look(Need.RENEW) is None
    now[0] = GAP_S
    assert renewing.look(Need.RENEW) == path
    server.close()
    assert Renewing(folder / "none", server).look(Need.RENEW) is None


@pytest.mark.parametrize("years", [-30, -1, 5])
def test_a_kiosk_that_knows_no_time_still_connects(world: World, folder: Path, years: int) -> None:
    """No date is looked at while nothing vouches for any: neither OpenSSL's, nor ours."""
    server = server_of(world, enrolled(world, folder), None)
    server.settings()
    server.close()
    wrong = NOW + timedelta(days=365 * years)
    judged = server_of(world, None, wrong)
    with pytest.raises(Unreachable, match="not valid at"):
        judged.settings()
    judged.close()


def test_the_right_time_is_judged_by(world: World, folder: Path) -> None:
    server = server_of(world, enrolled(world, folder), datetime.now(UTC))
    server.settings()
    server.close()


def test_without_time_another_authority_or_name_is_still_refused(world: World, tmp_path: Path) -> None:
    other = authority(tmp_path / "other")
    foreign = Server(f"https://127.0.0.1:{world.port}", None, Trust(None, other.root_pem))
    elsewhere = Server(f"https://localhost:{world.port}", None, Trust(None, world.made.root_pem))
    for server in (foreign, elsewhere):
        with pytest.raises(Unreachable):
            server.settings()
        server.close()
