"""A network of people with keys: roots of any plan, and signatures as people send them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from playlists import trust
from playlists.trust.envelope import Signature, written_signature
from playlists.trust.key import file_key, key_id, public_key, signature_of
from playlists.trust.root import Root
from playlists.trust.strict import from_base64
from tests.playlists.trust.authenticator import ORIGIN, RP_ID, Authenticator

ROOT_KEYS = ("root-a", "root-b", "root-c")


def secret(name: str) -> bytes:
    """The private key of a name, the same in each run."""
    return hashlib.sha256(f"key {name}".encode()).digest()


def id_of(name: str) -> str:
    """The id of a name's key."""
    return key_id(public_key(secret(name)))


def root(
    server: bytes,
    roles: Mapping[str, Sequence[str]] | None = None,
    *,
    by: Sequence[str] = ("root-a", "root-b"),
    passkeys: Sequence[Authenticator] = (),
    sites: Mapping[str, tuple[str, ...]] | None = None,
    roots: Sequence[str] = ROOT_KEYS,
    **fields: Any,
) -> bytes:
    """Return a root's envelope. `roles` names the holders of each role; each has a file key of their own name."""
    roles = roles or {"approver": ["an", "binh"], "leader": ["an"], "department": ["binh"]}
    people = sorted({one for held in roles.values() for one in held})
    keys = [file_key(public_key(secret(one)), one, (sites or {}).get(one, ())) for one in people]
    keys += [file_key(public_key(secret(one)), one) for one in roots]
    keys += [file_key(server, "server"), *(one.key for one in passkeys)]
    of_passkeys = {one.key.holder: one.key.id for one in passkeys}
    plain: dict[str, Any] = {
        "v": 1,
        "version": 1,
        "issued_at": (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "keys": [one.model_dump(mode="json") for one in keys],
        "roles": {
            "root": {"keys": [id_of(one) for one in roots], "threshold": 2},
            "server": {"keys": [key_id(server)]},
        }
        | {
            name: {"keys": [*map(id_of, held), *(of_passkeys[one] for one in held if one in of_passkeys)]}
            for name, held in roles.items()
        },
        "routes": [{"id": "notice", "roles": ["leader", "department"], "file_keys": 1, "basis": "12/QĐ-UBND"}],
        "passkeys": fields.pop("passkeys_of", {"rp_id": RP_ID, "origins": [ORIGIN]}),
    }
    payload = json.dumps(plain | fields, ensure_ascii=False).encode()
    return trust.sign(payload, Root.payload_type, *(secret(one) for one in by))


def install(admin: httpx.Client, content: bytes) -> httpx.Response:
    """Send a root to the server."""
    return admin.post("/api/v1/trust/roots", json=json.loads(content))


def signature(shown: Mapping[str, Any], by: str | Authenticator) -> dict[str, Any]:
    """Return the signature of a document as the API shows it, by a name's file key or a passkey."""
    payload, kind = from_base64(shown["payload"]), shown["payload_type"]
    made: Signature = (
        by.sign(payload, kind) if isinstance(by, Authenticator) else signature_of(payload, kind, secret(by))
    )
    return written_signature(made)


def sign(client: httpx.Client, document_id: str, by: str | Authenticator) -> httpx.Response:
    """Sign a document as its signer does: read it, sign what was read, send the signature where it belongs."""
    shown = client.get(f"/api/v1/trust/documents/{document_id}").json()
    return client.post(shown["sign_path"], json=signature(shown, by))
