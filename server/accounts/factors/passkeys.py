"""Passkeys (WebAuthn Level 3): what a browser is asked, and whether its answer holds. No database, no clock.

User verification is always asked for: a passkey alone is a device and a finger or a PIN, that is two factors.
ES256 comes first because only such keys can sign documents; RS256 is taken for computers that know nothing else.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import DecodedEC2PublicKey
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from playlists import trust

NAME = "Bảng Tin"
ALGORITHMS = [COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256]
_HOSTILE = (
    WebAuthnException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    EOFError,
    struct.error,
    NotImplementedError,
)
"""What the library and the CBOR parser beneath raise on bytes that are none."""
_P256, _COORDINATE_BYTES = 1, 32
Document = dict[str, Any]


class NoPasskey(Exception):
    """A browser's answer does not hold; the message says why, for the log."""


@dataclass(frozen=True)
class RelyingParty:
    """For whom passkeys are made: a host name, and the origins of the pages that may use them."""

    id: str
    origins: tuple[str, ...]

    @property
    def can_have_passkeys(self) -> bool:
        """Tell whether browsers make passkeys for it: names have them, bare network addresses do not."""
        try:
            ip_address(self.id)
        except ValueError:
            return bool(self.id)
        return False


@dataclass(frozen=True)
class NewKey:
    """An authenticator's key, as the table keeps it."""

    credential_id: str
    cose_key: str
    public_key: str | None
    keyid: str | None
    sign_count: int


def relying_party(address: str) -> RelyingParty:
    """Return the relying party of a server by the address that people type: its host, on its own pages only."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return RelyingParty("", ())
    return RelyingParty(parts.hostname or "", (f"{parts.scheme}://{parts.netloc}".lower(),))


def registration_options(
    party: RelyingParty, user_id: bytes, username: str, display_name: str, known: list[str], challenge: str
) -> Document:
    """Return what `navigator.credentials.create` is asked; `known` credentials make no second passkey."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user_id,
        user_name=username,
        user_display_name=display_name,
        challenge=base64url_to_bytes(challenge),
        exclude_credentials=_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        supported_pub_key_algs=ALGORITHMS,
    )
    return _document(options)


def request_options(party: RelyingParty, known: list[str], challenge: str) -> Document:
    """Return what `navigator.credentials.get` is asked; without `known` any passkey of ours answers."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _document(options)


def check_registration(party: RelyingParty, answer: Document, challenge: str) -> NewKey:
    """Return the key that a browser made.

    Raises:
        NoPasskey: it was made for another challenge, host or page, without its person, or is no sound answer.
    """
    try:
        done = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        point = _point_of(done.credential_public_key)
    except _HOSTILE as error:
        raise NoPasskey(_why(error)) from error
    return NewKey(
        credential_id=bytes_to_base64url(done.credential_id),
        cose_key=base64.b64encode(done.credential_public_key).decode(),
        public_key=base64.b64encode(point).decode() if point is not None else None,
        keyid=trust.key_id(point) if point is not None else None,
        sign_count=done.sign_count,
    )


def check_assertion(party: RelyingParty, answer: Document, challenge: str, cose_key: str, sign_count: int) -> int:
    """Return the new count of uses of the key that answered a challenge.

    Raises:
        NoPasskey: another key, challenge, host or page, nobody verified, or a count that went backwards.
    """
    try:
        done = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=base64.b64decode(cose_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _HOSTILE as error:
        raise NoPasskey(_why(error)) from error
    return done.new_sign_count


def challenge_of(answer: Document) -> str:
    """Return the challenge that an answer claims to be for: the ticket whose soundness is asked next.

    Raises:
        NoPasskey: there is none.
    """
    try:
        client = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        challenge = client["challenge"]
    except _HOSTILE as error:
        raise NoPasskey(_why(error)) from error
    if not isinstance(challenge, str) or not 0 < len(challenge) <= 100:
        raise NoPasskey("no challenge")
    return challenge


def _point_of(cose_key: bytes) -> bytes | None:
    key = decode_credential_public_key(cose_key)
    decoded_public_key_to_cryptography(key)  # refuses points that lie on no curve
    if not isinstance(key, DecodedEC2PublicKey) or key.alg != COSEAlgorithmIdentifier.ECDSA_SHA_256:
        return None
    if int(key.crv) != _P256 or len(key.x) != _COORDINATE_BYTES or len(key.y) != _COORDINATE_BYTES:
        raise NoPasskey("an ES256 key of another curve")
    return b"\x04" + key.x + key.y


def _descriptors(known: list[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]


def _document(options: Any) -> Document:
    return cast("Document", json.loads(webauthn.options_to_json(options)))


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"
