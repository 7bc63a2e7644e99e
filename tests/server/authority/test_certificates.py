"""What certificates of the authority say, and what nobody can do with them, judged by OpenSSL in real handshakes."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.authority import certificates, leaves, store
from server.authority.certificates import Blocked, Signer
from server.authority.store import Authority, NoAuthority
from tests.server.authority.requesting import new_key, public_der

NOW = datetime.now(UTC).replace(microsecond=0)


def authority(folder: Path, *names: str) -> Authority:
    root = certificates.new_root("Cao Bằng", NOW)
    clients = certificates.client_intermediate(root, "Cao Bằng", NOW)
    servers = certificates.server_intermediate(root, "Cao Bằng", names or ("127.0.0.1", "bangtin.example"), NOW)
    store.save(folder, root.pem, clients, servers)
    made = store.load(folder)
    assert made is not None
    return made


@pytest.fixture
def made(tmp_path: Path) -> Authority:
    return authority(tmp_path / "keys")


def write(folder: Path, name: str, key: object, chain: str) -> Path:
    path = folder / f"{name}.pem"
    path.write_bytes(certificates.key_pem(key) + chain.encode())  # type: ignore[arg-type]
    return path


def shakes_hands(folder: Path, made: Authority, server: Path, client: Path | None, *, name: str = "127.0.0.1") -> bool:
    """Tell whether a TLS client and server believe each other, and a byte passes both ways."""
    for_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for_server.load_cert_chain(server)
    for_server.load_verify_locations(cadata=made.clients_pem)
    for_server.verify_mode = ssl.CERT_REQUIRED
    for_client = ssl.create_default_context(cadata=made.root_pem)
    if client is not None:
        for_client.load_cert_chain(client)
    ends = socket.socketpair()
    heard: list[bytes] = []

    def serve() -> None:
        try:
            with for_server.wrap_socket(ends[0], server_side=True) as end:
                heard.append(end.recv(1))
                end.sendall(b"b")
        except OSError:
            ends[0].close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with for_client.wrap_socket(ends[1], server_hostname=name) as end:
            end.sendall(b"a")
            answered = end.recv(1) == b"b"
    except OSError:
        ends[1].close()
        answered = False
    thread.join(10)
    return answered and heard == [b"a"]


def kiosk(folder: Path, made: Authority, name: str = "", now: datetime = NOW) -> Path:
    key = new_key()
    return write(folder, uuid4().hex, key, made.issue_client(public_der(key), name or str(uuid4()), now).chain_pem)


def server(folder: Path, made: Authority, *names: str, now: datetime = NOW) -> Path:
    key = new_key()
    issued = made.issue_server(public_der(key), names or ("127.0.0.1", "bangtin.example"), now)
    return write(folder, uuid4().hex, key, issued.chain_pem)


def test_kiosk_and_server_believe_each_other(tmp_path: Path, made: Authority) -> None:
    own = server(tmp_path, made)
    assert shakes_hands(tmp_path, made, own, kiosk(tmp_path, made))
    assert shakes_hands(tmp_path, made, own, kiosk(tmp_path, made), name="bangtin.example")
    assert not shakes_hands(tmp_path, made, own, kiosk(tmp_path, made), name="other.example")
    assert not shakes_hands(tmp_path, made, own, None)


def test_a_certificate_says_only_what_the_server_decided(made: Authority) -> None:
    kiosk_id, key = str(uuid4()), new_key()
    issued = made.issue_client(public_der(key), kiosk_id, NOW)
    read = x509.load_pem_x509_certificate(issued.chain_pem.encode())
    assert read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == kiosk_id
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == [f"{kiosk_id}.{certificates.CLIENT_DOMAIN}"]
    usage = read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert (NOW - issued.not_before, issued.not_after - NOW) == (timedelta(days=30), timedelta(days=180))
    assert int(issued.serial, 16) == read.serial_number


def test_a_kiosk_cannot_play_the_server(tmp_path: Path, made: Authority) -> None:
    assert not shakes_hands(tmp_path, made, kiosk(tmp_path, made, "bangtin.example"), kiosk(tmp_path, made))


def test_the_key_for_kiosks_makes_no_server_and_the_one_for_servers_no_kiosk(tmp_path: Path, made: Authority) -> None:
    crossed = Authority(made.root_pem, made.root_sha256, made.servers, made.clients)
    assert not shakes_hands(tmp_path, made, server(tmp_path, crossed), kiosk(tmp_path, made))
    assert not shakes_hands(tmp_path, made, server(tmp_path, made), kiosk(tmp_path, crossed))


def test_the_key_for_servers_makes_none_of_another_name(tmp_path: Path, made: Authority) -> None:
    for name in ("bank.example", "10.1.2.3"):
        own = server(tmp_path, made, name)
        assert not shakes_hands(tmp_path, made, own, kiosk(tmp_path, made), name=name)


def test_a_client_outside_the_private_domain_is_not_believed(tmp_path: Path, made: Authority) -> None:
    key = new_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(uuid4()))]))
        .issuer_name(made.clients.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("admin.example")]), critical=False)
    )
    forged = builder.sign(made.clients.key, SHA256())
    path = write(tmp_path, "forged", key, certificates.pem_of(forged) + made.clients.pem)
    assert not shakes_hands(tmp_path, made, server(tmp_path, made), path)


def test_an_intermediate_signs_no_further_one(tmp_path: Path, made: Authority) -> None:
    below = certificates.client_intermediate(made.clients, "below", NOW)
    chained = Authority(made.root_pem, made.root_sha256, Signer(below.certificate, below.key), made.servers)
    key = new_key()
    chain = chained.issue_client(public_der(key), str(uuid4()), NOW).chain_pem + made.clients.pem
    assert not shakes_hands(tmp_path, made, server(tmp_path, made), write(tmp_path, "below", key, chain))


def test_another_network_is_not_believed(tmp_path: Path, made: Authority) -> None:
    other = authority(tmp_path / "other")
    assert not shakes_hands(tmp_path, made, server(tmp_path, made), kiosk(tmp_path, other))
    assert not shakes_hands(tmp_path, made, server(tmp_path, other), kiosk(tmp_path, made))


def test_a_certificate_that_is_over_is_not_believed(tmp_path: Path, made: Authority) -> None:
    long_ago = NOW - timedelta(days=181)
    clients = Signer(made.clients.certificate, made.clients.key)
    issued = certificates.issue_client(clients, public_der(key := new_key()), str(uuid4()), long_ago)
    assert issued.not_before >= made.clients.certificate.not_valid_before_utc
    old = write(tmp_path, "old", key, issued.chain_pem)
    assert not shakes_hands(tmp_path, made, server(tmp_path, made), old)


def test_the_list_of_blocked_ones_outlives_every_certificate(made: Authority) -> None:
    pem = made.blocked_list([Blocked("ff", NOW), Blocked("1", NOW)], NOW)
    read = x509.load_pem_x509_crl(pem)
    assert sorted(one.serial_number for one in read) == [1, 255]
    assert read.next_update_utc == made.clients.certificate.not_valid_after_utc
    assert read.is_signature_valid(made.clients.certificate.public_key())  # type: ignore[arg-type]


def test_keys_are_readable_by_their_owner_only_and_damage_is_named(tmp_path: Path, made: Authority) -> None:
    folder = store.folder_of(tmp_path / "keys")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.glob("*.key")} == {
        "clients.key": 0o600,
        "servers.key": 0o600,
    }
    (folder / "clients.key").write_bytes((folder / "servers.key").read_bytes())
    with pytest.raises(NoAuthority, match="not the certificate's"):
        store.load(tmp_path / "keys")
    (folder / "root.pem").unlink()
    with pytest.raises(NoAuthority, match="cannot be read"):
        store.load(tmp_path / "keys")
    assert store.load(tmp_path / "none") is None


def test_the_servers_own_certificates_are_renewed_before_they_end(tmp_path: Path, made: Authority) -> None:
    later = NOW + timedelta(days=250)
    assert leaves.renew_server(tmp_path, made, NOW)
    assert leaves.renew_client(tmp_path, made, "bangtin-server", NOW)
    first = (tmp_path / "server.pem").read_text(), (tmp_path / "client.pem").read_text()
    assert not leaves.renew_server(tmp_path, made, NOW + timedelta(days=200))
    assert not leaves.renew_client(tmp_path, made, "bangtin-server", NOW + timedelta(days=100))
    assert leaves.renew_server(tmp_path, made, later)
    assert leaves.renew_client(tmp_path, made, "bangtin-server", NOW + timedelta(days=120))
    assert (tmp_path / "server.pem").read_text() != first[0]
    assert (tmp_path / "client.pem").read_text() != first[1]
    for name in ("server.key", "client.key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    for name in ("server", "client"):
        certificates.read_signer((tmp_path / f"{name}.pem").read_bytes(), (tmp_path / f"{name}.key").read_bytes())


def test_new_intermediates_lead_to_new_server_certificates(tmp_path: Path, made: Authority) -> None:
    leaves.renew_server(tmp_path, made, NOW)
    assert leaves.renew_server(tmp_path, authority(tmp_path / "new"), NOW)
    assert leaves.names_of(made) == ("127.0.0.1", "bangtin.example")
