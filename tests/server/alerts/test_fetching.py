"""Fetching from outside: which hosts and addresses may be reached, and what is taken of an answer. With real TLS."""

from __future__ import annotations

import ipaddress
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.alerts.fetching import NotFetched, Web, is_public, parted, resolved

HOST = "alerts.example.vn"


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
        ),
        *("255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1"),
        *(
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "2002:0a00:0001::",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        ),
    ],
)
def test_an_address_that_is_not_public_is_not_reached(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.0.11", "2606:4700::1111"])
def test_a_public_address_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://alerts.example.vn/x",
            "file:///etc/passwd",
            "https://evil.example/x",
            "https://alerts.example.vn:444/x",
        ),
        *(
            "https://user@alerts.example.vn/",
            "https://:p@alerts.example.vn/",
            "https://alerts.example.vn.evil.example/",
        ),
        *("https://alerts.example.vn\\@evil.example/", "https://127.0.0.1/", "https://[::1]/", "alerts.example.vn", ""),
        *("https://alerts.example.vn/a b", "https://alerts.example.vn/\r\nX: y", "https://alerts.example.vn:x/"),
    ],
)
def test_only_https_on_a_named_host_is_asked(url: str) -> None:
    with pytest.raises(NotFetched):
        parted(url, frozenset({HOST}))


def test_a_port_is_part_of_the_name() -> None:
    assert parted("https://ALERTS.example.vn:8443/x?y=1", frozenset({f"{HOST}:8443"})) == (HOST, 8443, "/x?y=1")
    assert parted("https://alerts.example.vn", frozenset({HOST})) == (HOST, 443, "/")


@pytest.mark.parametrize("found", [[], ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_inside_is_not_connected_to(found: list[str]) -> None:
    with pytest.raises(NotFetched, match="not on the public internet"):
        Web(resolve=lambda _host, _port: found).get(f"https://{HOST}/", frozenset({HOST}), 100)


def test_the_names_of_this_machine_lead_inside() -> None:
    assert not any(is_public(ipaddress.ip_address(one)) for one in resolved("localhost", 443))


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A key and a certificate that vouches for itself."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return pem, private


Fetch = Callable[..., bytes | None]


class Stranger:
    """An https server that answers what it is told to, and remembers what it was asked."""

    def __init__(self, folder: Path, name: str = HOST) -> None:
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        self.asked: list[bytes] = []
        self.pauses = False
        self.pem, key = certificate(folder, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem, key)
        stranger = self

        class Conversation(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    with context.wrap_socket(self.request, server_side=True) as connection:
                        asked = b""
                        while b"\r\n\r\n" not in asked:
                            asked += connection.recv(4096)
                        stranger.asked.append(asked)
                        for piece in (
                            [stranger.answer[index : index + 1] for index in range(len(stranger.answer))]
                            if (stranger.pauses)
                            else [stranger.answer]
                        ):
                            connection.sendall(piece)
                            if stranger.pauses:
                                time.sleep(0.05)
                except OSError:
                    return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def web(self, longest_s: float = 10.0) -> Web:
        context = ssl.create_default_context(cafile=str(self.pem))
        return Web(context, lambda _host, _port: ["127.0.0.1"], lambda _address: True, longest_s)

    def get(self, path: str = "/x", most: int = 1000, longest_s: float = 10.0, host: str = HOST) -> bytes | None:
        named = f"{host}:{self.port}"
        return self.web(longest_s).get(f"https://{named}{path}", frozenset({named}), most).content


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    made = Stranger(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_document_comes_with_what_to_ask_next_time(stranger: Stranger) -> None:
    stranger.answer = b'HTTP/1.1 200 OK\r\nETag: "7"\r\nLast-Modified: yesterday\r\nContent-Length: 2\r\n\r\nok'
    named = f"{HOST}:{stranger.port}"
    found = stranger.web().get(f"https://{named}/x", frozenset({named}), 10, {"If-None-Match": '"6"'})
    assert (found.content, found.etag, found.last_modified) == (b"ok", '"7"', "yesterday")
    assert b'If-None-Match: "6"' in stranger.asked[0]
    assert stranger.asked[0].startswith(b"GET /x HTTP/1.1\r\nHost: " + named.encode())
    stranger.answer = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert stranger.get() is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001, "more than 1000 bytes"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n",
            "more than 1000",
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/\r\n\r\n", "answered 302 and names"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "answered 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx", "compressed"),
        (b"no http at all\r\n\r\n", "could not be reached"),
        (b"", "could not be reached"),
    ],
)
def test_another_answer_is_said_in_words(stranger: Stranger, answer: bytes, words: str) -> None:
    stranger.answer = answer
    with pytest.raises(NotFetched, match=words):
        stranger.get()


def test_a_server_that_drips_is_left(stranger: Stranger) -> None:
    stranger.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"x" * 900
    stranger.pauses = True
    with pytest.raises(NotFetched, match="did not answer within"):
        stranger.get(longest_s=1.0)


def test_a_server_that_cannot_prove_its_name_is_not_believed(stranger: Stranger, tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match="did not prove who it is"):
        stranger.get(host="other.example.vn")
    stranger.pem = certificate(tmp_path, "stranger.example")[0]
    with pytest.raises(NotFetched, match="did not prove who it is"):
        stranger.get()
    assert stranger.asked == []
