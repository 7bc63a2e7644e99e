"""Documents that people sign: the payload is fixed at the beginning, signatures are verified as they come.

When the last signature is there, the document is sealed: its envelope is what a kiosk accepts. Whoever needs to do
something then calls `add_signature` in an endpoint of its own and looks at the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.ids import sha256_hex
from playlists.trust.envelope import (
    Envelope,
    Signature,
    parse_envelope,
    read_signature,
    write_envelope,
    written_signature,
)
from playlists.trust.key import Key, signature_of
from playlists.trust.quorum import signers
from playlists.trust.root import Root
from playlists.trust.shape import Document
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session, new_id
from server.errors import not_found
from server.tables import DocumentSignature, SignedDocument
from server.tables.trust import DocumentState
from server.trust import kinds, repository
from server.trust.kinds import Kind, Lacking
from server.trust.refusal import (
    brings_nothing,
    mixed_training,
    no_root,
    not_asked,
    not_open,
    not_yours,
    own_work,
    wrong_signature,
)
from server.trust.roots import current_root

__all__ = [
    "Standing",
    "add_signature",
    "cancel",
    "current_root",
    "document_of",
    "open_document",
    "plain_path",
    "read_document",
    "require_asked",
    "required_root",
    "seal_by_server",
    "standing",
    "vouched",
]

MOST_ASKING = 500


class Standing(NamedTuple):
    """How far a document is under the root of now."""

    document: Document
    signatures: tuple[DocumentSignature, ...]
    lacking: Lacking
    """Nothing once it is sealed."""


def required_root(session: Session, *, training: bool = False) -> Root:
    """Return the root of now; `training`: that of training sites.

    Raises:
        Problem: 409 before one was installed.
    """
    root = current_root(session, training=training)
    if root is None:
        raise no_root()
    return root


def plain_path(document_id: UUID) -> str:
    """Return where a document without a place of its own is signed."""
    return f"/api/v1/trust/documents/{document_id}/signatures"


def open_document(
    session: Session,
    document: Document,
    *,
    made_by: UUID | None,
    at: datetime,
    agency_id: UUID | None = None,
    site_id: UUID | None = None,
    sign_path: str | None = None,
    note: str = "",
) -> SignedDocument:
    """Fix a document's payload and let people sign it, at `sign_path` (without one: the plain endpoint).

    In `sign_path` stands `{id}` for the document's id. `note` is kept beside it, unsigned.

    Raises:
        Problem: 409 no root is installed; 422 it is for training sites and others at once.
    """
    training = is_training(session, document)
    required_root(session, training=training)
    row = _row(document, made_by, at, agency_id, site_id, training=training)
    row.sign_path = (sign_path or plain_path(row.id)).replace("{id}", str(row.id))
    row.note = note
    return _kept(session, row)


def add_signature(
    session: Session, caller: Caller, row: SignedDocument, signature: Signature, at: datetime
) -> SignedDocument:
    """Take a person's signature of an open document, and seal it when it is the last one that was missing.

    Raises:
        Problem: 403 the caller's own work, somebody else's key, or nobody asked them; 409 the document takes no more
            signatures, no root is installed, or the caller's step was signed already; 422 the signature does not hold.
    """
    locked = repository.document(session, row.id, lock=True)
    if locked is None:
        raise not_found("document")
    if locked.state != DocumentState.OPEN:
        raise not_open(locked.state)
    root, document = required_root(session, training=locked.training), read_document(locked)
    before = _envelope(session, locked, document)
    after = _with(before, _checked(caller, root, document, before, signature))
    if any(one == signature for one in before.signatures):
        return locked
    if not kinds.helps(document, before, after, root):
        lack = kinds.lacking(document, before, root)
        raise brings_nothing(", ".join((*lack.roles, *["a key in a file"] * bool(lack.file_keys))))
    session.add(
        DocumentSignature(
            document_id=locked.id,
            holder=caller.username,
            keyid=signature.key_id,
            signature=written_signature(signature),
            user_id=caller.user_id,
            at=at,
        )
    )
    if kinds.is_whole(document, after, root):
        _seal(locked, after, at)
    session.add(locked)
    session.flush()
    note_change(session, "document", locked.id)
    audit(
        session,
        caller,
        Action.DOCUMENT_SIGNED,
        locked.kind,
        locked.id,
        agency_id=locked.agency_id,
        digest=locked.digest,
        after={"keyid": signature.key_id, "state": str(locked.state)},
    )
    return locked


def seal_by_server(
    session: Session,
    document: Document,
    private_key: bytes,
    *,
    at: datetime,
    made_by: UUID | None = None,
    agency_id: UUID | None = None,
    site_id: UUID | None = None,
) -> SignedDocument:
    """Make a document that the server's key alone signs (holds and the like), sealed.

    Raises:
        Problem: 409 no root is installed.
        Untrusted: V5, the root wants other signers.
    """
    training = is_training(session, document)
    root = required_root(session, training=training)
    row = _row(document, made_by, at, agency_id, site_id, training=training)
    row.sign_path = plain_path(row.id)
    made = signature_of(row.payload, type(document).payload_type, private_key)
    envelope = kinds.envelope_of(document, row.payload, [made])
    kinds.check_whole(document, envelope, root)
    _seal(row, envelope, at)
    return _kept(session, row)


def cancel(session: Session, row: SignedDocument, at: datetime) -> SignedDocument:
    """Give an open document up; its signatures stay on record.

    Raises:
        Problem: 409 it is not open.
    """
    if row.state != DocumentState.OPEN:
        raise not_open(row.state)
    row.state, row.cancelled_at = DocumentState.CANCELLED, at
    return _kept(session, row)


def document_of(session: Session, caller: Caller, document_id: UUID, *, lock: bool = False) -> SignedDocument:
    """Return a document that the caller's agency made, that asks for their signature, or that they signed.

    Raises:
        Problem: 404.
    """
    row = repository.document(session, document_id, lock=lock)
    if row is None or not _is_shown(session, caller, row):
        raise not_found("document")
    caller.require(Permission.SEE)
    return row


def read_document(row: SignedDocument) -> Document:
    """Return what a document says."""
    return kinds.read(Kind(row.kind), row.payload)


def standing(session: Session, row: SignedDocument) -> Standing:
    """Return how far a document is."""
    document, root = read_document(row), current_root(session, training=row.training)
    rows = tuple(repository.signatures(session, row.id))
    if root is None or row.state != DocumentState.OPEN:
        return Standing(document, rows, Lacking((), 0))
    return Standing(document, rows, kinds.lacking(document, _envelope(session, row, document), root))


def asking(session: Session, caller: Caller) -> list[SignedDocument]:
    """Return the open documents that the caller can bring nearer with a key of theirs, the newest first."""
    roots = {training: current_root(session, training=training) for training in (False, True)}
    found = []
    for row in repository.open_documents(session, MOST_ASKING):
        root = roots[row.training]
        if root is not None and _asks(session, row, root, caller.username):
            found.append(row)
    return found


def own_keys(session: Session, row: SignedDocument, holder: str) -> tuple[Key, ...]:
    """Return the keys with which a person may sign a document."""
    root = current_root(session, training=row.training)
    return kinds.keys_that_count(read_document(row), root, holder) if root is not None else ()


def require_asked(session: Session, caller: Caller, row: SignedDocument) -> None:
    """Let pass whoever may sign a document.

    Raises:
        Problem: 403 it is the caller's own, or the root has no key of theirs for it; 409 no root is installed.
    """
    root, document = required_root(session, training=row.training), read_document(row)
    if caller.username == kinds.asked_of(document, root).author:
        raise own_work()
    if not kinds.keys_that_count(document, root, caller.username):
        raise not_asked(caller.username)


def vouched(row: SignedDocument, root: Root) -> bool:
    """Tell whether a sealed document still has enough signers under a root: what a kiosk asks after a new one (V14)."""
    if row.envelope is None:
        return False
    document = read_document(row)
    shape = type(document)
    return kinds.is_whole(document, parse_envelope(row.envelope, shape.payload_type, most_bytes=shape.most_bytes), root)


def is_training(session: Session, document: Document) -> bool:
    """Tell whether a document is of training sites.

    Raises:
        Problem: 422 it is for training sites and for others.
    """
    found = repository.training_of(session, kinds.sites_of(document))
    if len(found) > 1:
        raise mixed_training()
    return True in found


def _asks(session: Session, row: SignedDocument, root: Root, holder: str) -> bool:
    document = read_document(row)
    keys = kinds.keys_that_count(document, root, holder)
    if not keys:
        return False
    lack = kinds.lacking(document, _envelope(session, row, document), root)
    wanted = {key_id for role in lack.roles for key_id in root.role(role).keys}
    signed = {one.holder for one in repository.signatures(session, row.id)}
    if holder in signed:
        return False
    return any(key.id in wanted for key in keys) or bool(lack.file_keys)


def _is_shown(session: Session, caller: Caller, row: SignedDocument) -> bool:
    if row.agency_id is None or caller.sees(row.agency_id) or row.made_by == caller.user_id:
        return True
    signed = any(one.user_id == caller.user_id for one in repository.signatures(session, row.id))
    return signed or bool(own_keys(session, row, caller.username))


def _checked(caller: Caller, root: Root, document: Document, before: Envelope, signature: Signature) -> Signature:
    """Return a signature that is the caller's own, holds, and was asked for."""
    if caller.username == kinds.asked_of(document, root).author:
        raise own_work()
    key = next((one for one in root.keys if one.id == signature.key_id), None)
    if key is None or key.holder != caller.username:
        raise not_yours(caller.username)
    if key not in kinds.keys_that_count(document, root, caller.username):
        raise not_asked(caller.username)
    signed = signers(Envelope(before.payload_type, before.payload, (signature,)), root)
    if signed.flaws:
        raise wrong_signature("; ".join(signed.flaws))
    return signature


def _envelope(session: Session, row: SignedDocument, document: Document) -> Envelope:
    found = [read_signature(one.signature) for one in repository.signatures(session, row.id)]
    return kinds.envelope_of(document, row.payload, [one for one in found if one is not None])


def _with(envelope: Envelope, signature: Signature) -> Envelope:
    others: Sequence[Signature] = [one for one in envelope.signatures if one.key_id != signature.key_id]
    return Envelope(envelope.payload_type, envelope.payload, (*others, signature))


def _row(
    document: Document,
    made_by: UUID | None,
    at: datetime,
    agency_id: UUID | None,
    site_id: UUID | None,
    *,
    training: bool,
) -> SignedDocument:
    payload = document.write()
    return SignedDocument(
        id=new_id(),
        kind=kinds.kind_of(document),
        digest=sha256_hex(payload),
        payload=payload,
        made_by=made_by,
        agency_id=agency_id,
        site_id=site_id,
        training=training,
        sign_path="",
        created_at=at,
    )


def _seal(row: SignedDocument, envelope: Envelope, at: datetime) -> None:
    row.envelope = write_envelope(envelope.payload_type, envelope.payload, envelope.signatures)
    row.state, row.sealed_at = DocumentState.SEALED, at


def _kept(session: Session, row: SignedDocument) -> SignedDocument:
    session.add(row)
    session.flush()
    note_change(session, "document", row.id)
    return row
