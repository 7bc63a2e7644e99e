"""Training sites over HTTP: keys, signatures by a click, and the reset."""

from __future__ import annotations

from uuid import UUID

from playlists.trust.envelope import written_signature
from playlists.trust.fingerprint import in_words
from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.permissions import Permission
from server.edge import ReadSession, WriteSession
from server.parts import PartsDep
from server.routes import Router
from server.training import repository, roots, service
from server.training.schemas import KeysShown, ResetAsked, Standing, TrainingShown, TrainingSignature

router = Router(prefix="/api/v1/training", tags=["training"])


@router.get("/sites/{site_id}")
def site(site_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> TrainingShown:
    """Show a training site, and what a reset would put away."""
    row = service.training_site(session, caller, site_id, Permission.SEE)
    counted = service.standing_of(session, row, parts.clock())
    return TrainingShown(
        site_id=row.id,
        slug=row.slug,
        name=row.name,
        panels=repository.panel_count(session, row.id),
        standing=Standing(**counted),
    )


@router.post("/sites/{site_id}/keys", dependencies=[RECENT_FACTOR])
def make_keys(site_id: UUID, caller: CallerDep, session: WriteSession, parts: PartsDep) -> KeysShown:
    """Give everybody with a role at a training site a training key, and install the root that names them."""
    service.training_site(session, caller, site_id, Permission.EDIT_FLEET)
    keys_dir, public = parts.settings.keys_dir, parts.server_public_key
    row, is_new = roots.renew(session, keys_dir, public, parts.clock(), caller)
    return KeysShown(version=row.version, words=in_words(row.sha256), new=is_new)


@router.post("/documents/{document_id}/signature", dependencies=[RECENT_FACTOR])
def signature(document_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> TrainingSignature:
    """Make the caller's signature of a training document; it still has to be sent to where the document is signed."""
    made = service.signature_for(session, caller, document_id, parts.settings.keys_dir)
    return TrainingSignature.model_validate(written_signature(made))


@router.post("/sites/{site_id}/reset", dependencies=[RECENT_FACTOR])
def reset(site_id: UUID, asked: ResetAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> Standing:
    """Take a training site back to its beginning: one transaction, in the audit log, and numbers only go on."""
    own = service.Keys(parts.settings.keys_dir, parts.server_key)
    counted = service.reset(session, caller, site_id, asked.slug, own, parts.clock(), parts.settings.approval)
    return Standing(**counted)
