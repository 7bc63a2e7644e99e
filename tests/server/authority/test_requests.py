"""What strangers send: only a P-256 key that signed its own request is taken from it, and nothing else."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from playlists.enrolment import MOST_REQUEST_BYTES
from server.authority.requests import NoRequest, read_request
from tests.server.authority.requesting import new_key, public_der, request_of

GOOD = request_of(new_key())


def test_the_key_of_a_request_is_read() -> None:
    key = new_key()
    assert read_request(request_of(key, "bangtin-server", authority=True)) == public_der(key)


def _of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return made.public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("pem", "says"),
    [
        (b"", "PEM"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n", "PEM"),
        (b"\x00" * 100, "PEM"),
        (b"A" * (MOST_REQUEST_BYTES + 1), "at most"),
        (GOOD + b" " * MOST_REQUEST_BYTES, "at most"),
        (_of(rsa.generate_private_key(65537, 2048)), "P-256"),
        (_of(ec.generate_private_key(ec.SECP384R1())), "P-256"),
    ],
)
def test_what_is_no_request_is_refused(pem: bytes, says: str) -> None:
    with pytest.raises(NoRequest, match=says):
        read_request(pem)


def test_a_request_that_another_key_signed_is_refused() -> None:
    key, other = new_key(), new_key()
    mine = x509.load_pem_x509_csr(request_of(key)).public_bytes(Encoding.DER)
    stolen = mine.replace(public_der(key), public_der(other))
    with pytest.raises(NoRequest, match="not signed"):
        read_request(x509.load_der_x509_csr(stolen).public_bytes(Encoding.PEM))


@given(st.binary(max_size=600))
def test_any_bytes_are_a_request_or_refused(content: bytes) -> None:
    with pytest.raises(NoRequest):
        read_request(content)


@given(st.integers(28, len(GOOD) - 28), st.integers(0, 255))
def test_a_request_with_one_changed_byte_gives_the_same_key_or_none(place: int, byte: int) -> None:
    changed = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    try:
        assert read_request(changed) == read_request(GOOD)
    except NoRequest:
        assert changed != GOOD
