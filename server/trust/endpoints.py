"""Roots, documents that ask for signatures, and signatures over HTTP."""

from __future__ import annotations

import base64
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response
from fastapi.responses import FileResponse

from playlists.ids import SHA256_PATTERN
from playlists.trust.envelope import Signature, pae, read_signature
from playlists.trust.fingerprint import in_words
from playlists.trust.passkey import challenge
from playlists.trust.quorum import signers
from playlists.trust.root import RoleName, Root
from playlists.trust.rules import Untrusted
from playlists.trust.strict import strict_json, to_base64
from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.factors.service import require_two_authenticators
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.edge import ReadSession, WriteSession
from server.errors import not_found
from server.parts import PartsDep
from server.routes import Router
from server.tables import RootDocument, SignedDocument
from server.tables.trust import DocumentState
from server.trust import kinds, repository, roots, service
from server.trust.kinds import Kind
from server.trust.refusal import elsewhere, wrong_signature
from server.trust.schemas import (
    DocumentLine,
    DocumentShown,
    FileShown,
    LackingShown,
    OwnKeyShown,
    RootAsked,
    RootShown,
    RouteShown,
    SignatureAsked,
    SignatureShown,
)

router = Router(prefix="/api/v1/trust", tags=["trust"])
Digest = Annotated[str, Path(pattern=SHA256_PATTERN)]


@router.post("/roots", status_code=201)
def install(
    asked: RootAsked,
    caller: CallerDep,
    session: WriteSession,
    parts: PartsDep,
    response: Response,
    training: Annotated[bool, Query()] = False,
) -> RootShown:
    """Install the first root, or the one that follows; the newest one again changes nothing.

    `training`: into the chain of the training sites, which is one of demo roots.
    """
    caller.require(Permission.EDIT_TRUST)
    content = asked.model_dump_json().encode()
    row, is_new = roots.install_root(
        session, content, parts.server_public_key, parts.clock(), caller, training=training
    )
    response.status_code = 201 if is_new else 200
    return root_shown(row, current=True)


@router.get("/roots")
def list_roots(caller: CallerDep, session: ReadSession) -> list[RootShown]:
    """List all roots, the one that judges now first."""
    caller.require(Permission.SEE)
    rows = repository.roots(session)
    newest = {row.training: row.id for row in reversed(rows)}
    return [root_shown(row, current=newest[row.training] == row.id) for row in rows]


@router.get("/documents")
def asking(caller: CallerDep, session: ReadSession) -> list[DocumentLine]:
    """List the documents that wait for a signature of the caller's, the newest first."""
    caller.require(Permission.SEE)
    return [_line(row) for row in service.asking(session, caller)]


@router.get("/documents/{document_id}")
def document(document_id: UUID, caller: CallerDep, session: ReadSession) -> DocumentShown:
    """Show a document: exactly what is signed, who signed, and who is still needed."""
    return document_shown(session, caller, service.document_of(session, caller, document_id))


@router.get("/documents/{document_id}/payload", response_class=Response)
def payload(document_id: UUID, caller: CallerDep, session: ReadSession) -> Response:
    """Give the exact bytes that are signed."""
    row = service.document_of(session, caller, document_id)
    return Response(row.payload, media_type="application/json", headers={"ETag": f'"{row.digest}"'})


@router.get("/documents/{document_id}/files/{sha256}", response_class=FileResponse)
def file(document_id: UUID, sha256: Digest, caller: CallerDep, session: ReadSession, parts: PartsDep) -> Response:
    """Give the bytes of a file that a document names, so that whoever signs can hash and look at them."""
    row = service.document_of(session, caller, document_id)
    named = {one.sha256 for one in kinds.files_of(service.read_document(row))}
    if sha256 not in named or not parts.blobs.exists(sha256):
        raise not_found("file")
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, max-age=31536000, immutable"}
    return FileResponse(parts.blobs.path(sha256), media_type="application/octet-stream", headers=headers)


@router.post("/documents/{document_id}/signatures", dependencies=[RECENT_FACTOR])
def sign(
    document_id: UUID, asked: SignatureAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> DocumentShown:
    """Add the caller's signature to a document that has no place of its own to be signed."""
    row = service.document_of(session, caller, document_id)
    require_two_authenticators(session, parts.settings, caller)
    if row.sign_path != service.plain_path(row.id):
        raise elsewhere(row.sign_path)
    row = add(session, caller, row, asked, parts)
    return document_shown(session, caller, row)


def add(
    session: Session, caller: Caller, row: SignedDocument, asked: SignatureAsked, parts: PartsDep
) -> SignedDocument:
    """Take a signature as it came over HTTP; for every endpoint that takes signatures.

    Raises:
        Problem: as `service.add_signature`.
    """
    return service.add_signature(session, caller, row, signature_of(asked), parts.clock())


def signature_of(asked: SignatureAsked) -> Signature:
    """Return a signature as it came over HTTP.

    Raises:
        Problem: 422, it is not of its form.
    """
    try:
        signature = read_signature(asked.model_dump(mode="json"))
    except Untrusted as error:
        raise wrong_signature(str(error)) from error
    if signature is None:
        raise wrong_signature("It is not of the form of a signature.")
    return signature


def root_shown(row: RootDocument, *, current: bool) -> RootShown:
    """Return the API's picture of a root."""
    envelope = roots.envelope_of(row)
    root = Root.read(envelope.payload)
    return RootShown(
        version=row.version,
        sha256=row.sha256,
        words=in_words(row.sha256),
        demo=row.demo,
        training=row.training,
        installed_at=row.installed_at,
        signed_by=list(signers(envelope, root).of(RoleName.ROOT)),
        roles={name: sorted(root.holders_of(name)) for name in root.roles},
        routes=[RouteShown.model_validate(one, from_attributes=True) for one in root.routes],
        current=current,
    )


def document_shown(session: Session, caller: Caller, row: SignedDocument) -> DocumentShown:
    """Return the API's picture of a document, for one person."""
    standing, root = service.standing(session, row), service.current_root(session, training=row.training)
    shape = type(standing.document)
    own = service.own_keys(session, row, caller.username) if row.state == DocumentState.OPEN else ()
    asked = challenge(pae(shape.payload_type, row.payload))
    return DocumentShown(
        **_line(row).model_dump(),
        payload_type=shape.payload_type,
        payload=to_base64(row.payload),
        says=strict_json(row.payload),
        signatures=[
            SignatureShown(holder=one.holder, keyid=one.keyid, passkey="webauthn" in one.signature, at=one.at)
            for one in standing.signatures
        ],
        lacking=LackingShown(roles=list(standing.lacking.roles), file_keys=standing.lacking.file_keys),
        own_keys=[OwnKeyShown(id=key.id, kind=key.kind) for key in own],
        challenge=base64.urlsafe_b64encode(asked).decode().rstrip("="),
        rp_id=root.passkeys.rp_id if root is not None and root.passkeys is not None else None,
        files=[FileShown(sha256=one.sha256, size=one.size) for one in kinds.files_of(standing.document)],
    )


def _line(row: SignedDocument) -> DocumentLine:
    return DocumentLine(
        id=row.id,
        kind=Kind(row.kind),
        digest=row.digest,
        state=DocumentState(row.state),
        size=len(row.payload),
        created_at=row.created_at,
        sealed_at=row.sealed_at,
        sign_path=row.sign_path,
        training=row.training,
        sites=list(kinds.sites_of(service.read_document(row))),
    )
