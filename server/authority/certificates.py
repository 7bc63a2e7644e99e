"""How the certificates look: a root that lies on paper, two intermediates that can do little, and their leaves.

The one for clients can only vouch for clients, under names that nobody resolves; the one for servers only for the
names of this installation. All keys lie on P-256. Times are given, never read from a clock.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_ssh_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from playlists.ids import sha256_hex

CLIENT_DOMAIN = "kiosk.bangtin.internal"
"""Alternative names of clients end so: `.internal` is kept for private use and never resolves in the world."""
NO_NAME = "none.invalid"
ROOT_DAYS = 20 * 365
INTERMEDIATE_DAYS = 10 * 365
KIOSK_DAYS = 180
ROUNDS = 64
SERVER_DAYS = 365
BACKDATED = timedelta(days=30)
"""Leaves are valid from so long ago: a clock that is late refuses none of them."""

PrivateKey = ec.EllipticCurvePrivateKey
_ORGANISATION = "Bang Tin"


@dataclass(frozen=True)
class Signer:
    """A certificate that may sign others, and its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> str:
        """The certificate."""
        return pem_of(self.certificate)


@dataclass(frozen=True)
class Issued:
    """A leaf: its serial number in small hexadecimal digits, its chain in PEM (leaf first), and its times."""

    serial: str
    fingerprint: str
    chain_pem: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Blocked:
    """A certificate that is not to be believed any longer."""

    serial: str
    at: datetime


def new_key() -> PrivateKey:
    """Return a new private key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: PrivateKey) -> bytes:
    """Return a private key in PEM (PKCS#8), not sealed."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sealed_key(key: PrivateKey, passphrase: str) -> bytes:
    """Return a private key under a passphrase, in OpenSSH's form: bcrypt slows down who guesses."""
    seal = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(ROUNDS).build(passphrase.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, seal)


def open_root(content: bytes, passphrase: str) -> Signer:
    """Return the root of a file that holds its sealed key and its certificate.

    Raises:
        ValueError: the file is not of this form, or the passphrase is wrong.
    """
    key = load_ssh_private_key(content.partition(b"-----BEGIN CERTIFICATE")[0], passphrase.encode())
    return _signer(read_certificate(content), key)


def read_signer(certificate_pem: bytes, private_pem: bytes) -> Signer:
    """Return a signer from its two files.

    Raises:
        ValueError: they are not of their form, or do not belong together.
    """
    return _signer(read_certificate(certificate_pem), load_pem_private_key(private_pem, None))


def _signer(certificate: x509.Certificate, key: object) -> Signer:
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("the private key is not the certificate's")
    return Signer(certificate, key)


def new_root(network: str, now: datetime) -> Signer:
    """Make a root of a network, which signs intermediates only."""
    key = new_key()
    name = _name(f"Bang Tin root of {network}"[:64])
    builder = _begun(name, name, key.public_key(), now - BACKDATED, now + timedelta(days=ROOT_DAYS))
    builder = _as_authority(builder, path_length=1)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return Signer(builder.sign(key, SHA256()), key)


def client_intermediate(root: Signer, network: str, now: datetime) -> Signer:
    """Make the intermediate that vouches for kiosks: clients only, and only under the private domain."""
    permitted = [x509.DNSName(CLIENT_DOMAIN)]
    constraints = x509.NameConstraints(permitted, [*_every_address()])
    usage = [ExtendedKeyUsageOID.CLIENT_AUTH]
    return _intermediate(root, f"Bang Tin clients of {network}"[:64], usage, constraints, now)


def server_intermediate(root: Signer, network: str, names: Sequence[str], now: datetime) -> Signer:
    """Make the intermediate that vouches for servers, under the given names and addresses only."""
    permitted: list[x509.GeneralName] = [_as_subtree(name) for name in names]
    kinds = {type(one) for one in permitted}
    excluded = [*([] if x509.IPAddress in kinds else _every_address())]
    if x509.DNSName not in kinds:
        permitted.append(x509.DNSName(NO_NAME))
    constraints = x509.NameConstraints(permitted, excluded or None)
    usage = [ExtendedKeyUsageOID.SERVER_AUTH]
    return _intermediate(root, f"Bang Tin servers of {network}"[:64], usage, constraints, now)


def issue_client(signer: Signer, public_key: bytes, common_name: str, now: datetime) -> Issued:
    """Vouch that a public key (DER) is that of a client: `common_name` is a kiosk's id, or the server's user name.

    Raises:
        ValueError: the key is not of its form.
    """
    names = [x509.DNSName(f"{common_name}.{CLIENT_DOMAIN}")]
    return _leaf(signer, public_key, common_name, names, ExtendedKeyUsageOID.CLIENT_AUTH, KIOSK_DAYS, now)


def issue_server(signer: Signer, public_key: bytes, names: Sequence[str], now: datetime) -> Issued:
    """Vouch that a public key (DER) is that of a server with these names and addresses.

    Raises:
        ValueError: no name was given.
    """
    if not names:
        raise ValueError("a server's certificate needs a name")
    alternatives = [_as_name(name) for name in names]
    # No name in the common name: OpenSSL would hold it against the constraints where there are addresses only.
    return _leaf(signer, public_key, "Bang Tin server", alternatives, ExtendedKeyUsageOID.SERVER_AUTH, SERVER_DAYS, now)


def blocked_list(signer: Signer, blocked: Iterable[Blocked], now: datetime) -> bytes:
    """Return the signer's list of blocked certificates (PEM). It never ends before the signer itself does.

    A broker refuses everybody when such a list is over; one that is as old as its signer cannot be the outage.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.certificate.subject)
        .last_update(min(now - BACKDATED, signer.certificate.not_valid_before_utc))
        .next_update(signer.certificate.not_valid_after_utc)
    )
    for one in blocked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(one.serial, 16)).revocation_date(one.at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.key, SHA256()).public_bytes(Encoding.PEM)


def public_der(key: PrivateKey) -> bytes:
    """Return the public half of a key (DER SubjectPublicKeyInfo)."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem_of(certificate: x509.Certificate) -> str:
    """Return a certificate in PEM."""
    return certificate.public_bytes(Encoding.PEM).decode()


def read_certificate(pem: bytes) -> x509.Certificate:
    """Return the first certificate of a file.

    Raises:
        ValueError: there is none.
    """
    return x509.load_pem_x509_certificate(pem)


def serial_of(certificate: x509.Certificate) -> str:
    """Return a serial number in small hexadecimal digits without leading zeros."""
    return format(certificate.serial_number, "x")


def ends_at(pem: bytes) -> datetime:
    """Return when the first certificate of a file ends.

    Raises:
        ValueError: there is none.
    """
    return read_certificate(pem).not_valid_after_utc


def common_name(certificate: x509.Certificate) -> str:
    """Return whom a certificate of this authority names."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def digest_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a whole certificate (DER)."""
    return sha256_hex(certificate.public_bytes(Encoding.DER))


def _leaf(
    signer: Signer,
    public_key: bytes,
    common_name: str,
    names: Sequence[x509.GeneralName],
    usage: x509.ObjectIdentifier,
    days: int,
    now: datetime,
) -> Issued:
    key = load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("the key does not lie on a curve")  # noqa: TRY004 - the bytes are wrong, not their type
    until = min(now + timedelta(days=days), signer.certificate.not_valid_after_utc)
    begins = max(now - BACKDATED, signer.certificate.not_valid_before_utc)
    builder = _begun(_name(common_name), signer.certificate.subject, key, begins, until)
    usages = _key_usage(sign_others=False)
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usages, critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(_signed_by(signer), critical=False)
    )
    made = builder.sign(signer.key, SHA256())
    chain = pem_of(made) + signer.pem
    return Issued(serial_of(made), sha256_hex(public_key), chain, made.not_valid_before_utc, made.not_valid_after_utc)


def _intermediate(
    root: Signer, name: str, usage: list[x509.ObjectIdentifier], constraints: x509.NameConstraints, now: datetime
) -> Signer:
    key = new_key()
    until = min(now + timedelta(days=INTERMEDIATE_DAYS), root.certificate.not_valid_after_utc)
    begins = max(now - BACKDATED, root.certificate.not_valid_before_utc)
    builder = _begun(_name(name), root.certificate.subject, key.public_key(), begins, until)
    builder = (
        _as_authority(builder, path_length=0)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(constraints, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_signed_by(root), critical=False)
    )
    return Signer(builder.sign(root.key, SHA256()), key)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _as_authority(builder: x509.CertificateBuilder, *, path_length: int) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(_key_usage(sign_others=True), critical=True)


def _key_usage(*, sign_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_others,
        key_cert_sign=sign_others,
        crl_sign=sign_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed_by(signer: Signer) -> x509.AuthorityKeyIdentifier:
    own = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _as_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _as_subtree(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_network(text))
    except ValueError:
        return x509.DNSName(text)


def _every_address() -> list[x509.GeneralName]:
    return [x509.IPAddress(ipaddress.ip_network("0.0.0.0/0")), x509.IPAddress(ipaddress.ip_network("::/0"))]
