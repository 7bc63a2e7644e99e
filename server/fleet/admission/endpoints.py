"""Who may be a kiosk, for people: the yes to a new device, its certificates, the stolen and the replaced one."""

from __future__ import annotations

from uuid import UUID

from playlists.trust.fingerprint import in_words
from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.permissions import Permission
from server.audit.actions import Action
from server.edge import IfMatch, ReadSession, WriteSession
from server.fleet import enrolment, repository, service
from server.fleet.certificates import repository as rows
from server.fleet.certificates.schemas import (
    CertificateShown,
    EnrolmentJudged,
    EnrolmentShown,
    ReplaceAsked,
    ReplacementShown,
)
from server.parts import PartsDep
from server.routes import Router
from server.tables import Certificate

router = Router(prefix="/api/v1/kiosks", tags=["fleet"])


@router.get("/{kiosk_id}/enrolment")
def waiting(kiosk_id: UUID, caller: CallerDep, session: ReadSession, parts: PartsDep) -> EnrolmentShown | None:
    """Show the computer that waits to become this kiosk; null when none does."""
    kiosk = service.kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES)
    row = repository.code_of_kiosk(session, kiosk.id, parts.clock())
    if row is None or row.fingerprint is None or row.asked_at is None or row.used_at is not None:
        return None
    return EnrolmentShown(
        words=in_words(row.fingerprint),
        fingerprint=row.fingerprint,
        address=row.address,
        agent=row.agent,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )


@router.post("/{kiosk_id}/enrolment/accept", status_code=201, dependencies=[RECENT_FACTOR])
def accept(
    kiosk_id: UUID, judged: EnrolmentJudged, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> CertificateShown:
    """Say yes: the panel shows the same words. The computer becomes the kiosk."""
    kiosk = service.kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES, lock=True)
    made = enrolment.accept(session, parts, kiosk, judged.fingerprint)
    said: dict[str, object] = {"words": in_words(judged.fingerprint), "serial": made.serial}
    service.write_down(session, caller, Action.KIOSK_APPROVED, kiosk, after=said)
    return certificate_shown(made)


@router.post("/{kiosk_id}/enrolment/refuse", status_code=204)
def refuse(kiosk_id: UUID, judged: EnrolmentJudged, caller: CallerDep, session: WriteSession, parts: PartsDep) -> None:
    """Say no: the words differ. The code is void."""
    kiosk = service.kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES, lock=True)
    enrolment.refuse(session, parts, kiosk, judged.fingerprint)
    said: dict[str, object] = {"words": in_words(judged.fingerprint)}
    service.write_down(session, caller, Action.KIOSK_REFUSED, kiosk, after=said)


@router.get("/{kiosk_id}/certificates")
def certificates(kiosk_id: UUID, caller: CallerDep, session: ReadSession) -> list[CertificateShown]:
    """List a kiosk's certificates, newest first."""
    kiosk = service.kiosk_of(session, caller, kiosk_id, Permission.MANAGE_CERTIFICATES)
    return [certificate_shown(row) for row in rows.certificates(session, kiosk.id)]


@router.post("/{kiosk_id}/unfreeze", status_code=204, dependencies=[RECENT_FACTOR])
def unfreeze(kiosk_id: UUID, caller: CallerDep, expected: IfMatch, session: WriteSession) -> None:
    """Let a kiosk renew its certificate again, after it is clear who used its code a second time."""
    service.unfreeze_kiosk(session, caller, kiosk_id, expected)


@router.post("/{kiosk_id}/replace", status_code=201, dependencies=[RECENT_FACTOR])
def replace(
    kiosk_id: UUID, asked: ReplaceAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> ReplacementShown:
    """Prepare another device for a panel; the old one plays on until the new one is enrolled, and is shut out then."""
    new = service.replace_kiosk(session, caller, kiosk_id, asked.slug)
    made = enrolment.make_code(session, parts, new)
    return ReplacementShown(kiosk_id=new.id, code=made.code, expires_at=made.row.expires_at)


def certificate_shown(row: Certificate) -> CertificateShown:
    """Return the API's picture of a certificate."""
    return CertificateShown.model_validate(row.model_dump() | {"words": in_words(row.fingerprint)})
