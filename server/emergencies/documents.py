"""The signed documents of an emergency, from its row: made to be signed, not yet signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from playlists.language import Language
from playlists.trust.emergency import Emergency, Message, Severity, Status, Text, Urgency
from playlists.trust.release import ReleasedSegment
from playlists.trust.root import RoleName
from playlists.trust.shape import Audience
from server.db import Session
from server.emergencies import repository
from server.tables import EmergencyRow, EmergencyStep, Segment, SignedDocument
from server.tables.emergencies import StepKind
from server.trust import service as trust

HEADLINE = 160


def sign_path(emergency_id: UUID) -> str:
    """Return where signatures of an emergency's documents are sent."""
    return f"/api/v1/emergencies/{emergency_id}/signatures"


def warning(
    row: EmergencyRow, audience: Audience, number: int, at: datetime, pictures: Iterable[Segment] = ()
) -> Emergency:
    """Return the document that begins a warning, or that goes on with it under the next number."""
    issued = whole(at)
    return Emergency(
        issued_at=issued,
        id=str(row.id),
        seq=number,
        audience=audience,
        status=Status(row.status),
        message=Message.UPDATE if row.replaces else Message.ALERT,
        references=tuple(row.replaces),
        by=RoleName(row.by),
        text=Text(row.text),
        release=row.release,
        pictures=tuple(_released(one) for one in pictures),
        headlines=headlines(row),
        severity=Severity(row.severity),
        urgency=Urgency(row.urgency),
        expires_at=issued + timedelta(minutes=row.minutes),
    )


def cancellation(row: EmergencyRow, audience: Audience, at: datetime, until: datetime, by: RoleName) -> Emergency:
    """Return the document that ends a warning; kiosks are told of it until the warning would have been over."""
    issued = whole(at)
    return Emergency(
        issued_at=issued,
        id=f"{row.id}:end",
        seq=1,
        audience=audience,
        status=Status(row.status),
        message=Message.CANCEL,
        references=(str(row.id),),
        by=by,
        text=Text.TEMPLATE,
        headlines=headlines(row),
        severity=Severity(row.severity),
        urgency=Urgency(row.urgency),
        expires_at=max(until, issued + timedelta(minutes=1)),
    )


def headlines(row: EmergencyRow) -> dict[Language, str]:
    """Return what a warning is called in each language."""
    return {language: str(row.words[language]["title"])[:HEADLINE] for language in Language}


def open_step(
    session: Session,
    row: EmergencyRow,
    document: Emergency,
    kind: StepKind,
    *,
    by: UUID,
    at: datetime,
    site_id: UUID | None,
    reason: str = "",
) -> EmergencyStep:
    """Fix a document's payload and let people sign it.

    Raises:
        Problem: 409 no root is installed.
    """
    opened = trust.open_document(
        session, document, made_by=by, at=at, agency_id=row.agency_id, site_id=site_id, sign_path=sign_path(row.id)
    )
    return add_step(session, row, opened, document, kind, by=by, reason=reason)


def add_step(
    session: Session,
    row: EmergencyRow,
    document: SignedDocument,
    said: Emergency,
    kind: StepKind,
    *,
    by: UUID | None,
    reason: str = "",
) -> EmergencyStep:
    """Write a step; its number is its place among the emergency's steps."""
    step = EmergencyStep(
        emergency_id=row.id,
        number=len(repository.steps(session, row.id)) + 1,
        kind=kind,
        document_id=document.id,
        made_by=by,
        reason=reason,
        expires_at=said.expires_at,
    )
    session.add(step)
    session.flush()
    return step


def whole(at: datetime) -> datetime:
    """Return a time in whole milliseconds, as signed documents have it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _released(segment: Segment) -> ReleasedSegment:
    return ReleasedSegment.model_validate(
        {
            "sha256": segment.sha256,
            "size": segment.size,
            "profile": segment.profile,
            "language": segment.language,
            "duration_ms": segment.duration_ms,
        },
        strict=False,
    )
