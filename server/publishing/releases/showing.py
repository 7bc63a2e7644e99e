"""Submissions as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.accounts.permissions import Caller
from server.db import Session
from server.jobs import repository as jobs
from server.publishing.released import repository as released
from server.publishing.releases import repository
from server.publishing.releases.reach import panels_of
from server.publishing.releases.schemas import EndingShown, ItemShown, SegmentShown, SubmissionLine, SubmissionShown
from server.tables import SignedDocument, Submission
from server.tables.releases import Purpose, SubmissionState
from server.trust import service as trust
from server.trust.schemas import LackingShown, SignatureShown


def asking_ids(session: Session, caller: Caller) -> set[UUID]:
    """Return the submissions that wait for a signature of a caller's."""
    documents = [row.id for row in trust.asking(session, caller)]
    return {row.id for row in repository.of_documents(session, documents)}


def lines(session: Session, caller: Caller, rows: Sequence[Submission]) -> list[SubmissionLine]:
    """Return submissions in short."""
    mine = asking_ids(session, caller)
    people = repository.people(session, [row.author_id for row in rows])
    items = repository.items(session, [row.id for row in rows])
    made = []
    for row in rows:
        job = jobs.get(session, row.job_id) if row.job_id is not None else None
        waiting = row.state == SubmissionState.PREPARING
        made.append(
            SubmissionLine(
                id=row.id,
                agency_id=row.agency_id,
                author=people[row.author_id].username,
                author_name=people[row.author_id].display_name,
                purpose=Purpose(row.purpose),
                state=SubmissionState(row.state),
                site_ids=[UUID(one) for one in row.sites],
                panel_ids=[UUID(one) for one in row.panels],
                route=row.route,
                basis=row.basis,
                template=row.template,
                not_before=row.not_before,
                show_until=row.show_until,
                titles=[one.title for one in items[row.id]],
                progress_permille=job.progress_permille if job is not None and waiting else 0 if waiting else 1000,
                created_at=row.created_at,
                asked_at=row.asked_at,
                ended_at=row.ended_at,
                document_id=row.document_id,
                digest=row.digest,
                asks_me=row.id in mine,
            )
        )
    return made


def shown(session: Session, caller: Caller, row: Submission) -> SubmissionShown:
    """Return a submission with all that belongs to it."""
    line = lines(session, caller, [row])[0]
    returned = repository.people(session, [row.returned_by])
    document = session.get(SignedDocument, row.document_id) if row.document_id is not None else None
    standing = trust.standing(session, document) if document is not None else None
    signatures = standing.signatures if standing is not None else ()
    return SubmissionShown(
        **line.model_dump(),
        note=row.note,
        details=row.details,
        warnings=row.warnings,
        reason=row.reason,
        returned_by=next((one.display_name for one in returned.values()), None),
        error=row.error,
        sentences=row.sentences,
        time_critical=row.time_critical,
        max_offline_days=row.max_offline_days,
        retires=row.retires,
        items=[
            ItemShown.model_validate(one, from_attributes=True) for one in repository.items(session, [row.id])[row.id]
        ],
        segments=[
            SegmentShown(
                notice_id=part.notice_id,
                language=part.language,
                profile=part.profile,
                plated=part.plated,
                state=segment.state,
                permille=segment.progress_permille,
                sha256=segment.sha256,
                url=_url(document, segment.sha256),
            )
            for part, segment in released.parts(session, [row.id])
        ],
        signatures=[
            SignatureShown(holder=one.holder, keyid=one.keyid, passkey="webauthn" in one.signature, at=one.at)
            for one in signatures
        ],
        lacking=LackingShown(
            roles=list(standing.lacking.roles) if standing is not None else [],
            file_keys=standing.lacking.file_keys if standing is not None else 0,
        ),
    )


def ending(session: Session, caller: Caller, at: datetime, until: datetime) -> list[EndingShown]:
    """Return notices of which everything that is released for some panel ends before a time."""
    rows = [one.submission for one in released.sealed(session, at) if caller.sees(one.submission.agency_id)]
    items = repository.items(session, [row.id for row in rows])
    longest: dict[tuple[UUID, UUID], tuple[datetime, Submission, str]] = {}
    for row in rows:
        if row.template is not None:
            continue
        for panel in panels_of(session, row):
            for item in items[row.id]:
                known = longest.get((item.notice_id, panel.id))
                if known is None or row.show_until > known[0]:
                    longest[item.notice_id, panel.id] = (row.show_until, row, item.title)
    found: dict[tuple[UUID, UUID], EndingShown] = {}
    for (notice_id, _), (ends, row, title) in longest.items():
        if ends < until:
            found[notice_id, row.id] = EndingShown(
                notice_id=notice_id,
                title=title,
                submission_id=row.id,
                show_until=ends,
                site_ids=[UUID(one) for one in row.sites],
                panel_ids=[UUID(one) for one in row.panels],
            )
    return sorted(found.values(), key=lambda one: (one.show_until, one.title))


def _url(document: SignedDocument | None, sha256: str | None) -> str | None:
    if document is None or sha256 is None:
        return None
    return f"/api/v1/trust/documents/{document.id}/files/{sha256}"
